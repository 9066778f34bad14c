//! The curriculum: the probabilities of the phases as a function of the epoch.

use crate::error::Error;
use crate::phase::{Phase, PhaseWeights};

ninth_settings::settings! {
    /// When training reaches which phase; epochs count from 0 and may be fractions.
    pub struct CurriculumSettings: "curriculum" {
        /// how a new phase enters the mixture
        pub transition: Transition = Transition::Overlapping;
        /// epoch at which nested recurrences begin to enter
        pub nested_start: f64 = 5.0, in 0.0..=1e9;
        /// epochs until they have their whole share; unused when strict
        pub nested_length: f64 = 10.0, in 0.0..=1e9;
        /// epoch at which combined recurrences begin to enter
        pub combined_start: f64 = 20.0, in 0.0..=1e9;
        /// epochs until they have their whole share; unused when strict
        pub combined_length: f64 = 10.0, in 0.0..=1e9;
        /// share of all sequences that the wider families have in the end; 0 leaves them out
        pub wider: f64 = 0.0, in 0.0..=1.0;
        /// epoch at which the wider families begin to enter; unused without a share
        pub wider_start: f64 = 30.0, in 0.0..=1e9;
        /// epochs until they have their whole share; unused without one, and when strict
        pub wider_length: f64 = 10.0, in 0.0..=1e9;
    }
}

ninth_settings::options! {
    /// How a new phase enters the mixture.
    pub enum Transition {
        /// its share grows linearly, from nothing to that of the phases before it
        Overlapping = "overlapping",
        /// it has its whole share from the start of its ramp on, whose length is unused
        Strict = "strict",
    }
}

impl CurriculumSettings {
    /// The curriculum that these settings describe.
    ///
    /// # Errors
    ///
    /// As [`Curriculum::new`] and [`Curriculum::with_wider`].
    pub fn curriculum(&self) -> Result<Curriculum, Error> {
        Curriculum::new(
            self.transition,
            Ramp { start: self.nested_start, length: self.nested_length },
            Ramp { start: self.combined_start, length: self.combined_length },
        )?
        .with_wider(self.wider, Ramp { start: self.wider_start, length: self.wider_length })
    }

    /// The mixture at the end of training, which the reported metrics refer to.
    pub fn final_mixture(&self) -> PhaseWeights {
        PhaseWeights::DOCUMENT.with_wider(self.wider)
    }

    /// All phases that training draws from: the document's, and the wider one where it has a
    /// share.
    pub fn phases(&self) -> &'static [Phase] {
        if self.wider > 0.0 { &Phase::ALL } else { &Phase::DOCUMENT }
    }
}

/// When a new phase enters, in epochs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// The epoch before which the phase has no share.
    pub start: f64,
    /// The number of epochs until it has its whole share; 0 for a jump.
    pub length: f64,
}

impl Ramp {
    /// The part of the ramp before `epoch`: 0 up to its start, 1 from its end on.
    fn progress(self, transition: Transition, epoch: f64) -> f64 {
        if epoch.is_nan() || epoch < self.start {
            0.0
        } else if epoch >= self.end(transition) {
            1.0
        } else {
            (epoch - self.start) / self.length
        }
    }

    /// The epoch from which the phase has its whole share.
    fn end(self, transition: Transition) -> f64 {
        match transition {
            Transition::Overlapping => self.start + self.length,
            Transition::Strict => self.start,
        }
    }

    fn validate(self, phase: Phase) -> Result<(), Error> {
        let valid =
            self.start >= 0.0 && self.length >= 0.0 && (self.start + self.length).is_finite();
        if valid {
            Ok(())
        } else {
            Err(Error::Ramp { phase: phase.name(), start: self.start, length: self.length })
        }
    }
}

