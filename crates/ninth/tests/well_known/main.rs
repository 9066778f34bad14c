//! Well-known sequences: how many of their prefixes are continued rightly.
//!
//! The terms are computed here, by short definitions that share no code with the program.

mod arithmetic;
mod combinatorial;
mod digits;
mod polynomials;
mod recurrences;
mod tools;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ninth::BigInt;

/// A name and the first terms.
type Sequence = (&'static str, Vec<BigInt>);

/// The lengths of the prefixes.
const LENGTHS: std::ops::RangeInclusive<usize> = 5..=20;

/// Of the prefixes of all sequences, so many per cent must be continued rightly.
const LEAST_RIGHT: f64 = 97.0;

/// A wrong answer must not be so probable.
const SURE: f64 = 0.99;

#[derive(Default)]
struct Tally {
    right: usize,
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
    let Tally { right, wrong, sure_and_wrong } = tally.into_inner().unwrap();
    let all = sequences.len() * LENGTHS.count();
    let share = 100.0 * right as f64 / all as f64;
    println!("{right} right of {all} ({share:.1} %); wrong: {wrong:#?}");
    assert!(sure_and_wrong.is_empty(), "{sure_and_wrong:#?}");
    assert!(share >= LEAST_RIGHT, "{share:.1} % right");
}

fn judge((name, terms): &Sequence, tally: &Mutex<Tally>) {
    assert!(terms.len() > *LENGTHS.end(), "{name}: {}", terms.len());
    for length in LENGTHS {
        let answer = ninth::predict(&terms[..length]).unwrap();
        let first = &answer.candidates[0];
        let mut tally = tally.lock().unwrap();
        if first.term == terms[length] {
            tally.right += 1;
            continue;
        }
        let probability = first.probability.unwrap();
        let rule = first.formula.as_deref().unwrap_or("no rule");
        let text = format!("{name} {length}: {} with {probability:.3}, {rule}", first.term);
        if probability > SURE {
            tally.sure_and_wrong.push(text.clone());
        }
        tally.wrong.push(text);
    }
}
