//! The program `ninth`: see [`ninth::cli`].

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::thread::Builder;

/// The stack that the first thread has on Linux; on Windows it has an eighth of that.
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    // There, also, mingw has the first thread compute logarithms and powers with more bits than the
    // others, so that the same answer would have other last digits.
    if cfg!(windows)
        && let Ok(thread) = Builder::new().stack_size(STACK).spawn(ninth::cli::main)
    {
        // Why it panicked is said.
        return thread.join().unwrap_or(ExitCode::from(101));
    }
    ninth::cli::main()
}
