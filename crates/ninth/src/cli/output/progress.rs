//! The progress of a training: a bar on a terminal, lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use ninth_sequences::{Phase, PhaseWeights};
use ninth_training::Config;
use ninth_training::divergence::Diverging;
use ninth_training::metrics::Metrics;
use ninth_training::trainer::{Progress, Validation};

use super::terminal::{
    can_draw, clear_bar, decimal, grouped, move_bar, percent, say, show_bar, time,
};
use crate::train::TrainEvent;

/// Time between two lines.
const PAUSE: Duration = Duration::from_secs(5);

/// Shows the progress of a training.
pub struct TrainingDisplay {
    means: StepsShown,
    /// The last values.
    state: State,
    epochs: usize,
    /// The phases that its steps draw from.
    phases: Vec<Phase>,
    total: u64,
    /// The time and the step at which this session began.
    began: (Instant, u64),
}

enum StepsShown {
    Silent,
    Bar(ProgressBar),
    Lines(Lines),
}

struct Lines {
    /// The time of the last line.
    written: Option<Instant>,
    /// Whether a validation has not been shown yet.
    pending: bool,
}

struct State {
    step: u64,
    epoch: f64,
    loss: f64,
    accuracy: f64,
    learning_rate: f64,
    phases: PhaseWeights,
    validation_loss: f64,
    validation_accuracy: f64,
    /// Its gap to the limit.
    validation_gap: f64,
}

impl TrainingDisplay {
    /// Shows a training that continues from `step`; nothing if `quiet`.
    pub fn new(config: &Config, step: u64, quiet: bool) -> Self {
        let total = config.total_steps();
        let means = match (quiet, can_draw()) {
            (true, _) => StepsShown::Silent,
            (false, true) => StepsShown::Bar(show_bar(total, step)),
            (false, false) => StepsShown::Lines(Lines { written: None, pending: false }),
        };
        let state = State {
            step,
            epoch: step as f64 / config.training.steps_per_epoch as f64,
            loss: f64::NAN,
            accuracy: f64::NAN,
            learning_rate: f64::NAN,
            phases: PhaseWeights::DOCUMENT,
            validation_loss: f64::NAN,
            validation_accuracy: f64::NAN,
            validation_gap: f64::NAN,
        };
        let began = (Instant::now(), step);
        let (epochs, phases) = (config.training.epochs, config.phases_reached());
        TrainingDisplay { means, state, epochs, phases, total, began }
    }

    /// Shows an event.
    pub fn event(&mut self, event: TrainEvent<'_>) {
        match event {
            TrainEvent::Progress(progress) => self.progress(progress),
            TrainEvent::Validated { validation, limit } => self.validated(validation, limit),
            TrainEvent::Diverging(diverging) => self.diverging(diverging),
        }
    }

    /// Shows the metrics of some steps.
    fn progress(&mut self, progress: &Progress) {
        let state = &mut self.state;
        (state.step, state.epoch) = (progress.step, progress.epoch);
        state.loss = progress.statistics.mean_loss();
        state.accuracy = progress.statistics.last_accuracy().unwrap_or(f64::NAN);
        state.learning_rate = progress.learning_rate;
        state.phases = progress.phases;
        self.show();
    }

    /// Shows a validation, with its gap to the limit where that is known.
    fn validated(&mut self, validation: &Validation, limit: Option<&Metrics>) {
        let metrics = validation.judgement.overall().model.metrics();
        self.state.validation_loss = metrics.loss;
        self.state.validation_accuracy = metrics.accuracy_last;
        self.state.validation_gap =
            limit.map_or(f64::NAN, |limit| metrics.gap(limit).accuracy_last);
        if let StepsShown::Lines(lines) = &mut self.means {
            lines.pending = true;
        }
        self.show();
    }

    /// Prints a warning, also if quiet.
    fn diverging(&self, diverging: &Diverging) {
        let Diverging { step, loss, untrained_loss, advice } = diverging;
        let text = format!(
            "ninth: warning: this training gets nowhere: for a thousand steps, up to step {}, \
             the loss has been {loss:.3}, that of an untrained model is {untrained_loss:.3}; \
             {advice}",
            grouped(*step),
        );
        say(text);
    }

    /// Ends the display: training has ended or failed.
    pub fn end(&mut self) {
        match &mut self.means {
            StepsShown::Silent => {}
            StepsShown::Bar(_) => clear_bar(),
            StepsShown::Lines(lines) => {
                if lines.pending {
                    self.line();
                }
            }
        }
    }

    fn show(&mut self) {
        let left = self.left();
        let state = &self.state;
        match &mut self.means {
            StepsShown::Silent => {}
            StepsShown::Bar(bar) => {
                let behind = format!("epoch {:.1} of {}, {left} left", state.epoch, self.epochs);
                move_bar(bar, state.step, behind, state.sentence(&self.phases));
            }
            StepsShown::Lines(lines) => {
                let due = lines.written.is_none_or(|written| written.elapsed() >= PAUSE);
                if lines.pending && due {
                    self.line();
                }
            }
        }
    }

