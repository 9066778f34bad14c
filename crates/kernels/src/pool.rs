//! A pool of worker threads for work that takes microseconds.
//!
//! A training step of the small model takes some twenty microseconds on two
//! cores and meets at three barriers; `std::sync::Barrier` costs ten to twenty
//! microseconds each. Here workers spin for the next job, give way after a
//! while, and sleep only when nothing came for long. A job's items are dealt
//! out by position, never by who is free, so what a worker does depends on
//! nothing but the number of threads.

#[cfg(feature = "threads")]
use std::sync::Arc;
#[cfg(feature = "threads")]
use std::thread::JoinHandle;

#[cfg(feature = "threads")]
use shared::Shared;

/// A fixed number of threads, the caller's among them.
///
/// Dropping it ends the threads.
pub struct Pool {
    threads: usize,
    #[cfg(feature = "threads")]
    shared: Arc<Shared>,
    #[cfg(feature = "threads")]
    workers: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("threads", &self.threads).finish_non_exhaustive()
    }
}

impl Pool {
    /// A pool of `threads` threads (at least one): the caller and
    /// `threads - 1` workers. Where threads cannot be had (a browser, or the
    /// system refuses), it is smaller; results never depend on it.
    pub fn new(threads: usize) -> Self {
        #[cfg(feature = "threads")]
        {
            let shared = Arc::new(Shared::new());
            let mut workers = Vec::new();
            for index in 1..threads.max(1) {
                let shared = Arc::clone(&shared);
                let name = format!("ninth worker {index}");
                let worker = move || shared.work(index);
                match std::thread::Builder::new().name(name).spawn(worker) {
                    Ok(worker) => workers.push(worker),
                    Err(_) => break,
                }
            }
            Pool { threads: workers.len() + 1, shared, workers }
        }
        #[cfg(not(feature = "threads"))]
        {
            let _ = threads;
            Pool { threads: 1 }
        }
    }

    /// How many threads share the work, the caller's included.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Calls `work(i, &mut items[i])` for every item. Thread `t` of `n` takes
    /// the items `t`, `t + n`, `t + 2n`, ...
    ///
    /// # Panics
    ///
    /// If `work` panics on any thread; the others finish their items first.
    pub fn for_each<Item: Send>(
        &mut self,
        items: &mut [Item],
        work: impl Fn(usize, &mut Item) + Sync,
    ) {
        let mut nothing = vec![(); self.threads];
        self.for_each_with(&mut nothing, items, |(), i, item| work(i, item));
    }

    /// As [`for_each`](Self::for_each), and each thread brings along its own
    /// one of `states`, for scratch memory that is worth keeping in its cache.
    ///
    /// # Panics
    ///
    /// If `work` panics, or if there are fewer states than threads.
    pub fn for_each_with<State: Send, Item: Send>(
        &mut self,
        states: &mut [State],
        items: &mut [Item],
        work: impl Fn(&mut State, usize, &mut Item) + Sync,
    ) {
        assert!(states.len() >= self.threads, "a state for every thread");
        #[cfg(feature = "threads")]
        if self.threads > 1 && items.len() > 1 {
            let stride = self.threads;
            let states = shared::Slice::new(states);
            let items = shared::Slice::new(items);
            let job = |thread: usize| {
                // SAFETY: every thread has a number of its own, below the number
                // of states (asserted above), so no two share a state.
                let state = unsafe { states.get_mut(thread) };
                for index in (thread..items.len()).step_by(stride) {
                    // SAFETY: threads start at different numbers below the
                    // stride, so no two ever reach the same index.
                    work(state, index, unsafe { items.get_mut(index) });
                }
            };
            self.shared.run(&job, &self.workers);
            return;
        }
        for (index, item) in items.iter_mut().enumerate() {
            work(&mut states[0], index, item);
        }
    }
}

