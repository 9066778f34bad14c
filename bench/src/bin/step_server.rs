//! Times steps and predictions on request: a line in, a line out. Another program can alternate
//! its own steps with these, so that a busy machine slows down both alike.
//!
//! Usage: `step_server [DEVICE]`, where `DEVICE` is a part of the name of a graphics card.
//!
//! | request | answer |
//! |---|---|
//! | `version` | the name and the instruction set |
//! | `export SIZE BATCH FILE` | `ok`, after writing weights and sequences to the file |
//! | `losses SIZE BATCH THREADS STEPS` | the losses of the first steps from the weights of the file |
//! | `predictions SIZE` | the most likely class after each sequence, then the same from the cache |
//! | `device` | the graphics card that `gpu` stands for |
//! | `step SIZE BATCH THREADS COUNT` | microseconds of a training step, mean over `COUNT` |
//! | `predict SIZE THREADS COUNT` | microseconds of a prediction from a full context |
//! | `next SIZE THREADS COUNT` | microseconds of a prediction after one more term |
//!
//! A file is safetensors: the initial weights under their names, the sequences of the
//! batches as `tokens` `[N][B][T + 1]` with their `lengths` `[N][B]`, and those to be predicted
//! as `asked` `[64][T]`. A request that fails is answered with `error` and the reason. `THREADS`
//! of a training may be `gpu` in a build with that engine. A prediction always runs on one
//! thread.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, BufRead, Write};

use ninth_bench::asking::{Asking, SEQUENCES};
use ninth_bench::training::{Size, Training};
use ninth_bench::{Failure, seconds};
use ninth_kernels::{InstructionSet, as_floats};
use safetensors::tensor::{Dtype, TensorView};

fn main() -> Result<(), Failure> {
    let mut server = Server { device: std::env::args().nth(1), ..Server::default() };
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        match server.answer(&line?) {
            Ok(answer) => writeln!(out, "{answer}")?,
            Err(error) => writeln!(out, "error {error}")?,
        }
        out.flush()?;
    }
    Ok(())
}

/// Trainings and models of earlier requests are kept, so that only the first request is slow.
#[derive(Default)]
struct Server {
    /// A part of the name of a graphics card.
    device: Option<String>,
    trainings: BTreeMap<(Size, usize, String), Training>,
    askings: BTreeMap<Size, Asking>,
}

impl Server {
    fn answer(&mut self, line: &str) -> Result<String, Failure> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["version"] => Ok(format!("ninth ({})", InstructionSet::detect().name())),
            ["export", size, batch, file] => {
                std::fs::write(file, export(size.parse()?, batch.parse()?)?)?;
                Ok("ok".to_string())
            }
            ["losses", size, batch, threads, steps] => {
                let training = self.training(size.parse()?, batch.parse()?, threads)?;
                Ok(join(losses(training, steps.parse()?)?))
            }
            ["predictions", size] => {
                let (mut whole, mut cached) =
                    (Asking::new(size.parse()?)?, Asking::new(size.parse()?)?);
                let asked = SEQUENCES * whole.sequences()[0].len();
                let whole = (0..SEQUENCES).map(|_| whole.predict());
                Ok(join(whole.chain((0..asked).map(|_| cached.predict_next()))))
            }
            ["step", size, batch, threads, count] => {
                let key = (size.parse()?, batch.parse()?, threads.to_string());
                if !self.trainings.contains_key(&key) {
                    let training = self.training(key.0, key.1, threads)?;
                    self.trainings.insert(key.clone(), training);
                }
                let training = self.trainings.get_mut(&key).ok_or("it was just put there")?;
                time_of_steps(training, count.parse()?)
            }
            ["device"] => device(self.device.as_deref()),
            ["predict", size, _threads, count] => {
                let asking = self.asking(size)?;
                Ok(microseconds(count.parse()?, || _ = std::hint::black_box(asking.predict())))
            }
            ["next", size, _threads, count] => {
                let asking = self.asking(size)?;
                Ok(microseconds(count.parse()?, || _ = std::hint::black_box(asking.predict_next())))
            }
            _ => Err(format!("{line:?} is no request").into()),
        }
    }

    fn training(&self, size: Size, batch: usize, on: &str) -> Result<Training, Failure> {
        match on {
            "gpu" => Training::on_gpu(size, batch, self.device.as_deref()),
            threads => Training::new(size, batch, threads.parse()?),
        }
    }

    fn asking(&mut self, size: &str) -> Result<&mut Asking, Failure> {
        let size = size.parse()?;
        match self.askings.entry(size) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(Asking::new(size)?)),
        }
    }
}