    fn line(&mut self) {
        let left = self.left();
        let StepsShown::Lines(lines) = &mut self.means else { return };
        let state = &self.state;
        let write = |cells: [&str; 9]| {
            let [epoch, loss, last, valid_loss, valid_last, to_limit, rate, mix, left] = cells;
            say(format_args!(
                "{epoch:>9} {loss:>8} {last:>7} {valid_loss:>8} {valid_last:>7} {to_limit:>7} \
                 {rate:>8} {mix:>8} {left:>10}"
            ));
        };
        if lines.written.is_none() {
            write(["", "training", "", "validate", "", "to the", "learning", "phase", "time"]);
            write(["epoch", "loss", "last", "loss", "last", "limit", "rate", "mix", "left"]);
        }
        let cells = state.cells(self.epochs, &self.phases, left);
        write(cells.each_ref().map(String::as_str));
        lines.written = Some(Instant::now());
        lines.pending = false;
    }

    /// The time until the last step, at the mean speed so far.
    fn left(&self) -> String {
        let (began, first) = self.began;
        let done = self.state.step.saturating_sub(first);
        if done == 0 {
            return "?".to_string();
        }
        let rest = self.total.saturating_sub(self.state.step) as f64 / done as f64;
        let left = Duration::try_from_secs_f64(began.elapsed().as_secs_f64() * rest);
        time(left.unwrap_or(Duration::MAX))
    }
}

impl State {
    /// What is known, for the bar.
    fn sentence(&self, phases: &[Phase]) -> String {
        let to_limit = match self.validation_gap {
            gap if !gap.is_finite() => String::new(),
            gap if gap < 0.0 => format!(", {} above the limit", percent(-gap)),
            gap => format!(", {} below the limit", percent(gap)),
        };
        let parts = [
            known(self.loss, |loss| format!("loss {}", decimal(loss, 3))),
            known(self.accuracy, |share| format!("last term {}", percent(share))),
            known(self.validation_accuracy, |share| {
                format!("validation {}{to_limit}", percent(share))
            }),
            known(self.learning_rate, |rate| format!("rate {rate:.1e}")),
            known(self.learning_rate, |_| format!("mix {}", mix(self.phases, phases))),
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// The cells of a line; those of what is not known are empty.
    fn cells(&self, epochs: usize, phases: &[Phase], left: String) -> [String; 9] {
        [
            format!("{:.1}/{epochs}", self.epoch),
            known(self.loss, |loss| decimal(loss, 3)),
            known(self.accuracy, percent),
            known(self.validation_loss, |loss| decimal(loss, 3)),
            known(self.validation_accuracy, percent),
            known(self.validation_gap, percent),
            known(self.learning_rate, |rate| format!("{rate:.1e}")),
            mix(self.phases, phases),
            left,
        ]
    }
}

/// A value in words; nothing where it is not known.
fn known(value: f64, words: impl FnOnce(f64) -> String) -> String {
    if value.is_finite() { words(value) } else { String::new() }
}

/// The share of some phases in percent: `50/50/0`.
fn mix(weights: PhaseWeights, phases: &[Phase]) -> String {
    let share = |phase: &Phase| format!("{:.0}", 100.0 * weights.of(*phase));
    phases.iter().map(share).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        State {
            step: 100,
            epoch: 1.0,
            loss: 1.5,
            accuracy: 0.25,
            learning_rate: 0.01,
            phases: PhaseWeights::only(Phase::Simple),
            validation_loss: f64::NAN,
            validation_accuracy: f64::NAN,
            validation_gap: f64::NAN,
        }
    }

    #[test]
    fn what_is_not_known_is_not_spoken_of() {
        let (first, reached) = (state(), &Phase::DOCUMENT[..2]);
        assert_eq!(first.sentence(reached), "loss 1.500, last term 25.0 %, rate 1.0e-2, mix 100/0");
        let cells = first.cells(4, reached, "9 s".to_string());
        assert_eq!(
            cells,
            ["1.0/4", "1.500", "25.0 %", "", "", "", "1.0e-2", "100/0", "9 s"].map(String::from)
        );
        // No sequence filled the context, and the limit is too much to compute.
        let validated =
            State { accuracy: f64::NAN, validation_loss: 2.0, validation_accuracy: 0.5, ..state() };
        assert_eq!(
            validated.sentence(&reached[..1]),
            "loss 1.500, validation 50.0 %, rate 1.0e-2, mix 100"
        );
        assert_eq!(validated.cells(4, reached, String::new())[2..6], ["", "2.000", "50.0 %", ""]);
    }

    #[test]
    fn a_gap_says_on_which_side_it_is() {
        let said = |gap| State { validation_accuracy: 0.5, validation_gap: gap, ..state() };
        let said = |gap| said(gap).sentence(&[Phase::Simple]);
        assert!(said(0.02).contains("validation 50.0 %, 2.0 % below the limit,"));
        assert!(said(-0.02).contains("validation 50.0 %, 2.0 % above the limit,"));
        assert!(said(-1e-9).contains(" 0.0 % above"));
    }
}
