//! The processes that were started together, and what they exchange.

use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ferrompi::{Communicator, Mpi, Request, Scope, ThreadLevel};
use ninth_kernels::{LANES, Lanes, as_floats, as_floats_mut};
use ninth_training::engine::EngineError;
use ninth_training::engine::ranks::{Parts, Ranks, Round};

use crate::post::{Job, Post};
use crate::waiting::{Asked, Backoff, Patience, SENDING, answer};

/// The most bytes of one broadcast: MPI counts with 32 bits.
const AT_ONCE: usize = 1 << 30;

/// This process among those that `mpirun` or `srun` started.
///
/// Dropped, it waits for the others to end as well, unless one was lost.
pub struct World {
    rank: usize,
    size: usize,
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    asked: Asked,
    patience: Patience,
    lost: bool,
}

/// An error of MPI, for people.
fn failed(error: &ferrompi::Error) -> EngineError {
    EngineError::Lost(format!("MPI: {error}"))
}

impl World {
    /// Joins the other processes. `asked` says whether a signal has asked this one to stop. Once
    /// per process.
    ///
    /// # Errors
    ///
    /// If MPI cannot be started.
    pub fn join(asked: Asked) -> Result<Self, EngineError> {
        let (jobs, received) = channel::<Job>();
        let (sender, started) = sync_channel(1);
        let thread = thread::Builder::new().name("mpi".to_string());
        let thread = thread.spawn(move || {
            let mpi = match Mpi::init_thread(ThreadLevel::Funneled) {
                Ok(mpi) => mpi,
                Err(error) => {
                    let _ = sender.send(Err(failed(&error)));
                    return;
                }
            };
            let mut post = Post::new(mpi.world());
            let _ = sender.send(Ok((post.world.rank(), post.world.size())));
            while let Some(job) = post.next(&received) {
                job(&mut post);
            }
        });
        let thread =
            thread.map_err(|source| EngineError::Device(format!("MPI has no thread: {source}")))?;
        let started: Receiver<Result<(i32, i32), EngineError>> = started;
        let ended = || EngineError::Device("MPI ended while it started".to_string());
        let (rank, size) = started.recv().map_err(|_| ended())??;
        let [rank, size] = [rank, size].map(|number| usize::try_from(number).unwrap_or(0));
        let patience = if rank == 0 { Patience::ForAll } else { Patience::ForRank0 };
        Ok(World {
            rank,
            size,
            jobs: Some(jobs),
            thread: Some(thread),
            asked,
            patience,
            lost: false,
        })
    }

    /// Has the thread of MPI do something with all ranks, and waits for the result.
    fn ask<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Communicator) -> ferrompi::Result<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.ask_with(self.patience, move |post| work(&post.world))
    }

    fn ask_with<T: Send + 'static>(
        &mut self,
        patience: Patience,
        work: impl FnOnce(&mut Post) -> ferrompi::Result<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        if self.lost {
            // The thread of MPI may never come back.
            return Err(EngineError::Lost("another rank was lost before".to_string()));
        }
        let (sender, receiver) = sync_channel(1);
        let job: Job = Box::new(move |post| {
            // Whoever asked may have lost patience.
            let _ = sender.send(work(post));
        });
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(job);
        }
        let done = answer(&receiver, &self.asked, patience)
            .and_then(|done| done.map_err(|error| failed(&error)));
        self.lost |= matches!(done, Err(EngineError::Lost(_)));
        done
    }

    /// Sends a message to another rank, without waiting for it to arrive; it does if that rank looks
    /// for [`mail`](World::mail), after those that were sent to it before.
    ///
    /// # Errors
    ///
    /// If MPI does not answer.
    pub fn send(&mut self, to: usize, bytes: Vec<u8>) -> Result<(), EngineError> {
        self.ask_with(Patience::ForMessage, move |post| {
            post.send(to, &bytes);
            Ok(())
        })
    }

    /// The sender and the bytes of a message that has arrived, if there is one.
    ///
    /// # Errors
    ///
    /// If MPI fails.
    pub fn mail(&mut self) -> Result<Option<(usize, Vec<u8>)>, EngineError> {
        self.ask_with(Patience::ForMessage, Post::mail)
    }

    /// Ends without a common end of all ranks, of which some are lost; what was sent to some others
    /// is delivered first.
    pub fn leave(&mut self, others: &[usize]) {
        let others = others.to_vec();
        // Who does not listen any more need not hear it.
        let _ = self.ask_with(Patience::ForDelivery, move |post| {
            post.deliver(&others);
            Ok(())
        });
        self.lost = true;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if self.lost {
            // The thread would begin the common end, and be cut off in it.
            std::mem::forget(self.jobs.take());
            return;
        }
        self.jobs = None;
        let began = Instant::now();
        // A rank that was lost in the last moment is not waited for. After a signal none is: mpirun
        // answers nobody then, and this process still has something to say.
        while let Some(thread) = &self.thread
            && !(self.asked)()
            && !thread.is_finished()
            && began.elapsed() < SENDING
        {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// A number for MPI.
fn count(number: usize) -> Result<i32, EngineError> {
    i32::try_from(number).map_err(|_| {
        EngineError::Device(format!("{number} numbers at once are more than MPI can count"))
    })
}

/// Lengths and starts of ranges of lanes, in floats.
fn counted(parts: &[Range<usize>]) -> Result<[Vec<i32>; 2], EngineError> {
    let floats = |lanes: usize| count(lanes * LANES);
    let lengths = parts.iter().map(|part| floats(part.len())).collect::<Result<_, _>>()?;
    let starts = parts.iter().map(|part| floats(part.start)).collect::<Result<_, _>>()?;
    Ok([lengths, starts])
}

/// Begins something, and waits until it is done.
fn finish<'env>(
    begin: impl for<'s> FnOnce(&'s Scope<'s, 'env>) -> ferrompi::Result<Request<'s>>,
) -> ferrompi::Result<()> {
    ferrompi::scope(|scope| wait(begin(scope)?))
}

