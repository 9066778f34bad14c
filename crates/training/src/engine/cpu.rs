//! The CPU engine: all cores, one chunk of sixteen sequences at a time.
//!
//! Results are the same to the bit for any number of threads: the batch is dealt
//! out to a number of *slots* that depends on its size alone, each slot adds up
//! the gradients of its own chunks, and slots are added up in their order.

use std::cmp::Reverse;

use ninth_kernels::{InstructionSet, LANES, Lanes, Pool, as_floats, as_floats_mut, reduce};
use ninth_model::batch::Chunk;
use ninth_model::{
    Accumulator, Batch, LayerContext, LossSettings, Memory, Outcome, Transformer, Workspace,
};

use crate::clipping::ClippingSettings;
use crate::engine::{Engine, EngineError, EngineState, Evaluation, Fill, Statistics};
use crate::memory::MemoryUsage;
use crate::muon;
use crate::optimizer::{Arenas, Optimizer, OptimizerSettings, ParameterGroup, Update};
use crate::{Config, ConfigError};

/// Slots at most. Each costs an arena of gradients to fill and to add up; more
/// of them than cores are of no use.
const SLOTS: usize = 16;

/// Lanes of parameters below which an update is too little work to share out.
const WORTH_SHARING: usize = 4 * 1024;

/// Trains a model on the CPU.
#[derive(Debug)]
pub struct CpuEngine {
    model: Transformer,
    loss: LossSettings,
    clipping: ClippingSettings,
    optimizer: OptimizerSettings,
    instruction_set: InstructionSet,
    pool: Pool,
    pieces: Vec<ParameterGroup>,
    state: EngineState,
    /// One per thread.
    workspaces: Vec<Workspace>,
    /// One per thread, for rules of whole matrices.
    matrices: Vec<muon::Workspace>,
    /// One per part of the batch.
    slots: Vec<Slot>,
}

/// How many slots share so many chunks, and how many chunks each has at most.
fn slots_for(chunks: usize) -> (usize, usize) {
    let per_slot = chunks.div_ceil(SLOTS).max(1);
    (chunks.div_ceil(per_slot), per_slot)
}

/// The memory of an engine and its batches beside the parameters and what has their
/// shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Arenas of gradients.
    pub(crate) slots: u64,
    /// Bytes that an update works in.
    pub(crate) update: u64,
    /// Bytes of what the passes write down.
    pub(crate) activations: u64,
    /// Bytes of the sequences of a step.
    pub(crate) batch: u64,
}

impl Sizes {
    /// The memory for batches of so many sequences, on so many threads.
    pub(crate) fn of(
        model: &Transformer,
        optimizer: &OptimizerSettings,
        sequences: usize,
        threads: usize,
    ) -> Self {
        let context = model.architecture().context();
        let (slots, _) = slots_for(sequences.div_ceil(LANES));
        let threads = threads.clamp(1, SLOTS) as u64;
        let mut update = Memory::for_counting();
        let pieces = ParameterGroup::cut(model.layout(), optimizer);
        matrix_workspace(&mut update, &pieces);
        let slot = size_of::<Slot>() as u64 + Outcome::heap_bytes(context);
        Sizes {
            slots: slots as u64,
            update: threads * (size_of::<muon::Workspace>() as u64 + update.bytes()),
            activations: threads * Workspace::bytes(model) + slots as u64 * slot,
            batch: Batch::heap_bytes(context, sequences),
        }
    }
}

/// Memory for the largest matrix that is updated as such.
fn matrix_workspace(memory: &mut Memory, pieces: &[ParameterGroup]) -> muon::Workspace {
    muon::Workspace::new(memory, pieces.iter().filter_map(|piece| piece.matrix))
}

/// What belongs to a part of the batch.
#[derive(Debug)]
struct Slot {
    gradients: Vec<Lanes>,
    outcome: Outcome,
    statistics: Statistics,
}

/// A piece of all arenas.
struct PieceMut<'a> {
    piece: &'a ParameterGroup,
    /// Where it begins, in lanes.
    start: usize,
    /// The gradients of the first slot, which become those of the batch.
    gradients: &'a mut [Lanes],
    parameters: &'a mut [Lanes],
    first: &'a mut [Lanes],
    second: &'a mut [Lanes],
    squares: f64,
}

impl CpuEngine {
    /// An engine with an untrained model, on so many threads, of which it uses
    /// sixteen at most.
    ///
    /// # Errors
    ///
    /// If the config describes no model, or one that takes too much memory.
    pub fn new(config: &Config, threads: usize) -> Result<Self, ConfigError> {
        Self::with_level(config, threads, InstructionSet::detect())
    }

