//! Every family: its example, the documented counts, its probability in a mixture.

use std::collections::HashMap;
use std::path::Path;

use ninth_sequences::{
    Family, IntegerRange, MIN_TERMS, Phase, PhaseWeights, Relation, Sampler, Source, Stream,
};

const LENGTH: usize = 9;

fn default_sampler() -> Sampler {
    Sampler::new(0, IntegerRange::default(), LENGTH).unwrap()
}

/// The valid relations of `family` whose terms start with `terms`.
fn relations_starting_with(sampler: &Sampler, family: Family, terms: &[i64]) -> Vec<Relation> {
    let relations = sampler
        .valid_parameters(family)
        .filter_map(|parameters| family.relation(parameters, sampler.range()));
    relations.filter(|relation| relation.terms(terms.len()) == terms).collect()
}

fn assert_expressible(sampler: &Sampler, family: Family, terms: &[i64]) {
    let found = relations_starting_with(sampler, family, terms);
    assert!(!found.is_empty(), "{family} cannot draw {terms:?}");
}

/// The sequences that the families are named after can be drawn from them.
#[test]
fn named_sequences_can_be_drawn() {
    let sampler = default_sampler();
    let named: [(Family, &[i64]); 16] = [
        (Family::OrderZero, &[1, 1, 1, 1, 1]),
        (Family::OrderOne, &[2, 4, 6, 8, 10]),
        (Family::OrderTwo, &[1, 0, 1, 0, 1]),
        (Family::Fibonacci, &[1, 1, 2, 3, 5, 8, 13]),
        (Family::AlternatingSteps, &[1, 3, 4, 6, 7, 9]),
        (Family::GrowingSteps, &[1, 2, 4, 7, 11]),
        (Family::ShrinkingSteps, &[1, 5, 8, 10, 11]),
        (Family::Geometric, &[2, 4, 8, 16]),
        (Family::AlternatingFactors, &[1, 2, 6, 12, 36]),
        (Family::RationalFactors, &[8, 4, 6, 3]),
        (Family::TwoStep, &[1, 1, 2, 2, 3, 3]),
        (Family::ThreeStep, &[1, 1, 1, 2, 2, 2]),
        (Family::MixedPeriods, &[1, 2, 2, 3, 4, 4, 5, 6, 6]),
        // Fibonacci modulo 3; every third term of 1, 2, 3, ... doubled; up by one after an
        // even term, doubled after an odd one.
        (Family::Modulo, &[1, 1, 2, 0, 2, 2, 1, 0, 1]),
        (Family::EveryKth, &[1, 2, 6, 4, 5, 12, 7, 8, 18]),
        (Family::ParitySwitch, &[1, 2, 3, 6, 7, 14, 15, 30, 31]),
    ];
    for (family, terms) in named {
        assert_expressible(&sampler, family, terms);
    }
}

#[test]
fn the_example_of_every_family_can_be_drawn() {
    let sampler = default_sampler();
    for family in Family::ALL {
        assert_expressible(&sampler, family, family.example());
    }
}

/// The table in the documentation of [`Family`] is what the entries and the sampler say.
#[test]
fn documented_table_is_right() {
    let sampler = default_sampler();
    let mut expected =
        "| family | its sequences | example | tuples | valid | accepted |\n".to_owned();
    expected += "|---|---|---|---|---|---|\n";
    let mut line = |name: &str, summary: &str, example: &str, tuples: usize, valid: usize| {
        let accepted = 100.0 * valid as f64 / tuples as f64;
        expected +=
            &format!("| {name} | {summary} | {example} | {tuples} | {valid} | {accepted:.1} % |\n");
    };
    let (mut all_tuples, mut all_valid) = (0, 0);
    for family in Family::ALL {
        let tuples = family.parameter_count(sampler.range()) as usize;
        let valid = sampler.valid_count(family);
        let terms: Vec<String> = family.example().iter().map(i64::to_string).collect();
        let example = format!("`{}`", terms.join(", "));
        line(family.name(), family.summary(), &example, tuples, valid);
        (all_tuples, all_valid) = (all_tuples + tuples, all_valid + valid);
    }
    line("total", "", "", all_tuples, all_valid);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/family/families.md");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let documented = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        documented == expected,
        "{} should be as follows; run the test with UPDATE_SNAPSHOTS=1 to write it.\n{expected}",
        path.display()
    );
}

