//! Early stopping: training ends when validation no longer gets better, and the
//! best weights are kept.

use ninth_kernels::Lanes;

ninth_settings::settings! {
    /// When training stops before its time.
    pub struct EarlyStoppingSettings: "early_stopping" {
        /// what has to get better; by accuracy the best weights are the most accurate ones, else those of the lowest loss
        pub criterion: Criterion = Criterion::Loss;
        /// epochs without an improvement before training stops; 0 never stops
        pub patience: usize = 10, in 0..=1_000_000;
        /// the smallest change that is an improvement
        pub min_delta: f64 = 0.001, in 0.0..=1e9;
    }
}

ninth_settings::options! {
    /// What has to get better.
    pub enum Criterion {
        /// the validation loss
        Loss = "loss",
        /// the validation accuracy over all positions
        Accuracy = "accuracy",
        /// either of the two
        Both = "both",
    }
}

/// The result of a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether these weights are the best so far.
    pub best: bool,
    /// Whether training stops.
    pub stop: bool,
}

/// Watches the validations of one training.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlyStopping {
    settings: EarlyStoppingSettings,
    /// The epoch from which the mixture is the final one.
    complete_at: f64,
    state: StoppingState,
}

/// The state of early stopping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoppingState {
    /// The lowest loss so far; infinite before the first validation.
    pub lowest_loss: f64,
    /// The highest accuracy so far; minus infinity before the first validation.
    pub highest_accuracy: f64,
    /// The loss at its last improvement by more than `min_delta`.
    pub reference_loss: f64,
    /// The accuracy at its last improvement by more than `min_delta`.
    pub reference_accuracy: f64,
    /// The epoch of the last improvement.
    pub improved_at: f64,
}

impl EarlyStopping {
    /// The start for a training whose curriculum is complete at epoch `complete_at`. Patience
    /// begins there: before, the model has not seen all phases yet.
    pub fn new(settings: EarlyStoppingSettings, complete_at: f64) -> Self {
        let state = StoppingState {
            lowest_loss: f64::INFINITY,
            highest_accuracy: f64::NEG_INFINITY,
            reference_loss: f64::INFINITY,
            reference_accuracy: f64::NEG_INFINITY,
            improved_at: complete_at,
        };
        EarlyStopping { settings, complete_at, state }
    }

    /// The state, for a checkpoint.
    pub fn state(&self) -> StoppingState {
        self.state
    }

    /// Restores the state of a checkpoint.
    pub fn restore(&mut self, state: StoppingState) {
        self.state = state;
    }

    /// Records a validation after `epoch` epochs: its loss, and its accuracy over all positions,
    /// 0 to 1.
    pub fn observe(&mut self, epoch: f64, loss: f64, accuracy: f64) -> Verdict {
        let state = &mut self.state;
        let best = match self.settings.criterion {
            Criterion::Loss | Criterion::Both => loss < state.lowest_loss,
            Criterion::Accuracy => accuracy > state.highest_accuracy,
        };
        state.lowest_loss = state.lowest_loss.min(loss);
        state.highest_accuracy = state.highest_accuracy.max(accuracy);
        let lower = loss < state.reference_loss - self.settings.min_delta;
        if lower {
            state.reference_loss = loss;
        }
        let higher = accuracy > state.reference_accuracy + self.settings.min_delta;
        if higher {
            state.reference_accuracy = accuracy;
        }
        let improved = match self.settings.criterion {
            Criterion::Loss => lower,
            Criterion::Accuracy => higher,
            Criterion::Both => lower || higher,
        };
        if improved {
            state.improved_at = epoch.max(self.complete_at);
        }
        Verdict { best, stop: self.exhausted(epoch) }
    }

    /// Whether the last improvement was at least `patience` epochs before `epoch`.
    pub fn exhausted(&self, epoch: f64) -> bool {
        let patience = self.settings.patience as f64;
        patience > 0.0 && epoch - self.state.improved_at >= patience
    }
}

