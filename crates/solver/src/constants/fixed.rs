//! Real numbers in fixed point: an integer times `2^-precision`.
//!
//! Each operation is exact to a few units of the last place relative to its operands, so that a
//! chain of some of them is right to within `2^(GUARD - precision)`; who needs digits asks for
//! more bits and looks whether the error could change a digit (see `Real::digits`).

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Bits of the last places that the errors of a chain of operations may reach.
pub(super) const GUARD: u32 = 48;

/// Arithmetic with so many bits behind the point. Operations return `None` outside their domain
/// and where a value becomes too large to be a constant that anybody writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixed {
    precision: u32,
}

impl Fixed {
    pub(super) fn new(precision: u32) -> Self {
        Fixed { precision }
    }

    pub(super) fn precision(self) -> u32 {
        self.precision
    }

    pub(super) fn one(self) -> BigInt {
        BigInt::one() << self.precision
    }

    pub(super) fn integer(self, value: i64) -> BigInt {
        BigInt::from(value) << self.precision
    }

    pub(super) fn ratio(self, above: i64, below: i64) -> BigInt {
        if below == 0 { BigInt::zero() } else { self.integer(above).div_floor(&below.into()) }
    }

    pub(super) fn near(self, value: f64) -> BigInt {
        let scaled = (value * 2f64.powi(50)).to_i64().unwrap_or(0);
        if self.precision >= 50 {
            BigInt::from(scaled) << (self.precision - 50)
        } else {
            BigInt::from(scaled) >> (50 - self.precision)
        }
    }

    pub(super) fn to_f64(self, value: &BigInt) -> f64 {
        let bits = value.bits();
        if bits <= 64 {
            return value.to_f64().unwrap_or(0.0) * 2f64.powi(-(self.precision as i32));
        }
        let shift = bits - 64;
        let top = (value >> shift).to_f64().unwrap_or(0.0);
        top * 2f64.powi(shift as i32 - self.precision as i32)
    }

    pub(super) fn multiply(self, one: &BigInt, other: &BigInt) -> BigInt {
        (one * other) >> self.precision
    }

    pub(super) fn divide(self, above: &BigInt, below: &BigInt) -> Option<BigInt> {
        (!below.is_zero()).then(|| (above << self.precision).div_floor(below))
    }

    pub(super) fn power(self, base: &BigInt, exponent: u32) -> BigInt {
        let mut value = self.one();
        for place in (0..32 - exponent.leading_zeros()).rev() {
            value = self.multiply(&value, &value);
            if exponent >> place & 1 == 1 {
                value = self.multiply(&value, base);
            }
        }
        value
    }

    pub(super) fn root(self, of: &BigInt, degree: u32) -> Option<BigInt> {
        if of.is_negative() || degree == 0 {
            return None;
        }
        let scaled: BigUint = of.magnitude() << (self.precision * (degree - 1));
        // A root of high degree is cheaper by the logarithm than by integers of many times the
        // precision.
        if degree > 5 && !of.is_zero() {
            let log = self.log(of)?;
            return self.exp(&(log / degree));
        }
        let root = if degree == 2 { scaled.sqrt() } else { scaled.nth_root(degree) };
        Some(root.into())
    }

    /// `sum of (-1)^k / ((2k+1) m^(2k+1))`, or without the signs: arctan or artanh of `1/m`.
    fn inverse_series(self, m: u32, alternating: bool) -> BigInt {
        let square = m * m;
        let mut power = self.one() / m;
        let mut sum = power.clone();
        let mut odd = 1_u32;
        while !power.is_zero() {
            power /= square;
            odd += 2;
            let term = &power / odd;
            if alternating && odd % 4 == 3 {
                sum -= term;
            } else {
                sum += term;
            }
        }
        sum
    }

    /// By Machin's formula, `pi/4 = 4 arctan(1/5) - arctan(1/239)`.
    pub(super) fn pi(self) -> BigInt {
        self.inverse_series(5, true) * 16 - self.inverse_series(239, true) * 4
    }

    /// `log 2 = 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749)`
    pub(super) fn log_of_two(self) -> BigInt {
        self.inverse_series(26, false) * 18 - self.inverse_series(4801, false) * 2
            + self.inverse_series(8749, false) * 8
    }

    /// The natural logarithm, `log(m 2^k) = k log 2 + 2 artanh((m - 1)/(m + 1))`, `m` near 1.
    pub(super) fn log(self, of: &BigInt) -> Option<BigInt> {
        if !of.is_positive() {
            return None;
        }
        let more = Fixed::new(self.precision + 16);
        let mut exponent = of.bits() as i64 - 1 - i64::from(self.precision);
        // The top bit and the next one decide between m in [2/3, 4/3] and the double of it.
        if of.bits() >= 2 && (of >> (of.bits() - 2)) == BigInt::from(3) {
            exponent += 1;
        }
        let mantissa = if exponent >= 16 { of >> (exponent - 16) } else { of << (16 - exponent) };
        let one = more.one();
        let ratio = more.divide(&(&mantissa - &one), &(&mantissa + &one))?;
        let square = more.multiply(&ratio, &ratio);
        let mut power = ratio.clone();
        let mut sum = ratio;
        let mut odd = 1_u32;
        while power.bits() > 1 {
            power = more.multiply(&power, &square);
            odd += 2;
            sum += &power / odd;
        }
        let mut value = sum * 2;
        if exponent != 0 {
            value += more.log_of_two() * exponent;
        }
        Some(value >> 16)
    }

