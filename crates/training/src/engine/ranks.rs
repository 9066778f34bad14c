//! The processes of one training: what an engine on several machines needs of them.

use std::ops::Range;
use std::sync::Arc;

use ninth_kernels::Lanes;

use super::EngineError;

/// The part of an arena that belongs to each rank, in lanes.
pub type Parts = Arc<[Range<usize>]>;

/// The processes of one training, numbered from 0: the collectives of MPI that it needs. All
/// ranks make the same calls in the same order.
///
/// Buffers are given away and come back with the result. Should a rank be lost, the call fails
/// while the system may still hold them.
///
/// # Errors
///
/// All methods fail with [`EngineError::Lost`] if another rank ended or does not answer.
pub trait Ranks: Send {
    /// The number of this process.
    fn rank(&self) -> usize;

    /// The number of processes.
    fn size(&self) -> usize;

    /// Rank 0 gives bytes to all others, which pass a buffer of the same length.
    fn broadcast(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, EngineError>;

    /// Each rank gives its bytes to all; the result has them in the order of the ranks. `lengths`
    /// are those of all ranks.
    fn gather(&mut self, bytes: Vec<u8>, lengths: &[usize]) -> Result<Vec<u8>, EngineError>;

    /// Each rank gives the first lanes of `send` to all, as many as its part of `receive` has,
    /// where they arrive.
    fn gather_lanes(
        &mut self,
        send: Vec<Lanes>,
        receive: Vec<Lanes>,
        parts: &Parts,
    ) -> Result<[Vec<Lanes>; 2], EngineError>;

    /// Several rounds, which may overlap. The buffers come back in their order.
    fn exchange(&mut self, rounds: Vec<Round>) -> Result<Vec<Round>, EngineError>;
}

/// A round of an exchange: rank `r` gets the part `r` of `send`; what rank `r` sent arrives in the
/// part `r` of `receive`. Parts may be empty.
#[derive(Clone, Debug)]
pub struct Round {
    /// What this rank sends.
    pub send: Vec<Lanes>,
    /// The part of it for each rank.
    pub sent: Parts,
    /// Where the others' arrives.
    pub receive: Vec<Lanes>,
    /// The part of it from each rank.
    pub received: Parts,
}
