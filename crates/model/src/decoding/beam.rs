//! Beam search: at each term, only the most likely continuations are kept.

use super::greedy;
use super::ranking::{likeliest_first, log_softmax};

/// A continuation that is being extended.
#[derive(Clone, Debug)]
struct Beam {
    /// The history and the classes appended to it.
    classes: Vec<u16>,
    /// ln(probability) of the appended classes.
    score: f64,
}

/// The most likely continuation by `count` classes that a search of this width finds, with
/// ln of its probability. `logits` computes those of the class after a history.
///
/// A beam search can drop the greedy continuation and end with a less likely one. The greedy
/// one is therefore computed, too, and returned if it is more likely.
pub fn continuation(
    history: &[u16],
    count: usize,
    width: usize,
    mut logits: impl FnMut(&[u16]) -> Vec<f32>,
) -> (Vec<u16>, f64) {
    let width = width.max(1);
    let start = Beam { classes: history.to_vec(), score: 0.0 };
    let (mut beams, mut greedy) = (vec![start.clone()], start);
    for _ in 0..count {
        let mut next: Vec<Beam> = Vec::new();
        for beam in &beams {
            let found = logits(&beam.classes);
            let scores = log_softmax(&found);
            for class in likeliest_first(&found).into_iter().take(width) {
                next.push(beam.extended(class, &scores));
            }
        }
        // The sort is stable: of equals, the one found first stays first.
        next.sort_by(|a, b| b.score.total_cmp(&a.score));
        next.truncate(width);
        beams = next;

        let found = logits(&greedy.classes);
        greedy = greedy.extended(greedy::choose(&found), &log_softmax(&found));
    }
    let best = beams.into_iter().next().filter(|best| best.score > greedy.score);
    let best = best.unwrap_or(greedy);
    (best.classes[history.len()..].to_vec(), best.score)
}

impl Beam {
    fn extended(&self, class: u16, scores: &[f64]) -> Self {
        let mut classes = self.classes.clone();
        classes.push(class);
        Beam { classes, score: self.score + scores[usize::from(class)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model of two classes in which the most likely first class has no likely second one.
    fn trap(history: &[u16]) -> Vec<f32> {
        match history {
            [_] => vec![0.6_f32.ln(), 0.4_f32.ln()],
            [_, 0, ..] => vec![0.5_f32.ln(), 0.5_f32.ln()],
            _ => vec![0.1_f32.ln(), 0.9_f32.ln()],
        }
    }

    #[test]
    fn a_beam_finds_what_greed_misses() {
        assert_eq!(continuation(&[0], 2, 1, trap).0, [0, 0]);
        let (best, score) = continuation(&[0], 2, 2, trap);
        assert_eq!(best, [1, 1]);
        assert!((score - 0.36_f64.ln()).abs() < 1e-6);
    }
}
