//! Prints the relations behind some terms:
//! `cargo run --release -p ninth-inference --example relations_behind -- 1 2 6 12 36`.

use ninth_inference::{Explainer, Posterior};
use ninth_sequences::{IntegerRange, PhaseWeights, Sampler};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<i64> =
        std::env::args().skip(1).map(|term| term.parse()).collect::<Result<_, _>>()?;
    let terms = if given.is_empty() { vec![1, 2, 6, 12, 36] } else { given };

    // The index of what the generator draws. `Explainer::searching` does without.
    let sampler = Sampler::new(0, IntegerRange::default(), 9)?;
    let posterior = Posterior::new(&sampler, PhaseWeights::DOCUMENT);
    let explanation = Explainer::knowing(&posterior).explain(&terms, 3);

    println!("{terms:?} follow a relation with probability {:.3}", explanation.confidence);
    for fitting in explanation.relations.iter().take(5) {
        let (probability, next) = (fitting.probability, &fitting.continuation);
        println!("{probability:.4}  {next:?}  {}", fitting.relation);
    }
    Ok(())
}