#[cfg(feature = "threads")]
impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop(&self.workers);
        for worker in self.workers.drain(..) {
            // A worker catches every panic of a job, so joining cannot fail; and
            // if it could, a destructor is no place to panic.
            let _ = worker.join();
        }
    }
}

#[cfg(feature = "threads")]
mod shared {
    use std::cell::UnsafeCell;
    use std::marker::PhantomData;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::thread::JoinHandle;

    /// Looks for a job this often before giving way to other threads ...
    const SPINS: usize = 4_000;
    /// ... and gives way this often before going to sleep.
    const YIELDS: usize = 200;

    /// A job: called once on every thread, with the thread's number.
    type Job = *const (dyn Fn(usize) + Sync);

    pub(super) struct Shared {
        /// Counts the jobs; a worker runs the job when it sees a new count.
        jobs: AtomicUsize,
        job: UnsafeCell<Option<Job>>,
        /// Workers that have not finished the current job.
        busy: AtomicUsize,
        /// Workers that sleep, or are about to.
        asleep: AtomicUsize,
        stop: AtomicBool,
        panicked: AtomicBool,
    }

    // SAFETY: `job` is written by the caller only while no worker is busy, and
    // read by workers only after they saw the new count (acquire), which was
    // published after the write (release).
    unsafe impl Sync for Shared {}
    // SAFETY: the pointer inside is only followed while the caller waits in
    // `run`, which keeps what it points to alive.
    unsafe impl Send for Shared {}

    impl Shared {
        pub(super) fn new() -> Self {
            Shared {
                jobs: AtomicUsize::new(0),
                job: UnsafeCell::new(None),
                busy: AtomicUsize::new(0),
                asleep: AtomicUsize::new(0),
                stop: AtomicBool::new(false),
                panicked: AtomicBool::new(false),
            }
        }

