//! A batch: sequences as the model sees them, sixteen to a chunk.

use ninth_kernels::LANES;

/// Sixteen sequences side by side, one per lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// `[T + 1][16]` classes; 0 where a sequence has ended.
    classes: Vec<[u16; LANES]>,
    /// How many terms each sequence has; 0 for a lane without a sequence.
    lengths: [u16; LANES],
    /// Weight of each sequence in the batch's loss: 1 / (B scored positions).
    shares: [f32; LANES],
}

/// B sequences of up to T + 1 terms: up to T to see, each followed by the one to
/// predict.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    context: usize,
    sequences: usize,
    chunks: Vec<Chunk>,
}

impl Batch {
    /// Room for so many sequences, all empty.
    pub fn new(context: usize, sequences: usize) -> Self {
        let chunk = Chunk {
            classes: vec![[0; LANES]; context + 1],
            lengths: [0; LANES],
            shares: [0.0; LANES],
        };
        Batch { context, sequences, chunks: vec![chunk; sequences.div_ceil(LANES)] }
    }

    /// T
    pub fn context(&self) -> usize {
        self.context
    }

    /// B
    pub fn sequences(&self) -> usize {
        self.sequences
    }

    /// The sequences, sixteen at a time; lanes of the last one may be empty.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// Sets one sequence, given as classes; at most T + 1 are taken.
    ///
    /// # Panics
    ///
    /// If there is no such sequence.
    pub fn set(&mut self, index: usize, classes: impl IntoIterator<Item = u16>) {
        assert!(index < self.sequences);
        let (chunk, lane) = (&mut self.chunks[index / LANES], index % LANES);
        let mut classes = classes.into_iter();
        let mut length = 0;
        for row in &mut chunk.classes {
            let class = classes.next();
            length += u16::from(class.is_some());
            row[lane] = class.unwrap_or(0);
        }
        chunk.lengths[lane] = length;
        chunk.shares[lane] = match length {
            0 | 1 => 0.0,
            length => 1.0 / (self.sequences as f32 * f32::from(length - 1)),
        };
    }

    /// How many terms a sequence has.
    pub fn length(&self, index: usize) -> usize {
        usize::from(self.chunks[index / LANES].lengths[index % LANES])
    }

    /// A term of a sequence.
    pub fn class(&self, index: usize, position: usize) -> u16 {
        self.chunks[index / LANES].classes[position][index % LANES]
    }
}

impl Chunk {
    /// What the model sees: `[T][16]`.
    pub fn tokens(&self) -> &[[u16; LANES]] {
        &self.classes[..self.classes.len() - 1]
    }

    /// What it is to predict at a position.
    pub fn targets(&self, position: usize) -> &[u16; LANES] {
        &self.classes[position + 1]
    }

    /// The weight of a position in the batch's loss, per sequence: the mean over
    /// the scored positions of the sequence, then over the batch. A position is
    /// scored if the term after it is known.
    pub fn weights(&self, position: usize) -> [f32; LANES] {
        std::array::from_fn(|lane| {
            if position + 1 < usize::from(self.lengths[lane]) { self.shares[lane] } else { 0.0 }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_a_batch_add_up_to_one() {
        let mut batch = Batch::new(8, 19);
        for index in 0..19 {
            batch.set(index, (0..4 + index as u16 % 6).map(|i| i + 1));
        }
        let total: f32 = batch
            .chunks()
            .iter()
            .flat_map(|chunk| (0..8).flat_map(|position| chunk.weights(position)))
            .sum();
        assert!((total - 1.0).abs() < 1e-6);
        assert_eq!(batch.length(17), 9);
        assert_eq!(batch.class(17, 8), 9);
        assert_eq!(batch.chunks()[1].weights(8 - 1)[0], 0.0, "sequence 16 has eight terms");
        batch.set(3, [7]);
        assert_eq!(batch.chunks()[0].weights(0)[3], 0.0, "one term has nothing to predict");
    }
}
