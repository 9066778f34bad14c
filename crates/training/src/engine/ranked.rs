//! One training on several processes, with the same results to the bit as in one.
//!
//! Rank 0 drives: it has the trainer, draws the batches, and tells the other ranks what to do by
//! one broadcast per step, which has the whole batch: a few kilobytes. Every rank computes the
//! gradients of its own slots of the batch (see [`CpuEngine`]). Then
//!
//! 1. each rank gets its piece of the gradients of all slots ([`Ranks::exchange`]),
//! 2. adds them up in the slots' order, as one process does,
//! 3. and gives the sum to all ([`Ranks::gather_lanes`]), which make the same update.
//!
//! A sum of the ranks' sums, which an `MPI_Allreduce` is, has other roundings for every number of
//! ranks. As all ranks make every update, each has the whole state of the training, and nothing
//! of it changes before the gradients of a step are complete: rank 0 can write a checkpoint after
//! any other rank was lost.

use std::ops::Range;
use std::sync::Arc;

use ninth_kernels::{InstructionSet, LANES, Lanes, as_floats, as_floats_mut};
use ninth_model::batch::Chunk;
use ninth_model::{Batch, LossOutput};

use super::cpu::CpuEngine;
use super::ranks::{Parts, Ranks, Round};
use super::{Engine, EngineError, EngineState, Evaluation, Fill, Statistics};
use crate::{Config, ConfigError};

/// Bytes of what a rank says of itself.
const INTRODUCTION: usize = 256;

/// Bytes of the statistics of a slot.
const STATISTICS: usize = 24;

/// Why a training on several ranks cannot begin.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StartError {
    /// The config is not valid.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// A rank was lost, or cannot take part.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        StartError::Config(Box::new(error))
    }
}

/// What rank 0 has the others do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    /// A step on the batch behind it, with this learning rate.
    Step(f64),
    /// The gradients of the batch behind it.
    Gradients,
    /// Outcomes of so many sequences, which follow.
    Evaluate(usize),
    /// A state of so many updates, which follows.
    Restore(u64),
    /// To end.
    End,
}

impl Order {
    /// Bytes of an order.
    const BYTES: usize = 16;

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let (kind, value) = match self {
            Order::Step(rate) => (1, rate.to_bits()),
            Order::Gradients => (2, 0),
            Order::Evaluate(sequences) => (3, sequences as u64),
            Order::Restore(updates) => (4, updates),
            Order::End => (0, 0),
        };
        (u128::from(value) << 64 | kind).to_le_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let number = |at: usize| {
            let bytes = bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, u64::from_le_bytes)
        };
        let value = number(8);
        match number(0) {
            1 => Order::Step(f64::from_bits(value)),
            2 => Order::Gradients,
            3 => Order::Evaluate(value as usize),
            4 => Order::Restore(value),
            _ => Order::End,
        }
    }
}

/// Rank 0 before its training is known. Dropped before, it sends the other ranks home.
pub struct Leader {
    ranks: Option<Box<dyn Ranks>>,
}

impl Leader {
    /// Rank 0 of these.
    pub fn new(ranks: Box<dyn Ranks>) -> Self {
        Leader { ranks: Some(ranks) }
    }

    /// The number of ranks.
    pub fn size(&self) -> usize {
        self.ranks.as_ref().map_or(0, |ranks| ranks.size())
    }

    /// The engine of a training on all ranks, with an untrained model. `threads` are those of
    /// this rank.
    ///
    /// # Errors
    ///
    /// If the config is not valid, or a rank cannot take part.
    pub fn start(mut self, config: &Config, threads: usize) -> Result<RankedEngine, StartError> {
        // What is wrong with the config is known before any other rank hears of it.
        drop(CpuEngine::new(config, 1)?);
        let Some(mut ranks) = self.ranks.take() else {
            return Err(EngineError::Lost("the ranks have a training already".to_string()).into());
        };
        let text = config.to_text(false).into_bytes();
        ranks.broadcast((text.len() as u64).to_le_bytes().to_vec())?;
        ranks.broadcast(text)?;
        Ok(RankedEngine { member: Member::new(ranks, config, threads)?, lost: false })
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if let Some(ranks) = &mut self.ranks {
            // No training has a config without a text. A lost rank needs no message.
            let _ = ranks.broadcast(0_u64.to_le_bytes().to_vec());
        }
    }
}

