//! Gradient clipping: what is done about large gradients.

ninth_settings::settings! {
    /// What is done about large gradients.
    pub struct ClippingSettings: "clipping" {
        /// how gradients are clipped
        pub kind: Clipping = Clipping::GlobalNorm;
        /// the largest norm of all gradients together
        pub max_norm: f64 = 1.0, in 1e-9..=1e9;
    }
}

ninth_settings::options! {
    /// How gradients are clipped.
    pub enum Clipping {
        /// all are scaled down together if their norm is above max_norm
        GlobalNorm = "global_norm",
    }
}

impl ClippingSettings {
    /// The factor on all gradients, given their norm.
    pub fn factor(&self, norm: f64) -> f64 {
        match self.kind {
            // The small number is PyTorch's, so that both do the same.
            Clipping::GlobalNorm => (self.max_norm / (norm + 1e-6)).min(1.0),
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
    }
}