/// The best weights so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Steps after which the model had them.
    pub step: u64,
    /// Their validation loss.
    pub loss: f64,
    /// The weights.
    pub parameters: Vec<Lanes>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(complete_at: f64) -> EarlyStopping {
        EarlyStopping::new(EarlyStoppingSettings::default(), complete_at)
    }

    #[test]
    fn a_plateau_of_ten_epochs_stops_training() {
        let mut watch = watch(0.0);
        assert!(watch.observe(1.0, 2.0, 0.5).best);
        for epoch in 2..11 {
            // Better, but by less than the minimum: kept, yet no improvement.
            let verdict = watch.observe(epoch as f64, 2.0 - 1e-5 * epoch as f64, 0.5);
            assert_eq!(verdict, Verdict { best: true, stop: false });
        }
        assert!(watch.observe(11.0, 3.0, 0.5).stop);
    }

    #[test]
    fn an_improvement_starts_the_count_anew() {
        let mut watch = watch(0.0);
        watch.observe(1.0, 2.0, 0.5);
        watch.observe(9.0, 1.0, 0.5);
        assert!(!watch.observe(18.0, 1.5, 0.5).stop);
        assert!(watch.observe(19.0, 1.5, 0.5).stop);
    }

    #[test]
    fn nothing_counts_before_the_curriculum_is_complete() {
        let mut watch = watch(30.0);
        watch.observe(1.0, 2.0, 0.5);
        assert!(!watch.observe(39.0, 2.5, 0.5).stop);
        assert!(watch.observe(40.0, 2.5, 0.5).stop);
    }

    #[test]
    fn the_criterion_decides_what_counts() {
        for (criterion, accuracy_counts) in
            [(Criterion::Loss, false), (Criterion::Accuracy, true), (Criterion::Both, true)]
        {
            let settings = EarlyStoppingSettings { criterion, ..Default::default() };
            let mut watch = EarlyStopping::new(settings, 0.0);
            watch.observe(1.0, 2.0, 0.5);
            watch.observe(6.0, 2.0, 0.6);
            assert_eq!(watch.observe(12.0, 2.0, 0.6).stop, !accuracy_counts, "{criterion:?}");
        }
        let settings = EarlyStoppingSettings { criterion: Criterion::Both, ..Default::default() };
        let mut watch = EarlyStopping::new(settings, 0.0);
        watch.observe(1.0, 2.0, 0.5);
        watch.observe(6.0, 1.0, 0.4);
        assert!(!watch.observe(12.0, 1.0, 0.4).stop, "a lower loss counts, too");
    }

    /// As for the loss: such weights are the best so far, but patience goes on running out.
    #[test]
    fn an_accuracy_that_rises_by_less_than_the_minimum_is_no_improvement() {
        let criterion = Criterion::Accuracy;
        let settings = EarlyStoppingSettings { criterion, min_delta: 0.01, ..Default::default() };
        let mut small = EarlyStopping::new(settings.clone(), 0.0);
        small.observe(1.0, 2.0, 0.5);
        for epoch in 2..11 {
            let verdict = small.observe(epoch as f64, 2.0, 0.5 + 5e-4 * epoch as f64);
            assert_eq!(verdict, Verdict { best: true, stop: false });
        }
        assert!(small.observe(11.0, 2.0, 0.506).stop);

        let mut large = EarlyStopping::new(settings, 0.0);
        large.observe(1.0, 2.0, 0.5);
        large.observe(6.0, 2.0, 0.511);
        assert!(!large.observe(11.0, 2.0, 0.511).stop);
        assert!(large.observe(16.0, 2.0, 0.511).stop);
    }

    #[test]
    fn the_best_weights_are_those_of_the_criterion() {
        for (criterion, expected) in [(Criterion::Loss, true), (Criterion::Accuracy, false)] {
            let settings = EarlyStoppingSettings { criterion, ..Default::default() };
            let mut watch = EarlyStopping::new(settings, 0.0);
            watch.observe(1.0, 2.0, 0.5);
            assert_eq!(watch.observe(2.0, 1.0, 0.4).best, expected, "lower loss");
            assert_eq!(watch.observe(3.0, 3.0, 0.6).best, !expected, "higher accuracy");
        }
    }

    #[test]
    fn no_patience_never_stops_and_nan_is_never_best() {
        let settings = EarlyStoppingSettings { patience: 0, ..Default::default() };
        let mut watch = EarlyStopping::new(settings, 0.0);
        assert!(!watch.observe(1000.0, 1.0, 0.5).stop);
        assert!(!watch.observe(1001.0, f64::NAN, 0.5).best);
    }
}
