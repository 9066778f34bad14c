//! Well-known sequences: how many of their prefixes are continued rightly.
//!
//! The terms are computed here, by short definitions that share no code with the solver.

mod arithmetic;
mod combinatorial;
mod digits;
mod polynomials;
mod recurrences;
mod tools;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ninth_solver::{Generator, Terms, solve};
use num_bigint::BigInt;

/// A name and the first terms.
type Sequence = (&'static str, Vec<BigInt>);

/// The lengths of the prefixes.
const LENGTHS: std::ops::RangeInclusive<usize> = 5..=20;

/// Of the prefixes of all sequences, so many per cent must be continued rightly.
const LEAST_RIGHT: f64 = 98.0;

/// A wrong rule must not save so many bits.
const SURE: f64 = 30.0;

/// Prefixes that another well-known sequence has as well: up to 64, powerful numbers are perfect
/// powers.
const AMBIGUOUS: [(&str, usize); 1] = [("powerful numbers", 11)];

#[derive(Default)]
struct Tally {
    right: usize,
    silent: usize,
    wrong: Vec<String>,
    sure_and_wrong: Vec<String>,
}

#[test]
fn prefixes_are_continued() {
    let sequences: Vec<Sequence> = [
        polynomials::sequences(),
        recurrences::sequences(),
        combinatorial::sequences(),
        arithmetic::sequences(),
        digits::sequences(),
    ]
    .concat();
    assert_eq!(sequences.len(), 200);
    let tally = Mutex::new(Tally::default());
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(sequence) = sequences.get(next.fetch_add(1, Ordering::Relaxed)) {
                    judge(sequence, &tally);
                }
            });
        }
    });
    let Tally { right, silent, wrong, sure_and_wrong } = tally.into_inner().unwrap();
    let all = sequences.len() * LENGTHS.count();
    let share = 100.0 * right as f64 / all as f64;
    println!("{right} right of {all} ({share:.1} %), {silent} without a rule; wrong: {wrong:#?}");
    assert!(sure_and_wrong.is_empty(), "{sure_and_wrong:#?}");
    assert!(share >= LEAST_RIGHT, "{share:.1} % right");
}

fn judge((name, terms): &Sequence, tally: &Mutex<Tally>) {
    assert!(terms.len() > *LENGTHS.end(), "{name}: {}", terms.len());
    for length in LENGTHS {
        let solutions = solve(&Terms::new(terms[..length].to_vec()), 1);
        let mut tally = tally.lock().unwrap();
        let Some(first) = solutions.all.first() else {
            tally.silent += 1;
            continue;
        };
        if first.continuation.first() == Some(&terms[length]) {
            tally.right += 1;
            continue;
        }
        let saved = solutions.listing - first.bits;
        let text = format!("{name} {length}: {} (saves {saved:.0})", first.rule.formula());
        if saved > SURE && !AMBIGUOUS.contains(&(*name, length)) {
            tally.sure_and_wrong.push(text.clone());
        }
        tally.wrong.push(text);
    }
}
