//! Weights that need not be stored: the script that makes the fixtures computes
//! them from the same formula.

use ninth_kernels::{Lanes, as_floats_mut};
use ninth_model::Layout;
use ninth_model::parameters::Role;
use ninth_sequences::Rng;

/// The weights of a layout.
pub fn weights(layout: &Layout) -> Vec<Lanes> {
    let mut arena = layout.zeros();
    for (k, tensor) in layout.tensors().iter().enumerate() {
        let scale = match (tensor.role, tensor.shape.last()) {
            (Role::Table, _) => 1.0,
            (role, Some(&inputs)) if role.is_weight() => 1.0 / (inputs as f64).sqrt(),
            _ => 0.1,
        };
        let offset = if tensor.name.ends_with("norm.weight") { 1.0 } else { 0.0 };
        let values = tensor.span.of_mut(as_floats_mut(&mut arena));
        for (e, value) in values.iter_mut().enumerate() {
            let u = Rng::new(((k as u64) << 32) + e as u64).next_u64();
            let r = (u >> 40) as f64 / (1 << 24) as f64 * 2.0 - 1.0;
            *value = (offset + r * scale) as f32;
        }
    }
    arena
}
