//! Engines run the steps of a training.
//!
//! The trainer knows only the trait [`Engine`]. An engine holds the weights and the optimizer's
//! moments in its own memory, which may be that of another device.

pub mod comparison;
mod cpu;
mod device_info;
pub mod ranked;
pub mod ranks;

use ninth_kernels::Lanes;
use ninth_model::batch::Chunk;
use ninth_model::{Batch, Layout};

pub use cpu::CpuEngine;
pub use device_info::DeviceInfo;

/// Fills a chunk of a batch, given its index. Drawing sequences takes a tenth of
/// the time of a small model's step, so the thread that trains on a chunk also fills it.
pub type Fill<'a> = &'a (dyn Fn(usize, &mut Chunk) + Sync);

/// Runs training steps and evaluations of one model.
pub trait Engine {
    /// A description to display: `cpu (AVX2, 2 threads)`.
    fn description(&self) -> String;

    /// One step: forward, loss, backward, clipping, update. The content of the batch is
    /// overwritten: `fill` is called once for each of its chunks, from any thread. An engine may
    /// return before the step is done; [`statistics`](Self::statistics) waits for all steps.
    ///
    /// # Errors
    ///
    /// If the device is lost or out of memory, or the loss or a gradient of this step or of an
    /// earlier one is NaN or infinite: the weights are then those before that step.
    fn train_step(
        &mut self,
        batch: &mut Batch,
        fill: Fill<'_>,
        learning_rate: f64,
    ) -> Result<(), EngineError>;

    /// The gradients of a batch's loss, in the layout of the model, and the loss; nothing is
    /// updated. For comparing engines.
    ///
    /// # Errors
    ///
    /// If the device is lost or out of memory.
    fn gradients(&mut self, batch: &mut Batch) -> Result<(Vec<Lanes>, f64), EngineError>;

    /// Sums over the steps since the last call.
    ///
    /// # Errors
    ///
    /// If the device is lost or out of memory, or a step gave NaN or infinity that was not
    /// reported yet.
    fn statistics(&mut self) -> Result<Statistics, EngineError>;

    /// Predictions and losses of a batch.
    ///
    /// # Errors
    ///
    /// If the device is lost or out of memory.
    fn evaluate(&mut self, batch: &Batch) -> Result<Evaluation, EngineError>;

    /// The weights, in the layout of the model.
    ///
    /// # Errors
    ///
    /// If the device is lost.
    fn parameters(&mut self) -> Result<Vec<Lanes>, EngineError>;

    /// Everything that the next step and the next [`statistics`](Self::statistics) depend on.
    ///
    /// # Errors
    ///
    /// If the device is lost.
    fn state(&mut self) -> Result<EngineState, EngineError>;

    /// Replaces the state by another one of the same model.
    ///
    /// # Errors
    ///
    /// If the device is lost, or the state is of another model.
    fn restore(&mut self, state: EngineState) -> Result<(), EngineError>;
}

/// Why an engine cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// A state whose arenas have another size.
    #[error("the state of another model: {found} lanes of parameters, expected {expected}")]
    OtherModel {
        /// Lanes of the state.
        found: usize,
        /// Lanes of the model.
        expected: usize,
    },
    /// The loss or a gradient is NaN or infinite. Nothing was updated since.
    #[error("the loss is {loss} and the norm of its gradients {gradient_norm}")]
    NotFinite {
        /// The loss of the step.
        loss: f64,
        /// The norm of the gradients.
        gradient_norm: f64,
        /// Steps that were begun after it, before it was known.
        after: u64,
    },
    /// The device, its driver or its memory failed.
    #[error("{0}")]
    Device(String),
    /// Another rank of the training ended or does not answer. The state of this one is that after
    /// its last step.
    #[error("{0}")]
    Lost(String),
}

/// Parameters, optimizer moments and running sums; the arenas have the layout of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineState {
    /// The weights.
    pub parameters: Vec<Lanes>,
    /// First moment: running mean of the gradients, or the momentum.
    pub first_moment: Vec<Lanes>,
    /// Second moment: running mean of their squares.
    pub second_moment: Vec<Lanes>,
    /// Updates so far.
    pub updates: u64,
    /// Sums over the steps since they were last asked for.
    pub statistics: Statistics,
}

impl EngineState {
    /// Checks that the arenas have the size of this layout.
    ///
    /// # Errors
    ///
    /// If they do not.
    pub fn check(&self, layout: &Layout) -> Result<(), EngineError> {
        let expected = layout.lanes();
        for arena in [&self.parameters, &self.first_moment, &self.second_moment] {
            if arena.len() != expected {
                return Err(EngineError::OtherModel { found: arena.len(), expected });
            }
        }
        Ok(())
    }
}

/// Sums over some training steps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// The number of steps.
    pub steps: u64,
    /// Sum of the batches' losses.
    pub loss: f64,
    /// Sum of the gradients' norms before clipping.
    pub gradient_norm: f64,
    /// Right predictions of the term after a full context.
    pub last_correct: u64,
    /// All predictions of the term after a full context.
    pub last_scored: u64,
}

impl Statistics {
    /// Adds those of other steps.
    pub fn add(&mut self, other: &Statistics) {
        self.steps += other.steps;
        self.loss += other.loss;
        self.gradient_norm += other.gradient_norm;
        self.last_correct += other.last_correct;
        self.last_scored += other.last_scored;
    }

    /// Mean loss per step.
    pub fn mean_loss(&self) -> f64 {
        self.loss / self.steps.max(1) as f64
    }

    /// Mean norm of the gradients.
    pub fn mean_gradient_norm(&self) -> f64 {
        self.gradient_norm / self.steps.max(1) as f64
    }

    /// Share of right predictions after a full context; `None` without any.
    pub fn last_accuracy(&self) -> Option<f64> {
        (self.last_scored > 0).then(|| self.last_correct as f64 / self.last_scored as f64)
    }
}

/// Predictions and losses of a batch, `[B][T]`, sequence by sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// T
    pub context: usize,
    /// The most likely class.
    pub predicted: Vec<u16>,
    /// -ln of the target's probability; undefined at positions that are not scored.
    pub cross_entropy: Vec<f32>,
    /// The contribution of the position to the loss of its sequence.
    pub loss: Vec<f32>,
}
