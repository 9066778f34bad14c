//! Prints a table of the families in a range: the number of parameter tuples, how many of
//! them are valid, the time to find these, the time of a draw, and one sequence.
//!
//! ```text
//! cargo run --release -p ninth-sequences --example survey [MIN MAX]
//! ```

use std::time::Instant;

use ninth_sequences::{Family, IntegerRange, PhaseWeights, Sampler, Source, Stream};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let limits: Vec<i64> =
        std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    let range = match limits[..] {
        [] => IntegerRange::default(),
        [min, max] => IntegerRange::new(min, max)?,
        _ => return Err("give no limits, or a smallest and a largest term".into()),
    };
    let sampler = Sampler::new(0, range, 9)?;

    println!("terms in {range}\n");
    println!("| family | tuples | valid | accepted | ms | ns per draw | sample 0 |");
    println!("|---|---|---|---|---|---|---|");
    let (mut tuples, mut valid, mut milliseconds) = (0, 0, 0.0);
    for family in Family::ALL {
        let started = Instant::now();
        let (count, accepted) = (family.parameter_count(range), sampler.valid_count(family));
        let time = started.elapsed().as_secs_f64() * 1e3;
        let mut terms = [0; 9];
        let draw = sampler.draw(Stream::Examples, 0, family, &mut terms);
        let formula = draw.relation(range).map_or(String::new(), |relation| relation.to_string());
        println!(
            "| {family} | {count} | {accepted} | {:.1} % | {time:.1} | {:.0} | {:?}: {formula} |",
            percent(accepted, count),
            nanoseconds_per_draw(&sampler, family.into()),
            &terms[..draw.length],
        );
        tuples += count;
        valid += accepted;
        milliseconds += time;
    }
    let mixture = nanoseconds_per_draw(&sampler, PhaseWeights::DOCUMENT.into());
    let accepted = percent(valid, tuples);
    println!(
        "| total | {tuples} | {valid} | {accepted:.1} % | {milliseconds:.1} | {mixture:.0} | |"
    );
    Ok(())
}

fn percent(part: usize, whole: u32) -> f64 {
    100.0 * part as f64 / f64::from(whole)
}

fn nanoseconds_per_draw(sampler: &Sampler, source: Source) -> f64 {
    const DRAWS: u64 = 300_000;
    let mut terms = [0; 9];
    let started = Instant::now();
    let mut sum = 0;
    for index in 0..DRAWS {
        sum += sampler.draw(Stream::Training, index, source, &mut terms).length;
    }
    let time = started.elapsed();
    assert!(sum > 0);
    time.as_nanos() as f64 / DRAWS as f64
}
