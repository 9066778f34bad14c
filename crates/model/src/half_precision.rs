//! Numbers of sixteen bits, as other programs store weights, to single precision and back.

/// IEEE 754 half precision: a sign, five bits of exponent, ten of the fraction.
pub fn from_f16(bits: u16) -> f32 {
    /// 2^-24, the smallest number above zero.
    const SMALLEST: f32 = 1.0 / (1 << 24) as f32;
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1F), u32::from(bits & 0x3FF));
    let magnitude = match exponent {
        // Subnormal, or zero: exact, since the fraction has ten bits.
        0 => (fraction as f32 * SMALLEST).to_bits(),
        31 => 0xFF << 23 | fraction << 13,
        // The biases are 15 and 127.
        _ => (exponent + 127 - 15) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

/// The nearest number of half precision, ties to even; infinite beyond the largest one, 65,504.
pub fn to_f16(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    let exponent = (bits >> 23 & 0xFF) as i32 - 127;
    // Twenty-four bits, the first of which is implied.
    let fraction = bits & 0x007F_FFFF | 0x0080_0000;
    let magnitude = match exponent {
        // NaN stays NaN.
        128 => 0x7C00 | u32::from(bits & 0x007F_FFFF != 0) << 9,
        16.. => 0x7C00,
        // A carry of the fraction is one of the exponent, up to infinity.
        -14.. => rounded(fraction & 0x007F_FFFF, 13) + (((exponent + 15) as u32) << 10),
        // Subnormal: units of 2^-24.
        -25.. => rounded(fraction, (-1 - exponent) as u32),
        _ => 0,
    };
    sign | magnitude as u16
}

/// `value` / 2^`digits`, to the nearest integer, ties to even.
fn rounded(value: u32, digits: u32) -> u32 {
    let (whole, rest, half) = (value >> digits, value & ((1 << digits) - 1), 1 << (digits - 1));
    whole + u32::from(rest > half || (rest == half && whole & 1 == 1))
}

/// bfloat16: the upper half of a number in single precision.
pub fn from_bf16(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (-1)^sign 2^(exponent - bias) (1 + fraction / 2^digits); without the 1, and of the least
    /// exponent, where that is 0.
    fn by_formula(bits: u16, digits: u32) -> f64 {
        let exponents = 15 - digits;
        let (sign, exponent) = (bits >> 15, u32::from(bits) >> digits & ((1 << exponents) - 1));
        let fraction = f64::from(u32::from(bits) & ((1 << digits) - 1)) / f64::from(1 << digits);
        let bias = (1 << (exponents - 1)) - 1;
        let magnitude = match exponent {
            0 => fraction * 2.0_f64.powi(1 - bias),
            top if top == (1 << exponents) - 1 => match fraction {
                0.0 => f64::INFINITY,
                _ => f64::NAN,
            },
            exponent => (1.0 + fraction) * 2.0_f64.powi(exponent as i32 - bias),
        };
        if sign == 1 { -magnitude } else { magnitude }
    }

    #[test]
    fn all_bit_patterns_are_those_of_the_formula() {
        for bits in 0..=u16::MAX {
            for (found, expected) in
                [(from_f16(bits), by_formula(bits, 10)), (from_bf16(bits), by_formula(bits, 7))]
            {
                let found = f64::from(found);
                let same =
                    found == expected && found.is_sign_negative() == expected.is_sign_negative();
                assert!(
                    same || (found.is_nan() && expected.is_nan()),
                    "{bits:04x}: {found}, {expected}"
                );
            }
        }
        assert_eq!((from_f16(0x3C00), from_f16(0xC000), from_bf16(0x3F80)), (1.0, -2.0, 1.0));
    }

    #[test]
    fn half_precision_is_rounded_to_the_nearest_and_ties_to_even() {
        // Finite neighbours, their middle, and what lies just beside it.
        for bits in 0..0x7BFF_u16 {
            let (low, high) = (from_f16(bits), from_f16(bits + 1));
            let middle = ((f64::from(low) + f64::from(high)) / 2.0) as f32;
            let even = bits + (bits & 1);
            let beside = |step: i32| f32::from_bits((middle.to_bits() as i32 + step) as u32);
            for (value, nearest) in
                [(low, bits), (middle, even), (beside(-1), bits), (beside(1), bits + 1)]
            {
                assert_eq!(to_f16(value), nearest, "{value}");
                assert_eq!(to_f16(-value), nearest | 0x8000, "{value}");
            }
        }
        assert_eq!([to_f16(65_504.0), to_f16(65_519.9)], [0x7BFF; 2]);
        assert_eq!([to_f16(65_520.0), to_f16(1e9), to_f16(f32::INFINITY)], [0x7C00; 3]);
        assert!(from_f16(to_f16(f32::NAN)).is_nan());
        assert_eq!([to_f16(1e-9), to_f16(0.0)], [0; 2]);
    }
}
