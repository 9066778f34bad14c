//! Temperature sampling: a class is drawn by its probability, which a temperature sharpens
//! or flattens, from all classes or from the `top_k` most likely ones.

use ninth_sequences::Rng;

use super::ranking::likeliest_first;

/// How classes are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Logits are divided by it: 1 keeps the model's probabilities, 0 always draws the most
    /// likely class.
    pub temperature: f64,
    /// The number of most likely classes to draw from; 0 for all.
    pub top_k: usize,
}

impl Sampling {
    /// Draws a class.
    pub fn choose(&self, logits: &[f32], rng: &mut Rng) -> u16 {
        let mut order = likeliest_first(logits);
        let logit = |class: u16| f64::from(logits[usize::from(class)]);
        let likeliest = order.first().copied().unwrap_or_default();
        // Not above zero: zero, negative, or NaN.
        if self.temperature.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
            return likeliest;
        }
        if self.top_k > 0 {
            order.truncate(self.top_k);
        }
        let share = |class: u16| libm::exp((logit(class) - logit(likeliest)) / self.temperature);
        let total: f64 = order.iter().map(|&class| share(class)).sum();
        let mut rest = rng.unit() * total;
        for &class in &order {
            rest -= share(class);
            if rest < 0.0 {
                return class;
            }
        }
        // Rounding can leave a rest slightly above zero.
        likeliest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 5] = [0.3, 1.0, -0.5, 2.0, 1.5];

    fn frequencies(sampling: Sampling, draws: usize) -> [usize; 5] {
        let mut rng = Rng::new(5);
        let mut counts = [0; 5];
        for _ in 0..draws {
            counts[usize::from(sampling.choose(&LOGITS, &mut rng))] += 1;
        }
        counts
    }

    /// Chi-squared with four degrees of freedom is below 18.5 with a probability of 0.999;
    /// the seed is fixed.
    #[test]
    fn frequencies_are_those_of_the_softmax() {
        for temperature in [0.5, 1.0, 3.0] {
            let draws = 100_000;
            let counts = frequencies(Sampling { temperature, top_k: 0 }, draws);
            let shares = LOGITS.map(|logit| (f64::from(logit) / temperature).exp());
            let total: f64 = shares.iter().sum();
            let expected = shares.map(|share| share / total * draws as f64);
            let chi_squared: f64 =
                counts.iter().zip(expected).map(|(&c, e)| (c as f64 - e).powi(2) / e).sum();
            assert!(chi_squared < 18.5, "temperature {temperature}: {chi_squared}");
        }
    }

    #[test]
    fn a_low_temperature_is_greedy_and_top_k_leaves_the_rest_out() {
        for temperature in [0.0, 1e-6, f64::NAN] {
            assert_eq!(frequencies(Sampling { temperature, top_k: 0 }, 100), [0, 0, 0, 100, 0]);
        }
        let counts = frequencies(Sampling { temperature: 2.0, top_k: 2 }, 1000);
        assert!(counts[3] > 400 && counts[4] > 300);
        assert_eq!(counts[3] + counts[4], 1000);
    }
}