    /// As [`new`](Self::new), with an instruction set other than the best one.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_level(
        config: &Config,
        threads: usize,
        instruction_set: InstructionSet,
    ) -> Result<Self, ConfigError> {
        let model = Transformer::new(config.architecture()?);
        MemoryUsage::of(config, &model, threads).check()?;
        // A batch has no more parts than that; idle threads would only spin.
        let pool = Pool::new(threads.min(SLOTS));
        let layout = model.layout();
        let pieces = ParameterGroup::cut(layout, &config.optimizer);
        let matrix_workspace = || matrix_workspace(&mut Memory::for_use(), &pieces);
        let state = EngineState {
            parameters: layout.initial(config.seed()),
            first_moment: layout.zeros(),
            second_moment: layout.zeros(),
            updates: 0,
            statistics: Statistics::default(),
        };
        Ok(CpuEngine {
            loss: config.loss.clone(),
            clipping: config.clipping.clone(),
            optimizer: config.optimizer.clone(),
            instruction_set,
            state,
            workspaces: (0..pool.threads()).map(|_| Workspace::new(&model)).collect(),
            matrices: (0..pool.threads()).map(|_| matrix_workspace()).collect(),
            pieces,
            slots: Vec::new(),
            pool,
            model,
        })
    }

    /// The model it trains.
    pub fn model(&self) -> &Transformer {
        &self.model
    }

    /// Fills the batch, then forward, loss and backward; each slot has the gradients
    /// of its own chunks, which lie side by side.
    fn backward(&mut self, batch: &mut Batch, fill: Fill<'_>) {
        let (slots, per_slot) = slots_for(batch.chunks().len());
        let (model, loss, instruction_set) = (&self.model, &self.loss, self.instruction_set);
        self.slots.reserve_exact(slots.saturating_sub(self.slots.len()));
        self.slots.resize_with(slots, || Slot {
            gradients: model.layout().zeros(),
            outcome: Outcome::new(batch.context()),
            statistics: Statistics::default(),
        });
        let layer_context =
            LayerContext { instruction_set, parameters: as_floats(&self.state.parameters) };
        let mut parts: Vec<_> =
            self.slots.iter_mut().zip(batch.chunks_mut().chunks_mut(per_slot)).collect();
        let work = |workspace: &mut Workspace,
                    part: usize,
                    item: &mut (&mut Slot, &mut [Chunk])| {
            let (slot, chunks) = item;
            slot.statistics = Statistics::default();
            let Slot { gradients, outcome, statistics } = &mut **slot;
            for (index, chunk) in chunks.iter_mut().enumerate() {
                fill(part * per_slot + index, chunk);
                // What is in a slot is from the step before.
                let accumulator =
                    Accumulator { arena: as_floats_mut(gradients), from_zero: index == 0 };
                model.forward_backward(layer_context, loss, chunk, workspace, accumulator, outcome);
                statistics.loss += outcome.weighted_loss(loss, chunk);
                observe(statistics, chunk, outcome);
            }
        };
        self.pool.for_each_with(&mut self.workspaces, &mut parts, work);
    }

    /// Adds up the slots, clips, and updates the parameters.
    fn update(&mut self, learning_rate: f64) -> Result<(), EngineError> {
        let mut step = Statistics { steps: 1, ..Statistics::default() };
        for slot in &self.slots {
            step.add(&slot.statistics);
        }
        let Some((first_slot, others)) = self.slots.split_first_mut() else { return Ok(()) };
        let state = &mut self.state;

        let mut pieces = Vec::with_capacity(self.pieces.len());
        let mut gradients = first_slot.gradients.as_mut_slice();
        let mut parameters = state.parameters.as_mut_slice();
        let mut first = state.first_moment.as_mut_slice();
        let mut second = state.second_moment.as_mut_slice();
        let mut start = 0;
        for piece in &self.pieces {
            pieces.push(PieceMut {
                piece,
                start,
                gradients: split_off(&mut gradients, piece.lanes),
                parameters: split_off(&mut parameters, piece.lanes),
                first: split_off(&mut first, piece.lanes),
                second: split_off(&mut second, piece.lanes),
                squares: 0.0,
            });
            start += piece.lanes;
        }

        let instruction_set = self.instruction_set;
        let add_up = |piece: &mut PieceMut<'_>| {
            let range = piece.start..piece.start + piece.gradients.len();
            for other in others.iter() {
                reduce::add(instruction_set, &other.gradients[range.clone()], piece.gradients);
            }
            piece.squares = reduce::sum_of_squares(instruction_set, piece.gradients);
        };
        // Matrices are worth it at any size.
        let share = start >= WORTH_SHARING || self.pieces.iter().any(|p| p.matrix.is_some());
        if share {
            self.pool.for_each(&mut pieces, |_, piece| add_up(piece));
        } else {
            pieces.iter_mut().for_each(add_up);
        }

        let norm = pieces.iter().map(|piece| piece.squares).sum::<f64>().sqrt();
        if !norm.is_finite() || !step.loss.is_finite() {
            return Err(EngineError::NotFinite { loss: step.loss, gradient_norm: norm, after: 0 });
        }
        step.gradient_norm = norm;
        state.statistics.add(&step);
        state.updates += 1;
        let update = self.optimizer.update(state.updates, learning_rate, &self.clipping, norm);
        let rule = self.optimizer.kind;
        let run = |workspace: &mut muon::Workspace, piece: &mut PieceMut<'_>| {
            piece.update(instruction_set, rule, update, workspace);
        };
        if share {
            // Threads take them in turn: those with most to do come first, or all matrices
            // might fall to one of them.
            pieces.sort_by_key(|piece| (piece.piece.matrix.is_none(), Reverse(piece.piece.lanes)));
            let work = |workspace: &mut _, _, piece: &mut _| run(workspace, piece);
            self.pool.for_each_with(&mut self.matrices, &mut pieces, work);
        } else {
            pieces.iter_mut().for_each(|piece| run(&mut self.matrices[0], piece));
        }
        Ok(())
    }
}

