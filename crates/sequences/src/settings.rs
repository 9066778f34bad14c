//! The settings that all sequences share: their range and their lengths.

use crate::error::Error;
use crate::range::IntegerRange;

ninth_settings::settings! {
    /// The range and the lengths of all sequences.
    ///
    /// ```
    /// use ninth_sequences::SequenceSettings;
    ///
    /// let settings = SequenceSettings { minimum: -9, maximum: 9, ..Default::default() };
    /// assert_eq!(settings.range()?.classes(), 19);
    /// # Ok::<(), ninth_sequences::Error>(())
    /// ```
    pub struct SequenceSettings: "sequences" {
        /// smallest integer that a term may be
        pub minimum: i64 = 0, in -1_000_000_000..=1_000_000_000;
        /// largest integer that a term may be
        pub maximum: i64 = 255, in -1_000_000_000..=1_000_000_000;
        /// terms that the model sees at most, to predict the one after
        pub context: usize = 8, in 4..=256;
        /// how many terms a training sequence has
        pub lengths: Lengths = Lengths::Fixed;
        /// the smallest number of them, where lengths are variable
        pub shortest: usize = 4, in 2..=257;
    }
}

impl SequenceSettings {
    /// The integers that a term may be.
    ///
    /// # Errors
    ///
    /// As [`IntegerRange::new`].
    pub fn range(&self) -> Result<IntegerRange, Error> {
        IntegerRange::new(self.minimum, self.maximum)
    }
}

ninth_settings::options! {
    /// How many terms a training sequence has, unless it leaves the range before.
    pub enum Lengths {
        /// as many as the model sees, and the one after
        Fixed = "fixed",
        /// a random number of them, from shortest to that many; the rest is padding
        Variable = "variable",
    }
}
