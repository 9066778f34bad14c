//! `ninth man`: the manual as man pages.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use ninth_training::files::{failed, write_atomically};

use crate::cli::arguments::{Arguments, ManArguments};
use crate::cli::error::Error;
use crate::cli::output::terminal;

/// Prints a page, or writes all of them.
pub fn run(arguments: &ManArguments) -> Result<(), Error> {
    let program = program();
    if let Some(folder) = &arguments.out {
        return write_all(folder, &program);
    }
    let page = match &arguments.command {
        None => page(program.clone())?,
        Some(name) => match pages(&program).find(|(command, _)| command == name) {
            Some((_, command)) => page(command)?,
            None => {
                let names: Vec<String> = pages(&program).map(|(name, _)| name).collect();
                let all = names.join(", ");
                return Err(Error::Usage(format!("there is no command {name:?}, only {all}")));
            }
        },
    };
    let (mut out, _) = terminal::stdout();
    out.write_all(&page)?;
    Ok(out.flush()?)
}

fn program() -> Command {
    let mut program = Arguments::command();
    program.build();
    program
}

/// The commands with their names; a built command knows that its page is `ninth-predict`.
fn pages(program: &Command) -> impl Iterator<Item = (String, Command)> {
    let commands = program.get_subcommands().filter(|command| command.get_name() != "help");
    commands.map(|command| {
        let page = command.clone().version(env!("CARGO_PKG_VERSION"));
        (command.get_name().to_string(), page)
    })
}

fn page(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}

fn write_all(folder: &Path, program: &Command) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(failed("create", folder))?;
    write_atomically(&folder.join("ninth.1"), &page(program.clone())?)?;
    for (name, command) in pages(program) {
        write_atomically(&folder.join(format!("ninth-{name}.1")), &page(command)?)?;
    }
    Ok(())
}