/// What the ranks other than 0 do: they take part in the training that rank 0 drives until it
/// ends.
///
/// # Errors
///
/// If a rank is lost. Why a training cannot begin or go on is for rank 0 to say.
pub fn follow(mut ranks: Box<dyn Ranks>, threads: usize) -> Result<(), EngineError> {
    let length = ranks.broadcast(vec![0; size_of::<u64>()])?;
    let length = length.try_into().map_or(0, u64::from_le_bytes) as usize;
    if length == 0 {
        return Ok(());
    }
    let text = String::from_utf8(ranks.broadcast(vec![0; length])?).unwrap_or_default();
    let config = match Config::from_text("rank 0", &text) {
        Ok(config) => config,
        Err(error) => {
            // Rank 0 says why, be it another version or this.
            if introduce(ranks.as_mut()).is_ok() {
                gather_texts(ranks.as_mut(), &error.to_string())?;
            }
            return Ok(());
        }
    };
    let mut member = match Member::new(ranks, &config, threads) {
        Ok(member) => member,
        Err(StartError::Engine(error @ EngineError::Lost(_))) => return Err(error),
        Err(_) => return Ok(()),
    };
    loop {
        match member.hear()? {
            Order::Step(rate) => match member.step(rate) {
                // Rank 0 finds the same.
                Ok(()) | Err(EngineError::NotFinite { .. }) => {}
                Err(error) => return Err(error),
            },
            Order::Gradients => drop(member.add_up_gradients()?),
            Order::Evaluate(sequences) => {
                let mut batch = Batch::new(member.batch.context(), sequences);
                member.share(&mut batch)?;
                member.outcomes(&batch)?;
            }
            Order::Restore(updates) => member.restore(updates, None)?,
            Order::End => return Ok(()),
        }
    }
}

/// An introduction: version, and the instruction sets of the processor.
fn own_introduction() -> String {
    let sets = InstructionSet::available().into_iter().map(InstructionSet::name);
    let sets: Vec<&str> = sets.collect();
    format!("{}\n{}", env!("CARGO_PKG_VERSION"), sets.join(","))
}

/// A text of a rank to all others, cut to a fixed length.
fn gather_texts(ranks: &mut dyn Ranks, text: &str) -> Result<Vec<String>, EngineError> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(INTRODUCTION, 0);
    let all = ranks.gather(bytes, &vec![INTRODUCTION; ranks.size()])?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\0').to_string();
    Ok(all.chunks(INTRODUCTION).map(text).collect())
}

/// The best instruction set that the processors of all ranks have: others round in other places.
fn introduce(ranks: &mut dyn Ranks) -> Result<InstructionSet, EngineError> {
    let own = own_introduction();
    let all = gather_texts(ranks, &own)?;
    let (version, _) = own.split_once('\n').unwrap_or_default();
    for (rank, text) in all.iter().enumerate() {
        let (other, _) = text.split_once('\n').unwrap_or_default();
        if other != version {
            return Err(EngineError::Device(format!(
                "rank {rank} runs ninth {other}, rank {} ninth {version}: all ranks have to run \
                 the same program",
                ranks.rank()
            )));
        }
    }
    let has = |text: &String, set: InstructionSet| {
        text.split_once('\n').is_some_and(|(_, sets)| sets.split(',').any(|n| n == set.name()))
    };
    let common = |set: &InstructionSet| all.iter().all(|text| has(text, *set));
    Ok(InstructionSet::available().into_iter().find(common).unwrap_or(InstructionSet::portable()))
}