/// Phase weights as a function of the epoch.
///
/// Phase 1 alone; over the nested ramp into phases 1 and 2, equal; over the combined
/// ramp into all three, equal; then, [where it is asked for](Self::with_wider), the wider
/// phase takes its share of all of them. The last is the final mixture, which the
/// reported metrics refer to.
///
/// ```
/// use ninth_sequences::{Curriculum, Ramp, Transition};
///
/// let curriculum = Curriculum::new(
///     Transition::Overlapping,
///     Ramp { start: 10.0, length: 10.0 },
///     Ramp { start: 30.0, length: 20.0 },
/// )?;
/// assert_eq!(curriculum.weights_at(5.0).to_array(), [1.0, 0.0, 0.0, 0.0]);
/// assert_eq!(curriculum.weights_at(15.0).to_array(), [0.75, 0.25, 0.0, 0.0]);
/// assert_eq!(curriculum.weights_at(25.0).to_array(), [0.5, 0.5, 0.0, 0.0]);
/// assert_eq!(curriculum.complete_at(), 50.0);
/// # Ok::<(), ninth_sequences::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curriculum {
    transition: Transition,
    nested: Ramp,
    combined: Ramp,
    wider: Ramp,
    /// The final share of the wider phase.
    share: f64,
}

impl Curriculum {
    /// The curriculum with these ramps into phases 2 and 3.
    ///
    /// # Errors
    ///
    /// [`Error::Ramp`] when a start or length is negative or not finite,
    /// [`Error::RampOrder`] when the combined ramp starts before the nested one has ended.
    pub fn new(transition: Transition, nested: Ramp, combined: Ramp) -> Result<Self, Error> {
        nested.validate(Phase::Nested)?;
        combined.validate(Phase::Combined)?;
        let earliest = nested.end(transition);
        if combined.start < earliest {
            let phase = Phase::Combined.name();
            return Err(Error::RampOrder { phase, start: combined.start, earliest });
        }
        let wider = Ramp { start: combined.end(transition), length: 0.0 };
        Ok(Self { transition, nested, combined, wider, share: 0.0 })
    }