        /// Runs `job` on every thread and waits for all of them.
        pub(super) fn run(&self, job: &(dyn Fn(usize) + Sync), workers: &[JoinHandle<()>]) {
            let job: *const (dyn Fn(usize) + Sync + '_) = job;
            // SAFETY: only the lifetime is erased. Workers follow the pointer only
            // before they decrease `busy`, and this function returns (or unwinds)
            // only after `busy` is zero.
            let job: Job = unsafe { std::mem::transmute(job) };
            // SAFETY: no worker is busy between two jobs; see `Sync` above.
            unsafe { *self.job.get() = Some(job) };
            self.busy.store(workers.len(), Ordering::Relaxed);
            self.publish(workers);

            // SAFETY: `job` is the live reference that was passed in.
            let own = catch_unwind(AssertUnwindSafe(|| unsafe { (*job)(0) }));
            let mut patience = Patience::default();
            while self.busy.load(Ordering::Acquire) != 0 {
                patience.wait();
            }
            if let Err(panic) = own {
                self.panicked.store(false, Ordering::Relaxed);
                resume_unwind(panic);
            }
            assert!(!self.panicked.swap(false, Ordering::Relaxed), "a worker thread panicked");
        }

        pub(super) fn stop(&self, workers: &[JoinHandle<()>]) {
            self.stop.store(true, Ordering::Relaxed);
            self.publish(workers);
        }

        fn publish(&self, workers: &[JoinHandle<()>]) {
            // Sequentially consistent, as in `sleep`: either a worker on its way to
            // sleep sees the new count, or this thread sees that it sleeps.
            self.jobs.fetch_add(1, Ordering::SeqCst);
            if self.asleep.load(Ordering::SeqCst) != 0 {
                for worker in workers {
                    worker.thread().unpark();
                }
            }
        }

        /// The life of worker number `index`.
        pub(super) fn work(&self, index: usize) {
            let mut seen = 0;
            loop {
                let mut patience = Patience::default();
                while self.jobs.load(Ordering::Acquire) == seen {
                    if patience.wait() {
                        self.sleep(seen);
                    }
                }
                // Not `seen = load()`: the count grows by one per job, and the next
                // job cannot start before this worker has finished this one.
                seen = seen.wrapping_add(1);
                if self.stop.load(Ordering::Relaxed) {
                    return;
                }
                // SAFETY: the count was seen with acquire, so the write of `job`
                // before it is visible; the caller waits for `busy` below.
                let result = catch_unwind(AssertUnwindSafe(|| unsafe {
                    if let Some(job) = *self.job.get() {
                        (*job)(index);
                    }
                }));
                if result.is_err() {
                    self.panicked.store(true, Ordering::Relaxed);
                }
                self.busy.fetch_sub(1, Ordering::Release);
            }
        }

        fn sleep(&self, seen: usize) {
            self.asleep.fetch_add(1, Ordering::SeqCst);
            while self.jobs.load(Ordering::SeqCst) == seen {
                std::thread::park();
            }
            self.asleep.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// First spins, then yields.
    #[derive(Default)]
    struct Patience {
        waits: usize,
    }

    impl Patience {
        /// Waits a moment; true once it has waited long enough to go to sleep.
        fn wait(&mut self) -> bool {
            self.waits += 1;
            if self.waits < SPINS {
                std::hint::spin_loop();
            } else {
                std::thread::yield_now();
            }
            self.waits > SPINS + YIELDS
        }
    }

    /// A slice whose elements are handed out one by one.
    pub(super) struct Slice<'a, T> {
        start: *mut T,
        len: usize,
        slice: PhantomData<&'a mut [T]>,
    }

    // SAFETY: handing an element to another thread is handing over a `&mut T`,
    // which needs `T: Send`; who gets which is on the caller of `get_mut`.
    unsafe impl<T: Send> Sync for Slice<'_, T> {}

    impl<'a, T> Slice<'a, T> {
        pub(super) fn new(slice: &'a mut [T]) -> Self {
            Slice { start: slice.as_mut_ptr(), len: slice.len(), slice: PhantomData }
        }

        pub(super) fn len(&self) -> usize {
            self.len
        }

        /// # Safety
        ///
        /// No two calls with the same index may have their results alive at once.
        #[allow(clippy::mut_from_ref)]
        pub(super) unsafe fn get_mut(&self, index: usize) -> &mut T {
            assert!(index < self.len);
            // SAFETY: in bounds, and exclusive by the contract above.
            unsafe { &mut *self.start.add(index) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_visited_once_by_any_number_of_threads() {
        for threads in 1..=5 {
            let mut pool = Pool::new(threads);
            for len in [0, 1, 2, 7, 100] {
                let mut items = vec![0usize; len];
                for round in 1..=50 {
                    pool.for_each(&mut items, |i, item| *item += i + 1);
                    assert!(items.iter().enumerate().all(|(i, &item)| item == round * (i + 1)));
                }
            }
        }
    }

    #[test]
    fn states_are_never_shared() {
        let mut pool = Pool::new(3);
        let mut states = vec![0u64; 3];
        let mut items = vec![1u64; 1000];
        pool.for_each_with(&mut states, &mut items, |state, _, item| *state += *item);
        assert_eq!(states.iter().sum::<u64>(), 1000);
    }

    #[test]
    fn workers_wake_up_after_a_long_sleep() {
        let mut pool = Pool::new(2);
        for _ in 0..3 {
            std::thread::sleep(std::time::Duration::from_millis(30));
            let mut items = [0; 2];
            pool.for_each(&mut items, |_, item| *item += 1);
            assert_eq!(items, [1; 2]);
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        let mut pool = Pool::new(2);
        for culprit in 0..2 {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                pool.for_each(&mut [0, 1], |i, _| assert_ne!(i, culprit, "told to panic"));
            }));
            assert!(outcome.is_err());
        }
        let mut items = [0; 4];
        pool.for_each(&mut items, |i, item| *item = i);
        assert_eq!(items, [0, 1, 2, 3]);
    }
}
