//! The processes that `mpirun` or `srun` started, in a build with MPI.

use ninth_mpi::Asked;

use crate::error::Error;

pub use ninth_mpi::World;

/// Joins the other processes. `asked` says whether a signal asked this one to stop.
///
/// # Errors
///
/// If MPI cannot be started.
pub fn join(asked: Asked) -> Result<World, Error> {
    Ok(World::join(asked)?)
}
