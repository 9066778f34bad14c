//! What the console of Windows has instead of signals.

use std::task::{Context, Waker};

use tokio::signal::windows;

/// The signals that the events stand for: two that a person types, and the end of the session.
const SIGINT: u8 = 2;
const SIGTERM: u8 = 15;

/// What arrived, and was not looked at yet.
pub(super) struct Arrivals(Vec<(Event, u8)>);

/// Asks whether an event happened since it was asked.
type Event = Box<dyn FnMut() -> bool + Send>;

/// An event, and the signal that it stands for; where it cannot be listened to, it keeps its default
/// effect.
macro_rules! event {
    ($name:ident, $signal:expr) => {
        windows::$name().ok().map(|mut event| {
            let happened =
                move || event.poll_recv(&mut Context::from_waker(Waker::noop())).is_ready();
            (Box::new(happened) as Event, $signal)
        })
    };
}

impl Arrivals {
    /// Listens from now on. After the last three Windows leaves some seconds for what is to be
    /// saved.
    pub fn listen() -> Self {
        let events = [
            event!(ctrl_c, SIGINT),
            event!(ctrl_break, SIGINT),
            event!(ctrl_close, SIGTERM),
            event!(ctrl_logoff, SIGTERM),
            event!(ctrl_shutdown, SIGTERM),
        ];
        Arrivals(events.into_iter().flatten().collect())
    }

    /// The next signal since this was asked.
    pub fn next(&mut self) -> Option<u8> {
        self.0.iter_mut().find_map(|(happened, signal)| happened().then_some(*signal))
    }
}
