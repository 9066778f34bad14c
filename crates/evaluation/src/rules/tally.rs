//! How often the rules apply and are right.

use ninth_inference::Named;
use ninth_sequences::{IntegerRange, PhaseWeights, Sampler, Source, Stream};
use serde::{Serialize, Serializer};

use super::rule::{self, ClassicalRule, STACK};
use crate::finite::not_finite;

/// How often a rule applied and was right, over some questions.
///
/// In JSON it is an object with `accuracy`, `applies`, `accuracy_applied` and `distance`, without
/// those that are NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    asked: u64,
    applied: u64,
    right: u64,
    distance: f64,
    distances: u64,
}

impl Count {
    /// Counts a question with the rule's answer, if it gave one. `None` is a right term of more
    /// than 64 bits, which no rule names.
    pub fn add(&mut self, answer: Option<i64>, target: Option<i64>) {
        self.asked += 1;
        let Some(answer) = answer else { return };
        self.applied += 1;
        let Some(target) = target else { return };
        self.right += u64::from(answer == target);
        self.distance += answer.abs_diff(target) as f64;
        self.distances += 1;
    }

    /// The number of questions.
    pub fn asked(&self) -> u64 {
        self.asked
    }

    /// The share of questions answered right; NaN without any.
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.asked as f64
    }

    /// The share of questions to which the rule applies; NaN without any.
    pub fn applies(&self) -> f64 {
        self.applied as f64 / self.asked as f64
    }

    /// The share of right answers among those that the rule gave; NaN where it gave none.
    pub fn accuracy_applied(&self) -> f64 {
        self.right as f64 / self.applied as f64
    }

    /// The mean distance of its answers to the right terms; NaN where it gave none.
    pub fn distance(&self) -> f64 {
        self.distance / self.distances as f64
    }
}

/// The counts of every rule and of their stack, on the same questions.
///
/// In JSON it is an object with `last` and `all` for each name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleTallies {
    /// The term after a full context; in a file, the one asked for.
    pub last: [Count; ClassicalRule::ALL.len() + 1],
    /// Every term after the first; of a file, nothing.
    pub all: [Count; ClassicalRule::ALL.len() + 1],
}

impl RuleTallies {
    /// The names, in the order of the counts.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ClassicalRule::ALL.into_iter().map(ClassicalRule::name).chain([STACK])
    }
}

/// The answers of the rules, in the order of [`RuleTallies::names`]. The next term is
/// known to lie in the range, so an answer outside of it is moved to its nearest end.
fn answers(terms: &[i64], range: IntegerRange) -> [Option<i64>; ClassicalRule::ALL.len() + 1] {
    let within = |term: i64| term.clamp(range.min(), range.max());
    rule::predict_all(terms).map(|answer| answer.map(within))
}

/// Judges the rules by the sequences `first`, `first + 1`, ... of a stream, those that
/// [`judge`](ninth_training::validation::judge) judges a model by.
pub fn judge_rules(
    sampler: &Sampler,
    mixture: PhaseWeights,
    stream: Stream,
    first: u64,
    sequences: usize,
) -> RuleTallies {
    let source = Source::Mixture(mixture);
    let mut terms = vec![0; sampler.length()];
    let mut tallies = RuleTallies::default();
    for index in 0..sequences as u64 {
        let length = sampler.draw(stream, first + index, source, &mut terms).length;
        for (seen, &target) in terms[..length].iter().enumerate().skip(1) {
            let answers = answers(&terms[..seen], sampler.range());
            let add = |counts: &mut [Count]| {
                for (count, answer) in counts.iter_mut().zip(answers) {
                    count.add(answer, Some(target));
                }
            };
            add(&mut tallies.all);
            if seen + 1 == sampler.length() {
                add(&mut tallies.last);
            }
        }
    }
    tallies
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields {
            #[serde(skip_serializing_if = "not_finite")]
            accuracy: f64,
            #[serde(skip_serializing_if = "not_finite")]
            applies: f64,
            #[serde(skip_serializing_if = "not_finite")]
            accuracy_applied: f64,
            #[serde(skip_serializing_if = "not_finite")]
            distance: f64,
        }
        let fields = Fields {
            accuracy: self.accuracy(),
            applies: self.applies(),
            accuracy_applied: self.accuracy_applied(),
            distance: self.distance(),
        };
        fields.serialize(serializer)
    }
}

impl Serialize for RuleTallies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Counts<'a> {
            last: &'a Count,
            all: &'a Count,
        }
        let counts = self.last.iter().zip(&self.all).map(|(last, all)| Counts { last, all });
        Named(Self::names().zip(counts).collect()).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_training::validation::judge;
    use ninth_training::{Config, CpuEngine};

    #[test]
    fn shares_follow_from_the_counts() {
        let mut count = Count::default();
        for (answer, target) in [(Some(3), 3), (Some(5), 3), (None, 3), (None, 4)] {
            count.add(answer, Some(target));
        }
        assert_eq!((count.asked(), count.accuracy(), count.applies()), (4, 0.25, 0.5));
        assert_eq!((count.accuracy_applied(), count.distance()), (0.5, 1.0));
        count.add(Some(7), None);
        assert_eq!((count.asked(), count.applies(), count.distance()), (5, 0.6, 1.0));
        assert!(Count::default().accuracy().is_nan());
    }

    #[test]
    fn answers_stay_in_the_range() {
        let range = IntegerRange::new(0, 10).unwrap();
        let names = RuleTallies::names();
        let said: Vec<_> = names.zip(answers(&[6, 8, 10], range)).collect();
        assert_eq!(said[1..3], [("linear", Some(10)), ("difference", Some(10))]);
        assert_eq!(said[5], ("stack", Some(10)));
    }

    /// The two that validations use are the first two, on the same sequences.
    #[test]
    fn cheap_baselines_and_rules_agree() {
        let config = Config::default();
        let sampler = config.sampler(5).unwrap();
        let mut engine = CpuEngine::new(&config, 1).unwrap();
        let judgement =
            judge(&mut engine, &sampler, PhaseWeights::DOCUMENT, Stream::Evaluation, 3, 700)
                .unwrap();
        let tallies = judge_rules(&sampler, PhaseWeights::DOCUMENT, Stream::Evaluation, 3, 700);
        for (place, (_, metrics)) in judgement.overall().baselines().enumerate() {
            assert_eq!(tallies.last[place].accuracy(), metrics.accuracy_last);
            assert_eq!(tallies.all[place].accuracy(), metrics.accuracy_all);
            assert!((tallies.all[place].distance() - metrics.distance).abs() < 1e-9);
            assert_eq!(tallies.all[place].applies(), 1.0);
        }
        let stack = tallies.last[5];
        assert!(tallies.last[..5].iter().all(|count| count.accuracy() <= stack.accuracy()));
    }
}
