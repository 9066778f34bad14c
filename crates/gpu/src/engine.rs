//! The GPU engine.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use ninth_kernels::{Lanes, Pool, as_floats, as_floats_mut};
use ninth_model::batch::Chunk;
use ninth_model::output::Output;
use ninth_model::{Batch, Transformer};
use ninth_training::Config;
use ninth_training::clipping::ClippingSettings;
use ninth_training::engine::{Engine, EngineError, EngineState, Evaluation, Fill, Statistics};
use ninth_training::optimizer::OptimizerSettings;
use wgpu::{BufferUsages, CommandEncoder};

use crate::GpuError;
use crate::device::{About, Gpu, Open};
use crate::memory::GpuMemory;
use crate::pipelines::{Launch, Pipelines};
use crate::plan::{Buffer, ENTRIES, ENTRY, Plan, STATUS_HEAD, fixed_places, fixed_tables};
use crate::upload::{Head, pack};

/// Steps that the host may be ahead of the device: enough that the device never waits, even if
/// the host's threads are late, and few, because each has its batch in memory.
const AHEAD: usize = 8;

/// Bytes of a number.
const NUMBER: u64 = 4;

/// Numbers of an outcome: the loss, the cross-entropy, the prediction, whether it is right.
const OUTCOME: usize = 4;

/// Trains a model on a GPU.
pub struct GpuEngine {
    about: About,
    model: Transformer,
    clipping: ClippingSettings,
    optimizer: OptimizerSettings,
    plan: Plan,
    open: Open,
    pipelines: Pipelines,
    buffers: Vec<(Buffer, wgpu::Buffer)>,
    bound: wgpu::BindGroup,
    /// Bytes from one launch number to the next.
    launch_step: u32,
    read_back: wgpu::Buffer,
    /// Fills batches.
    pool: Pool,
    /// The batch at hand, as the kernels read it.
    numbers: Vec<u32>,
    in_flight: VecDeque<wgpu::SubmissionIndex>,
    updates: u64,
    /// Steps whose losses are still on the device.
    pending: usize,
    statistics: Statistics,
}

