//! Naive generation: a forward pass over the whole window for every term, with the code
//! of training. Slow, and the reference for the cache.

use ninth_kernels::{InstructionSet, LANES};

use crate::attention::AttentionWeights;
use crate::{Batch, LayerContext, Loss, LossOutput, LossSettings, Transformer, Workspace};

/// A model that predicts the term after a window of up to T terms, without a cache.
#[derive(Debug)]
pub struct Windows<'m> {
    instruction_set: InstructionSet,
    model: &'m Transformer,
    parameters: &'m [f32],
    workspace: Workspace,
}

impl<'m> Windows<'m> {
    /// Allocates the memory for a model, given its parameters.
    pub fn new(
        instruction_set: InstructionSet,
        model: &'m Transformer,
        parameters: &'m [f32],
    ) -> Self {
        Windows { instruction_set, model, parameters, workspace: Workspace::new(model) }
    }

    /// The logits of the term after the last T of `history` (or the one number of a
    /// regression).
    pub fn logits(&mut self, history: &[u16]) -> Vec<f32> {
        let window = self.window(history);
        let mut batch = Batch::new(self.model.architecture().context(), 1);
        batch.set(0, window.iter().copied());
        let layer_context =
            LayerContext { instruction_set: self.instruction_set, parameters: self.parameters };
        let position = window.len().saturating_sub(1);
        let logits =
            self.model.logits(layer_context, &batch.chunks()[0], position, &mut self.workspace);
        logits.iter().map(|class| class.0[0]).collect()
    }

    /// Where each of the last T of `history` looks, with the code of training.
    pub fn attention(&mut self, history: &[u16]) -> AttentionWeights {
        let window = self.window(history);
        let mut batch = Batch::new(self.model.architecture().context(), 1);
        batch.set(0, window.iter().copied());
        let layer_context =
            LayerContext { instruction_set: self.instruction_set, parameters: self.parameters };
        let chunk = &batch.chunks()[0];
        self.model.attention(layer_context, chunk, window.len(), &mut self.workspace)
    }

    /// The most likely class at each of the indices `ends` of a sequence, given those before
    /// it: sixteen windows at a time.
    pub fn predict(&mut self, sequence: &[u16], ends: &[usize]) -> Vec<u16> {
        let context = self.model.architecture().context();
        let layer_context =
            LayerContext { instruction_set: self.instruction_set, parameters: self.parameters };
        // Only the predictions are used, which do not depend on the settings.
        let loss = Loss::new(&LossSettings::default(), self.model.architecture());
        let mut losses = LossOutput::new(context);
        let mut predicted = Vec::with_capacity(ends.len());
        for ends in ends.chunks(LANES) {
            let mut batch = Batch::new(context, ends.len());
            for (lane, &end) in ends.iter().enumerate() {
                batch.set(lane, self.window(&sequence[..end]).iter().copied());
            }
            let chunk = &batch.chunks()[0];
            self.model.evaluate(layer_context, &loss, chunk, &mut self.workspace, &mut losses);
            predicted.extend(
                ends.iter()
                    .enumerate()
                    .map(|(lane, &end)| losses.predicted[end.clamp(1, context) - 1][lane]),
            );
        }
        predicted
    }

    /// The last T of a history.
    fn window<'h>(&self, history: &'h [u16]) -> &'h [u16] {
        &history[history.len().saturating_sub(self.model.architecture().context())..]
    }
}
