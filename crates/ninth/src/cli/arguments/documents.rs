//! Arguments of the commands that print documents for other programs.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth completions bash > ninth.bash
  ninth completions zsh > _ninth
  ninth completions fish > ninth.fish

Where they go:
  bash        ~/.local/share/bash-completion/completions/ninth
  zsh         a folder of $fpath, as _ninth
  fish        ~/.config/fish/completions/ninth.fish
  powershell  at the end of $PROFILE
  elvish      at the end of ~/.config/elvish/rc.elv")]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth man > ninth.1
  ninth man predict > ninth-predict.1
  ninth man --out man

`man ./ninth.1` shows a page; the folder of --out gets one for each command, and
its place is one of those that `manpath` lists, in a folder man1.")]
pub struct ManArguments {
    /// The command that the page is about [default: the program]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
    /// Write the pages of all commands into a folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub out: Option<PathBuf>,
}
