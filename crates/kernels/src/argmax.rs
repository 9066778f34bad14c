//! Argmax: the largest element of a column and its index, for each lane separately.

use crate::{LANES, Lanes, Lanewise, Simd, simd_kernel};

/// The largest element of a column and its index, for each lane; among equal elements, the
/// first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ArgMax {
    /// The largest element.
    pub largest: Lanes,
    /// The index of that element.
    pub at: [u16; LANES],
}

simd_kernel! {
    /// The largest element and its index, of one column `[V]` of at most 2^16 elements.
    pub fn argmax<'a>(simd, column: &'a [Lanes]) -> ArgMax {
        argmax_of(simd, column)
    }
}

#[inline(always)]
pub(crate) fn argmax_of<S: Simd>(simd: S, column: &[Lanes]) -> ArgMax {
    let mut found = Found::default();
    for simd in simd.parts() {
        let mut search = Search::new(simd);
        let mut quads = column.chunks_exact(4);
        for quad in &mut quads {
            let mut values = [simd.zero(); 4];
            for (value, element) in values.iter_mut().zip(quad) {
                *value = simd.load(element);
            }
            search.next_four(simd, values);
        }
        let rest = quads.remainder();
        if !rest.is_empty() {
            let mut values = [simd.splat(f32::NEG_INFINITY); 4];
            for (value, element) in values.iter_mut().zip(rest) {
                *value = simd.load(element);
            }
            search.next_four(simd, values);
        }
        search.finish(simd, &mut found);
    }
    found.argmax()
}

/// A search through a column, four elements at a time.
///
/// These are four independent searches, each through every fourth element, because a
/// comparison of one search waits for the one before it.
pub(crate) struct Search<S: Lanewise> {
    largest: [S::V; 4],
    /// For each search, the number of the four elements that the largest one was among.
    four: [S::V; 4],
    /// The number of the next four elements.
    next: S::V,
}

impl<S: Lanewise> Search<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S) -> Self {
        let largest = [simd.splat(f32::NEG_INFINITY); 4];
        Search { largest, four: [simd.zero(); 4], next: simd.zero() }
    }

    /// Takes the next four elements of the column; minus infinity past its end.
    #[inline(always)]
    pub(crate) fn next_four(&mut self, simd: S, values: [S::V; 4]) {
        for (search, value) in values.into_iter().enumerate() {
            let better = simd.less(self.largest[search], value);
            self.largest[search] = simd.select(better, value, self.largest[search]);
            self.four[search] = simd.select(better, self.next, self.four[search]);
        }
        self.next = simd.add(self.next, simd.splat(1.0));
    }

    /// Combines the four searches and stores the result in the lanes of `simd`.
    #[inline(always)]
    pub(crate) fn finish(self, simd: S, found: &mut Found) {
        let [a, b, c, d] = self.largest;
        let largest = simd.max(simd.max(a, b), simd.max(c, d));
        // The smallest index among the searches whose element is the largest.
        let mut at = simd.splat(f32::INFINITY);
        for (search, (value, four)) in self.largest.into_iter().zip(self.four).enumerate() {
            let place = simd.mul_add(four, simd.splat(4.0), simd.splat(search as f32));
            let smaller = simd.less(value, largest);
            at = simd.min(at, simd.select(smaller, simd.splat(f32::INFINITY), place));
        }
        simd.store(largest, &mut found.largest);
        simd.store(at, &mut found.places);
    }
}

/// The results of the searches, one register of lanes after the other.
#[derive(Default)]
pub(crate) struct Found {
    largest: Lanes,
    /// Indices below 2^16, which `f32` holds exactly.
    places: Lanes,
}

impl Found {
    #[inline(always)]
    pub(crate) fn argmax(&self) -> ArgMax {
        ArgMax { largest: self.largest, at: self.places.0.map(|place| place as u16) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InstructionSet, as_floats_mut};

    #[test]
    fn the_first_of_equals_is_found() {
        for instruction_set in InstructionSet::available() {
            for length in [1, 2, 3, 4, 5, 16, 37, 256, 259] {
                assert_eq!(argmax(instruction_set, &vec![Lanes::ZERO; length]), ArgMax::default());
                for at in [0, length / 2, length - 1] {
                    let mut column = vec![Lanes::splat(-2.0); length];
                    for element in &mut column[at..] {
                        *element = Lanes::splat(-1.0);
                    }
                    let expected = ArgMax { largest: Lanes::splat(-1.0), at: [at as u16; LANES] };
                    assert_eq!(
                        argmax(instruction_set, &column),
                        expected,
                        "{length}, {}",
                        instruction_set.name()
                    );
                }
            }
        }
    }

    #[test]
    fn lanes_are_searched_separately() {
        let mut column = vec![Lanes::ZERO; 77];
        for (index, value) in as_floats_mut(&mut column).iter_mut().enumerate() {
            *value = ((index * 7919) % 1237) as f32 - 600.0;
        }
        for instruction_set in InstructionSet::available() {
            let found = argmax(instruction_set, &column);
            for lane in 0..LANES {
                let values: Vec<f32> = column.iter().map(|element| element.0[lane]).collect();
                let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                assert_eq!(found.largest.0[lane], largest);
                let first = values.iter().position(|&value| value == largest);
                assert_eq!(Some(usize::from(found.at[lane])), first);
            }
        }
    }
}
