//! The optimizer: how gradients become updates.

use ninth_kernels::{Lanes, simd_kernel};
use ninth_model::parameters::{Layout, Role};

ninth_settings::settings! {
    /// How gradients become updates.
    pub struct OptimizerSettings: "optimizer" {
        /// the rule
        pub kind: Optimizer = Optimizer::AdamW;
        /// decay of the first moment, the mean of the gradients
        pub beta1: f64 = 0.9, in 0.0..=0.999999;
        /// decay of the second moment, the mean of their squares
        pub beta2: f64 = 0.999, in 0.0..=0.9999999;
        /// added to the root of the second moment
        pub epsilon: f64 = 1e-8, in 1e-16..=1.0;
        /// share of a weight that is taken off per unit of learning rate
        pub weight_decay: f64 = 0.01, in 0.0..=100.0;
        /// which parameters decay
        pub decayed: Decayed = Decayed::Weights;
    }
}

ninth_settings::options! {
    /// The rule of an update.
    pub enum Optimizer {
        /// Adam with weight decay apart from the gradient
        AdamW = "adamw",
    }
}

ninth_settings::options! {
    /// Which parameters decay.
    pub enum Decayed {
        /// the matrices of linear layers; not biases, norms and embedding tables
        Weights = "weights",
        /// all of them
        All = "all",
    }
}

/// The numbers of one update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// Factor on the gradients, from clipping.
    pub gradient_factor: f32,
    /// Learning rate divided by the bias correction of the first moment.
    pub step_size: f32,
    /// 1 / root of the bias correction of the second moment.
    pub second_factor: f32,
    /// Factor on the parameters that decay.
    pub decay_factor: f32,
    /// Decay of the first moment.
    pub beta1: f32,
    /// Decay of the second moment.
    pub beta2: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
}

impl OptimizerSettings {
    /// The numbers of update number `count`, counted from 1.
    pub fn update(&self, count: u64, learning_rate: f64, gradient_factor: f64) -> Update {
        let first = 1.0 - libm::pow(self.beta1, count as f64);
        let second = 1.0 - libm::pow(self.beta2, count as f64);
        Update {
            gradient_factor: gradient_factor as f32,
            step_size: (learning_rate / first) as f32,
            second_factor: (1.0 / second.sqrt()) as f32,
            decay_factor: (1.0 - learning_rate * self.weight_decay) as f32,
            beta1: self.beta1 as f32,
            beta2: self.beta2 as f32,
            epsilon: self.epsilon as f32,
        }
    }

    /// Whether parameters of this role decay.
    pub fn decays(&self, role: Role) -> bool {
        match (self.decayed, role) {
            (Decayed::All, _) | (Decayed::Weights, Role::Weight) => true,
            (Decayed::Weights, Role::Bias | Role::Norm | Role::Table) => false,
        }
    }
}

/// A stretch of the arenas that is updated in one go, in lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// How many lanes.
    pub lanes: usize,
    /// Whether its parameters decay.
    pub decays: bool,
}

impl Piece {
    /// Enough work to be worth handing to a thread, little enough to share out
    /// evenly; 32 KB per arena.
    const LARGEST: usize = 512;

    /// All arenas of a layout, cut into pieces in their order. The cut decides in
    /// which order norms are added up, so it must not depend on the number of
    /// threads.
    pub fn cut(layout: &Layout, settings: &OptimizerSettings) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for tensor in layout.tensors() {
            let decays = settings.decays(tensor.role);
            let mut rest = ninth_kernels::columns_for(tensor.span.len);
            while rest > 0 {
                let room = match pieces.last_mut() {
                    Some(last) if last.decays == decays && last.lanes < Self::LARGEST => last,
                    _ => {
                        pieces.push(Piece { lanes: 0, decays });
                        continue;
                    }
                };
                let taken = rest.min(Self::LARGEST - room.lanes);
                room.lanes += taken;
                rest -= taken;
            }
        }
        pieces
    }
}

