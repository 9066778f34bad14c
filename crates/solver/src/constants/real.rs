//! Real numbers in closed form: their value, their digits and their notation.

use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::elementary::Elementary;
use super::equation::Equation;
use super::fixed::{Fixed, GUARD};
use crate::expression::{Expression, Formula, Phrase};

/// A real number in closed form.
#[derive(Clone, Debug, PartialEq)]
pub enum Real {
    /// A fraction.
    Ratio(i64, i64),
    /// The circle's constant.
    Pi,
    /// Euler's number.
    E,
    /// The golden ratio.
    Phi,
    /// Euler's constant.
    EulerGamma,
    /// Catalan's constant.
    Catalan,
    /// The zeta function of an integer from 2 on.
    Zeta(u32),
    /// The gamma function of a fraction.
    Gamma(u32, u32),
    /// A sum.
    Sum(Vec<Real>),
    /// A product.
    Product(Vec<Real>),
    /// A quotient.
    Quotient(Box<Real>, Box<Real>),
    /// A power with a fraction as its exponent.
    Power(Box<Real>, i64, i64),
    /// A power with any exponent.
    General(Box<Real>, Box<Real>),
    /// A function's value.
    Of(Elementary, Box<Real>),
    /// The solution of an equation near a number.
    Solution(Equation, f64),
}

/// Euler's constant.
pub(super) const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
const PHI: f64 = 1.618_033_988_749_895;
const CATALAN: f64 = 0.915_965_594_177_219;

/// `1/1^s + 1/2^s + ...` by Euler and Maclaurin.
fn zeta(s: u32) -> f64 {
    let power = |k: f64| k.powi(-(s as i32));
    let (n, s) = (32.0, f64::from(s));
    let head: f64 = (1..32).map(|k| power(f64::from(k))).rev().sum();
    let last = power(n);
    let corrections = s / 12.0 / n - s * (s + 1.0) * (s + 2.0) / 720.0 / n.powi(3)
        + s * (s + 1.0) * (s + 2.0) * (s + 3.0) * (s + 4.0) / 30240.0 / n.powi(5);
    head + last * (n / (s - 1.0) + 0.5 + corrections)
}

/// The gamma function by Stirling's series from 10 on and its recurrence below.
fn gamma(x: f64) -> f64 {
    let (mut z, mut product) = (x, 1.0);
    while z < 10.0 {
        product *= z;
        z += 1.0;
    }
    let square = z * z;
    let series = (1.0 / 12.0
        - (1.0 / 360.0
            - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square)
            / square)
        / z;
    let log = (z - 0.5) * z.ln() - z + 0.918_938_533_204_672_7 + series;
    log.exp() / product
}

impl Real {
    /// `of^(above/below)`
    pub(super) fn power(of: Real, above: i64, below: i64) -> Self {
        match (above, below) {
            (1, 1) => of,
            (-1, 1) => Real::quotient(Real::Ratio(1, 1), of),
            (above, _) if above < 0 => {
                Real::quotient(Real::Ratio(1, 1), Real::power(of, -above, below))
            }
            _ => Real::Power(Box::new(of), above, below),
        }
    }

    pub(super) fn quotient(above: Real, below: Real) -> Self {
        Real::Quotient(Box::new(above), Box::new(below))
    }

    pub(super) fn of(function: Elementary, of: Real) -> Self {
        Real::Of(function, Box::new(of))
    }

    /// `above self / below`
    pub(super) fn scaled(self, above: i64, below: i64) -> Self {
        let times = |factor: i64, of: Real| match (factor, of) {
            (1, of) => of,
            (factor, Real::Ratio(1, 1)) => Real::Ratio(factor, 1),
            (factor, of) => Real::Product(vec![Real::Ratio(factor, 1), of]),
        };
        match self {
            Real::Ratio(1, 1) => Real::Ratio(above, below),
            Real::Quotient(over, under) => {
                Real::quotient(times(above, *over), times(below, *under))
            }
            one if below == 1 => times(above, one),
            one => Real::quotient(times(above, one), Real::Ratio(below, 1)),
        }
    }

    /// The value in hardware precision.
    pub fn approximate(&self) -> f64 {
        match self {
            Real::Ratio(above, below) => *above as f64 / *below as f64,
            Real::Pi => std::f64::consts::PI,
            Real::E => std::f64::consts::E,
            Real::Phi => PHI,
            Real::EulerGamma => EULER_GAMMA,
            Real::Catalan => CATALAN,
            Real::Zeta(s) => zeta(*s),
            Real::Gamma(p, q) => gamma(f64::from(*p) / f64::from(*q)),
            Real::Sum(all) => all.iter().map(Real::approximate).sum(),
            Real::Product(all) => all.iter().map(Real::approximate).product(),
            Real::Quotient(above, below) => above.approximate() / below.approximate(),
            Real::Power(of, 1, 2) => of.approximate().sqrt(),
            Real::Power(of, above, 1) => of.approximate().powi(*above as i32),
            Real::Power(of, above, below) => of.approximate().powf(*above as f64 / *below as f64),
            Real::General(of, power) => of.approximate().powf(power.approximate()),
            Real::Of(function, of) => function.approximate(of.approximate()),
            Real::Solution(_, near) => *near,
        }
    }

