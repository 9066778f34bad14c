//! A batch as the kernels read it: words at the offsets of the plan.

use std::ops::Range;

use ninth_model::Batch;
use ninth_training::optimizer::update::UpdateCoefficients;

use crate::plan::{HEADER_WORDS, Plan};

/// The header of a batch: what a pass has to know beside the sequences.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct UploadHeader {
    /// The factor on the loss of each sequence: one over the number of sequences for their
    /// mean, or one to read each loss.
    pub(crate) sequence_weight: f32,
    /// The entry of the status that the losses of the step are written to.
    pub(crate) entry: usize,
    /// The largest norm of the gradients; larger ones are clipped.
    pub(crate) max_norm: f32,
    /// The parameters of the update, if there is one.
    pub(crate) update: Option<UpdateCoefficients>,
    /// Whether this is a training step, so that dropout is on.
    pub(crate) training: bool,
}

impl UploadHeader {
    /// The words of the header with the names that the kernels have for their offsets.
    pub(crate) fn words(&self) -> [(&'static str, u32); 14] {
        let update = self.update;
        let of =
            |value: fn(&UpdateCoefficients) -> f32| update.as_ref().map_or(0.0, value).to_bits();
        [
            ("SEQUENCE_WEIGHT_AT", self.sequence_weight.to_bits()),
            ("ENTRY_AT", self.entry as u32),
            ("MAX_NORM_AT", self.max_norm.to_bits()),
            // WGSL has no infinity.
            ("LIMIT_AT", of(|update| update.gradient_limit.min(f32::MAX))),
            ("LEARNING_RATE_AT", of(|update| update.learning_rate)),
            ("MOMENTUM_AT", of(|update| update.momentum)),
            ("GRADIENT_DECAY_AT", of(|update| update.gradient_decay)),
            ("STEP_SIZE_AT", of(|update| update.step_size)),
            ("SECOND_FACTOR_AT", of(|update| update.second_factor)),
            ("DECAY_FACTOR_AT", of(|update| update.decay_factor)),
            ("BETA1_AT", of(|update| update.beta1)),
            ("BETA2_AT", of(|update| update.beta2)),
            ("EPSILON_AT", of(|update| update.epsilon)),
            ("TRAINING_AT", u32::from(self.training)),
        ]
    }
}

/// Writes a header and some sequences of a batch to `words`, at most as many sequences as the
/// plan is for.
pub(crate) fn pack(
    plan: &Plan,
    header: &UploadHeader,
    batch: &Batch,
    sequences: Range<usize>,
    words: &mut Vec<u32>,
) {
    let at = plan.batch;
    words.clear();
    words.resize(at.words, 0);
    for (to, (_, word)) in words[..HEADER_WORDS].iter_mut().zip(header.words()) {
        *to = word;
    }
    let positions = plan.context + 1;
    for (index, sequence) in sequences.clone().enumerate() {
        words[at.scored + index] = batch.length(sequence).saturating_sub(1) as u32;
        let classes = &mut words[at.classes + index * positions..][..positions];
        for (position, class) in classes.iter_mut().enumerate() {
            *class = u32::from(batch.class(sequence, position));
        }
    }
    // Only a training step has dropout, and it is on a whole batch, whose chunks are those of
    // the plan.
    if sequences == (0..batch.sequences()) {
        let noises = words[at.noise..].chunks_exact_mut(2);
        for (chunk, noise) in batch.chunks().iter().zip(noises) {
            noise[0] = chunk.noise() as u32;
            noise[1] = (chunk.noise() >> 32) as u32;
        }
    }
    if let Some(classes) = at.learned_classes {
        order_by_class(plan, classes, sequences.len(), words);
    }
}

/// Writes the scored rows sorted by their class, and where each class begins: the gradient of a
/// class's row in a table is a sum over them. Rows that are not scored have no gradient.
fn order_by_class(plan: &Plan, classes: usize, sequences: usize, words: &mut [u32]) {
    let (at, positions) = (plan.batch, plan.context + 1);
    let class_of = |words: &[u32], sequence: usize, t: usize| {
        words[at.classes + sequence * positions + t] as usize
    };
    let scored =
        |words: &[u32], sequence: usize| (words[at.scored + sequence] as usize).min(plan.context);
    for sequence in 0..sequences {
        for t in 0..scored(words, sequence) {
            let class = class_of(words, sequence, t);
            words[at.starts + class + 1] += 1;
        }
    }
    for class in 0..classes {
        words[at.starts + class + 1] += words[at.starts + class];
    }
    let mut next = words[at.starts..][..classes].to_vec();
    for sequence in 0..sequences {
        for t in 0..scored(words, sequence) {
            let class = class_of(words, sequence, t);
            words[at.order + next[class] as usize] = (sequence * plan.context + t) as u32;
            next[class] += 1;
        }
    }
}
