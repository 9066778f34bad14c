//! Every target on stable Rust: a few hundred inputs each, and all regressions.

use std::fs;

use ninth_fuzz::mutate::Mutator;
use ninth_fuzz::{TARGETS, Target, regressions, seeds};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const CASES: u32 = 400;

fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).expect("there is such a target")
}

/// Runs the inputs of a strategy. proptest writes no regression files: the hammer keeps inputs
/// that fail.
fn run<S: Strategy>(of: S, input: impl Fn(S::Value) -> Vec<u8>, target: &Target) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&of, |value| {
        let bytes = input(value);
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let ran = std::panic::catch_unwind(|| (target.run)(&bytes));
        prop_assert!(ran.is_ok(), "{} fails at {:?}", target.name, shown);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

fn check(name: &str) {
    let target = target(name);
    let seeds = seeds(name);
    assert!(!seeds.is_empty());
    for seed in seeds {
        let shown = String::from_utf8_lossy(&seed);
        assert!((target.run)(&seed), "{name} does not accept its seed {shown:?}");
    }
    // A target without a folder has not failed yet.
    for file in fs::read_dir(regressions(target)).into_iter().flatten() {
        let path = file.expect("the folder can be read").path();
        println!("{}", path.display());
        (target.run)(&fs::read(path).expect("the file can be read"));
    }
    run(proptest::collection::vec(any::<u8>(), 0..300), |bytes| bytes, target);
    run("\\PC{0,60}", String::into_bytes, target);
    let mutator = Mutator::new(target);
    run((any::<u64>(), any::<u64>()), |(seed, number)| mutator.input(seed, number), target);
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check(stringify!($name));
            }
        )*

        #[test]
        fn every_target_has_a_test_and_a_file_for_libfuzzer() {
            let tested = [$(stringify!($name)),*];
            assert_eq!(TARGETS.iter().map(|target| target.name).collect::<Vec<_>>(), tested);
            for name in tested {
                let path = format!("{}/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
                let source = fs::read_to_string(path).expect("there is a target for libFuzzer");
                assert!(source.contains(&format!("ninth_fuzz::{name}(")));
            }
        }
    };
}

targets! { config set weights checkpoint csv terms rules index journal }
