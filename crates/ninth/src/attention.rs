//! What goes on within a model: where its positions look, and where it places the integers.

use ninth_inference::answer::{Answers, Method};
use ninth_inference::integer::integers;
use ninth_sequences::Rng;
use num_bigint::BigInt;
use serde::Serialize;

use crate::error::Error;
use crate::model::Model;

/// Where each term of a sequence looks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttentionReport {
    /// The terms given.
    #[serde(serialize_with = "integers")]
    pub terms: Vec<BigInt>,
    /// How many of them, from the first, the model cannot see.
    pub ignored: usize,
    /// For each layer and head a square over the n terms that the model sees: row t has the
    /// shares of terms 0 to t in what the head passes on at term t, which add up to 1, and zeros
    /// behind them.
    pub layers: Vec<Vec<Vec<Vec<f32>>>>,
    /// The name of the model.
    pub model: String,
}

/// Where a model places the integers of its range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EmbeddingReport {
    /// The integers, from the smallest.
    pub terms: Vec<i64>,
    /// For each the vector that the first layer sees, without what the position adds: `d_model`
    /// numbers.
    pub vectors: Vec<Vec<f32>>,
    /// The vectors along the direction in which they vary most, about their mean. Of the two
    /// ways to turn it, the one in which it rises with the integers on the whole.
    pub x: Vec<f64>,
    /// The same for the second such direction.
    pub y: Vec<f64>,
    /// The shares of the variance that lie in these two directions; zeros if there is none.
    pub variance: [f64; 2],
}

impl Model {
    /// Where each term of a sequence looks: the attention weights of all layers and heads.
    ///
    /// ```
    /// # fn main() -> Result<(), ninth::Error> {
    /// let report = ninth::Model::built_in()?.attention(&[1, 1, 2, 3, 5, 8, 13, 21])?;
    /// let (layer, head) = (0, 0);
    /// let last = &report.layers[layer][head][7];
    /// assert_eq!(last.len(), 8);
    /// assert!((last.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If there are no terms, or the model cannot see one of the last ones.
    pub fn attention<T: Clone + Into<BigInt>>(
        &self,
        terms: &[T],
    ) -> Result<AttentionReport, Error> {
        let terms: Vec<BigInt> = terms.iter().cloned().map(Into::into).collect();
        let predictor = self.predictor();
        let shown = Answers::new(Method::Model, predictor)?.shown(&terms)?;
        let layers = predictor.attention(&shown)?.layers;
        let ignored = terms.len() - shown.len();
        Ok(AttentionReport { terms, ignored, layers, model: self.name().to_string() })
    }

    /// Where it places the integers of its range, and a picture of that in two dimensions.
    ///
    /// ```
    /// # fn main() -> Result<(), ninth::Error> {
    /// let report = ninth::Model::built_in()?.embedding();
    /// assert_eq!((report.terms[0], report.vectors.len()), (0, 256));
    /// println!("{} lies at {:.2}, {:.2}", report.terms[7], report.x[7], report.y[7]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn embedding(&self) -> EmbeddingReport {
        let range = self.predictor().model().architecture().range();
        let vectors = self.predictor().embedding();
        let (x, y, variance) = principal_components(&vectors);
        EmbeddingReport { terms: (range.min()..=range.max()).collect(), vectors, x, y, variance }
    }
}

/// The coordinates of some vectors along the two directions in which they vary most, and the
/// shares of the variance there.
fn principal_components(vectors: &[Vec<f32>]) -> (Vec<f64>, Vec<f64>, [f64; 2]) {
    let width = vectors.first().map_or(0, Vec::len);
    let mut mean = vec![0.0; width];
    for vector in vectors {
        for (mean, &value) in mean.iter_mut().zip(vector) {
            *mean += f64::from(value) / vectors.len() as f64;
        }
    }
    let centred = |vector: &Vec<f32>| {
        vector.iter().zip(&mean).map(|(&value, mean)| f64::from(value) - mean).collect()
    };
    let mut rest: Vec<Vec<f64>> = vectors.iter().map(centred).collect();
    let total: f64 = rest.iter().flatten().map(|value| value * value).sum();
    let mut component = || {
        let along = along_largest(&rest, total);
        let variance: f64 = along.0.iter().map(|value| value * value).sum();
        for (vector, along_it) in rest.iter_mut().zip(&along.0) {
            for (value, direction) in vector.iter_mut().zip(&along.1) {
                *value -= along_it * direction;
            }
        }
        (along.0, if total > 0.0 { variance / total } else { 0.0 })
    };
    let (x, of_x) = component();
    let (y, of_y) = component();
    (x, y, [of_x, of_y])
}