/// Name and driver of the graphics card.
#[cfg(feature = "gpu")]
fn device(name: Option<&str>) -> Result<String, Failure> {
    let info = ninth_gpu::Gpu::find(name)?.info();
    Ok(format!("{info}, {}", info.driver))
}

#[cfg(not(feature = "gpu"))]
fn device(_: Option<&str>) -> Result<String, Failure> {
    Err("this build has no GPU engine".into())
}

/// The mean time of `count` steps in microseconds, after a tenth as many that are not timed. A
/// device may be behind; reading the losses waits until all steps are done.
fn time_of_steps(training: &mut Training, count: usize) -> Result<String, Failure> {
    let mut steps = |count: usize| -> Result<(), Failure> {
        for _ in 0..count {
            training.step()?;
        }
        training.engine().statistics()?;
        Ok(())
    };
    steps(count.div_ceil(10))?;
    let mut outcome = Ok(());
    let taken = seconds(|| outcome = steps(count));
    outcome.map(|()| format!("{:.4}", taken / count as f64 * 1e6))
}

fn join<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    words.join(" ")
}

/// The mean time of `count` calls in microseconds, after a tenth as many that are not timed.
fn microseconds(count: usize, mut call: impl FnMut()) -> String {
    for _ in 0..count.div_ceil(10) {
        call();
    }
    let taken = seconds(|| {
        for _ in 0..count {
            call();
        }
    });
    format!("{:.4}", taken / count as f64 * 1e6)
}

fn losses(mut training: Training, steps: usize) -> Result<Vec<f64>, Failure> {
    let mut losses = Vec::new();
    for _ in 0..steps {
        training.step()?;
        losses.push(training.engine().statistics()?.loss);
    }
    Ok(losses)
}

/// The initial weights of a training, and its sequences, as safetensors.
fn export(size: Size, sequences: usize) -> Result<Vec<u8>, Failure> {
    let mut training = Training::new(size, sequences, 1)?;
    let parameters = training.engine().parameters()?;
    let layout = training.model().layout().clone();
    let mut tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
    for tensor in layout.tensors() {
        let values = tensor.span.of(as_floats(&parameters));
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        tensors.push((tensor.name.clone(), Dtype::F32, tensor.shape.clone(), bytes));
    }

    let integers = |values: &mut dyn Iterator<Item = u16>| {
        values.flat_map(|value| i64::from(value).to_le_bytes()).collect::<Vec<u8>>()
    };
    let batches = training.batches();
    let terms = batches[0].context() + 1;
    let tokens = integers(&mut batches.iter().flat_map(|batch| {
        (0..sequences).flat_map(move |index| (0..terms).map(move |t| batch.class(index, t)))
    }));
    tensors.push(("tokens".into(), Dtype::I64, vec![batches.len(), sequences, terms], tokens));
    let lengths = integers(&mut batches.iter().flat_map(|batch| {
        // A sequence has at most T + 1 terms.
        (0..sequences).map(move |index| batch.length(index) as u16)
    }));
    tensors.push(("lengths".into(), Dtype::I64, vec![batches.len(), sequences], lengths));
    let asking = Asking::new(size)?;
    let asked = integers(&mut asking.sequences().iter().flatten().copied());
    tensors.push(("asked".into(), Dtype::I64, vec![SEQUENCES, terms - 1], asked));

    let mut views = Vec::new();
    for (name, dtype, shape, bytes) in &tensors {
        views.push((name, TensorView::new(*dtype, shape.clone(), bytes)?));
    }
    Ok(safetensors::serialize(views, None)?)
}