/// All valid tuples can be enumerated, and no family has too many.
#[test]
fn the_space_can_be_enumerated() {
    let sampler = default_sampler();
    let total = |phases: &[Phase]| -> usize {
        let families = phases.iter().flat_map(|phase| Family::of_phase(*phase));
        families.map(|family| sampler.valid_count(*family)).sum()
    };
    let (document, wider) = (total(&Phase::DOCUMENT), total(&[Phase::Wider]));
    assert!((1_000_000..2_000_000).contains(&document), "{document}");
    assert!((1_000_000..2_000_000).contains(&wider), "{wider}");
    assert_eq!(sampler.all_valid().count(), document + wider);
    for family in Family::ALL {
        assert!(sampler.valid_count(family) <= 500_000, "{family}");
    }
    for family in Family::of_phase(Phase::Wider) {
        let tuples = family.parameter_count(sampler.range());
        assert!(tuples <= 200_000, "{family}: {tuples}");
    }
}

/// Pearson's statistic for counts that should all be equal.
fn chi_squared(counts: &[u64]) -> f64 {
    let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
    let squares = counts.iter().map(|&count| (count as f64 - expected).powi(2));
    squares.sum::<f64>() / expected
}

/// The mean of a chi-squared distribution and five standard deviations.
fn bound(categories: usize) -> f64 {
    let freedom = (categories - 1) as f64;
    freedom + 5.0 * (2.0 * freedom).sqrt()
}

#[test]
fn phases_and_families_are_equally_likely() {
    let sampler = default_sampler();
    let count_phases = |mixture: PhaseWeights, drawn: &[Phase]| {
        let mut families = [0; Family::COUNT];
        for index in 0..100_000 {
            let draw = sampler.draw(Stream::Training, index, mixture, &mut [0; LENGTH]);
            families[draw.family as usize] += 1;
        }
        assert_eq!(mixture.phases().collect::<Vec<_>>(), drawn);
        let mut phases = Vec::new();
        for phase in drawn {
            let members = Family::of_phase(*phase);
            let counts: Vec<u64> =
                members.iter().map(|&family| families[family as usize]).collect();
            let statistic = chi_squared(&counts);
            assert!(statistic < bound(members.len()), "{phase}: {counts:?} gives {statistic}");
            phases.push(counts.iter().sum());
        }
        assert!(chi_squared(&phases) < bound(phases.len()), "{phases:?}");
        assert_eq!(phases.iter().sum::<u64>(), 100_000);
    };
    count_phases(PhaseWeights::DOCUMENT, &Phase::DOCUMENT);
    count_phases(PhaseWeights::DOCUMENT.with_wider(0.25), &Phase::ALL);
}

/// A hash of many draws.
fn fingerprint(sampler: &Sampler, source: Source) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a, a term at a time
    let mut terms = [0; LENGTH];
    for index in 0..20_000 {
        let draw = sampler.draw(Stream::Training, index, source, &mut terms);
        let origin = [draw.family as i64, i64::from(draw.parameters), draw.length as i64];
        for number in origin.into_iter().chain(terms) {
            hash = (hash ^ number as u64).wrapping_mul(0x100_0000_01b3);
        }
    }
    hash
}

/// The draws of the document's phases are those from before there was a wider phase, bit for bit.
#[test]
fn the_document_is_drawn_as_ever() {
    let mixture = |weights| PhaseWeights::new(weights).unwrap().into();
    let sources: [Source; 6] = [
        PhaseWeights::DOCUMENT.into(),
        mixture([0.3, 0.5, 0.2, 0.0]),
        mixture([0.75, 0.25, 0.0, 0.0]),
        Phase::Simple.into(),
        Phase::Nested.into(),
        Phase::Combined.into(),
    ];
    let recorded = [
        (
            (0, 255),
            [
                0xb458_0e49_6d1f_c7bc,
                0x930e_f59c_337c_2d0e,
                0x55df_4851_b848_02d8,
                0xa3d7_70f6_a4bb_8ad4,
                0xf344_b97f_b95f_fe4b,
                0x268f_a684_105a_2b7d,
            ],
        ),
        (
            (-128, 127),
            [
                0xfc32_f62a_ff24_ca63,
                0x0ba1_d945_8393_3d49,
                0x0684_2f61_ed9b_387e,
                0x45d8_4fd6_6afd_9ecc,
                0xc69f_18cf_962e_b4b4,
                0xf464_f3df_ea28_0720,
            ],
        ),
    ];
    for ((min, max), expected) in recorded {
        let sampler = Sampler::new(42, IntegerRange::new(min, max).unwrap(), LENGTH).unwrap();
        assert_eq!(sources.map(|source| fingerprint(&sampler, source)), expected);
    }
    let sampler = Sampler::new(42, IntegerRange::default(), LENGTH).unwrap();
    let recorded = [
        (Family::FloorGeometric, 729, [36, 27, 20, 15, 11, 8, 6, 4, 3]),
        (Family::TwoStep, 3238, [63, 63, 68, 68, 73, 73, 78, 78, 83]),
        (Family::AlternatingSteps, 139_940, [145, 149, 140, 144, 135, 139, 130, 134, 125]),
        (Family::OrderOne, 88_391, [104, 105, 106, 107, 108, 109, 110, 111, 112]),
    ];
    for (index, (family, parameters, expected)) in recorded.into_iter().enumerate() {
        let mut terms = [0; LENGTH];
        let source = PhaseWeights::DOCUMENT;
        let draw = sampler.draw(Stream::Training, index as u64, source, &mut terms);
        assert_eq!((draw.family, draw.parameters, terms), (family, parameters, expected));
    }
}