/// Consecutive shares of `all` things, one for each of `ranks`; rank 0 has the first one.
fn shares(all: usize, ranks: usize) -> impl Iterator<Item = Range<usize>> + Clone {
    let start = move |rank: usize| (rank * all).div_ceil(ranks);
    (0..ranks).map(move |rank| start(rank)..start(rank + 1))
}

/// The parameter groups whose gradients each rank adds up, about as many lanes for each.
fn share_groups(lanes: &[usize], ranks: usize) -> Vec<Range<usize>> {
    let all: usize = lanes.iter().sum();
    let (mut taken, mut first) = (0, 0);
    shares(all, ranks)
        .map(|share| {
            let begin = first;
            // The last rank's share ends with the last group.
            while first < lanes.len() && taken + lanes[first] / 2 < share.end {
                taken += lanes[first];
                first += 1;
            }
            if share.end == all {
                first = lanes.len();
            }
            begin..first
        })
        .collect()
}

/// What every rank has.
struct Member {
    ranks: Box<dyn Ranks>,
    engine: CpuEngine,
    /// The batch of a step.
    batch: Batch,
    /// The slots of each rank.
    slots: Vec<Range<usize>>,
    /// The parameter groups that each rank adds up.
    groups: Vec<Range<usize>>,
    /// The lanes of those groups.
    pieces: Parts,
    /// This rank's pieces of the gradients, by the rounds of an exchange: in each one for a slot of
    /// each rank.
    received: Vec<Vec<Lanes>>,
    /// The gradients of the whole batch.
    gradients: Vec<Lanes>,
}

impl Member {
    fn new(mut ranks: Box<dyn Ranks>, config: &Config, threads: usize) -> Result<Self, StartError> {
        let (rank, size) = (ranks.rank(), ranks.size());
        let instruction_set = introduce(ranks.as_mut())?;
        let batch = Batch::new(config.sequences.context, config.training.batch_size);
        let engine = CpuEngine::with_instruction_set(config, threads, instruction_set);
        let shared = engine.and_then(|engine| {
            let (slots, _) = engine.slots_for(batch.chunks().len());
            let slots: Vec<_> = shares(slots, size).collect();
            let lanes: Vec<usize> = engine.group_lanes().collect();
            let groups = share_groups(&lanes, size);
            let lane_of = |group: usize| lanes[..group].iter().sum::<usize>();
            let pieces: Parts =
                groups.iter().map(|groups| lane_of(groups.start)..lane_of(groups.end)).collect();
            let rounds = slots.iter().map(Range::len).max().unwrap_or(0);
            let received = rounds * size * pieces[rank].len();
            // The gradients of the own slots, the pieces of all, and their sum.
            let mut usage = CpuEngine::memory_usage(config, engine.model(), threads);
            let all = engine.model().layout().lanes();
            usage.gradients =
                ((slots[rank].len() + 1) * all + received) as u64 * size_of::<Lanes>() as u64;
            usage.check()?;
            Ok((engine, slots, groups, pieces, rounds))
        });
        let text = shared.as_ref().map_or_else(ToString::to_string, |_| String::new());
        let failed = gather_texts(ranks.as_mut(), &text)?;
        let (engine, slots, groups, pieces, rounds) = shared?;
        if let Some(rank) = failed.iter().position(|text| !text.is_empty()) {
            let message = format!("rank {rank} cannot take part: {}", failed[rank]);
            return Err(EngineError::Device(message).into());
        }
        Ok(Member {
            received: vec![vec![Lanes::ZERO; size * pieces[rank].len()]; rounds],
            gradients: engine.model().layout().zeros(),
            slots,
            ranks,
            engine,
            batch,
            groups,
            pieces,
        })
    }

