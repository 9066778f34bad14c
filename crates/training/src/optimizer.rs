//! The optimizer: how gradients become updates.

use ninth_kernels::{InstructionSet, Lanes, Simd, simd_kernel};
use ninth_model::parameters::{Layout, Role, Tensor};

use crate::clipping::ClippingSettings;
use crate::muon::{self, Matrix};

ninth_settings::settings! {
    /// How gradients become updates.
    pub struct OptimizerSettings: "optimizer" {
        /// the rule
        pub kind: Optimizer = Optimizer::AdamW;
        /// decay of the first moment, the mean of the gradients; the momentum of SGD
        pub beta1: f64 = 0.9, in 0.0..=0.999999;
        /// decay of the second moment, the mean of their squares
        pub beta2: f64 = 0.999, in 0.0..=0.9999999;
        /// added to the root of the second moment
        pub epsilon: f64 = 1e-8, in 1e-16..=1.0;
        /// momentum of the matrices, of Muon alone
        pub momentum: f64 = 0.95, in 0.0..=0.999999;
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
        /// Adam with weight decay as a part of the gradient
        Adam = "adam",
        /// stochastic gradient descent with momentum
        Sgd = "sgd",
        /// orthogonal momentum for the matrices of layers, AdamW for everything else
        Muon = "muon",
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
    /// What each gradient is cut off at, from clipping.
    pub gradient_limit: f32,
    /// What SGD and Muon take, without any correction.
    pub learning_rate: f32,
    /// Momentum of Muon.
    pub momentum: f32,
    /// Share of a weight that is added to its gradient, where decay is a part of it.
    pub gradient_decay: f32,
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
    /// The numbers of update number `count`, counted from 1, for gradients of the
    /// norm `norm`.
    pub fn update(
        &self,
        count: u64,
        learning_rate: f64,
        clipping: &ClippingSettings,
        norm: f64,
    ) -> Update {
        let first = 1.0 - libm::pow(self.beta1, count as f64);
        let second = 1.0 - libm::pow(self.beta2, count as f64);
        Update {
            gradient_factor: clipping.factor(norm) as f32,
            gradient_limit: clipping.limit() as f32,
            learning_rate: learning_rate as f32,
            momentum: self.momentum as f32,
            gradient_decay: self.weight_decay as f32,
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
            (Decayed::All, _) => true,
            (Decayed::Weights, role) => role.is_weight(),
        }
    }
}

/// A stretch of the arenas that is updated in one go, in lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterGroup {
    /// How many lanes.
    pub lanes: usize,
    /// Whether its parameters decay.
    pub decays: bool,
    /// The matrices that it is, where the rule is one of whole matrices.
    pub matrix: Option<Matrix>,
}

impl ParameterGroup {
    /// Enough work to be worth handing to a thread, little enough to share out
    /// evenly; 32 KB per arena.
    const LARGEST: usize = 512;

