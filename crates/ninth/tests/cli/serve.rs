//! The local server, asked by plain sockets.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::{assert_contains, command, json, ninth_in};

/// Far beyond what any answer takes, so that a test that waits for ever ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is ended with the test.
struct Served {
    child: Child,
    out: BufReader<ChildStdout>,
    port: u16,
}

impl Served {
    fn start(folder: &Path, arguments: &str) -> Self {
        let mut command = command(folder, &format!("serve --port 0 {arguments}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let port = line.strip_prefix("http://127.0.0.1:").unwrap().trim_end_matches("/\n");
        Served { port: port.parse().unwrap(), out, child }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// The answer to a request as it stands; the connection is closed behind it.
    fn send(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        // A server that refuses early may have closed already.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Answer::of(&bytes)
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let port = self.port;
        let host = if headers.contains("Host:") {
            String::new()
        } else {
            format!("Host: localhost:{port}\r\n")
        };
        let length = body.len();
        self.send(
            format!(
                "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\n\
                 Content-Length: {length}\r\n{headers}\r\n{body}"
            )
            .as_bytes(),
        )
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", "")
    }

    fn post(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, "Content-Type: application/json\r\n", body)
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap().success()
        );
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let mut message = String::new();
        let _ = self.child.stderr.take().unwrap().read_to_string(&mut message);
        let _ = self.out.read_to_string(&mut message);
        let _ = self.child.wait();
        assert!(!message.contains("panicked"), "{message}");
    }
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, head, body: bytes[end + 4..].to_vec() };
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = unchunked(&answer.body);
        }
        answer
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    fn refused(&self, status: u16, part: &str) {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.text());
        let error = json(self.text());
        assert!(error["error"].as_str().unwrap().contains(part), "{error}");
        safe(self);
    }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return found;
        }
        found.extend(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
    panic!("the answer was cut off");
}

/// Checks what every answer has.
#[track_caller]
fn safe(answer: &Answer) {
    let policy = answer.header("content-security-policy").unwrap();
    assert_contains(policy, &["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'"]);
    assert_contains(policy, &["frame-ancestors 'none'", "connect-src 'self'"]);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
}

#[test]
fn the_page_is_served_as_a_client_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), "");
    let plain = served.get("/");
    assert_eq!(plain.status, 200);
    assert_eq!(plain.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(plain.header("cache-control"), Some("no-cache"));
    assert_eq!(plain.header("content-encoding"), None);
    safe(&plain);
    // The page is told that there is a server.
    assert_contains(plain.text(), &["data-server=\"1\""]);
    let packed = served.ask("GET", "/index.html", "Accept-Encoding: br, gzip\r\n", "");
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let known = format!("If-None-Match: {}\r\n", plain.header("etag").unwrap());
    let again = served.ask("GET", "/", &known, "");
    assert_eq!((again.status, again.body.len()), (304, 0));
    safe(&again);
    let head = served.ask("HEAD", "/", "", "");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(&plain.body.len().to_string()[..]));
}

#[test]
fn answers_are_those_of_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), "");
    let large = "100000000000000000000 200000000000000000000 300000000000000000000";
    let commas = large.replace(' ', ", ");
    for (path, body, command) in [
        ("predict", format!("{{\"terms\": [{commas}]}}"), format!("predict --json {large}")),
        (
            "predict",
            "{\"text\": \"1, 1, 2, 3, ...\", \"count\": 4, \"top\": 2}".to_string(),
            "predict --json --count 4 --top 2 1 1 2 3".to_string(),
        ),
        (
            "predict",
            "{\"terms\": [1, 2, 4], \"method\": \"model\"}".to_string(),
            "predict --json --method model 1 2 4".to_string(),
        ),
        ("explain", "{\"terms\": \"1 4 9 16\"}".to_string(), "explain --json 1 4 9 16".to_string()),
        (
            "explain",
            "{\"text\": \"1;4;9\", \"count\": 10, \"top\": 1}".to_string(),
            "explain --json --count 10 --top 1 1 4 9".to_string(),
        ),
    ] {
        let expected = ninth_in(folder.path(), &command).good().out;
        let answer = served.post(&format!("/api/{path}"), &body);
        assert_eq!((answer.status, answer.text()), (200, &expected[..]), "{body}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        safe(&answer);
    }
    let expected = ninth_in(folder.path(), "predict --json --count 3 1 1 2 3").good().out;
    assert_eq!(served.get("/api/predict?terms=1,1,2,3&count=3").text(), expected);
    let expected = ninth_in(folder.path(), "explain --json 1 4 9 16").good().out;
    assert_eq!(served.get("/api/explain?text=1%2C+4%2C+9%2C+16").text(), expected);
}

