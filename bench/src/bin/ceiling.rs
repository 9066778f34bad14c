//! The limits of this machine, and how close a training step comes to them.
//!
//! ```text
//! cargo run --release --manifest-path bench/Cargo.toml --bin ceiling -- [--rounds N] [--json]
//! ```
//!
//! Everything is measured once per round, and the fastest round counts, because the machine may
//! be busy with other work at times.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use ninth_bench::machine::{Bandwidth, Machine, Rates};
use ninth_bench::training::{STEPS, Size, Training};
use ninth_bench::work::{self, Work};
use ninth_bench::{Failure, ended, seconds};
use serde_json::{Value, json};

/// Bytes per thread: half of the usual L1 cache, half of a small L2 cache, and more than any
/// last-level cache.
const MEMORIES: [(&str, usize); 3] = [("L1", 16 << 10), ("L2", 512 << 10), ("memory", 256 << 20)];

const THREADS: [usize; 2] = [1, 2];

/// The measurements of a training step with some number of threads.
struct Step {
    size: Size,
    sequences: usize,
    threads: usize,
    training: Training,
    work: Work,
    /// Steps per round: about three milliseconds of them.
    steps: usize,
    /// The fastest step, in seconds.
    fastest: f64,
    /// The fastest step that draws its sequences first, in seconds.
    with_drawing: f64,
}

/// The least time of a step, and how far the measured time is from it.
struct Distance {
    /// Seconds for the multiplications, the exponentials and the GELUs.
    parts: [f64; 3],
    /// Seconds for all of them.
    floor: f64,
    /// The measured time divided by `floor`.
    ratio: f64,
    /// Share of the peak rate of multiplications.
    share: f64,
}

fn main() -> ExitCode {
    ended(run())
}

fn run() -> Result<(), Failure> {
    let (mut rounds, mut as_json) = (60, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => as_json = true,
            "--rounds" => {
                rounds = arguments.next().ok_or("--rounds needs a number")?.parse()?;
            }
            _ => return Err(format!("{argument:?} is neither --json nor --rounds N").into()),
        }
    }

    let mut machines = THREADS.map(Machine::new);
    let mut steps = Vec::new();
    for (size, sequences) in STEPS {
        for threads in THREADS {
            steps.push(Step::new(size, sequences, threads)?);
        }
    }
    for round in 0..rounds {
        machines.iter_mut().for_each(Machine::measure);
        for step in &mut steps {
            // Long steps are repeated less often.
            if step.fastest < 0.1 || round % 4 == 0 {
                step.measure()?;
            }
        }
    }
    let bandwidths = MEMORIES.map(|(name, bytes)| {
        (name, THREADS.map(|threads| Bandwidth::measure(threads, bytes, (rounds / 4).clamp(2, 10))))
    });
    if as_json {
        println!("{:#}", to_json(&machines, &bandwidths, &steps));
    } else {
        print(&machines, &bandwidths, &steps);
    }
    Ok(())
}

impl Step {
    fn new(size: Size, sequences: usize, threads: usize) -> Result<Self, Failure> {
        let training = Training::new(size, sequences, threads)?;
        let work = work::of_step(training.model(), sequences);
        let mut step = Step {
            size,
            sequences,
            threads,
            training,
            work,
            steps: 1,
            fastest: f64::INFINITY,
            with_drawing: f64::INFINITY,
        };
        step.measure()?;
        step.measure()?;
        step.steps = (0.003 / step.fastest).ceil() as usize;
        Ok(step)
    }

    fn measure(&mut self) -> Result<(), Failure> {
        self.fastest = self.fastest.min(self.mean(Training::step)?);
        self.with_drawing = self.with_drawing.min(self.mean(Training::step_with_drawing)?);
        Ok(())
    }

    /// Seconds of a step, mean over the steps of a round.
    fn mean(
        &mut self,
        step: impl Fn(&mut Training) -> Result<(), Failure>,
    ) -> Result<f64, Failure> {
        let mut result = Ok(());
        let taken = seconds(|| {
            result = (0..self.steps).try_for_each(|_| step(&mut self.training));
        });
        result.map(|()| taken / self.steps as f64)
    }

    /// The share of drawing in a step that draws its sequences first.
    fn share_of_drawing(&self) -> f64 {
        1.0 - self.fastest / self.with_drawing
    }

