//! The budget of a training: the same training in fewer or more steps.

use ninth_training::Config;

/// The same training with the steps of an epoch, and all that is counted in steps, multiplied
/// by a factor.
pub(super) fn scaled(config: &Config, factor: f64) -> Config {
    /// The largest value of these keys; that of the steps of an epoch is lower.
    const MOST: f64 = 1e9;
    let times = |steps: usize, least: f64, most: f64| {
        // Between 0 and 10^9, so the cast is exact.
        (steps as f64 * factor).round().clamp(least, most) as usize
    };
    let mut scaled = config.clone();
    let training = &mut scaled.training;
    training.steps_per_epoch = times(training.steps_per_epoch, 1.0, 1e6);
    let learning_rate = &mut scaled.learning_rate;
    learning_rate.warmup_steps = times(learning_rate.warmup_steps, 0.0, MOST);
    learning_rate.factor_steps = times(learning_rate.factor_steps, 1.0, MOST);
    let validation = &mut scaled.validation;
    validation.every_steps = times(validation.every_steps, 1.0, MOST);
    scaled
}

/// The factor on the steps of an epoch that brings a training nearest to `steps`.
pub(super) fn factor(config: &Config, steps: u64) -> f64 {
    let per_epoch = steps as f64 / config.training.epochs as f64;
    per_epoch.round().clamp(1.0, 1e6) / config.training.steps_per_epoch as f64
}

/// The same training in about `steps` steps: as many epochs of fewer steps, so
/// that warm-up, decay, curriculum and validations keep their share of it. An
/// epoch has one step at least.
pub fn compressed(config: &Config, steps: u64) -> Config {
    scaled(config, factor(config, steps))
}