    fn evaluate(&self, f: Fixed) -> Option<BigInt> {
        Some(match self {
            Real::Ratio(above, below) => f.ratio(*above, *below),
            Real::Pi => f.pi(),
            Real::E => f.exp(&f.one())?,
            Real::Phi => (f.root(&f.integer(5), 2)? + f.one()) >> 1,
            Real::EulerGamma => f.euler_gamma()?,
            Real::Catalan => f.beta(2),
            Real::Zeta(s) => f.zeta(*s)?,
            Real::Gamma(p, q) => f.gamma(*p, *q)?,
            Real::Sum(all) => {
                let mut sum = BigInt::zero();
                for one in all {
                    sum += one.evaluate(f)?;
                }
                sum
            }
            Real::Product(all) => {
                let mut product = f.one();
                for one in all {
                    product = f.multiply(&product, &one.evaluate(f)?);
                }
                product
            }
            Real::Quotient(above, below) => f.divide(&above.evaluate(f)?, &below.evaluate(f)?)?,
            Real::Power(of, above, below) => {
                let power = f.power(&of.evaluate(f)?, u32::try_from(*above).ok()?);
                let degree = u32::try_from(*below).ok()?;
                if degree == 1 { power } else { f.root(&power, degree)? }
            }
            Real::General(of, power) => {
                let log = f.log(&of.evaluate(f)?)?;
                f.exp(&f.multiply(&log, &power.evaluate(f)?))?
            }
            Real::Of(function, of) => function.evaluate(f, &of.evaluate(f)?)?,
            Real::Solution(equation, near) => equation.solve(f, *near)?,
        })
    }

    /// A value and what it may be off by, both times `2^-precision`, with at least so many bits
    /// behind the point that are right.
    pub(super) fn enclosed(&self, bits: u32) -> Option<(BigInt, BigInt, Fixed)> {
        let f = Fixed::new(bits + GUARD + 8);
        Some((self.evaluate(f)?, BigInt::one() << GUARD, f))
    }

    /// The first `count` digits from the first that is not zero, and the power of ten of that
    /// one; fewer digits where a longer computation would be needed to say them.
    pub fn digits(&self, count: usize) -> Option<(Vec<u8>, i64)> {
        if let Real::Ratio(above, below) = self {
            return ratio_digits(*above, *below, count);
        }
        let mut bits = (count as f64 * 3.3220) as u32 + 48;
        let mut known = None;
        for _ in 0..3 {
            let (value, error, f) = self.enclosed(bits)?;
            let value = value.abs();
            let log =
                (crate::bits::log2(&value) - f64::from(f.precision())) * std::f64::consts::LOG10_2;
            // One more than are asked, as the logarithm is a rough one.
            let places = count as i64 - log.floor() as i64;
            if value <= error || places.abs() > 100_000 {
                return None;
            }
            let scaled = |value: &BigInt| match u32::try_from(places) {
                Ok(places) => (value * BigInt::from(10).pow(places)) >> f.precision(),
                Err(_) => (value / BigInt::from(10).pow(-places as u32)) >> f.precision(),
            };
            let (low, high) = (scaled(&(&value - &error)), scaled(&(&value + &error)));
            let (low, high) = (low.to_string(), high.to_string());
            let same = low.bytes().zip(high.bytes()).take_while(|(one, other)| one == other);
            let same = if low.len() == high.len() { same.count() } else { 0 };
            let digits: Vec<u8> = low.bytes().take(same.min(count)).map(|b| b - b'0').collect();
            let exponent = low.len() as i64 - 1 - places;
            let whole = digits.len() >= count;
            known = Some((digits, exponent));
            if whole {
                break;
            }
            bits = bits * 2 + 64;
        }
        known
    }

