//! The constants that others are multiples and functions of.

use std::sync::LazyLock;

use super::elementary::Elementary;
use super::interval::Interval;
use super::real::Real;
use crate::bits;

/// A constant, its value and the bits of its name.
pub(super) struct Base {
    pub(super) real: Real,
    pub(super) value: f64,
    pub(super) bits: f64,
}

impl Base {
    fn new(bits: f64, real: Real) -> Self {
        let value = real.approximate();
        Base { real, value, bits }
    }
}

/// The universal code of small numbers, which the search asks for all the time.
static NATURAL: LazyLock<[f64; 128]> =
    LazyLock::new(|| std::array::from_fn(|k| bits::natural(k as u64)));

/// Bits of a natural number in the universal code.
fn natural(k: i64) -> f64 {
    match NATURAL.get(k.unsigned_abs() as usize) {
        Some(&bits) => bits,
        None => bits::natural(k.unsigned_abs()),
    }
}

/// Bits of a natural number where round numbers are not the only ones: people make tables up to
/// 100 and up to 1000.
pub(super) fn number(k: i64) -> f64 {
    match k {
        ..=100 => (natural(k) + 0.5).min(8.5),
        101..=1000 => 11.5,
        _ => natural(k) + 0.5,
    }
}

/// Bits of a coefficient: zero is common, and others have a sign.
pub(super) fn coefficient(k: i64) -> f64 {
    if k == 0 { 1.0 } else { 1.0 + natural(k) }
}

/// Bits of a fraction that something is multiplied by.
pub(super) fn ratio(above: i64, below: i64) -> f64 {
    // Tables of multiples end early.
    let factor = |k: i64| if k <= 100 { number(k) } else { 1.0 + natural(k) };
    match (above, below) {
        (1, 1) => 1.0,
        (k, 1) | (1, k) => 1.0 + factor(k),
        _ => 1.0 + factor(above) + factor(below),
    }
}

/// The constants with names that enter combinations of two, the most common first.
pub(super) static NAMED: LazyLock<Vec<Base>> = LazyLock::new(|| {
    let root = |k: i64, n: i64| Real::power(Real::Ratio(k, 1), 1, n);
    let log = |k: i64| Real::of(Elementary::Log, Real::Ratio(k, 1));
    vec![
        Base::new(1.5, Real::Pi),
        Base::new(2.5, Real::E),
        Base::new(3.5, log(2)),
        Base::new(3.5, root(2, 2)),
        Base::new(4.0, Real::Phi),
        Base::new(4.0, Real::EulerGamma),
        Base::new(4.5, root(3, 2)),
        Base::new(5.0, root(5, 2)),
        Base::new(5.0, Real::Zeta(3)),
        Base::new(5.0, Real::Catalan),
        Base::new(5.0, log(3)),
        Base::new(4.0, Real::power(Real::Pi, 1, 2)),
        Base::new(4.0, Real::power(Real::Pi, 2, 1)),
        Base::new(6.0, log(10)),
        Base::new(6.0, log(5)),
        Base::new(6.0, Real::of(Elementary::Log, Real::Phi)),
        Base::new(6.0, Real::of(Elementary::Log, Real::Pi)),
        Base::new(6.5, root(6, 2)),
        Base::new(6.5, root(7, 2)),
        Base::new(6.5, root(10, 2)),
        Base::new(6.0, Real::Gamma(1, 4)),
        Base::new(6.0, Real::Gamma(1, 3)),
        Base::new(7.0, root(2, 3)),
        Base::new(7.0, root(3, 3)),
        Base::new(7.0, Real::Zeta(5)),
        Base::new(5.0, Real::power(Real::E, 2, 1)),
        Base::new(5.0, Real::power(Real::E, 1, 2)),
        Base::new(5.0, Real::power(Real::Pi, 3, 1)),
        Base::new(7.0, Real::power(Real::Phi, 1, 2)),
    ]
});

