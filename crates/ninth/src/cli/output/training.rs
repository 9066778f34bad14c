//! What `train` prints: what is about to happen, and how it ended.

use std::io::{self, Write};
use std::path::Path;

use ninth_sequences::{Phase, Transition};
use ninth_training::Config;
use ninth_training::baselines::Uniform;

use super::metrics;
use super::terminal::{Style, counted, grouped, say, shell_word, spaced};
use crate::train::{TrainReport, TrainingSession};

/// A width of the residual stream at which low accuracies are no surprise.
const TINY: usize = 4;

/// Says what is about to happen.
pub fn introduce(session: &mut TrainingSession) {
    let engine = session.engine();
    say(format_args!("Model     {}", session.shape()));
    say(format_args!("Engine    {engine}"));
    say(format_args!("Data      {}", session.amount()));
    say(format_args!("Phases    {}", phases(session.config())));
    for note in session.config().notes() {
        say(format_args!("Note      {note}"));
    }
    if let Some(reason) = session.limit_missing() {
        say(format_args!("Limit     {reason}"));
    }
    if let Some(folder) = session.folder() {
        say(format_args!("Folder    {}", folder.display()));
    }
    if !session.earlier().is_empty() {
        let steps = session.earlier().iter().map(|stage| stage.steps).sum();
        say(format_args!("Weights   after {} steps of earlier stages", grouped(steps)));
    }
    if session.step() > 0 {
        say(format_args!("Resumed   after step {}", grouped(session.step())));
    }
    say("");
}

/// The phases that the steps of a training draw from, and when each enters.
fn phases(config: &Config) -> String {
    let curriculum = &config.curriculum;
    let end = config.training.epochs as f64;
    let when = |start: f64, length: f64, phase: Phase| {
        let length = match curriculum.transition {
            Transition::Overlapping => length,
            Transition::Strict => 0.0,
        };
        match length {
            _ if length <= 0.0 => format!("{phase} at epoch {start}"),
            _ if start + length > end => format!("{phase} from epoch {start} on"),
            _ => format!("{phase} in epochs {start} to {}", start + length),
        }
    };
    let entering = config.phases_reached().into_iter().filter_map(|phase| match phase {
        Phase::Simple => None, // from the start
        Phase::Nested => Some(when(curriculum.nested_start, curriculum.nested_length, phase)),
        Phase::Combined => Some(when(curriculum.combined_start, curriculum.combined_length, phase)),
        Phase::Wider => Some(when(curriculum.wider_start, curriculum.wider_length, phase)),
    });
    match entering.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => Phase::Simple.to_string(),
        some => format!("{}, then {some}", Phase::Simple),
    }
}

/// The command that trains the weights of a finished run on. Without another seed it would draw the
/// same sequences once more.
pub fn train_on(folder: &Path, config: &Config, changes: &[String]) -> String {
    let mut command = format!("ninth train --from {}", shell_word(folder.display()));
    let is_set = |option: &str| changes.iter().any(|change| change.contains(option));
    if !is_set("--seed") && !is_set("training.seed=") {
        command += &format!(" --seed {}", config.seed() + 1);
    }
    if changes.is_empty() {
        command += &format!(" --set training.epochs={}", config.training.epochs);
    }
    for change in changes {
        command += &format!(" {change}");
    }
    command
}

/// How a training ended, and how to go on.
pub fn report(out: &mut dyn Write, style: Style, report: &TrainReport) -> io::Result<()> {
    let limit = report.limit.as_ref().map(|known| &known.limit);
    let config = report.model.config();
    let classes = report.judgement.confusion().classes();
    // The training has begun with this config, so it is valid.
    let uniform = Uniform::of(config).unwrap_or(Uniform::new(classes));
    metrics::phases(out, style, &report.judgement, &uniform, limit)?;
    writeln!(out)?;
    if !report.examples.is_empty() {
        metrics::examples(out, style, &report.examples)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", style.bold("Training"))?;
    writeln!(out)?;
    let page = report.page_path().map(|path| ("report", path.display().to_string()));
    for (name, value) in report.summary().into_iter().chain(page) {
        writeln!(out, "  {name:<7} {value}")?;
    }
    let accuracy = report.judgement.overall().model.metrics().accuracy_last;
    if config.model.d_model <= TINY && accuracy < 0.5 {
        writeln!(
            out,
            "\nThis model is weak by its nature: it has {} per term to choose among {classes}\n\
             classes. `ninth train --preset strong` trains the stronger one.",
            counted(config.model.d_model as u64, "number"),
        )?;
    }
    writeln!(out, "\nTry it:\n\n  {}", style.bold(command(report)))
}

/// The command to predict with this run.
fn command(report: &TrainReport) -> String {
    const FIBONACCI: [i64; 8] = [1, 1, 2, 3, 5, 8, 13, 21];
    let range = report.model.config().range();
    let known = range.is_ok_and(|range| FIBONACCI.iter().all(|term| range.contains(*term)));
    let terms = match report.examples.first() {
        Some(example) if !known => example.shown.as_slice(),
        _ => &FIBONACCI,
    };
    let folder = report.folder.as_deref().unwrap_or("".as_ref());
    format!("ninth predict --model {} {}", shell_word(folder.display()), spaced(terms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_settings::parse_assignment;
    use ninth_training::Preset;

    fn config(assignments: &[&str]) -> Config {
        let parsed: Vec<_> =
            assignments.iter().map(|text| parse_assignment(text).unwrap()).collect();
        Config::resolve(Preset::Design, &parsed).unwrap()
    }

    #[test]
    fn only_phases_that_the_steps_reach_are_announced() {
        for (assignments, expected) in [
            (&[][..], "simple, then nested in epochs 5 to 15, combined in epochs 20 to 30"),
            (&["epochs=5"], "simple"),
            (&["epochs=8"], "simple, then nested from epoch 5 on"),
            (&["epochs=15"], "simple, then nested in epochs 5 to 15"),
            (&["epochs=15", "transition=strict"], "simple, then nested at epoch 5"),
            (
                &["epochs=31", "wider=0.5", "wider_length=0"],
                "simple, then nested in epochs 5 to 15, combined in epochs 20 to 30, \
                 wider at epoch 30",
            ),
        ] {
            assert_eq!(phases(&config(assignments)), expected, "{assignments:?}");
        }
    }

    #[test]
    fn a_finished_run_is_trained_on_from_its_weights() {
        let config = config(&["training.seed=6", "epochs=7"]);
        let on = |changes: &[&str]| {
            let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
            train_on(Path::new("runs/my run"), &config, &changes)
        };
        let start = "ninth train --from 'runs/my run'";
        assert_eq!(on(&[]), format!("{start} --seed 7 --set training.epochs=7"));
        assert_eq!(on(&["--set epochs=40"]), format!("{start} --seed 7 --set epochs=40"));
        assert_eq!(on(&["--seed 1"]), format!("{start} --seed 1"));
    }
}
