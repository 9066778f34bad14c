//! A hostile client of the local server.
//!
//! ```text
//! attack PATH-TO-ninth [--requests N] [--seed S]
//! ```
//!
//! Starts `ninth serve` on a free port, with a folder of runs beside which lies a secret, and
//! sends it N hostile requests over up to 200 connections at a time, each connection from its own
//! thread. All along, a well-meaning client has to get the right answers; no answer may have the
//! secret; memory and open files have to stay where they were when a tenth was done, and nothing
//! may panic. Exit status 1 if any of that fails.
//!
//! Which requests are sent depends on the seed alone; in which order they arrive does not.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ninth_fuzz::number_of;

/// Connections at a time.
const CONNECTIONS: u64 = 200;

/// What no answer may have.
const SECRET: &str = "the-secret-that-lies-beside-the-runs";

/// How long an answer may take before it counts as missing. The queue of questions may be full of
/// long ones.
const PATIENCE: Duration = Duration::from_secs(60);

/// Memory beyond that after a tenth of the requests: what answers take at a time, and what the
/// allocator keeps of it.
const SLACK: u64 = 64 << 20;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most)).map(|_| self.next() as u8).collect()
    }
}

/// Ways to the secret, for a server that decodes too much or too little.
const PATHS: [&str; 32] = [
    "../secret.txt",
    "/../secret.txt",
    "/api/runs/..",
    "/api/runs/../secret.txt",
    "/api/runs/%2e%2e",
    "/api/runs/%2e%2e%2fsecret.txt",
    "/api/runs/..%2fbeside",
    "/api/runs/..%2Fbeside/events",
    "/api/runs/%2e%2e%5cbeside/weights",
    "/api/runs/..\\beside",
    "/api/runs/..%5Cbeside",
    "/api/runs/%252e%252e%252fbeside",
    "/api/runs/..%c0%afbeside",
    "/api/runs/%c0%ae%c0%ae/weights",
    "/api/runs/..%ef%bc%8fbeside",
    "/api/runs/real%2f..%2f..%2fbeside",
    "/api/runs/real/../../beside",
    "/api/runs/real%00/weights",
    "/api/runs/real/weights%00.txt",
    "/api/runs/link",
    "/api/runs/link/events",
    "/api/runs/link/weights",
    "/api/runs/trap",
    "/api/runs/trap/events",
    "/api/runs/trap/weights",
    "/api/runs//beside",
    "/api/runs/./../beside",
    "/api/runs/%2fetc%2fpasswd",
    "file:///etc/passwd",
    "//beside/secret.txt",
    "/%2e%2e/%2e%2e/secret.txt",
    "/index.html/../../secret.txt",
];

/// Bodies of questions, good and bad.
const BODIES: [&str; 12] = [
    "{\"terms\": [1, 1, 2, 3, 5, 8]}",
    "{\"text\": \"1, 2, 4, 8, ...\", \"count\": 3, \"top\": 2}",
    "{\"terms\": [7], \"method\": \"model\"}",
    "{\"terms\": [1, 2], \"count\": 1e999}",
    "{\"terms\": [1, 2], \"count\": -1, \"top\": 0}",
    "{\"terms\": null}",
    "{\"terms\": [1, 2.5, \"x\"]}",
    "{\"terms\": [1], \"terms\": [2], \"text\": \"3\"}",
    "{\"text\": \"\\ud800\"}",
    "{\"__proto__\": 1}",
    "[]",
    "{",
];

/// A request, and how it is sent.
struct Hostile {
    kind: &'static str,
    bytes: Vec<u8>,
    /// Whether the client leaves before it reads an answer.
    leaves: bool,
    /// Whether it says that nothing comes any more.
    closes: bool,
    /// Answers that are due; none: whatever comes.
    due: Option<usize>,
}

