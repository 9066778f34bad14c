//! The program from outside: what it prints, what it leaves behind, and its
//! exit status.

mod ablate;
mod doctor;
mod evaluate;
mod explain;
mod export;
mod help;
#[cfg(unix)]
mod inputs;
#[cfg(unix)]
mod interrupted;
mod limit;
mod lost;
mod memory;
mod predict;
mod sample;
mod search;
mod serve;
mod shards;
mod train;
mod wrong_input;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What a run of the program gave.
struct Run {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    /// The output of a run that must succeed.
    #[track_caller]
    fn good(self) -> Self {
        assert_eq!(self.status, Some(0), "{}", self.err);
        self
    }

    /// The message of a run that must fail with this status, and say so on
    /// standard error only.
    #[track_caller]
    fn bad(self, status: i32) -> String {
        assert_eq!(self.status, Some(status), "{}{}", self.out, self.err);
        // What was recognised of a file may be said before.
        let before = self.err.split("ninth: error: ").next().unwrap_or_default();
        assert!(before.lines().all(|line| line.starts_with("ninth: ")), "{}", self.err);
        assert!(self.err.contains("ninth: error: "), "{}", self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        assert_eq!(self.out, "");
        self.err
    }
}

/// Where the tests keep what the program keeps for its user.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");

/// The program with arguments separated by spaces.
fn command(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ninth"));
    command.current_dir(folder).args(arguments.split_whitespace()).stdin(Stdio::null());
    command.env("NINTH_CACHE", CACHE);
    command
}

fn ninth_in(folder: &Path, arguments: &str) -> Run {
    let Output { status, stdout, stderr } = command(folder, arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { status: status.code(), out: text(stdout), err: text(stderr) }
}

fn ninth(arguments: &str) -> Run {
    ninth_in(&std::env::temp_dir(), arguments)
}

#[track_caller]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[track_caller]
fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}
