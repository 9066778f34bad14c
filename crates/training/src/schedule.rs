//! The learning rate over time.

ninth_settings::settings! {
    /// The learning rate over time.
    pub struct LearningRateSettings: "learning_rate" {
        /// how the rate changes
        pub schedule: Schedule = Schedule::WarmupCosine;
        /// the largest rate
        pub peak: f64 = 0.01, in 1e-9..=10.0;
        /// steps of linear warm-up, where the schedule has one; half of all steps if it would be longer, which is said
        pub warmup_steps: usize = 5000, in 0..=1_000_000_000;
        /// the rate at which its fall ends, where the schedule has one; not above the peak
        pub minimum: f64 = 1e-6, in 0.0..=10.0;
        /// factor of the step and exponential schedules
        pub factor: f64 = 0.5, in 1e-6..=1.0;
        /// steps after which that factor is reached
        pub factor_steps: usize = 20_000, in 1..=1_000_000_000;
    }
}

ninth_settings::options! {
    /// How the learning rate changes.
    pub enum Schedule {
        /// linear warm-up to the peak, then half a cosine down to the minimum
        WarmupCosine = "warmup_cosine",
        /// the peak all the time
        Constant = "constant",
        /// linear warm-up, then times factor at once after every factor_steps
        Step = "step",
        /// linear warm-up, then times factor little by little over every factor_steps
        Exponential = "exponential",
    }
}

impl Schedule {
    /// Whether the rate rises in the beginning and falls towards a minimum.
    pub fn rises_and_falls(self) -> bool {
        match self {
            Schedule::WarmupCosine | Schedule::Step | Schedule::Exponential => true,
            Schedule::Constant => false,
        }
    }
}

impl LearningRateSettings {
    /// The steps of warm-up in a training of `total` steps: half of them at most, as a training
    /// shorter than its warm-up would never come down again.
    pub fn warmup(&self, total: u64) -> u64 {
        match self.schedule.rises_and_falls() {
            true => (self.warmup_steps as u64).min(total / 2),
            false => 0,
        }
    }

    /// The learning rate of step `step`, counted from 0, of `total` steps.
    pub fn rate(&self, step: u64, total: u64) -> f64 {
        let warmup = self.warmup(total);
        if step < warmup {
            return self.peak * (step + 1) as f64 / warmup as f64;
        }
        let since = step.saturating_sub(warmup) as f64;
        let minimum = self.minimum;
        let periods = since / self.factor_steps as f64;
        match self.schedule {
            Schedule::WarmupCosine => {
                let progress = since / (total - warmup).max(1) as f64;
                let cosine = libm::cos(std::f64::consts::PI * progress.min(1.0));
                minimum + (self.peak - minimum) * 0.5 * (1.0 + cosine)
            }
            Schedule::Constant => self.peak,
            Schedule::Step => (self.peak * libm::pow(self.factor, periods.floor())).max(minimum),
            Schedule::Exponential => (self.peak * libm::pow(self.factor, periods)).max(minimum),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_is_linear_and_the_cosine_ends_at_the_minimum() {
        let settings = LearningRateSettings { peak: 1.0, ..Default::default() };
        let rate = |step| settings.rate(step, 105_000);
        assert!((rate(0) - 1.0 / 5000.0).abs() < 1e-12);
        assert!((rate(2499) - 0.5).abs() < 1e-12);
        assert_eq!(rate(4999), 1.0);
        assert_eq!(rate(5000), 1.0);
        assert!((rate(55_000) - 0.5).abs() < 1e-5, "half-way down");
        assert!((rate(105_000) - 1e-6).abs() < 1e-12);
        assert!((5000..105_000).all(|step| rate(step + 1) <= rate(step)));
    }

    #[test]
    fn other_schedules_keep_their_rate_or_lose_half_of_it() {
        let with = |schedule| LearningRateSettings { peak: 1.0, schedule, ..Default::default() };
        let constant = with(Schedule::Constant);
        assert!([0, 4999, 99_999].into_iter().all(|step| constant.rate(step, 100_000) == 1.0));
        for schedule in [Schedule::Step, Schedule::Exponential] {
            let settings = with(schedule);
            assert_eq!(settings.rate(2499, 100_000), 0.5);
            assert_eq!(settings.rate(5000, 100_000), 1.0);
            assert_eq!(settings.rate(45_000, 100_000), 0.25);
            assert_eq!(settings.rate(4_000_000_000, 5_000_000_000), 1e-6);
        }
        assert_eq!(with(Schedule::Step).rate(24_999, 100_000), 1.0);
        let half_way = with(Schedule::Exponential).rate(15_000, 100_000);
        assert!((half_way - 0.5_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_run_shorter_than_the_warm_up_still_comes_down() {
        let settings = LearningRateSettings { peak: 1.0, ..Default::default() };
        assert_eq!(settings.rate(499, 1000), 1.0);
        assert!(settings.rate(999, 1000) < 0.01);
        assert!(settings.rate(0, 1).is_finite());
        assert_eq!([1, 1000, 20_000].map(|total| settings.warmup(total)), [0, 500, 5000]);
        let constant = LearningRateSettings { schedule: Schedule::Constant, ..settings };
        assert_eq!(constant.warmup(1000), 0);
    }
}
