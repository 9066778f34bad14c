//! Prints the rules behind some terms:
//! `cargo run --release -p ninth-inference --example relations_behind -- 1 2 6 12 36`.

use ninth_inference::{explain, integer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<_> =
        std::env::args().skip(1).map(|word| integer::parse(&word)).collect::<Result<_, _>>()?;
    let terms = if given.is_empty() { [1, 2, 6, 12, 36].map(Into::into).to_vec() } else { given };

    let explanation = explain(&terms, 3);
    println!("a rule is right with probability {:.3}", explanation.confidence);
    for rule in explanation.rules.iter().take(5) {
        let next: Vec<String> = rule.continuation.iter().map(ToString::to_string).collect();
        println!("{:.4}  {}  {}", rule.probability, next.join(" "), rule.formula());
    }
    Ok(())
}