    /// The next order of rank 0; the batch of one for a step is there then.
    fn hear(&mut self) -> Result<Order, EngineError> {
        let bytes = Order::BYTES + bytes_of(&self.batch);
        let bytes = self.ranks.broadcast(vec![0; bytes])?;
        let (order, batch) = bytes.split_at(Order::BYTES);
        let order = Order::from_bytes(order);
        if matches!(order, Order::Step(_) | Order::Gradients) {
            read(&mut self.batch, batch);
        }
        Ok(order)
    }

    /// Gives an order, with the batch of a step. All orders have the same length, so that one
    /// broadcast is enough.
    fn say(&mut self, order: Order) -> Result<(), EngineError> {
        let mut message = Vec::with_capacity(Order::BYTES + bytes_of(&self.batch));
        message.extend(order.to_bytes());
        self.batch.chunks().iter().for_each(|chunk| chunk.write_to(&mut message));
        self.ranks.broadcast(message)?;
        Ok(())
    }

    /// Rank 0's batch, of a number of sequences that all know, for all.
    fn share(&mut self, batch: &mut Batch) -> Result<(), EngineError> {
        let mut bytes = Vec::with_capacity(bytes_of(batch));
        batch.chunks().iter().for_each(|chunk| chunk.write_to(&mut bytes));
        read(batch, &self.ranks.broadcast(bytes)?);
        Ok(())
    }

    /// A step on the batch that all ranks have.
    fn step(&mut self, learning_rate: f64) -> Result<(), EngineError> {
        let step = self.add_up_gradients()?;
        self.engine.update(step, &mut self.gradients, &[], learning_rate)
    }

    /// The gradients of the batch that all ranks have, and its statistics.
    fn add_up_gradients(&mut self) -> Result<Statistics, EngineError> {
        let rank = self.ranks.rank();
        let (_, per_slot) = self.engine.slots_for(self.batch.chunks().len());
        let own = self.slots[rank].clone();
        let chunks = self.batch.chunks_mut();
        let of_slot = |slot: usize| (slot * per_slot).min(chunks.len());
        let chunks = of_slot(own.start)..of_slot(own.end);
        self.engine.accumulate_gradients(
            &mut self.batch.chunks_mut()[chunks],
            per_slot,
            &|_, _| {},
        );
        let step = self.gather_statistics()?;
        self.exchange()?;
        let Some((first, others)) = self.received.split_first_mut() else { return Ok(step) };
        let piece = self.pieces[rank].len();
        // In the slots' order: those of rank 0, then those of rank 1.
        let (sum, behind) = first.split_at_mut(piece);
        let mut pieces = Vec::new();
        for (of, slots) in self.slots.iter().enumerate() {
            for round in 0..slots.len() {
                let at = of * piece..(of + 1) * piece;
                match round {
                    0 if of == 0 => {}
                    0 => pieces.push(&behind[at.start - piece..at.end - piece]),
                    round => pieces.push(&others[round - 1][at]),
                }
            }
        }
        self.engine.add_up(self.groups[rank].clone(), sum, &pieces);
        let receive = std::mem::take(&mut self.gradients);
        let [sent, gathered] =
            self.ranks.gather_lanes(std::mem::take(first), receive, &self.pieces)?;
        (*first, self.gradients) = (sent, gathered);
        Ok(step)
    }

    /// Each rank's piece of the gradients of all slots. There is a round for the first slots of
    /// the ranks, one for the second ones, and so on: the gradients of a slot are sent from where
    /// they are.
    fn exchange(&mut self) -> Result<(), EngineError> {
        let (rank, size) = (self.ranks.rank(), self.ranks.size());
        let piece = self.pieces[rank].len();
        let nothing: Parts = vec![0..0; size].into();
        let mut rounds = Vec::with_capacity(self.received.len());
        for (round, receive) in self.received.iter_mut().enumerate() {
            let part = |(of, slots): (usize, &Range<usize>)| match round < slots.len() {
                true => of * piece..(of + 1) * piece,
                false => 0..0,
            };
            let (send, sent) = match self.engine.slots.get_mut(round) {
                Some(slot) => (std::mem::take(&mut slot.gradients), Arc::clone(&self.pieces)),
                None => (Vec::new(), Arc::clone(&nothing)),
            };
            let received = self.slots.iter().enumerate().map(part).collect();
            rounds.push(Round { send, sent, receive: std::mem::take(receive), received });
        }
        for (index, round) in self.ranks.exchange(rounds)?.into_iter().enumerate() {
            if let Some(slot) = self.engine.slots.get_mut(index) {
                slot.gradients = round.send;
            }
            self.received[index] = round.receive;
        }
        Ok(())
    }

