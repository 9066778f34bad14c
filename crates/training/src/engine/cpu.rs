//! The CPU engine: all cores, one chunk of sixteen sequences at a time.
//!
//! Results are the same to the bit for any number of threads: the chunks of a batch are
//! distributed over *slots*, whose number depends on the config alone. A slot adds up the
//! gradients of its own chunks; then the slots are added up in their order. Each costs an arena of
//! gradients to fill and to add up, so more slots than cores are of no use.

use std::cmp::Reverse;
use std::ops::Range;

use ninth_kernels::{InstructionSet, LANES, Lanes, Pool, as_floats, as_floats_mut, reduce};
use ninth_model::batch::Chunk;
use ninth_model::{
    Accumulator, Batch, LayerContext, Loss, LossOutput, Memory, Transformer, Workspace,
};

use crate::clipping::ClippingSettings;
use crate::engine::{Engine, EngineError, EngineState, Evaluation, Fill, Statistics};
use crate::memory::{self, LIMIT, MemoryUsage};
use crate::optimizer::update::Arenas;
use crate::optimizer::{OptimizerSettings, ParameterGroup, muon};
use crate::{Config, ConfigError};

/// Lanes of parameters below which an update is too little work for several threads.
const WORTH_SHARING: usize = 4 * 1024;

/// Trains a model on the CPU.
#[derive(Debug)]
pub struct CpuEngine {
    model: Transformer,
    loss: Loss,
    clipping: ClippingSettings,
    optimizer: OptimizerSettings,
    instruction_set: InstructionSet,
    pool: Pool,
    groups: Vec<ParameterGroup>,
    state: EngineState,
    /// One per thread.
    workspaces: Vec<Workspace>,
    /// One per thread, for updates of whole matrices.
    muon_workspaces: Vec<muon::MuonWorkspace>,
    pub(super) slots: Vec<Slot>,
    /// The largest number of slots.
    most_slots: usize,
}

/// The number of slots for `chunks` chunks, of which the config wants `slots` at most, and the
/// largest number of chunks of a slot.
fn slots_for(chunks: usize, slots: usize) -> (usize, usize) {
    let per_slot = chunks.div_ceil(slots).max(1);
    (chunks.div_ceil(per_slot), per_slot)
}

/// Scratch memory for the largest matrix that is updated as a whole.
fn muon_workspace(memory: &mut Memory, groups: &[ParameterGroup]) -> muon::MuonWorkspace {
    muon::MuonWorkspace::new(memory, groups.iter().filter_map(|group| group.matrix))
}

/// A part of the batch: consecutive chunks.
#[derive(Debug)]
pub(super) struct Slot {
    /// The sum of the gradients of its chunks.
    pub gradients: Vec<Lanes>,
    outcome: LossOutput,
    /// Sums over its chunks.
    pub statistics: Statistics,
}

/// A parameter group with its range of all arenas.
struct GroupMut<'a> {
    group: &'a ParameterGroup,
    /// The first lane of the range.
    start: usize,
    /// The gradients of the first slot, to which those of the others are added.
    gradients: &'a mut [Lanes],
    parameters: &'a mut [Lanes],
    first: &'a mut [Lanes],
    second: &'a mut [Lanes],
    /// The sum of the squares of the batch's gradients.
    squares: f64,
}

impl CpuEngine {
    /// An engine with an untrained model, on `threads` threads, of which it uses as many as the
    /// config has slots.
    ///
    /// # Errors
    ///
    /// If the config describes no model, or training it would take more than
    /// [`memory::LIMIT`](crate::memory::LIMIT) bytes.
    pub fn new(config: &Config, threads: usize) -> Result<Self, ConfigError> {
        Self::with_instruction_set(config, threads, InstructionSet::detect())
    }

