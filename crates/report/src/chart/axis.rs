//! Axes: the positions of values, and the ticks.

use crate::format::{decimal, grouped};

/// The scale of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// By differences.
    Linear,
    /// By ratios; values that are not positive are not shown.
    Logarithmic,
}

/// The unit of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Numbers.
    Plain,
    /// Shares, written in per cent.
    Share,
}

/// Where a linear axis begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// At the smallest and the largest value.
    Tight,
    /// At the ticks around them.
    Ticks,
    /// At zero, and at the tick after the largest value.
    FromZero,
}

/// An axis.
#[derive(Clone, Debug)]
pub struct Axis {
    scale: Scale,
    unit: Unit,
    low: f64,
    high: f64,
    ticks: Vec<f64>,
    /// Decimals of the ticks; `None` for powers of ten.
    decimals: Option<usize>,
}

/// Larger values are not shown: they are no measurements, and their differences overflow.
const LARGEST: f64 = 1e100;

/// Logarithmic axes reach from 10^-LOG to 10^LOG.
const LOG: i32 = 99;

/// Steps between ticks, in units of a power of ten.
const STEPS: [f64; 4] = [1.0, 2.0, 5.0, 10.0];

fn power_of_ten(exponent: i32) -> f64 {
    libm::pow(10.0, f64::from(exponent))
}

impl Axis {
    /// An axis for these values, with about `wanted` ticks. NaN and infinities are skipped;
    /// without any values the axis goes from 0 to 1.
    pub fn new(
        scale: Scale,
        unit: Unit,
        fit: Fit,
        wanted: usize,
        values: impl IntoIterator<Item = f64>,
    ) -> Self {
        let usable = |value: &f64| match scale {
            Scale::Linear => value.abs() <= LARGEST,
            Scale::Logarithmic => (power_of_ten(-LOG)..=power_of_ten(LOG)).contains(value),
        };
        let bounds =
            values.into_iter().filter(usable).fold(None, |bounds: Option<(f64, f64)>, value| {
                match bounds {
                    None => Some((value, value)),
                    Some((low, high)) => Some((low.min(value), high.max(value))),
                }
            });
        match (scale, bounds) {
            (Scale::Linear, bounds) => {
                Self::linear(unit, fit, wanted, bounds.unwrap_or((0.0, 1.0)))
            }
            (Scale::Logarithmic, bounds) => Self::logarithmic(unit, bounds.unwrap_or((1.0, 10.0))),
        }
    }

    fn linear(unit: Unit, fit: Fit, wanted: usize, (low, high): (f64, f64)) -> Self {
        let (low, high) = match fit {
            Fit::FromZero => (low.min(0.0), high.max(0.0)),
            Fit::Tight | Fit::Ticks => (low, high),
        };
        // A single value, or differences of rounding only: a margin around it.
        let size = low.abs().max(high.abs());
        let (low, high) = if high - low > 1e-9 * size && high - low > 1e-30 {
            (low, high)
        } else if size > 1e-20 {
            (low - 0.1 * size, high + 0.1 * size)
        } else {
            (0.0, 1.0)
        };
        let raw = (high - low) / wanted.max(1) as f64;
        let exponent = libm::floor(libm::log10(raw)) as i32;
        let unit_step = power_of_ten(exponent);
        let step = STEPS.iter().map(|step| step * unit_step).find(|step| *step >= raw * 0.999);
        let step = step.unwrap_or(10.0 * unit_step);
        // Ticks are computed from a count, so that each is the number nearest to its label.
        let (first, last) = match fit {
            Fit::Tight => (libm::ceil(low / step - 1e-9), libm::floor(high / step + 1e-9)),
            Fit::Ticks | Fit::FromZero => {
                (libm::floor(low / step + 1e-9), libm::ceil(high / step - 1e-9))
            }
        };
        let count = ((last - first).max(0.0) as usize).min(50);
        let ticks: Vec<f64> = (0..=count).map(|index| (first + index as f64) * step).collect();
        let (low, high) = match fit {
            Fit::Tight => (low, high),
            Fit::Ticks | Fit::FromZero => (first * step, last * step),
        };
        let written = match unit {
            Unit::Plain => step,
            Unit::Share => 100.0 * step,
        };
        let decimals = -libm::floor(libm::log10(written) + 1e-9);
        let decimals = (-6.0..=6.0).contains(&decimals).then_some(decimals.max(0.0) as usize);
        Axis { scale: Scale::Linear, unit, low, high, ticks, decimals }
    }

    fn logarithmic(unit: Unit, (low, high): (f64, f64)) -> Self {
        let first = libm::floor(libm::log10(low) + 1e-9) as i32;
        let last = libm::ceil(libm::log10(high) - 1e-9) as i32;
        // Few powers of ten leave space for ticks between them.
        let within: &[f64] = if last - first <= 3 { &STEPS[..3] } else { &STEPS[..1] };
        let every = (last - first) / 6 + 1;
        let mut ticks: Vec<f64> = (first..=last + 1)
            .step_by(every.unsigned_abs() as usize)
            .flat_map(|exponent| within.iter().map(move |step| step * power_of_ten(exponent)))
            .collect();
        let below = ticks.iter().filter(|tick| **tick <= low * (1.0 + 1e-9)).count();
        ticks.drain(..below.saturating_sub(1));
        let enough = ticks.iter().position(|tick| *tick >= high * (1.0 - 1e-9));
        // Two at least, or all values would have one position.
        ticks.truncate(enough.unwrap_or(ticks.len()).max(1) + 1);
        let low = ticks.first().copied().unwrap_or(1.0);
        let high = ticks.last().copied().unwrap_or(10.0);
        Axis { scale: Scale::Logarithmic, unit, low, high, ticks, decimals: None }
    }