    /// The statistics of all slots, added up in their order.
    fn gather_statistics(&mut self) -> Result<Statistics, EngineError> {
        let slots = self.engine.slots.iter().map(|slot| slot.statistics);
        let bytes = slots.flat_map(|Statistics { loss, last_correct, last_scored, .. }| {
            [loss.to_bits(), last_correct, last_scored].map(u64::to_le_bytes)
        });
        let lengths: Vec<usize> = self.slots.iter().map(|slots| slots.len() * STATISTICS).collect();
        let all = self.ranks.gather(bytes.flatten().collect(), &lengths)?;
        let mut numbers = numbers(&all);
        let mut step = Statistics { steps: 1, ..Statistics::default() };
        while let (Some(loss), Some(last_correct), Some(last_scored)) =
            (numbers.next(), numbers.next(), numbers.next())
        {
            let loss = f64::from_bits(loss);
            step.add(&Statistics { loss, last_correct, last_scored, ..Statistics::default() });
        }
        Ok(step)
    }

    /// The outcomes of a batch that all ranks have.
    fn outcomes(&mut self, batch: &Batch) -> Result<Vec<LossOutput>, EngineError> {
        let (rank, size, chunks) = (self.ranks.rank(), self.ranks.size(), batch.chunks());
        let shares = shares(chunks.len(), size);
        let bytes_of_one = batch.context() * (2 * size_of::<Lanes>() + size_of::<[u16; LANES]>());
        let own = shares.clone().nth(rank).unwrap_or_default();
        let mut bytes = Vec::with_capacity(own.len() * bytes_of_one);
        for outcome in self.engine.outcomes(&chunks[own]) {
            for lanes in [&outcome.cross_entropy, &outcome.loss] {
                bytes.extend(as_floats(lanes).iter().flat_map(|value| value.to_le_bytes()));
            }
            bytes.extend(outcome.predicted.iter().flatten().flat_map(|class| class.to_le_bytes()));
        }
        let lengths: Vec<usize> = shares.map(|share| share.len() * bytes_of_one).collect();
        let all = self.ranks.gather(bytes, &lengths)?;
        let outcome = |mut bytes: &[u8]| {
            let mut outcome = LossOutput::new(batch.context());
            for lanes in [&mut outcome.cross_entropy, &mut outcome.loss] {
                bytes = read_floats(as_floats_mut(lanes), bytes);
            }
            let classes = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]]));
            for (place, class) in outcome.predicted.iter_mut().flatten().zip(classes) {
                *place = class;
            }
            outcome
        };
        Ok(all.chunks_exact(bytes_of_one).map(outcome).collect())
    }

    /// Replaces the state of all ranks by that of rank 0, after so many updates.
    fn restore(&mut self, updates: u64, state: Option<EngineState>) -> Result<(), EngineError> {
        let mut state = match state {
            Some(state) => state,
            None => EngineState { updates, ..self.engine.state()? },
        };
        for arena in [&mut state.parameters, &mut state.first_moment, &mut state.second_moment] {
            let floats = as_floats_mut(arena);
            let bytes = floats.iter().flat_map(|value| value.to_le_bytes()).collect();
            read_floats(floats, &self.ranks.broadcast(bytes)?);
        }
        self.engine.restore(state)
    }
}