    /// As [`new`](Self::new), with a given instruction set instead of the best one.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_instruction_set(
        config: &Config,
        threads: usize,
        instruction_set: InstructionSet,
    ) -> Result<Self, ConfigError> {
        let model = Transformer::new(config.architecture()?);
        Self::memory_usage(config, &model, threads).check()?;
        // A batch has no more slots than that; idle threads would only spin.
        let pool = Pool::new(threads.min(config.training.slots));
        let layout = model.layout();
        let groups = ParameterGroup::cut(layout, &config.optimizer);
        let muon_workspace = || muon_workspace(&mut Memory::for_use(), &groups);
        let state = EngineState {
            parameters: layout.initial(config.seed()),
            first_moment: layout.zeros(),
            second_moment: layout.zeros(),
            updates: 0,
            statistics: Statistics::default(),
        };
        Ok(CpuEngine {
            loss: Loss::new(&config.loss, model.architecture()),
            clipping: config.clipping.clone(),
            optimizer: config.optimizer.clone(),
            instruction_set,
            state,
            workspaces: (0..pool.threads()).map(|_| Workspace::new(&model)).collect(),
            muon_workspaces: (0..pool.threads()).map(|_| muon_workspace()).collect(),
            groups,
            slots: Vec::new(),
            most_slots: config.training.slots,
            pool,
            model,
        })
    }

    /// The memory of a training on `threads` threads, given the config's model.
    pub fn memory_usage(config: &Config, model: &Transformer, threads: usize) -> MemoryUsage {
        Self::memory_for(config, model, config.training.batch_size, threads)
    }

    /// The largest batch size up to `most` with which a training is allowed; 0 if none is.
    pub fn largest_batch(
        config: &Config,
        model: &Transformer,
        threads: usize,
        most: usize,
    ) -> usize {
        memory::largest_batch(most, |sequences| {
            Self::memory_for(config, model, sequences, threads).total() <= LIMIT
        })
    }

    /// The memory for batches of `sequences` sequences.
    fn memory_for(
        config: &Config,
        model: &Transformer,
        sequences: usize,
        threads: usize,
    ) -> MemoryUsage {
        let context = model.architecture().context();
        let most = config.training.slots;
        let (slots, _) = slots_for(sequences.div_ceil(LANES), most);
        let (slots, threads) = (slots as u64, threads.clamp(1, most) as u64);
        let arena = model.layout().lanes() as u64 * size_of::<Lanes>() as u64;
        let groups = ParameterGroup::cut(model.layout(), &config.optimizer);
        let mut scratch = Memory::for_counting();
        muon_workspace(&mut scratch, &groups);
        let scratch = size_of::<muon::MuonWorkspace>() as u64 + scratch.bytes();
        let slot = size_of::<Slot>() as u64 + LossOutput::heap_bytes(context);
        MemoryUsage {
            parameters: arena,
            gradients: slots * arena,
            optimizer: 2 * arena + threads * scratch,
            activations: threads * Workspace::bytes(model) + slots * slot,
            batch: Batch::heap_bytes(context, sequences),
            tables: model.heap_bytes() + (groups.capacity() * size_of::<ParameterGroup>()) as u64,
            best: arena,
        }
    }

    /// The model it trains.
    pub fn model(&self) -> &Transformer {
        &self.model
    }

    /// Fills these chunks, then runs forward, loss and backward, a slot for every `per_slot` of
    /// them. Each slot has the sum of the gradients of its own, consecutive chunks afterwards.
    pub(super) fn accumulate_gradients(
        &mut self,
        chunks: &mut [Chunk],
        per_slot: usize,
        fill: Fill<'_>,
    ) {
        let slots = chunks.len().div_ceil(per_slot);
        let (model, loss, instruction_set) = (&self.model, &self.loss, self.instruction_set);
        self.slots.reserve_exact(slots.saturating_sub(self.slots.len()));
        self.slots.resize_with(slots, || Slot {
            gradients: model.layout().zeros(),
            outcome: LossOutput::new(model.architecture().context()),
            statistics: Statistics::default(),
        });
        let layer_context =
            LayerContext { instruction_set, parameters: as_floats(&self.state.parameters) };
        let mut parts: Vec<_> = self.slots.iter_mut().zip(chunks.chunks_mut(per_slot)).collect();
        let work = |workspace: &mut Workspace,
                    part: usize,
                    item: &mut (&mut Slot, &mut [Chunk])| {
            let (slot, chunks) = item;
            slot.statistics = Statistics::default();
            let Slot { gradients, outcome, statistics } = &mut **slot;
            for (index, chunk) in chunks.iter_mut().enumerate() {
                fill(part * per_slot + index, chunk);
                // The first chunk overwrites the gradients of the step before.
                let accumulator =
                    Accumulator { arena: as_floats_mut(gradients), from_zero: index == 0 };
                model.forward_backward(layer_context, loss, chunk, workspace, accumulator, outcome);
                statistics.loss += outcome.weighted_loss(loss, chunk);
                count_last_predictions(statistics, chunk, outcome);
            }
        };
        self.pool.for_each_with(&mut self.workspaces, &mut parts, work);
    }

    /// Adds up the gradients of the slots, clips them, and updates the parameters.
    fn apply_gradients(&mut self, learning_rate: f64) -> Result<(), EngineError> {
        let mut step = Statistics { steps: 1, ..Statistics::default() };
        for slot in &self.slots {
            step.add(&slot.statistics);
        }
        let mut slots = std::mem::take(&mut self.slots);
        let updated = match slots.split_first_mut() {
            Some((first, others)) => self.update(step, &mut first.gradients, others, learning_rate),
            None => Ok(()),
        };
        self.slots = slots;
        updated
    }

    /// Adds the gradients of further slots to these, clips them, and updates the parameters.
    pub(super) fn update(
        &mut self,
        mut step: Statistics,
        mut gradients: &mut [Lanes],
        others: &[Slot],
        learning_rate: f64,
    ) -> Result<(), EngineError> {
        let state = &mut self.state;

        let mut groups = Vec::with_capacity(self.groups.len());
        let mut parameters = state.parameters.as_mut_slice();
        let mut first = state.first_moment.as_mut_slice();
        let mut second = state.second_moment.as_mut_slice();
        let mut start = 0;
        for group in &self.groups {
            groups.push(GroupMut {
                group,
                start,
                gradients: split_off(&mut gradients, group.lanes),
                parameters: split_off(&mut parameters, group.lanes),
                first: split_off(&mut first, group.lanes),
                second: split_off(&mut second, group.lanes),
                squares: 0.0,
            });
            start += group.lanes;
        }

        let instruction_set = self.instruction_set;
        let add_slots = |group: &mut GroupMut<'_>| {
            let range = group.start..group.start + group.gradients.len();
            for other in others {
                reduce::add(instruction_set, &other.gradients[range.clone()], group.gradients);
            }
            group.squares = reduce::sum_of_squares(instruction_set, group.gradients);
        };
        // Matrices are enough work at any size.
        let share = start >= WORTH_SHARING || self.groups.iter().any(|g| g.matrix.is_some());
        if share {
            self.pool.for_each(&mut groups, |_, group| add_slots(group));
        } else {
            groups.iter_mut().for_each(add_slots);
        }

        let norm = groups.iter().map(|group| group.squares).sum::<f64>().sqrt();
        if !norm.is_finite() || !step.loss.is_finite() {
            return Err(EngineError::NotFinite { loss: step.loss, gradient_norm: norm, after: 0 });
        }
        step.gradient_norm = norm;
        state.statistics.add(&step);
        state.updates += 1;
        let coefficients =
            self.optimizer.coefficients(state.updates, learning_rate, &self.clipping, norm);
        let rule = self.optimizer.kind;
        let apply = |workspace: &mut muon::MuonWorkspace, group: &mut GroupMut<'_>| {
            let GroupMut { group, gradients, parameters, first, second, .. } = group;
            let arenas = Arenas { gradients, parameters, first, second };
            group.apply(rule, instruction_set, coefficients, arenas, workspace);
        };
        if share {
            // Threads take the groups in turn. Those with most work come first, or all matrices
            // might go to one thread.
            groups.sort_by_key(|group| (group.group.matrix.is_none(), Reverse(group.group.lanes)));
            let work = |workspace: &mut _, _, group: &mut _| apply(workspace, group);
            self.pool.for_each_with(&mut self.muon_workspaces, &mut groups, work);
        } else {
            groups.iter_mut().for_each(|group| apply(&mut self.muon_workspaces[0], group));
        }
        Ok(())
    }

    /// The lanes of each parameter group, in the order of the arenas.
    pub(super) fn group_lanes(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().map(|group| group.lanes)
    }

    /// Adds pieces of further slots, in their order, to that of the first. Each has the lanes of
    /// these parameter groups.
    pub(super) fn add_up(
        &mut self,
        groups: Range<usize>,
        mut first: &mut [Lanes],
        others: &[&[Lanes]],
    ) {
        let groups = &self.groups[groups];
        let (mut start, mut parts) = (0, Vec::with_capacity(groups.len()));
        for group in groups {
            parts.push((start..start + group.lanes, split_off(&mut first, group.lanes)));
            start += group.lanes;
        }
        let instruction_set = self.instruction_set;
        self.pool.for_each(&mut parts, |_, (range, sum)| {
            for other in others {
                reduce::add(instruction_set, &other[range.clone()], sum);
            }
        });
    }

    /// Fills chunks on all threads.
    pub(super) fn fill(&mut self, chunks: &mut [Chunk], fill: Fill<'_>) {
        self.pool.for_each(chunks, fill);
    }

    /// The number of slots for `chunks` chunks, and the largest number of chunks of a slot.
    pub(super) fn slots_for(&self, chunks: usize) -> (usize, usize) {
        slots_for(chunks, self.most_slots)
    }

    /// Predictions and losses of chunks.
    pub(super) fn outcomes(&mut self, chunks: &[Chunk]) -> Vec<LossOutput> {
        let (model, loss) = (&self.model, &self.loss);
        let context = model.architecture().context();
        let layer_context = LayerContext {
            instruction_set: self.instruction_set,
            parameters: as_floats(&self.state.parameters),
        };
        let mut outcomes: Vec<LossOutput> =
            chunks.iter().map(|_| LossOutput::new(context)).collect();
        self.pool.for_each_with(
            &mut self.workspaces,
            &mut outcomes,
            |workspace, index, outcome| {
                model.evaluate(layer_context, loss, &chunks[index], workspace, outcome);
            },
        );
        outcomes
    }

    /// The outcomes of a batch's chunks, sequence by sequence.
    pub(super) fn evaluation(&self, batch: &Batch, outcomes: &[LossOutput]) -> Evaluation {
        let (context, positions) = (batch.context(), self.loss.positions());
        let places = (0..batch.sequences()).flat_map(|sequence| {
            (0..context).map(move |t| (sequence / LANES, t, sequence % LANES))
        });
        Evaluation {
            context,
            predicted: places.clone().map(|(c, t, lane)| outcomes[c].predicted[t][lane]).collect(),
            cross_entropy: places
                .clone()
                .map(|(c, t, lane)| outcomes[c].cross_entropy[t].0[lane])
                .collect(),
            loss: places
                .map(|(c, t, lane)| {
                    let scored = batch.chunks()[c].scored()[lane];
                    positions.weight(t, scored, context) * outcomes[c].loss[t].0[lane]
                })
                .collect(),
        }
    }
}

