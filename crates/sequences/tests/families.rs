//! Every family: its example, its documented acceptance, its place in the mixture.

use std::collections::HashMap;

use ninth_sequences::{Family, IntegerRange, Phase, PhaseWeights, Relation, Sampler, Stream};

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

/// The table in the documentation of the families says what is true.
#[test]
fn documented_acceptance_is_right() {
    let sampler = default_sampler();
    let line = |name: &str, tuples: usize, valid: usize| {
        let accepted = 100.0 * valid as f64 / tuples as f64;
        format!("//! | {name} | {tuples} | {valid} | {accepted:.1} % |")
    };
    let counts = Family::ALL.map(|family| {
        let tuples = family.parameter_count(sampler.range()) as usize;
        (family.name(), tuples, sampler.valid_count(family))
    });
    let mut expected: Vec<String> =
        counts.iter().map(|&(name, tuples, valid)| line(name, tuples, valid)).collect();
    let tuples = counts.iter().map(|count| count.1).sum();
    let valid = counts.iter().map(|count| count.2).sum();
    expected.push(line("total", tuples, valid));

    let source = include_str!("../src/family/mod.rs");
    let documented: Vec<&str> = source
        .lines()
        .filter(|line| line.starts_with("//! | ") && line.ends_with(" % |"))
        .collect();
    assert!(
        documented == expected,
        "the table at the top of src/family/mod.rs should be\n{}",
        expected.join("\n")
    );
}

/// Small enough to enumerate, and no family out of proportion.
#[test]
fn the_space_can_be_enumerated() {
    let sampler = default_sampler();
    let total = sampler.all_valid().count();
    assert!((1_000_000..3_000_000).contains(&total), "{total}");
    for family in Family::ALL {
        assert!(sampler.valid_count(family) <= 500_000, "{family}");
    }
}

/// Pearson's statistic for counts that should all be equal.
fn chi_squared(counts: &[u64]) -> f64 {
    let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
    let squares = counts.iter().map(|&count| (count as f64 - expected).powi(2));
    squares.sum::<f64>() / expected
}

/// Far in the tail of a chi-squared distribution: its mean and five standard deviations.
fn bound(categories: usize) -> f64 {
    let freedom = (categories - 1) as f64;
    freedom + 5.0 * (2.0 * freedom).sqrt()
}

#[test]
fn phases_and_families_are_equally_likely() {
    let sampler = default_sampler();
    let mut families = [0; Family::COUNT];
    for index in 0..100_000 {
        let draw = sampler.draw(Stream::Training, index, PhaseWeights::DOCUMENT, &mut [0; LENGTH]);
        families[draw.family as usize] += 1;
    }
    let mut phases = [0; 3];
    for phase in Phase::ALL {
        let members = Family::of_phase(phase);
        let counts: Vec<u64> = members.iter().map(|&family| families[family as usize]).collect();
        let statistic = chi_squared(&counts);
        assert!(statistic < bound(members.len()), "{phase}: {counts:?} gives {statistic}");
        phases[phase as usize] = counts.iter().sum();
    }
    assert!(chi_squared(&phases) < bound(3), "{phases:?}");
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
        for family in Family::ALL {
            for index in 0..200 {
                let mut terms = [0; LENGTH];
                let draw = sampler.draw(Stream::Examples, index, family, &mut terms);
                assert_eq!(draw.family, family);
                assert!(draw.length >= ninth_sequences::MIN_TERMS);
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