impl PieceMut<'_> {
    fn update(
        &mut self,
        instruction_set: InstructionSet,
        rule: Optimizer,
        update: Update,
        workspace: &mut muon::Workspace,
    ) {
        let PieceMut { piece, gradients, parameters, first, second, .. } = self;
        let arenas = Arenas { gradients, parameters, first, second };
        piece.update(rule, instruction_set, update, arenas, workspace);
    }
}

/// Takes the first `lanes` off a slice.
fn split_off<'a>(rest: &mut &'a mut [Lanes], lanes: usize) -> &'a mut [Lanes] {
    let (taken, left) = std::mem::take(rest).split_at_mut(lanes);
    *rest = left;
    taken
}

/// Counts right predictions after a full context.
fn observe(statistics: &mut Statistics, chunk: &Chunk, outcome: &Outcome) {
    let last = outcome.predicted.len() - 1;
    let targets = chunk.targets(last);
    for ((scored, target), predicted) in
        chunk.scored().iter().zip(targets).zip(&outcome.predicted[last])
    {
        if usize::from(*scored) > last {
            statistics.last_scored += 1;
            statistics.last_correct += u64::from(target == predicted);
        }
    }
}

impl Engine for CpuEngine {
    fn description(&self) -> String {
        let threads = self.pool.threads();
        let plural = if threads == 1 { "" } else { "s" };
        format!("cpu ({}, {threads} thread{plural})", self.instruction_set.name())
    }

    fn train_step(
        &mut self,
        batch: &mut Batch,
        fill: Fill<'_>,
        learning_rate: f64,
    ) -> Result<(), EngineError> {
        self.backward(batch, fill);
        self.update(learning_rate)
    }

    fn gradients(&mut self, batch: &mut Batch) -> Result<(Vec<Lanes>, f64), EngineError> {
        self.backward(batch, &|_, _| {});
        let loss = self.slots.iter().map(|slot| slot.statistics.loss).sum();
        let Some((first, others)) = self.slots.split_first_mut() else {
            return Ok((self.model.layout().zeros(), loss));
        };
        for other in others {
            reduce::add(self.instruction_set, &other.gradients, &mut first.gradients);
        }
        Ok((first.gradients.clone(), loss))
    }

    fn statistics(&mut self) -> Result<Statistics, EngineError> {
        Ok(std::mem::take(&mut self.state.statistics))
    }

    fn evaluate(&mut self, batch: &Batch) -> Result<Evaluation, EngineError> {
        let context = batch.context();
        let (model, loss) = (&self.model, &self.loss);
        let layer_context = LayerContext {
            instruction_set: self.instruction_set,
            parameters: as_floats(&self.state.parameters),
        };
        let mut outcomes: Vec<Outcome> =
            batch.chunks().iter().map(|_| Outcome::new(context)).collect();
        self.pool.for_each_with(
            &mut self.workspaces,
            &mut outcomes,
            |workspace, index, outcome| {
                model.evaluate(layer_context, loss, &batch.chunks()[index], workspace, outcome);
            },
        );
        let places = (0..batch.sequences()).flat_map(|sequence| {
            (0..context).map(move |t| (sequence / LANES, t, sequence % LANES))
        });
        let outcomes = &outcomes;
        Ok(Evaluation {
            context,
            predicted: places.clone().map(|(c, t, lane)| outcomes[c].predicted[t][lane]).collect(),
            cross_entropy: places
                .clone()
                .map(|(c, t, lane)| outcomes[c].cross_entropy[t].0[lane])
                .collect(),
            loss: places
                .map(|(c, t, lane)| {
                    let scored = batch.chunks()[c].scored()[lane];
                    loss.positions.weight(t, scored, context) * outcomes[c].loss[t].0[lane]
                })
                .collect(),
        })
    }

    fn parameters(&mut self) -> Result<Vec<Lanes>, EngineError> {
        Ok(self.state.parameters.clone())
    }

    fn state(&mut self) -> Result<EngineState, EngineError> {
        Ok(self.state.clone())
    }

    fn restore(&mut self, state: EngineState) -> Result<(), EngineError> {
        state.check(self.model.layout())?;
        self.state = state;
        Ok(())
    }
}
