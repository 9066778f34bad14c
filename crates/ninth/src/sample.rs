//! Sampling: sequences of the training data, with their formulas.

use ninth_sequences::{Family, Phase, Sampler, Source, Stream};
use ninth_training::Config;
use serde::{Serialize, Serializer};

use crate::error::Error;

/// What to draw. With neither, the mixture of phases that a training ends with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SampleOptions {
    /// Of one family only.
    pub family: Option<Family>,
    /// Of one phase only; a family wins over it.
    pub phase: Option<Phase>,
    /// What all choices follow from.
    pub seed: u64,
    /// Whose sequences: integers, lengths and curriculum.
    pub config: Config,
}

/// A sequence; as JSON a line of `ninth sample --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampledSequence {
    /// Its family.
    #[serde(serialize_with = "family_by_name")]
    pub family: Family,
    /// The number of the phase that has the family.
    pub phase: u8,
    /// The terms.
    pub terms: Vec<i64>,
    /// The relation that gives them.
    pub formula: String,
}

fn family_by_name<S: Serializer>(family: &Family, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(family.name())
}

/// Draws sequences, as many as are asked for: the iterator ends after 2^64 of them.
///
/// ```
/// # fn main() -> Result<(), ninth::Error> {
/// let options = ninth::SampleOptions { seed: 7, ..Default::default() };
/// for sequence in ninth::sample(&options)?.take(3) {
///     println!("{:?} = {}", sequence.terms, sequence.formula);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the config is not valid.
pub fn sample(options: &SampleOptions) -> Result<impl Iterator<Item = SampledSequence>, Error> {
    let SampleOptions { family, phase, seed, config } = options;
    let source = match (family, phase) {
        (Some(family), _) => Source::Family(*family),
        (None, Some(phase)) => Source::Phase(*phase),
        (None, None) => Source::Mixture(config.curriculum.final_mixture()),
    };
    let sampler = config.sampler(*seed)?;
    let mut terms = vec![0; sampler.length()];
    Ok((0..u64::MAX).map(move |index| draw(&sampler, source, index, &mut terms)))
}

fn draw(sampler: &Sampler, source: Source, index: u64, terms: &mut [i64]) -> SampledSequence {
    let draw = sampler.draw(Stream::Examples, index, source, terms);
    let formula = draw.relation(sampler.range()).map(|relation| relation.to_string());
    SampledSequence {
        family: draw.family,
        phase: draw.family.phase().number(),
        terms: terms[..draw.length].to_vec(),
        formula: formula.unwrap_or_default(),
    }
}
