//! Values with names and bounds.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use ninth_evaluation::ablation::plan::MOST_POINTS;
use ninth_inference::answer::Method;
use ninth_model::decoding::{DecodingKind, Generation};
use ninth_sequences::{Family, Phase};
use ninth_training::Preset;

use crate::engine::EngineKind;
use crate::reading::Format;

pub fn presets() -> impl TypedValueParser<Value = Preset> {
    named(&Preset::ALL, Preset::name)
}

pub fn engines() -> impl TypedValueParser<Value = EngineKind> {
    named(&EngineKind::ALL, EngineKind::name)
}

pub fn decodings() -> impl TypedValueParser<Value = DecodingKind> {
    named(DecodingKind::ALL, DecodingKind::name)
}

pub fn methods() -> impl TypedValueParser<Value = Method> {
    named(Method::ALL, Method::name)
}

pub fn generations() -> impl TypedValueParser<Value = Generation> {
    named(Generation::ALL, Generation::name)
}

/// How many terms or the like: they are kept in memory.
pub fn few() -> impl TypedValueParser<Value = u32> {
    clap::value_parser!(u32).range(1..=1_000_000)
}

/// How many points of a search.
pub fn points() -> impl TypedValueParser<Value = u32> {
    // Far below 2^32.
    clap::value_parser!(u32).range(1..=MOST_POINTS as i64)
}

/// How many sequences.
pub fn sequences() -> impl TypedValueParser<Value = u64> {
    // A signed type, so that a negative number is told what is allowed.
    clap::value_parser!(i64).range(1..=1_000_000_000).map(i64::unsigned_abs)
}

/// A seed, as a config can hold it.
pub fn seed() -> impl TypedValueParser<Value = u64> {
    clap::value_parser!(i64).range(0..).map(i64::unsigned_abs)
}

pub fn formats() -> impl TypedValueParser<Value = Format> {
    named(Format::ALL, Format::name)
}

/// A finite number that is not negative.
pub fn temperature(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|t: &f64| t.is_finite() && *t >= 0.0);
    number.ok_or_else(|| "not a number from 0 on".to_string())
}

pub fn families() -> impl TypedValueParser<Value = Family> {
    named(&Family::ALL, Family::name)
}

pub fn phases() -> impl TypedValueParser<Value = Phase> {
    named(&Phase::ALL, |phase| match phase {
        Phase::Simple => "1",
        Phase::Nested => "2",
        Phase::Combined => "3",
        Phase::Wider => "4",
    })
}

pub fn threads() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u16).range(1..=1024).map(usize::from)
}

/// Parses one of some values by its name; the error lists all names and suggests the nearest.
fn named<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: impl Fn(T) -> &'static str + Clone + Send + Sync + 'static,
) -> impl TypedValueParser<Value = T> {
    let names = PossibleValuesParser::new(all.iter().map(|value| name(*value)));
    names.try_map(move |text| {
        let found = all.iter().copied().find(|value| name(*value) == text);
        found.ok_or_else(|| format!("{text:?} is not one of them"))
    })
}