    /// The same curriculum, in which the wider phase enters over a ramp of its own until it
    /// has `share` of all sequences. With a share of 0 the ramp is not used.
    ///
    /// # Errors
    ///
    /// [`Error::WiderShare`] when the share is not in `0.0..=1.0`; and where it is above 0,
    /// [`Error::Ramp`] when the ramp's start or length is negative or not finite,
    /// [`Error::RampOrder`] when it starts before the combined ramp has ended.
    pub fn with_wider(self, share: f64, ramp: Ramp) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&share) {
            return Err(Error::WiderShare { share });
        }
        if share == 0.0 {
            return Ok(Self { share, ..self });
        }
        ramp.validate(Phase::Wider)?;
        let earliest = self.combined.end(self.transition);
        if ramp.start < earliest {
            let phase = Phase::Wider.name();
            return Err(Error::RampOrder { phase, start: ramp.start, earliest });
        }
        Ok(Self { wider: ramp, share, ..self })
    }

    /// The phase weights at `epoch`, which may be a fraction; phase 1 alone when it is NaN.
    pub fn weights_at(self, epoch: f64) -> PhaseWeights {
        let nested = self.nested.progress(self.transition, epoch);
        let combined = self.combined.progress(self.transition, epoch);
        let (half, third) = (0.5 * nested, combined / 3.0);
        // Earlier phases share what a later one leaves, in the proportions they had.
        let weights = [(1.0 - half) * (1.0 - third), half * (1.0 - third), third, 0.0];
        let document = if combined >= 1.0 {
            PhaseWeights::DOCUMENT
        } else {
            PhaseWeights::new(weights).unwrap_or(PhaseWeights::only(Phase::Simple))
        };
        document.with_wider(self.share * self.wider.progress(self.transition, epoch))
    }

    /// The epoch from which the mixture is the final one.
    pub fn complete_at(self) -> f64 {
        let last = if self.share > 0.0 { self.wider } else { self.combined };
        last.end(self.transition)
    }

    /// The phases that have had a share by `epoch`, in order; the first one always.
    pub fn reached(self, epoch: f64) -> Vec<Phase> {
        let begun = |ramp: Ramp| ramp.progress(self.transition, epoch) > 0.0;
        let reached = |phase: &Phase| match phase {
            Phase::Simple => true,
            Phase::Nested => begun(self.nested),
            Phase::Combined => begun(self.combined),
            Phase::Wider => self.share > 0.0 && begun(self.wider),
        };
        Phase::ALL.into_iter().filter(reached).collect()
    }

    /// The mixture at the end: the document's phases equally often, and the wider one with
    /// its share.
    pub fn final_mixture(self) -> PhaseWeights {
        PhaseWeights::DOCUMENT.with_wider(self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(start: f64, length: f64) -> Ramp {
        Ramp { start, length }
    }

    fn assert_weights(curriculum: Curriculum, epoch: f64, expected: [f64; 3]) {
        let [simple, nested, combined] = expected;
        let expected = [simple, nested, combined, 0.0];
        let found = curriculum.weights_at(epoch).to_array();
        let close =
            found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12);
        assert!(close, "at epoch {epoch}: {found:?} instead of {expected:?}");
    }

    #[test]
    fn overlapping_ramps_are_linear() {
        let curriculum =
            Curriculum::new(Transition::Overlapping, ramp(10.0, 10.0), ramp(20.0, 20.0)).unwrap();
        assert_weights(curriculum, 0.0, [1.0, 0.0, 0.0]);
        assert_weights(curriculum, 10.0, [1.0, 0.0, 0.0]);
        assert_weights(curriculum, 12.5, [0.875, 0.125, 0.0]);
        assert_weights(curriculum, 20.0, [0.5, 0.5, 0.0]);
        assert_weights(curriculum, 30.0, [5.0 / 12.0, 5.0 / 12.0, 1.0 / 6.0]);
        assert_weights(curriculum, 40.0, [1.0 / 3.0; 3]);
        assert_eq!(curriculum.complete_at(), 40.0);
        assert_eq!(curriculum.weights_at(40.0), curriculum.final_mixture());
        assert_eq!(curriculum.weights_at(f64::INFINITY), curriculum.final_mixture());
        assert_weights(curriculum, f64::NAN, [1.0, 0.0, 0.0]);
        assert_weights(curriculum, -1.0, [1.0, 0.0, 0.0]);
    }

    #[test]
    fn strict_transitions_jump_at_the_starts() {
        let curriculum =
            Curriculum::new(Transition::Strict, ramp(10.0, 50.0), ramp(20.0, 20.0)).unwrap();
        assert_weights(curriculum, 9.999, [1.0, 0.0, 0.0]);
        assert_weights(curriculum, 10.0, [0.5, 0.5, 0.0]);
        assert_weights(curriculum, 19.999, [0.5, 0.5, 0.0]);
        assert_eq!(curriculum.weights_at(20.0), curriculum.final_mixture());
        assert_eq!(curriculum.complete_at(), 20.0);
    }

    #[test]
    fn a_phase_is_reached_once_it_has_had_a_share() {
        let document =
            Curriculum::new(Transition::Overlapping, ramp(10.0, 10.0), ramp(20.0, 0.0)).unwrap();
        let wider = document.with_wider(1.0, ramp(30.0, 10.0)).unwrap();
        for (epoch, count) in [(0.0, 1), (10.0, 1), (10.001, 2), (20.0, 3), (30.5, 3)] {
            assert_eq!(document.reached(epoch), Phase::ALL[..count], "{epoch}");
        }
        // Also where a later phase has taken all of it.
        assert_eq!(wider.reached(50.0), Phase::ALL);
    }

    #[test]
    fn ramps_of_no_length_at_epoch_zero_are_the_final_mixture() {
        for transition in [Transition::Overlapping, Transition::Strict] {
            let curriculum = Curriculum::new(transition, ramp(0.0, 0.0), ramp(0.0, 0.0)).unwrap();
            assert_eq!(curriculum.weights_at(0.0), curriculum.final_mixture());
        }
    }

    #[test]
    fn wrong_ramps_are_refused() {
        let overlapping =
            |nested, combined| Curriculum::new(Transition::Overlapping, nested, combined);
        let good = ramp(50.0, 1.0);
        for wrong in
            [ramp(-1.0, 1.0), ramp(1.0, -1.0), ramp(f64::NAN, 1.0), ramp(1.0, f64::INFINITY)]
        {
            let error = overlapping(wrong, good).unwrap_err();
            assert!(matches!(error, Error::Ramp { phase: "nested", .. }), "{error}");
            let error = overlapping(ramp(0.0, 0.0), wrong).unwrap_err();
            assert!(matches!(error, Error::Ramp { phase: "combined", .. }), "{error}");
        }
        let error = overlapping(ramp(10.0, 10.0), ramp(15.0, 1.0)).unwrap_err();
        let phase = "combined";
        assert_eq!(error, Error::RampOrder { phase, start: 15.0, earliest: 20.0 });
        assert!(Curriculum::new(Transition::Strict, ramp(10.0, 10.0), ramp(15.0, 1.0)).is_ok());
    }

    #[test]
    fn the_wider_phase_takes_its_share_of_the_others() {
        let document =
            Curriculum::new(Transition::Overlapping, ramp(10.0, 10.0), ramp(20.0, 20.0)).unwrap();
        assert_eq!(document.with_wider(0.0, ramp(-1.0, f64::NAN)), Ok(document));
        let curriculum = document.with_wider(0.5, ramp(40.0, 10.0)).unwrap();
        for epoch in [0.0, 15.0, 30.0, 40.0] {
            assert_eq!(curriculum.weights_at(epoch), document.weights_at(epoch));
        }
        let found = curriculum.weights_at(45.0).to_array();
        assert_eq!(found, [0.25, 0.25, 0.25, 0.25]);
        assert_eq!(curriculum.complete_at(), 50.0);
        assert_eq!(curriculum.weights_at(50.0), curriculum.final_mixture());
        assert_eq!(curriculum.final_mixture().of(Phase::Wider), 0.5);

        let error = document.with_wider(0.5, ramp(39.0, 1.0)).unwrap_err();
        assert_eq!(error, Error::RampOrder { phase: "wider", start: 39.0, earliest: 40.0 });
        for share in [-0.1, 1.1, f64::NAN] {
            let error = document.with_wider(share, ramp(40.0, 1.0)).unwrap_err();
            assert!(matches!(error, Error::WiderShare { .. }), "{error}");
        }
        let error = document.with_wider(1.0, ramp(40.0, f64::NAN)).unwrap_err();
        assert!(matches!(error, Error::Ramp { phase: "wider", .. }), "{error}");
    }

    #[test]
    fn settings_leave_the_wider_phase_out_unless_it_is_asked_for() {
        let settings = CurriculumSettings::default();
        assert_eq!(settings.final_mixture(), PhaseWeights::DOCUMENT);
        assert_eq!(settings.phases(), Phase::DOCUMENT);
        let curriculum = settings.curriculum().unwrap();
        assert_eq!(curriculum.final_mixture(), PhaseWeights::DOCUMENT);
        // Its ramp does not matter then: it may lie before the others.
        let late = CurriculumSettings { combined_start: 99.0, ..settings.clone() };
        assert!(late.curriculum().is_ok());
        assert!(CurriculumSettings { wider: 0.5, ..late }.curriculum().is_err());
        let settings = CurriculumSettings { wider: 0.5, ..settings };
        assert_eq!(settings.curriculum().unwrap().final_mixture(), settings.final_mixture());
        assert_eq!(settings.phases(), Phase::ALL);
    }
}