    /// The number as a person would write it.
    pub fn expression(&self) -> Expression {
        let call = |name: &str, of: Expression| Expression::Call(name.to_owned(), vec![of]);
        match self {
            Real::Ratio(above, below) => {
                Expression::quotient(Expression::integer(*above), Expression::integer(*below))
            }
            Real::Pi => Expression::Symbol("pi"),
            Real::E => Expression::Symbol("e"),
            Real::Phi => Expression::Symbol("phi"),
            Real::EulerGamma => Expression::Symbol("gamma"),
            Real::Catalan => Expression::Symbol("G"),
            Real::Zeta(s) => call("zeta", Expression::integer(*s)),
            Real::Gamma(p, q) => call("Gamma", Real::Ratio((*p).into(), (*q).into()).expression()),
            Real::Sum(all) => Expression::sum(all.iter().map(Real::expression).collect()),
            Real::Product(all) => Expression::product(all.iter().map(Real::expression).collect()),
            Real::Quotient(above, below) => {
                Expression::quotient(above.expression(), below.expression())
            }
            Real::Power(of, 1, below) => {
                Expression::Root(Box::new(of.expression()), (*below).to_u32().unwrap_or(2))
            }
            Real::Power(of, above, below) => {
                Expression::power(of.expression(), Real::Ratio(*above, *below).expression())
            }
            Real::General(of, power) => Expression::power(of.expression(), power.expression()),
            Real::Of(Elementary::Exp, of) => {
                Expression::power(Expression::Symbol("e"), of.expression())
            }
            Real::Of(function, of) => call(function.name(), of.expression()),
            Real::Solution(..) => Expression::Symbol("x"),
        }
    }

    /// What the letters of the expression mean, where that is not common.
    fn legend(&self) -> Option<Phrase> {
        let meaning = |letter: &Real, words: &str| {
            Some(Phrase::math(letter.expression()).and_text(format!(" is {words}")))
        };
        match self {
            Real::Catalan => meaning(self, "Catalan's constant"),
            Real::EulerGamma => meaning(self, "Euler's constant"),
            Real::Phi => meaning(self, "the golden ratio"),
            Real::Solution(equation, near) => {
                let letter = meaning(self, &format!("the solution near {near:.4} of "))?;
                Some(letter.and(equation.phrase()))
            }
            Real::Sum(all) | Real::Product(all) => all.iter().find_map(Real::legend),
            Real::Quotient(one, other) | Real::General(one, other) => {
                one.legend().or_else(|| other.legend())
            }
            Real::Power(of, ..) | Real::Of(_, of) => of.legend(),
            Real::Ratio(..) | Real::Pi | Real::E | Real::Zeta(_) | Real::Gamma(..) => None,
        }
    }

    /// "The digits of" the number, say, with the meaning of its letters.
    pub(super) fn formula(&self, before: &str) -> Formula {
        let all = Phrase::text(before).and_math(self.expression());
        Formula::words(match self.legend() {
            Some(legend) => all.and_text(", where ").and(legend),
            None => all,
        })
    }
}

