//! Closed forms within an interval, by inverting each shape.

use super::base::{ALL, INVERSES, NAMED, coefficient, number, ratio};
use super::elementary::Elementary;
use super::equation::Equation;
use super::interval::Interval;
use super::real::Real;

/// A search for closed forms of at most so many bits.
pub(super) struct Search {
    limit: f64,
    found: Vec<(f64, Real)>,
}

/// The most candidates that are computed exactly.
const MOST_CANDIDATES: usize = 24;

/// Bits of which shape a closed form has. Multiples and roots are the most common.
mod shape {
    pub(super) const RATIO: f64 = 3.0;
    pub(super) const ROOT: f64 = 1.5;
    pub(super) const MULTIPLE: f64 = 2.0;
    pub(super) const FUNCTION: f64 = 1.5;
    pub(super) const SHIFTED: f64 = 4.0;
    pub(super) const PAIR: f64 = 4.0;
    pub(super) const SUM_OF_TWO: f64 = 5.0;
    pub(super) const POWER: f64 = 6.0;
    pub(super) const QUADRATIC: f64 = 3.5;
    pub(super) const LOGARITHM: f64 = 4.0;
    pub(super) const POLYNOMIAL: f64 = 5.0;
    pub(super) const EQUATION: f64 = 5.0;
}

fn negated(real: Real) -> Real {
    match real {
        Real::Ratio(above, below) => Real::Ratio(-above, below),
        other => other.scaled(-1, 1),
    }
}

impl Search {
    pub(super) fn new(limit: f64) -> Self {
        Search { limit, found: Vec::new() }
    }

    /// What was found, the shortest first.
    pub(super) fn candidates(mut self) -> Vec<(f64, Real)> {
        self.found.sort_by(|one, other| one.0.total_cmp(&other.0));
        self.found.truncate(MOST_CANDIDATES);
        self.found
    }

    fn offer(&mut self, bits: f64, real: impl FnOnce() -> Real) {
        if bits <= self.limit {
            self.found.push((bits, real()));
        }
    }

    /// The simplest fraction in `interval` whose numbers leave the description, of which `bits`
    /// are spent, within the limit.
    fn fraction(&self, interval: Interval, bits: f64) -> Option<(i64, i64, bool)> {
        let left = self.limit - bits - 2.0;
        if left < 0.0 {
            return None;
        }
        // The fractional part of the exponent is not worth the function.
        interval.simplest((1_u64 << left.min(30.0) as u32) as f64)
    }

    /// All shapes for the numbers in `x`.
    pub(super) fn run(&mut self, x: Interval) {
        self.fractions_and_roots(x);
        self.multiples(x);
        if (0.01..1000.0).contains(&x.middle()) {
            self.functions(x);
            self.powers(x);
            self.quadratics(x);
        }
        if (0.01..100.0).contains(&x.middle()) {
            self.pairs(x);
            self.shifted(x);
            self.logarithms(x);
        }
        if (0.1..10.0).contains(&x.middle()) {
            self.polynomials(x);
            self.equations(x);
        }
    }

    fn fractions_and_roots(&mut self, x: Interval) {
        if let Some((above, below, _)) = self.fraction(x, shape::RATIO) {
            let (mut rest, mut endless) = (below, false);
            while rest > 1 {
                match (rest % 2, rest % 5) {
                    (0, _) => rest /= 2,
                    (_, 0) => rest /= 5,
                    _ => {
                        endless = true;
                        break;
                    }
                }
            }
            let numbers = match above {
                1 if below <= 1000 => number(below).min(11.0),
                _ => 1.5 + number(above) + number(below),
            };
            if endless {
                self.offer(shape::RATIO + numbers, || Real::Ratio(above, below));
            }
        }
        for degree in 2..=20_i32 {
            let bits = shape::ROOT
                + match degree {
                    2 => 0.5,
                    3 => 1.5,
                    4 | 5 => 2.5,
                    _ => 4.5,
                };
            let Some(power) = x.map(|x| x.powi(degree)) else {
                return;
            };
            if let Some((above, below, _)) = self.fraction(power, bits) {
                let numbers = match (above, below) {
                    (_, 1) => number(above) + 0.5,
                    (1, _) => number(below) + 2.0,
                    _ => number(above) + number(below) + 2.0,
                };
                self.offer(bits + numbers, || match above {
                    1 => Real::power(Real::Ratio(below, 1), -1, degree.into()),
                    _ => Real::power(Real::Ratio(above, below), 1, degree.into()),
                });
            }
        }
    }

