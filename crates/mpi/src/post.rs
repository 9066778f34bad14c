//! Messages to single ranks, which are on their way while this rank does something else.
//!
//! MPI may keep a message until its receiver has looked at it, so that a call which waits for that
//! never returns if the receiver was killed. Here nobody waits: each receiver has a queue of its
//! own, of which MPI has the first parts.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;

use ferrompi::{Communicator, PersistentRequest, Source, Tag};

use crate::waiting::{Backoff, receive};

/// The tag of messages, and of one that has further parts.
const TAG: [i32; 2] = [1, 2];

/// The most bytes of a part of a message. MPI hands such a part over whole: of a longer one the
/// receiver would have to wait for the rest, which never comes from a rank that was killed.
const PART: usize = 2048;

/// How many parts MPI has at a time for one receiver. It has memory for some hundreds for all
/// receivers on one machine.
const AT_ONCE: usize = 32;

/// Something that the thread of MPI does.
pub(crate) type Job = Box<dyn FnOnce(&mut Post) + Send>;

/// What the thread of MPI has: the ranks, and what is on its way to them.
pub(crate) struct Post {
    pub world: Communicator,
    /// By receiver.
    outgoing: Vec<Outgoing>,
    /// Parts of messages whose last part is yet to come, by their sender.
    begun: Vec<Vec<u8>>,
    /// Since something last moved.
    backoff: Backoff,
}

/// Parts of messages to one receiver, in their order.
#[derive(Default)]
struct Outgoing {
    started: VecDeque<PersistentRequest<u8>>,
    waiting: VecDeque<(Vec<u8>, i32)>,
}

impl Outgoing {
    fn is_empty(&self) -> bool {
        self.started.is_empty() && self.waiting.is_empty()
    }

    /// Goes on; `true` if something has moved.
    fn advance(&mut self, world: &Communicator, to: i32) -> ferrompi::Result<bool> {
        let mut moved = false;
        while let Some(first) = self.started.front_mut()
            && first.test()?.is_some()
        {
            self.started.pop_front();
            moved = true;
        }
        while self.started.len() < AT_ONCE
            && let Some((part, tag)) = self.waiting.pop_front()
        {
            let mut request = world.send_init(part, to, tag)?;
            request.start()?;
            self.started.push_back(request);
            moved = true;
        }
        Ok(moved)
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        // A request waits for its end when it is dropped, for ever if the receiver was killed.
        self.started.drain(..).for_each(std::mem::forget);
    }
}

impl Post {
    pub fn new(world: Communicator) -> Self {
        let size = usize::try_from(world.size()).unwrap_or(0);
        Post {
            world,
            outgoing: (0..size).map(|_| Outgoing::default()).collect(),
            begun: vec![Vec::new(); size],
            backoff: Backoff::new(),
        }
    }

    /// Begins to send a message.
    pub fn send(&mut self, to: usize, bytes: &[u8]) {
        let Some(outgoing) = self.outgoing.get_mut(to) else { return };
        let parts = bytes.len().div_ceil(PART).max(1);
        for part in 0..parts {
            let end = bytes.len().min((part + 1) * PART);
            let tag = TAG[usize::from(part + 1 < parts)];
            outgoing.waiting.push_back((bytes[part * PART..end].to_vec(), tag));
        }
        self.advance();
    }

    /// Goes on with what is on its way.
    fn advance(&mut self) {
        for (to, outgoing) in (0..).zip(&mut self.outgoing) {
            match outgoing.advance(&self.world, to) {
                Ok(false) => {}
                Ok(true) => self.backoff = Backoff::new(),
                // That nothing arrives is noticed by those who wait for it, as with a killed rank.
                Err(_) => *outgoing = Outgoing::default(),
            }
        }
    }

    /// Waits until MPI has handed over all that was sent to some ranks.
    pub fn deliver(&mut self, to: &[usize]) {
        while to.iter().any(|rank| self.outgoing.get(*rank).is_some_and(|out| !out.is_empty())) {
            self.advance();
            self.backoff.pause();
        }
    }

    /// The next thing to do; what is on its way goes on meanwhile. `None` if there will be nothing
    /// more to do, and all is delivered.
    pub fn next(&mut self, jobs: &Receiver<Job>) -> Option<Job> {
        while self.outgoing.iter().any(|outgoing| !outgoing.is_empty()) {
            if let Ok(job) = jobs.try_recv() {
                return Some(job);
            }
            self.advance();
            self.backoff.pause();
        }
        receive(jobs)
    }

    /// The sender and the bytes of a message that has arrived, if there is one.
    pub fn mail(&mut self) -> ferrompi::Result<Option<(usize, Vec<u8>)>> {
        while let Some(status) = self.world.iprobe::<u8>(Source::Any, Tag::Any)? {
            let mut bytes = vec![0; status.count.unwrap_or(0)];
            let status = self.world.recv(&mut bytes, status.source, status.tag)?;
            let Source::Rank(from) = status.source else { continue };
            let from = usize::try_from(from).unwrap_or(0);
            let Some(begun) = self.begun.get_mut(from) else { continue };
            begun.extend(bytes);
            if status.tag == Tag::Value(TAG[0]) {
                return Ok(Some((from, std::mem::take(begun))));
            }
        }
        Ok(None)
    }
}
