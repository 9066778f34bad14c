//! A batch as the kernels read it: one run of numbers, in the places of the plan.

use std::ops::Range;

use ninth_model::Batch;
use ninth_training::optimizer::update::UpdateCoefficients;

use crate::plan::Plan;

/// What a pass has to know beside the sequences, at the head of a batch; the order is that of
/// `kernels/optimizer.wgsl`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// The factor on the loss of each sequence: one over their number, or one to read the
    /// losses.
    pub(crate) sequence_weight: f32,
    /// Where in the status the losses of the step go.
    pub(crate) entry: usize,
    /// What the norm of the gradients is clipped to.
    pub(crate) max_norm: f32,
    /// The numbers of the update; none where nothing is updated.
    pub(crate) update: Option<UpdateCoefficients>,
    /// Whether something is dropped.
    pub(crate) training: bool,
}

impl Head {
    fn numbers(&self) -> [u32; 14] {
        let update = self.update;
        let of =
            |number: fn(&UpdateCoefficients) -> f32| update.as_ref().map_or(0.0, number).to_bits();
        [
            self.sequence_weight.to_bits(),
            self.entry as u32,
            self.max_norm.to_bits(),
            // Kernels do not know infinity.
            of(|update| update.gradient_limit.min(f32::MAX)),
            of(|update| update.learning_rate),
            of(|update| update.momentum),
            of(|update| update.gradient_decay),
            of(|update| update.step_size),
            of(|update| update.second_factor),
            of(|update| update.decay_factor),
            of(|update| update.beta1),
            of(|update| update.beta2),
            of(|update| update.epsilon),
            u32::from(self.training),
        ]
    }
}

/// Writes some sequences of a batch, at most as many as the plan has room for.
pub(crate) fn pack(
    plan: &Plan,
    head: &Head,
    batch: &Batch,
    sequences: Range<usize>,
    numbers: &mut Vec<u32>,
) {
    numbers.clear();
    numbers.resize(plan.batch, 0);
    let head = head.numbers();
    numbers[..head.len()].copy_from_slice(&head);
    let positions = plan.context + 1;
    for (index, sequence) in sequences.clone().enumerate() {
        numbers[plan.scored_at + index] = batch.length(sequence).saturating_sub(1) as u32;
        let classes = &mut numbers[plan.classes_at + index * positions..][..positions];
        for (position, class) in classes.iter_mut().enumerate() {
            *class = u32::from(batch.class(sequence, position));
        }
    }
    // Dropout is for training, and only a whole batch is trained on: its chunks are those of
    // the plan.
    if sequences == (0..batch.sequences()) {
        let noises = numbers[plan.noise_at..].chunks_exact_mut(2);
        for (chunk, noise) in batch.chunks().iter().zip(noises) {
            noise[0] = chunk.noise() as u32;
            noise[1] = (chunk.noise() >> 32) as u32;
        }
    }
    if let Some(classes) = plan.learned_classes {
        order_by_class(plan, classes, sequences.len(), numbers);
    }
}

/// Writes the rows that show each class one after the other, and where each class begins: the
/// gradient of a row of a table is a sum over these. Rows that are not scored have none.
fn order_by_class(plan: &Plan, classes: usize, sequences: usize, numbers: &mut [u32]) {
    let positions = plan.context + 1;
    let class_of = |numbers: &[u32], sequence: usize, t: usize| {
        numbers[plan.classes_at + sequence * positions + t] as usize
    };
    let scored = |numbers: &[u32], sequence: usize| {
        (numbers[plan.scored_at + sequence] as usize).min(plan.context)
    };
    for sequence in 0..sequences {
        for t in 0..scored(numbers, sequence) {
            let class = class_of(numbers, sequence, t);
            numbers[plan.starts_at + class + 1] += 1;
        }
    }
    for class in 0..classes {
        numbers[plan.starts_at + class + 1] += numbers[plan.starts_at + class];
    }
    let mut next = numbers[plan.starts_at..][..classes].to_vec();
    for sequence in 0..sequences {
        for t in 0..scored(numbers, sequence) {
            let class = class_of(numbers, sequence, t);
            numbers[plan.order_at + next[class] as usize] = (sequence * plan.context + t) as u32;
            next[class] += 1;
        }
    }
}
