//! Parameters, gradients and optimizer moments: arenas, aligned flat arrays, that share
//! one [`Layout`], a table of the tensors in them. Clipping, reduction, updates and
//! checkpoints are loops over flat arrays.

use std::ops::Range;

use ninth_kernels::{LANES, Lanes, as_floats_mut, columns_for};
use ninth_sequences::Rng;

/// What a tensor is used for; weight decay depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The matrix of a linear layer within a transformer layer.
    Weight,
    /// Three of those, stacked: of queries, keys and values.
    ThreeWeights,
    /// The matrix of a linear layer outside the transformer layers: the embedding's
    /// projection, the head.
    OuterWeight,
    /// The bias of a linear layer.
    Bias,
    /// Scale or shift of a normalisation.
    Norm,
    /// A table of embeddings.
    Table,
}

impl Role {
    /// Whether it is the matrix of a linear layer, or three of them.
    pub fn is_weight(self) -> bool {
        match self {
            Role::Weight | Role::ThreeWeights | Role::OuterWeight => true,
            Role::Bias | Role::Norm | Role::Table => false,
        }
    }
}

/// The initial values of a tensor.
#[derive(Clone, Debug, PartialEq)]
pub enum Initial {
    /// Uniform between minus and plus this limit.
    Uniform(f32),
    /// The same value everywhere.
    Constant(f32),
    /// Given values.
    Values(Vec<f32>),
}

/// The range of a tensor in an arena, in floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The index of the first one.
    pub start: usize,
    /// Their number.
    pub len: usize,
}

impl Span {
    /// As a range of indices.
    pub fn range(self) -> Range<usize> {
        self.start..self.start + self.len
    }

    /// This tensor in an arena.
    pub fn of(self, arena: &[f32]) -> &[f32] {
        &arena[self.range()]
    }

    /// This tensor in an arena, to write to.
    pub fn of_mut(self, arena: &mut [f32]) -> &mut [f32] {
        &mut arena[self.range()]
    }
}

/// Two different tensors of an arena, to write to.
///
/// # Panics
///
/// If they are the same tensor.
pub fn two_of_mut(arena: &mut [f32], spans: [Span; 2]) -> [&mut [f32]; 2] {
    // Tensors of a layout never overlap, and lie within its arena.
    arena.get_disjoint_mut(spans.map(Span::range)).expect("two tensors of one layout")
}

/// A tensor of a layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The name in files, `layers.0.attention.input.weight`.
    pub name: String,
    /// The sizes of its dimensions, the last one contiguous.
    pub shape: Vec<usize>,
    /// What it is for.
    pub role: Role,
    /// Where it is in an arena.
    pub span: Span,
    initial: Initial,
}

/// The table of a model's tensors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    tensors: Vec<Tensor>,
    lanes: usize,
}

impl Layout {
    /// Adds a tensor at the end, on a boundary of sixteen floats.
    pub fn add(&mut self, name: String, shape: &[usize], role: Role, initial: Initial) -> Span {
        let span = Span { start: self.lanes * LANES, len: shape.iter().product() };
        self.lanes += columns_for(span.len);
        self.tensors.push(Tensor { name, shape: shape.to_vec(), role, span, initial });
        span
    }

    /// All tensors, in the order of the model.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// Lanes of an arena, the padding between tensors included.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// The number of parameters, without the padding.
    pub fn parameters(&self) -> usize {
        self.tensors.iter().map(|tensor| tensor.span.len).sum()
    }

    /// Bytes on the heap: names and shapes of the tensors, and given initial values.
    pub fn heap_bytes(&self) -> u64 {
        let of_tensor = |tensor: &Tensor| {
            let values = match &tensor.initial {
                Initial::Values(values) => values.capacity() * size_of::<f32>(),
                Initial::Uniform(_) | Initial::Constant(_) => 0,
            };
            tensor.name.capacity() + tensor.shape.capacity() * size_of::<usize>() + values
        };
        let tensors = self.tensors.capacity() * size_of::<Tensor>();
        (tensors + self.tensors.iter().map(of_tensor).sum::<usize>()) as u64
    }

    /// An arena of zeros.
    pub fn zeros(&self) -> Vec<Lanes> {
        vec![Lanes::ZERO; self.lanes]
    }

    /// An arena with the initial parameters that follow from a seed. Uniform numbers need no
    /// logarithm, so they are the same on every machine.
    pub fn initial(&self, seed: u64) -> Vec<Lanes> {
        /// Differs from the random streams that sequences are drawn from.
        const STREAM: u64 = u64::from_be_bytes(*b"weights ");
        let mut arena = self.zeros();
        let floats = as_floats_mut(&mut arena);
        for (index, tensor) in self.tensors.iter().enumerate() {
            let values = tensor.span.of_mut(floats);
            match &tensor.initial {
                Initial::Constant(value) => values.fill(*value),
                Initial::Values(given) => values.copy_from_slice(given),
                Initial::Uniform(limit) => {
                    let mut rng = Rng::for_sample(seed, STREAM, index as u64);
                    values.fill_with(|| rng.uniform_f32(*limit));
                }
            }
        }
        arena
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_are_aligned_and_apart() {
        let mut layout = Layout::default();
        let a = layout.add("a".into(), &[3, 7], Role::Weight, Initial::Uniform(0.5));
        let b = layout.add("b".into(), &[5], Role::Bias, Initial::Constant(2.0));
        assert_eq!((a.start, a.len, b.start, b.len), (0, 21, 32, 5));
        assert_eq!((layout.lanes(), layout.parameters()), (3, 26));
        let mut arena = layout.initial(1);
        let floats = as_floats_mut(&mut arena);
        assert_eq!(b.of(floats), [2.0; 5]);
        assert!(a.of(floats).iter().all(|v| v.abs() <= 0.5 && *v != 0.0));
        assert_eq!(floats[21..32], [0.0; 11], "padding stays zero");
        let [first, second] = two_of_mut(floats, [a, b]);
        (first[0], second[0]) = (1.0, 3.0);
        assert_ne!(layout.initial(1), layout.initial(2));
    }
}
