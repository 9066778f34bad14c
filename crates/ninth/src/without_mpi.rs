//! The same in a build without MPI: there are no other processes.

use ninth_kernels::Lanes;
use ninth_training::engine::EngineError;
use ninth_training::engine::ranks::{Parts, Ranks, Round};

use crate::error::Error;

/// The other processes: there are none.
pub enum NoWorld {}

pub use NoWorld as World;

impl World {
    /// Sends a message.
    pub fn send(&mut self, _to: usize, _bytes: Vec<u8>) -> Result<(), EngineError> {
        match *self {}
    }

    /// The sender and the bytes of a message that has arrived.
    pub fn mail(&mut self) -> Result<Option<(usize, Vec<u8>)>, EngineError> {
        match *self {}
    }

    /// Ends without a common end.
    pub fn leave(&mut self, _others: &[usize]) {
        match *self {}
    }
}

/// Fails, and names the command that builds MPI in.
pub fn join(_asked: Box<dyn Fn() -> bool + Send>) -> Result<World, Error> {
    Err(Error::Device(
        "this program was built without MPI; `cargo build --release --features mpi` builds one \
         with it, where there are an MPI, such as Open MPI, and a C compiler"
            .to_string(),
    ))
}

impl Ranks for World {
    fn rank(&self) -> usize {
        match *self {}
    }

    fn size(&self) -> usize {
        match *self {}
    }

    fn broadcast(&mut self, _: Vec<u8>) -> Result<Vec<u8>, EngineError> {
        match *self {}
    }

    fn gather(&mut self, _: Vec<u8>, _: &[usize]) -> Result<Vec<u8>, EngineError> {
        match *self {}
    }

    fn gather_lanes(
        &mut self,
        _: Vec<Lanes>,
        _: Vec<Lanes>,
        _: &Parts,
    ) -> Result<[Vec<Lanes>; 2], EngineError> {
        match *self {}
    }

    fn exchange(&mut self, _: Vec<Round>) -> Result<Vec<Round>, EngineError> {
        match *self {}
    }
}
