//! The runs in a folder.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use ninth_settings::Assignment;
use ninth_training::files::open_plain;
use ninth_training::run_directory::RunView;
use ninth_training::{Config, Preset};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::spawn_blocking;

use super::log::{LogChange, LogReader, last_lines};
use super::reply::{HttpRefusal, Reply, ReplyBody, reply};

/// Runs that are listed, the newest first.
const LISTED: usize = 200;

/// Entries of the folder that are looked at.
const LOOKED_AT: usize = 10_000;

/// Bytes of weights that are sent at a time.
const PART: usize = 1 << 16;

/// What a run is, and how far it came.
#[derive(Clone, Debug, Serialize)]
pub struct RunSummary {
    /// The name of its folder.
    pub name: String,
    /// The preset that its config is; `None`: another config, or none that can be read.
    pub preset: Option<&'static str>,
    /// What became of it.
    pub state: &'static str,
    /// Steps done, as far as they are logged.
    pub step: u64,
    /// Steps of the whole training; `None` if its config cannot be read.
    pub total: Option<u64>,
    /// The last validation, a line of its log.
    pub validation: Option<Value>,
}

/// The runs in a folder, the newest first.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunList {
    /// What they are.
    pub runs: Vec<RunSummary>,
    /// How many older ones are left out.
    pub left_out: usize,
}

/// The folder of the runs.
#[derive(Clone, Debug)]
pub struct RunsFolder {
    path: PathBuf,
}

impl RunsFolder {
    pub fn new(path: PathBuf) -> Self {
        RunsFolder { path }
    }

    /// All runs; none if there is no such folder.
    pub fn list(&self) -> RunList {
        let Ok(entries) = fs::read_dir(&self.path) else { return RunList::default() };
        let names =
            entries.take(LOOKED_AT).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut runs: Vec<(SystemTime, String, RunView)> = names
            .filter_map(|name| {
                let view = self.run(&name).ok()?;
                let changed = fs::metadata(view.metrics_path()).and_then(|found| found.modified());
                Some((changed.unwrap_or(SystemTime::UNIX_EPOCH), name, view))
            })
            .collect();
        runs.sort_by(|one, other| (other.0, &one.1).cmp(&(one.0, &other.1)));
        let left_out = runs.len().saturating_sub(LISTED);
        let summary = |(_, name, view): (_, String, RunView)| summary(&name, &view);
        RunList { runs: runs.into_iter().take(LISTED).map(summary).collect(), left_out }
    }

    /// The run of this name: a folder in this one, not one that a path or a link leads to.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn run(&self, name: &str) -> Result<RunView, HttpRefusal> {
        let missing = || HttpRefusal::missing("there is no such run");
        match is_plain_name(name) {
            true => RunView::of(&self.path.join(name)).ok_or_else(missing),
            false => Err(missing()),
        }
    }
}

/// The log of a run, which may have no lines yet.
///
/// # Errors
///
/// If it cannot be read, or is no plain file.
pub fn log(view: &RunView) -> Result<LogReader, HttpRefusal> {
    let path = view.metrics_path();
    match open_plain(&path) {
        Ok(_) => Ok(LogReader::new(path)),
        Err(_) => Err(HttpRefusal::missing("this run has no log")),
    }
}

/// Whether a name is that of an entry of a folder, on any system, and not a hidden one.
fn is_plain_name(name: &str) -> bool {
    let mut components = Path::new(name).components();
    let is_one = matches!(components.next(), Some(Component::Normal(one)) if one == name)
        && components.next().is_none();
    let is_foreign = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':');
    is_one && !name.starts_with('.') && !name.contains(is_foreign) && name.len() <= 255
}

/// What a run is, and how far it came.
pub fn summary(name: &str, view: &RunView) -> RunSummary {
    let config = view.config().ok().and_then(|text| Config::from_text(name, &text).ok());
    let lines = last_lines(&view.metrics_path()).unwrap_or_default();
    let lines: Vec<Value> =
        lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let is_validation = |line: &&Value| line["event"] == "validation";
    RunSummary {
        name: name.to_string(),
        preset: config.as_ref().and_then(preset).map(Preset::name),
        state: view.state().name(),
        step: lines.last().and_then(|line| line["step"].as_u64()).unwrap_or(0),
        total: config.map(|config| config.total_steps()),
        validation: lines.iter().rfind(is_validation).cloned(),
    }
}

/// The preset that a config is, but for its seed.
fn preset(config: &Config) -> Option<Preset> {
    let seed = Assignment {
        place: "the seed".to_string(),
        key: "training.seed".to_string(),
        value: ninth_settings::Value::Integer(config.training.seed),
    };
    let is_it = |preset: &Preset| {
        Config::resolve(*preset, std::slice::from_ref(&seed)).is_ok_and(|it| it == *config)
    };
    Preset::ALL.into_iter().find(is_it)
}

/// All of a run: its summary, the text of its config, and the lines of its log, which are sent as
/// they are read.
pub fn detail(name: String, view: RunView) -> Result<Reply, HttpRefusal> {
    let failed = |error: io::Error| HttpRefusal::failed(format!("a file of the run: {error}"));
    let (config, log) = (view.config().map_err(failed)?, log(&view)?);
    let mut head = serde_json::to_value(summary(&name, &view))
        .map_err(|error| HttpRefusal::failed(error.to_string()))?;
    head["config"] = config.into();
    let mut head = head.to_string();
    // The closing bracket comes behind the log.
    head.pop();
    head += ",\"log\":[";
    let (sender, receiver) = channel(1);
    tokio::spawn(async move {
        // An error ends the answer before its end, so that the client sees it.
        if let Err(error) = send_log(head, log, &sender).await {
            let _ = sender.send(Err(error)).await;
        }
    });
    Ok(reply("application/json", ReplyBody::Stream(receiver, None)))
}

