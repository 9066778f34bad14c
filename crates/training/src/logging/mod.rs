//! The logs of a training, as bytes; where they go is up to the caller.
//!
//! The scalars have the same names in `metrics.jsonl` and in TensorBoard, `group/metric`:
//!
//! | group | of |
//! |---|---|
//! | `train`, `curriculum` | the steps since the last progress event; the share of each phase |
//! | `validation` | the model, on the sequences of a validation |
//! | `phase_...`, `family_...` | the model, on those of a phase or a family |
//! | `baseline_...` | a baseline, on the same sequences; `baseline_uniform/loss` is on the scale of `validation/loss` |
//! | `limit` | the best possible predictor, on everything that the final mixture can draw |
//! | `gap` | what the model is short of the limit; positive where it is worse |
//!
//! The last two are omitted where the limit is not known. The Bayes limit is a function of the
//! config alone; it is handed in here, so that the trainer need not wait for it, and the caller
//! may compute it on another thread.

#[cfg(feature = "files")]
pub mod hparams;
pub mod jsonl;
#[cfg(feature = "files")]
pub mod tensorboard;

use crate::baselines::Uniform;
use crate::metrics::{Metric, Metrics};
use crate::trainer::{Progress, Validation};

/// The scalars of some steps, with their names.
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

/// The scalars of a validation, with their names: the metrics of the model, by phase and by
/// family too, of the baselines and of the limit, and how far from it the model is. NaN metrics
/// are omitted.
pub fn validation_scalars(
    validation: &Validation,
    uniform: &Uniform,
    limit: Option<&Metrics>,
) -> Vec<(String, f64)> {
    let mut scalars = Vec::new();
    let mut keep = |group: &str, metrics: &Metrics| {
        for metric in Metric::ALL {
            let value = metric.of(metrics);
            if value.is_finite() {
                scalars.push((format!("{group}/{}", metric.name), value));
            }
        }
    };
    let judgement = &validation.judgement;
    let overall = judgement.overall();
    keep("validation", &overall.model.metrics());
    for phase in judgement.phases() {
        let metrics = judgement.phase(phase).model.metrics();
        keep(&format!("phase_{}", phase.name()), &metrics);
    }
    for (family, scores) in judgement.families() {
        keep(&format!("family_{}", family.name()), &scores.model.metrics());
    }
    for (baseline, metrics) in overall.baselines() {
        keep(&format!("baseline_{}", baseline.name()), &metrics);
    }
    if let Some(limit) = limit {
        keep("limit", limit);
        keep("gap", &overall.model.metrics().gap(limit));
    }
    // In an order of their own, so that logs stay as they were.
    let of_uniform = [
        ("accuracy_last", uniform.accuracy),
        ("accuracy_all", uniform.accuracy),
        ("distance", uniform.distance),
        ("cross_entropy", uniform.cross_entropy),
        ("loss", uniform.beside(&overall.model).loss),
    ];
    let of_uniform = of_uniform.into_iter().filter(|(_, value)| value.is_finite());
    scalars.extend(of_uniform.map(|(name, value)| (format!("baseline_uniform/{name}"), value)));
    scalars
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::judge;
    use crate::{Config, CpuEngine};
    use ninth_inference::Posterior;
    use ninth_sequences::{IntegerRange, Phase, PhaseWeights, Sampler, Stream};

    /// A limit that takes no time to compute: that of a narrow range.
    fn small_limit() -> Metrics {
        let sampler = Sampler::new(0, IntegerRange::new(0, 20).unwrap(), 9).unwrap();
        Posterior::new(&sampler, PhaseWeights::only(Phase::Simple)).limit().overall().metrics
    }

    #[test]
    fn a_validation_has_the_limit_and_the_gap_where_it_is_known() {
        let config = Config::default();
        let mut engine = CpuEngine::new(&config, 1).unwrap();
        let sampler = config.sampler(1).unwrap();
        let mixture = config.curriculum.final_mixture();
        let judgement = judge(&mut engine, &sampler, mixture, Stream::Validation, 0, 100).unwrap();
        let validation = Validation { step: 1000, epoch: 1.0, judgement, best: false };
        let limit = small_limit();
        let uniform = Uniform::of(&config).unwrap();
        let with = validation_scalars(&validation, &uniform, Some(&limit));
        let of = |name: &str| with.iter().find(|(other, _)| other == name).map(|(_, value)| *value);
        for name in ["accuracy_last", "accuracy_all", "accuracy_whole", "cross_entropy", "distance"]
        {
            let model = of(&format!("validation/{name}")).unwrap();
            let best = of(&format!("limit/{name}")).unwrap();
            let better = if name.starts_with("accuracy") { best - model } else { model - best };
            assert_eq!(of(&format!("gap/{name}")), Some(better), "{name}");
        }
        assert_eq!(of("limit/accuracy_last"), Some(limit.accuracy_last));
        assert_eq!((of("limit/loss"), of("gap/loss")), (None, None));
        // The loss of this config weighs distances, which the cross-entropy does not.
        let [loss, entropy] =
            ["loss", "cross_entropy"].map(|name| of(&format!("baseline_uniform/{name}")).unwrap());
        let [model_loss, model_entropy] =
            ["loss", "cross_entropy"].map(|name| of(&format!("validation/{name}")).unwrap());
        assert!(loss > 5.0 * entropy, "{loss}, {entropy}");
        // The model is untrained: it is about as good as guessing, on either scale.
        assert!((0.5..2.0).contains(&(model_loss / loss)), "{model_loss}, {loss}");
        assert!((0.9..1.1).contains(&(model_entropy / entropy)), "{model_entropy}, {entropy}");

        let without = validation_scalars(&validation, &uniform, None);
        let of_limit = |name: &str| name.starts_with("limit/") || name.starts_with("gap/");
        let rest: Vec<_> = with.into_iter().filter(|(name, _)| !of_limit(name)).collect();
        assert_eq!(rest, without);
    }
}
