//! `ninth train`: trains a model, keeps it, and judges it.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ninth_evaluation::examples::{Example, draw_examples};
use ninth_model::Transformer;
use ninth_report::training::Run;
use ninth_sequences::{Phase, Stream, Transition};
use ninth_settings::{Assignment, Value};
use ninth_training::divergence::{Diverged, Diverging};
use ninth_training::engine::EngineError;
use ninth_training::run_directory::{Logs, Resumed, RunDirectory, RunError};
use ninth_training::trained_model::UnfitWeights;
use ninth_training::trainer::{Clock, Ending, TrainingError};
use ninth_training::validation::{Judgement, judge};
use ninth_training::{Config, Event, Preset, Trainer};

use crate::arguments::TrainArguments;
use crate::bayes_limit::{BayesLimit, Known};
use crate::commands::config::resolve;
use crate::error::{Checkpoint, Error};
use crate::progress::Display;
use crate::report;
use crate::signals;
use crate::terminal::{self, Style, counted, grouped, say, shell_word, spaced, time};
use crate::weights::Trained;

/// How much longer than the last write of a kind of file took it is until the next one. The
/// whole of a small training takes a few seconds, and syncing a file a few hundredths of one.
const PAUSE: u32 = 50;

/// Fresh sequences that the finished model is judged by.
const JUDGED: usize = 10_000;

/// Predictions that are shown at the end.
const EXAMPLES: usize = 10;

/// A width of the residual stream at which weak figures are no surprise.
const TINY: usize = 4;

/// Trains a model.
pub fn run(arguments: &TrainArguments) -> Result<(), Error> {
    let (trainer, mut record) = match &arguments.resume {
        Some(path) => resume(arguments, path)?,
        None => start(arguments)?,
    };
    let mut trainer = trainer.interrupted_by(signals::watch());
    let first = trainer.step();
    let engine = trainer.engine().description();
    record.logs.session(now(), first, &engine)?;
    let mut limit = BayesLimit::start(trainer.config())?;
    if !arguments.quiet {
        introduce(&mut trainer, &record, &limit);
    }
    let began = Instant::now();
    let mut display = Display::new(trainer.config(), first, arguments.quiet);
    let ending = train(&mut trainer, &mut record, &mut limit, &mut display);
    let took = began.elapsed();
    display.end();
    // The best weights are worth keeping even if training could not go on.
    record.save_best(&trainer)?;
    let ending = match ending {
        Err(Error::Training(TrainingError::Diverged(diverged))) => {
            return Err(record.diverged(diverged));
        }
        Err(Error::Training(TrainingError::Engine(source)) | Error::Engine(source)) => {
            return Err(record.engine_failed(source));
        }
        other => other?,
    };
    record.save_checkpoint(&mut trainer)?;
    let Some(ending) = ending else {
        return Err(Error::Interrupted { step: trainer.step(), path: record.run.path().into() });
    };

    let steps = trainer.step() - first;
    if steps == 0 && !arguments.quiet {
        say("Nothing left to do: this training is finished already.");
    }
    let mixture = trainer.config().curriculum.final_mixture();
    let (engine, sampler) = trainer.engine_and_sampler();
    let judgement = judge(engine, sampler, mixture, Stream::Evaluation, 0, JUDGED)?;
    let examples = draw_examples(engine, sampler, mixture, EXAMPLES)?;
    let (mut out, style) = terminal::stdout();
    if !arguments.quiet {
        say("");
    }
    let engine = trainer.engine().description();
    let (trainer, record, limit) = (&trainer, &record, limit.wait()?);
    let finished = Finished { trainer, record, limit, engine, ending, steps, took };
    finished.save_page(&judgement, &examples)?;
    finished.report(&mut out, style, &judgement, &examples)?;
    Ok(out.flush()?)
}

