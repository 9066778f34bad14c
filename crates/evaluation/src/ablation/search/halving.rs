//! Successive halving: how many points train for how long, and which of them go on.
//!
//! Method: K. Jamieson, A. Talwalkar, "Non-stochastic best arm identification and hyperparameter
//! optimization", AISTATS 2016. There a rung continues the trainings of the one before; here it
//! begins anew. The learning rate falls and the curriculum proceeds over the whole of a training,
//! so one that is cut off in its middle, at a high rate and before the last phases, says little
//! about what it would end at. A rung costs about as much as any other.

use super::super::results::TrialResult;
use super::super::trial::TrialOutcome;

/// A rung: so many points, trained for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchRung {
    /// Its points, the base not counted.
    pub points: usize,
    /// The steps of the base.
    pub steps: u64,
}

/// The rungs of so many points: the best 1/`eta` of a rung, two at least, go on to `eta` times
/// the steps, until `eta` or fewer are left, which train for `steps`. Without `eta` it is one.
///
/// `round` says in how many steps a training of about so many comes out. Rungs that come out with
/// the same steps are one: the second would repeat the first.
pub(super) fn rungs(
    points: usize,
    eta: Option<u32>,
    steps: u64,
    round: impl Fn(u64) -> u64,
) -> Vec<SearchRung> {
    let mut counts = vec![points];
    if let Some(eta) = eta {
        let eta = eta as usize;
        let mut left = points;
        while left > eta {
            left = (left / eta).max(2);
            counts.push(left);
        }
    }
    let last = counts.len() - 1;
    let mut rungs: Vec<SearchRung> = Vec::new();
    for (index, points) in counts.into_iter().enumerate() {
        // There are at most as many rungs as bits in the number of points.
        let share = f64::from(eta.unwrap_or(1)).powi((last - index) as i32);
        // From 0 to 10^9, or what a config has.
        let steps = round((steps as f64 / share) as u64);
        if rungs.last().is_none_or(|rung| rung.steps != steps) {
            rungs.push(SearchRung { points, steps });
        }
    }
    rungs
}

/// How good a point is: the mean over its seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PointScore {
    /// The share of right last terms, 0 for a training that diverged.
    accuracy: f64,
    /// The cross-entropy of those that did not diverge; infinite where there is none.
    cross_entropy: f64,
}

impl PointScore {
    /// That of some trainings.
    pub fn of(outcomes: &[&TrialOutcome]) -> Self {
        let result = |outcome: &&TrialOutcome| match outcome {
            TrialOutcome::Trained(result) => Some(result.clone()),
            TrialOutcome::Failed(_) => None,
        };
        let results: Vec<TrialResult> = outcomes.iter().filter_map(result).collect();
        let sum = |of: fn(&TrialResult) -> f64| results.iter().map(of).sum::<f64>();
        let accuracy = sum(|result| result.metrics.accuracy_last) / outcomes.len() as f64;
        let cross_entropy = sum(|result| result.metrics.cross_entropy) / results.len() as f64;
        let or = |value: f64, other: f64| if value.is_nan() { other } else { value };
        PointScore { accuracy: or(accuracy, 0.0), cross_entropy: or(cross_entropy, f64::INFINITY) }
    }

    /// Whether it is better than another one.
    pub fn is_better_than(&self, other: &PointScore) -> bool {
        self.compare(other).is_lt()
    }

    /// The better one first.
    fn compare(&self, other: &PointScore) -> std::cmp::Ordering {
        let accuracy = other.accuracy.total_cmp(&self.accuracy);
        accuracy.then(self.cross_entropy.total_cmp(&other.cross_entropy))
    }
}

/// The places of some scores, the best first; of equal ones the earlier.
pub(super) fn ranked(scores: &[PointScore]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].compare(&scores[*b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_inference::metrics::Metrics;
    use proptest::prelude::*;

    /// A whole number per epoch, of which there are 100, one at least.
    fn round(steps: u64) -> u64 {
        ((steps as f64 / 100.0).round() as u64).max(1) * 100
    }

    fn sizes(points: usize, eta: u32, steps: u64) -> Vec<(usize, u64)> {
        let rungs = rungs(points, Some(eta), steps, round);
        rungs.into_iter().map(|SearchRung { points, steps }| (points, steps)).collect()
    }

    #[test]
    fn rungs_follow_from_the_number_of_points() {
        assert_eq!(sizes(27, 3, 9_000), [(27, 1_000), (9, 3_000), (3, 9_000)]);
        assert_eq!(sizes(30, 3, 9_000), [(30, 1_000), (10, 3_000), (3, 9_000)]);
        assert_eq!(sizes(8, 3, 9_000), [(8, 3_000), (2, 9_000)]);
        assert_eq!(sizes(4, 3, 9_000), [(4, 3_000), (2, 9_000)]);
        assert_eq!(sizes(16, 2, 800), [(16, 100), (8, 200), (4, 400), (2, 800)]);
        assert_eq!(sizes(5, 10, 800), [(5, 800)]);
        assert_eq!(sizes(1, 2, 800), [(1, 800)]);
        assert_eq!(rungs(9, None, 800, round), [SearchRung { points: 9, steps: 800 }]);
        // A step per epoch at least; what would come out the same is one rung.
        assert_eq!(sizes(27, 3, 300), [(27, 100), (3, 300)]);
        assert_eq!(sizes(27, 3, 100), [(27, 100)]);
    }

    proptest! {
        #[test]
        fn rungs_shrink_and_get_longer(points in 1_usize..10_000, eta in 2_u32..=10, steps in 1_u64..1_000_000) {
            let rungs = rungs(points, Some(eta), round(steps), round);
            prop_assert_eq!(rungs[0].points, points);
            prop_assert_eq!(rungs[rungs.len() - 1].steps, round(steps));
            for pair in rungs.windows(2) {
                prop_assert!(pair[1].points < pair[0].points && pair[1].points >= 2);
                prop_assert!(pair[1].steps > pair[0].steps);
            }
        }
    }

    fn trained(accuracy_last: f64, cross_entropy: f64) -> TrialOutcome {
        let metrics = Metrics { accuracy_last, cross_entropy, ..Metrics::default() };
        TrialOutcome::Trained(TrialResult { metrics, ..TrialResult::default() })
    }

    #[test]
    fn points_are_ranked_by_last_terms_then_by_cross_entropy_then_by_place() {
        let failed = TrialOutcome::Failed("it diverged".to_string());
        let [good, same, surer] = [trained(0.5, 2.0), trained(0.5, 2.0), trained(0.5, 1.0)];
        let best = trained(0.9, 9.0);
        let undefined = trained(0.5, f64::NAN);
        let scores = [
            PointScore::of(&[&failed, &failed]),
            PointScore::of(&[&good, &good]),
            // A training that diverged counts as 0.
            PointScore::of(&[&best, &failed]),
            PointScore::of(&[&surer, &surer]),
            PointScore::of(&[&same, &same]),
            PointScore::of(&[&best, &good]),
            PointScore::of(&[&undefined, &undefined]),
        ];
        assert_eq!(ranked(&scores), [5, 3, 1, 4, 6, 2, 0]);
        assert!(!scores[1].is_better_than(&scores[4]) && scores[3].is_better_than(&scores[1]));
        assert!(ranked(&[]).is_empty());
    }
}
