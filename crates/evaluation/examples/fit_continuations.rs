//! Fits how rules with the same next term share its probability: `cargo run --release
//! -p ninth-evaluation --example fit_continuations -- GIVEN FILE...`. A row has an id, a comma, and
//! terms with spaces between. Rules are searched behind the first GIVEN terms; the one that has
//! all the others, too, was right. A rule that is one bit longer gets two to the power of `-s` as
//! much; each `s` is judged by the mean logarithm of the share of the right rule, and by how
//! often the rule with the largest share is right.

use std::fs;

use ninth_inference::explain;
use num_bigint::BigInt;

/// The bits of the rules with the right next term, and the place of the right one.
struct Row {
    bits: Vec<f64>,
    right: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let given: usize = arguments.next().ok_or("how many terms are given?")?.parse()?;
    let mut rows = Vec::new();
    for file in arguments {
        let text = fs::read_to_string(&file)?;
        for line in text.lines().skip(1) {
            let terms = line.split(',').nth(1).ok_or("a row has an id and terms")?;
            let terms: Result<Vec<BigInt>, _> = terms.split_whitespace().map(str::parse).collect();
            rows.extend(row(&terms?, given));
        }
    }
    println!("{} rows with more than one rule for the next term, one of them right", rows.len());
    for s in [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.3] {
        let mut sum = 0.0;
        let mut first = 0;
        for Row { bits, right } in &rows {
            let least = bits.iter().copied().fold(f64::INFINITY, f64::min);
            let total: f64 = bits.iter().map(|bits| (s * (least - bits)).exp2()).sum();
            sum += s * (least - bits[*right]) - total.log2();
            first += usize::from(bits[*right] <= least);
        }
        let count = rows.len() as f64;
        println!(
            "s = {s:.1}: {:7.4} bits, {:.1} % first",
            sum / count,
            100.0 * first as f64 / count
        );
    }
    Ok(())
}

fn row(terms: &[BigInt], given: usize) -> Option<Row> {
    let (known, rest) = terms.split_at_checked(given)?;
    let explanation = explain(known, rest.len());
    let next = rest.first()?;
    let alike: Vec<_> =
        explanation.rules.iter().filter(|rule| rule.continuation.first() == Some(next)).collect();
    let right = alike.iter().position(|rule| rule.continuation == rest)?;
    let bits = |rule: &&ninth_inference::FittingRule| rule.bits;
    (alike.len() > 1).then(|| Row { bits: alike.iter().map(bits).collect(), right })
}
