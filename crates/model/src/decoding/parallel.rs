//! Parallel generation: all missing terms at once, by fixed-point iteration
//! (Jacobi's).
//!
//! From a guess of all terms, each term is predicted anew from those before it, all
//! at the same time. After the first round the first term is that of greedy
//! decoding, after the second round the second one is, and so on; often many
//! fall into place at once. When a round changes nothing, all of them are.

use super::naive::Windows;

/// The `count` classes that greedy decoding appends to `history`.
pub fn continuation(windows: &mut Windows<'_>, history: &[u16], count: usize) -> Vec<u16> {
    // The guess: the last class again.
    let last = history.last().copied().unwrap_or_default();
    let mut all = history.to_vec();
    all.resize(history.len() + count, last);
    // What is in front of this place does not change any more.
    let mut settled = history.len();
    while settled < all.len() {
        let ends: Vec<usize> = (settled..all.len()).collect();
        let predicted = windows.predict(&all, &ends);
        let changed = ends.iter().zip(&predicted).position(|(&end, &class)| all[end] != class);
        for (&end, &class) in ends.iter().zip(&predicted) {
            all[end] = class;
        }
        // Up to and including the first change, every term was predicted from
        // terms that are settled.
        settled = changed.map_or(all.len(), |changed| settled + changed + 1);
    }
    all.split_off(history.len())
}
