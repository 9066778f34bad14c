//! Switches: the steps that follow one kind of term, and those that follow the rest.

use std::num::NonZeroU32;

use super::ratios;
use ninth_sequences::{Condition, Ratio, Relation, Step};

/// Switches between two rules, each the simplest one for its part of the terms.
pub(super) fn switches(terms: &[i64], found: &mut Vec<Relation>) {
    let [first, .., _] = *terms else { return };
    if terms.len() < 4 {
        return;
    }
    let mut conditions = vec![Condition::Rising];
    conditions.extend((2..=5).filter_map(NonZeroU32::new).map(Condition::Divisible));
    let mut sorted = terms[..terms.len() - 1].to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    conditions.extend(sorted.windows(2).map(|pair| Condition::Below(roundest(pair[0], pair[1]))));
    for condition in conditions {
        let (mut holds, mut rest) = (Vec::new(), Vec::new());
        let mut before = first;
        for pair in terms.windows(2) {
            let part = if condition.holds(before, pair[0]) { &mut holds } else { &mut rest };
            part.push((pair[0], pair[1]));
            before = pair[0];
        }
        for then in rules(&holds) {
            for otherwise in rules(&rest) {
                if then != otherwise {
                    found.push(Relation::Switch { first, condition, then, otherwise });
                }
            }
        }
    }
}

/// The number in `low + 1 ..= high` that ends in the most zeros.
fn roundest(low: i64, high: i64) -> i64 {
    let mut power: i64 = 1;
    let mut best = high;
    while let Some(next) = power.checked_mul(10) {
        let multiple = high.div_euclid(next).checked_mul(next);
        match multiple {
            Some(multiple) if multiple > low => (power, best) = (next, multiple),
            _ => break,
        }
    }
    best
}

/// Steps that lead from every first number to its second: a constant more, a multiple, or
/// both.
fn rules(pairs: &[(i64, i64)]) -> Vec<Step> {
    let Some(&(from, to)) = pairs.first() else { return Vec::new() };
    let mut rules = Vec::new();
    if let Some(constant) = to.checked_sub(from) {
        rules.push(Step::affine(1, constant));
    }
    if let Some(ratio) = ratios::factor(pairs.iter().copied()) {
        rules.push(Step { ratio, constant: 0 });
    }
    // Two different terms decide an affine step.
    let affine = || {
        let (other, its) = *pairs.iter().find(|(other, _)| *other != from)?;
        let (run, rise) = (other.checked_sub(from)?, its.checked_sub(to)?);
        let factor = (rise.checked_rem(run)? == 0).then(|| rise.checked_div(run))??;
        let constant = to.checked_sub(from.checked_mul(factor)?)?;
        (factor != 1 && constant != 0).then_some(Step { ratio: Ratio::integer(factor), constant })
    };
    rules.extend(affine());
    rules.retain(|rule| pairs.iter().all(|&(from, to)| rule.apply(from) == Some(to)));
    rules.dedup();
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_round() {
        assert_eq!(roundest(87, 123), 100);
        assert_eq!(roundest(11, 19), 19);
        assert_eq!(roundest(11, 20), 20);
        assert_eq!(roundest(-5, 3), 0);
        assert_eq!(roundest(i64::MIN, i64::MAX), 9_000_000_000_000_000_000);
    }

    #[test]
    fn rules_are_those_of_all_pairs() {
        assert_eq!(rules(&[(2, 4)]), [Step::affine(1, 2), Step::affine(2, 0)]);
        assert_eq!(rules(&[(2, 4), (5, 10)]), [Step::affine(2, 0)]);
        assert_eq!(rules(&[(2, 5), (5, 11)]), [Step::affine(2, 1)]);
        assert_eq!(rules(&[(2, 5), (5, 11), (1, 1)]), []);
        assert_eq!(rules(&[]), []);
    }
}