#[test]
fn what_is_refused_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), "");
    let port = served.port;
    let (predict, good) = ("/api/predict", "{\"terms\": [1, 2, 3]}");
    // Names that lead here, and are not this server's.
    for host in ["evil.example", "evil.example:9009", "127.0.0.1", "127.0.0.1:1", "0.0.0.0"] {
        let answer = served.ask("GET", "/", &format!("Host: {host}\r\n"), "");
        answer.refused(421, "this server is");
    }
    served.send(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").refused(421, "this server is");
    served.send(b"GET / HTTP/1.0\r\n\r\n").refused(421, "this server is");
    for origin in ["http://evil.example", "null", "https://localhost", "http://localhost:1"] {
        let json = "Content-Type: application/json\r\n";
        let headers = format!("Origin: {origin}\r\n{json}");
        served.ask("POST", predict, &headers, good).refused(403, "other servers");
    }
    let own = format!("Origin: http://127.0.0.1:{port}\r\nContent-Type: application/json\r\n");
    assert_eq!(served.ask("POST", predict, &own, good).status, 200);
    served.ask("GET", "/api/runs", "Sec-Fetch-Site: cross-site\r\n", "").refused(403, "other");
    // Types, methods, bodies.
    served.ask("POST", predict, "Content-Type: text/plain\r\n", good).refused(415, "json");
    served.ask("POST", predict, "", good).refused(415, "application/json");
    let answer = served.ask("DELETE", predict, "", "");
    answer.refused(405, "GET, POST");
    assert_eq!(answer.header("allow"), Some("GET, POST"));
    assert_eq!(served.ask("POST", "/", "", good).header("allow"), Some("GET, HEAD"));
    assert_eq!(served.ask("PUT", "/api/runs", "", good).header("allow"), Some("GET"));
    served
        .post(predict, &format!("{{\"text\": \"{}\"}}", "1 ".repeat(40_000)))
        .refused(413, "65536");
    let chunk = format!("ffff\r\n{}\r\n", " ".repeat(0xffff));
    let chunked = format!(
        "POST {predict} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n"
    );
    served.send(chunked.as_bytes()).refused(413, "65536");
    served.post(predict, "{\"terms\": [1, 2, 2.5]}").refused(400, "term 3 is \"2.5\"");
    served.post(predict, "{\"terms\": [1], \"tpo\": 1}").refused(400, "\"tpo\"");
    served.post(predict, &"[".repeat(60_000)).refused(400, "not JSON");
    served.get("/api/predict?terms=1000&method=model").refused(400, "term 1 is 1000");
    // Paths.
    for path in ["/nowhere", "/../Cargo.toml", "/%2e%2e/x", "/index.html.gz", "/api", "/api/x"] {
        served.get(path).refused(404, "nothing");
    }
    // Headers without end.
    let long = format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nX: {}", "x".repeat(20_000));
    assert_eq!(served.send(long.as_bytes()).status, 431);
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(100));
    assert_eq!(served.send(many.as_bytes()).status, 431);
    assert_eq!(served.send(b"nonsense\r\n\r\n").status, 400);
    assert_eq!(served.get("/").status, 200);
}

#[test]
fn slow_clients_are_cut_off_and_keep_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), "");
    let mut slow = served.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: local").unwrap();
    let mut idle = served.connect();
    let port = served.port;
    let mut body = served.connect();
    let request = format!(
        "POST /api/predict HTTP/1.1\r\nHost: localhost:{port}\r\n\
         Content-Type: application/json\r\nContent-Length: 30\r\nConnection: close\r\n\r\n{{\"te"
    );
    body.write_all(request.as_bytes()).unwrap();
    // Meanwhile, others.
    assert_eq!(served.get("/api/predict?terms=1,2,3").status, 200);
    let mut bytes = Vec::new();
    body.read_to_end(&mut bytes).unwrap();
    Answer::of(&bytes).refused(408, "too long");
    for stream in [&mut slow, &mut idle] {
        let mut bytes = Vec::new();
        // The end of the connection, or its reset; never an answer.
        let _ = stream.read_to_end(&mut bytes);
        assert_eq!(bytes, b"");
    }
}

#[test]
fn many_clients_at_a_time_are_all_answered() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path(), "");
    let streams: Vec<TcpStream> = (0..200).map(|_| served.connect()).collect();
    let request =
        format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", served.port);
    for mut stream in &streams {
        stream.write_all(request.as_bytes()).unwrap();
    }
    for mut stream in streams {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        assert_eq!(Answer::of(&bytes).status, 200);
    }
}

/// A run as a short training leaves it.
fn train(folder: &Path, name: &str) {
    ninth_in(folder, &format!("train --quiet --out runs/{name} {SHORT}")).good();
}

const SHORT: &str = "--set training.epochs=2 --set training.steps_per_epoch=20 \
    --set validation.sequences=100 --set learning_rate.warmup_steps=5 \
    --set training.batch_size=16";

