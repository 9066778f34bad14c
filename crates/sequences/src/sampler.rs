//! Drawing sequences: sample `i` of stream `s` under seed `k`.

use std::sync::{Arc, OnceLock};

use crate::error::Error;
use crate::family::{Family, ParameterSpace};
use crate::index_set::IndexSet;
use crate::phase::{Phase, PhaseWeights};
use crate::range::IntegerRange;
use crate::relation::Relation;
use crate::rng::Rng;

/// The number of terms that a sequence must have in the range. One that leaves the range
/// later is cut off there.
pub const MIN_TERMS: usize = 4;

/// A stream of random numbers. Draws for one purpose are independent of those for another;
/// training draws from [`Training`](Self::Training) only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Sequences to train on.
    Training = 0,
    /// Sequences of the validation loss, which decides when training stops.
    Validation = 1,
    /// Sequences to evaluate a trained model on.
    Evaluation = 2,
    /// Sequences to show.
    Examples = 3,
    /// Sequences to fit the temperature of a trained model on.
    Calibration = 4,
}

impl Stream {
    /// All streams, in the order of their numbers.
    const ALL: [Self; 5] =
        [Self::Training, Self::Validation, Self::Evaluation, Self::Examples, Self::Calibration];

    /// The generator of each stream under `seed`.
    fn generators(seed: u64) -> [Rng; Self::ALL.len()] {
        Self::ALL.map(|stream| Rng::for_stream(seed, stream.number()))
    }

    /// The number for [`Rng::for_sample`], which never changes. Numbers from `2^32` on
    /// are left to other uses of the generator.
    pub const fn number(self) -> u64 {
        self as u64
    }
}

/// What to draw from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// All phases, with these probabilities.
    Mixture(PhaseWeights),
    /// One phase, its families equally often.
    Phase(Phase),
    /// One family, its valid parameters equally often.
    Family(Family),
}

impl From<PhaseWeights> for Source {
    fn from(weights: PhaseWeights) -> Self {
        Self::Mixture(weights)
    }
}

impl From<Phase> for Source {
    fn from(phase: Phase) -> Self {
        Self::Phase(phase)
    }
}

impl From<Family> for Source {
    fn from(family: Family) -> Self {
        Self::Family(family)
    }
}

/// Where a sequence came from, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Draw {
    /// The family.
    pub family: Family,
    /// The index of the parameter tuple within the family.
    pub parameters: u32,
    /// The number of terms before the sequence left the range or the buffer was full.
    pub length: usize,
}

impl Draw {
    /// The relation that was drawn; `range` is that of the sampler.
    pub fn relation(&self, range: IntegerRange) -> Option<Relation> {
        self.family.relation(self.parameters, range)
    }
}

/// Draws sequences of integers in a range, and knows which parameters are valid there.
///
/// A draw chooses a phase by its weight, a family of that phase, and one of the family's
/// valid parameter tuples, the last two uniformly. The valid tuples of a family are determined
/// once, when it is first drawn from. A sampler is shared between threads by reference.
///
/// ```
/// use ninth_sequences::{Family, IntegerRange, Sampler, Stream};
///
/// let sampler = Sampler::new(42, IntegerRange::default(), 9)?;
/// let mut terms = [0; 9];
/// let draw = sampler.draw(Stream::Examples, 0, Family::Fibonacci, &mut terms);
/// let terms = &terms[..draw.length];
/// assert!(terms.windows(3).all(|terms| terms[0] + terms[1] == terms[2]));
/// # Ok::<(), ninth_sequences::Error>(())
/// ```
#[derive(Debug)]
pub struct Sampler {
    seed: u64,
    /// The generator of each stream.
    streams: [Rng; Stream::ALL.len()],
    range: IntegerRange,
    length: usize,
    /// By family. They depend on the range only, so that samplers of other seeds share them.
    parameters: Arc<[FamilyParameters; Family::COUNT]>,
    /// The families of the wider phase that have valid parameters, determined when the phase
    /// is first drawn from.
    wider: Arc<OnceLock<Vec<Family>>>,
}

/// A source, resolved to families.
struct Choice<'a> {
    /// As [`PhaseWeights::ends`].
    ends: [f64; 3],
    /// The families of each phase, equally likely.
    families: [&'a [Family]; Phase::ALL.len()],
}

/// A family's parameters for the range of the sampler.
#[derive(Debug)]
struct FamilyParameters {
    space: ParameterSpace,
    valid: OnceLock<IndexSet>,
}

impl FamilyParameters {
    fn new(family: Family, range: IntegerRange) -> Self {
        Self { space: ParameterSpace::new(family, range), valid: OnceLock::new() }
    }