    /// All arenas of a layout, cut into pieces in their order. The cut decides in
    /// which order norms are added up, so it must not depend on the number of
    /// threads.
    pub fn cut(layout: &Layout, settings: &OptimizerSettings) -> Vec<ParameterGroup> {
        let mut pieces: Vec<ParameterGroup> = Vec::new();
        for tensor in layout.tensors() {
            let decays = settings.decays(tensor.role);
            let mut rest = ninth_kernels::columns_for(tensor.span.len);
            if let Some(matrix) = settings.kind.matrix(tensor) {
                pieces.push(ParameterGroup { lanes: rest, decays, matrix: Some(matrix) });
                continue;
            }
            let fits = |piece: &ParameterGroup| {
                piece.matrix.is_none() && piece.decays == decays && piece.lanes < Self::LARGEST
            };
            while rest > 0 {
                let room = match pieces.last_mut() {
                    Some(last) if fits(last) => last,
                    _ => {
                        pieces.push(ParameterGroup { lanes: 0, decays, matrix: None });
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

impl ParameterGroup {
    /// Updates it in place. What is left of the gradients is of no use.
    ///
    /// # Panics
    ///
    /// If the lengths of the slices differ, or the workspace was not made for this piece.
    pub fn update(
        &self,
        rule: Optimizer,
        instruction_set: InstructionSet,
        update: Update,
        arenas: Arenas<'_>,
        workspace: &mut muon::Workspace,
    ) {
        match self.matrix {
            Some(matrix) => {
                muon::step(instruction_set, update, self.decays, matrix, arenas, workspace)
            }
            None => rule.step(instruction_set, update, self.decays, arenas),
        }
    }
}

/// Clipping of gradients, ready to be applied.
#[derive(Clone, Copy)]
struct Clip<V> {
    factor: V,
    upper: V,
    lower: V,
}

impl<V: Copy> Clip<V> {
    #[inline(always)]
    fn new<S: Simd<V = V>>(simd: S, update: Update) -> Self {
        Clip {
            factor: simd.splat(update.gradient_factor),
            upper: simd.splat(update.gradient_limit),
            lower: simd.splat(-update.gradient_limit),
        }
    }

    #[inline(always)]
    fn apply<S: Simd<V = V>>(self, simd: S, gradient: V) -> V {
        let scaled = simd.mul(gradient, self.factor);
        simd.max(simd.min(scaled, self.upper), self.lower)
    }
}

simd_kernel! {
    /// Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019), as
    /// PyTorch computes them: with g the clipped gradient, m = b1 m + (1 - b1) g,
    /// v = b2 v + (1 - b2) g^2, x = decay x - step m / (sqrt(v) / root correction +
    /// epsilon). Where decay is a part of the gradient, as in Adam, g has the
    /// decayed share of x added and the factor on x is one.
    ///
    /// Moments below 1e-30 become zero: those of embedding rows that never occur
    /// would decay into denormal numbers, which processors are slow at.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn adam<'a>(
        simd,
        update: Update,
        decay: Decay,
        gradients: &'a [Lanes],
        parameters: &'a mut [Lanes],
        first: &'a mut [Lanes],
        second: &'a mut [Lanes],
    ) {
        let len = parameters.len();
        assert!(gradients.len() == len && first.len() == len && second.len() == len);
        let clip = Clip::new(simd, update);
        let (beta1, rest1) = (simd.splat(update.beta1), simd.splat(1.0 - update.beta1));
        let (beta2, rest2) = (simd.splat(update.beta2), simd.splat(1.0 - update.beta2));
        let step = simd.splat(-update.step_size);
        let correction = simd.splat(update.second_factor);
        let epsilon = simd.splat(update.epsilon);
        let (kept, added) = decay.factors(update);
        let (kept, added) = (simd.splat(kept), simd.splat(added));
        let (tiny, zero) = (simd.splat(1e-30), simd.zero());
        for (((gradient, parameter), first), second) in
            gradients.iter().zip(parameters).zip(first).zip(second)
        {
            let x = simd.load(parameter);
            let g = simd.mul_add(x, added, clip.apply(simd, simd.load(gradient)));
            let m = simd.mul_add(simd.load(first), beta1, simd.mul(g, rest1));
            let v = simd.mul_add(simd.load(second), beta2, simd.mul(simd.mul(g, g), rest2));
            let m = simd.select(simd.less(simd.abs(m), tiny), zero, m);
            let v = simd.select(simd.less(v, tiny), zero, v);
            simd.store(m, first);
            simd.store(v, second);
            let root = simd.mul_add(simd.sqrt(v), correction, epsilon);
            simd.store(simd.mul_add(step, simd.div(m, root), simd.mul(x, kept)), parameter);
        }
    }
}

simd_kernel! {
    /// Stochastic gradient descent as PyTorch computes it: with g the clipped
    /// gradient plus the decayed share of x, m = b1 m + g, x = x - rate m.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn sgd<'a>(
        simd,
        update: Update,
        decay: Decay,
        gradients: &'a [Lanes],
        parameters: &'a mut [Lanes],
        first: &'a mut [Lanes],
    ) {
        assert!(gradients.len() == parameters.len() && first.len() == parameters.len());
        let clip = Clip::new(simd, update);
        let momentum = simd.splat(update.beta1);
        let rate = simd.splat(-update.learning_rate);
        let added = simd.splat(decay.factors(update).1);
        let (tiny, zero) = (simd.splat(1e-30), simd.zero());
        for ((gradient, parameter), first) in gradients.iter().zip(parameters).zip(first) {
            let x = simd.load(parameter);
            let g = simd.mul_add(x, added, clip.apply(simd, simd.load(gradient)));
            let m = simd.mul_add(simd.load(first), momentum, g);
            let m = simd.select(simd.less(simd.abs(m), tiny), zero, m);
            simd.store(m, first);
            simd.store(simd.mul_add(rate, m, x), parameter);
        }
    }
}

/// How the parameters of a piece decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// Not at all.
    None,
    /// Apart from the gradient: x is scaled down.
    Decoupled,
    /// As a part of the gradient: a share of x is added to it.
    InGradient,
}

impl Decay {
    /// The factor on x, and that with which x is added to its gradient.
    fn factors(self, update: Update) -> (f32, f32) {
        match self {
            Decay::None => (1.0, 0.0),
            Decay::Decoupled => (update.decay_factor, 0.0),
            Decay::InGradient => (1.0, update.gradient_decay),
        }
    }
}

impl Optimizer {
    /// The matrices of a tensor that are updated as such.
    fn matrix(self, tensor: &Tensor) -> Option<Matrix> {
        match (self, tensor.role, tensor.shape.as_slice()) {
            (Optimizer::AdamW | Optimizer::Adam | Optimizer::Sgd, _, _) => None,
            (Optimizer::Muon, Role::Weight, &[rows, columns]) => {
                Some(Matrix { stacked: 1, rows, columns })
            }
            (Optimizer::Muon, Role::ThreeWeights, &[rows, columns]) => {
                Some(Matrix { stacked: 3, rows: rows / 3, columns })
            }
            (Optimizer::Muon, _, _) => None,
        }
    }

    /// One update of what is no matrix, or is not updated as such.
    ///
    /// # Panics
    ///
    /// If the lengths of the slices differ.
    pub fn step(
        self,
        instruction_set: InstructionSet,
        update: Update,
        decays: bool,
        arenas: Arenas<'_>,
    ) {
        let Arenas { gradients, parameters, first, second } = arenas;
        let decay = |kind| if decays { kind } else { Decay::None };
        match self {
            Optimizer::AdamW | Optimizer::Muon => {
                let decay = decay(Decay::Decoupled);
                adam(instruction_set, update, decay, gradients, parameters, first, second);
            }
            Optimizer::Adam => {
                let decay = decay(Decay::InGradient);
                adam(instruction_set, update, decay, gradients, parameters, first, second);
            }
            Optimizer::Sgd => {
                sgd(
                    instruction_set,
                    update,
                    decay(Decay::InGradient),
                    gradients,
                    parameters,
                    first,
                );
            }
        }
    }
}

/// The same piece of each arena.
#[derive(Debug)]
pub struct Arenas<'a> {
    /// Gradients, before clipping; memory to work in.
    pub gradients: &'a mut [Lanes],
    /// Parameters.
    pub parameters: &'a mut [Lanes],
    /// First moments, or the momentum.
    pub first: &'a mut [Lanes],
    /// Second moments.
    pub second: &'a mut [Lanes],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::Clipping;
    use ninth_model::parameters::Initial;

    #[test]
    fn pieces_cover_the_arena_and_never_mix_what_decays() {
        let mut layout = Layout::default();
        let constant = || Initial::Constant(0.0);
        layout.add("a".into(), &[100, 100], Role::Weight, constant());
        layout.add("b".into(), &[100], Role::Bias, constant());
        layout.add("c".into(), &[3], Role::Norm, constant());
        layout.add("d".into(), &[1, 20], Role::Weight, constant());
        let pieces = ParameterGroup::cut(&layout, &OptimizerSettings::default());
        assert_eq!(pieces.iter().map(|piece| piece.lanes).sum::<usize>(), layout.lanes());
        let decays: Vec<bool> = pieces.iter().map(|piece| piece.decays).collect();
        assert_eq!(decays, [true, true, false, true]);
        assert_eq!(pieces[2].lanes, 7 + 1, "bias and norm together");
        let all = OptimizerSettings { decayed: Decayed::All, ..Default::default() };
        assert_eq!(ParameterGroup::cut(&layout, &all).len(), 2);

        layout.add("e".into(), &[21, 7], Role::ThreeWeights, constant());
        layout.add("f".into(), &[5, 7], Role::OuterWeight, constant());
        let muon = OptimizerSettings { kind: Optimizer::Muon, ..Default::default() };
        let pieces = ParameterGroup::cut(&layout, &muon);
        assert_eq!(pieces.iter().map(|piece| piece.lanes).sum::<usize>(), layout.lanes());
        let matrices: Vec<_> = pieces.iter().map(|piece| piece.matrix).collect();
        let matrix = |stacked, rows, columns| Some(Matrix { stacked, rows, columns });
        let expected = [matrix(1, 100, 100), None, matrix(1, 1, 20), matrix(3, 7, 7), None];
        assert_eq!(matrices, expected);
    }

    /// Five updates of one parameter by the plain formulas, in double precision.
    fn by_formula(settings: &OptimizerSettings, gradients: &[f64], rate: f64) -> f64 {
        let (mut x, mut m, mut v) = (2.0_f64, 0.0_f64, 0.0_f64);
        let (b1, b2, decay) = (settings.beta1, settings.beta2, settings.weight_decay);
        for (count, g) in (1..).zip(gradients) {
            let g = match settings.kind {
                Optimizer::AdamW | Optimizer::Muon => *g,
                Optimizer::Adam | Optimizer::Sgd => g + decay * x,
            };
            match settings.kind {
                Optimizer::Sgd => {
                    m = b1 * m + g;
                    x -= rate * m;
                }
                Optimizer::Adam | Optimizer::AdamW | Optimizer::Muon => {
                    if settings.kind != Optimizer::Adam {
                        x *= 1.0 - rate * decay;
                    }
                    m = b1 * m + (1.0 - b1) * g;
                    v = b2 * v + (1.0 - b2) * g * g;
                    let root = (v / (1.0 - b2.powi(count))).sqrt();
                    x -= rate * m / (1.0 - b1.powi(count)) / (root + settings.epsilon);
                }
            }
        }
        x
    }

    #[test]
    fn updates_agree_with_the_formulas() {
        // Clipped to half of their size, and to 0.15.
        let norm = ClippingSettings::default();
        let value =
            ClippingSettings { kind: Clipping::Value, max_value: 0.15, ..Default::default() };
        let raw = [0.2, 0.1, -0.05, -0.1, -0.2];
        for (clipping, gradients) in
            [(norm, raw.map(|g| 0.5 * g)), (value, raw.map(|g: f64| g.clamp(-0.15, 0.15)))]
        {
            for &kind in Optimizer::ALL {
                let weight_decay = 0.3;
                let settings = OptimizerSettings { kind, weight_decay, ..Default::default() };
                let expected = by_formula(&settings, &gradients, 0.01);
                for instruction_set in InstructionSet::available() {
                    let mut parameters = [Lanes::splat(2.0)];
                    let (mut first, mut second) = ([Lanes::ZERO], [Lanes::ZERO]);
                    for (count, g) in (1..).zip(raw) {
                        let update = settings.update(count, 0.01, &clipping, 2.0);
                        let arenas = Arenas {
                            gradients: &mut [Lanes::splat(g as f32)],
                            parameters: &mut parameters,
                            first: &mut first,
                            second: &mut second,
                        };
                        kind.step(instruction_set, update, true, arenas);
                    }
                    let got = f64::from(parameters[0].0[3]);
                    assert!((got - expected).abs() < 2e-6, "{kind:?}: {got} is not {expected}");
                }
            }
        }
    }

    #[test]
    fn moments_never_become_denormal() {
        let clipping = ClippingSettings::default();
        for &kind in Optimizer::ALL {
            let settings = OptimizerSettings { kind, ..Default::default() };
            let update = settings.update(1, 0.01, &clipping, 0.0);
            let (mut first, mut second) = ([Lanes::splat(1e-30)], [Lanes::splat(1e-30)]);
            let mut parameters = [Lanes::splat(1.0)];
            let arenas = Arenas {
                gradients: &mut [Lanes::ZERO],
                parameters: &mut parameters,
                first: &mut first,
                second: &mut second,
            };
            kind.step(InstructionSet::detect(), update, false, arenas);
            assert_eq!(first[0], Lanes::ZERO);
            assert_eq!(parameters[0], Lanes::splat(1.0));
        }
    }
}