#[test]
fn runs_are_shown_and_nothing_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let served = Served::start(path, "");
    assert_eq!(json(served.get("/api/runs").text())["runs"], Value::Array(Vec::new()));
    served.get("/api/runs/short").refused(404, "no such run");
    train(path, "short");
    fs::write(path.join("secret.txt"), "the secret").unwrap();
    fs::create_dir(path.join("beside")).unwrap();
    fs::write(path.join("beside/config.toml"), "the secret").unwrap();
    fs::write(path.join("beside/metrics.jsonl"), "{\"the\":\"secret\"}\n").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(path.join("beside"), path.join("runs/link")).unwrap();

    let list = json(served.get("/api/runs").text());
    assert_eq!(list["runs"].as_array().unwrap().len(), 1);
    let run = &list["runs"][0];
    assert_eq!((run["name"].as_str(), run["state"].as_str()), (Some("short"), Some("finished")));
    assert_eq!((run["step"].as_u64(), run["total"].as_u64()), (Some(40), Some(40)));
    assert!(run["validation"]["validation/accuracy_last"].as_f64().is_some(), "{run}");

    let detail = json(served.get("/api/runs/short").text());
    let text = |name: &str| fs::read_to_string(path.join("runs/short").join(name)).unwrap();
    assert_eq!(detail["config"], text("config.toml"));
    let log: Vec<Value> = text("metrics.jsonl").lines().map(json).collect();
    assert_eq!(detail["log"], Value::Array(log));
    let weights = served.get("/api/runs/short/weights");
    assert_eq!(weights.body, fs::read(path.join("runs/short/best.safetensors")).unwrap());
    assert_eq!(
        weights.header("content-disposition"),
        Some("attachment; filename=\"short.safetensors\"")
    );
    for name in [
        "..",
        "%2e%2e",
        "..%2fbeside",
        "%2e%2e%2fbeside",
        "..%5cbeside",
        "..%00",
        "%252e%252e",
        "link",
        "../beside",
        "short%2f..%2f..%2fbeside",
        ".",
        "",
    ] {
        for end in ["", "/events", "/weights"] {
            let answer = served.get(&format!("/api/runs/{name}{end}"));
            assert_eq!(answer.status, 404, "{name}{end}");
            assert!(!answer.text().contains("secret"), "{name}");
        }
    }
}

/// The next event: its name and its data.
fn event(lines: &mut impl Iterator<Item = String>) -> Option<(String, Value)> {
    let mut name = None;
    for line in lines {
        if let Some(found) = line.strip_prefix("event: ") {
            name = Some(found.to_string());
        } else if let Some(data) = line.strip_prefix("data: ") {
            return Some((name?, json(data)));
        }
    }
    None
}

