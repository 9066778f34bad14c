//! Trains the small model of the preset `design` for a few hundred steps and prints every
//! validation.
//!
//! ```text
//! cargo run --release -p ninth-training --example drive_trainer
//! ```

use ninth_settings::parse_assignment;
use ninth_training::trainer::{Ending, TrainingError, Validation};
use ninth_training::{Config, CpuEngine, Event, Preset, Trainer};

/// Trains to the end; `validated` is called after every validation.
fn train(
    trainer: &mut Trainer,
    mut validated: impl FnMut(&Validation),
) -> Result<Ending, TrainingError> {
    loop {
        match trainer.advance()? {
            Event::Validated(validation) => validated(&validation),
            Event::Finished(ending) => return Ok(ending),
            Event::Diverging(diverging) => eprintln!("{}", diverging.advice),
            Event::Progress(_) | Event::Interrupted => {}
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let assignments = [
        "training.epochs=5",
        "training.steps_per_epoch=100",
        "learning_rate.warmup_steps=50",
        "validation.frequency=epoch",
    ];
    let assignments =
        assignments.iter().map(|text| parse_assignment(text)).collect::<Result<Vec<_>, _>>()?;
    let config = Config::resolve(Preset::Design, &assignments)?;
    let engine = CpuEngine::new(&config, 1)?;
    // Only validations by the minute need a clock.
    let mut trainer = Trainer::new(config, Box::new(engine), Box::new(|| 0.0))?;
    let ending = train(&mut trainer, |validation| {
        let metrics = validation.judgement.overall().model.metrics();
        let best = if validation.best { ", the best so far" } else { "" };
        println!(
            "step {:>4}: loss {:.3}, {:.1} % of ninth terms right{best}",
            validation.step,
            metrics.loss,
            100.0 * metrics.accuracy_last,
        );
    })?;
    println!("{ending:?}; the engine has the best weights now");
    Ok(())
}
