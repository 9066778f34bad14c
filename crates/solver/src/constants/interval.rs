//! Intervals of positive numbers in hardware precision, and the simplest fraction in them.

/// The numbers from `low` to `high`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// What rounding may take away at the ends, and what the values in hardware precision may be off
/// by, relative to the value. Candidates are checked exactly afterwards.
const ROUNDING: f64 = 2e-14;

impl Interval {
    /// The numbers that begin with these digits, the first of which stands for so many powers of
    /// ten.
    pub(super) fn of_digits(digits: &[u8], exponent: i64) -> Self {
        let used = &digits[..digits.len().min(13)];
        let mantissa = used.iter().fold(0_u64, |value, &digit| value * 10 + u64::from(digit));
        let shift = exponent as i32 - (used.len() as i32 - 1);
        // Division by an exact power of ten rounds once.
        let scale = |value: f64| match shift {
            0.. => value * 10f64.powi(shift),
            _ => value / 10f64.powi(-shift),
        };
        Interval { low: scale(mantissa as f64), high: scale((mantissa + 1) as f64) }.wider()
    }

    fn wider(self) -> Self {
        let widen = |value: f64, sign: f64| value + sign * value.abs() * ROUNDING;
        Interval { low: widen(self.low, -1.0), high: widen(self.high, 1.0) }
    }

    pub(super) fn middle(self) -> f64 {
        (self.low + self.high) / 2.0
    }

    /// The image under a monotonic function; `None` where that is not defined.
    pub(super) fn map(self, function: impl Fn(f64) -> f64) -> Option<Self> {
        let (one, other) = (function(self.low), function(self.high));
        let (low, high) = if one <= other { (one, other) } else { (other, one) };
        (low.is_finite() && high.is_finite()).then(|| Interval { low, high }.wider())
    }

    /// Divided by a positive number.
    pub(super) fn over(self, divisor: f64) -> Self {
        Interval { low: self.low / divisor, high: self.high / divisor }
    }

    /// Moved by a number.
    pub(super) fn plus(self, shift: f64) -> Self {
        // The result may be small against what it is the difference of.
        let error = shift.abs() * ROUNDING;
        Interval { low: self.low + shift - error, high: self.high + shift + error }
    }

    /// An integer in it.
    pub(super) fn integer(self) -> Option<i64> {
        let least = self.low.ceil();
        (least <= self.high && least.abs() < 1e9).then_some(least as i64)
    }

    /// The fraction with the smallest numerator and denominator in it, and whether it is
    /// negative, if their product is at most `most`: the common part of the continued fractions of both
    /// ends, and the next integer.
    pub(super) fn simplest(self, most: f64) -> Option<(i64, i64, bool)> {
        let negative = self.high < 0.0;
        let (mut low, mut high) =
            if negative { (-self.high, -self.low) } else { (self.low, self.high) };
        if low <= 0.0 {
            return None;
        }
        let (mut above, mut below) = ((0.0, 1.0), (1.0, 0.0));
        loop {
            // Rounding down of positive numbers, without the function that some processors need
            // for it. What is too large for it is more than `most`, too.
            let whole = low as i64 as f64;
            let last = if whole == low { whole } else { whole + 1.0 };
            let quotient = if last <= high { last } else { whole };
            above = (above.1, quotient * above.1 + above.0);
            below = (below.1, quotient * below.1 + below.0);
            if above.1 * below.1 > most {
                return None;
            }
            if last <= high {
                return Some((above.1 as i64, below.1 as i64, negative));
            }
            (low, high) = (1.0 / (high - whole), 1.0 / (low - whole));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simplest_fraction() {
        let of = |low, high| Interval { low, high }.simplest(1e6);
        assert_eq!(of(2.71, 2.72), Some((19, 7, false)));
        assert_eq!(of(1.7320, 1.7321), Some((265, 153, false)));
        assert_eq!(of(0.3, 0.4), Some((1, 3, false)));
        assert_eq!(of(-0.51, -0.49), Some((1, 2, true)));
        assert_eq!(of(1.5, 2.5), Some((2, 1, false)));
        assert_eq!(of(-1.0, 1.0), None);
        assert_eq!(Interval { low: 0.123_456_7, high: 0.123_456_8 }.simplest(50.0), None);
    }

    #[test]
    fn of_digits() {
        let one = Interval::of_digits(&[5, 1, 4, 1, 5], 0);
        assert!(one.low <= 5.1415 && one.low > 5.1414 && one.high >= 5.1416 && one.high < 5.1417);
        let small = Interval::of_digits(&[5, 1, 4, 1, 5], -2);
        assert!((small.low - 0.051415).abs() < 1e-9);
    }
}