/// A training from the start, in a new folder.
fn start(arguments: &TrainArguments) -> Result<(Trainer, Record), Error> {
    let seed = arguments.seed.map(|seed| Assignment {
        place: "--seed".to_string(),
        key: "training.seed".to_string(),
        value: Value::Integer(seed),
    });
    let from = arguments.from.as_deref().map(|path| Trained::load(Some(path))).transpose()?;
    let base = from.as_ref().map(Trained::config);
    let config = resolve(&arguments.config, base, seed.as_slice())?;
    if let Some(from) = &from {
        from.inner.check_fits(&config).map_err(|error| match error {
            UnfitWeights::Config(error) => Error::Config(error),
            reason @ (UnfitWeights::Range { .. } | UnfitWeights::Tensor { .. }) => {
                let name = &from.name;
                Error::Usage(format!(
                    "a training cannot begin with the weights of {name}: {reason}"
                ))
            }
        })?;
    }
    let engine = arguments.engine.start(&config)?;
    let mut trainer = Trainer::new(config, engine, clock())?;
    if let Some(from) = from {
        trainer.begin_with(from.inner)?;
    }
    let (run, logs) = match &arguments.out {
        Some(path) => RunDirectory::create(path, trainer.config(), now())?,
        None => in_a_free_folder(
            match &arguments.config.config {
                Some(_) => "custom",
                None if arguments.from.is_some() => "next",
                None => arguments.config.preset.unwrap_or(Preset::Design).name(),
            },
            trainer.config(),
        )?,
    };
    let mut record = Record::new(run, logs, &trainer)?;
    if !trainer.earlier().is_empty() {
        // Its first weights follow from no config, so they are kept.
        record.save_checkpoint(&mut trainer)?;
    }
    Ok((trainer, record))
}

/// A training that goes on from the newest checkpoint in its folder, or from its start.
fn resume(arguments: &TrainArguments, path: &Path) -> Result<(Trainer, Record), Error> {
    let run = RunDirectory::open(path)?;
    let Resumed { config, checkpoint, logs } = run.resume()?;
    let engine = arguments.engine.start(&config)?;
    let mut trainer = Trainer::new(config, engine, clock())?;
    if let Some(checkpoint) = checkpoint {
        trainer.resume(checkpoint)?;
    }
    let record = Record::new(run, logs, &trainer)?;
    Ok((trainer, record))
}

/// A run in the first folder `runs/NAME-1`, `runs/NAME-2`, ... that is not there yet.
fn in_a_free_folder(name: &str, config: &Config) -> Result<(RunDirectory, Logs), RunError> {
    let mut number = 1;
    loop {
        let path = Path::new("runs").join(format!("{name}-{number}"));
        if !path.exists() {
            match RunDirectory::create(&path, config, now()) {
                // Somebody else was faster.
                Err(RunError::Exists(_)) => {}
                other => return other,
            }
        }
        number += 1;
    }
}

/// Seconds since now.
fn clock() -> Clock {
    let began = Instant::now();
    Box::new(move || began.elapsed().as_secs_f64())
}

