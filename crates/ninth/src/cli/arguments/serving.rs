//! Arguments of the local server.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth serve
  ninth serve --open
  ninth serve --port 0 --runs my-runs
  ninth serve --export site

The address is the first line of standard output. Only this machine is answered,
and no page but the server's own; files are read, none is written. Ctrl-C ends
it, with status 0.

The page answers on its own. From the server it has the runs in the folder of
--runs, with their curves while `ninth train` writes them. --export makes a
folder with the page for any other web server; it has to be empty, new, or from
an export.

The API answers in JSON, as --json of the commands; an error is {\"error\": ...}
  POST /api/predict   {\"terms\": [1, 2, 4] or \"text\": \"1, 2, 4, ...\",
                      \"count\": 3, \"top\": 5, \"method\": \"blend\"}; type
                      application/json
  GET  /api/predict   the same: ?terms=1,2,4&count=3
  POST /api/explain   the same without method, GET too
  GET  /api/runs      the runs, the newest first: name, preset, state, step,
                      total, validation (the last one)
  GET  /api/runs/NAME            the same with config and log, all its lines
  GET  /api/runs/NAME/events     server-sent: begin, line (of the log), end
  GET  /api/runs/NAME/weights    best.safetensors")]
pub struct ServeArguments {
    /// The port; 0: any that is free
    #[arg(long, value_name = "N", default_value_t = 9009, allow_negative_numbers = true)]
    pub port: u16,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
    /// The folder with the runs
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub runs: PathBuf,
    /// Write the page into a folder instead
    #[arg(long, value_name = "DIR", conflicts_with_all = ["port", "open", "runs"])]
    pub export: Option<PathBuf>,
}
