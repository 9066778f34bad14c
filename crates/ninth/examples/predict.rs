//! The next terms of a sequence: `cargo run --example predict -- 2 4 6 8`.

use ninth::{Error, PredictOptions};

fn main() -> Result<(), Error> {
    let given: Vec<i64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let terms = if given.is_empty() { vec![1, 1, 2, 3, 5, 8, 13, 21] } else { given };
    let options = PredictOptions { count: 3, ..Default::default() };
    let report = ninth::predict_with(&terms, &options)?;
    println!("{terms:?} -> {:?}", report.next);
    for candidate in &report.candidates {
        let formula = candidate.formula.as_deref().unwrap_or("");
        println!("{:>6}  {:?}  {formula}", candidate.term, candidate.probability);
    }
    Ok(())
}
