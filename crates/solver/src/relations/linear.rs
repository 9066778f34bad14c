//! Linear recurrences: the factors are the solution of a system of equations.

use std::num::NonZeroU32;

use ninth_sequences::{Cycle, Past, Ratio, Relation};

/// The recurrence of `order` through the terms, with a constant or without, if the first
/// equations determine it. Whether it fits the other terms is not checked here.
pub(super) fn solve(terms: &[i64], order: usize, with_constant: bool) -> Option<Relation> {
    let unknowns = order + usize::from(with_constant);
    if terms.len() < order + unknowns {
        return None;
    }
    if let Some(determinants) = small_determinants(terms, order, with_constant) {
        let (&below, above) = determinants[..=unknowns].split_last()?;
        return solved(terms, order, with_constant, below, above);
    }
    // Row by row: a a(n-1) + b a(n-2) + ... + c = a(n).
    let rows: Vec<Vec<i128>> = (order..order + unknowns)
        .map(|n| {
            let past = terms[n - order..n].iter().rev().map(|&term| i128::from(term));
            let constant = with_constant.then_some(1);
            past.chain(constant).chain([i128::from(terms[n])]).collect()
        })
        .collect();
    let all: Vec<usize> = (0..unknowns).collect();
    let below = determinant(&rows, &all)?;
    // Cramer's rule: a column is replaced by the right side.
    let mut above = Vec::new();
    for unknown in 0..unknowns {
        let mut columns = all.clone();
        columns[unknown] = unknowns;
        above.push(determinant(&rows, &columns)?);
    }
    solved(terms, order, with_constant, below, &above)
}

/// The recurrence whose numbers are these, over a divisor.
fn solved(
    terms: &[i64],
    order: usize,
    with_constant: bool,
    mut below: i128,
    above: &[i128],
) -> Option<Relation> {
    if below == 0 || (!with_constant && above.get(order - 1) == Some(&0)) {
        return None;
    }
    let divisor = above.iter().fold(below, |a, &b| gcd(a, b));
    if divisor == 0 {
        return None;
    }
    let divisor = if below < 0 { -divisor } else { divisor };
    below /= divisor;
    let above: Option<Vec<i64>> =
        above.iter().map(|value| i64::try_from(value / divisor).ok()).collect();
    let mut factors = above?;
    let constant = if with_constant { factors.pop()? } else { 0 };
    if factors.last() == Some(&0) {
        return None; // a lower order, but for the first term
    }
    let divisor = NonZeroU32::new(u32::try_from(below).ok()?)?;
    Some(recurrence(terms, &factors, constant, divisor))
}

/// The determinants of the system with each column replaced by the right side, and that of the
/// system itself behind them, where the terms are so small that none overflows.
fn small_determinants(
    terms: &[i64],
    order: usize,
    with_constant: bool,
) -> Option<[i128; LARGEST_SIZE + 1]> {
    /// Sums of 24 products of four of them fit 128 bits.
    const LARGEST: u64 = 1 << 30;
    let size = order + usize::from(with_constant);
    if terms[..order + size].iter().any(|term| term.unsigned_abs() > LARGEST) {
        return None;
    }
    // Columns, with the right side as the last one.
    let at = |row: usize, column: usize| -> i64 {
        if column == size {
            terms[order + row]
        } else if column < order {
            terms[order + row - 1 - column]
        } else {
            1
        }
    };
    let minor = |row: usize, one: usize, other: usize| {
        i128::from(at(row, one) * at(row + 1, other) - at(row, other) * at(row + 1, one))
    };
    let of = |columns: [usize; LARGEST_SIZE]| -> i128 {
        let [a, b, c, d] = columns;
        match size {
            1 => i128::from(at(0, a)),
            2 => minor(0, a, b),
            3 => {
                let last = |column: usize| i128::from(at(2, column));
                last(a) * minor(0, b, c) - last(b) * minor(0, a, c) + last(c) * minor(0, a, b)
            }
            _ => {
                minor(0, a, b) * minor(2, c, d) - minor(0, a, c) * minor(2, b, d)
                    + minor(0, a, d) * minor(2, b, c)
                    + minor(0, b, c) * minor(2, a, d)
                    - minor(0, b, d) * minor(2, a, c)
                    + minor(0, c, d) * minor(2, a, b)
            }
        }
    };
    let mut all = [0; LARGEST_SIZE + 1];
    all[size] = of([0, 1, 2, 3]);
    // Without a solution the others say nothing.
    if all[size] != 0 {
        for unknown in 0..size {
            let mut columns = [0, 1, 2, 3];
            columns[unknown] = size;
            all[unknown] = of(columns);
        }
    }
    Some(all)
}

