//! A batch: sequences of classes, sixteen to a chunk.

use ninth_kernels::LANES;

/// Sixteen sequences side by side, one per lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// `[T + 1][16]` classes; 0 where a sequence has ended.
    classes: Vec<[u16; LANES]>,
    /// Number of terms of each sequence; 0 for a lane without a sequence.
    lengths: [u16; LANES],
    /// B, of the whole batch.
    sequences: usize,
    /// The seed of dropout.
    noise: u64,
}

/// B sequences of up to T + 1 terms: up to T inputs, each followed by its target.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    context: usize,
    sequences: usize,
    chunks: Vec<Chunk>,
}

impl Batch {
    /// Allocates `sequences` sequences, all empty.
    pub fn new(context: usize, sequences: usize) -> Self {
        let classes = vec![[0; LANES]; context + 1];
        let chunk = Chunk { classes, lengths: [0; LANES], sequences, noise: 0 };
        Batch { context, sequences, chunks: vec![chunk; sequences.div_ceil(LANES)] }
    }

    /// The bytes that [`new`](Self::new) allocates on the heap.
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

    /// The number of terms of a sequence.
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

    /// As [`set`](Self::set), with the first `length` of at least T + 1 classes. No branch
    /// depends on the length, which is random: it would be mispredicted.
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

    /// The number of terms of each sequence; 0 for a lane without one.
    pub fn lengths(&self) -> &[u16; LANES] {
        &self.lengths
    }

    /// Sets the padding of one lane, the positions from the end of its sequence on. No
    /// position of the sequence attends to it and it is not scored, so its value has no
    /// effect on losses and gradients.
    ///
    /// # Panics
    ///
    /// If there is no such lane.
    pub fn pad(&mut self, lane: usize, class: u16) {
        for row in &mut self.classes[usize::from(self.lengths[lane])..] {
            row[lane] = class;
        }
    }

    /// Sets the seed of dropout; training sets another one for every chunk of every step.
    pub fn set_noise(&mut self, noise: u64) {
        self.noise = noise;
    }

    /// The seed of dropout.
    pub fn noise(&self) -> u64 {
        self.noise
    }

    /// The model's input, `[T][16]`.
    pub fn tokens(&self) -> &[[u16; LANES]] {
        &self.classes[..self.classes.len() - 1]
    }

    /// The targets at a position: the next terms.
    pub fn targets(&self, position: usize) -> &[u16; LANES] {
        &self.classes[position + 1]
    }

    /// The number of scored positions of each sequence: those, from the first on, whose
    /// next term is known.
    pub fn scored(&self) -> [u16; LANES] {
        self.lengths.map(|length| length.saturating_sub(1))
    }

    /// B, of the whole batch.
    pub fn sequences(&self) -> usize {
        self.sequences
    }

    /// The bytes of a chunk of up to `context` + 1 terms, for another process.
    pub fn bytes(context: usize) -> usize {
        (context + 2) * LANES * size_of::<u16>() + size_of::<u64>()
    }

    /// Appends those bytes: noise, lengths, then the classes of each position.
    pub fn write_to(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.noise.to_le_bytes());
        for row in std::iter::once(&self.lengths).chain(&self.classes) {
            bytes.extend(row.iter().flat_map(|value| value.to_le_bytes()));
        }
    }

    /// Becomes what another chunk of the same batch [wrote](Self::write_to).
    pub fn read_from(&mut self, bytes: &[u8]) {
        let Some((noise, rest)) = bytes.split_first_chunk() else { return };
        self.noise = u64::from_le_bytes(*noise);
        let mut values =
            rest.chunks_exact(size_of::<u16>()).map(|b| u16::from_le_bytes([b[0], b[1]]));
        for row in std::iter::once(&mut self.lengths).chain(&mut self.classes) {
            for (place, value) in row.iter_mut().zip(&mut values) {
                *place = value;
            }
        }
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

        let mut bytes = Vec::new();
        batch.chunks_mut()[0].set_noise(u64::MAX - 7);
        batch.chunks()[0].write_to(&mut bytes);
        assert_eq!(bytes.len(), Chunk::bytes(8));
        let mut elsewhere = Batch::new(8, 19);
        elsewhere.chunks_mut()[0].read_from(&bytes);
        assert_eq!(elsewhere.chunks()[0], batch.chunks()[0]);

        let mut other = batch.clone();
        for length in 0..12 {
            other.chunks_mut()[0].set_first(3, length, 5..17);
            batch.set(3, (5..17).take(length));
            assert_eq!(other, batch);
        }
    }
}