impl GpuEngine {
    /// An engine with an untrained model on a device, whose batches are filled by so many
    /// threads.
    ///
    /// # Errors
    ///
    /// If the config describes no model, the training does not fit the device, or that fails.
    pub fn new(config: &Config, gpu: &Gpu, threads: usize) -> Result<Self, GpuError> {
        let model = Transformer::new(config.architecture()?);
        let about = gpu.about();
        let memory = GpuMemory::of(config, &model, config.training.batch_size);
        memory.check(config, &model, &about)?;
        let plan = Plan::new(config, &model, config.training.batch_size);
        let open = gpu.open()?;
        let failed = |error: EngineError| GpuError::Device(error.to_string());
        let pipelines = Pipelines::new(&open, config, &model, &plan).map_err(failed)?;

        let storage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
        let make = |label, size, usage| {
            let descriptor = wgpu::BufferDescriptor {
                label: Some(label),
                size,
                usage,
                mapped_at_creation: false,
            };
            open.device.create_buffer(&descriptor)
        };
        let buffers: Vec<_> = plan
            .buffers()
            .into_iter()
            .map(|(buffer, size)| (buffer, make(buffer.name(), size, storage)))
            .collect();
        let uniform = BufferUsages::UNIFORM | BufferUsages::COPY_DST;
        let launches = make("launches", plan.launches(), uniform);
        let read_back = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
        let read_back = make("read back", plan.read_back(), read_back);
        open.check().map_err(failed)?;

        let launch_size = wgpu::BufferSize::new(2 * NUMBER);
        let mut entries = vec![wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &launches,
                offset: 0,
                size: launch_size,
            }),
        }];
        entries.extend(buffers.iter().zip(1..).map(|((_, buffer), binding)| {
            wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() }
        }));
        let bound = open.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("ninth"),
            layout: &pipelines.layout,
            entries: &entries,
        });
        let launch_step = plan.launch_step() as u32;
        let numbers: Vec<u32> = (0..plan.launches() / NUMBER)
            .map(|at| (at / (plan.launch_step() / NUMBER)) as u32)
            .collect();
        open.queue.write_buffer(&launches, 0, bytemuck::cast_slice(&numbers));

        let engine = GpuEngine {
            clipping: config.clipping.clone(),
            optimizer: config.optimizer.clone(),
            pool: Pool::new(threads),
            numbers: Vec::with_capacity(plan.batch),
            in_flight: VecDeque::new(),
            updates: 0,
            pending: 0,
            statistics: Statistics::default(),
            about,
            plan,
            open,
            pipelines,
            buffers,
            bound,
            launch_step,
            read_back,
            model,
        };
        engine.write_tables();
        let initial = engine.model.layout().initial(config.seed());
        engine.write(Buffer::Parameters, 0, as_floats(&initial));
        engine.open.wait(None).map_err(failed)?;
        Ok(engine)
    }

    /// The model it trains.
    pub fn model(&self) -> &Transformer {
        &self.model
    }

    /// What is known of the device.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The bytes of all its buffers on the device.
    pub fn allocated(&self) -> u64 {
        let buffers = self.buffers.iter().map(|(_, buffer)| buffer.size());
        buffers.sum::<u64>() + self.plan.launches() + self.read_back.size()
    }

    /// What never changes: fixed tables, what is known of the parameters, the matrices.
    fn write_tables(&self) {
        for (table, at) in fixed_tables(&self.model).zip(fixed_places(&self.model)) {
            self.write(Buffer::Tables, at, table);
        }
        self.write_numbers(Buffer::Tables, self.plan.known_at, &self.plan.known);
        let matrices: Vec<u32> = self
            .plan
            .matrices
            .iter()
            .flat_map(|matrix| [matrix.at, matrix.rows, matrix.columns, matrix.x])
            .map(|number| number as u32)
            .collect();
        self.write_numbers(Buffer::Tables, self.plan.matrices_at, &matrices);
    }

    fn buffer(&self, wanted: Buffer) -> &wgpu::Buffer {
        &self.buffers[wanted as usize].1
    }

    fn write(&self, buffer: Buffer, at: usize, values: &[f32]) {
        let bytes = bytemuck::cast_slice(values);
        self.open.queue.write_buffer(self.buffer(buffer), at as u64 * NUMBER, bytes);
    }

    fn write_numbers(&self, buffer: Buffer, at: usize, numbers: &[u32]) {
        let bytes = bytemuck::cast_slice(numbers);
        self.open.queue.write_buffer(self.buffer(buffer), at as u64 * NUMBER, bytes);
    }

    /// Sends some sequences to the device.
    fn upload(&mut self, head: &Head, batch: &Batch, sequences: Range<usize>) {
        let mut numbers = std::mem::take(&mut self.numbers);
        pack(&self.plan, head, batch, sequences, &mut numbers);
        self.write_numbers(Buffer::Batch, 0, &numbers);
        self.numbers = numbers;
    }

    fn encoder(&self) -> CommandEncoder {
        self.open.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default())
    }

    /// Adds launches to a command buffer.
    fn encode<'a>(
        &self,
        encoder: &mut CommandEncoder,
        launches: impl IntoIterator<Item = &'a Launch>,
    ) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        for launch in launches {
            let [x, y, z] = launch.workgroups;
            pass.set_pipeline(&launch.pipeline);
            pass.set_bind_group(0, &self.bound, &[launch.number as u32 * self.launch_step]);
            pass.dispatch_workgroups(x, y, z);
        }
    }

    /// Sends a command buffer to the device, which may be some steps behind.
    fn submit(&mut self, encoder: CommandEncoder) -> Result<(), EngineError> {
        let submission = self.open.queue.submit([encoder.finish()]);
        self.in_flight.push_back(submission);
        if self.in_flight.len() > AHEAD {
            let oldest = self.in_flight.pop_front();
            self.open.wait(oldest)?;
        }
        self.open.check()
    }

    /// Numbers of a buffer, in the order they are in.
    fn read(&mut self, buffer: Buffer, at: usize, count: usize) -> Result<Vec<u32>, EngineError> {
        let mut numbers = Vec::with_capacity(count);
        let most = (self.read_back.size() / NUMBER) as usize;
        while numbers.len() < count {
            let taken = most.min(count - numbers.len());
            let first = (at + numbers.len()) as u64 * NUMBER;
            let mut encoder = self.encoder();
            let bytes = taken as u64 * NUMBER;
            encoder.copy_buffer_to_buffer(self.buffer(buffer), first, &self.read_back, 0, bytes);
            self.submit(encoder)?;
            self.take_back(taken, &mut numbers)?;
        }
        Ok(numbers)
    }

    /// What was copied to the buffer that the host can read.
    fn take_back(&mut self, count: usize, numbers: &mut Vec<u32>) -> Result<(), EngineError> {
        let range = 0..count as u64 * NUMBER;
        // Whether it was mapped shows below.
        self.read_back.map_async(wgpu::MapMode::Read, range.clone(), |_| {});
        self.in_flight.clear();
        self.open.wait(None)?;
        let failed = |error: wgpu::MapRangeError| EngineError::Device(error.to_string());
        let view = self.read_back.get_mapped_range(range).map_err(failed)?;
        numbers.extend_from_slice(bytemuck::cast_slice(&view));
        drop(view);
        self.read_back.unmap();
        Ok(())
    }

    fn read_lanes(&mut self, buffer: Buffer, at: usize) -> Result<Vec<Lanes>, EngineError> {
        let numbers = self.read(buffer, at, self.plan.parameters)?;
        let mut lanes = self.model.layout().zeros();
        as_floats_mut(&mut lanes).copy_from_slice(bytemuck::cast_slice(&numbers));
        Ok(lanes)
    }

    /// Reads what happened in the steps since the last time.
    fn drain(&mut self) -> Result<(), EngineError> {
        let steps = std::mem::take(&mut self.pending);
        if steps == 0 {
            return Ok(());
        }
        let status = self.read(Buffer::Status, 0, STATUS_HEAD + ENTRY * steps)?;
        let halted = status[0] != 0;
        for (step, entry) in status[STATUS_HEAD..].chunks_exact(ENTRY).enumerate() {
            let [loss, norm] = [entry[0], entry[1]].map(|bits| f64::from(f32::from_bits(bits)));
            if halted && step == status[1] as usize {
                let after = (steps - step - 1) as u64;
                self.updates -= after + 1;
                self.write_numbers(Buffer::Status, 0, &[0]);
                return Err(EngineError::NotFinite { loss, gradient_norm: norm, after });
            }
            self.statistics.add(&Statistics {
                steps: 1,
                loss,
                gradient_norm: norm,
                last_correct: u64::from(entry[2]),
                last_scored: u64::from(entry[3]),
            });
        }
        Ok(())
    }

    /// Seconds that each launch of a step takes, with the name of its kernel, in their order:
    /// the mean of so many of it in a row. Steps must have been made before, so that there is
    /// something to work on; afterwards the engine is of no use.
    ///
    /// # Errors
    ///
    /// If the device fails.
    pub fn into_launch_times(self, repetitions: u32) -> Result<Vec<(String, f64)>, EngineError> {
        let launches = self.pipelines.backward.iter().chain(&self.pipelines.update);
        self.open.wait(None)?;
        let timed = launches.map(|launch| {
            // Once before, so that the device is awake.
            let mut taken = Duration::ZERO;
            for count in [1, repetitions] {
                let mut encoder = self.encoder();
                self.encode(&mut encoder, (0..count).map(|_| launch));
                let started = Instant::now();
                self.open.queue.submit([encoder.finish()]);
                self.open.wait(None)?;
                taken = started.elapsed();
            }
            Ok((launch.kernel.clone(), taken.as_secs_f64() / f64::from(repetitions)))
        });
        timed.collect()
    }

    fn head(&self, batch: &Batch) -> Head {
        Head {
            sequence_weight: 1.0 / batch.sequences() as f32,
            entry: self.pending,
            max_norm: self.clipping.max_norm as f32,
            update: None,
            training: true,
        }
    }
}

