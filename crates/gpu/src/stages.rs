//! The stages of a pass through the model, in their order: names of functions in
//! `kernels/transformer.wgsl`, and how much there is to do in each.

use ninth_model::Transformer;
use ninth_model::normalisation::Normalisation;

use crate::plan::{Plan, TEAM, THREADS};

/// How the work of a stage on a block of rows can be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// A matrix product with so many columns.
    Product(usize),
    /// So many numbers per row, each for itself.
    Elements(usize),
    /// Rows, each by a team of threads.
    Rows,
}

/// A stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stage {
    /// The function.
    pub(crate) name: &'static str,
    pub(crate) work: Work,
}

impl Stage {
    /// Workgroups that can share a block.
    pub(crate) fn shares(self, plan: &Plan) -> usize {
        let rows = plan.block_rows();
        match self.work {
            Work::Product(columns) => plan.tile.count(rows, columns),
            Work::Elements(per_row) => (rows * per_row).div_ceil(THREADS),
            Work::Rows => rows.div_ceil(THREADS / TEAM),
        }
    }
}

/// How often a part of a pass is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    Once,
    /// For each layer.
    EachLayer,
    /// For each layer, the last one first.
    EachLayerBackward,
}

/// A pass: stages before all layers, those of each layer, and those after all layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passes {
    pub(crate) before: Vec<Stage>,
    pub(crate) layer: Vec<Stage>,
    pub(crate) head: Vec<Stage>,
    /// The losses alone, or with their gradients.
    pub(crate) losses: [Stage; 2],
    pub(crate) head_backward: Vec<Stage>,
    /// Of each layer, the last layer first.
    pub(crate) layer_backward: Vec<Stage>,
    pub(crate) after_backward: Vec<Stage>,
}

impl Passes {
    /// The stages of a model.
    pub(crate) fn of(model: &Transformer) -> Self {
        let architecture = model.architecture();
        let settings = architecture.model();
        let (c, f, h) = (settings.d_model, settings.feed_forward, settings.heads);
        let e = architecture.embedding_width();
        let pre = settings.normalisation == Normalisation::Pre;
        let post = settings.normalisation == Normalisation::Post;
        let dropout = model.dropout().is_some();
        let projected = model.embedding.projection().is_some();
        let product = |name, columns| Stage { name, work: Work::Product(columns) };
        let elements = |name, per_row| Stage { name, work: Work::Elements(per_row) };
        let rows = |name| Stage { name, work: Work::Rows };
        let chosen = |stages: &[(bool, Stage)]| -> Vec<Stage> {
            stages.iter().filter(|(needed, _)| *needed).map(|(_, stage)| *stage).collect()
        };
        Passes {
            before: chosen(&[
                (true, elements("embedding_features_forward", e)),
                (projected, product("embedding_projection_forward", c)),
            ]),
            layer: chosen(&[
                (pre, rows("attention_norm_before_forward")),
                (true, product("attention_input_forward", 3 * c)),
                (true, elements("attention_weights_forward", h)),
                (true, elements("attention_values_forward", c)),
                (true, product("attention_output_forward", c)),
                (post, rows("attention_norm_after_forward")),
                (pre, rows("feed_forward_norm_before_forward")),
                (true, product("feed_forward_input_forward", f)),
                (true, product("feed_forward_output_forward", c)),
                (post, rows("feed_forward_norm_after_forward")),
            ]),
            head: chosen(&[
                (pre, rows("final_norm_forward")),
                (true, product("head_forward", model.head.outputs)),
            ]),
            losses: [rows("losses"), rows("losses_and_gradients")],
            head_backward: chosen(&[
                (true, product("head_backward", c)),
                (pre, rows("final_norm_backward")),
            ]),
            layer_backward: chosen(&[
                (post, rows("feed_forward_norm_after_backward")),
                (dropout, elements("feed_forward_dropout_backward", c)),
                (true, product("feed_forward_output_backward", f)),
                (true, product("feed_forward_input_backward", c)),
                (pre, rows("feed_forward_norm_before_backward")),
                (post, rows("attention_norm_after_backward")),
                (dropout, elements("attention_dropout_backward", c)),
                (true, product("attention_output_backward", c)),
                (true, elements("attention_weights_backward", h)),
                (true, elements("attention_values_backward", c)),
                (true, product("attention_input_backward", c)),
                (pre, rows("attention_norm_before_backward")),
            ]),
            after_backward: chosen(&[(
                projected && model.embedding.learns(),
                product("embedding_projection_backward", e),
            )]),
        }
    }

    /// All stages there are, each once.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Stage> {
        let forward = self.before.iter().chain(&self.layer).chain(&self.head);
        let backward = self.head_backward.iter().chain(&self.layer_backward);
        forward.chain(&self.losses).chain(backward).chain(&self.after_backward)
    }

    /// The parts of a pass that only evaluates, or of one that trains, in their order, none
    /// of them empty.
    pub(crate) fn sections(&self, training: bool) -> Vec<(Repeat, &[Stage])> {
        let losses = std::slice::from_ref(&self.losses[usize::from(training)]);
        let mut sections: Vec<(Repeat, &[Stage])> = vec![
            (Repeat::Once, &self.before),
            (Repeat::EachLayer, &self.layer),
            (Repeat::Once, &self.head),
            (Repeat::Once, losses),
        ];
        if training {
            sections.extend([
                (Repeat::Once, self.head_backward.as_slice()),
                (Repeat::EachLayerBackward, &self.layer_backward),
                (Repeat::Once, &self.after_backward),
            ]);
        }
        sections.retain(|(_, stages)| !stages.is_empty());
        sections
    }

    /// All stages, each with the layer it is for, in the order of a pass that only
    /// evaluates, or of one that trains.
    pub(crate) fn in_order(&self, layers: usize, training: bool) -> Vec<(Stage, usize)> {
        let mut all = Vec::new();
        for (repeat, stages) in self.sections(training) {
            let layers: Vec<usize> = match repeat {
                Repeat::Once => vec![0],
                Repeat::EachLayer => (0..layers).collect(),
                Repeat::EachLayerBackward => (0..layers).rev().collect(),
            };
            for layer in layers {
                all.extend(stages.iter().map(|stage| (*stage, layer)));
            }
        }
        all
    }
}
