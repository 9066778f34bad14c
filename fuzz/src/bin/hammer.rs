//! Runs the targets on mutated inputs at full speed, on stable Rust.
//!
//! ```text
//! hammer [TARGET|all] [--inputs N] [--seed S] [--from I]    runs N inputs from number I on
//! hammer [TARGET|all] --write-seeds                         writes corpus/, for cargo fuzz
//! ```
//!
//! An input fails if its target panics or takes far more memory than the input has bytes. The
//! first input of each kind of failure is kept in `regressions/`. An input that ends the process,
//! such as by a stack overflow, is found by the numbers printed before it: `--from` starts there.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ninth_fuzz::mutate::Mutator;
use ninth_fuzz::{TARGETS, Target, number_of, regressions, seeds};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Bytes of memory allowed for each byte of an input, beyond [`Target::free`].
const PER_BYTE: usize = 64;

/// The memory per byte is reported for inputs of at least this many bytes.
const SHORT: usize = 1024;

/// The message of the last panic, with its place.
static PANIC: Mutex<String> = Mutex::new(String::new());

struct Arguments {
    targets: Vec<&'static Target>,
    inputs: u64,
    seed: u64,
    from: u64,
    write_seeds: bool,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut parsed = Arguments {
        targets: TARGETS.iter().collect(),
        inputs: 100_000,
        seed: 0,
        from: 0,
        write_seeds: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || number_of(&argument, &mut arguments);
        match argument.as_str() {
            "--inputs" => parsed.inputs = number()?,
            "--seed" => parsed.seed = number()?,
            "--from" => parsed.from = number()?,
            "--write-seeds" => parsed.write_seeds = true,
            "all" => {}
            name => {
                parsed.targets.retain(|target| target.name == name);
                if parsed.targets.is_empty() {
                    let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
                    let names = names.join(", ");
                    return Err(format!("{name:?} is no target: all, {names}").into());
                }
            }
        }
    }
    Ok(parsed)
}

/// The results of a target.
#[derive(Default)]
struct Tally {
    accepted: u64,
    /// The most memory of an input, in bytes, with its number and length.
    most: (usize, u64, usize),
    /// The most memory for each byte of an input.
    factor: f64,
    /// The slowest input and its number.
    slowest: (Duration, u64),
    /// The number of failures of each kind.
    failures: BTreeMap<String, u64>,
}

fn hammer(target: &Target, arguments: &Arguments) -> Result<Tally, Box<dyn Error>> {
    let mutator = Mutator::new(target);
    // Memory that is allocated once belongs to no input.
    for seed in seeds(target.name) {
        (target.run)(&seed);
    }
    let mut tally = Tally::default();
    let mut shown = Instant::now();
    for number in arguments.from..arguments.from + arguments.inputs {
        if shown.elapsed() > Duration::from_secs(30) {
            shown = Instant::now();
            eprintln!("{} is at {number}", target.name);
        }
        let input = mutator.input(arguments.seed, number);
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage();
        let start = Instant::now();
        let ran = panic::catch_unwind(|| (target.run)(&input));
        let took = start.elapsed();
        let memory = ALLOCATOR.peak_usage().saturating_sub(before);
        tally.slowest = tally.slowest.max((took, number));
        tally.most = tally.most.max((memory, number, input.len()));
        tally.factor = tally.factor.max(memory as f64 / input.len().max(SHORT) as f64);
        let failure = match ran {
            Err(_) => Some(PANIC.lock().map_or_else(|_| String::new(), |panic| panic.clone())),
            Ok(accepted) => {
                tally.accepted += u64::from(accepted);
                let much = memory > target.free + PER_BYTE * input.len();
                much.then(|| "too much memory".to_string())
            }
        };
        if let Some(failure) = failure {
            let count = tally.failures.entry(failure).or_default();
            *count += 1;
            if *count == 1 {
                keep(target, &input)?;
            }
        }
    }
    Ok(tally)
}

/// Writes an input that failed into `regressions/`.
fn keep(target: &Target, input: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let folder = regressions(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(format!("{:016x}", hasher.finish())), input)?)
}

fn write_seeds(targets: &[&Target]) -> Result<(), Box<dyn Error>> {
    for target in targets {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
        fs::create_dir_all(&folder)?;
        for (index, seed) in seeds(target.name).iter().enumerate() {
            fs::write(folder.join(format!("seed_{index}")), seed)?;
        }
    }
    Ok(())
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = arguments()?;
    if arguments.write_seeds {
        write_seeds(&arguments.targets)?;
        return Ok(ExitCode::SUCCESS);
    }
    panic::set_hook(Box::new(|info| {
        if let Ok(mut panic) = PANIC.lock() {
            // One kind per source line: messages depend on the input.
            *panic = info.location().map_or_else(String::new, |place| place.to_string());
        }
    }));
    println!(
        "{:<11} {:>11} {:>9} {:>9} {:>11} {:>8} {:>11} {:>9}",
        "target", "inputs", "accepted", "seconds", "most memory", "per byte", "slowest", "failures"
    );
    let mut failed = false;
    for target in &arguments.targets {
        let start = Instant::now();
        let tally = hammer(target, &arguments)?;
        println!(
            "{:<11} {:>11} {:>8.2}% {:>9.1} {:>8} KiB {:>8.2} {:>8} µs {:>9}",
            target.name,
            arguments.inputs,
            100.0 * tally.accepted as f64 / arguments.inputs.max(1) as f64,
            start.elapsed().as_secs_f64(),
            tally.most.0 / 1024,
            tally.factor,
            tally.slowest.0.as_micros(),
            tally.failures.values().sum::<u64>(),
        );
        let (_, number, length) = tally.most;
        println!("  most memory: input {number}, {length} bytes; slowest: {}", tally.slowest.1);
        for (failure, count) in &tally.failures {
            println!("  {count} times {failure}");
        }
        failed |= !tally.failures.is_empty();
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