/// Fills floats from bytes; returns those behind.
fn read_floats<'a>(floats: &mut [f32], bytes: &'a [u8]) -> &'a [u8] {
    let (bytes, rest) = bytes.split_at(bytes.len().min(size_of_val(floats)));
    for (place, bytes) in floats.iter_mut().zip(bytes.chunks_exact(4)) {
        *place = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    rest
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.chunks_exact(8).map(|bytes| bytes.try_into().map_or(0, u64::from_le_bytes))
}

/// Bytes of the chunks of a batch.
fn bytes_of(batch: &Batch) -> usize {
    batch.chunks().len() * Chunk::bytes(batch.context())
}

/// Fills a batch from those bytes.
fn read(batch: &mut Batch, bytes: &[u8]) {
    let of_chunk = Chunk::bytes(batch.context());
    for (chunk, bytes) in batch.chunks_mut().iter_mut().zip(bytes.chunks_exact(of_chunk)) {
        chunk.read_from(bytes);
    }
}

/// Rank 0 of a training on several ranks. Dropped, it sends the others home.
pub struct RankedEngine {
    member: Member,
    /// Whether a rank was lost: nothing can be said to the others any more.
    lost: bool,
}

impl RankedEngine {
    /// Ranks that have a part of each batch; the others have nothing to do.
    pub fn at_work(&self) -> usize {
        self.member.slots.iter().filter(|slots| !slots.is_empty()).count()
    }

    /// Runs something on all ranks, and remembers if one is lost by it.
    fn on_all<T>(
        &mut self,
        work: impl FnOnce(&mut Member) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let done = work(&mut self.member);
        self.lost |= matches!(done, Err(EngineError::Lost(_)));
        done
    }
}

impl Drop for RankedEngine {
    fn drop(&mut self) {
        if !self.lost {
            // Whoever is lost now needs no message.
            let _ = self.member.say(Order::End);
        }
    }
}

impl Engine for RankedEngine {
    fn description(&self) -> String {
        let ranks = self.member.ranks.size();
        format!("{} on {ranks} rank{}", self.member.engine.description(), plural(ranks))
    }

    fn train_step(
        &mut self,
        batch: &mut Batch,
        fill: Fill<'_>,
        learning_rate: f64,
    ) -> Result<(), EngineError> {
        self.on_all(|member| {
            member.engine.fill(batch.chunks_mut(), fill);
            std::mem::swap(&mut member.batch, batch);
            member.say(Order::Step(learning_rate))?;
            member.step(learning_rate)
        })
    }

    fn gradients(&mut self, batch: &mut Batch) -> Result<(Vec<Lanes>, f64), EngineError> {
        self.on_all(|member| {
            std::mem::swap(&mut member.batch, batch);
            member.say(Order::Gradients)?;
            let Statistics { loss, .. } = member.add_up_gradients()?;
            Ok((member.gradients.clone(), loss))
        })
    }

    fn statistics(&mut self) -> Result<Statistics, EngineError> {
        self.member.engine.statistics()
    }

    fn evaluate(&mut self, batch: &Batch) -> Result<Evaluation, EngineError> {
        self.on_all(|member| {
            member.say(Order::Evaluate(batch.sequences()))?;
            member.share(&mut batch.clone())?;
            let outcomes = member.outcomes(batch)?;
            Ok(member.engine.evaluation(batch, &outcomes))
        })
    }

    fn parameters(&mut self) -> Result<Vec<Lanes>, EngineError> {
        self.member.engine.parameters()
    }

    fn state(&mut self) -> Result<EngineState, EngineError> {
        self.member.engine.state()
    }

    fn restore(&mut self, state: EngineState) -> Result<(), EngineError> {
        state.check(self.member.engine.model().layout())?;
        self.on_all(|member| {
            member.say(Order::Restore(state.updates))?;
            member.restore(state.updates, Some(state))
        })
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

// Threads play the ranks there, which WebAssembly has not.
#[cfg(all(test, not(target_family = "wasm")))]
mod tests;