    /// By Taylor's series for a small part of the argument, squared back.
    pub(super) fn exp(self, of: &BigInt) -> Option<BigInt> {
        let size = self.to_f64(of);
        if size.abs() > 60.0 {
            return None;
        }
        let halvings = 8 + (size.abs() + 1.0).log2() as u32 + (self.precision / 64).min(24);
        let extra = 16 + halvings + (size.max(0.0) * 1.5) as u32;
        let more = Fixed::new(self.precision + extra);
        let part = (of << extra) >> halvings;
        let mut term = more.one();
        let mut sum = more.one();
        let mut k = 0_u32;
        while term.bits() > 1 {
            k += 1;
            term = more.multiply(&term, &part) / k;
            sum += &term;
        }
        for _ in 0..halvings {
            sum = more.multiply(&sum, &sum);
        }
        Some(sum >> extra)
    }

    /// Sine and cosine, by Taylor's series around the nearest multiple of a right angle.
    pub(super) fn sine_cosine(self, of: &BigInt) -> Option<(BigInt, BigInt)> {
        if self.to_f64(of).abs() > 1e6 {
            return None;
        }
        let more = Fixed::new(self.precision + 32);
        let of = of << 32_u32;
        let right_angle = more.pi() >> 1;
        let doubled: BigInt = &of * 2 + &right_angle;
        let turns = doubled.div_floor(&(&right_angle * 2));
        let rest = of - &turns * &right_angle;
        let square = -more.multiply(&rest, &rest);
        let series = |first: BigInt, mut k: u32| {
            let mut term = first.clone();
            let mut sum = first;
            while term.bits() > 1 {
                term = more.multiply(&term, &square) / (k * (k + 1));
                k += 2;
                sum += &term;
            }
            sum >> 32_u32
        };
        let (sine, cosine) = (series(rest.clone(), 2), series(more.one(), 1));
        Some(match turns.mod_floor(&4.into()).to_u32()? {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        })
    }

    /// By `arctan x = 2 arctan(x / (1 + sqrt(1 + x^2)))`, some times, and the series.
    pub(super) fn arctan(self, of: &BigInt) -> Option<BigInt> {
        if of.is_negative() {
            return self.arctan(&-of).map(|value| -value);
        }
        let more = Fixed::new(self.precision + 16);
        let one = more.one();
        let mut part = of << 16_u32;
        let halvings = 5;
        for _ in 0..halvings {
            let hypotenuse = more.root(&(&one + more.multiply(&part, &part)), 2)?;
            part = more.divide(&part, &(&one + hypotenuse))?;
        }
        let square = -more.multiply(&part, &part);
        let mut power = part.clone();
        let mut sum = part;
        let mut odd = 1_u32;
        while power.bits() > 1 {
            power = more.multiply(&power, &square);
            odd += 2;
            sum += &power / odd;
        }
        Some((sum << halvings) >> 16)
    }

    /// Euler's constant: R. P. Brent, E. M. McMillan, "Some new algorithms for high-precision
    /// computation of Euler's constant", Mathematics of Computation 34, 1980, algorithm B1.
    pub(super) fn euler_gamma(self) -> Option<BigInt> {
        let more = Fixed::new(self.precision + 32);
        let n = (f64::from(more.precision) * 0.174) as u32 + 2; // the error is pi e^-4n
        let square = n * n;
        let mut term = more.one();
        let mut weighted = -more.log(&more.integer(i64::from(n)))?;
        let (mut above, mut below) = (weighted.clone(), term.clone());
        let mut k = 0_u32;
        while term.bits() > 1 || weighted.bits() > 1 {
            k += 1;
            let over = k * k;
            term = term * square / over;
            weighted = (weighted * square / k + &term) / k;
            above += &weighted;
            below += &term;
        }
        Some(more.divide(&above, &below)? >> 32)
    }

    /// `sum of (-1)^k a(k)` for `a(k) = 1 / (step k + 1)^power`: H. Cohen, F. Rodriguez Villegas,
    /// D. Zagier, "Convergence acceleration of alternating series", Experimental Mathematics 9,
    /// 2000, algorithm 1.
    fn alternating(self, step: u32, power: u32) -> BigInt {
        let n = i64::from(self.precision) * 2 / 5 + 4; // 2.54 bits per term
        // d = ((3 + sqrt 8)^n + (3 - sqrt 8)^n) / 2
        let (mut before, mut d) = (BigInt::one(), BigInt::from(3));
        for _ in 1..n {
            let next = &d * 6 - before;
            before = std::mem::replace(&mut d, next);
        }
        let mut b = BigInt::from(-1);
        let mut c = -d.clone();
        let mut sum = BigInt::zero();
        for k in 0..n {
            c = &b - c;
            let odd = BigInt::from(i64::from(step) * k + 1);
            sum += (&c << self.precision) / odd.pow(power);
            b = b * (2 * (k + n) * (k - n)) / ((2 * k + 1) * (k + 1));
        }
        sum / d
    }

