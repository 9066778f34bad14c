//! Classes ranked by their logits, and their probabilities.

/// The `top` most likely classes with their probabilities, the most likely first; of equals,
/// the smaller class.
pub fn rank(logits: &[f32], top: usize) -> Vec<(u16, f32)> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let share = |logit: f32| libm::exp(f64::from(logit - largest));
    let sum: f64 = logits.iter().map(|&logit| share(logit)).sum();
    let mut order = likeliest_first(logits);
    order.truncate(top);
    let probability = |class: u16| (share(logits[usize::from(class)]) / sum) as f32;
    order.into_iter().map(|class| (class, probability(class))).collect()
}

/// All classes, the most likely first; of equals, the smaller one.
pub fn likeliest_first(logits: &[f32]) -> Vec<u16> {
    // There are at most 2^16 classes.
    let mut order: Vec<u16> = (0..logits.len()).map(|class| class as u16).collect();
    let logit = |class: u16| logits[usize::from(class)];
    order.sort_by(|&a, &b| logit(b).total_cmp(&logit(a)).then(a.cmp(&b)));
    order
}

/// ln of the softmax: ln(probability) of each class.
pub fn log_softmax(logits: &[f32]) -> Vec<f64> {
    let largest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let sum: f64 = logits.iter().map(|logit| libm::exp(f64::from(*logit) - largest)).sum();
    let normaliser = largest + libm::log(sum);
    logits.iter().map(|logit| f64::from(*logit) - normaliser).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_sorted_probabilities() {
        let ranked = rank(&[0.0, 2.0, 2.0, -1.0], 3);
        assert_eq!(ranked.iter().map(|r| r.0).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(ranked[0].1, ranked[1].1);
        let all: f32 = rank(&[0.0, 2.0, 2.0, -1.0], 9).iter().map(|r| r.1).sum();
        assert!((all - 1.0).abs() < 1e-6);
    }

    #[test]
    fn probabilities_add_up_to_one() {
        let sum: f64 = log_softmax(&[1.0, -3.0, 50.0, 49.0]).iter().map(|s| s.exp()).sum();
        assert!((sum - 1.0).abs() < 1e-9);
    }
}
