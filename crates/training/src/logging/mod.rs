//! What a training writes down while it goes on. These files are made of bytes
//! here; where they go is up to the caller.

pub mod jsonl;
pub mod tensorboard;

use crate::baselines::{Baseline, Uniform};
use crate::metrics::Metrics;
use crate::trainer::{Progress, Validation};

/// The figures of some steps, with their names.
pub fn progress_scalars(progress: &Progress) -> Vec<(String, f64)> {
    let statistics = &progress.statistics;
    let mut scalars = vec![
        ("train/loss".to_string(), statistics.mean_loss()),
        ("train/gradient_norm".to_string(), statistics.mean_gradient_norm()),
        ("train/learning_rate".to_string(), progress.learning_rate),
    ];
    if let Some(accuracy) = statistics.last_accuracy() {
        scalars.push(("train/accuracy_last".to_string(), accuracy));
    }
    for phase in progress.curriculum {
        scalars.push((format!("curriculum/{}", phase.name()), progress.phases.of(*phase)));
    }
    scalars
}

/// The figures of a validation, with their names: the model's by metric, by
/// phase and by family, and the baselines'. Figures of nothing are left out.
pub fn validation_scalars(validation: &Validation, classes: usize) -> Vec<(String, f64)> {
    let mut scalars = Vec::new();
    let mut keep = |group: &str, metrics: &Metrics, names: &[&str]| {
        for (name, value) in Metrics::NAMES.iter().zip(metrics.values()) {
            if value.is_finite() && (names.is_empty() || names.contains(name)) {
                scalars.push((format!("{group}/{name}"), value));
            }
        }
    };
    let judgement = &validation.judgement;
    let overall = judgement.overall();
    keep("validation", &overall.model.metrics(), &[]);
    for phase in judgement.phases() {
        let metrics = judgement.phase(phase).model.metrics();
        keep(&format!("phase_{}", phase.name()), &metrics, &[]);
    }
    for (family, scores) in judgement.families() {
        keep(&format!("family_{}", family.name()), &scores.model.metrics(), &[]);
    }
    // A baseline gives a term and no probabilities.
    let names = ["accuracy_last", "accuracy_all", "accuracy_whole", "distance"];
    for (baseline, tally) in Baseline::ALL.iter().zip(&overall.baselines) {
        keep(&format!("baseline_{}", baseline.name()), &tally.metrics(), &names);
    }
    let uniform = Uniform::new(classes);
    scalars.extend([
        ("baseline_uniform/accuracy_last".to_string(), uniform.accuracy),
        ("baseline_uniform/accuracy_all".to_string(), uniform.accuracy),
        ("baseline_uniform/distance".to_string(), uniform.distance),
        ("baseline_uniform/cross_entropy".to_string(), uniform.cross_entropy),
    ]);
    scalars
}