/// Seconds since 1970.
fn now() -> f64 {
    // A clock before 1970 is no reason not to train.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// What a training leaves behind.
struct Record {
    run: RunDirectory,
    logs: Logs,
    model: Transformer,
    config: Config,
    classes: usize,
    /// The step of the best weights in the file.
    best: Option<u64>,
    /// When the next best weights are worth writing.
    next_best: Instant,
    /// When the next checkpoint is.
    pause: Instant,
    /// The step from which the next one is due.
    next_checkpoint: u64,
}

impl Record {
    fn new(run: RunDirectory, logs: Logs, trainer: &Trainer) -> Result<Self, Error> {
        let config = trainer.config().clone();
        let model = Transformer::new(config.architecture()?);
        let classes = model.architecture().classes();
        let now = Instant::now();
        let (best, next_best, pause, next_checkpoint) = (None, now, now, 0);
        let mut record =
            Record { run, logs, model, config, classes, best, next_best, pause, next_checkpoint };
        record.plan(trainer.step());
        Ok(record)
    }

    /// The size of the model.
    fn shape(&self) -> String {
        let model = &self.config.model;
        format!(
            "{} parameters: width {}, {}",
            grouped(self.model.layout().parameters() as u64),
            model.d_model,
            counted(model.layers as u64, "layer"),
        )
    }

    /// Takes note of what is due after an event: best weights and checkpoints,
    /// neither more often than it is worth.
    fn keep_up(&mut self, trainer: &mut Trainer) -> Result<(), Error> {
        let now = Instant::now();
        if trainer.step() >= self.next_checkpoint && now >= self.pause {
            self.save_best(trainer)?;
            self.save_checkpoint(trainer)?;
        } else if now >= self.next_best {
            self.save_best(trainer)?;
        }
        Ok(())
    }

    /// Writes the best weights, unless they are those in the file.
    fn save_best(&mut self, trainer: &Trainer) -> Result<(), RunError> {
        if let Some(best) = trainer.best().filter(|best| self.best != Some(best.step)) {
            let began = Instant::now();
            let (earlier, layout) = (trainer.earlier(), self.model.layout());
            self.run.save_best(&self.config, earlier, layout, best)?;
            self.best = Some(best.step);
            self.next_best = Instant::now() + PAUSE * began.elapsed();
        }
        Ok(())
    }

    fn save_checkpoint(&mut self, trainer: &mut Trainer) -> Result<(), Error> {
        let began = Instant::now();
        let checkpoint = trainer.checkpoint()?;
        self.run.save_checkpoint(&checkpoint, &self.config, self.model.layout(), &self.logs)?;
        self.pause = Instant::now() + PAUSE * began.elapsed();
        self.plan(checkpoint.step);
        Ok(())
    }

    /// Keeps the sequences of a step that gave no finite numbers, and says what is left.
    fn diverged(&self, diverged: Box<Diverged>) -> Error {
        let save = || {
            let sequences = self.run.save_diverged(&diverged)?;
            Ok::<_, RunError>((sequences, self.run.newest_checkpoint()?))
        };
        match save() {
            Ok((sequences, checkpoint)) => {
                Error::Diverged { source: diverged, sequences, checkpoint: Checkpoint(checkpoint) }
            }
            Err(error) => error.into(),
        }
    }

    /// Says what is left of a training whose engine failed.
    fn engine_failed(&self, source: EngineError) -> Error {
        match self.run.newest_checkpoint() {
            Ok(checkpoint) => {
                let path = self.run.path().into();
                Error::TrainingEngine { source, checkpoint: Checkpoint(checkpoint), path }
            }
            Err(error) => error.into(),
        }
    }

    /// Plans the next checkpoint after `step`.
    fn plan(&mut self, step: u64) {
        let training = &self.config.training;
        // Both are at most 10^6.
        let interval = (training.checkpoint_epochs * training.steps_per_epoch) as u64;
        self.next_checkpoint = (step / interval + 1) * interval;
    }
}

/// Runs the training to its end, or until it is interrupted.
fn train(
    trainer: &mut Trainer,
    record: &mut Record,
    limit: &mut BayesLimit,
    display: &mut Display,
) -> Result<Option<Ending>, Error> {
    loop {
        match trainer.advance()? {
            Event::Progress(progress) => {
                record.logs.progress(now(), &progress)?;
                display.progress(&progress);
            }
            Event::Validated(validation) => {
                let limit = limit.wait()?.map(|known| &known.metrics);
                record.logs.validation(now(), &validation, record.classes, limit)?;
                display.validated(&validation, limit);
            }
            Event::Diverging(diverging) => {
                let Diverging { step, loss, untrained_loss, advice } = diverging;
                display.note(&format!(
                    "ninth: warning: this training gets nowhere: for a thousand steps, up to step \
                     {}, the loss has been {loss:.3}, that of an untrained model is \
                     {untrained_loss:.3}; {advice}",
                    grouped(step),
                ));
            }
            Event::Interrupted => return Ok(None),
            Event::Finished(ending) => return Ok(Some(ending)),
        }
        record.keep_up(trainer)?;
    }
}

/// How many sequences a whole training sees.
fn amount(config: &Config) -> String {
    let training = &config.training;
    format!(
        "{}: {} of {} of {}",
        counted(config.total_steps() * training.batch_size as u64, "sequence"),
        counted(training.epochs as u64, "epoch"),
        counted(training.steps_per_epoch as u64, "step"),
        training.batch_size,
    )
}

/// Says what is about to happen.
fn introduce(trainer: &mut Trainer, record: &Record, limit: &BayesLimit) {
    let engine = trainer.engine().description();
    let curriculum = &trainer.config().curriculum;
    say(format_args!("Model     {}", record.shape()));
    say(format_args!("Engine    {engine}"));
    say(format_args!("Data      {}", amount(trainer.config())));
    let when = |start: f64, length: f64, phase: Phase| {
        let length = match curriculum.transition {
            Transition::Overlapping => length,
            Transition::Strict => 0.0,
        };
        match length > 0.0 {
            true => format!("{phase} in epochs {start} to {}", start + length),
            false => format!("{phase} at epoch {start}"),
        }
    };
    let entering = curriculum.phases().iter().filter_map(|phase| match phase {
        Phase::Simple => None, // from the start
        Phase::Nested => Some(when(curriculum.nested_start, curriculum.nested_length, *phase)),
        Phase::Combined => {
            Some(when(curriculum.combined_start, curriculum.combined_length, *phase))
        }
        Phase::Wider => Some(when(curriculum.wider_start, curriculum.wider_length, *phase)),
    });
    let entering = entering.collect::<Vec<_>>().join(", ");
    say(format_args!("Phases    {}, then {entering}", Phase::Simple));
    if let Some(reason) = limit.missing() {
        say(format_args!("Limit     {reason}"));
    }
    say(format_args!("Folder    {}", record.run.path().display()));
    if !trainer.earlier().is_empty() {
        let steps = trainer.earlier().iter().map(|stage| stage.steps).sum();
        say(format_args!("Weights   after {} steps of earlier stages", grouped(steps)));
    }
    if trainer.step() > 0 {
        say(format_args!("Resumed   after step {}", grouped(trainer.step())));
    }
    say("");
}

/// A training that is over.
struct Finished<'a> {
    trainer: &'a Trainer,
    record: &'a Record,
    /// The best that can be done, where it is known.
    limit: Option<&'a Known>,
    /// What ran it.
    engine: String,
    ending: Ending,
    /// Steps of this session.
    steps: u64,
    /// The time they took.
    took: Duration,
}