/// Waits without burning a core for long.
fn wait(mut request: Request<'_>) -> ferrompi::Result<()> {
    let backoff = Backoff::new();
    while request.test()?.is_none() {
        backoff.pause();
    }
    Ok(())
}

impl Ranks for World {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn broadcast(&mut self, mut bytes: Vec<u8>) -> Result<Vec<u8>, EngineError> {
        self.ask(move |world| {
            for part in bytes.chunks_mut(AT_ONCE) {
                finish(|scope| world.ibroadcast(scope, part, 0))?;
            }
            Ok(bytes)
        })
    }

    fn gather(&mut self, bytes: Vec<u8>, lengths: &[usize]) -> Result<Vec<u8>, EngineError> {
        let mut received = vec![0; lengths.iter().sum()];
        let mut start = 0;
        let mut starts = Vec::with_capacity(lengths.len());
        for length in lengths {
            starts.push(count(start)?);
            start += length;
        }
        let lengths = lengths.iter().map(|length| count(*length)).collect::<Result<Vec<_>, _>>()?;
        self.ask(move |world| {
            finish(|scope| world.iallgatherv(scope, &bytes, &mut received, &lengths, &starts))?;
            Ok(received)
        })
    }

    fn gather_lanes(
        &mut self,
        send: Vec<Lanes>,
        mut receive: Vec<Lanes>,
        parts: &Parts,
    ) -> Result<[Vec<Lanes>; 2], EngineError> {
        let own = parts[self.rank].len();
        let [lengths, starts] = counted(parts)?;
        self.ask(move |world| {
            let (from, into) = (as_floats(&send[..own]), as_floats_mut(&mut receive));
            finish(|scope| world.iallgatherv(scope, from, into, &lengths, &starts))?;
            Ok([send, receive])
        })
    }

    fn exchange(&mut self, mut rounds: Vec<Round>) -> Result<Vec<Round>, EngineError> {
        let counts =
            rounds.iter().map(|round| Ok([counted(&round.sent)?, counted(&round.received)?]));
        let counts = counts.collect::<Result<Vec<_>, EngineError>>()?;
        self.ask(move |world| {
            ferrompi::scope(|scope| {
                let mut requests = Vec::with_capacity(rounds.len());
                for (round, [sent, received]) in rounds.iter_mut().zip(&counts) {
                    let (from, into) = (as_floats(&round.send), as_floats_mut(&mut round.receive));
                    let [[lengths, starts], [expected, places]] = [sent, received];
                    requests.push(
                        world.ialltoallv(scope, from, lengths, starts, into, expected, places)?,
                    );
                }
                requests.into_iter().try_for_each(wait)
            })?;
            Ok(rounds)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process that nobody else was started with is a rank as well; MPI starts once in a process,
    /// so this is the only test of it here.
    #[test]
    fn messages_arrive_whole_and_in_order_though_nobody_waits_for_them() {
        let mut world = World::join(Box::new(|| false)).unwrap();
        assert_eq!((world.rank(), world.size()), (0, 1));
        let long: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        let messages = [vec![7], long, Vec::new(), vec![8; 2048], vec![9; 2049]];
        // All are sent before anyone looks for them.
        for message in &messages {
            world.send(0, message.clone()).unwrap();
        }
        let mut arrived = Vec::new();
        while arrived.len() < messages.len() {
            if let Some((from, message)) = world.mail().unwrap() {
                assert_eq!(from, 0);
                arrived.push(message);
            }
        }
        assert!(arrived == messages);
        assert_eq!(world.mail(), Ok(None));
        world.send(0, vec![1]).unwrap();
        world.leave(&[]);
        assert!(matches!(world.send(0, vec![2]), Err(EngineError::Lost(_))));
    }
}