fn events(served: &Served, name: &str) -> impl Iterator<Item = String> {
    let mut stream = served.connect();
    // Without chunks, for simplicity's sake: those are for HTTP/1.1.
    let request =
        format!("GET /api/runs/{name}/events HTTP/1.0\r\nHost: localhost:{}\r\n\r\n", served.port);
    stream.write_all(request.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    assert_eq!(lines.next().unwrap().split(' ').nth(1), Some("200"));
    let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    assert!(head.iter().any(|line| line == "content-type: text/event-stream"), "{head:?}");
    lines
}

#[cfg(unix)]
#[test]
fn events_follow_a_training_while_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let served = Served::start(path, "");
    let long = SHORT.replace("training.epochs=2", "training.epochs=100000");
    // Nothing but the signal ends it.
    let long = format!("{long} --set early_stopping.patience=0");
    let mut training =
        command(path, &format!("train --quiet --out runs/live {long}")).spawn().unwrap();
    let log = path.join("runs/live/metrics.jsonl");
    while fs::metadata(&log).map_or(0, |found| found.len()) == 0 {
        assert!(training.try_wait().unwrap().is_none(), "the training has ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut lines = events(&served, "live");
    let (name, run) = event(&mut lines).unwrap();
    assert_eq!((&name[..], run["state"].as_str()), ("begin", Some("running")));
    let mut found = Vec::new();
    let before = fs::read_to_string(&log).unwrap().lines().count();
    while found.len() < before + 3 {
        let (name, line) = event(&mut lines).unwrap();
        assert_eq!(name, "line");
        found.push(line);
    }
    let id = training.id().to_string();
    assert!(
        std::process::Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success()
    );
    assert_eq!(training.wait().unwrap().code(), Some(130));
    let end = loop {
        match event(&mut lines).unwrap() {
            (name, line) if name == "line" => found.push(line),
            (name, end) => {
                assert_eq!(name, "end");
                break end;
            }
        }
    };
    assert_eq!(end["state"], "stopped");
    assert_eq!(lines.next().as_deref(), Some(""));
    assert_eq!(lines.next(), None);
    let written: Vec<Value> = fs::read_to_string(&log).unwrap().lines().map(json).collect();
    assert_eq!(found, written);
    assert_eq!(json(served.get("/api/runs").text())["runs"][0]["state"], "stopped");
}

#[test]
fn events_begin_anew_with_the_log_and_end_with_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    train(path, "short");
    let served = Served::start(path, "");
    let mut lines = events(&served, "short");
    assert_eq!(event(&mut lines).unwrap().0, "begin");
    let mut last = None;
    while let Some((name, data)) = event(&mut lines) {
        last = Some((name, data["state"].clone()));
    }
    assert_eq!(last, Some(("end".to_string(), Value::from("finished"))));

    // As while a training is at work in it.
    let run = path.join("runs/short");
    fs::remove_file(run.join("report.html")).unwrap();
    let lock = OpenOptions::new().write(true).open(run.join("lock")).unwrap();
    lock.lock().unwrap();
    let count = fs::read_to_string(run.join("metrics.jsonl")).unwrap().lines().count();
    let mut lines = events(&served, "short");
    assert_eq!(event(&mut lines).unwrap().0, "begin");
    for _ in 0..count {
        assert_eq!(event(&mut lines).unwrap().0, "line");
    }
    let metrics = OpenOptions::new().write(true).open(run.join("metrics.jsonl")).unwrap();
    metrics.set_len(0).unwrap();
    assert_eq!(event(&mut lines).unwrap().0, "begin");
    (&metrics).write_all(b"{\"step\":7}\n").unwrap();
    assert_eq!(event(&mut lines).unwrap(), ("line".to_string(), json("{\"step\":7}")));
    // Not every Windows removes a folder with an open file in it.
    if cfg!(unix) {
        fs::remove_dir_all(&run).unwrap();
        let end = ("end".to_string(), json("{\"state\":\"deleted\"}"));
        assert_eq!(event(&mut lines).unwrap(), end);
        assert_eq!(event(&mut lines), None);
    }
}

#[test]
fn streams_of_events_have_an_end_of_their_number() {
    let folder = tempfile::tempdir().unwrap();
    train(folder.path(), "short");
    let run = folder.path().join("runs/short");
    fs::remove_file(run.join("report.html")).unwrap();
    let lock = OpenOptions::new().write(true).open(run.join("lock")).unwrap();
    lock.lock().unwrap();
    let served = Served::start(folder.path(), "");
    let open: Vec<_> = (0..64).map(|_| events(&served, "short")).collect();
    served.get("/api/runs/short/events").refused(503, "64 streams");
    assert_eq!(served.get("/").status, 200);
    drop(open);
    // The server notices that they are gone.
    while served.get("/api/runs").status != 200
        || served.ask("HEAD", "/api/runs/short/events", "", "").status != 405
    {}
    let mut tries = 0;
    loop {
        let mut stream = served.connect();
        let request = format!(
            "GET /api/runs/short/events HTTP/1.0\r\nHost: localhost:{}\r\n\r\n",
            served.port
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        if line.contains(" 200 ") {
            break;
        }
        tries += 1;
        assert!(tries < 1000, "{line}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_success() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["INT", "TERM"] {
        let mut served = Served::start(folder.path(), "");
        // Somebody is connected, and somebody has asked.
        let _idle = served.connect();
        assert_eq!(served.get("/").status, 200);
        served.signal(signal);
        assert_eq!(served.child.wait().unwrap().code(), Some(0), "{signal}");
        let mut rest = String::new();
        served.out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let message = ninth_in(&std::env::temp_dir(), &format!("serve --port {port}")).bad(1);
    assert_contains(&message, &[&format!("127.0.0.1:{port}"), "--port 0"]);
}

#[cfg(unix)]
#[test]
fn a_browser_that_does_not_open_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), "serve --port 0 --open");
    command.env("PATH", folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let warning = lines.into_iter().find(|line| line.contains("warning")).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_contains(&warning, &["no browser opens", "the page is at http://127.0.0.1:"]);
}

#[test]
fn an_export_is_the_page_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    ninth_in(path, "serve --export site").good();
    let page = fs::read_to_string(path.join("site/index.html")).unwrap();
    assert_contains(&page, &["data-server=\"\""]);
    ninth_in(path, "serve --export site").good();
    fs::create_dir(path.join("mine")).unwrap();
    fs::write(path.join("mine/index.html"), "mine").unwrap();
    let message = ninth_in(path, "serve --export mine").bad(1);
    assert_contains(&message, &["mine has other files", "choose another folder"]);
    assert_eq!(fs::read_to_string(path.join("mine/index.html")).unwrap(), "mine");
}
