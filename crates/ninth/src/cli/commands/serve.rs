//! `ninth serve`: the page and an API, for this machine alone.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use crate::cli::arguments::ServeArguments;
use crate::cli::error::Error;
use crate::cli::output::terminal::{self, counted, say};
use crate::cli::signals::Signals;
use crate::serve::{ServeOptions, Server, export};

/// Serves until a signal arrives, or writes the page into a folder.
pub fn run(arguments: &ServeArguments) -> Result<(), Error> {
    if let Some(folder) = &arguments.export {
        let files = export(folder)?;
        let folder = folder.display();
        say(format_args!("ninth: {} of the page are in {folder}", counted(files as u64, "file")));
        return Ok(());
    }
    let signals = Signals::watch("ended by a second signal");
    let server =
        Server::bind(&ServeOptions { port: arguments.port, runs: arguments.runs.clone() })?;
    let url = server.url();
    let (mut out, _) = terminal::stdout();
    writeln!(out, "{url}")?;
    out.flush()?;
    // Whoever else writes to standard output is not kept waiting.
    drop(out);
    say("Ctrl-C ends it");
    if arguments.open {
        open(&url);
    }
    // To be ended is how it is used, so that a signal is a success.
    Ok(server.run(|| signals.arrived().is_some())?)
}

/// Opens a page in the browser. Where that fails, the page is still there.
fn open(url: &str) {
    let (program, first): (_, &[&str]) = match std::env::consts::OS {
        "windows" => ("cmd", &["/c", "start", ""]),
        "macos" => ("open", &[]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(first).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let url = url.to_string();
    // Some of these programs end only with the browser.
    thread::spawn(move || {
        let reason = match command.status() {
            Ok(status) if status.success() => return,
            Ok(status) => format!("{program} ended with {status}"),
            Err(error) => format!("{program}: {error}"),
        };
        say(format_args!("ninth: warning: no browser opens ({reason}); the page is at {url}"));
    });
}
