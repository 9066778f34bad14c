//! The Bayes limit beside a model: what the best possible predictor does on the same mixture,
//! and how much of that a model is short of.
//!
//! The limit is a function of the config alone. It is handed in where figures are written down,
//! so that the trainer need not wait for it, and whoever trains may compute it as suits the
//! place.

use ninth_inference::Limit;

use crate::metrics::Metrics;

/// The figures of the best predictor, as those of a model: it is judged by everything that can
/// be drawn, and its loss is not defined.
pub fn metrics(limit: &Limit) -> Metrics {
    let best = limit.overall();
    Metrics {
        sequences: limit.relations() as u64,
        loss: f64::NAN,
        cross_entropy: best.cross_entropy,
        accuracy_last: best.accuracy_last,
        accuracy_all: best.accuracy_all,
        accuracy_whole: best.accuracy_whole,
        distance: best.distance,
        accuracy_by_position: best.accuracy_by_position,
    }
}

/// How far a model is from the limit, figure by figure; positive where it is worse.
///
/// The model's figures are those of a sample, so a good model may be better by chance. The
/// distance is that of the predictor that is right most often; one that names medians instead
/// is nearer to the right terms.
pub fn gap(model: &Metrics, limit: &Metrics) -> Metrics {
    let positions = limit.accuracy_by_position.iter().zip(&model.accuracy_by_position);
    Metrics {
        sequences: model.sequences,
        loss: f64::NAN,
        cross_entropy: model.cross_entropy - limit.cross_entropy,
        accuracy_last: limit.accuracy_last - model.accuracy_last,
        accuracy_all: limit.accuracy_all - model.accuracy_all,
        accuracy_whole: limit.accuracy_whole - model.accuracy_whole,
        distance: model.distance - limit.distance,
        accuracy_by_position: positions.map(|(limit, model)| limit - model).collect(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ninth_inference::Posterior;
    use ninth_sequences::{IntegerRange, Phase, PhaseWeights, Sampler};

    /// A limit that takes no time: that of a narrow range.
    pub(crate) fn small_limit() -> Metrics {
        let range = IntegerRange::new(0, 20).unwrap();
        let sampler = Sampler::new(0, range, 9).unwrap();
        metrics(&Posterior::new(&sampler, PhaseWeights::only(Phase::Simple)).limit())
    }

    #[test]
    fn what_a_model_is_short_of_is_positive() {
        let limit = small_limit();
        assert!(limit.sequences > 1000 && limit.loss.is_nan());
        assert!(limit.accuracy_last > limit.accuracy_all);
        let model = Metrics {
            sequences: 10,
            loss: 3.0,
            cross_entropy: limit.cross_entropy + 0.5,
            accuracy_last: limit.accuracy_last - 0.25,
            accuracy_all: limit.accuracy_all - 0.125,
            accuracy_whole: limit.accuracy_whole + 0.0625,
            distance: limit.distance + 2.0,
            accuracy_by_position: vec![0.0; 8],
        };
        let gap = gap(&model, &limit);
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12);
        close(gap.cross_entropy, 0.5);
        close(gap.accuracy_last, 0.25);
        close(gap.accuracy_all, 0.125);
        close(gap.accuracy_whole, -0.0625);
        close(gap.distance, 2.0);
        assert_eq!(gap.accuracy_by_position, limit.accuracy_by_position);
        assert!(gap.loss.is_nan());
    }
}
