//! MPI for ninth: the ranks of one training, and messages for handing out whole trainings.
//!
//! A [`World`] is this process among those that `mpirun` or `srun` started together. All calls of
//! MPI are made by one thread of its own, and the caller waits for its answers with some patience:
//! a rank that was killed leaves the others in a call that never returns, and they have to be able
//! to write a checkpoint nevertheless.
//!
//! | file | what it holds |
//! |---|---|
//! | `world` | the processes, and the collectives of a training |
//! | `post` | messages to single ranks |
//! | `waiting` | how long to wait for an answer, and how |

#![forbid(unsafe_code)]

mod post;
mod waiting;
mod world;

pub use waiting::Asked;
pub use world::World;
