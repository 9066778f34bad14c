//! The connections: how many there are, and how long they may take.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::assets::ServedAsset;
use super::events::EventStreams;
use super::hosts::Hosts;
use super::router::Site;
use super::runs::RunsFolder;
use super::transport::{RuntimeTimer, Transport};
use super::workers::Workers;
use crate::engine::cores;
use crate::error::Error;

/// Connections at a time; others wait until one is closed.
const MOST_CONNECTIONS: usize = 512;

/// The time until a request has all its headers. It runs from the last answer on, so that it is
/// also how long a connection may be idle.
const HEADER_TIME: Duration = Duration::from_secs(10);

/// Bytes of the headers of a request, at most, and how many there may be.
const HEADERS: (usize, usize) = (1 << 14, 64);

/// Threads that wait for files.
const FILE_THREADS: usize = 4;

/// Time between two looks at whether to stop.
const PAUSE: Duration = Duration::from_millis(50);

/// What to serve, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeOptions {
    /// The port; 0: a free one.
    pub port: u16,
    /// The folder whose sub-folders are runs. It need not be there.
    pub runs: PathBuf,
}

impl Default for ServeOptions {
    fn default() -> Self {
        ServeOptions { port: 9009, runs: PathBuf::from("runs") }
    }
}

/// A server that listens: the page, and questions about sequences and runs, for this machine alone.
///
/// ```
/// use ninth::serve::{ServeOptions, Server};
///
/// # fn main() -> Result<(), ninth::Error> {
/// let server = Server::bind(&ServeOptions { port: 0, ..Default::default() })?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// // It serves until it is asked to stop, here at once.
/// server.run(|| true)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    site: Site,
}

impl Server {
    /// Listens on 127.0.0.1. Nobody is answered before [`run`](Self::run).
    ///
    /// # Errors
    ///
    /// If the port is taken, or the system refuses.
    pub fn bind(options: &ServeOptions) -> Result<Self, Error> {
        let port = options.port;
        let failed = |source| Error::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let site = Site {
            hosts: Hosts { port },
            assets: ServedAsset::all(),
            // One thread for a long search still leaves one for the others.
            workers: Workers::start(cores().clamp(2, 8)).map_err(failed)?,
            runs: RunsFolder::new(options.runs.clone()),
            streams: EventStreams::default(),
        };
        Ok(Server { listener, site })
    }

    /// The address of the page.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.site.hosts.port)
    }

    /// Serves until `stop` says so; it is asked several times a second. What is not answered by
    /// then is given up.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn run(self, stop: impl Fn() -> bool) -> Result<(), Error> {
        let port = self.site.hosts.port;
        let mut builder = Builder::new_current_thread();
        builder.enable_io().enable_time().max_blocking_threads(FILE_THREADS);
        let runtime = builder.build().map_err(|source| Error::Listen { port, source })?;
        let served = runtime.block_on(accept(self.listener, Arc::new(self.site), stop));
        runtime.shutdown_background();
        served.map_err(|source| Error::Listen { port, source })
    }
}

async fn accept(listener: TcpListener, site: Arc<Site>, stop: impl Fn() -> bool) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut http = http1::Builder::new();
    let (header_bytes, headers) = HEADERS;
    http.timer(RuntimeTimer).header_read_timeout(HEADER_TIME);
    http.max_buf_size(header_bytes).max_headers(headers);
    while !stop() {
        let next = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.map_err(io::Error::other)?;
            let (stream, _) = listener.accept().await?;
            Ok::<_, io::Error>((place, stream))
        };
        let (place, stream) = match timeout(PAUSE, next).await {
            Err(_) => continue,
            Ok(Ok(accepted)) => accepted,
            // Too many open files, or a client that has left: neither is for ever.
            Ok(Err(_)) => {
                sleep(PAUSE).await;
                continue;
            }
        };
        // Answers are written whole, so that there is nothing to wait for.
        let _ = stream.set_nodelay(true);
        let (http, site) = (http.clone(), Arc::clone(&site));
        tokio::spawn(async move {
            let service = service_fn(move |request| Arc::clone(&site).answer(request));
            // A client that breaks the protocol or leaves is the client's affair.
            let _ = http.serve_connection(Transport::new(stream), service).await;
            drop(place);
        });
    }
    Ok(())
}