/// A narrow range may have no sequence of a wider family. The sampler works as it would
/// without that family, and the phase is drawn from the others.
#[test]
fn wider_families_may_be_empty() {
    let range = IntegerRange::new(4, 60).unwrap();
    let sampler = Sampler::new(0, range, LENGTH).unwrap();
    let wider = Family::of_phase(Phase::Wider);
    let (empty, others): (Vec<Family>, Vec<Family>) =
        wider.iter().partition(|family| sampler.valid_count(**family) == 0);
    assert!(!empty.is_empty() && !others.is_empty(), "{empty:?}, {others:?}");
    let mut drawn = Vec::new();
    for index in 0..2_000 {
        let draw = sampler.draw(Stream::Examples, index, Phase::Wider, &mut [0; LENGTH]);
        assert!(draw.length >= MIN_TERMS);
        drawn.push(draw.family);
    }
    drawn.sort();
    drawn.dedup();
    assert_eq!(drawn, others);
    let mut terms = [7; LENGTH];
    let draw = sampler.draw(Stream::Examples, 0, empty[0], &mut terms);
    assert_eq!((draw.length, terms), (0, [4; LENGTH]));
}

/// In every range, a family that repeats a few terms has valid parameters.
#[test]
fn the_wider_phase_is_never_empty() {
    for (min, max) in [(0, 1), (5, 6), (-1, 0), (i64::MAX - 1, i64::MAX), (i64::MIN, i64::MIN + 1)]
    {
        let range = IntegerRange::new(min, max).unwrap();
        let count = Family::PeriodSix.parameter_count(range);
        let mut relations =
            (0..count).filter_map(|parameters| Family::PeriodSix.relation(parameters, range));
        let valid = |relation: Relation| relation.terms(LENGTH).iter().all(|&t| range.contains(t));
        assert!(relations.any(valid), "{range}");
    }
}

#[test]
fn valid_parameters_are_equally_likely() {
    let sampler = default_sampler();
    for family in [Family::AlternatingFactors, Family::OrderZero, Family::Geometric] {
        let mut counts: HashMap<u32, u64> =
            sampler.valid_parameters(family).map(|parameters| (parameters, 0)).collect();
        for index in 0..100_000 {
            let draw = sampler.draw(Stream::Training, index, family, &mut [0; LENGTH]);
            *counts.get_mut(&draw.parameters).expect("only valid parameters are drawn") += 1;
        }
        let counts: Vec<u64> = counts.into_values().collect();
        let statistic = chi_squared(&counts);
        assert!(statistic < bound(counts.len()), "{family}: {statistic}");
    }
}

/// Other ranges work too, signed ones included.
#[test]
fn other_ranges_have_all_families() {
    for (min, max) in [(-128, 127), (0, 1023), (0, 99), (-1000, 1000), (1, 256)] {
        let range = IntegerRange::new(min, max).unwrap();
        let sampler = Sampler::new(0, range, LENGTH).unwrap();
        let sources = Phase::DOCUMENT.into_iter().flat_map(Family::of_phase);
        let sources = sources.map(|family| Source::Family(*family));
        // Only a few of the wider ones: to determine the valid parameters takes a while.
        let wider = [Family::FunctionOfIndex, Family::FourSteps, Family::Pascal];
        for source in sources.chain(wider.map(Source::Family)) {
            for index in 0..200 {
                let mut terms = [0; LENGTH];
                let draw = sampler.draw(Stream::Examples, index, source, &mut terms);
                assert_eq!(Source::Family(draw.family), source);
                assert!(draw.length >= MIN_TERMS);
                assert!(terms.iter().all(|&term| range.contains(term)), "{terms:?} in {range}");
            }
        }
    }
    // A signed range is used on both sides of zero.
    let range = IntegerRange::new(-128, 127).unwrap();
    let sampler = Sampler::new(0, range, LENGTH).unwrap();
    assert_expressible(&sampler, Family::AlternatingSigns, &[1, -3, 5, -7, 9]);
    assert_expressible(&sampler, Family::Geometric, &[-2, -4, -8, -16]);
}
