//! Naive generation: the whole window goes through the model for every term,
//! with the same code as in training. Slow, and the reference for the cache.

use ninth_kernels::Level;

use crate::{Batch, Pass, Transformer, Workspace};

/// The logits of the term after `history`, of which the last T are seen.
pub fn logits(
    level: Level,
    model: &Transformer,
    parameters: &[f32],
    workspace: &mut Workspace,
    history: &[u16],
) -> Vec<f32> {
    let context = model.architecture().context();
    let window = &history[history.len().saturating_sub(context)..];
    let mut batch = Batch::new(context, 1);
    batch.set(0, window.iter().copied());
    let pass = Pass { level, parameters };
    let position = window.len().saturating_sub(1);
    let logits = model.logits(pass, &batch.chunks()[0], position, workspace);
    logits.iter().map(|class| class.0[0]).collect()
}
