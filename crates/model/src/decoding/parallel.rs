//! Parallel generation: all missing terms at once, by Jacobi iteration (Song et al.,
//! Accelerating Feedforward Computation via Parallel Nonlinear Equation Solving, 2021).
//!
//! Starting from a guess, each round predicts all terms from those before them. After the
//! first round the first term is that of greedy decoding, after the second round the second
//! one is, too, and so on; often one round settles several. When a round changes nothing,
//! all of them are settled.

use super::naive::Windows;

/// The `count` classes that greedy decoding appends to `history`.
pub fn continuation(windows: &mut Windows<'_>, history: &[u16], count: usize) -> Vec<u16> {
    // The guess is the last class.
    let last = history.last().copied().unwrap_or_default();
    let mut all = history.to_vec();
    all.resize(history.len() + count, last);
    // Terms before this index are final.
    let mut settled = history.len();
    while settled < all.len() {
        let ends: Vec<usize> = (settled..all.len()).collect();
        let predicted = windows.predict(&all, &ends);
        let changed = ends.iter().zip(&predicted).position(|(&end, &class)| all[end] != class);
        for (&end, &class) in ends.iter().zip(&predicted) {
            all[end] = class;
        }
        // Up to and including the first change, every term was predicted from final terms.
        settled = changed.map_or(all.len(), |changed| settled + changed + 1);
    }
    all.split_off(history.len())
}
