//! Validation frequency: when the model is judged, and on how many sequences.

ninth_settings::settings! {
    /// How often and on how much the model is judged.
    pub struct ValidationSettings: "validation" {
        /// when the model is judged
        pub frequency: Frequency = Frequency::Steps;
        /// steps between two validations, where they are counted
        pub every_steps: usize = 1000, in 1..=1_000_000_000;
        /// minutes between two validations, where time decides
        pub every_minutes: f64 = 1.0, in 0.001..=1e6;
        /// where adaptive: below this relative change of the loss the next one is twice as far away, up to eight times every_steps
        pub settled: f64 = 0.02, in 0.0..=1.0;
        /// fresh sequences per validation
        pub sequences: usize = 100, in 1..=10_000_000;
    }
}

ninth_settings::options! {
    /// When the model is judged.
    pub enum Frequency {
        /// after every epoch
        Epoch = "epoch",
        /// after every every_steps steps
        Steps = "steps",
        /// after every every_minutes minutes; what is kept as best then depends on the machine's speed
        Minutes = "minutes",
        /// after every_steps steps at first, and more rarely while the loss barely moves
        Adaptive = "adaptive",
    }
}

/// The longest interval of adaptive validations, in units of every_steps.
const RAREST: u64 = 8;

/// Decides when the next validation is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Pacing {
    settings: ValidationSettings,
    steps_per_epoch: u64,
    state: PacingState,
    /// The time of the last validation, or of the start, in seconds.
    since: f64,
}

/// The state of adaptive validations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PacingState {
    /// Steps from the last validation to the next.
    pub interval: u64,
    /// The step of the next validation.
    pub next: u64,
    /// The loss of the last validation; infinite before the first.
    pub loss: f64,
}

impl Pacing {
    /// The validations of a training that begins at `now`, in seconds.
    pub fn new(settings: ValidationSettings, steps_per_epoch: usize, now: f64) -> Self {
        let interval = settings.every_steps as u64;
        let state = PacingState { interval, next: interval, loss: f64::INFINITY };
        Pacing { settings, steps_per_epoch: steps_per_epoch as u64, state, since: now }
    }

    /// The state, for a checkpoint.
    pub fn state(&self) -> PacingState {
        self.state
    }

    /// Restores the state of a checkpoint.
    pub fn restore(&mut self, state: PacingState) {
        self.state = state;
    }

    /// Whether a validation is due after `step` steps. The clock, in seconds, is read only if
    /// validations come by the minute.
    pub fn due(&self, step: u64, clock: impl FnOnce() -> f64) -> bool {
        match self.settings.frequency {
            Frequency::Epoch => step.is_multiple_of(self.steps_per_epoch),
            Frequency::Steps => step.is_multiple_of(self.settings.every_steps as u64),
            Frequency::Minutes => clock() - self.since >= 60.0 * self.settings.every_minutes,
            Frequency::Adaptive => step >= self.state.next,
        }
    }

    /// Records a validation after `step` steps: its loss, and the time in seconds.
    pub fn observe(&mut self, step: u64, loss: f64, now: f64) {
        self.since = now;
        let state = &mut self.state;
        // NaN at the first validation, which is not less than `settled`.
        let change = (loss - state.loss).abs() / state.loss.abs();
        let shortest = self.settings.every_steps as u64;
        state.interval = match change < self.settings.settled {
            true => state.interval.saturating_mul(2).min(RAREST * shortest),
            false => shortest,
        };
        (state.next, state.loss) = (step.saturating_add(state.interval), loss);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pacing(frequency: Frequency) -> Pacing {
        let settings = ValidationSettings { frequency, every_steps: 100, ..Default::default() };
        Pacing::new(settings, 250, 1000.0)
    }

    #[test]
    fn epochs_and_steps_are_counted() {
        let due = |frequency, step| pacing(frequency).due(step, || unreachable!());
        assert!(due(Frequency::Epoch, 500) && !due(Frequency::Epoch, 400));
        assert!(due(Frequency::Steps, 400) && !due(Frequency::Steps, 450));
    }

    #[test]
    fn minutes_are_those_since_the_last_validation() {
        let mut pacing = pacing(Frequency::Minutes);
        assert!(!pacing.due(7, || 1059.9) && pacing.due(7, || 1060.0));
        pacing.observe(7, 1.0, 1070.0);
        assert!(!pacing.due(8, || 1129.9) && pacing.due(8, || 1130.0));
    }

    #[test]
    fn adaptive_validations_become_rarer_while_the_loss_barely_moves() {
        let mut pacing = pacing(Frequency::Adaptive);
        let mut steps = Vec::new();
        for step in 1..=5000 {
            if pacing.due(step, || unreachable!()) {
                steps.push(step);
                // Falls until step 300, stands still, and falls once more at step 4000.
                let loss = if step < 4000 { 5.0 - (step.min(300) as f64) / 100.0 } else { 1.0 };
                pacing.observe(step, loss, 0.0);
            }
        }
        assert_eq!(
            steps,
            [100, 200, 300, 400, 600, 1000, 1800, 2600, 3400, 4200, 4300, 4500, 4900]
        );
    }
}
