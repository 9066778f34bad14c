//! How many bits it takes to say a number or a rule.
//!
//! A rule of so many bits has the prior probability 2^-bits. Numbers are said in Rissanen's
//! universal code for integers ("A universal prior for integers and estimation by minimum
//! description length", Annals of Statistics 11, 1983): short for small integers, with a word
//! for every integer.

use std::sync::LazyLock;

use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};

/// Bits of the natural number `n`, at least 1: log*(n), and the constant that makes the
/// sum of all `2^-bits` one.
pub fn natural(n: u64) -> f64 {
    /// Those of small numbers, which are nearly all that are asked for.
    static SMALL: LazyLock<Vec<f64>> = LazyLock::new(|| (0..1 << 10).map(of_any).collect());
    fn of_any(n: u64) -> f64 {
        natural_of_log((n.max(1) as f64).log2())
    }
    match SMALL.get(usize::try_from(n).unwrap_or(usize::MAX)) {
        Some(bits) => *bits,
        None => of_any(n),
    }
}

/// The same of a number given with its logarithm, which may be of any size.
fn natural_of_log(log2: f64) -> f64 {
    const CONSTANT: f64 = 1.518_6; // log2(2.865064)
    let mut bits = CONSTANT;
    let mut log = log2;
    while log > 0.0 {
        bits += log;
        log = log.log2();
    }
    bits
}

/// log2 of the size of a number other than zero; 0 of zero.
pub fn log2(value: &BigInt) -> f64 {
    match value.to_f64().map(f64::abs) {
        Some(size) if size.is_finite() => size.max(1.0).log2(),
        _ => {
            // The first 64 bits, which a shift of the whole number would give as well.
            let mut digits = value.iter_u64_digits().rev();
            let (high, next) = (digits.next().unwrap_or(1), digits.next().unwrap_or(0));
            let zeros = high.leading_zeros();
            let top = high << zeros | next.checked_shr(64 - zeros).unwrap_or(0);
            (top as f64).log2() + value.bits().saturating_sub(64) as f64
        }
    }
}

/// Bits of an integer: its size, and its sign where it has one.
pub fn integer(value: i64) -> f64 {
    natural(value.unsigned_abs().saturating_add(1)) + f64::from(u8::from(value != 0))
}

/// Bits of an integer of any size.
pub fn big(value: &BigInt) -> f64 {
    if value.is_zero() {
        return natural(1);
    }
    match value.to_i64() {
        Some(small) => integer(small),
        None => 1.0 + natural_of_log(log2(value)),
    }
}