fn request(method: &str, path: &str, host: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{more}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// The kinds of requests; those that are answered by a search are rarer, as they take longer.
const KINDS: [u8; 45] = [
    0, 16, 17, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10,
    10, 10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 15, 15,
];

const JSON: &str = "Content-Type: application/json\r\n";

/// The hostile request of this number.
fn hostile(seed: u64, number: u64, own: &str) -> Hostile {
    let mut random = Random(seed ^ number.wrapping_mul(0xD134_2543_DE82_EF95));
    let question = random.pick(&["/api/predict", "/api/explain"]);
    let good = |random: &mut Random| {
        let body = random.pick(&BODIES);
        request("POST", question, own, JSON, body.as_bytes())
    };
    let mut made = Hostile {
        kind: "",
        bytes: Vec::new(),
        leaves: false,
        closes: random.below(4) == 0,
        due: Some(1),
    };
    let post = |body: &[u8]| request("POST", question, own, JSON, body);
    (made.kind, made.bytes) = match KINDS[random.below(KINDS.len())] {
        0 => ("questions", good(&mut random)),
        1 => {
            made.due = None;
            made.closes = true;
            ("random bytes", [random.bytes(600), b"\r\n\r\n".to_vec()].concat())
        }
        2 | 3 => {
            made.due = None;
            made.closes = true;
            let mut bytes = match random.below(3) {
                0 => request("GET", "/api/runs/real", own, "", b""),
                1 => request("GET", "/", own, "Accept-Encoding: gzip\r\n", b""),
                _ => good(&mut random),
            };
            for _ in 0..=random.below(8) {
                let place = random.below(bytes.len());
                match random.below(3) {
                    0 => bytes[place] = random.next() as u8,
                    1 => drop(bytes.remove(place)),
                    _ => bytes.insert(place, random.next() as u8),
                }
            }
            ("mutated", bytes)
        }
        4 => {
            made.due = None;
            let header = match random.below(3) {
                0 => format!("X: {}\r\n", "x".repeat(random.below(100_000))),
                1 => "X: y\r\n".repeat(random.below(3000)),
                _ => format!("{}: y\r\n", "X".repeat(random.below(30_000))),
            };
            ("huge headers", request("GET", "/", own, &header, b""))
        }
        5 => {
            made.due = None;
            let most = random.pick(&[&17, &17, &17, &22]);
            let size = random.below(1 << most);
            ("huge bodies", post(&vec![b' '; size]))
        }
        6 => {
            made.due = None;
            made.closes = true;
            let length = random.pick(&["99999999999999999999", "-1", "5", "0x10", "1, 1", "", "7"]);
            let head = format!(
                "POST {question} HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n{JSON}\
                 Content-Length: {length}\r\nContent-Length: 3\r\n\r\n{{\"te"
            );
            ("lying lengths", head.into_bytes())
        }
        7 => {
            made.due = None;
            made.closes = true;
            let chunks = random.pick(&[
                "zz\r\nx\r\n",
                "ffffffffffffffffff\r\nx",
                "5\r\n{}\r\n0\r\n\r\n",
                "2;x=y\r\n{}\r\n0\r\nX: y\r\n\r\n",
                "-1\r\n\r\n",
                "2\r\n{}",
            ]);
            let length = random.pick(&["", "Content-Length: 4\r\n"]);
            let head = format!(
                "POST {question} HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n{JSON}{length}\
                 Transfer-Encoding: chunked\r\n\r\n{chunks}"
            );
            ("bad chunks", head.into_bytes())
        }
        8 => {
            // Some wait until they are cut off.
            made.leaves = random.below(64) > 0;
            made.closes = false;
            made.due = None;
            let mut bytes = good(&mut random);
            if !made.leaves || random.below(2) == 0 {
                bytes.truncate(random.below(bytes.len()));
            }
            ("half-open", bytes)
        }
        9 => {
            let count = 2 + random.below(8);
            let one = format!("GET /api/runs/real HTTP/1.1\r\nHost: {own}\r\n\r\n");
            let last = request("GET", "/", own, "", b"");
            made.due = Some(count);
            ("pipelined", [one.repeat(count - 1).into_bytes(), last].concat())
        }
        10 | 11 => {
            let path = random.pick(&PATHS);
            let end = random.pick(&["", "", "/", "/events", "/weights", "?x"]);
            ("paths", request("GET", &format!("{path}{end}"), own, "", b""))
        }
        12 => {
            let host = random.pick(&[
                "evil.example",
                "127.0.0.1",
                "127.0.0.1:1",
                "localhost.evil.example",
                "",
                "[::1]",
                "127.0.0.1:99999999",
                "\u{ff}",
            ]);
            let more = random.pick(&["", "Host: localhost\r\n", "Origin: null\r\n"]);
            ("hosts", request("GET", "/api/runs", host, more, b""))
        }
        13 => {
            let method = random.pick(&[
                "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "HEAD", "get", "PROPFIND",
            ]);
            let path = random.pick(&["/", "/api/runs", "/api/predict", "/api/runs/real/events"]);
            ("methods", request(method, path, own, "", b""))
        }
        14 => {
            let text = random.bytes(200);
            ("invalid UTF-8", post(&[b"{\"text\": \"", &text[..], b"\"}"].concat()))
        }
        15 => {
            let (open, close) = random.pick(&[&("[", "]"), &("{\"a\":", "}")]);
            let depth = random.below(60_000 / open.len());
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            let body = match random.below(3) {
                0 => open,
                1 => format!("{open}{close}"),
                _ => format!("{{\"terms\": {open}1{close}}}"),
            };
            ("deep JSON", post(&body.as_bytes()[..body.len().min(65_536)]))
        }
        16 => {
            let most = random.below(15);
            let digits = "9".repeat(1 + random.below(1 << most));
            let terms: Vec<String> =
                (0..3).map(|_| format!("{}{digits}", 1 + random.below(9))).collect();
            ("huge integers", post(format!("{{\"terms\": [{}]}}", terms.join(",")).as_bytes()))
        }
        17.. => {
            let terms: Vec<String> =
                (0..2 + random.below(30)).map(|_| random.below(1000).to_string()).collect();
            let (count, top) = (1 + random.below(100), 1 + random.below(100));
            let path = format!("{question}?terms={}&count={count}&top={top}", terms.join(","));
            ("random terms", request("GET", &path, own, "", b""))
        }
    };
    // A target that is no target at all is answered by the protocol's own rules.
    if matches!(made.kind, "paths" | "hosts" | "methods") {
        made.due = Some(1);
    }
    made
}

/// What came of all requests.
#[derive(Default)]
struct Tally {
    /// By kind of request, then by status; 0: no answer.
    statuses: BTreeMap<&'static str, BTreeMap<u16, u64>>,
    failures: BTreeMap<String, u64>,
}

impl Tally {
    fn fail(&mut self, what: impl Into<String>) {
        *self.failures.entry(what.into()).or_default() += 1;
    }
}

/// The statuses of the answers in some bytes.
fn statuses(bytes: &[u8]) -> Vec<u16> {
    let mark = b"HTTP/1.1 ";
    let found = bytes.windows(mark.len() + 3).filter(|window| window.starts_with(mark));
    let status = |window: &[u8]| std::str::from_utf8(&window[mark.len()..]).ok()?.parse().ok();
    found.filter_map(status).collect()
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

/// Sends bytes, and returns what comes back before the connection ends.
fn exchange(port: u16, hostile: &Hostile) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // A server that has seen enough may have closed.
    let _ = stream.write_all(&hostile.bytes);
    if hostile.leaves {
        return Ok(Vec::new());
    }
    if hostile.closes && hostile.due.is_none() {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut bytes = Vec::new();
    let mut part = [0; 1 << 14];
    loop {
        match stream.read(&mut part) {
            Ok(0) => return Ok(bytes),
            Ok(size) => bytes.extend(&part[..size]),
            // A reset, behind whatever came before it.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(bytes),
            Err(error) => return Err(error),
        }
    }
}

/// The server, and what it is asked about itself.
struct Victim {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Victim {
    fn start(program: &Path) -> Result<Self, Box<dyn Error>> {
        let folder = std::env::temp_dir().join(format!("ninth-attack-{}", std::process::id()));
        for run in ["runs/real", "runs/trap", "beside"] {
            fs::create_dir_all(folder.join(run))?;
            fs::write(folder.join(run).join("config.toml"), "[model]\n")?;
            fs::write(
                folder.join(run).join("metrics.jsonl"),
                "{\"event\":\"progress\",\"step\":1}\n",
            )?;
            fs::write(folder.join(run).join("best.safetensors"), "weights")?;
        }
        fs::write(folder.join("secret.txt"), SECRET)?;
        for name in ["config.toml", "metrics.jsonl", "best.safetensors"] {
            fs::write(folder.join("beside").join(name), format!("{{\"x\":\"{SECRET}\"}}\n"))?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink(folder.join("beside"), folder.join("runs/link"))?;
            for name in ["metrics.jsonl", "best.safetensors"] {
                fs::remove_file(folder.join("runs/trap").join(name))?;
                symlink(folder.join("beside").join(name), folder.join("runs/trap").join(name))?;
            }
        }
        let errors = fs::File::create(folder.join("stderr.txt"))?;
        let mut child = Command::new(program)
            .args(["serve", "--port", "0", "--runs", "runs"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("no standard output")?;
        BufReader::new(out).read_line(&mut line)?;
        let port = line.trim().strip_prefix("http://127.0.0.1:").ok_or("no address")?;
        let port = port.trim_end_matches('/').parse()?;
        Ok(Victim { child, port, folder })
    }

    fn own(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Memory in bytes.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        size.unwrap_or(0) * 1024
    }

    /// Open files, and threads.
    fn held(&self) -> (usize, usize) {
        let count = |what: &str| {
            fs::read_dir(format!("/proc/{}/{what}", self.child.id())).map_or(0, Iterator::count)
        };
        (count("fd"), count("task"))
    }

    /// What the server holds when nobody is connected.
    fn at_rest(&self) -> (u64, usize, usize) {
        // Connections that were left half-open end with their time.
        let began = Instant::now();
        let mut held = self.held();
        while held.0 > 32 && began.elapsed() < 2 * PATIENCE {
            thread::sleep(Duration::from_millis(100));
            held = self.held();
        }
        (self.memory(), held.0, held.1)
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What a well-meaning client asks, and what has to be in the answer.
const GOOD: [(&str, &str); 4] = [
    ("/", "data-server=\"1\""),
    ("/api/predict?terms=1,1,2,3,5,8,13,21", "\"next\":[34]"),
    ("/api/runs", "\"name\":\"real\""),
    ("/api/runs/real", "\"log\":[{\"event\":\"progress\",\"step\":1}"),
];

/// Asks as a well-meaning client does; the seconds that the slowest answer took.
fn well_meant(port: u16, own: &str) -> Result<f64, String> {
    let mut slowest = 0.0_f64;
    for (path, part) in GOOD {
        let bytes = request("GET", path, own, "", b"");
        let hostile = Hostile { kind: "", bytes, leaves: false, closes: false, due: Some(1) };
        let began = Instant::now();
        let answer =
            exchange(port, &hostile).map_err(|error| format!("no answer to {path}: {error}"))?;
        slowest = slowest.max(began.elapsed().as_secs_f64());
        let status = statuses(&answer).first().copied();
        // A queue that is full says so.
        let is_full = path.starts_with("/api/predict") && status == Some(503);
        if !is_full && (status != Some(200) || !contains(&answer, part)) {
            return Err(format!("a wrong answer to {path}, with the status {status:?}"));
        }
    }
    Ok(slowest)
}

/// Sends the requests with these numbers.
fn storm(
    port: u16,
    own: &str,
    seed: u64,
    numbers: std::ops::Range<u64>,
    tally: &Mutex<Tally>,
) -> f64 {
    let next = AtomicU64::new(numbers.start);
    let ended = AtomicBool::new(false);
    let record = |what: &dyn Fn(&mut Tally)| {
        what(&mut tally.lock().unwrap_or_else(PoisonError::into_inner));
    };
    thread::scope(|scope| {
        let friend = scope.spawn(|| {
            let mut slowest = 0.0_f64;
            while !ended.load(Ordering::Relaxed) {
                match well_meant(port, own) {
                    Ok(took) => slowest = slowest.max(took),
                    Err(what) => record(&|tally| tally.fail(&what)),
                }
                thread::sleep(Duration::from_millis(20));
            }
            slowest
        });
        let attackers: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= numbers.end {
                            return;
                        }
                        let hostile = hostile(seed, number, own);
                        let answer = exchange(port, &hostile);
                        record(&|tally| judge(&hostile, number, &answer, tally));
                    }
                })
            })
            .collect();
        for attacker in attackers {
            let _ = attacker.join();
        }
        ended.store(true, Ordering::Relaxed);
        friend.join().unwrap_or(f64::INFINITY)
    })
}

fn judge(hostile: &Hostile, number: u64, answer: &io::Result<Vec<u8>>, tally: &mut Tally) {
    let kind = hostile.kind;
    let bytes = match answer {
        Ok(bytes) => &bytes[..],
        Err(error) => {
            tally.fail(format!("{kind}: {error}"));
            return;
        }
    };
    let found = statuses(bytes);
    if contains(bytes, SECRET) {
        tally.fail(format!("{kind}: the secret, in the answer to request {number}"));
    }
    if hostile.due.is_some_and(|due| due != found.len()) {
        tally.fail(format!("{kind}: {} answers instead of {:?}", found.len(), hostile.due));
    }
    if found.contains(&500) {
        tally.fail(format!("{kind}: the status 500"));
    }
    let of_kind = tally.statuses.entry(kind).or_default();
    for status in if found.is_empty() { vec![0] } else { found } {
        *of_kind.entry(status).or_default() += 1;
    }
}

/// Whether as many connections as there are attackers are all answered at once.
fn all_at_once(port: u16, own: &str) -> Result<(), String> {
    let failed = |error: io::Error| format!("{CONNECTIONS} connections at once: {error}");
    let open = || {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    };
    let streams: Result<Vec<TcpStream>, io::Error> = (0..CONNECTIONS).map(|_| open()).collect();
    let mut streams = streams.map_err(failed)?;
    for stream in &mut streams {
        stream.write_all(&request("GET", "/", own, "", b"")).map_err(failed)?;
    }
    for stream in &mut streams {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).map_err(failed)?;
        if statuses(&bytes) != [200] {
            return Err(format!("{CONNECTIONS} connections at once: a wrong answer"));
        }
    }
    Ok(())
}

fn arguments() -> Result<(PathBuf, u64, u64), Box<dyn Error>> {
    let (mut program, mut requests, mut seed) = (None, 100_000, 0);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || number_of(&argument, &mut arguments);
        match argument.as_str() {
            "--requests" => requests = number()?,
            "--seed" => seed = number()?,
            _ => program = Some(PathBuf::from(argument)),
        }
    }
    let program = program.ok_or("usage: attack PATH-TO-ninth [--requests N] [--seed S]")?;
    Ok((program.canonicalize()?, requests, seed))
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (program, requests, seed) = arguments()?;
    let victim = Victim::start(&program)?;
    let (port, own) = (victim.port, victim.own());
    well_meant(port, &own)?;
    let tally = Arc::new(Mutex::new(Tally::default()));
    let began = Instant::now();
    println!(
        "{:>10} {:>10} {:>12} {:>6} {:>8}",
        "requests", "seconds", "memory", "files", "threads"
    );
    let row = |done: u64| {
        let (memory, files, threads) = victim.at_rest();
        let seconds = began.elapsed().as_secs_f64();
        println!("{done:>10} {seconds:>10.1} {:>8} KiB {files:>6} {threads:>8}", memory / 1024);
        (memory, files, threads)
    };
    let first = row(0);
    let mut slowest = 0.0_f64;
    let (mut tenth, mut last) = (first, first);
    let mut attacked = Duration::ZERO;
    for part in 0..10 {
        let (start, end) = (requests * part / 10, requests * (part + 1) / 10);
        let started = Instant::now();
        slowest = slowest.max(storm(port, &own, seed, start..end, &tally));
        attacked += started.elapsed();
        last = row(end);
        if part == 0 {
            tenth = last;
        }
    }
    let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    if let Err(what) = all_at_once(port, &own) {
        tally.fail(what);
    }
    if let Err(what) = well_meant(port, &own) {
        tally.fail(what);
    }
    if last.0 > tenth.0 + SLACK {
        tally.fail(format!("memory grows: from {} to {} bytes", tenth.0, last.0));
    }
    if last.1 > first.1 + 8 {
        tally.fail(format!("files stay open: {} at first, {} at last", first.1, last.1));
    }
    let said = fs::read_to_string(victim.folder.join("stderr.txt"))?;
    if said.contains("panicked") {
        tally.fail(format!("a panic: {said}"));
    }
    println!();
    println!("{:<14} answers by status (-: none)", "requests");
    for (kind, statuses) in &tally.statuses {
        let name = |status: u16| if status == 0 { "-".to_string() } else { status.to_string() };
        let all = statuses.iter().map(|(status, count)| format!("{} {count}", name(*status)));
        println!("{kind:<14} {}", all.collect::<Vec<_>>().join(", "));
    }
    println!();
    let rate = requests as f64 / attacked.as_secs_f64();
    println!("{rate:.0} requests a second; a well-meant answer took {slowest:.2} s at most");
    for (what, count) in &tally.failures {
        println!("FAILED {count} times: {what}");
    }
    Ok(if tally.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
