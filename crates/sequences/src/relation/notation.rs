//! The parts of formulas that functions, tables and relations share.

/// Puts brackets around a text, unless it is a single symbol or has some already.
pub(super) fn bracketed(text: &str) -> String {
    let mut depth = 0_i32;
    let open = text.bytes().any(|byte| {
        depth += i32::from(byte == b'(') - i32::from(byte == b')');
        depth == 0 && byte == b' '
    });
    if open || text.starts_with('-') { format!("({text})") } else { text.to_owned() }
}

/// `a x + b y + c`, simplified: without products of zero, factors of one, or `+ -`.
pub(super) fn sum(products: &[(i64, &str)], constant: i64) -> String {
    let mut text = String::new();
    let mut add = |negative: bool, summand: String| {
        text += match (text.is_empty(), negative) {
            (true, false) => "",
            (true, true) => "-",
            (false, false) => " + ",
            (false, true) => " - ",
        };
        text += &summand;
    };
    for (factor, symbol) in products {
        match factor.unsigned_abs() {
            0 => {}
            1 => add(*factor < 0, (*symbol).to_owned()),
            size => add(*factor < 0, format!("{size} {symbol}")),
        }
    }
    if constant != 0 || text.is_empty() {
        if text.is_empty() {
            return constant.to_string();
        }
        let sign = if constant < 0 { " - " } else { " + " };
        text += sign;
        text += &constant.unsigned_abs().to_string();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_leave_out_what_does_not_matter() {
        assert_eq!(sum(&[(1, "x"), (-1, "y")], 0), "x - y");
        assert_eq!(sum(&[(-1, "x"), (2, "y")], -3), "-x + 2 y - 3");
        assert_eq!(sum(&[(0, "x"), (-2, "y")], 4), "-2 y + 4");
        assert_eq!(sum(&[(0, "x")], 0), "0");
        assert_eq!(sum(&[(0, "x")], -7), "-7");
        assert_eq!(
            sum(&[(i64::MIN, "x")], i64::MIN),
            "-9223372036854775808 x - 9223372036854775808"
        );
    }

    #[test]
    fn brackets_where_they_are_needed() {
        assert_eq!(bracketed("n"), "n");
        assert_eq!(bracketed("a(n-1)"), "a(n-1)");
        assert_eq!(bracketed("f(n + 1)"), "f(n + 1)");
        assert_eq!(bracketed("n + 1"), "(n + 1)");
        assert_eq!(bracketed("f(n) mod 2"), "(f(n) mod 2)");
        assert_eq!(bracketed("-n"), "(-n)");
    }
}