    fn distance(&self, machines: &[Machine]) -> Distance {
        let same = machines.iter().find(|machine| machine.threads() == self.threads);
        let rates = same.map_or_else(Rates::default, Machine::rates);
        let parts = [
            self.work.multiply_adds / rates.multiply_adds,
            self.work.exps / rates.exps,
            self.work.gelus / rates.gelus,
        ];
        let floor = parts.iter().sum::<f64>();
        Distance { parts, floor, ratio: self.fastest / floor, share: parts[0] / self.fastest }
    }
}

type Bandwidths = [(&'static str, [Bandwidth; THREADS.len()]); MEMORIES.len()];

fn print(machines: &[Machine], bandwidths: &Bandwidths, steps: &[Step]) {
    println!("This machine ({})\n", machines[0].instruction_set().name());
    println!("  threads  GFLOP/s  ns per exp  ns per GELU");
    for machine in machines {
        let Rates { multiply_adds, exps, gelus } = machine.rates();
        println!(
            "{:>9}  {:>7.1}  {:>10.3}  {:>11.3}",
            machine.threads(),
            2.0 * multiply_adds / 1e9,
            1e9 / exps,
            1e9 / gelus,
        );
    }
    println!("\n  GB/s    KB each  threads   read   copy");
    for (name, by_threads) in bandwidths {
        for (threads, bandwidth) in THREADS.iter().zip(by_threads) {
            let Bandwidth { bytes, read, copy } = bandwidth;
            let (read, copy) = (read / 1e9, copy / 1e9);
            println!("  {name:<6}  {:>7}  {threads:>7}  {read:>5.1}  {copy:>5.1}", bytes >> 10);
        }
    }
    println!("\nA training step, in microseconds\n");
    println!(
        "  model   batch  threads   products      exp     GELU      floor    measured  \
         over floor  of FMA peak  drawing"
    );
    for step in steps {
        let Distance { parts: [products, exps, gelus], floor, ratio, share } =
            step.distance(machines);
        println!(
            "  {:<6}  {:>5}  {:>7}  {:>9.1}  {:>7.1}  {:>7.1}  {:>9.1}  {:>10.1}  {ratio:>10.2}  \
             {:>9.1} %  {:>5.1} %",
            step.size.name(),
            step.sequences,
            step.threads,
            products * 1e6,
            exps * 1e6,
            gelus * 1e6,
            floor * 1e6,
            step.fastest * 1e6,
            share * 100.0,
            step.share_of_drawing() * 100.0,
        );
    }
    println!(
        "\n  drawing: its share of a step that draws its sequences, which those measured do not"
    );
    println!("\n  model   batch  two threads against one");
    for pair in steps.chunks_exact(THREADS.len()) {
        let gain = pair[0].fastest / pair[1].fastest;
        println!("  {:<6}  {:>5}  {gain:>23.2}", pair[0].size.name(), pair[0].sequences);
    }
}

fn to_json(machines: &[Machine], bandwidths: &Bandwidths, steps: &[Step]) -> Value {
    let rates = machines.iter().map(|machine| {
        let Rates { multiply_adds, exps, gelus } = machine.rates();
        json!({
            "threads": machine.threads(),
            "gflops": 2.0 * multiply_adds / 1e9,
            "ns_per_exp": 1e9 / exps,
            "ns_per_gelu": 1e9 / gelus,
        })
    });
    let bandwidths = bandwidths.iter().flat_map(|(name, by_threads)| {
        THREADS.iter().zip(by_threads).map(move |(threads, bandwidth)| {
            json!({
                "memory": name,
                "threads": threads,
                "bytes_each": bandwidth.bytes,
                "read_gb_per_second": bandwidth.read / 1e9,
                "copy_gb_per_second": bandwidth.copy / 1e9,
            })
        })
    });
    let steps = steps.iter().map(|step| {
        let Distance { parts: [products, exps, gelus], floor, ratio, share } =
            step.distance(machines);
        json!({
            "model": step.size.name(),
            "batch": step.sequences,
            "threads": step.threads,
            "multiply_adds": step.work.multiply_adds,
            "exps": step.work.exps,
            "gelus": step.work.gelus,
            "floor_us": {
                "products": products * 1e6, "exps": exps * 1e6, "gelus": gelus * 1e6,
                "all": floor * 1e6,
            },
            "measured_us": step.fastest * 1e6,
            "over_floor": ratio,
            "share_of_fma_peak": share,
            "with_drawing_us": step.with_drawing * 1e6,
            "share_of_drawing": step.share_of_drawing(),
        })
    });
    json!({
        "instruction_set": machines[0].instruction_set().name(),
        "rates": rates.collect::<Vec<_>>(),
        "bandwidths": bandwidths.collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
    })
}
