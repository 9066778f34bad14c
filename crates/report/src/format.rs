//! Numbers formatted for people, in a terminal and on a page.

use std::time::Duration;

/// A share: `98.5 %`; a dash for NaN and infinities.
///
/// ```
/// assert_eq!(ninth_report::format::percent(0.985), "98.5 %");
/// assert_eq!(ninth_report::format::percent(f64::NAN), "-");
/// ```
pub fn percent(share: f64) -> String {
    percent_to(share, 1)
}

/// A share with `digits` digits after the point of its per cent: `1.23 %`.
pub fn percent_to(share: f64, digits: usize) -> String {
    match share.is_finite() {
        true => format!("{} %", decimal(100.0 * share, digits)),
        false => "-".to_string(),
    }
}

/// A value with `digits` digits after the point; a dash for NaN and infinities. What is rounded to
/// zero has no sign.
///
/// ```
/// assert_eq!(ninth_report::format::decimal(-0.04, 1), "0.0");
/// ```
pub fn decimal(value: f64, digits: usize) -> String {
    match value.is_finite() {
        true => unsigned_zero(format!("{value:.digits$}")),
        false => "-".to_string(),
    }
}

/// A difference with its sign: `+1.5`, `-0.3`; `+0.0` where it is rounded to zero, a dash for NaN and
/// infinities.
pub fn difference(value: f64, digits: usize) -> String {
    let text = decimal(value, digits);
    if text.starts_with('-') { text } else { format!("+{text}") }
}

/// The text of a number without the sign of a zero.
fn unsigned_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| b"0.".contains(&byte)) => rest.to_string(),
        _ => text,
    }
}

/// A whole number in groups of three digits: `3,200,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: `1 row`, `2,000 rows`.
pub fn counted(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A span of time: `4.8 s`, `2 min 31 s`, `3 h 12 min`.
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!((percent(0.9846), percent(f64::NAN)), ("98.5 %".into(), "-".into()));
        let zeros = [-0.0, -0.0004, -0.0005, 0.0004];
        assert_eq!(zeros.map(percent), ["0.0 %", "0.0 %", "-0.1 %", "0.0 %"]);
        assert_eq!([-0.004, -0.006].map(|value| decimal(value, 2)), ["0.00", "-0.01"]);
        assert_eq!((decimal(-0.4, 0), percent_to(-1e-9, 0)), ("0".into(), "0 %".into()));
        let differences = [-0.04, 0.04, -1.26, f64::NAN].map(|value| difference(value, 1));
        assert_eq!(differences, ["+0.0", "+0.0", "-1.3", "-"]);
        let seconds = [0.04, 9.99, 59.9, 61.0, 7385.0];
        let times = seconds.map(|seconds| time(Duration::from_secs_f64(seconds)));
        assert_eq!(times, ["0.0 s", "10.0 s", "59 s", "1 min 1 s", "2 h 3 min"]);
    }
}