simd_kernel! {
    /// AdamW (Loshchilov and Hutter, 2019), as PyTorch computes it: with g the
    /// scaled gradient, m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
    /// x = decay x - step m / (sqrt(v) / root correction + epsilon).
    ///
    /// Moments below 1e-30 become zero: those of embedding rows that never occur
    /// would decay into denormal numbers, which processors are slow at.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn adamw<'a>(
        simd,
        update: Update,
        decays: bool,
        gradients: &'a [Lanes],
        parameters: &'a mut [Lanes],
        first: &'a mut [Lanes],
        second: &'a mut [Lanes],
    ) {
        let len = parameters.len();
        assert!(gradients.len() == len && first.len() == len && second.len() == len);
        let factor = simd.splat(update.gradient_factor);
        let (beta1, rest1) = (simd.splat(update.beta1), simd.splat(1.0 - update.beta1));
        let (beta2, rest2) = (simd.splat(update.beta2), simd.splat(1.0 - update.beta2));
        let step = simd.splat(-update.step_size);
        let correction = simd.splat(update.second_factor);
        let epsilon = simd.splat(update.epsilon);
        let decay = simd.splat(if decays { update.decay_factor } else { 1.0 });
        let (tiny, zero) = (simd.splat(1e-30), simd.zero());
        for (((gradient, parameter), first), second) in
            gradients.iter().zip(parameters).zip(first).zip(second)
        {
            let g = simd.mul(simd.load(gradient), factor);
            let m = simd.mul_add(simd.load(first), beta1, simd.mul(g, rest1));
            let v = simd.mul_add(simd.load(second), beta2, simd.mul(simd.mul(g, g), rest2));
            let m = simd.select(simd.less(simd.abs(m), tiny), zero, m);
            let v = simd.select(simd.less(v, tiny), zero, v);
            simd.store(m, first);
            simd.store(v, second);
            let root = simd.mul_add(simd.sqrt(v), correction, epsilon);
            let decayed = simd.mul(simd.load(parameter), decay);
            simd.store(simd.mul_add(step, simd.div(m, root), decayed), parameter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_kernels::Level;
    use ninth_model::parameters::Initial;

    #[test]
    fn pieces_cover_the_arena_and_never_mix_what_decays() {
        let mut layout = Layout::default();
        let constant = || Initial::Constant(0.0);
        layout.add("a".into(), &[100, 100], Role::Weight, constant());
        layout.add("b".into(), &[100], Role::Bias, constant());
        layout.add("c".into(), &[3], Role::Norm, constant());
        layout.add("d".into(), &[20], Role::Weight, constant());
        let pieces = Piece::cut(&layout, &OptimizerSettings::default());
        assert_eq!(pieces.iter().map(|piece| piece.lanes).sum::<usize>(), layout.lanes());
        let decays: Vec<bool> = pieces.iter().map(|piece| piece.decays).collect();
        assert_eq!(decays, [true, true, false, true]);
        assert_eq!(pieces[2].lanes, 7 + 1, "bias and norm together");
        let all = OptimizerSettings { decayed: Decayed::All, ..Default::default() };
        assert_eq!(Piece::cut(&layout, &all).len(), 2);
    }

    #[test]
    fn one_update_agrees_with_the_formula() {
        let settings = OptimizerSettings::default();
        for level in Level::available() {
            let (mut x, mut m, mut v) = (2.0_f64, 0.0_f64, 0.0_f64);
            let mut parameters = [Lanes::splat(2.0)];
            let (mut first, mut second) = ([Lanes::ZERO], [Lanes::ZERO]);
            for count in 1..=5 {
                let (gradient, rate) = (0.3 - 0.1 * count as f64, 0.01);
                let update = settings.update(count, rate, 0.5);
                let gradients = [Lanes::splat(gradient as f32)];
                adamw(level, update, true, &gradients, &mut parameters, &mut first, &mut second);
                let g = gradient * 0.5;
                m = 0.9 * m + 0.1 * g;
                v = 0.999 * v + 0.001 * g * g;
                let corrected = m / (1.0 - 0.9_f64.powi(count as i32));
                let root = (v / (1.0 - 0.999_f64.powi(count as i32))).sqrt();
                x = x * (1.0 - rate * 0.01) - rate * corrected / (root + 1e-8);
                assert!((f64::from(parameters[0].0[3]) - x).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn moments_never_become_denormal() {
        let update = OptimizerSettings::default().update(1, 0.01, 1.0);
        let mut first = [Lanes::splat(1e-30)];
        let mut second = [Lanes::splat(1e-30)];
        let mut parameters = [Lanes::splat(1.0)];
        let level = Level::detect();
        adamw(level, update, false, &[Lanes::ZERO], &mut parameters, &mut first, &mut second);
        assert_eq!((first[0], second[0]), (Lanes::ZERO, Lanes::ZERO));
        assert_eq!(parameters[0], Lanes::splat(1.0));
    }
}
