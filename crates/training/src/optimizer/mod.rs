//! The optimizer: how gradients become updates.
//!
//! [`OptimizerSettings::coefficients`] turns the learning rate of a step into the numbers of
//! an update; [`ParameterGroup::apply`] applies them to a group of parameters by the rule that
//! was chosen: [`adam::step`], [`sgd::step`] or [`muon::step`].

pub mod adam;
pub mod muon;
pub mod sgd;
pub mod update;

use ninth_kernels::InstructionSet;
use ninth_model::parameters::{Layout, Role, Tensor};

use crate::clipping::ClippingSettings;
use crate::optimizer::muon::Matrix;
use crate::optimizer::update::{Arenas, Decay, UpdateCoefficients};

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
        /// share of a weight that is taken off per unit of learning rate; with adam or sgd, whose decay is a part of the gradient, 0 unless it is given
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

impl OptimizerSettings {
    /// The numbers of an update: the `number`-th, counted from 1, for gradients whose norm
    /// before clipping is `norm`.
    pub fn coefficients(
        &self,
        number: u64,
        learning_rate: f64,
        clipping: &ClippingSettings,
        norm: f64,
    ) -> UpdateCoefficients {
        let first = 1.0 - libm::pow(self.beta1, number as f64);
        let second = 1.0 - libm::pow(self.beta2, number as f64);
        UpdateCoefficients {
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

/// Consecutive lanes of the arenas that are updated together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterGroup {
    /// The number of lanes.
    pub lanes: usize,
    /// Whether its parameters decay.
    pub decays: bool,
    /// The matrix or stacked matrices that the group consists of, if the rule updates whole
    /// matrices.
    pub matrix: Option<Matrix>,
}

impl ParameterGroup {
    /// Lanes of the largest group that is no matrix, 32 KB per arena: enough work to hand to a
    /// thread, little enough to distribute evenly.
    const LARGEST: usize = 512;

    /// Cuts the arenas of a layout into groups, in their order. The cut decides in
    /// which order the squares of the norm are added up, so it must not depend on the number
    /// of threads.
    pub fn cut(layout: &Layout, settings: &OptimizerSettings) -> Vec<ParameterGroup> {
        let mut groups: Vec<ParameterGroup> = Vec::new();
        for tensor in layout.tensors() {
            let decays = settings.decays(tensor.role);
            let mut rest = ninth_kernels::columns_for(tensor.span.len);
            if let Some(matrix) = settings.kind.matrix(tensor) {
                groups.push(ParameterGroup { lanes: rest, decays, matrix: Some(matrix) });
                continue;
            }
            let fits = |group: &ParameterGroup| {
                group.matrix.is_none() && group.decays == decays && group.lanes < Self::LARGEST
            };
            while rest > 0 {
                let room = match groups.last_mut() {
                    Some(last) if fits(last) => last,
                    _ => {
                        groups.push(ParameterGroup { lanes: 0, decays, matrix: None });
                        continue;
                    }
                };
                let taken = rest.min(Self::LARGEST - room.lanes);
                room.lanes += taken;
                rest -= taken;
            }
        }
        groups
    }

    /// Updates the group's parameters and moments in place; the gradients are overwritten.
    ///
    /// # Panics
    ///
    /// If the lengths of the slices differ, or the workspace was not made for this group.
    pub fn apply(
        &self,
        rule: Optimizer,
        instruction_set: InstructionSet,
        coefficients: UpdateCoefficients,
        arenas: Arenas<'_>,
        workspace: &mut muon::MuonWorkspace,
    ) {
        let decay = if self.decays { rule.decay() } else { Decay::None };
        if let Some(matrix) = self.matrix {
            return muon::step(instruction_set, coefficients, decay, matrix, arenas, workspace);
        }
        let Arenas { gradients, parameters, first, second } = arenas;
        match rule {
            Optimizer::AdamW | Optimizer::Adam | Optimizer::Muon => adam::step(
                instruction_set,
                coefficients,
                decay,
                gradients,
                parameters,
                first,
                second,
            ),
            Optimizer::Sgd => {
                sgd::step(instruction_set, coefficients, decay, gradients, parameters, first);
            }
        }
    }
}

impl Optimizer {
    /// How it decays the parameters that decay.
    pub fn decay(self) -> Decay {
        match self {
            Optimizer::AdamW | Optimizer::Muon => Decay::Decoupled,
            Optimizer::Adam | Optimizer::Sgd => Decay::InGradient,
        }
    }

    /// The matrices of a tensor, if this rule updates whole matrices.
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::Clipping;
    use ninth_kernels::Lanes;
    use ninth_model::Memory;
    use ninth_model::parameters::Initial;

    /// One lane that is no matrix.
    fn group(decays: bool) -> ParameterGroup {
        ParameterGroup { lanes: 1, decays, matrix: None }
    }

    fn workspace() -> muon::MuonWorkspace {
        muon::MuonWorkspace::new(&mut Memory::for_use(), std::iter::empty())
    }

    #[test]
    fn groups_cover_the_arena_and_never_mix_what_decays() {
        let mut layout = Layout::default();
        let constant = || Initial::Constant(0.0);
        layout.add("a".into(), &[100, 100], Role::Weight, constant());
        layout.add("b".into(), &[100], Role::Bias, constant());
        layout.add("c".into(), &[3], Role::Norm, constant());
        layout.add("d".into(), &[1, 20], Role::Weight, constant());
        let groups = ParameterGroup::cut(&layout, &OptimizerSettings::default());
        assert_eq!(groups.iter().map(|group| group.lanes).sum::<usize>(), layout.lanes());
        let decays: Vec<bool> = groups.iter().map(|group| group.decays).collect();
        assert_eq!(decays, [true, true, false, true]);
        assert_eq!(groups[2].lanes, 7 + 1, "bias and norm together");
        let all = OptimizerSettings { decayed: Decayed::All, ..Default::default() };
        assert_eq!(ParameterGroup::cut(&layout, &all).len(), 2);

        layout.add("e".into(), &[21, 7], Role::ThreeWeights, constant());
        layout.add("f".into(), &[5, 7], Role::OuterWeight, constant());
        let muon = OptimizerSettings { kind: Optimizer::Muon, ..Default::default() };
        let groups = ParameterGroup::cut(&layout, &muon);
        assert_eq!(groups.iter().map(|group| group.lanes).sum::<usize>(), layout.lanes());
        let matrices: Vec<_> = groups.iter().map(|group| group.matrix).collect();
        let matrix = |stacked, rows, columns| Some(Matrix { stacked, rows, columns });
        let expected = [matrix(1, 100, 100), None, matrix(1, 1, 20), matrix(3, 7, 7), None];
        assert_eq!(matrices, expected);
    }

    /// Five updates of one parameter by the formulas, in double precision.
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
                        let coefficients = settings.coefficients(count, 0.01, &clipping, 2.0);
                        let arenas = Arenas {
                            gradients: &mut [Lanes::splat(g as f32)],
                            parameters: &mut parameters,
                            first: &mut first,
                            second: &mut second,
                        };
                        group(true).apply(
                            kind,
                            instruction_set,
                            coefficients,
                            arenas,
                            &mut workspace(),
                        );
                    }
                    let got = f64::from(parameters[0].0[3]);
                    assert!((got - expected).abs() < 2e-6, "{kind:?}: {got} is not {expected}");
                }
            }
        }
    }

    #[test]
    fn moments_never_become_subnormal() {
        let clipping = ClippingSettings::default();
        for &kind in Optimizer::ALL {
            let settings = OptimizerSettings { kind, ..Default::default() };
            let coefficients = settings.coefficients(1, 0.01, &clipping, 0.0);
            let (mut first, mut second) = ([Lanes::splat(1e-30)], [Lanes::splat(1e-30)]);
            let mut parameters = [Lanes::splat(1.0)];
            let arenas = Arenas {
                gradients: &mut [Lanes::ZERO],
                parameters: &mut parameters,
                first: &mut first,
                second: &mut second,
            };
            let instruction_set = InstructionSet::detect();
            group(false).apply(kind, instruction_set, coefficients, arenas, &mut workspace());
            assert_eq!(first[0], Lanes::ZERO);
            assert_eq!(parameters[0], Lanes::splat(1.0));
        }
    }
}
