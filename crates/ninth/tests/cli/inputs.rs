//! What people type and have in files, as a table: command, exit status, and the first line of
//! what is printed (of the error, where it fails). `NINTH_UPDATE=1 cargo test -p ninth --test cli
//! inputs` writes what is printed into the table.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::{CACHE, assert_contains, ninth_in};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/inputs.txt");

/// The files that the commands of the table read.
fn prepare(folder: &Path) {
    let files: [(&str, &[u8]); 30] = [
        ("lines.txt", b"1 2 3 4\n1 4 9 16 25\n"),
        ("commas.txt", b"1, 2, 3, 4, ...\n1,4,9,16,25\n"),
        ("python.txt", b"[1, 2, 3, 4]\n[1, 4, 9, 16, 25]\n"),
        ("labels.txt", b"# two of them\nnaturals: 1 2 3 4\nA000290 1 4 9 16 25 # squares\n"),
        ("dos.txt", b"\xEF\xBB\xBF1 2 3 4\r\n\r\n1 4 9 16 25\r\n"),
        ("terms.csv", b"id,terms\nx,1 2 3 4\ny,1 4 9 16 25\n"),
        ("kaggle.csv", b"\"Id\",\"Sequence\"\n3,\"1,2,3,4\"\n7,\"1,4,9,16,25\"\n"),
        ("order.csv", b"Sequence;comment;ID\n\"1,2,3,4\";none;x\n1 4 9 16 25;squares;y\n"),
        ("tabs.tsv", b"ID\tTerms\nx\t1 2 3 4\n"),
        ("bare.csv", b"x,1 2 3 4\ny,1 4 9 16 25\n"),
        ("comments.csv", b"# by hand\nid,terms\n# the first\nx,1 2 3 4\n"),
        ("stripped", b"# OEIS\nA000027 ,1,2,3,4,\nA000290 ,1,4,9,16,25,\n"),
        ("b000290.txt", b"# A000290 (b-file)\n1 1\n2 4\n3 9\n4 16\n5 25\n"),
        ("rows.jsonl", b"{\"id\":\"x\",\"terms\":[1,2,3,4]}\n{\"terms\":\"1, 4, 9, 16, 25\"}\n"),
        ("arrays.jsonl", b"[1,2,3,4]\n[1,4,9,16,25]\n"),
        ("large.txt", b"1000000000000000000000 2000000000000000000000 3000000000000000000000\n"),
        ("zeros.txt", b"0 0\n1 1\n2 8\n3 27\n"),
        ("gap.txt", b"0 0\n1 1\n2 4\n4 16\n"),
        ("bad.txt", b"1 2 3\n4 five 6\n"),
        ("bad.csv", b"id,terms\nx,1 2 3\ny,1 2.5 3\n"),
        ("short.csv", b"id,terms\nx,1 2 3\ny\n"),
        ("empty.csv", b"id,terms\nx,\n"),
        ("header.csv", b"id,terms\n"),
        ("columns.csv", b"first,second\n1,1 2 3\n"),
        ("open.csv", b"id,terms\nx,\"1 2 3\n"),
        ("nothing.txt", b""),
        ("latin.txt", b"1 2 3\n\xE9\n"),
        ("cut.txt", b"\xFF\xFE1\x00 \x002"),
        ("archive.csv", b"PK\x03\x04and more"),
        ("document.json", b"[[1, 2, 3],\n [4, 5, 6]]\n"),
    ];
    for (name, content) in files {
        fs::write(folder.join(name), content).unwrap();
    }
    // What PowerShell 5 writes.
    let wide = "\u{FEFF}id,terms\r\nx,1 2 3 4\r\n".encode_utf16().flat_map(u16::to_le_bytes);
    fs::write(folder.join("wide.csv"), wide.collect::<Vec<u8>>()).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"id,terms\nx,1 2 3 4\n").unwrap();
    let packed = packed.finish().unwrap();
    fs::write(folder.join("packed.csv.gz"), &packed).unwrap();
    fs::write(folder.join("cut.csv.gz"), &packed[..packed.len() - 8]).unwrap();
    fs::create_dir(folder.join("folder")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_ninth"));
    std::os::unix::fs::symlink(program, folder.join("ninth")).unwrap();
}

