//! A data set as CSV, for `ninth evaluate --data`: `cargo run --example data_set > data.csv`.

use ninth::{Error, Phase, SampleOptions};

fn main() -> Result<(), Error> {
    println!("id,terms");
    let options = SampleOptions { phase: Some(Phase::Combined), seed: 7, ..Default::default() };
    for sequence in ninth::sample(&options)?.take(100) {
        let terms: Vec<String> = sequence.terms.iter().map(i64::to_string).collect();
        println!("\"{}\",{}", sequence.formula, terms.join(" "));
    }
    Ok(())
}