/// The digits of a fraction by long division.
fn ratio_digits(above: i64, below: i64, count: usize) -> Option<(Vec<u8>, i64)> {
    let (above, below) = (above.unsigned_abs() as u128, below.unsigned_abs() as u128);
    if above == 0 || below == 0 {
        return None;
    }
    let mut digits: Vec<u8> = match above / below {
        0 => Vec::new(),
        whole => whole.to_string().bytes().map(|byte| byte - b'0').collect(),
    };
    let mut exponent = digits.len() as i64 - 1;
    let mut rest = above % below;
    while digits.len() < count {
        rest *= 10;
        let digit = (rest / below) as u8;
        rest %= below;
        match digits.is_empty() && digit == 0 {
            true => exponent -= 1,
            false => digits.push(digit),
        }
    }
    digits.truncate(count);
    Some((digits, exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(real: &Real, count: usize) -> String {
        let (digits, exponent) = real.digits(count).unwrap();
        let digits: String = digits.iter().map(|digit| char::from(digit + b'0')).collect();
        format!("{digits} {exponent}")
    }

    fn integer(k: i64) -> Real {
        Real::Ratio(k, 1)
    }

    /// Reference values: mpmath.
    #[test]
    fn digits() {
        let known = [
            (Real::Pi, "3141592653589793238462643383279502884197 0"),
            (Real::E, "2718281828459045235360287471352662497757 0"),
            (Real::power(integer(2), 1, 2), "1414213562373095048801688724209698078569 0"),
            (Real::Phi, "1618033988749894848204586834365638117720 0"),
            (Real::EulerGamma, "5772156649015328606065120900824024310421 -1"),
            (Real::Catalan, "9159655941772190150546035149323841107741 -1"),
            (Real::Zeta(3), "1202056903159594285399738161511449990764 0"),
            (Real::Gamma(1, 3), "2678938534707747633655692940974677644128 0"),
            (Real::power(integer(7), 1, 11), "1193512837169620250817627554035858692374 0"),
            (Real::power(Real::Pi, -3, 2), "1795871221251665616890819836276927552821 -1"),
            (
                Real::of(Elementary::Log, integer(1000)),
                "6907755278982137052053974364053092622803 0",
            ),
            (Real::of(Elementary::Tanh, integer(1)), "7615941559557648881194582826047935904127 -1"),
            (
                Real::of(Elementary::Arcsin, Real::Ratio(-1, 3)),
                "3398369094541219370963925133917640663882 -1",
            ),
            (
                Real::General(Box::new(integer(2)), Box::new(Real::power(integer(2), 1, 2))),
                "2665144142690225188650297249873139848274 0",
            ),
            (Real::of(Elementary::Exp, integer(20)), "4851651954097902779691068305415405586846 8"),
            (
                Real::of(Elementary::Exp, integer(-20)),
                "2061153622438557827965940380155820976375 -9",
            ),
            (Real::Ratio(1, 993), "1007049345417925478348439073514602215508 -3"),
            (Real::Ratio(1000, 7), "1428571428571428571428571428571428571428 2"),
            (
                Real::Solution(
                    Equation { coefficients: vec![0, 1], right: Some((1, Elementary::Cos)) },
                    0.739,
                ),
                "7390851332151606416553120876738734040134 -1",
            ),
            (
                Real::Solution(Equation { coefficients: vec![-1, -1, 0, 1], right: None }, 1.325),
                "1324717957244746025960908854478097340734 0",
            ),
            (
                Real::Solution(
                    Equation { coefficients: vec![-2, 1], right: Some((-1, Elementary::Log)) },
                    1.557,
                ),
                "1557145598997611416858672000000663180283 0",
            ),
            (
                Real::Solution(
                    Equation { coefficients: vec![0, 0, 1], right: Some((1, Elementary::Sin)) },
                    0.877,
                ),
                "8767262153950624459721186431419281399716 -1",
            ),
            (
                Real::Solution(
                    Equation { coefficients: vec![0, 3], right: Some((1, Elementary::Exp)) },
                    0.619,
                ),
                "6190612867359451121523269940209222333014 -1",
            ),
            (
                Real::Solution(
                    Equation { coefficients: vec![0, 2], right: Some((1, Elementary::Tan)) },
                    1.1656,
                ),
                "1165561185207211306833917977958560669134 0",
            ),
        ];
        for (real, digits) in known {
            assert_eq!(text(&real, 40), digits, "{real:?}");
        }
    }

    #[test]
    fn hardware_precision_agrees() {
        let functions = [
            Elementary::Exp,
            Elementary::Log,
            Elementary::Sin,
            Elementary::Cos,
            Elementary::Tan,
            Elementary::Arcsin,
            Elementary::Arccos,
            Elementary::Arctan,
            Elementary::Sinh,
            Elementary::Cosh,
            Elementary::Tanh,
            Elementary::Arsinh,
            Elementary::Artanh,
        ];
        let f = Fixed::new(120);
        let half = f.ratio(3, 5);
        for function in functions {
            let exact = f.to_f64(&function.evaluate(f, &half).unwrap());
            assert!((exact - function.approximate(0.6)).abs() < 1e-14, "{function:?}");
        }
        let exact = f.to_f64(&Elementary::Arcosh.evaluate(f, &f.integer(3)).unwrap());
        assert!((exact - 3f64.acosh()).abs() < 1e-14);
        let mut reals: Vec<Real> = (2..20).map(Real::Zeta).collect();
        reals.extend((1..24).map(|p| Real::Gamma(p, 12)));
        reals.extend([Real::Phi, Real::Catalan, Real::EulerGamma]);
        for real in reals {
            let exact = f.to_f64(&real.evaluate(f).unwrap());
            assert!((exact / real.approximate() - 1.0).abs() < 1e-13, "{real:?} {exact}");
        }
    }

    #[test]
    fn outside_their_domain() {
        for real in [
            Real::of(Elementary::Log, integer(-1)),
            Real::of(Elementary::Exp, integer(1000)),
            Real::of(Elementary::Arcsin, integer(2)),
            Real::of(Elementary::Artanh, integer(1)),
            Real::quotient(integer(1), integer(0)),
            Real::power(integer(-2), 1, 2),
            Real::Zeta(1),
            Real::Gamma(0, 1),
            Real::Ratio(1, 0),
            integer(0),
        ] {
            assert_eq!(real.digits(10), None, "{real:?}");
        }
    }

    #[test]
    fn multiples() {
        let of = |real: Real| real.expression().to_string();
        assert_eq!(of(Real::Pi.scaled(3, 4)), "3 pi/4");
        assert_eq!(of(Real::power(Real::Pi, -1, 2).scaled(3, 4)), "3/(4 sqrt(pi))");
        assert_eq!(of(integer(1).scaled(3, 4)), "3/4");
    }
}
