//! Loops over a buffer of terms.

/// `a(0) = first`, and every other term from the one before it, until `next` returns `None`.
#[inline(always)]
pub(super) fn unfold(
    terms: &mut [i64],
    first: i64,
    mut next: impl FnMut(i64) -> Option<i64>,
) -> usize {
    let mut upcoming = Some(first);
    for (index, term) in terms.iter_mut().enumerate() {
        let Some(value) = upcoming else { return index };
        *term = value;
        upcoming = next(value);
    }
    terms.len()
}

/// Replaces every term by a function of it and of its partner, until that returns `None`.
pub(super) fn map_while(
    terms: &mut [i64],
    partners: impl Iterator<Item = i64>,
    map: impl Fn(i64, i64) -> Option<i64>,
) -> usize {
    for (index, (term, partner)) in terms.iter_mut().zip(partners).enumerate() {
        match map(*term, partner) {
            Some(value) => *term = value,
            None => return index,
        }
    }
    terms.len()
}

/// Calls `then` with a buffer of `length` more terms.
pub(super) fn with_scratch(length: usize, then: impl FnOnce(&mut [i64]) -> usize) -> usize {
    /// Up to here nothing is allocated: one more than a transform of 32 terms needs.
    const IN_PLACE: usize = 33;
    if length <= IN_PLACE { then(&mut [0; IN_PLACE][..length]) } else { then(&mut vec![0; length]) }
}
