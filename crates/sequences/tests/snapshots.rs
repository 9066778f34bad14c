//! The first samples of every family, pinned: what a seed gives never changes by accident.

use std::fmt::Write;
use std::path::Path;

use ninth_sequences::{Family, IntegerRange, Sampler, Stream};

const SAMPLES: u64 = 20;

/// Twenty lines per family: the terms, then the formula.
fn samples() -> String {
    let sampler = Sampler::new(0, IntegerRange::default(), 9).unwrap();
    let mut text = String::new();
    for family in Family::ALL {
        writeln!(text, "# {family}: {}", family.summary()).unwrap();
        for index in 0..SAMPLES {
            let mut terms = [0; 9];
            let draw = sampler.draw(Stream::Examples, index, family, &mut terms);
            let terms = terms[..draw.length].iter().map(i64::to_string).collect::<Vec<_>>();
            let relation = draw.relation(sampler.range()).unwrap();
            writeln!(text, "{:<36}{relation}", terms.join(" ")).unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn first_samples_of_every_family() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/samples.txt");
    let found = samples();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let pinned = std::fs::read_to_string(&path).unwrap_or_default();
    let first_difference = found
        .lines()
        .zip(pinned.lines().chain(std::iter::repeat("(nothing)")))
        .enumerate()
        .find(|(_, (found, pinned))| found != pinned);
    assert!(
        found == pinned,
        "the samples are not those of {}: the same seed no longer gives the same data, and \
         trained weights no longer match it.\nFirst difference (line, (found, pinned)): \
         {first_difference:?}\nIf that is intended, run the test with UPDATE_SNAPSHOTS=1 and \
         commit the file.",
        path.display()
    );
}
