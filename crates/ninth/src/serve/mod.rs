//! A local web server: the page of the project, and an API for it. It listens on this machine only.
//!
//! | file | what it holds |
//! |---|---|
//! | `server.rs` | [`Server`]: the connections, how many there are and how long they may take |
//! | `transport.rs` | what the connections need of the runtime |
//! | `hosts.rs` | which names of the server, and which pages, are its own |
//! | `router.rs` | from a request to its answer |
//! | `reply.rs` | answers, and refusals |
//! | `path.rs` | paths and queries, decoded |
//! | `assets.rs` | the files of the page, which are in the binary |
//! | `export.rs` | the same files in a folder |
//! | `api.rs` | questions: `predict` and `explain` |
//! | `workers.rs` | the threads that answer them |
//! | `runs.rs` | the runs in a folder |
//! | `log.rs` | the log of a run, read while it grows |
//! | `events.rs` | the same as events |

mod api;
mod assets;
mod events;
mod export;
mod hosts;
mod log;
mod path;
mod reply;
mod router;
mod runs;
mod server;
mod transport;
mod workers;

pub use export::export;
pub use server::{ServeOptions, Server};
