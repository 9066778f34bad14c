//! Integer sequences drawn from relations: the data that `ninth` learns from.
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
//!     "x[n] = x[n-1] + s[n-1], x[0] = 1; s[n] = s[n-1] + 1, s[0] = 1"
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
//! | `range.rs` | [`IntegerRange`]: which integers there are, and their classes |
//! | `length.rs` | [`Lengths`]: how long training sequences are |
//! | `rng.rs` | [`Rng`]: the counter-based random numbers |
//! | `relation.rs` | [`Relation`]: the algebra, and its evaluation |
//! | `shape.rs` | relations of a shape that the compiler knows, for drawing |
//! | `function.rs` | [`Function`]: primes, divisors, digits and other functions with a name |
//! | `compound.rs`, `transform.rs`, `triangle.rs` | evaluation of the relations of phase 4 |
//! | `formula.rs` | `Display` of a relation |
//! | `family/mod.rs` | [`Family`], and the one table of all parameter ranges |
//! | `family/{simple,nested,combined}.rs`, `family/wider/` | how a family's parameters become a relation, by phase |
//! | `phase.rs` | [`Phase`] and [`PhaseWeights`] |
//! | `sampler.rs` | [`Sampler`]: sample `i` of stream `s` under seed `k` |
//! | `index_set.rs` | the sampler's compact lists of valid parameters |
//! | `curriculum.rs` | [`Curriculum`]: phase weights as a function of the epoch |
//! | `error.rs` | [`Error`] |
//!
//! # What is absent on purpose
//!
//! No file, clock, thread or network, so that the crate runs anywhere, a browser
//! included; no floating-point number except in probabilities, so that a sequence
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

pub use curriculum::{Curriculum, CurriculumSettings, Ramp, Transition};
pub use error::Error;
pub use family::{Domain, Family, Parameter, ParameterSpace};
pub use length::{LengthSampler, Lengths};
pub use phase::{Phase, PhaseWeights};
pub use range::{IntegerRange, SequenceSettings};
pub use relation::{
    Accepted, Cell, Condition, Cycle, Function, Lag, Listed, Operation, Past, Predicate, Ratio,
    Reading, Relation, Rounding, SelectOutput, Step, TermIndex, Transform, Triangle,
};
pub use rng::Rng;
pub use sampler::{Draw, MIN_TERMS, Sampler, Source, Stream};
