//! Sequences that count something, by their recurrences.

/// The number of partitions of 0, 1, 2, ... into any or into distinct parts.
const fn partitions(distinct: bool) -> [i64; TABLE_LENGTH] {
    let mut counts = [0; TABLE_LENGTH];
    counts[0] = 1;
    let mut part = 1;
    while part < TABLE_LENGTH {
        // Upwards, a part may be used again; downwards, it is used once.
        let mut step = part;
        while step < TABLE_LENGTH {
            let total = if distinct { TABLE_LENGTH - 1 + part - step } else { step };
            counts[total] += counts[total - part];
            step += 1;
        }
        part += 1;
    }
    counts
}

/// Partitions are tabulated up to here, which is beyond the largest range of terms.
const TABLE_LENGTH: usize = 128;
pub(super) static PARTITIONS: [i64; TABLE_LENGTH] = partitions(false);
pub(super) static DISTINCT_PARTITIONS: [i64; TABLE_LENGTH] = partitions(true);

/// Term `n` of a sequence whose next term follows from its number and the two before.
pub(super) fn walk(
    n: i64,
    first: [i64; 2],
    next: impl Fn(i64, i64, i64) -> Option<i64>,
) -> Option<i64> {
    let [mut before, mut last] = first;
    for index in 0..n {
        // The last step is not needed, and may overflow.
        let following = if index + 1 < n { next(index + 2, before, last)? } else { 0 };
        (before, last) = (last, following);
    }
    Some(before)
}

/// Term `n` of a sequence whose next term follows from the three before.
pub(super) fn walk_three(
    n: i64,
    [mut a, mut b, mut c]: [i64; 3],
    next: impl Fn(i64, i64, i64) -> Option<i64>,
) -> Option<i64> {
    for _ in 0..n {
        (a, b, c) = (b, c, next(a, b, c)?);
    }
    Some(a)
}

/// Bell number `n`, by the triangle whose rows begin with the last term of the row before.
pub(super) fn bell(n: i64) -> Option<i64> {
    /// The number after these does not fit.
    const LARGEST: usize = 25;
    let mut row = [0_i64; LARGEST + 1];
    row[0] = 1;
    let n = usize::try_from(n).ok().filter(|&n| n <= LARGEST)?;
    for length in 1..=n {
        let first = row[length - 1];
        let mut above = std::mem::replace(&mut row[0], first);
        for index in 1..=length {
            let next = row[index - 1].checked_add(above)?;
            above = std::mem::replace(&mut row[index], next);
        }
    }
    Some(row[0])
}
