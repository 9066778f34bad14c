//! A short training that reports its validations, and the prediction of its model.

use ninth::{Config, Error, PredictOptions, TrainEvent, TrainOptions};

fn main() -> Result<(), Error> {
    let mut config = Config::default();
    config.training.epochs = 4;
    config.training.steps_per_epoch = 250;
    let report = ninth::train(config, TrainOptions::default(), |event| match event {
        TrainEvent::Progress(progress) => {
            println!("step {:>5}  loss {:.3}", progress.step, progress.statistics.mean_loss());
        }
        TrainEvent::Validated { validation, .. } => {
            let accuracy = validation.judgement.overall().model.metrics().accuracy_last;
            println!("step {:>5}  {:.1} % of last terms", validation.step, 100.0 * accuracy);
        }
        TrainEvent::Diverging(diverging) => println!("{}", diverging.advice),
    })?;
    let prediction = report.model.predict(&[2, 4, 6, 8], &PredictOptions::default())?;
    println!("2 4 6 8 -> {:?}", prediction.next);
    report.model.save(std::env::temp_dir().join("ninth-example.safetensors"))
}