/// Takes the first `lanes` off a slice.
fn split_off<'a>(rest: &mut &'a mut [Lanes], lanes: usize) -> &'a mut [Lanes] {
    let (taken, left) = std::mem::take(rest).split_at_mut(lanes);
    *rest = left;
    taken
}

/// Counts the predictions after a full context, and the right ones among them.
fn count_last_predictions(statistics: &mut Statistics, chunk: &Chunk, outcome: &LossOutput) {
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
        let (_, per_slot) = self.slots_for(batch.chunks().len());
        self.accumulate_gradients(batch.chunks_mut(), per_slot, fill);
        self.apply_gradients(learning_rate)
    }

    fn gradients(&mut self, batch: &mut Batch) -> Result<(Vec<Lanes>, f64), EngineError> {
        let (_, per_slot) = self.slots_for(batch.chunks().len());
        self.accumulate_gradients(batch.chunks_mut(), per_slot, &|_, _| {});
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
        let outcomes = self.outcomes(batch.chunks());
        Ok(self.evaluation(batch, &outcomes))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Preset;
    use crate::engine::comparison;
    use ninth_settings::parse_assignment;

    /// A step of SGD without momentum and decay is the learning rate times what clipping makes
    /// of the gradients.
    #[test]
    fn a_clipped_step_is_a_step_of_clipped_gradients() {
        const RATE: f64 = 0.5;
        let sgd = ["optimizer.kind=sgd", "beta1=0", "weight_decay=0"];
        for (clipping, max_norm, max_value) in [
            (["clipping.kind=global_norm", "max_norm=0.05"], 0.05, f64::INFINITY),
            (["clipping.kind=value", "max_value=0.001"], f64::INFINITY, 0.001),
            (["clipping.kind=none", "max_norm=0.05"], f64::INFINITY, f64::INFINITY),
        ] {
            let assignments =
                sgd.iter().chain(&clipping).map(|text| parse_assignment(text).unwrap());
            let assignments: Vec<_> = assignments.collect();
            let config = Config::resolve(Preset::Design, &assignments).unwrap();
            let mut engine = CpuEngine::new(&config, 1).unwrap();
            let mut batch = comparison::batch(&config).unwrap();
            let before = engine.parameters().unwrap();
            let (gradients, _) = engine.gradients(&mut batch).unwrap();
            engine.train_step(&mut batch, &|_, _| {}, RATE).unwrap();
            let after = engine.parameters().unwrap();

            let gradients = as_floats(&gradients);
            let squares = gradients.iter().map(|gradient| f64::from(*gradient).powi(2));
            let norm = squares.sum::<f64>().sqrt();
            let recorded = engine.statistics().unwrap().gradient_norm;
            assert!((recorded - norm).abs() < 1e-4 * norm, "{recorded} is not {norm}");
            assert!(norm > 0.1, "{norm} would not be clipped");
            let factor = (max_norm / norm).min(1.0);
            let (before, after) = (as_floats(&before), as_floats(&after));
            for ((before, after), gradient) in before.iter().zip(after).zip(gradients) {
                let clipped = (f64::from(*gradient) * factor).clamp(-max_value, max_value);
                let expected = f64::from(*before) - RATE * clipped;
                let apart = (f64::from(*after) - expected).abs();
                assert!(apart < 1e-6 + 1e-4 * clipped.abs(), "{clipping:?}: {after}, {expected}");
            }
        }
    }
}
