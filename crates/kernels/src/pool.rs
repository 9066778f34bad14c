//! A pool of worker threads for jobs that take microseconds.
//!
//! A training step of the small model takes some twenty microseconds on two cores and has three
//! barriers; each `std::sync::Barrier` costs ten to twenty microseconds. Here workers spin while
//! they wait for the next job, then yield, and sleep only after a long time without one. The
//! items of a job are assigned by their index, not by which thread is free, so what a worker
//! does depends only on the number of threads.

#[cfg(feature = "threads")]
use std::sync::Arc;
#[cfg(feature = "threads")]
use std::thread::JoinHandle;

#[cfg(feature = "threads")]
use shared::Shared;

/// A fixed number of threads, including the caller's. Dropping the pool ends the others.
///
/// ```
/// use ninth_kernels::Pool;
///
/// let mut pool = Pool::new(4);
/// let mut squares = [0; 100];
/// pool.for_each(&mut squares, |index, square| *square = index * index);
/// assert_eq!(squares[9], 81);
///
/// // Memory that a thread keeps from item to item.
/// let mut sums = vec![0; pool.threads()];
/// pool.for_each_with(&mut sums, &mut squares, |sum, _, square| *sum += *square);
/// assert_eq!(sums.iter().sum::<usize>(), 328_350);
/// ```
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
    /// A pool of `threads` threads (at least one): the caller's and `threads - 1` workers. It
    /// has fewer if the system refuses to start them or has none (a browser).
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

    /// The number of threads, including the caller's.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Calls `work(i, &mut items[i])` for every item. Thread `t` of `n` takes
    /// the items `t`, `t + n`, `t + 2n`, ...
    ///
    /// # Panics
    ///
    /// If `work` panics on any thread, after the other threads have finished their items.
    pub fn for_each<Item: Send>(
        &mut self,
        items: &mut [Item],
        work: impl Fn(usize, &mut Item) + Sync,
    ) {
        let mut nothing = vec![(); self.threads];
        self.for_each_with(&mut nothing, items, |(), i, item| work(i, item));
    }

    /// As [`for_each`](Self::for_each), but thread `t` also passes `&mut states[t]` to `work`:
    /// scratch memory that stays in the cache of its core.
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
                // SAFETY: the threads have different numbers, all below the number of states
                // (asserted above), so no two share a state.
                let state = unsafe { states.get_mut(thread) };
                for index in (thread..items.len()).step_by(stride) {
                    // SAFETY: threads start at different numbers below the stride, so no two
                    // reach the same index.
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
            // A worker catches the panics of its jobs, so joining does not fail. If it did,
            // a destructor should not panic.
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

    /// Number of times that a waiting thread spins before it yields ...
    const SPINS: usize = 4_000;
    /// ... and of times that it yields before it sleeps.
    const YIELDS: usize = 200;

    /// A job, called once on every thread with the number of the thread.
    type Job = *const (dyn Fn(usize) + Sync);

    /// The state that the caller and the workers share.
    pub(super) struct Shared {
        /// The number of jobs so far. A worker runs `job` when this changes.
        jobs: AtomicUsize,
        job: UnsafeCell<Option<Job>>,
        /// The number of workers that have not finished the current job.
        busy: AtomicUsize,
        /// The number of workers that sleep or are about to.
        asleep: AtomicUsize,
        stop: AtomicBool,
        panicked: AtomicBool,
    }

    // SAFETY: the caller writes `job` only while no worker is busy. Workers read it only after
    // they have seen the new count (acquire), which is published after the write (release).
    unsafe impl Sync for Shared {}
    // SAFETY: the pointer is dereferenced only while the caller waits in `run`, which keeps its
    // target alive.
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
            // SAFETY: only the lifetime is erased. Workers dereference the pointer only before
            // they decrement `busy`, and this function returns (or unwinds) only after `busy`
            // is zero.
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

        /// Lets the workers see a new job, and wakes those that sleep.
        fn publish(&self, workers: &[JoinHandle<()>]) {
            // Sequentially consistent, as in `sleep`: either a worker that is about to sleep
            // sees the new count, or this thread sees that the worker is asleep.
            self.jobs.fetch_add(1, Ordering::SeqCst);
            if self.asleep.load(Ordering::SeqCst) != 0 {
                for worker in workers {
                    worker.thread().unpark();
                }
            }
        }

        /// The loop of worker number `index`.
        pub(super) fn work(&self, index: usize) {
            let mut seen = 0;
            loop {
                let mut patience = Patience::default();
                while self.jobs.load(Ordering::Acquire) == seen {
                    if patience.wait() {
                        self.sleep(seen);
                    }
                }
                // The count grows by one per job, and the next job starts only after this
                // worker has finished this one.
                seen = seen.wrapping_add(1);
                if self.stop.load(Ordering::Relaxed) {
                    return;
                }
                // SAFETY: the count was loaded with acquire, so the write of `job` before it is
                // visible, and the caller keeps the job alive until `busy` is decremented.
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

    /// The number of times that a thread has waited: it spins at first, then yields.
    #[derive(Default)]
    struct Patience {
        waits: usize,
    }

    impl Patience {
        /// Waits for a moment. Returns true if it is time to sleep.
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

    /// A slice whose elements can be borrowed mutably by different threads.
    pub(super) struct Slice<'a, T> {
        start: *mut T,
        len: usize,
        slice: PhantomData<&'a mut [T]>,
    }

    // SAFETY: to borrow an element on another thread is to send a `&mut T`, which needs
    // `T: Send`. The callers of `get_mut` see to it that no element is borrowed twice.
    unsafe impl<T: Send> Sync for Slice<'_, T> {}

    impl<'a, T> Slice<'a, T> {
        pub(super) fn new(slice: &'a mut [T]) -> Self {
            Slice { start: slice.as_mut_ptr(), len: slice.len(), slice: PhantomData }
        }

        pub(super) fn len(&self) -> usize {
            self.len
        }

        /// The element at `index`.
        ///
        /// # Safety
        ///
        /// The results of two calls with the same index must not be alive at the same time.
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

    #[cfg(panic = "unwind")]
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
