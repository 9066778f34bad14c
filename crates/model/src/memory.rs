//! Memory that is taken, or only counted: so that what a model takes is known by the
//! code that takes it, before it does.

use ninth_kernels::Lanes;

/// Hands out memory, and counts it.
#[derive(Debug)]
pub struct Memory {
    for_use: bool,
    lanes: u64,
}

impl Memory {
    /// Memory to work in.
    pub fn for_use() -> Self {
        Memory { for_use: true, lanes: 0 }
    }

    /// No memory at all: what is handed out is empty.
    pub fn for_counting() -> Self {
        Memory { for_use: false, lanes: 0 }
    }

    /// So many lanes, all zero.
    pub fn take(&mut self, lanes: usize) -> Vec<Lanes> {
        self.lanes += lanes as u64;
        if self.for_use { vec![Lanes::ZERO; lanes] } else { Vec::new() }
    }

    /// The bytes handed out so far.
    pub fn bytes(&self) -> u64 {
        self.lanes * size_of::<Lanes>() as u64
    }
}
