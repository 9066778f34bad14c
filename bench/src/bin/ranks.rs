//! The cost of a training step on several ranks: computation and exchange apart.
//!
//! Usage: `mpirun -n N ranks MODEL:BATCH[:STEPS] [THREADS]`, as in `mpirun -n 4 ranks strong:256`.
//!
//! Before each exchange the ranks wait for each other, so that what a rank waits for slower ones
//! is not taken for the cost of the exchange. The figures are those of rank 0, per step.

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use ninth_bench::training::{LEARNING_RATE, Size, batches};
use ninth_bench::{Failure, ended};
use ninth_kernels::Lanes;
use ninth_mpi::World;
use ninth_training::Engine;
use ninth_training::engine::EngineError;
use ninth_training::engine::ranked::{Leader, follow};
use ninth_training::engine::ranks::{Parts, Ranks, Round};

/// Steps that are not timed.
const WARM_UP: u32 = 3;

/// Seconds in the exchanges.
#[derive(Clone, Copy, Default)]
struct Spent {
    /// Until all ranks had come.
    waiting: f64,
    /// The batch.
    broadcast: f64,
    /// The pieces of the gradients.
    exchange: f64,
    /// Their sums, and the statistics.
    gather: f64,
}

/// Ranks whose exchanges are timed.
struct Timed {
    world: World,
    spent: Arc<Mutex<Spent>>,
}

impl Timed {
    fn time<T>(
        &mut self,
        work: impl FnOnce(&mut World) -> Result<T, EngineError>,
        place: impl FnOnce(&mut Spent) -> &mut f64,
    ) -> Result<T, EngineError> {
        let began = Instant::now();
        let nothing = vec![0; self.world.size()];
        self.world.gather(Vec::new(), &nothing)?;
        let waited = began.elapsed();
        let done = work(&mut self.world)?;
        let took = began.elapsed() - waited;
        let mut spent =
            self.spent.lock().map_err(|error| EngineError::Device(error.to_string()))?;
        spent.waiting += waited.as_secs_f64();
        *place(&mut spent) += took.as_secs_f64();
        Ok(done)
    }
}

impl Ranks for Timed {
    fn rank(&self) -> usize {
        self.world.rank()
    }

    fn size(&self) -> usize {
        self.world.size()
    }

    fn broadcast(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, EngineError> {
        self.time(|world| world.broadcast(bytes), |spent| &mut spent.broadcast)
    }

    fn gather(&mut self, bytes: Vec<u8>, lengths: &[usize]) -> Result<Vec<u8>, EngineError> {
        self.time(|world| world.gather(bytes, lengths), |spent| &mut spent.gather)
    }

    fn gather_lanes(
        &mut self,
        send: Vec<Lanes>,
        receive: Vec<Lanes>,
        parts: &Parts,
    ) -> Result<[Vec<Lanes>; 2], EngineError> {
        self.time(|world| world.gather_lanes(send, receive, parts), |spent| &mut spent.gather)
    }

    fn exchange(&mut self, rounds: Vec<Round>) -> Result<Vec<Round>, EngineError> {
        self.time(|world| world.exchange(rounds), |spent| &mut spent.exchange)
    }
}

fn main() -> ExitCode {
    ended(run())
}

fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let size = arguments.next().ok_or("which model and batch? As in strong:256")?;
    let threads: usize = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let mut words = size.split(':');
    let name: Size = words.next().unwrap_or_default().parse()?;
    let sequences: usize = words.next().ok_or("how large a batch? As in strong:256")?.parse()?;
    let steps: u32 = words.next().map_or(Ok(50), |text| text.parse())?;
    let config = name.config(sequences)?;

    let world = World::join(Box::new(|| false))?;
    let (rank, ranks) = (world.rank(), world.size());
    let spent = Arc::new(Mutex::new(Spent::default()));
    let timed = Box::new(Timed { world, spent: Arc::clone(&spent) });
    if rank != 0 {
        return Ok(follow(timed, threads)?);
    }
    let mut engine = Leader::new(timed).start(&config, threads)?;
    let mut batch = batches(&config, 1)?.remove(0);
    let one_step = |engine: &mut dyn Engine, batch: &mut _, steps: u32| -> Result<f64, Failure> {
        let began = Instant::now();
        for _ in 0..steps {
            engine.train_step(batch, &|_, _| {}, LEARNING_RATE)?;
        }
        Ok(began.elapsed().as_secs_f64())
    };
    one_step(&mut engine, &mut batch, WARM_UP)?;
    let lock = || spent.lock().map_err(|error| error.to_string());
    *lock()? = Spent::default();
    let took = one_step(&mut engine, &mut batch, steps)?;
    let Spent { waiting, broadcast, exchange, gather } = *lock()?;
    let computing = took - waiting - broadcast - exchange - gather;
    let per_step = |seconds: f64| 1e3 * seconds / f64::from(steps);
    println!(
        "{size}, {ranks} ranks of {threads} threads, ms per step: {:.2}; computing {:.2}, waiting \
         {:.2}, batch {:.3}, pieces {:.3}, sums {:.3}",
        per_step(took),
        per_step(computing),
        per_step(waiting),
        per_step(broadcast),
        per_step(exchange),
        per_step(gather),
    );
    Ok(())
}
