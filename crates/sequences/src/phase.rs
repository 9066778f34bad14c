//! The phases of the curriculum, and their probabilities.

use std::fmt;

use crate::error::Error;

/// A level of difficulty. Every family belongs to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Phase 1: recurrences on the past terms with constant coefficients.
    Simple,
    /// Phase 2: recurrences whose constants follow a recurrence themselves.
    Nested,
    /// Phase 3: compositions, transformations and conditional relations.
    Combined,
    /// Phase 4: sequences such as people collect. It is not part of the design document, and
    /// is drawn from only where a config or a user asks for it.
    Wider,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Self; 4] = [Self::Simple, Self::Nested, Self::Combined, Self::Wider];

    /// The three phases of the design document, in order.
    pub const DOCUMENT: [Self; 3] = [Self::Simple, Self::Nested, Self::Combined];

    /// Its number, 1 to 4.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The phase with that number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Simple),
            2 => Some(Self::Nested),
            3 => Some(Self::Combined),
            4 => Some(Self::Wider),
            _ => None,
        }
    }

    /// Its name: `simple`, `nested`, `combined` or `wider`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Nested => "nested",
            Self::Combined => "combined",
            Self::Wider => "wider",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The probability of each phase, in order. The probabilities add up to 1.
///
/// ```
/// use ninth_sequences::{Phase, PhaseWeights};
///
/// let weights = PhaseWeights::new([1.0, 3.0, 0.0, 0.0])?;
/// assert_eq!(weights.of(Phase::Nested), 0.75);
/// assert_eq!(weights.with_wider(0.5).to_array(), [0.125, 0.375, 0.0, 0.5]);
/// # Ok::<(), ninth_sequences::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhaseWeights([f64; 4]);

impl PhaseWeights {
    /// The document's three phases equally often, and no other.
    pub const DOCUMENT: Self = Self([1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 0.0]);

    /// Probabilities in proportion to `weights`.
    ///
    /// # Errors
    ///
    /// [`Error::PhaseWeights`] when a weight is negative or not finite, when their sum
    /// is not finite, or when all are zero.
    pub fn new(weights: [f64; 4]) -> Result<Self, Error> {
        let sum: f64 = weights.iter().sum();
        let valid = weights.iter().all(|&weight| weight >= 0.0) && sum > 0.0 && sum.is_finite();
        if !valid {
            return Err(Error::PhaseWeights { weights });
        }
        Ok(Self(weights.map(|weight| weight / sum)))
    }

    /// One phase, and no other.
    pub const fn only(phase: Phase) -> Self {
        match phase {
            Phase::Simple => Self([1.0, 0.0, 0.0, 0.0]),
            Phase::Nested => Self([0.0, 1.0, 0.0, 0.0]),
            Phase::Combined => Self([0.0, 0.0, 1.0, 0.0]),
            Phase::Wider => Self([0.0, 0.0, 0.0, 1.0]),
        }
    }

    /// The wider phase with probability `share`, and the others in their proportions with the
    /// rest. A share above 1 counts as 1; one that is negative or NaN counts as 0, which
    /// changes nothing.
    pub fn with_wider(self, share: f64) -> Self {
        if share > 0.0 {
            let share = share.min(1.0);
            let [simple, nested, combined, wider] = self.0.map(|weight| weight * (1.0 - share));
            Self([simple, nested, combined, wider + share])
        } else {
            self
        }
    }

    /// The phases whose probability is above zero, in order.
    pub fn phases(self) -> impl Iterator<Item = Phase> {
        Phase::ALL.into_iter().filter(move |phase| self.of(*phase) > 0.0)
    }

    /// The probability of `phase`.
    pub const fn of(self, phase: Phase) -> f64 {
        self.0[phase as usize]
    }

    /// The probabilities, in the order of [`Phase::ALL`].
    pub const fn to_array(self) -> [f64; 4] {
        self.0
    }

