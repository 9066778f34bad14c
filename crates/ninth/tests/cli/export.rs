//! Models as files for other programs. What runtimes make of them is checked by `.ci/onnx`.

use std::fs;

use crate::{assert_contains, command, ninth, ninth_in};

/// Whether these are the bytes of an ONNX file of this program.
fn is_onnx(bytes: &[u8]) -> bool {
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    // Field 1, the version of the representation, then who wrote it.
    bytes.starts_with(b"\x08\x08\x12\x05ninth")
        && has(b"layers.0.attention.scores")
        && has(b"minimum")
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let run = ninth_in(path, "export --onnx model.onnx").good();
    assert_eq!(run.out, "");
    assert_contains(&run.err, &["ninth: the built-in model is in model.onnx, ", " bytes\n"]);
    let first = fs::read(path.join("model.onnx")).unwrap();
    assert!(is_onnx(&first));

    // A file that is there stays, whatever it is.
    fs::write(path.join("model.onnx"), "mine").unwrap();
    let message = ninth_in(path, "export --onnx model.onnx").bad(1);
    assert_contains(&message, &["model.onnx exists already", "--force"]);
    assert_eq!(fs::read(path.join("model.onnx")).unwrap(), b"mine");
    ninth_in(path, "export --onnx model.onnx --force").good();
    assert_eq!(fs::read(path.join("model.onnx")).unwrap(), first);

    // A name is taken as it is.
    ninth_in(path, "export --onnx model").good();
    assert_eq!(fs::read(path.join("model")).unwrap(), first);
    // Nothing else is left behind.
    assert_eq!(fs::read_dir(path).unwrap().count(), 2);
}

#[test]
fn standard_output_gets_the_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    ninth_in(folder.path(), "export --onnx model.onnx").good();
    let output = command(folder.path(), "export --onnx -").output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
    assert!(output.stdout == fs::read(folder.path().join("model.onnx")).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn places_that_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("folder")).unwrap();
    fs::write(path.join("file"), "mine").unwrap();
    for (place, status, parts) in [
        ("folder", 1, &["folder is a folder, where a file is to be written"][..]),
        ("folder/", 1, &["folder/ is a folder"]),
        ("new/", 1, &["new/ is the name of a folder"]),
        ("nowhere/model.onnx", 1, &["cannot write nowhere/model.onnx", "No such file"]),
        ("file/model.onnx", 1, &["cannot write file/model.onnx", "Not a directory"]),
        ("/dev/null", 1, &["/dev/null is a device or a pipe", "- for standard output"]),
    ] {
        for force in ["", "--force"] {
            let message = ninth_in(path, &format!("export --onnx {place} {force}")).bad(status);
            assert_contains(&message, parts);
        }
    }
    assert_eq!(fs::read(path.join("file")).unwrap(), b"mine");
    assert_eq!(fs::read_dir(path).unwrap().count(), 2);

    // A format has to be named, and a model has to be there.
    assert_contains(&ninth("export").bad(2), &["--onnx <FILE>"]);
    assert_contains(&ninth("export model.onnx").bad(2), &["'model.onnx'", "--onnx <FILE>"]);
    assert_contains(&ninth("export --onnx").bad(2), &["--onnx <FILE>"]);
    let message = ninth_in(path, "export --onnx model.onnx --model nowhere").bad(1);
    assert_contains(&message, &["nowhere", "No such file"]);
    assert!(!path.join("model.onnx").exists());
}

/// A link stays a link, and the file that it leads to is the one that is written.
#[cfg(unix)]
#[test]
fn links_are_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("there"), "mine").unwrap();
    std::os::unix::fs::symlink("there", path.join("link.onnx")).unwrap();
    ninth_in(path, "export --onnx link.onnx").bad(1);
    ninth_in(path, "export --onnx link.onnx --force").good();
    assert!(path.join("link.onnx").is_symlink());
    assert!(is_onnx(&fs::read(path.join("there")).unwrap()));
}

#[test]
fn weights_of_a_run_are_exported_with_their_config() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let short = "--set epochs=1 --set steps_per_epoch=5 --set model.output=regression \
                 --set validation.sequences=20 --set warmup_steps=1 --quiet";
    ninth_in(path, &format!("train --out run {short}")).good();
    let export = |model: &str, name: &str| {
        ninth_in(path, &format!("export --model {model} --onnx {name}")).good();
        fs::read(path.join(name)).unwrap()
    };
    let bytes = export("run", "a.onnx");
    assert_eq!(bytes, export("run/best.safetensors", "b.onnx"));
    let config = fs::read_to_string(path.join("run/config.toml")).unwrap();
    let line = config.lines().find(|line| line.starts_with("output")).unwrap();
    for part in ["share", "regression", line.split("  ").next().unwrap()] {
        assert!(bytes.windows(part.len()).any(|window| window == part.as_bytes()), "{part}");
    }
}