    fn multiples(&mut self, x: Interval) {
        for base in ALL.iter() {
            let bits = shape::MULTIPLE + base.bits;
            if let Some((above, below, _)) = self.fraction(x.over(base.value), bits) {
                self.offer(bits + ratio(above, below), || base.real.clone().scaled(above, below));
            }
        }
    }

    /// Functions of fractions and of multiples of the named constants, and their reciprocals.
    fn functions(&mut self, x: Interval) {
        for upside_down in [false, true] {
            let (x, turned) = match upside_down {
                false => (x, 0.0),
                true => match x.map(f64::recip) {
                    Some(reciprocal) => (reciprocal, 2.0),
                    None => return,
                },
            };
            for entry in &INVERSES {
                let exponential = entry.function == Elementary::Exp;
                if exponential && upside_down {
                    continue;
                }
                let Some(y) = (entry.inverse)(x) else {
                    continue;
                };
                let bits = shape::FUNCTION + entry.bits + turned;
                let whole = |of: Real| {
                    let value = match (entry.function, of) {
                        (Elementary::Exp, Real::Ratio(1, 1)) => Real::E,
                        (Elementary::Exp, Real::Ratio(-1, 1)) => Real::power(Real::E, -1, 1),
                        (function, of) => Real::of(function, of),
                    };
                    if upside_down { Real::quotient(Real::Ratio(1, 1), value) } else { value }
                };
                let sign = |negative: bool, of: Real| if negative { negated(of) } else { of };
                if let Some((above, below, negative)) = self.fraction(y, bits) {
                    let numbers = match below {
                        1 => number(above) + 0.5,
                        _ => number(above) + number(below) + 1.0,
                    };
                    // Those are fractions of pi.
                    let known = matches!(
                        (entry.function, above, below),
                        (Elementary::Arctan, 1, 1)
                            | (Elementary::Arcsin | Elementary::Arccos, 1, 1 | 2)
                    );
                    if (!negative || exponential) && !known {
                        let all = bits + numbers + f64::from(u8::from(negative));
                        self.offer(all, || whole(sign(negative, Real::Ratio(above, below))));
                    }
                }
                for base in &NAMED[..20] {
                    let circular = matches!(
                        (entry.function, &base.real),
                        (Elementary::Sin | Elementary::Cos | Elementary::Tan, Real::Pi)
                    );
                    let bits = bits + if circular { 0.5 } else { 1.0 + base.bits };
                    if let Some((above, below, negative)) = self.fraction(y.over(base.value), bits)
                    {
                        let mut numbers = ratio(above, below);
                        if circular && 180 % below == 0 {
                            numbers = numbers.min(7.5); // whole degrees
                        }
                        let all = bits + numbers + f64::from(u8::from(negative));
                        let of = || base.real.clone().scaled(above, below);
                        if !negative || exponential {
                            self.offer(all, || whole(sign(negative, of())));
                        }
                    }
                }
            }
        }
    }

    /// `r X + p/q`, `p/q - r X`.
    fn shifted(&mut self, x: Interval) {
        const FACTORS: [(i64, i64); 12] = [
            (1, 1),
            (2, 1),
            (1, 2),
            (3, 1),
            (1, 3),
            (4, 1),
            (1, 4),
            (3, 2),
            (2, 3),
            (1, 6),
            (6, 1),
            (1, 8),
        ];
        for (place, base) in ALL.iter().enumerate() {
            let factors = if place < NAMED.len() { &FACTORS[..] } else { &FACTORS[..1] };
            for &(times, over) in factors {
                let bits = shape::SHIFTED + base.bits + ratio(times, over) - 1.0;
                if bits + 5.0 > self.limit {
                    continue;
                }
                let part = base.value * times as f64 / over as f64;
                let multiple = || base.real.clone().scaled(times, over);
                if let Some((above, below, negative)) = self.fraction(x.plus(-part), bits) {
                    let all = bits + ratio(above, below) + 1.0;
                    let above = if negative { -above } else { above };
                    self.offer(all, || Real::Sum(vec![multiple(), Real::Ratio(above, below)]));
                }
                if let Some((above, below, false)) = self.fraction(x.plus(part), bits) {
                    let all = bits + ratio(above, below) + 1.0;
                    self.offer(all, || {
                        Real::Sum(vec![Real::Ratio(above, below), negated(multiple())])
                    });
                }
            }
        }
    }