impl Engine for GpuEngine {
    fn description(&self) -> String {
        format!("gpu ({})", self.about)
    }

    fn train_step(
        &mut self,
        batch: &mut Batch,
        fill: Fill<'_>,
        learning_rate: f64,
    ) -> Result<(), EngineError> {
        let mut chunks: Vec<&mut Chunk> = batch.chunks_mut().iter_mut().collect();
        self.pool.for_each(&mut chunks, |index, chunk| fill(index, chunk));
        if self.pending == ENTRIES {
            self.drain()?;
        }
        self.updates += 1;
        // The factor of clipping, for which the norm is needed, is found on the device.
        let update = self.optimizer.coefficients(self.updates, learning_rate, &self.clipping, 0.0);
        let head = Head { update: Some(update), ..self.head(batch) };
        self.upload(&head, batch, 0..batch.sequences());
        let mut encoder = self.encoder();
        self.encode(&mut encoder, self.pipelines.backward.iter().chain(&self.pipelines.update));
        self.pending += 1;
        self.submit(encoder)
    }

    fn gradients(&mut self, batch: &mut Batch) -> Result<(Vec<Lanes>, f64), EngineError> {
        self.drain()?;
        let head = self.head(batch);
        self.upload(&head, batch, 0..batch.sequences());
        let mut encoder = self.encoder();
        self.encode(&mut encoder, &self.pipelines.backward);
        self.submit(encoder)?;
        let status = self.read(Buffer::Status, 0, STATUS_HEAD + ENTRY)?;
        // No step was made, so none is to be held up.
        self.write_numbers(Buffer::Status, 0, &[0]);
        let loss = f64::from(f32::from_bits(status[STATUS_HEAD]));
        Ok((self.read_lanes(Buffer::Gradients, 0)?, loss))
    }

