//! Trains a small model for a moment and judges it beside classical rules and the Bayes limit:
//! `cargo run --release -p ninth-evaluation --example judge_model`.

use ninth_evaluation::calibration::ConfidenceJudge;
use ninth_evaluation::rules::{RuleTallies, judge_rules};
use ninth_inference::Posterior;
use ninth_inference::metrics::Metric;
use ninth_model::Transformer;
use ninth_sequences::Stream;
use ninth_training::validation::judge;
use ninth_training::{Config, CpuEngine, Event, Trainer};

const SEQUENCES: usize = 2000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = Config::default();
    (config.training.epochs, config.training.steps_per_epoch) = (5, 200);
    let engine = Box::new(CpuEngine::new(&config, 1)?);
    let mut trainer = Trainer::new(config.clone(), engine, Box::new(|| 0.0))?;
    while !matches!(trainer.advance()?, Event::Finished(_)) {}

    let sampler = config.sampler(1)?;
    let mixture = config.curriculum.final_mixture();
    let engine = trainer.engine();
    let judgement = judge(engine, &sampler, mixture, Stream::Evaluation, 0, SEQUENCES)?;
    let metrics = judgement.overall().model.metrics();
    let limit = Posterior::new(&sampler, mixture).limit().overall().metrics;
    println!("{:<15} {:>8} {:>8}", "metric", "model", "limit");
    for metric in Metric::ALL {
        println!("{:<15} {:>8.3} {:>8.3}", metric.name, metric.of(&metrics), metric.of(&limit));
    }

    println!("\n{:<15} {:>8}", "rule", "last");
    let rules = judge_rules(&sampler, mixture, Stream::Evaluation, 0, SEQUENCES);
    for (name, count) in RuleTallies::names().zip(&rules.last) {
        println!("{name:<15} {:>8.3}", count.accuracy());
    }

    let model = Transformer::new(config.architecture()?);
    let parameters = engine.parameters()?;
    if let Some(mut confidence) = ConfidenceJudge::new(&model, &parameters, 1) {
        let temperatures = confidence.fitted_temperatures(&sampler, mixture);
        println!("\ntemperature {:.2} at the last position", temperatures.last);
    }
    Ok(())
}