    /// Whether a parameter tuple has `MIN_TERMS` terms in the range.
    fn is_valid(&self, parameters: u32, range: IntegerRange) -> bool {
        let mut terms = [0; MIN_TERMS];
        let evaluated = self.space.evaluate(parameters, &mut terms);
        range.run(&terms[..evaluated]) == MIN_TERMS
    }

    /// Whether no tuple is valid. Where one is, this takes little time.
    fn is_empty(&self, range: IntegerRange) -> bool {
        /// Neighbours are valid together, so tuples far from each other are tried first. A
        /// prime, so that all values of the parameters are among them.
        const DISTANCE: usize = 97;
        let count = self.space.count();
        let mut all = (0..DISTANCE as u32).flat_map(|first| (first..count).step_by(DISTANCE));
        !all.any(|parameters| self.is_valid(parameters, range))
    }

    /// The valid parameter tuples.
    fn valid(&self, range: IntegerRange) -> &IndexSet {
        self.valid.get_or_init(|| {
            IndexSet::new(self.space.count(), |parameters| self.is_valid(parameters, range))
        })
    }
}

impl Sampler {
    /// A sampler of sequences of at most `length` terms in `range`: one more than the
    /// context of a model.
    ///
    /// # Errors
    ///
    /// [`Error::ShortSequence`] when there would be nothing to predict after
    /// [`MIN_TERMS`] terms, [`Error::EmptyFamily`] when some family of the document's
    /// three phases has no valid parameters in `range`, as is the case for very narrow
    /// ranges and for those without small positive integers. A family of the wider phase
    /// may have none: it is left out where its phase is drawn from.
    pub fn new(seed: u64, range: IntegerRange, length: usize) -> Result<Self, Error> {
        Self::check(range, length)?;
        let parameters = Family::ALL.map(|family| FamilyParameters::new(family, range));
        let wider = Arc::new(OnceLock::new());
        let streams = Stream::generators(seed);
        Ok(Self { seed, streams, range, length, parameters: Arc::new(parameters), wider })
    }