    fn statistics(&mut self) -> Result<Statistics, EngineError> {
        self.drain()?;
        Ok(std::mem::take(&mut self.statistics))
    }

    fn evaluate(&mut self, batch: &Batch) -> Result<Evaluation, EngineError> {
        let context = self.plan.context;
        let count = batch.sequences() * context;
        let mut evaluation = Evaluation {
            context,
            predicted: Vec::with_capacity(count),
            cross_entropy: Vec::with_capacity(count),
            loss: Vec::with_capacity(count),
        };
        let regression = self.model.architecture().model().output == Output::Regression;
        let head = Head { sequence_weight: 1.0, training: false, ..self.head(batch) };
        let at_a_time = self.plan.sequences;
        // As many outcomes as fit are read back together.
        let most = (self.read_back.size() / NUMBER) as usize;
        let mut outcomes = Vec::new();
        let mut waiting = 0;
        for first in (0..batch.sequences()).step_by(at_a_time) {
            let sequences = first..batch.sequences().min(first + at_a_time);
            let numbers = sequences.len() * context * OUTCOME;
            if waiting + numbers > most {
                self.take_back(waiting, &mut outcomes)?;
                waiting = 0;
            }
            self.upload(&head, batch, sequences);
            let mut encoder = self.encoder();
            self.encode(&mut encoder, &self.pipelines.evaluate);
            encoder.copy_buffer_to_buffer(
                self.buffer(Buffer::Activations),
                self.plan.places.outcomes as u64 * NUMBER,
                &self.read_back,
                waiting as u64 * NUMBER,
                numbers as u64 * NUMBER,
            );
            self.submit(encoder)?;
            waiting += numbers;
        }
        if waiting > 0 {
            self.take_back(waiting, &mut outcomes)?;
        }
        for outcome in outcomes.chunks_exact(OUTCOME) {
            let [loss, cross_entropy, predicted] =
                [outcome[0], outcome[1], outcome[2]].map(f32::from_bits);
            evaluation.loss.push(loss);
            // A regression has no probabilities.
            evaluation.cross_entropy.push(if regression { f32::NAN } else { cross_entropy });
            evaluation.predicted.push(predicted as u16);
        }
        Ok(evaluation)
    }

    fn parameters(&mut self) -> Result<Vec<Lanes>, EngineError> {
        self.read_lanes(Buffer::Parameters, 0)
    }

    fn state(&mut self) -> Result<EngineState, EngineError> {
        self.drain()?;
        Ok(EngineState {
            parameters: self.read_lanes(Buffer::Parameters, 0)?,
            first_moment: self.read_lanes(Buffer::Moments, 0)?,
            second_moment: self.read_lanes(Buffer::Moments, self.plan.parameters)?,
            updates: self.updates,
            statistics: self.statistics,
        })
    }

    fn restore(&mut self, state: EngineState) -> Result<(), EngineError> {
        state.check(self.model.layout())?;
        self.write(Buffer::Parameters, 0, as_floats(&state.parameters));
        self.write(Buffer::Moments, 0, as_floats(&state.first_moment));
        self.write(Buffer::Moments, self.plan.parameters, as_floats(&state.second_moment));
        self.write_numbers(Buffer::Status, 0, &[0]);
        self.updates = state.updates;
        self.statistics = state.statistics;
        self.pending = 0;
        self.open.wait(None)
    }
}

impl std::fmt::Debug for GpuEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GpuEngine").field("about", &self.about).finish_non_exhaustive()
    }
}
