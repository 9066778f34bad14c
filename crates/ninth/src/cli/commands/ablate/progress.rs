//! The progress of an ablation: a bar on a terminal, a line per finished trial elsewhere.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use ninth_evaluation::ablation::plan::Trial;
use ninth_evaluation::ablation::trial::TrialOutcome;

use crate::cli::output::terminal::{
    can_draw, clear_bar, counted, move_bar, percent, say, show_bar, time,
};

/// Shows the progress of trials.
pub struct AblationDisplay {
    means: TrialsShown,
    /// Of each trial, the sequences of a step and of all its steps, which its time is roughly
    /// proportional to.
    sizes: Vec<(u64, u64)>,
    /// The sequences that each trial has processed.
    done: Vec<u64>,
    /// Of those, the sequences that others or an earlier process have processed.
    before: u64,
    total: u64,
    ended: usize,
    /// The trials that were last said to be waited for.
    waits_for: usize,
    /// The last result.
    last: String,
    began: Instant,
}

enum TrialsShown {
    Silent,
    Bar(ProgressBar),
    Lines,
}

impl AblationDisplay {
    /// Shows some trials; nothing if `quiet`.
    pub fn new(trials: &[Trial], quiet: bool) -> Self {
        let sizes: Vec<_> = trials.iter().map(size).collect();
        let total = sizes.iter().map(|(_, all)| all).sum();
        let means = match (quiet || trials.is_empty(), can_draw()) {
            (true, _) => TrialsShown::Silent,
            (false, true) => TrialsShown::Bar(show_bar(total, 0)),
            (false, false) => TrialsShown::Lines,
        };
        let done = vec![0; trials.len()];
        let display = AblationDisplay {
            means,
            sizes,
            done,
            before: 0,
            total,
            ended: 0,
            waits_for: 0,
            last: String::new(),
            began: Instant::now(),
        };
        display.show();
        display
    }

    /// Shows all these trials, which begin with those that are shown already.
    pub fn expect(&mut self, trials: &[Trial]) {
        if let Some(more) = trials.get(self.sizes.len()..).filter(|more| !more.is_empty()) {
            self.sizes.extend(more.iter().map(size));
            self.done.resize(self.sizes.len(), 0);
            self.total = self.sizes.iter().map(|(_, all)| all).sum();
            if let TrialsShown::Bar(bar) = &self.means {
                bar.set_length(self.total);
            }
            self.show();
        }
    }

    /// Shows that a trial goes on after `steps` steps.
    pub fn goes_on(&mut self, index: usize, steps: u64) {
        let done = steps * self.sizes[index].0;
        self.before += done.saturating_sub(self.done[index]);
        self.steps(index, steps);
    }

    /// Shows that another process has made a trial.
    pub fn made_elsewhere(&mut self, index: usize) {
        self.before += self.sizes[index].1.saturating_sub(self.done[index]);
        self.done[index] = self.sizes[index].1;
        self.ended += 1;
        self.show();
    }

    /// Says that some trials are waited for, which other processes train.
    pub fn waits(&mut self, trials: usize) {
        if self.waits_for != trials {
            self.waits_for = trials;
            let trainings = counted(trials as u64, "training");
            if !matches!(self.means, TrialsShown::Silent) {
                say(format_args!("Waiting for {trainings} that other processes are making"));
            }
        }
    }

    /// Shows that a trial has done `steps` steps.
    pub fn steps(&mut self, index: usize, steps: u64) {
        self.done[index] = steps * self.sizes[index].0;
        self.show();
    }

    /// Shows the result of a trial.
    pub fn ended(&mut self, index: usize, trial: &Trial, outcome: &TrialOutcome) {
        self.done[index] = self.sizes[index].1;
        self.ended += 1;
        let figure = match outcome {
            TrialOutcome::Trained(result) => percent(result.metrics.accuracy_last),
            TrialOutcome::Failed(_) => "diverged".to_string(),
        };
        let (label, seed) = (&trial.label, trial.config.training.seed);
        self.last = format!("{label}, seed {seed}: {figure}");
        match &self.means {
            TrialsShown::Silent | TrialsShown::Bar(_) => {}
            TrialsShown::Lines => {
                let (all, left) = (self.sizes.len(), self.left());
                let count = format!("{}/{all}", self.ended);
                say(format_args!("{count:>9}  {label:<36} seed {seed:<3} {figure:>9} {left:>18}"));
            }
        }
        self.show();
    }

    /// Ends the display: all trials have ended, or one failed.
    pub fn end(&self) {
        match &self.means {
            TrialsShown::Bar(_) => clear_bar(),
            TrialsShown::Lines => say(""),
            TrialsShown::Silent => {}
        }
    }

    fn show(&self) {
        if let TrialsShown::Bar(bar) = &self.means {
            let trainings = counted(self.sizes.len() as u64, "training");
            let behind = format!("{} of {trainings}, {}", self.ended, self.left());
            move_bar(bar, self.done.iter().sum(), behind, self.last.clone());
        }
    }

    /// The time until the last trial is over, at the mean speed so far.
    fn left(&self) -> String {
        let done: u64 = self.done.iter().sum();
        let made = done.saturating_sub(self.before);
        if made == 0 && done < self.total {
            return "? left".to_string();
        }
        let rest = (self.total - done) as f64 / made.max(1) as f64;
        let left = Duration::try_from_secs_f64(self.began.elapsed().as_secs_f64() * rest);
        format!("{} left", time(left.unwrap_or(Duration::MAX)))
    }
}

/// Of a trial, the sequences of a step and of all its steps.
fn size(trial: &Trial) -> (u64, u64) {
    let batch = trial.config.training.batch_size as u64;
    (batch, batch * trial.config.total_steps())
}
