//! The stages of a pass through the model, in their order: functions of
//! `kernels/transformer.wgsl`, and how much work each has.

use ninth_model::Transformer;
use ninth_model::normalisation::Normalisation;

use crate::plan::{Plan, TEAM, THREADS};

/// The work of a stage on a block of rows, which several workgroups can share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// A matrix product with this number of columns.
    Product(usize),
    /// This number of independent elements per row.
    Elements(usize),
    /// Rows, each of them by a team of threads.
    Rows,
}

/// A stage of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PassStage {
    /// The name of its function.
    pub(crate) name: &'static str,
    pub(crate) work: Work,
}

impl PassStage {
    /// The number of workgroups that can share a block.
    pub(crate) fn shares(self, plan: &Plan) -> usize {
        let rows = plan.blocks.rows;
        match self.work {
            Work::Product(columns) => plan.tile.count(rows, columns),
            Work::Elements(per_row) => (rows * per_row).div_ceil(THREADS),
            Work::Rows => rows.div_ceil(THREADS / TEAM),
        }
    }
}

/// How often a section of a pass runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    Once,
    /// For each layer, from the first to the last.
    EachLayer,
    /// For each layer, from the last to the first.
    EachLayerBackward,
}

/// The stages of forward and backward pass: before the layers, of each layer, and after the
/// layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passes {
    pub(crate) before: Vec<PassStage>,
    pub(crate) layer: Vec<PassStage>,
    pub(crate) head: Vec<PassStage>,
    /// The stage for losses, and the one for losses with their gradients.
    pub(crate) losses: [PassStage; 2],
    pub(crate) head_backward: Vec<PassStage>,
    pub(crate) layer_backward: Vec<PassStage>,
    pub(crate) after_backward: Vec<PassStage>,
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
        let product = |name, columns| PassStage { name, work: Work::Product(columns) };
        let elements = |name, per_row| PassStage { name, work: Work::Elements(per_row) };
        let rows = |name| PassStage { name, work: Work::Rows };
        let chosen = |stages: &[(bool, PassStage)]| -> Vec<PassStage> {
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

    /// All stages, each once.
    pub(crate) fn all(&self) -> impl Iterator<Item = &PassStage> {
        let forward = self.before.iter().chain(&self.layer).chain(&self.head);
        let backward = self.head_backward.iter().chain(&self.layer_backward);
        forward.chain(&self.losses).chain(backward).chain(&self.after_backward)
    }

    /// The sections of a pass that trains or only evaluates, in their order, without empty ones.
    pub(crate) fn sections(&self, training: bool) -> Vec<(Repeat, &[PassStage])> {
        let losses = std::slice::from_ref(&self.losses[usize::from(training)]);
        let mut sections: Vec<(Repeat, &[PassStage])> = vec![
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

    /// All stages, each with its layer, in the order of a pass that trains or only evaluates.
    pub(crate) fn in_order(&self, layers: usize, training: bool) -> Vec<(PassStage, usize)> {
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
