//! The program `ninth`: see [`ninth::cli`].

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ninth::cli::main()
}
