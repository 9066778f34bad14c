//! Draws a data set and prints it as CSV: the family, the terms, and the relation as a formula.
//!
//! ```text
//! cargo run --release -p ninth-sequences --example draw [COUNT [SEED]]
//! ```

use std::io::{self, BufWriter, Write};

use ninth_sequences::{IntegerRange, PhaseWeights, Sampler, Stream};

/// The context of the default model, and the term after it.
const LENGTH: usize = 9;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Vec<u64> =
        std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    let (count, seed) = match numbers[..] {
        [] => (10, 0),
        [count] => (count, 0),
        [count, seed] => (count, seed),
        _ => return Err("give a number of sequences, and a seed".into()),
    };
    let range = IntegerRange::default();
    let sampler = Sampler::new(seed, range, LENGTH)?;

    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "index,family,terms,relation")?;
    let mut terms = [0; LENGTH];
    for index in 0..count {
        // A draw depends on the seed, the stream and the index only, not on those before it.
        let draw = sampler.draw(Stream::Training, index, PhaseWeights::DOCUMENT, &mut terms);
        let words: Vec<String> = terms[..draw.length].iter().map(i64::to_string).collect();
        let relation = draw.relation(range).ok_or("a draw comes from a relation")?;
        writeln!(out, "{index},{},{},\"{relation}\"", draw.family, words.join(" "))?;
    }
    Ok(out.flush()?)
}