/// The recurrence with these factors, that of the last term first, in its plainest form.
pub(super) fn recurrence(
    terms: &[i64],
    factors: &[i64],
    constant: i64,
    divisor: NonZeroU32,
) -> Relation {
    match (terms, factors) {
        (&[first, ..], &[factor]) if divisor.get() == 1 => {
            Relation::Affine { first, factor, constant }
        }
        (&[first, ..], &[numerator]) if constant == 0 => Relation::Scale {
            first,
            ratios: Cycle::from([Ratio { numerator, denominator: divisor }]),
        },
        (&[one, two, ..], &[a, b]) if divisor.get() == 1 => {
            Relation::Linear { first: [one, two], factors: [a, b], constant }
        }
        _ => {
            let past = terms.iter().zip(factors.iter().rev());
            let past = past.map(|(&first, &factor)| Past { first, factor }).collect();
            Relation::RationalRecurrence { past, constant, divisor }
        }
    }
}

/// The most unknowns of a system: three factors and a constant.
const LARGEST_SIZE: usize = 4;

/// The determinant of some columns, unless it overflows: by the first row of what is left.
fn determinant(rows: &[Vec<i128>], columns: &[usize]) -> Option<i128> {
    let Some((row, rows)) = rows.split_first() else { return Some(1) };
    let mut sum: i128 = 0;
    for (place, &column) in columns.iter().enumerate() {
        if row[column] == 0 {
            continue;
        }
        let mut rest = [0; LARGEST_SIZE];
        let others = columns.iter().filter(|other| **other != column);
        rest.iter_mut().zip(others).for_each(|(rest, other)| *rest = *other);
        let product = row[column].checked_mul(determinant(rows, &rest[..columns.len() - 1])?)?;
        sum = if place % 2 == 0 { sum.checked_add(product)? } else { sum.checked_sub(product)? };
    }
    Some(sum)
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b > 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(terms: &[i64], order: usize, with_constant: bool) -> Option<String> {
        solve(terms, order, with_constant).map(|relation| relation.to_string())
    }

    #[test]
    fn recurrences_are_found_by_their_equations() {
        let found = |terms: &[i64], order, with_constant| {
            formula(terms, order, with_constant).expect("there is one")
        };
        assert_eq!(found(&[3, 7, 15], 1, true), "a(n) = 2 a(n-1) + 1, a(0) = 3");
        assert_eq!(found(&[8, 12], 1, false), "a(n) = floor(3 a(n-1) / 2), a(0) = 8");
        assert_eq!(found(&[100, 60, 40], 1, true), "a(n) = floor((a(n-1) + 20) / 2), a(0) = 100");
        assert_eq!(found(&[1, 1, 2, 3], 2, false), "a(n) = a(n-1) + a(n-2), a(0) = 1, a(1) = 1");
        assert_eq!(
            found(&[0, 0, 1, 1, 2, 4], 3, false),
            "a(n) = a(n-1) + a(n-2) + a(n-3), a(0) = 0, a(1) = 0, a(2) = 1"
        );
        assert_eq!(
            found(&[4, 11, 16, 28, 45], 2, true),
            "a(n) = a(n-1) + a(n-2) + 1, a(0) = 4, a(1) = 11"
        );
    }

    #[test]
    fn small_determinants_are_those_of_any_size() {
        let small = [7, -3, 12, 5, 1, 1, -8, 40];
        let large = small.map(|term| term << 34);
        for order in 1..=3 {
            assert!(small_determinants(&large, order, false).is_none());
            let factors = |terms: &[i64], with_constant| solve(terms, order, with_constant);
            // The same factors, and a constant that is as many times as large.
            let (one, other) = (factors(&small, false), factors(&large, false));
            let text = |relation: Option<Relation>| {
                relation.map(|relation| {
                    relation.to_string().split(", a(0)").next().unwrap_or_default().to_owned()
                })
            };
            assert_eq!(text(one), text(other));
            let unknowns = order + 1;
            let rows: Vec<Vec<i128>> = (order..order + unknowns)
                .map(|n| {
                    let past = small[n - order..n].iter().rev().map(|&term| i128::from(term));
                    past.chain([1, i128::from(small[n])]).collect()
                })
                .collect();
            let determinants = small_determinants(&small, order, true).unwrap();
            for unknown in 0..=unknowns {
                let mut columns: Vec<usize> = (0..unknowns).collect();
                if unknown < unknowns {
                    columns[unknown] = unknowns;
                }
                assert_eq!(determinant(&rows, &columns), Some(determinants[unknown]));
            }
        }
    }

    #[test]
    fn no_equations_and_no_solution() {
        assert_eq!(formula(&[1, 2], 2, false), None);
        assert_eq!(formula(&[1, 1, 1, 1], 2, false), None); // two equations that are one
        let huge = [i64::MAX, i64::MIN, i64::MAX, 3, i64::MIN, 7, i64::MAX, 1];
        for order in 1..=3 {
            for with_constant in [false, true] {
                formula(&huge, order, with_constant);
            }
        }
        assert_eq!(gcd(12, -18), 6);
        assert_eq!(gcd(0, 0), 0);
    }
}
