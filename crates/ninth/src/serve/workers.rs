//! The threads that answer questions: a few, with a queue that has an end, so that long searches
//! keep nobody from the page.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use hyper::StatusCode;
use tokio::sync::oneshot;

use super::reply::HttpRefusal;

/// Questions that wait.
const WAITING: usize = 64;

type Job = Box<dyn FnOnce() + Send>;

/// The threads; they end with it, when what they do is done.
#[derive(Debug)]
pub struct Workers {
    queue: SyncSender<Job>,
}

impl Workers {
    /// Starts `count` threads.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn start(count: usize) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(WAITING);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..count {
            let jobs = Arc::clone(&jobs);
            thread::Builder::new().name("answers".to_string()).spawn(move || work(&jobs))?;
        }
        Ok(Workers { queue })
    }

    /// Does some work on one of the threads; work that nobody waits for any more is not begun.
    ///
    /// # Errors
    ///
    /// If the queue is full, or the work panics.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HttpRefusal> {
        let (answer, answered) = oneshot::channel();
        let job = move || {
            if !answer.is_closed() {
                let _ = answer.send(work());
            }
        };
        self.queue.try_send(Box::new(job)).map_err(|_| {
            let message = "too many questions at a time; ask again in a moment";
            HttpRefusal::new(StatusCode::SERVICE_UNAVAILABLE, message)
        })?;
        answered.await.map_err(|_| HttpRefusal::failed("this question cannot be answered"))
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        // A receiver is whole whatever panicked beside it.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // A question that panics takes no thread with it; whoever waits is told.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_full_queue_refuses_and_a_panic_costs_no_thread() {
        let workers = Arc::new(Workers::start(1).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let failed = workers.run(|| -> () { panic!("on purpose") }).await;
            assert_eq!(failed.unwrap_err().status, StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(workers.run(|| 7).await, Ok(7));
            // The thread is busy from now on.
            let (begun, has_begun) = channel();
            let (end, ended) = channel::<()>();
            let busy = Arc::clone(&workers);
            let first = tokio::spawn(async move {
                let wait = move || {
                    begun.send(()).unwrap();
                    ended.recv().is_ok()
                };
                busy.run(wait).await
            });
            tokio::task::yield_now().await;
            has_begun.recv().unwrap();
            let (done, is_done) = channel();
            for number in 0..WAITING {
                let done = done.clone();
                let job = move || done.send(number).unwrap();
                workers.queue.try_send(Box::new(job)).unwrap();
            }
            let refused = workers.run(|| 0).await.unwrap_err();
            assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
            end.send(()).unwrap();
            assert_eq!(first.await.unwrap(), Ok(true));
            drop(done);
            assert!(is_done.iter().eq(0..WAITING));
        });
    }
}