    /// Whether this axis can show a value.
    pub fn has(&self, value: f64) -> bool {
        match self.scale {
            Scale::Linear => value.is_finite(),
            Scale::Logarithmic => value.is_finite() && value > 0.0,
        }
    }

    /// The position of a value: 0 at the beginning, 1 at the end, clamped to both.
    pub fn place(&self, value: f64) -> f64 {
        let of = |value: f64| match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => libm::log(value),
        };
        let place = (of(value) - of(self.low)) / (of(self.high) - of(self.low));
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The ticks.
    pub fn ticks(&self) -> &[f64] {
        &self.ticks
    }

    /// The label of a tick.
    pub fn label(&self, tick: f64) -> String {
        let value = match self.unit {
            Unit::Plain => tick,
            Unit::Share => 100.0 * tick,
        };
        let text = match self.decimals {
            // Ticks with decimals are below 10^6 times their step.
            Some(0) if value.abs() < 1e12 => {
                let sign = if value <= -0.5 { "-" } else { "" };
                format!("{sign}{}", grouped(libm::round(value.abs()) as u64))
            }
            Some(decimals) if decimals > 0 => decimal(value, decimals),
            _ if value == 0.0 => "0".to_string(),
            _ if (1e-4..1e6).contains(&value.abs()) => plain(value),
            _ => scientific(value),
        };
        match self.unit {
            Unit::Plain => text,
            Unit::Share => text + " %",
        }
    }
}

/// A number without the zeros at its end.
fn plain(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// `2e-7`, with three digits at most.
fn scientific(value: f64) -> String {
    let text = format!("{value:.2e}");
    match text.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => {
            format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, unit: Unit, fit: Fit, values: &[f64]) -> Vec<String> {
        let axis = Axis::new(scale, unit, fit, 4, values.iter().copied());
        axis.ticks().iter().map(|tick| axis.label(*tick)).collect()
    }

    #[test]
    fn ticks_are_round() {
        let linear = |fit, values: &[f64]| labels(Scale::Linear, Unit::Plain, fit, values);
        assert_eq!(linear(Fit::FromZero, &[3.1, 5.5]), ["0", "2", "4", "6"]);
        assert_eq!(linear(Fit::Ticks, &[0.11, 0.29]), ["0.10", "0.15", "0.20", "0.25", "0.30"]);
        assert_eq!(linear(Fit::Tight, &[700.0, 29_900.0]), ["10,000", "20,000"]);
        assert_eq!(linear(Fit::FromZero, &[0.0, 0.001]), ["0.0000", "0.0005", "0.0010"]);
        assert_eq!(linear(Fit::Ticks, &[-3.0, 1.0]), ["-3", "-2", "-1", "0", "1"]);
        let shares = labels(Scale::Linear, Unit::Share, Fit::FromZero, &[0.961]);
        assert_eq!(shares, ["0 %", "50 %", "100 %"]);
    }

    #[test]
    fn logarithmic_ticks_fit_the_span() {
        let log = |values: &[f64]| labels(Scale::Logarithmic, Unit::Plain, Fit::Ticks, values);
        assert_eq!(log(&[0.3, 4.0]), ["0.2", "0.5", "1", "2", "5"]);
        assert_eq!(log(&[0.0, -1.0, f64::NAN, 1e-3, 900.0]).first().unwrap(), "0.001");
        assert_eq!(log(&[1.0]), ["1", "2"]);
        assert_eq!(log(&[]), ["1", "2", "5", "10"]);
        assert!(log(&[1e-90, 1e90]).len() < 12);
    }

    #[test]
    fn no_values_make_an_axis_without_a_place_for_each() {
        let none: [&[f64]; 7] = [
            &[],
            &[f64::NAN, f64::INFINITY],
            &[0.0, 0.0],
            &[5.0],
            &[1e-300, 2e-300],
            &[f64::MAX, f64::MIN],
            &[7.0, 7.000_000_000_000_001],
        ];
        for values in none {
            for scale in [Scale::Linear, Scale::Logarithmic] {
                for fit in [Fit::Tight, Fit::Ticks, Fit::FromZero] {
                    let axis = Axis::new(scale, Unit::Plain, fit, 4, values.iter().copied());
                    assert!(axis.ticks().len() < 30, "{values:?} {axis:?}");
                    for value in values.iter().chain(&[f64::NAN, 0.0, -1.0]) {
                        assert!((0.0..=1.0).contains(&axis.place(*value)), "{value} {axis:?}");
                    }
                }
            }
        }
    }
}