impl Finished<'_> {
    fn report(
        &self,
        out: &mut dyn Write,
        style: Style,
        judgement: &Judgement,
        examples: &[Example],
    ) -> Result<(), Error> {
        let limit = self.limit.map(|known| &known.limit);
        report::phases(out, style, judgement, self.record.classes, limit)?;
        writeln!(out)?;
        if !examples.is_empty() {
            report::examples(out, style, examples)?;
            writeln!(out)?;
        }
        self.summary(out, style)?;
        let config = self.trainer.config();
        let accuracy = judgement.overall().model.metrics().accuracy_last;
        if config.model.d_model <= TINY && accuracy < 0.5 {
            writeln!(
                out,
                "\nThis model is weak by its nature: it has {} per term to choose among {}\n\
                 classes. `ninth train --preset strong` trains the stronger one.",
                counted(config.model.d_model as u64, "number"),
                self.record.classes,
            )?;
        }
        let command = self.command(examples);
        writeln!(out, "\nTry it:\n\n  {}", style.bold(command))?;
        Ok(())
    }

    /// Writes the report as a page.
    fn save_page(&self, judgement: &Judgement, examples: &[Example]) -> Result<(), Error> {
        let Record { run, config, .. } = self.record;
        let mut facts = vec![
            ("model", self.record.shape()),
            ("engine", self.engine.clone()),
            ("data", amount(config)),
        ];
        facts.extend(self.outcome());
        let name = run.path().file_name().map(|name| name.to_string_lossy());
        let page = Run {
            // `--out .` has no name of its own.
            title: name.as_deref().unwrap_or("A training"),
            config,
            facts: &facts,
            metrics: &run.metrics()?,
            best: self.trainer.best().map(|best| best.step),
            judgement,
            limit: self.limit.map(|known| &known.metrics),
            examples,
        };
        Ok(run.save_report(&page.html())?)
    }

    fn summary(&self, out: &mut dyn Write, style: Style) -> Result<(), Error> {
        writeln!(out, "{}", style.bold("Training"))?;
        writeln!(out)?;
        let report = ("report", self.record.run.report_path().display().to_string());
        for (name, value) in self.outcome().into_iter().chain([report]) {
            writeln!(out, "  {name:<7} {value}")?;
        }
        Ok(())
    }

    /// Why it ended, how long it took, where it is.
    fn outcome(&self) -> Vec<(&'static str, String)> {
        let config = self.trainer.config();
        let epochs = self.trainer.step() as f64 / config.training.steps_per_epoch as f64;
        let ended = match self.ending {
            Ending::Complete => format!("after all {epochs:.0} epochs"),
            Ending::EarlyStopping => format!(
                "after {epochs:.0} of {} epochs: validation got no better for {}",
                config.training.epochs,
                counted(config.early_stopping.patience as u64, "epoch"),
            ),
        };
        let mut rows = vec![("ended", ended)];
        if let Some(best) = self.trainer.best() {
            rows.push((
                "best",
                format!("after step {}, with a loss of {:.3}", grouped(best.step), best.loss),
            ));
        }
        if self.steps > 0 {
            let sequences = self.steps * config.training.batch_size as u64;
            let speed = sequences as f64 / self.took.as_secs_f64().max(1e-9);
            rows.push((
                "time",
                format!("{}, {} sequences a second", time(self.took), grouped(speed as u64)),
            ));
        }
        rows.push(("folder", self.record.run.path().display().to_string()));
        rows
    }

    /// The command to predict with this run.
    fn command(&self, examples: &[Example]) -> String {
        const FIBONACCI: [i64; 8] = [1, 1, 2, 3, 5, 8, 13, 21];
        let range = self.trainer.sampler().range();
        let known = FIBONACCI.iter().all(|term| range.contains(*term));
        let terms = match examples.first() {
            Some(example) if !known => example.shown.as_slice(),
            _ => &FIBONACCI,
        };
        let path = shell_word(self.record.run.path().display());
        format!("ninth predict --model {path} {}", spaced(terms))
    }
}
