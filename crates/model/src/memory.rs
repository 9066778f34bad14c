//! Memory that is allocated, or only counted. The code that allocates a model's memory
//! also tells its size, before anything is allocated.

/// Allocates zeroed memory and counts its bytes, or only counts them.
#[derive(Debug)]
pub struct Memory {
    for_use: bool,
    bytes: u64,
}

impl Memory {
    /// Allocates.
    pub fn for_use() -> Self {
        Memory { for_use: true, bytes: 0 }
    }

    /// Only counts: every vector it returns is empty.
    pub fn for_counting() -> Self {
        Memory { for_use: false, bytes: 0 }
    }

    /// A vector of `count` default (zero) elements.
    pub fn take<T: Clone + Default>(&mut self, count: usize) -> Vec<T> {
        self.bytes += (count * size_of::<T>()) as u64;
        if self.for_use { vec![T::default(); count] } else { Vec::new() }
    }

    /// The bytes of all vectors so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}