    /// The cumulative probabilities of the first three phases, infinity where no phase of
    /// probability above zero follows. A number drawn from `[0, 1)` selects the phase whose
    /// index is the number of these at or below it. However the sums are rounded, it never
    /// selects a phase of probability zero.
    pub(crate) fn ends(self) -> [f64; 3] {
        // The wider phase comes last, so that without it the draws are those from before it
        // existed.
        let [simple, nested, combined, wider] = self.0;
        let end = |end, follows| if follows { end } else { f64::INFINITY };
        [
            end(simple, nested > 0.0 || combined > 0.0 || wider > 0.0),
            end(simple + nested, combined > 0.0 || wider > 0.0),
            end(simple + nested + combined, wider > 0.0),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        for phase in Phase::ALL {
            assert_eq!(Phase::from_number(phase.number()), Some(phase));
        }
        assert_eq!(Phase::from_number(0), None);
        assert_eq!(Phase::from_number(5), None);
        assert_eq!(Phase::Combined.to_string(), "combined");
    }

    #[test]
    fn weights_become_probabilities() {
        let weights = PhaseWeights::new([1.0, 3.0, 0.0, 4.0]).unwrap();
        assert_eq!(weights.to_array(), [0.125, 0.375, 0.0, 0.5]);
        assert_eq!(weights.of(Phase::Nested), 0.375);
        for phase in Phase::ALL {
            assert_eq!(PhaseWeights::only(phase).of(phase), 1.0);
        }
        for wrong in [
            [0.0; 4],
            [1.0, -1.0, 1.0, 1.0],
            [f64::NAN, 1.0, 1.0, 1.0],
            [1.0, 1.0, 1.0, f64::INFINITY],
            [f64::MAX; 4],
        ] {
            assert!(matches!(PhaseWeights::new(wrong), Err(Error::PhaseWeights { .. })));
        }
    }

    #[test]
    fn the_wider_phase_takes_its_share_of_all() {
        let document = PhaseWeights::DOCUMENT;
        assert_eq!(document.with_wider(0.0), document);
        assert_eq!(document.with_wider(f64::NAN), document);
        assert_eq!(document.with_wider(1.0), PhaseWeights::only(Phase::Wider));
        assert_eq!(document.with_wider(7.0), PhaseWeights::only(Phase::Wider));
        let half = PhaseWeights::new([1.0, 3.0, 0.0, 0.0]).unwrap().with_wider(0.5);
        assert_eq!(half.to_array(), [0.125, 0.375, 0.0, 0.5]);
        assert_eq!(half.with_wider(0.5).of(Phase::Wider), 0.75);
        let phases = |weights: PhaseWeights| weights.phases().collect::<Vec<_>>();
        assert_eq!(phases(document), Phase::DOCUMENT);
        assert_eq!(phases(half), [Phase::Simple, Phase::Nested, Phase::Wider]);
    }

    #[test]
    fn a_phase_of_weight_zero_is_never_picked() {
        let last = 1.0 - f64::EPSILON / 2.0;
        for weights in [
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
            [0.0, 0.0, 0.0, 1.0],
            [0.1, 0.7, 0.0, 0.0],
            [0.3, 0.0, 0.6, 0.0],
            [0.0, 0.1, 0.2, 0.0],
            [0.1, 0.0, 0.0, 0.2],
            [0.0, 0.1, 0.0, 0.7],
            [0.0, 0.0, 0.1, 0.2],
            [0.1, 0.2, 0.3, 0.7],
        ] {
            let weights = PhaseWeights::new(weights).unwrap();
            for unit in [0.0, 0.1, 1.0 / 3.0, 0.5, 0.875, last] {
                let before = weights.ends().iter().filter(|end| unit >= **end).count();
                assert!(weights.of(Phase::ALL[before]) > 0.0, "{weights:?} at {unit}");
            }
        }
    }
}