/// All constants that a fraction is multiplied to or added to, the named ones first.
pub(super) static ALL: LazyLock<Vec<Base>> = LazyLock::new(|| {
    let copies = NAMED.iter().map(|one| Base { real: one.real.clone(), ..*one });
    let mut all: Vec<Base> = copies.collect();
    let exponents = [
        (2, 1),
        (1, 2),
        (-1, 2),
        (3, 1),
        (-2, 1),
        (-1, 1),
        (4, 1),
        (1, 3),
        (3, 2),
        (2, 3),
        (1, 4),
        (5, 1),
        (6, 1),
    ];
    // Quotients by the irrational ones are not multiples.
    let atoms = [0, 1, 2, 4, 5, 8, 9, 10, 13, 15, 16, 20, 21];
    for (atom, &place) in atoms.iter().enumerate() {
        let base = &NAMED[place];
        let kept = if atom < 4 { exponents.len() } else { 6 };
        for (rank, &(above, below)) in exponents[..kept].iter().enumerate() {
            let bits = base.bits + 3.0 + rank as f64 * 0.3;
            all.push(Base::new(bits, Real::power(base.real.clone(), above, below)));
        }
    }
    // Roots of integers, whose multiples by fractions are not roots of integers.
    for k in 2..=150_i64 {
        let square_free = (2..=12).all(|d| k % (d * d) != 0);
        if square_free {
            all.push(Base::new(3.5 + number(k), Real::power(Real::Ratio(k, 1), 1, 2)));
        }
        if k <= 30 {
            let real = Real::power(Real::Ratio(k, 1), 1, 3);
            all.push(Base::new(6.0 + number(k), real));
        }
    }
    for k in [3, 5, 6, 7, 10, 11, 13, 17, 19, 23, 29, 31, 37] {
        all.push(Base::new(4.0 + number(k), Real::of(Elementary::Log, Real::Ratio(k, 1))));
    }
    for s in 3..=20 {
        all.push(Base::new(4.0 + number(s.into()), Real::Zeta(s)));
    }
    for q in 2..=12_u32 {
        for p in (1..2 * q).filter(|&p| num_integer::gcd(p, q) == 1) {
            let bits = 4.0 + number(p.into()) + number(q.into());
            all.push(Base::new(bits, Real::Gamma(p, q)));
        }
    }
    use Elementary::{Arctan, Cos, Cosh, Exp, Log, Sin, Sinh, Tan, Tanh};
    for function in [Sin, Cos, Tan, Sinh, Cosh, Tanh, Arctan] {
        for (above, below) in [(1, 1), (2, 1), (1, 2), (3, 1), (1, 3)] {
            if (function, above, below) != (Arctan, 1, 1) {
                let of = Real::Ratio(above, below);
                all.push(Base::new(6.0 + ratio(above, below), Real::of(function, of)));
            }
        }
    }
    for function in [Sin, Cos, Tan] {
        for k in [5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 24] {
            let of = Real::quotient(Real::Pi, Real::Ratio(k, 1));
            all.push(Base::new(4.5 + number(k), Real::of(function, of)));
        }
    }
    for (above, below) in [(1, 1), (1, 2), (-1, 1), (-1, 2), (2, 1), (-2, 1), (1, 3), (1, 4)] {
        let half = ratio(i64::abs(above), below);
        let pi = if above < 0 {
            Real::Product(vec![Real::Ratio(-1, 1), Real::Pi.scaled(-above, below)])
        } else {
            Real::Pi.scaled(above, below)
        };
        all.push(Base::new(5.0 + half, Real::of(Exp, pi)));
    }
    for real in [
        Real::of(Exp, Real::EulerGamma),
        Real::quotient(Real::Ratio(1, 1), Real::of(Exp, Real::EulerGamma)),
        Real::of(Log, Real::of(Log, Real::Ratio(2, 1))),
        Real::of(Log, Real::EulerGamma),
    ] {
        all.push(Base::new(6.5, real));
    }
    all.retain(|one| one.value.is_finite() && one.value.abs() > 1e-6);
    for one in &mut all {
        one.value = one.value.abs();
    }
    all
});

/// A function that is inverted, the bits of its name, and its inverse on the interval.
pub(super) struct Inverse {
    pub(super) function: Elementary,
    pub(super) bits: f64,
    pub(super) inverse: fn(Interval) -> Option<Interval>,
}

/// The functions and their inverses.
pub(super) static INVERSES: [Inverse; 14] = {
    const fn entry(
        function: Elementary,
        bits: f64,
        inverse: fn(Interval) -> Option<Interval>,
    ) -> Inverse {
        Inverse { function, bits, inverse }
    }
    [
        entry(Elementary::Exp, 3.0, |x| x.map(f64::ln)),
        entry(Elementary::Log, 2.5, |x| x.map(f64::exp)),
        entry(Elementary::Sin, 4.5, |x| x.map(f64::asin)),
        entry(Elementary::Cos, 4.5, |x| x.map(f64::acos)),
        entry(Elementary::Tan, 4.5, |x| x.map(f64::atan)),
        entry(Elementary::Arctan, 5.0, |x| (x.high < 1.57).then(|| x.map(f64::tan))?),
        entry(Elementary::Arcsin, 6.0, |x| (x.high < 1.57).then(|| x.map(f64::sin))?),
        entry(Elementary::Arccos, 6.0, |x| (x.high < 1.57).then(|| x.map(f64::cos))?),
        entry(Elementary::Sinh, 5.5, |x| x.map(f64::asinh)),
        entry(Elementary::Cosh, 5.5, |x| x.map(f64::acosh)),
        entry(Elementary::Tanh, 5.5, |x| x.map(f64::atanh)),
        entry(Elementary::Arsinh, 6.5, |x| x.map(f64::sinh)),
        entry(Elementary::Arcosh, 6.5, |x| x.map(f64::cosh)),
        entry(Elementary::Artanh, 6.5, |x| x.map(f64::tanh)),
    ]
};
