//! Numbers of sixteen bits, as other programs store weights, to single precision.

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
}
