//! Greedy decoding: always the most likely term.

/// The most likely class; of equals, the smallest.
pub fn choose(logits: &[f32]) -> u16 {
    let mut best = 0;
    for (class, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = class;
        }
    }
    // There are at most 2^16 classes.
    best as u16
}

/// The `count` classes after `history`; `next` computes each from all before it.
pub fn continuation(
    history: &[u16],
    count: usize,
    mut next: impl FnMut(&[u16]) -> u16,
) -> Vec<u16> {
    let mut all = history.to_vec();
    for _ in 0..count {
        let class = next(&all);
        all.push(class);
    }
    all.split_off(history.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_largest_is_chosen() {
        assert_eq!(choose(&[0.0, 3.0, 3.0, 1.0]), 1);
        assert_eq!(choose(&[f32::NEG_INFINITY, -2.0]), 1);
    }

    #[test]
    fn each_term_sees_all_before_it() {
        let sum = |history: &[u16]| history.iter().sum();
        assert_eq!(continuation(&[1, 1], 3, sum), [2, 4, 8]);
    }
}
