//! Judges the rules by the rows of a file: given all terms but the last, do they name it?
//!
//! `cargo run --release -p ninth-solver --example judge -- FILE [ROWS] [--wrong]`

use std::collections::BTreeMap;
use std::time::Instant;

use ninth_solver::{Generator, Terms, next, solve};
use num_bigint::BigInt;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = std::fs::read_to_string(&arguments[0]).expect("a file");
    let rows: usize = arguments.get(1).and_then(|rows| rows.parse().ok()).unwrap_or(usize::MAX);
    let show = arguments.iter().any(|argument| argument == "--wrong");
    let mut by_kind: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let mut by_margin: BTreeMap<i64, [usize; 2]> = BTreeMap::new();
    let (mut right, mut five, mut silent, mut count) = (0, 0, 0, 0);
    let start = Instant::now();
    let mut slowest = (0.0, String::new());
    for line in text.lines().skip(1).take(rows) {
        let (id, terms) = line.split_once(',').expect("two columns");
        let mut terms: Vec<BigInt> = terms.split(' ').map(|term| term.parse().unwrap()).collect();
        let target = terms.pop().unwrap();
        let before = Instant::now();
        let solutions = solve(&Terms::new(terms.clone()), 1);
        let taken = before.elapsed().as_secs_f64() * 1e3;
        if taken > slowest.0 {
            slowest = (taken, id.to_owned());
        }
        count += 1;
        let nexts = next(&solutions.all);
        let Some(first) = solutions.all.first() else {
            silent += 1;
            continue;
        };
        let margin = ((solutions.listing - first.bits) / 5.0).floor() as i64;
        let good = nexts.first().is_some_and(|(term, _)| *term == target);
        right += usize::from(good);
        five += usize::from(nexts.iter().take(5).any(|(term, _)| *term == target));
        by_kind.entry(first.rule.kind()).or_default()[usize::from(good)] += 1;
        by_margin.entry((margin * 5).clamp(-20, 60)).or_default()[usize::from(good)] += 1;
        if show && !good && margin >= 1 {
            println!(
                "{id} {terms:?} -> {target}: {} by {} ({:.1} of {:.1})",
                first.continuation[0],
                first.rule.formula(),
                first.bits,
                solutions.listing
            );
        }
    }
    let percent = |part: usize| 100.0 * part as f64 / count as f64;
    let seconds = start.elapsed().as_secs_f64();
    println!("wrong / right by bits saved: {by_margin:?}");
    let mut kinds: Vec<_> = by_kind.into_iter().collect();
    kinds.sort_by_key(|(_, [wrong, right])| std::cmp::Reverse(wrong + right));
    for (kind, [wrong, right]) in kinds.iter().take(if show { 0 } else { 14 }) {
        println!("{right:5} right {wrong:5} wrong  {kind}");
    }
    println!(
        "top-1 {:.1} %, top-5 {:.1} %, silent {:.1} %, {:.2} ms a row, slowest {slowest:?}",
        percent(right),
        percent(five),
        percent(silent),
        1e3 * seconds / count as f64
    );
}
