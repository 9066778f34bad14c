//! The GPU engine: steps and evaluations as command buffers.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use ninth_kernels::{Lanes, Pool, as_floats, as_floats_mut};
use ninth_model::batch::Chunk;
use ninth_model::output::Output;
use ninth_model::{Batch, Transformer};
use ninth_training::Config;
use ninth_training::clipping::ClippingSettings;
use ninth_training::engine::{
    DeviceInfo, Engine, EngineError, EngineState, Evaluation, Fill, Statistics,
};
use ninth_training::optimizer::OptimizerSettings;
use wgpu::{BufferUsages, CommandEncoder};

use crate::GpuError;
use crate::device::{Gpu, OpenDevice};
use crate::memory::GpuMemory;
use crate::pipelines::{Launch, Pipelines};
use crate::plan::{
    Buffer, ENTRIES, ENTRY_WORDS, HALTED, HALTED_AT, LAUNCH_STRIDE, OUTCOME_WORDS, Plan,
    STATUS_HEADER, WORD_BYTES, fixed_table_offsets, fixed_tables,
};
use crate::upload::{UploadHeader, pack};

/// Steps that the host may be ahead of the device: enough that the device does not wait if the
/// threads of the host are delayed, and few, because each has its batch in memory.
const STEPS_AHEAD: usize = 8;

/// Trains a model on a GPU.
pub struct GpuEngine {
    info: DeviceInfo,
    model: Transformer,
    clipping: ClippingSettings,
    optimizer: OptimizerSettings,
    plan: Plan,
    open: OpenDevice,
    pipelines: Pipelines,
    buffers: Vec<(Buffer, wgpu::Buffer)>,
    bind_group: wgpu::BindGroup,
    /// The buffer that the host can read.
    read_back: wgpu::Buffer,
    /// Fills batches.
    pool: Pool,
    /// The current batch as the kernels read it.
    words: Vec<u32>,
    /// Command buffers that may not be done yet.
    in_flight: VecDeque<wgpu::SubmissionIndex>,
    updates: u64,
    /// Steps whose losses have not been read from the device.
    pending: usize,
    statistics: Statistics,
}

