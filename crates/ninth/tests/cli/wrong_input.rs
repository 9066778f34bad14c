//! Wrong input to config and models: each message names the place, what was
//! found and what is allowed.

use crate::{assert_contains, ninth, ninth_in};
use std::fs;

#[test]
fn keys_and_options_that_do_not_exist() {
    let cases: [(&str, &[&str]); 10] = [
        ("--set model.layrs=3", &["--set", "\"model.layrs\"", "\"model.layers\""]),
        ("--set layrs=3", &["--set", "\"layrs\"", "\"layers\""]),
        ("--set model.normalisation=pree", &["\"pree\"", "\"pre\"", "none | pre | post"]),
        ("--set model.layers=0", &["model.layers = 0", "from 1 to 64"]),
        ("--set model.layers=many", &["model.layers = \"many\"", "a whole number"]),
        ("--set model.layers", &["--set", "KEY=VALUE", "model.layers"]),
        ("--set model.heads=3", &["model.heads = 3", "model.d_model = 2", "1, 2"]),
        ("--set sequences.maximum=-5", &["0..=-5"]),
        (
            "--set sequences.minimum=1000 --set maximum=1255",
            &["no sequence of 4 terms", "1000..=1255"],
        ),
        ("--preset stong", &["--preset", "'stong'", "design, strong, quick", "'strong'"]),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (arguments, parts) in cases {
        for command in ["config", "train"] {
            let message = ninth_in(folder.path(), &format!("{command} {arguments}")).bad(2);
            assert_contains(&message, parts);
        }
    }
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 0, "a folder was made for a training that cannot be");
}

#[test]
fn config_files() {
    let folder = tempfile::tempdir().unwrap();
    let message = |content: &[u8], status| {
        fs::write(folder.path().join("my.toml"), content).unwrap();
        ninth_in(folder.path(), "config --config my.toml").bad(status)
    };
    let unknown = message(b"[model]\n\nlayrs = 3\n", 2);
    assert_contains(&unknown, &["my.toml, line 3", "\"model.layrs\"", "\"model.layers\""]);
    assert_contains(
        &message(b"[loss]\nkind = \"cross-entropy\"\n", 2),
        &["my.toml, line 2", "\"cross-entropy\"", "\"cross_entropy\"", "allowed: "],
    );
    assert_contains(&message(b"[model\n", 2), &["my.toml, line 1"]);
    assert_contains(&message(b"[model]\nlayers = \xFF\n", 2), &["my.toml, line 2", "UTF-8"]);
    let missing = ninth_in(folder.path(), "train --config nowhere.toml").bad(1);
    assert_contains(&missing, &["nowhere.toml", "(os error 2)"]);
}

#[test]
fn arguments() {
    let cases: [(&str, &[&str]); 21] = [
        ("frobnicate", &["'frobnicate'"]),
        ("trian", &["'trian'", "'train'"]),
        ("train --presset strong", &["'--presset'", "'--preset'"]),
        ("train --threads 0", &["--threads", "0 is not in 1..=1024"]),
        ("train --threads -2", &["--threads", "-2 is not in 1..=1024"]),
        ("train --seed -1", &["--seed", "-1 is not in 0.."]),
        ("train --seed x", &["--seed", "'x'"]),
        ("train --engine abacus", &["--engine", "'abacus'", "cpu", "gpu"]),
        // A build with the GPU engine is tested on its own.
        ("train --engine gpu", &["built without the GPU engine", "--features gpu"]),
        ("train --mpi", &["built without MPI", "--features mpi"]),
        ("ablate heads --mpi --steps 10", &["built without MPI", "--features mpi"]),
        ("train --mpi --engine gpu", &["--mpi trains on the processors of all ranks"]),
        ("memory --engine gpu", &["built without the GPU engine", "--features gpu"]),
        ("doctor --device card", &["built without the GPU engine", "--features gpu"]),
        ("train --device card", &["--device card", "the engine is cpu"]),
        ("memory --device card", &["--device card", "the engine is cpu"]),
        ("train --resume runs/x --seed 3", &["--resume", "--seed 3", "ninth train --from runs/x"]),
        ("train --resume runs/x --set model.layers=3", &["--resume", "--set"]),
        ("sample --phase 5", &["--phase", "'5'", "1, 2, 3, 4"]),
        ("sample --family fibonaci", &["'fibonaci'", "rise-switch", "'fibonacci'"]),
        ("sample --family modulo --phase 3", &["--family", "--phase"]),
    ];
    for (arguments, parts) in cases {
        assert_contains(&ninth(arguments).bad(2), parts);
    }
}

#[test]
fn weights_that_are_missing_damaged_or_of_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let embedded = concat!(env!("CARGO_MANIFEST_DIR"), "/weights/default.safetensors");
    let good = fs::read(embedded).unwrap();
    fs::write(path.join("text.safetensors"), "these are no weights at all").unwrap();
    fs::write(path.join("empty.safetensors"), "").unwrap();
    fs::write(path.join("cut.safetensors"), &good[..good.len() - 5]).unwrap();
    let mut foreign = br#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.to_vec();
    foreign.splice(0..0, (foreign.len() as u64).to_le_bytes());
    foreign.extend([0; 4]);
    fs::write(path.join("foreign.safetensors"), foreign).unwrap();
    fs::write(path.join("good.safetensors"), &good).unwrap();
    fs::create_dir(path.join("folder")).unwrap();

    let cases: [(&str, &str); 6] = [
        ("text.safetensors", "no weights in it"),
        ("empty.safetensors", "no weights in it"),
        ("cut.safetensors", "no weights in it"),
        ("foreign.safetensors", "not the weights of such a model"),
        ("nowhere.safetensors", "(os error 2)"),
        ("folder", "no best.safetensors"),
    ];
    for (name, reason) in cases {
        for command in ["predict 1 2 3", "evaluate -n 10"] {
            let message = ninth_in(path, &format!("{command} --model {name}")).bad(1);
            assert_contains(&message, &[name, reason]);
        }
    }
    ninth_in(path, "predict 1 2 3 --model good.safetensors").good();
}

#[test]
fn output_folders_that_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("full")).unwrap();
    fs::write(path.join("full/letter.txt"), "mine").unwrap();
    fs::write(path.join("file"), "mine").unwrap();
    for (out, parts) in [
        ("full", &["full exists already", "--resume"][..]),
        ("file", &["cannot use file: "]),
        ("file/run", &["cannot create file/run"]),
    ] {
        assert_contains(&ninth_in(path, &format!("train --out {out}")).bad(1), parts);
    }
    assert_eq!(fs::read_dir(path.join("full")).unwrap().count(), 1);

    // Windows has other separators.
    let resume =
        |run: &str| ninth_in(path, &format!("train --resume {run}")).bad(1).replace('\\', "/");
    let message = resume("nowhere");
    assert_contains(&message, &["nowhere"]);
    fs::create_dir_all(path.join("bare/checkpoints")).unwrap();
    assert_contains(&resume("bare"), &["bare has no config.toml"]);
    fs::write(path.join("bare/config.toml"), "[model]\nlayers = 0").unwrap();
    let message = resume("bare");
    assert_contains(&message, &["cannot be resumed: bare/config.toml, line 2: model.layers = 0"]);
    fs::write(path.join("bare/checkpoints/step-00000010.safetensors"), "x").unwrap();
    fs::write(path.join("bare/checkpoints/step-00000020.safetensors"), "x").unwrap();
    assert_contains(
        &resume("bare"),
        &["step-00000020.safetensors", "the one before it is", "step-00000010.safetensors"],
    );
}
