//! The progress of a training: a bar on a terminal, lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ninth_sequences::{Phase, PhaseWeights};
use ninth_training::Config;
use ninth_training::divergence::Diverging;
use ninth_training::metrics::Metrics;
use ninth_training::trainer::{Progress, Validation};

use super::terminal::{can_draw, decimal, grouped, percent, say, time};
use crate::train::TrainEvent;

/// Time between two lines.
const PAUSE: Duration = Duration::from_secs(5);

/// Shows the progress of a training.
pub struct TrainingDisplay {
    means: StepsShown,
    /// The last values.
    state: State,
    epochs: usize,
    /// The phases of its curriculum.
    curriculum: &'static [Phase],
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
            (false, true) => StepsShown::Bar(bar(total, step)),
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
        let curriculum = config.curriculum.phases();
        TrainingDisplay { means, state, epochs: config.training.epochs, curriculum, total, began }
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
        match &self.means {
            StepsShown::Bar(bar) => bar.suspend(|| say(text)),
            StepsShown::Silent | StepsShown::Lines(_) => say(text),
        }
    }

    /// Ends the display: training has ended or failed.
    pub fn end(&mut self) {
        match &mut self.means {
            StepsShown::Silent => {}
            StepsShown::Bar(bar) => bar.finish_and_clear(),
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
                let to_limit = match state.validation_gap.is_finite() {
                    true => format!(", {} below the limit", percent(state.validation_gap)),
                    false => String::new(),
                };
                bar.set_position(state.step);
                bar.set_prefix(format!("epoch {:.1} of {}, {left} left", state.epoch, self.epochs));
                bar.set_message(format!(
                    "loss {}, last term {}, validation {}{to_limit}, rate {:.1e}, mix {}",
                    decimal(state.loss, 3),
                    percent(state.accuracy),
                    percent(state.validation_accuracy),
                    state.learning_rate,
                    mix(state.phases, self.curriculum),
                ));
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
        write([
            &format!("{:.1}/{}", state.epoch, self.epochs),
            &decimal(state.loss, 3),
            &percent(state.accuracy),
            &decimal(state.validation_loss, 3),
            &percent(state.validation_accuracy),
            &percent(state.validation_gap),
            &format!("{:.1e}", state.learning_rate),
            &mix(state.phases, self.curriculum),
            &left,
        ]);
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

fn bar(total: u64, step: u64) -> ProgressBar {
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let bar = ProgressBar::with_draw_target(Some(total), target).with_position(step);
    // The template is a constant; if it were wrong, a plainer bar would do.
    if let Ok(style) = ProgressStyle::with_template("  {bar:36} {prefix}\n  {wide_msg}") {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}

/// The share of each phase of a curriculum in percent: `50/50/0`.
fn mix(phases: PhaseWeights, curriculum: &[Phase]) -> String {
    let share = |phase: &Phase| format!("{:.0}", 100.0 * phases.of(*phase));
    curriculum.iter().map(share).collect::<Vec<_>>().join("/")
}