    /// Multiples of products and quotients of two named constants, and sums of multiples.
    fn pairs(&mut self, x: Interval) {
        const FACTORS: [(i64, i64); 6] = [(1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (1, 4)];
        for (place, one) in NAMED.iter().enumerate() {
            for (other_place, other) in NAMED.iter().enumerate() {
                if place == other_place {
                    continue;
                }
                let both = one.bits + other.bits;
                let bits = shape::PAIR + both;
                if bits + 1.0 > self.limit {
                    continue;
                }
                let over = x.over(one.value / other.value);
                if let Some((above, below, _)) = self.fraction(over, bits) {
                    self.offer(bits + ratio(above, below), || {
                        Real::quotient(one.real.clone(), other.real.clone()).scaled(above, below)
                    });
                }
                if place < other_place {
                    let over = x.over(one.value * other.value);
                    if let Some((above, below, _)) = self.fraction(over, bits) {
                        let product = || Real::Product(vec![one.real.clone(), other.real.clone()]);
                        self.offer(bits + ratio(above, below), || product().scaled(above, below));
                    }
                }
                if place > other_place || !(0.1..10.0).contains(&x.middle()) {
                    continue;
                }
                let bits = shape::SUM_OF_TWO + both;
                for &(times, under) in &FACTORS {
                    let bits = bits + ratio(times, under);
                    if bits + 1.0 > self.limit {
                        break;
                    }
                    let part = one.value * times as f64 / under as f64;
                    let rest = x.plus(-part).over(other.value);
                    if let Some((above, below, negative)) = self.fraction(rest, bits) {
                        self.offer(bits + ratio(above, below), || {
                            let second = other.real.clone().scaled(above, below);
                            let second = if negative { negated(second) } else { second };
                            Real::Sum(vec![one.real.clone().scaled(times, under), second])
                        });
                    }
                }
            }
        }
    }

    /// `X^Y`, `k^Y` and `X^(1/Y)`.
    fn powers(&mut self, x: Interval) {
        let Some(log) = x.map(f64::ln) else {
            return;
        };
        let within = |value: f64| log.low <= value && value <= log.high;
        for exponent in &NAMED[..16] {
            let mut offer = |bits: f64, log_of_base: f64, base: &dyn Fn() -> Real| {
                let bits = bits + shape::POWER + exponent.bits;
                let ways = [
                    (exponent.value, 0.0),
                    (-exponent.value, 1.0),
                    (exponent.value.recip(), 1.0),
                    (-exponent.value.recip(), 2.0),
                ];
                for (way, (power, more)) in ways.into_iter().enumerate() {
                    if !within(log_of_base * power) {
                        continue;
                    }
                    self.offer(bits + more, || {
                        let mut of = exponent.real.clone();
                        if way >= 2 {
                            of = Real::quotient(Real::Ratio(1, 1), of);
                        }
                        if way % 2 == 1 {
                            of = negated(of);
                        }
                        Real::General(Box::new(base()), Box::new(of))
                    });
                }
            };
            for k in 2..=20_i64 {
                offer(number(k), (k as f64).ln(), &|| Real::Ratio(k, 1));
            }
            for base in &NAMED[..16] {
                if !matches!(base.real, Real::E) {
                    offer(base.bits, base.value.ln(), &|| base.real.clone());
                }
            }
        }
    }

    /// `(a + sqrt(c))/d`: the square of `d x - a` is an integer.
    fn quadratics(&mut self, x: Interval) {
        for divisor in 1..=24_i64 {
            let scaled = x.over(1.0 / divisor as f64);
            for shift in -60..=60_i64 {
                let bits = shape::QUADRATIC + coefficient(shift) + number(divisor);
                let moved = scaled.plus(-shift as f64);
                if bits + 3.0 > self.limit || shift == 0 || moved.low * moved.high <= 0.0 {
                    continue;
                }
                let Some(square) = moved.map(|value| value * value).and_then(Interval::integer)
                else {
                    continue;
                };
                if square < 2 || is_square(square) {
                    continue;
                }
                self.offer(bits + number(square), || {
                    let mut root = Real::power(Real::Ratio(square, 1), 1, 2);
                    if moved.low < 0.0 {
                        root = negated(root);
                    }
                    let sum = Real::Sum(vec![Real::Ratio(shift, 1), root]);
                    if divisor == 1 { sum } else { Real::quotient(sum, Real::Ratio(divisor, 1)) }
                });
            }
        }
    }

    /// Logarithms of integers to other bases than e.
    fn logarithms(&mut self, x: Interval) {
        for base in 2..=40_i64 {
            let bits = shape::LOGARITHM + if base == 2 || base == 10 { 2.0 } else { number(base) };
            let Some(power) = x.map(|x| (base as f64).powf(x)) else {
                continue;
            };
            if let Some((above, below, _)) = self.fraction(power, bits) {
                if above == below {
                    continue;
                }
                let log = |of: Real| Real::of(Elementary::Log, of);
                let numbers =
                    if below == 1 { number(above) } else { 2.0 + number(above) + number(below) };
                self.offer(bits + numbers, || {
                    Real::quotient(log(Real::Ratio(above, below)), log(Real::Ratio(base, 1)))
                });
            }
        }
    }

    /// Roots of cubic, quartic and quintic polynomials with small coefficients.
    fn polynomials(&mut self, x: Interval) {
        let power = |degree: i32| (x.low.powi(degree), x.high.powi(degree));
        let near = x.middle();
        let (first, second, third) = (power(1), power(2), power(3));
        // The constant is what remains; it is an integer where the polynomial has a root.
        let constant = |low: f64, high: f64| {
            let (low, high) = if low < high { (low, high) } else { (high, low) };
            let error = (low.abs() + high.abs()) * 1e-14;
            Interval { low: low - error, high: high + error }.integer()
        };
        let most = 8_i64;
        for leading in 1..=4_i64 {
            for b in -most..=most {
                for c in -most..=most {
                    let (f, g, h) = (leading as f64, b as f64, c as f64);
                    let low = f * third.0 + g * second.0 + h * first.0;
                    let high = f * third.1 + g * second.1 + h * first.1;
                    if let Some(last) = constant(low, high) {
                        self.offer_polynomial(vec![-last, c, b, leading], near);
                    }
                }
            }
        }
        for degree in 4..=6_i32 {
            let highest = power(degree);
            for middle in 0..degree {
                for other in 0..middle.max(1) {
                    let (second, third) = (power(middle), power(other));
                    for b in -2..=2_i64 {
                        for c in -2..=2_i64 {
                            if (middle <= 1 && b != 0) || (other == 0 && c != 0) {
                                continue;
                            }
                            let (g, h) = (b as f64, c as f64);
                            let low = highest.0 + g * second.0 + h * third.0;
                            let high = highest.1 + g * second.1 + h * third.1;
                            if let Some(last) = constant(low, high) {
                                let mut all = vec![0; degree as usize + 1];
                                all[degree as usize] = 1;
                                all[middle as usize] += b;
                                all[other as usize] += c;
                                all[0] -= last;
                                self.offer_polynomial(all, near);
                            }
                        }
                    }
                }
            }
        }
    }

    fn offer_polynomial(&mut self, coefficients: Vec<i64>, near: f64) {
        let bits = shape::POLYNOMIAL + coefficients.iter().map(|&k| coefficient(k)).sum::<f64>();
        if coefficients[0] != 0 {
            self.offer(bits, || Real::Solution(Equation { coefficients, right: None }, near));
        }
    }

    /// `a x^2 + b x + c = d f(x)`.
    fn equations(&mut self, x: Interval) {
        use Elementary::{Cos, Exp, Log, Sin, Tan};
        let near = x.middle();
        for function in [Sin, Cos, Exp, Log, Tan] {
            let (low, high) = (function.approximate(x.low), function.approximate(x.high));
            for factor in 1..=4_i64 {
                for a in -4..=4_i64 {
                    for b in -4..=4_i64 {
                        let (d, f, g) = (factor as f64, a as f64, b as f64);
                        let low = d * low - f * x.low * x.low - g * x.low;
                        let high = d * high - f * x.high * x.high - g * x.high;
                        let (low, high) = if low < high { (low, high) } else { (high, low) };
                        let error = 1e-13;
                        let Some(c) = (Interval { low: low - error, high: high + error }).integer()
                        else {
                            continue;
                        };
                        if (a, b) == (0, 0) {
                            continue;
                        }
                        let numbers: f64 = [factor, a, b, c].iter().map(|&k| coefficient(k)).sum();
                        self.offer(shape::EQUATION + 1.5 + numbers, || {
                            let right = Some((factor, function));
                            Real::Solution(Equation { coefficients: vec![c, b, a], right }, near)
                        });
                    }
                }
            }
        }
    }
}

fn is_square(value: i64) -> bool {
    let root = (value as f64).sqrt().round() as i64;
    root * root == value
}