impl GpuEngine {
    /// An engine with an untrained model on a device. `threads` threads of the host fill its
    /// batches.
    ///
    /// # Errors
    ///
    /// If the config describes no model, the training does not fit the device, or the device
    /// fails.
    pub fn new(config: &Config, gpu: &Gpu, threads: usize) -> Result<Self, GpuError> {
        let model = Transformer::new(config.architecture()?);
        let info = gpu.info();
        let memory = GpuMemory::of(config, &model, config.training.batch_size);
        memory.check(config, &model, &info)?;
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

        let launch_size = wgpu::BufferSize::new(2 * WORD_BYTES);
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
        let bind_group = open.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("ninth"),
            layout: &pipelines.layout,
            entries: &entries,
        });
        // Both words of the arguments of launch i, `layer` and `iteration`, are i.
        let words: Vec<u32> = (0..plan.launches() / WORD_BYTES)
            .map(|at| (at / (LAUNCH_STRIDE / WORD_BYTES)) as u32)
            .collect();
        open.queue.write_buffer(&launches, 0, bytemuck::cast_slice(&words));

        let engine = GpuEngine {
            clipping: config.clipping.clone(),
            optimizer: config.optimizer.clone(),
            pool: Pool::new(threads),
            words: Vec::with_capacity(plan.batch.words),
            in_flight: VecDeque::new(),
            updates: 0,
            pending: 0,
            statistics: Statistics::default(),
            info,
            plan,
            open,
            pipelines,
            buffers,
            bind_group,
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

    /// The device it runs on.
    pub fn info(&self) -> &DeviceInfo {
        &self.info
    }

    /// Bytes of all its buffers on the device.
    pub fn allocated(&self) -> u64 {
        let buffers = self.buffers.iter().map(|(_, buffer)| buffer.size());
        buffers.sum::<u64>() + self.plan.launches() + self.read_back.size()
    }

    /// Writes what never changes: fixed tables, update flags and matrices.
    fn write_tables(&self) {
        for (table, at) in fixed_tables(&self.model).zip(fixed_table_offsets(&self.model)) {
            self.write(Buffer::Tables, at, table);
        }
        let tables = &self.plan.tables;
        self.write_words(Buffer::Tables, tables.flags_at, &tables.flags);
        let matrices: Vec<u32> = tables.matrices.iter().flat_map(|matrix| matrix.words()).collect();
        self.write_words(Buffer::Tables, tables.matrices_at, &matrices);
    }

    fn buffer(&self, wanted: Buffer) -> &wgpu::Buffer {
        &self.buffers[wanted as usize].1
    }

    fn write(&self, buffer: Buffer, at: usize, values: &[f32]) {
        let bytes = bytemuck::cast_slice(values);
        self.open.queue.write_buffer(self.buffer(buffer), at as u64 * WORD_BYTES, bytes);
    }

    fn write_words(&self, buffer: Buffer, at: usize, words: &[u32]) {
        let bytes = bytemuck::cast_slice(words);
        self.open.queue.write_buffer(self.buffer(buffer), at as u64 * WORD_BYTES, bytes);
    }

    /// Writes a header and some sequences to the device.
    fn upload(&mut self, header: &UploadHeader, batch: &Batch, sequences: Range<usize>) {
        let mut words = std::mem::take(&mut self.words);
        pack(&self.plan, header, batch, sequences, &mut words);
        self.write_words(Buffer::Batch, 0, &words);
        self.words = words;
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
            let offset = (launch.argument as u64 * LAUNCH_STRIDE) as u32;
            pass.set_pipeline(&launch.pipeline);
            pass.set_bind_group(0, &self.bind_group, &[offset]);
            pass.dispatch_workgroups(x, y, z);
        }
    }

    /// Submits a command buffer; waits only if the host is too far ahead of the device.
    fn submit(&mut self, encoder: CommandEncoder) -> Result<(), EngineError> {
        let submission = self.open.queue.submit([encoder.finish()]);
        self.in_flight.push_back(submission);
        if self.in_flight.len() > STEPS_AHEAD {
            let oldest = self.in_flight.pop_front();
            self.open.wait(oldest)?;
        }
        self.open.check()
    }

    /// Reads `count` words of a buffer, from the word `at` on.
    fn read(&mut self, buffer: Buffer, at: usize, count: usize) -> Result<Vec<u32>, EngineError> {
        let mut words = Vec::with_capacity(count);
        let most = (self.read_back.size() / WORD_BYTES) as usize;
        while words.len() < count {
            let taken = most.min(count - words.len());
            let first = (at + words.len()) as u64 * WORD_BYTES;
            let mut encoder = self.encoder();
            let bytes = taken as u64 * WORD_BYTES;
            encoder.copy_buffer_to_buffer(self.buffer(buffer), first, &self.read_back, 0, bytes);
            self.submit(encoder)?;
            self.read_mapped(taken, &mut words)?;
        }
        Ok(words)
    }

    /// Waits until all commands are done, and appends what was copied to `read_back`.
    fn read_mapped(&mut self, count: usize, words: &mut Vec<u32>) -> Result<(), EngineError> {
        let range = 0..count as u64 * WORD_BYTES;
        // A failure to map shows below.
        self.read_back.map_async(wgpu::MapMode::Read, range.clone(), |_| {});
        self.in_flight.clear();
        self.open.wait(None)?;
        let failed = |error: wgpu::MapRangeError| EngineError::Device(error.to_string());
        let view = self.read_back.get_mapped_range(range).map_err(failed)?;
        words.extend_from_slice(bytemuck::cast_slice(&view));
        drop(view);
        self.read_back.unmap();
        Ok(())
    }

    fn read_lanes(&mut self, buffer: Buffer, at: usize) -> Result<Vec<Lanes>, EngineError> {
        let words = self.read(buffer, at, self.plan.parameters)?;
        let mut lanes = self.model.layout().zeros();
        as_floats_mut(&mut lanes).copy_from_slice(bytemuck::cast_slice(&words));
        Ok(lanes)
    }

    /// Reads the losses of the steps since the last call.
    fn drain(&mut self) -> Result<(), EngineError> {
        let steps = std::mem::take(&mut self.pending);
        if steps == 0 {
            return Ok(());
        }
        let status = self.read(Buffer::Status, 0, STATUS_HEADER + ENTRY_WORDS * steps)?;
        let halted = status[HALTED] != 0;
        for (step, entry) in status[STATUS_HEADER..].chunks_exact(ENTRY_WORDS).enumerate() {
            let [loss, norm] = [entry[0], entry[1]].map(|bits| f64::from(f32::from_bits(bits)));
            if halted && step == status[HALTED_AT] as usize {
                let after = (steps - step - 1) as u64;
                self.updates -= after + 1;
                self.write_words(Buffer::Status, HALTED, &[0]);
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

    /// The kernel of each launch of a step, in their order, with the seconds that it takes: the
    /// mean of `repetitions` launches in a row.
    ///
    /// There must have been a step before, whose data the launches work on. Afterwards the
    /// weights are of no use, so this consumes the engine.
    ///
    /// # Errors
    ///
    /// If the device fails.
    pub fn into_launch_times(self, repetitions: u32) -> Result<Vec<(String, f64)>, EngineError> {
        let launches = self.pipelines.backward.iter().chain(&self.pipelines.update);
        self.open.wait(None)?;
        let timed = launches.map(|launch| {
            // A first launch that is not timed wakes the device up.
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

    fn header(&self, batch: &Batch) -> UploadHeader {
        UploadHeader {
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
        format!("gpu ({})", self.info)
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
        // The device computes the clipping factor, which depends on the norm of the gradients.
        let update = self.optimizer.coefficients(self.updates, learning_rate, &self.clipping, 0.0);
        let header = UploadHeader { update: Some(update), ..self.header(batch) };
        self.upload(&header, batch, 0..batch.sequences());
        let mut encoder = self.encoder();
        self.encode(&mut encoder, self.pipelines.backward.iter().chain(&self.pipelines.update));
        self.pending += 1;
        self.submit(encoder)
    }

    fn gradients(&mut self, batch: &mut Batch) -> Result<(Vec<Lanes>, f64), EngineError> {
        self.drain()?;
        let header = self.header(batch);
        self.upload(&header, batch, 0..batch.sequences());
        let mut encoder = self.encoder();
        self.encode(&mut encoder, &self.pipelines.backward);
        self.submit(encoder)?;
        let status = self.read(Buffer::Status, 0, STATUS_HEADER + ENTRY_WORDS)?;
        // This was no step, so it must not halt the next one.
        self.write_words(Buffer::Status, HALTED, &[0]);
        let loss = f64::from(f32::from_bits(status[STATUS_HEADER]));
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
        let header = UploadHeader { sequence_weight: 1.0, training: false, ..self.header(batch) };
        let at_a_time = self.plan.sequences;
        // As many outcomes as fit are read together.
        let most = (self.read_back.size() / WORD_BYTES) as usize;
        let mut outcomes = Vec::new();
        let mut waiting = 0;
        for first in (0..batch.sequences()).step_by(at_a_time) {
            let sequences = first..batch.sequences().min(first + at_a_time);
            let words = sequences.len() * context * OUTCOME_WORDS;
            if waiting + words > most {
                self.read_mapped(waiting, &mut outcomes)?;
                waiting = 0;
            }
            self.upload(&header, batch, sequences);
            let mut encoder = self.encoder();
            self.encode(&mut encoder, &self.pipelines.evaluate);
            encoder.copy_buffer_to_buffer(
                self.buffer(Buffer::Activations),
                self.plan.activations.outcomes as u64 * WORD_BYTES,
                &self.read_back,
                waiting as u64 * WORD_BYTES,
                words as u64 * WORD_BYTES,
            );
            self.submit(encoder)?;
            waiting += words;
        }
        if waiting > 0 {
            self.read_mapped(waiting, &mut outcomes)?;
        }
        for outcome in outcomes.chunks_exact(OUTCOME_WORDS) {
            let [loss, cross_entropy, predicted] =
                [outcome[0], outcome[1], outcome[2]].map(f32::from_bits);
            evaluation.loss.push(loss);
            // Regression has no probabilities.
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
        self.write_words(Buffer::Status, HALTED, &[0]);
        self.updates = state.updates;
        self.statistics = state.statistics;
        self.pending = 0;
        self.open.wait(None)
    }
}

impl std::fmt::Debug for GpuEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GpuEngine").field("info", &self.info).finish_non_exhaustive()
    }
}
