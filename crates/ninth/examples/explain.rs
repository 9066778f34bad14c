//! The relations behind a sequence: `cargo run --example explain -- 1 2 6 12 36`.

fn main() -> Result<(), ninth::Error> {
    let given: Vec<i64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let terms = if given.is_empty() { vec![1, 2, 6, 12, 36] } else { given };
    let report = ninth::explain(&terms)?;
    for fitting in &report.relations {
        println!("{:.3}  {:?}  {}", fitting.probability, fitting.continuation, fitting.relation);
    }
    println!("there is a relation with probability {:.3}", report.confidence);
    Ok(())
}