/// The coordinates of centred vectors along the direction in which they vary most, and that
/// direction, by power iteration; zeros where less than rounding is left of `total`, the sum of
/// the squares there once was.
///
/// Where two directions are about equal, some mixture of them is found: always the same.
fn along_largest(vectors: &[Vec<f64>], total: f64) -> (Vec<f64>, Vec<f64>) {
    /// Each makes the part of a direction smaller that varies less; a ratio of 0.98 in variance
    /// leaves 4e-5 of it.
    const ITERATIONS: usize = 500;
    let width = vectors.first().map_or(0, Vec::len);
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let mut rng = Rng::new(0);
    let mut direction: Vec<f64> = (0..width).map(|_| f64::from(rng.uniform_f32(1.0))).collect();
    for _ in 0..ITERATIONS {
        let mut next = vec![0.0; width];
        for vector in vectors {
            let along = dot(vector, &direction);
            next.iter_mut().zip(vector).for_each(|(next, value)| *next += along * value);
        }
        let length = dot(&next, &next).sqrt();
        if length <= 1e-12 * total {
            return (vec![0.0; vectors.len()], vec![0.0; width]);
        }
        next.iter_mut().for_each(|value| *value /= length);
        let change = 1.0 - dot(&next, &direction).abs();
        direction = next;
        if change.abs() < 1e-15 {
            break;
        }
    }
    let mut along: Vec<f64> = vectors.iter().map(|vector| dot(vector, &direction)).collect();
    let middle = (vectors.len() as f64 - 1.0) / 2.0;
    let rise: f64 = along.iter().enumerate().map(|(i, along)| (i as f64 - middle) * along).sum();
    if rise < 0.0 {
        along.iter_mut().chain(&mut direction).for_each(|value| *value = -*value);
    }
    (along, direction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_of_a_cross_are_its_arms() {
        // The arms of a cross in three dimensions, about (5, 0, 1).
        let cross = [[5.0, 3.0, 1.0], [5.0, -3.0, 1.0], [5.0, 0.0, 2.0], [5.0, 0.0, 0.0]];
        let cross = cross.map(|vector| vector.to_vec());
        let (x, y, variance) = principal_components(&cross);
        for (got, expected) in x.iter().zip([-3.0, 3.0, 0.0, 0.0]) {
            assert!((got - expected).abs() < 1e-6, "{x:?}");
        }
        // Its rise is the same either way round but for the sign: from the third to the fourth.
        for (got, expected) in y.iter().zip([0.0, 0.0, -1.0, 1.0]) {
            assert!((got - expected).abs() < 1e-6, "{y:?}");
        }
        assert!((variance[0] - 0.9).abs() < 1e-9 && (variance[1] - 0.1).abs() < 1e-9);
    }

    #[test]
    fn vectors_that_do_not_vary_have_no_components() {
        let (x, y, variance) = principal_components(&[vec![0.3; 4], vec![0.3; 4]]);
        assert_eq!((x, y, variance), (vec![0.0; 2], vec![0.0; 2], [0.0; 2]));
        // On a line there is a first one only.
        let line: Vec<Vec<f32>> = (0..5).map(|i| vec![i as f32, 2.0 * i as f32]).collect();
        let (x, y, variance) = principal_components(&line);
        assert!((x[4] - 2.0 * 5f64.sqrt()).abs() < 1e-9, "{x:?}");
        assert_eq!((y, variance[1]), (vec![0.0; 5], 0.0));
    }

    #[test]
    fn terms_that_the_model_cannot_see_are_refused_as_in_a_prediction() {
        let model = Model::built_in().unwrap();
        let report = model.attention(&[999, 1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
        assert_eq!((report.ignored, report.layers[0][0].len()), (1, 8));
        let alone = crate::PredictOptions { method: Some(Method::Model), ..Default::default() };
        for terms in [vec![], vec![1, 2, 300], vec![-1, 1]] {
            let expected = model.predict(&terms, &alone).unwrap_err().to_string();
            assert_eq!(model.attention(&terms).unwrap_err().to_string(), expected);
        }
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["terms"][0], 999);
        assert_eq!(json["layers"][0][0][0][0], 1.0);
    }
}
