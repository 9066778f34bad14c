//! The first of several processes that train together.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ninth_training::engine::ranked::{Leader, StartError};
use ninth_training::engine::ranks::Ranks;
use ninth_training::{Config, CpuEngine, Engine};

use crate::error::Error;
use crate::notice::warning;

/// Rank 0 of several processes, for one training.
#[derive(Clone)]
pub struct RankZero(Arc<Mutex<Option<Leader>>>);

impl RankZero {
    /// Rank 0 of these. The others [follow](ninth_training::engine::ranked::follow).
    pub fn new(ranks: Box<dyn Ranks>) -> Self {
        RankZero(Arc::new(Mutex::new(Some(Leader::new(ranks)))))
    }

    /// The engine of a training, on `threads` threads of this process.
    pub(super) fn start(&self, config: &Config, threads: usize) -> Result<Box<dyn Engine>, Error> {
        let leader = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let leader = leader.ok_or_else(|| {
            Error::Device("these ranks have had their training; they do one".to_string())
        })?;
        let size = leader.size();
        if size == 1 {
            warning(
                "this is the only rank; if mpirun started several, it is not of the MPI that this \
                 program was built with",
            );
            return Ok(Box::new(CpuEngine::new(config, threads)?));
        }
        let engine = leader.start(config, threads).map_err(|error| match error {
            StartError::Config(error) => Error::Config(error),
            StartError::Engine(error) => Error::Engine(error),
        })?;
        let at_work = engine.at_work();
        if at_work < size {
            warning(&format!(
                "only {at_work} of {size} ranks have something to do: a batch of {} sequences is \
                 cut into {at_work} parts",
                config.training.batch_size
            ));
        }
        Ok(Box::new(engine))
    }
}

impl PartialEq for RankZero {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for RankZero {}

impl fmt::Debug for RankZero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RankZero").finish_non_exhaustive()
    }
}