    /// Checks the arguments of [`new`](Self::new) without making a sampler.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn check(range: IntegerRange, length: usize) -> Result<(), Error> {
        let minimum = MIN_TERMS + 1;
        if length < minimum {
            return Err(Error::ShortSequence { length, minimum });
        }
        let mut document = Phase::DOCUMENT.into_iter().flat_map(Family::of_phase).copied();
        match document.find(|family| FamilyParameters::new(*family, range).is_empty(range)) {
            Some(family) => Err(Error::EmptyFamily {
                family: family.name(),
                terms: MIN_TERMS,
                min: range.min(),
                max: range.max(),
            }),
            None => Ok(()),
        }
    }

    /// The sampler of the same range and length under another seed. The two share the valid
    /// parameters of the families.
    pub fn with_seed(&self, seed: u64) -> Self {
        let (parameters, wider) = (Arc::clone(&self.parameters), Arc::clone(&self.wider));
        Self { seed, streams: Stream::generators(seed), parameters, wider, ..*self }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The range that all terms lie in.
    pub fn range(&self) -> IntegerRange {
        self.range
    }

    /// The largest number of terms of a sequence.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Writes sample `index` of `stream` into `terms`, a buffer of [`length`](Self::length)
    /// terms; behind a shorter sequence it is filled with the smallest term of the range.
    ///
    /// Every sequence has at least [`MIN_TERMS`] terms, unless a family of the wider phase
    /// is the source and has no valid parameters in the range: its sequences are empty.
    ///
    /// The result is a function of the sampler's seed and range, and of the arguments. A
    /// shorter buffer receives the beginning of the same sequence, and a longer one is
    /// not filled beyond `length` terms.
    pub fn draw(
        &self,
        stream: Stream,
        index: u64,
        source: impl Into<Source>,
        terms: &mut [i64],
    ) -> Draw {
        let mut rng = self.streams[stream as usize].at(index);
        self.draw_with(&mut rng, &self.choice(source.into()), terms)
    }

    /// Draws the `count` samples `first`, `first + 1`, ... of `stream`, each into `terms` as
    /// [`draw`](Self::draw) does, and passes them to `each` in order. What `terms` holds behind a
    /// sequence is unspecified.
    ///
    /// It chooses sixteen families and ranks first, then looks up the parameters, then
    /// evaluates, so that the processor overlaps the cache misses and branches of several
    /// sequences: 73 instead of 93 ns for each.
    pub fn draw_each(
        &self,
        stream: Stream,
        first: u64,
        count: usize,
        source: impl Into<Source>,
        terms: &mut [i64],
        mut each: impl FnMut(Draw, &[i64]),
    ) {
        const AT_A_TIME: usize = 16;
        let choice = self.choice(source.into());
        let generators = &self.streams[stream as usize];
        let mut picks = [(Family::OrderZero, 0); AT_A_TIME];
        let mut parameters = [None; AT_A_TIME];
        for start in (0..count).step_by(AT_A_TIME) {
            let picks = &mut picks[..AT_A_TIME.min(count - start)];
            for (pick, index) in picks.iter_mut().zip(first + start as u64..) {
                *pick = self.pick(&mut generators.at(index), &choice);
            }
            for (parameters, (family, rank)) in parameters.iter_mut().zip(&*picks) {
                *parameters = self.valid(*family).get(*rank);
            }
            for ((family, _), parameters) in picks.iter().zip(&parameters) {
                let draw = self.evaluate(*family, *parameters, terms);
                each(draw, terms);
            }
        }
    }

    /// As [`draw`](Self::draw), but a sequence of fewer than [`length`](Self::length) terms is
    /// drawn again, with the random numbers that follow.
    pub fn draw_full(
        &self,
        stream: Stream,
        index: u64,
        source: impl Into<Source>,
        terms: &mut [i64],
    ) -> Draw {
        /// Enough for a source of which one sequence in a hundred fills the context. A family
        /// without such a sequence gives a short one in the end.
        const ATTEMPTS: usize = 1000;
        let mut rng = self.streams[stream as usize].at(index);
        let choice = self.choice(source.into());
        let mut draw = self.draw_with(&mut rng, &choice, terms);
        for _ in 1..ATTEMPTS {
            if draw.length == self.length {
                break;
            }
            draw = self.draw_with(&mut rng, &choice, terms);
        }
        draw
    }

    fn draw_with(&self, rng: &mut Rng, choice: &Choice<'_>, terms: &mut [i64]) -> Draw {
        let (family, rank) = self.pick(rng, choice);
        let draw = self.evaluate(family, self.valid(family).get(rank), terms);
        terms[draw.length..].fill(self.range.min());
        draw
    }

    /// A family and the rank of its parameters among the valid ones.
    fn pick(&self, rng: &mut Rng, choice: &Choice<'_>) -> (Family, usize) {
        // Three random numbers for every source, so that a phase draws the same sequences as
        // the mixture of that phase only.
        let unit = rng.unit();
        let phase: usize = choice.ends.map(|end| usize::from(unit >= end)).iter().sum();
        let families = choice.families[phase];
        let family = families[rng.below(families.len() as u64) as usize];
        // The rank is that of a member, unless the source is a wider family without any.
        (family, rng.below(self.valid(family).len() as u64) as usize)
    }

    /// The valid parameters of a family.
    fn valid(&self, family: Family) -> &IndexSet {
        self.parameters[family as usize].valid(self.range)
    }

    /// Writes the terms of what was picked; what `terms` holds behind them is unspecified.
    fn evaluate(&self, family: Family, parameters: Option<u32>, terms: &mut [i64]) -> Draw {
        let room = self.length.min(terms.len());
        let space = &self.parameters[family as usize].space;
        let evaluate = |parameters| space.evaluate(parameters, &mut terms[..room]);
        let evaluated = parameters.map_or(0, evaluate);
        let length = self.range.run(&terms[..evaluated]);
        Draw { family, parameters: parameters.unwrap_or_default(), length }
    }

    /// Resolves a source to families.
    fn choice(&self, source: Source) -> Choice<'_> {
        let only = |families| Choice { ends: [f64::INFINITY; 3], families: [families; 4] };
        match source {
            Source::Mixture(weights) => {
                // The families of a phase may take time to determine, so only where it is drawn.
                let families = |phase| match weights.of(phase) > 0.0 {
                    true => self.families_of(phase),
                    false => &[],
                };
                Choice { ends: weights.ends(), families: Phase::ALL.map(families) }
            }
            Source::Phase(phase) => only(self.families_of(phase)),
            Source::Family(family) => only(family.alone()),
        }
    }

    /// The families that a phase is drawn from, at least one in every range: all of the
    /// document's phases, and those with valid parameters of the wider one.
    fn families_of(&self, phase: Phase) -> &[Family] {
        let all = Family::of_phase(phase);
        match phase {
            Phase::Simple | Phase::Nested | Phase::Combined => all,
            Phase::Wider => self.wider.get_or_init(|| {
                let of = |family: Family| &self.parameters[family as usize];
                let drawn = all.iter().copied();
                drawn.filter(|family| !of(*family).is_empty(self.range)).collect()
            }),
        }
    }

    /// The parameter tuples of `family` that have at least [`MIN_TERMS`] terms in the
    /// range, in order: all of them equally likely to be drawn.
    pub fn valid_parameters(&self, family: Family) -> impl Iterator<Item = u32> {
        self.valid(family).iter()
    }

    /// The number of valid parameter tuples of `family`.
    pub fn valid_count(&self, family: Family) -> usize {
        self.valid(family).len()
    }

    /// Every family with every one of its valid parameter tuples: all that can be drawn.
    pub fn all_valid(&self) -> impl Iterator<Item = (Family, u32)> {
        Family::ALL.into_iter().flat_map(|family| {
            self.valid_parameters(family).map(move |parameters| (family, parameters))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_sequences_and_narrow_ranges_are_refused() {
        let range = IntegerRange::default();
        let error = Sampler::new(0, range, 4).unwrap_err();
        assert_eq!(error, Error::ShortSequence { length: 4, minimum: 5 });
        assert!(Sampler::new(0, range, 5).is_ok());

        for (min, max) in [(0, 1), (-300, -200), (1000, 1255), (i64::MAX - 9, i64::MAX)] {
            let range = IntegerRange::new(min, max).unwrap();
            let error = Sampler::new(0, range, 9).unwrap_err();
            assert!(matches!(error, Error::EmptyFamily { .. }), "{error}");
            assert!(error.to_string().contains(&range.to_string()), "{error}");
        }
    }

    #[test]
    fn a_family_is_empty_where_none_of_its_tuples_is_valid() {
        for (min, max) in [(0, 1), (0, 5), (0, 9), (-3, 3), (-20, -1), (7, 40), (1000, 1255)] {
            let range = IntegerRange::new(min, max).unwrap();
            for family in Family::ALL {
                let table = FamilyParameters::new(family, range);
                assert_eq!(table.is_empty(range), table.valid(range).len() == 0, "{family}");
            }
        }
    }

    #[test]
    fn a_phase_alone_is_a_mixture_of_it_alone() {
        let sampler = Sampler::new(3, IntegerRange::default(), 9).unwrap();
        for phase in Phase::ALL {
            for index in 0..100 {
                let (mut one, mut other) = ([0; 9], [0; 9]);
                let draw = sampler.draw(Stream::Examples, index, phase, &mut one);
                let weights = PhaseWeights::only(phase);
                assert_eq!(draw, sampler.draw(Stream::Examples, index, weights, &mut other));
                assert_eq!(draw.family.phase(), phase);
                assert_eq!(one, other);
            }
        }
    }

    #[test]
    fn many_draws_are_the_same_draws() {
        let sampler = Sampler::new(3, IntegerRange::default(), 9).unwrap();
        let sources = [
            Source::Mixture(PhaseWeights::DOCUMENT),
            Source::Mixture(PhaseWeights::DOCUMENT.with_wider(0.5)),
            Source::Phase(Phase::Nested),
            Source::Family(Family::ShrinkingSteps),
        ];
        for source in sources {
            for count in [0, 1, 16, 37] {
                for room in [0, 5, 9, 12] {
                    let (mut next, mut buffer) = (1000, vec![0; room]);
                    let stream = Stream::Validation;
                    sampler.draw_each(stream, 1000, count, source, &mut buffer, |draw, terms| {
                        let mut expected = vec![0; room];
                        assert_eq!(draw, sampler.draw(stream, next, source, &mut expected));
                        assert_eq!(terms[..draw.length], expected[..draw.length]);
                        assert!(expected[draw.length..].iter().all(|term| *term == 0));
                        next += 1;
                    });
                    assert_eq!(next, 1000 + count as u64);
                }
            }
        }
    }

    #[test]
    fn another_seed_is_another_sampler() {
        let range = IntegerRange::default();
        let sampler = Sampler::new(3, range, 9).unwrap();
        let (again, expected) = (sampler.with_seed(4), Sampler::new(4, range, 9).unwrap());
        assert_eq!((again.seed(), again.range(), again.length()), (4, range, 9));
        for index in 0..100 {
            let (mut one, mut other) = ([0; 9], [0; 9]);
            let draw = again.draw(Stream::Training, index, PhaseWeights::DOCUMENT, &mut one);
            let same = expected.draw(Stream::Training, index, PhaseWeights::DOCUMENT, &mut other);
            assert_eq!((draw, one), (same, other));
        }
    }

    #[test]
    fn streams_and_seeds_are_independent() {
        let range = IntegerRange::default();
        let mut all = Vec::new();
        for seed in 0..3 {
            let sampler = Sampler::new(seed, range, 9).unwrap();
            for stream in Stream::ALL {
                let draws = (0..50).map(|index| {
                    let draw = sampler.draw(stream, index, PhaseWeights::DOCUMENT, &mut [0; 9]);
                    (draw.family, draw.parameters)
                });
                all.push(draws.collect::<Vec<_>>());
            }
        }
        for (place, draws) in all.iter().enumerate() {
            assert!(!all[..place].contains(draws));
        }
    }
}
