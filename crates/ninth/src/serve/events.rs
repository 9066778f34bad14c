//! The log of a run as server-sent events, while it is written.
//!
//! ```text
//! event: begin    data: the run, as in the list; what is known of its log is void
//! event: line     data: a line of the log
//! event: end      data: {"state": ...}: what became of the run; the stream ends
//! ```

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hyper::StatusCode;
use hyper::body::Bytes;
use ninth_training::run_directory::{RunState, RunView};
use serde_json::json;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::timeout;

use super::log::{LogChange, LogReader};
use super::reply::{HttpRefusal, Reply, ReplyBody, reply};
use super::runs::{in_background, summary};

/// Streams at a time.
pub const MOST_STREAMS: usize = 64;

/// Time between two looks at a log.
const PAUSE: Duration = Duration::from_millis(300);

/// Time after which a stream without events says that it is there.
const QUIET: Duration = Duration::from_secs(15);

/// How many streams there are.
#[derive(Clone, Debug, Default)]
pub struct EventStreams {
    count: Arc<AtomicUsize>,
}

/// A stream that counts until it is dropped.
#[derive(Debug)]
struct CountedStream(EventStreams);

impl EventStreams {
    fn one_more(&self) -> Option<CountedStream> {
        let counted = CountedStream(self.clone());
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        (before < MOST_STREAMS).then_some(counted)
    }

    /// The events of a run.
    ///
    /// # Errors
    ///
    /// If there are too many streams.
    pub fn follow(
        &self,
        name: String,
        view: RunView,
        log: LogReader,
    ) -> Result<Reply, HttpRefusal> {
        let Some(counted) = self.one_more() else {
            let message = format!("{MOST_STREAMS} streams of events are open; close one first");
            return Err(HttpRefusal::new(StatusCode::SERVICE_UNAVAILABLE, message));
        };
        let (sender, receiver) = channel(1);
        tokio::spawn(async move {
            // What cannot be sent or read any more ends the stream; the client may ask again.
            let _ = follow(name, view, log, &sender).await;
            drop(counted);
        });
        Ok(reply("text/event-stream", ReplyBody::Stream(receiver, None)))
    }
}

impl Drop for CountedStream {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a look at a run finds.
enum Found {
    Change(LogChange, RunState),
    Deleted,
}

fn look(view: &RunView, log: &mut LogReader) -> io::Result<Found> {
    // What a training that has ended has written is read after its end.
    let state = view.state();
    match log.read() {
        Ok(change) => Ok(Found::Change(change, state)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Deleted),
        Err(error) => Err(error),
    }
}

async fn follow(
    name: String,
    view: RunView,
    mut log: LogReader,
    sender: &Sender<io::Result<Bytes>>,
) -> io::Result<()> {
    let begin = || {
        let (name, view) = (name.clone(), view.clone());
        in_background(move || {
            let run = serde_json::to_string(&summary(&name, &view))?;
            Ok::<_, io::Error>(event("begin", &run))
        })
    };
    let mut text = begin().await??;
    let mut sent = Instant::now();
    loop {
        let looked = view.clone();
        let (found, same) = in_background(move || (look(&looked, &mut log), log)).await?;
        log = same;
        let mut next = Next::Wait;
        match found? {
            Found::Change(LogChange::Lines(lines), state) if lines.is_empty() => {
                if state != RunState::Running {
                    text += &event("end", &json!({ "state": state.name() }).to_string());
                    next = Next::End;
                }
            }
            Found::Change(LogChange::Lines(lines), _) => {
                for line in lines {
                    text += &event("line", &line);
                }
                next = Next::Look;
            }
            Found::Change(LogChange::Anew, _) => {
                text += &begin().await??;
                next = Next::Look;
            }
            Found::Deleted => {
                text += &event("end", &json!({ "state": "deleted" }).to_string());
                next = Next::End;
            }
        }
        if text.is_empty() && sent.elapsed() >= QUIET {
            text += ": nothing new\n\n";
        }
        if !text.is_empty() {
            sent = Instant::now();
            let part = Bytes::from(std::mem::take(&mut text));
            sender.send(Ok(part)).await.map_err(io::Error::other)?;
        }
        match next {
            Next::End => return Ok(()),
            Next::Look => {}
            Next::Wait => {
                if timeout(PAUSE, sender.closed()).await.is_ok() {
                    return Ok(());
                }
            }
        }
    }
}

/// What comes after a look.
enum Next {
    Look,
    Wait,
    End,
}

/// An event; its data has no line ends.
fn event(name: &str, data: &str) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_counted() {
        let streams = EventStreams::default();
        let mut open: Vec<_> = (0..MOST_STREAMS).map(|_| streams.one_more().unwrap()).collect();
        assert!(streams.one_more().is_none());
        open.pop();
        let again = streams.one_more();
        assert!(again.is_some() && streams.one_more().is_none());
        drop((open, again));
        assert_eq!(streams.count.load(Ordering::Relaxed), 0);
    }
}