    /// `1/1^s + 1/2^s + ...` for `s >= 2`.
    pub(super) fn zeta(self, s: u32) -> Option<BigInt> {
        if !(2..=60).contains(&s) {
            return None;
        }
        // The alternating sum is (1 - 2^(1-s)) times it.
        Some((self.alternating(1, s) << (s - 1)) / ((BigInt::one() << (s - 1)) - 1_i32))
    }

    /// `1/1^s - 1/3^s + 1/5^s - ...`; Catalan's constant for `s = 2`.
    pub(super) fn beta(self, s: u32) -> BigInt {
        self.alternating(2, s.min(60))
    }

    /// The gamma function of `p/q` in (0, 2]: the integral up to N by its series of positive
    /// terms, `N^x e^-N (1/x + N/(x(x+1)) + ...)`; what is left beyond N is about e^-N.
    pub(super) fn gamma(self, p: u32, q: u32) -> Option<BigInt> {
        if p == 0 || q == 0 || p > 2 * q || q > 1000 {
            return None;
        }
        let more = Fixed::new(self.precision + 32);
        let n = (f64::from(more.precision) * 0.7) as u32 + 8;
        let mut term = more.one() * q / p;
        let mut sum = term.clone();
        let (mut above, step) = (p, n * q);
        while term.bits() > 1 {
            above += q;
            term = term * step / above;
            sum += &term;
        }
        // N^(p/q) e^-N, and the sum is about e^N: enough bits for the factor.
        let large = Fixed::new(more.precision + (f64::from(n) * 1.45) as u32 + 16);
        let log = large.log(&large.integer(i64::from(n)))? * p / q;
        let exponent = large.integer(i64::from(n)) - log;
        let mut factor = large.one();
        // exp takes arguments below 60: the rest by repeated squaring.
        let halvings = (f64::from(n) / 32.0).log2().ceil().max(0.0) as u32;
        let small = large.exp(&-(exponent >> halvings))?;
        factor = large.multiply(&factor, &small);
        for _ in 0..halvings {
            factor = large.multiply(&factor, &factor);
        }
        Some((sum * factor) >> (large.precision + 32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: Option<BigInt>) -> String {
        let scaled: BigInt = (value.unwrap() * BigInt::from(10).pow(60)) >> 300;
        scaled.to_string()
    }

    /// Reference values: mpmath at 80 digits, cut off.
    #[test]
    fn sixty_digits() {
        let f = Fixed::new(300);
        let two = f.integer(2);
        let known = [
            (Some(f.pi()), "3141592653589793238462643383279502884197169399375105820974944"),
            (f.exp(&f.one()), "2718281828459045235360287471352662497757247093699959574966967"),
            (
                f.exp(&f.integer(20)),
                "485165195409790277969106830541540558684638988944847254353610800315977",
            ),
            (f.exp(&f.integer(-3)), "49787068367863942979342415650061776631699592188423215567627"),
            (f.euler_gamma(), "577215664901532860606512090082402431042159335939923598805767"),
            (Some(f.log_of_two()), "693147180559945309417232121458176568075500134360255254120680"),
            (f.log(&two), "693147180559945309417232121458176568075500134360255254120680"),
            (
                f.log(&f.integer(1000)),
                "6907755278982137052053974364053092622803304465886318928099983",
            ),
            (f.root(&two, 2), "1414213562373095048801688724209698078569671875376948073176679"),
            (f.root(&two, 3), "1259921049894873164767210607278228350570251464701507980081975"),
            (f.root(&two, 11), "1065041089439962678190592595398204490092328886510584811019914"),
            (f.arctan(&two), "1107148717794090503017065460178537040070047645401432646676539"),
            (
                f.sine_cosine(&two).map(|pair| pair.0),
                "909297426825681695396019865911744842702254971447890268378973",
            ),
            (
                f.sine_cosine(&f.integer(100)).map(|pair| pair.1),
                "862318872287683934101938513950842535510084008535510829280162",
            ),
            (f.zeta(3), "1202056903159594285399738161511449990764986292340498881792271"),
            (f.zeta(20), "1000000953962033872796113152038683449345943794187410595750056"),
            (Some(f.beta(2)), "915965594177219015054603514932384110774149374281672134266498"),
            (f.gamma(1, 3), "2678938534707747633655692940974677644128689377957301100950428"),
            (f.gamma(1, 4), "3625609908221908311930685155867672002995167682880065467433377"),
            (f.gamma(1, 2), "1772453850905516027298167483341145182797549456122387128213807"),
        ];
        for (value, digits) in known {
            assert_eq!(text(value), digits);
        }
    }
}