async fn send_log(
    head: String,
    mut log: LogReader,
    sender: &Sender<io::Result<Bytes>>,
) -> io::Result<()> {
    let (mut text, mut is_first) = (head, true);
    loop {
        let (read, same) = in_background(move || (log.read(), log)).await?;
        log = same;
        let next;
        match read? {
            LogChange::Lines(lines) if lines.is_empty() => {
                text += "]}\n";
                next = false;
            }
            LogChange::Lines(lines) => {
                for line in lines {
                    text += if is_first { "" } else { "," };
                    text += &line;
                    is_first = false;
                }
                next = true;
            }
            LogChange::Anew => return Err(io::Error::other("the log was cut off meanwhile")),
        }
        let part = Bytes::from(std::mem::take(&mut text));
        if sender.send(Ok(part)).await.is_err() || !next {
            return Ok(());
        }
    }
}

/// Does something with files on a thread that may wait for them.
pub async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)
}

/// The best weights of a run, as a file to keep.
pub fn weights(name: &str, view: &RunView) -> Result<Reply, HttpRefusal> {
    let file = open_plain(&view.best_path());
    let file = file.map_err(|_| HttpRefusal::missing("this run has no best weights yet"))?;
    let failed = |error: io::Error| HttpRefusal::failed(format!("a file of the run: {error}"));
    let (size, file) = (file.metadata().map_err(failed)?.len(), Arc::new(file));
    let (sender, receiver) = channel(1);
    tokio::spawn(async move {
        let mut left = size;
        while left > 0 {
            let file = Arc::clone(&file);
            let part = in_background(move || {
                let mut part = vec![0; PART.min(usize::try_from(left).unwrap_or(PART))];
                (&*file).read_exact(&mut part).map(|()| part)
            });
            let part = part.await.and_then(|part| part);
            left -= part.as_ref().map_or(left, |part| part.len() as u64);
            if sender.send(part.map(Bytes::from)).await.is_err() {
                return;
            }
        }
    });
    let mut reply = reply("application/octet-stream", ReplyBody::Stream(receiver, Some(size)));
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    if let Ok(value) =
        HeaderValue::from_str(&format!("attachment; filename=\"{name}.safetensors\""))
    {
        reply.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_settings::parse_assignment;
    use ninth_training::run_directory::RunDirectory;

    #[test]
    fn names_are_those_of_entries() {
        for good in
            ["strong-1", "my run", "läufe", "a..b", "%2e", "-", "...x".trim_start_matches('.')]
        {
            assert!(is_plain_name(good), "{good}");
        }
        let long = "a".repeat(256);
        for bad in [
            "", ".", "..", "../x", "x/..", "x/y", "/etc", "x/", "./x", "x\\y", "c:x", "x\0",
            "x\ny", ".hidden", "..x", &long,
        ] {
            assert!(!is_plain_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn runs_are_listed_with_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(RunsFolder::new(folder.path().join("none")).list().runs.len(), 0);
        let seed = parse_assignment("training.seed=7").unwrap();
        let seeded = Config::resolve(Preset::Strong, &[seed]).unwrap();
        let deeper = parse_assignment("model.layers=5").unwrap();
        let other = Config::resolve(Preset::Design, &[deeper]).unwrap();
        let run = RunDirectory::create(&folder.path().join("seeded"), &seeded, 0.0).unwrap();
        drop(RunDirectory::create(&folder.path().join("other"), &other, 0.0).unwrap());
        fs::create_dir(folder.path().join("empty")).unwrap();
        fs::write(folder.path().join("file"), "mine").unwrap();
        let log = "{\"event\":\"validation\",\"step\":10,\"validation/loss\":1.5}\n\
                   {\"event\":\"progress\",\"step\":20}\n";
        fs::write(folder.path().join("other/metrics.jsonl"), log).unwrap();
        let runs = RunsFolder::new(folder.path().to_path_buf());
        let mut list = runs.list();
        assert_eq!((list.runs.len(), list.left_out), (2, 0));
        list.runs.sort_by(|one, other| one.name.cmp(&other.name));
        let found = &list.runs[0];
        assert_eq!((&found.name[..], found.preset, found.state), ("other", None, "stopped"));
        assert_eq!((found.step, found.total), (20, Some(other.total_steps())));
        assert_eq!(found.validation.as_ref().unwrap()["validation/loss"], 1.5);
        let found = &list.runs[1];
        assert_eq!((found.preset, found.state), (Some("strong"), "running"));
        assert_eq!((found.step, found.validation.is_none()), (0, true));
        drop(run);
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let (outside, inside) = (folder.path().join("outside"), folder.path().join("runs"));
        drop(RunDirectory::create(&outside, &Config::default(), 0.0).unwrap());
        drop(RunDirectory::create(&inside.join("real"), &Config::default(), 0.0).unwrap());
        symlink(&outside, inside.join("link")).unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        symlink(folder.path().join("secret"), inside.join("real/best.safetensors")).unwrap();
        let runs = RunsFolder::new(inside);
        assert!(runs.run("link").is_err());
        let view = runs.run("real").unwrap();
        fs::remove_file(view.metrics_path()).unwrap();
        symlink(folder.path().join("secret"), view.metrics_path()).unwrap();
        assert_eq!(log(&view).unwrap_err().status.as_u16(), 404);
        assert_eq!(weights("real", &view).err().unwrap().status.as_u16(), 404);
    }
}
