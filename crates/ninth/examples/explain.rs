//! The rules behind a sequence: `cargo run --example explain -- 1 2 6 12 36`.

use ninth::BigInt;

fn main() -> Result<(), ninth::Error> {
    let given: Vec<BigInt> =
        std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let terms = if given.is_empty() { [1, 2, 6, 12, 36].map(Into::into).to_vec() } else { given };
    let report = ninth::explain(&terms)?;
    for rule in &report.relations {
        let next: Vec<String> = rule.continuation.iter().map(ToString::to_string).collect();
        println!("{:.3}  {}  {}", rule.probability, next.join(" "), rule.formula());
    }
    println!("one of them is right with probability {:.3}", report.confidence);
    Ok(())
}
