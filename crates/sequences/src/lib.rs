//! Integer sequences drawn from relations: the training data of `ninth`.
//!
//! Nothing is downloaded. A [`Relation`] is a small tree of recurrences; a
//! [`Family`] is a finite set of relations that a person would give one name
//! ("alternating steps", "a recurrence modulo m"); a [`Sampler`] draws from the
//! families; a [`Curriculum`] says how often it draws from the easier ones.
//!
//! ```
//! use ninth_sequences::{IntegerRange, PhaseWeights, Relation, Sampler, Stream};
//!
//! // A relation is a value: it can be evaluated, compared and printed.
//! let growing = Relation::Sum {
//!     first: 1,
//!     steps: Box::new(Relation::arithmetic(1, 1)),
//! };
//! assert_eq!(growing.terms(5), [1, 2, 4, 7, 11]);
//! assert_eq!(
//!     growing.to_string(),
//!     "a(n) = a(n-1) + s(n-1), a(0) = 1; s(n) = s(n-1) + 1, s(0) = 1"
//! );
//!
//! // Sample 7 of the training stream under seed 42 never changes.
//! let range = IntegerRange::default(); // 0..=255
//! let sampler = Sampler::new(42, range, 9)?;
//! let mut terms = [0; 9];
//! let draw = sampler.draw(Stream::Training, 7, PhaseWeights::DOCUMENT, &mut terms);
//! let relation = draw.relation(range).expect("a draw comes from a relation");
//! assert_eq!(relation.terms(draw.length), terms[..draw.length]);
//! # Ok::<(), ninth_sequences::Error>(())
//! ```
//!
//! # Layout
//!
//! | file | what it holds |
//! |---|---|
//! | `settings.rs` | [`SequenceSettings`]: the range and the lengths of all sequences |
//! | `range.rs` | [`IntegerRange`]: the integers that a term may be, and their classes |
//! | `length.rs` | [`LengthSampler`]: the lengths of training sequences |
//! | `rng.rs` | [`Rng`]: counter-based random numbers |
//! | `relation/mod.rs` | [`Relation`]: the tree |
//! | `relation/evaluate.rs` | evaluation of a tree, exact in 64-bit integers |
//! | `relation/static_relation.rs` | relations whose shape the compiler knows, for drawing |
//! | `relation/function/` | [`Function`]: an entry for each, with its computation by kind |
//! | `relation/{selection,operation,transform,expansion,triangle,cell}.rs` | the parts of relations, each with its computation |
//! | `relation/{formula,notation}.rs` | `Display` of a relation |
//! | `family/mod.rs` | [`Family`]: the list of families |
//! | `family/{simple,nested,combined}.rs`, `family/wider/` | the entry and the function of each family, by phase |
//! | `family/{definition,parameters}.rs` | what an entry holds; [`Domain`], [`ParameterSpace`] |
//! | `phase.rs` | [`Phase`] and [`PhaseWeights`] |
//! | `sampler.rs` | [`Sampler`]: sample `i` of stream `s` under seed `k` |
//! | `index_set.rs` | the sampler's compact sets of valid parameters |
//! | `curriculum.rs` | [`Curriculum`]: phase weights as a function of the epoch |
//! | `error.rs` | [`Error`] |
//!
//! # What is absent on purpose
//!
//! No files, clocks, threads or network, so that the crate runs anywhere, a browser
//! included; no floating-point numbers except in probabilities, so that a sequence
//! is the same on every machine; no knowledge of models or training.

#![forbid(unsafe_code)]

mod curriculum;
mod error;
mod family;
mod index_set;
mod length;
mod phase;
mod range;
mod relation;
mod rng;
mod sampler;
mod settings;

pub use curriculum::{Curriculum, CurriculumSettings, Ramp, Transition};
pub use error::Error;
pub use family::{Domain, Family, Parameter, ParameterSpace};
pub use length::LengthSampler;
pub use phase::{Phase, PhaseWeights};
pub use range::IntegerRange;
pub use relation::{
    Accepted, CellFunction, Condition, Cycle, Function, Lag, Listed, Operation, Past, Predicate,
    Ratio, Reading, Relation, Rounding, SelectOutput, Step, TermIndex, Transform, Triangle,
};
pub use rng::Rng;
pub use sampler::{Draw, MIN_TERMS, Sampler, Source, Stream};
pub use settings::{Lengths, SequenceSettings};
