//! Gradient clipping: large gradients are scaled down or cut off.

ninth_settings::settings! {
    /// How large gradients are clipped.
    pub struct ClippingSettings: "clipping" {
        /// how gradients are clipped
        pub kind: Clipping = Clipping::GlobalNorm;
        /// the largest norm of all gradients together, where the norm is clipped
        pub max_norm: f64 = 1.0, in 1e-9..=1e9;
        /// the largest size of a single gradient, where values are clipped
        pub max_value: f64 = 1.0, in 1e-9..=1e9;
    }
}

ninth_settings::options! {
    /// How gradients are clipped.
    pub enum Clipping {
        /// all are scaled down together if their norm is above max_norm
        GlobalNorm = "global_norm",
        /// each is cut off at plus and minus max_value
        Value = "value",
        /// not at all
        None = "none",
    }
}

/// Added to the norm of the gradients before it divides, as in PyTorch's `clip_grad_norm_`.
pub const NORM_EPSILON: f64 = 1e-6;

impl ClippingSettings {
    /// The factor on all gradients, given the norm of all of them together.
    pub fn factor(&self, norm: f64) -> f64 {
        match self.kind {
            Clipping::GlobalNorm => (self.max_norm / (norm + NORM_EPSILON)).min(1.0),
            Clipping::Value | Clipping::None => 1.0,
        }
    }

    /// Each gradient is clamped to plus and minus this; infinite without clipping by value.
    pub fn limit(&self) -> f64 {
        match self.kind {
            Clipping::Value => self.max_value,
            Clipping::GlobalNorm | Clipping::None => f64::INFINITY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_gradients_are_scaled() {
        let settings = ClippingSettings::default();
        assert_eq!(settings.factor(0.5), 1.0);
        assert!((settings.factor(4.0) - 0.25).abs() < 1e-6);
        assert_eq!(settings.limit(), f64::INFINITY);
    }

    #[test]
    fn values_are_clipped_one_by_one_or_not_at_all() {
        let value = ClippingSettings { kind: Clipping::Value, max_value: 0.5, max_norm: 1.0 };
        assert_eq!((value.factor(4.0), value.limit()), (1.0, 0.5));
        let none = ClippingSettings { kind: Clipping::None, ..value };
        assert_eq!((none.factor(4.0), none.limit()), (1.0, f64::INFINITY));
    }
}
