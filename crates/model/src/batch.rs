//! A batch: sequences as the model sees them, sixteen to a chunk.

use ninth_kernels::LANES;

/// Sixteen sequences side by side, one per lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// `[T + 1][16]` classes; 0 where a sequence has ended.
    classes: Vec<[u16; LANES]>,
    /// How many terms each sequence has; 0 for a lane without a sequence.
    lengths: [u16; LANES],
    /// B, of the whole batch.
    sequences: usize,
    /// What dropout is drawn from.
    noise: u64,
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
        let classes = vec![[0; LANES]; context + 1];
        let chunk = Chunk { classes, lengths: [0; LANES], sequences, noise: 0 };
        Batch { context, sequences, chunks: vec![chunk; sequences.div_ceil(LANES)] }
    }

    /// The bytes that [`new`](Self::new) takes on the heap.
    pub fn heap_bytes(context: usize, sequences: usize) -> u64 {
        let chunk = size_of::<Chunk>() + (context + 1) * size_of::<[u16; LANES]>();
        (sequences.div_ceil(LANES) * chunk) as u64
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

    /// The chunks, to fill; chunk `i` holds the sequences from `16 i` on.
    pub fn chunks_mut(&mut self) -> &mut [Chunk] {
        &mut self.chunks
    }

    /// Sets one sequence, given as classes; at most T + 1 are taken.
    ///
    /// # Panics
    ///
    /// If there is no such sequence.
    pub fn set(&mut self, index: usize, classes: impl IntoIterator<Item = u16>) {
        assert!(index < self.sequences);
        self.chunks[index / LANES].set(index % LANES, classes);
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
    /// Sets the sequence of one lane, given as classes; at most T + 1 are taken.
    ///
    /// # Panics
    ///
    /// If there is no such lane.
    pub fn set(&mut self, lane: usize, classes: impl IntoIterator<Item = u16>) {
        let mut classes = classes.into_iter();
        let mut length = 0;
        for row in &mut self.classes {
            let class = classes.next();
            length += u16::from(class.is_some());
            row[lane] = class.unwrap_or(0);
        }
        self.lengths[lane] = length;
    }

    /// As [`set`](Self::set), the first `length` of these classes, of which there are T + 1 or
    /// more. It has no branch that depends on the length, which cannot be predicted.
    ///
    /// # Panics
    ///
    /// If there is no such lane.
    pub fn set_first(
        &mut self,
        lane: usize,
        length: usize,
        classes: impl IntoIterator<Item = u16>,
    ) {
        let length = length.min(self.classes.len());
        for (position, (row, class)) in self.classes.iter_mut().zip(classes).enumerate() {
            row[lane] = if position < length { class } else { 0 };
        }
        self.lengths[lane] = length as u16;
    }

    /// Sets what stands behind the end of the sequence of one lane. Nothing attends to
    /// it and it is not scored, so it is of no importance.
    ///
    /// # Panics
    ///
    /// If there is no such lane.
    pub fn pad(&mut self, lane: usize, class: u16) {
        for row in &mut self.classes[usize::from(self.lengths[lane])..] {
            row[lane] = class;
        }
    }

    /// Sets the number that dropout follows from; a training gives every chunk of
    /// every step another one.
    pub fn set_noise(&mut self, noise: u64) {
        self.noise = noise;
    }

    /// The number that dropout follows from.
    pub fn noise(&self) -> u64 {
        self.noise
    }

    /// What the model sees: `[T][16]`.
    pub fn tokens(&self) -> &[[u16; LANES]] {
        &self.classes[..self.classes.len() - 1]
    }

    /// What it is to predict at a position.
    pub fn targets(&self, position: usize) -> &[u16; LANES] {
        &self.classes[position + 1]
    }

    /// How many positions of each sequence are scored: those, from the first on,
    /// whose next term is known.
    pub fn scored(&self) -> [u16; LANES] {
        self.lengths.map(|length| length.saturating_sub(1))
    }

    /// B, of the whole batch.
    pub fn sequences(&self) -> usize {
        self.sequences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_dealt_out_to_lanes() {
        let mut batch = Batch::new(8, 19);
        for index in 0..19 {
            batch.set(index, (0..4 + index as u16 % 6).map(|i| i + 1));
        }
        assert_eq!(batch.chunks().len(), 2);
        assert_eq!(batch.length(17), 9);
        assert_eq!(batch.class(17, 8), 9);
        assert_eq!(batch.chunks()[1].scored()[..4], [7, 8, 3, 0], "the last lane is empty");
        batch.set(3, [7]);
        assert_eq!(batch.chunks()[0].scored()[3], 0, "one term has nothing to predict");
        batch.set(3, 0..100);
        assert_eq!(batch.length(3), 9, "what does not fit is left out");

        let mut other = batch.clone();
        for length in 0..12 {
            other.chunks_mut()[0].set_first(3, length, 5..17);
            batch.set(3, (5..17).take(length));
            assert_eq!(other, batch);
        }
    }
}