/// The status of a command and the first line that it prints.
fn run(folder: &Path, command: &str) -> String {
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", folder.display()))
        .env("NINTH_CACHE", CACHE)
        .env_remove("COLUMNS")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let status = output.status.code().unwrap();
    let shown = if status == 0 { &output.stdout } else { &output.stderr };
    let shown = String::from_utf8_lossy(shown).into_owned();
    // What was recognised is said first; the row that is wrong comes later.
    let is_said = |line: &&str| {
        status != 0 && line.starts_with("ninth: ") && { !line.starts_with("ninth: error: ") }
    };
    let first = shown.lines().find(|line| !is_said(line)).unwrap_or_default();
    format!("{status} {first}").trim_end().to_string()
}

#[test]
fn the_table_of_inputs() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let table = fs::read_to_string(TABLE).unwrap();
    let (mut found, mut count) = (String::new(), 0);
    for line in table.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            count += 1;
            found += &format!("{line}\n{}\n", run(folder.path(), command));
        } else if line.is_empty() || line.starts_with('#') {
            found += &format!("{line}\n");
        }
    }
    assert!(count >= 120, "{count} inputs");
    if std::env::var_os("NINTH_UPDATE").is_some() {
        fs::write(TABLE, &found).unwrap();
    }
    for (expected, found) in table.lines().zip(found.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found, table);
}

/// Every output has the rows in the order of the file, whoever is done first.
#[test]
fn rows_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    // The first of each ten takes far longer than the others.
    let row = |n: usize| match n % 10 {
        0 => format!(
            "slow{n},{}",
            (0..60).map(|k| (k * k * n % 97).to_string()).collect::<Vec<_>>().join(" ")
        ),
        _ => format!("row{n},{n} {}", n + 1),
    };
    let rows: String = (0..200).map(|n| row(n) + "\n").collect();
    fs::write(folder.path().join("rows.csv"), format!("id,terms\n{rows}")).unwrap();
    let ids: Vec<String> = rows.lines().map(|row| row.split(',').next().unwrap().into()).collect();
    for command in ["predict --file rows.csv --csv", "explain --file rows.csv --csv"] {
        let out = ninth_in(folder.path(), command).good().out;
        let found: Vec<&str> = out.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
        assert_eq!(found, ids, "{command}");
    }
    let table = ninth_in(folder.path(), "predict --file rows.csv").good();
    assert_eq!(table.out.lines().count(), 201);
    assert_contains(&table.err, &["rows.csv: CSV with the columns \"id\" and \"terms\""]);
}

/// What stands before a bad row is printed, and nothing behind it.
#[test]
fn a_bad_row_ends_the_output() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..50).map(|n| format!("{n} {} {}\n", n + 1, n + 2)).collect();
    fs::write(folder.path().join("rows.txt"), format!("{rows}1 x 3\n{rows}")).unwrap();
    let run = ninth_in(folder.path(), "predict --file rows.txt --csv");
    assert_eq!((run.status, run.out.lines().count()), (Some(1), 51));
    assert_contains(&run.err, &["rows.txt, line 51: term 2 is \"x\"", "\n  1 x 3\n    ^"]);
}

/// The first rows are there before the last ones are read.
#[test]
fn rows_come_as_they_are_answered() {
    use std::io::{BufRead, BufReader};
    let folder = std::env::temp_dir();
    let mut child = crate::command(&folder, "predict - --csv")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    input.write_all(b"1 2 3 4 5\n").unwrap();
    assert!(lines.next().unwrap().unwrap().starts_with("id,next"));
    assert!(lines.next().unwrap().unwrap().starts_with("1,6,"));
    input.write_all(b"2 4 6 8 10\n").unwrap();
    assert!(lines.next().unwrap().unwrap().starts_with("2,12,"));
    drop(input);
    assert!(lines.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
