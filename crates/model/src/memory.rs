//! Memory that is taken, or only counted: so that what a model takes is known by the
//! code that takes it, before it does.

/// Hands out memory, and counts it.
#[derive(Debug)]
pub struct Memory {
    for_use: bool,
    bytes: u64,
}

impl Memory {
    /// Memory to work in.
    pub fn for_use() -> Self {
        Memory { for_use: true, bytes: 0 }
    }

    /// No memory at all: what is handed out is empty.
    pub fn for_counting() -> Self {
        Memory { for_use: false, bytes: 0 }
    }

    /// So many elements, mostly lanes, all zero.
    pub fn take<T: Clone + Default>(&mut self, count: usize) -> Vec<T> {
        self.bytes += (count * size_of::<T>()) as u64;
        if self.for_use { vec![T::default(); count] } else { Vec::new() }
    }

    /// The bytes handed out so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}
