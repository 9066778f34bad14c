//! The axes of a search: for each argument, what there is to choose from.

use ninth_settings::{Assignment, SettingEntry, Value, parse_assignment};

use super::super::base::{PlannedBase, assign, assignment_of, check_options, plain, values_of};
use super::super::decisions::{Choice, DECISIONS, Decision, OF_GENERATION};
use super::super::request::{PlanError, Request};
use super::error::{SearchError, is_range, parts};
use ninth_training::ConfigError;

/// The significant digits of a number that is drawn: its name is its value.
const DIGITS: usize = 4;

/// An argument of a search: a decision with its options, or a key with its values.
#[derive(Clone, Debug)]
pub(super) struct SearchAxis {
    /// The decision or the full key.
    name: String,
    values: AxisValues,
}

#[derive(Clone, Debug)]
enum AxisValues {
    Listed(Vec<AxisValue>),
    /// Whole numbers, both ends included.
    Whole {
        from: i64,
        to: i64,
        log: bool,
    },
    Numbers {
        from: f64,
        to: f64,
        log: bool,
    },
}

/// A value on an axis.
#[derive(Clone, Debug)]
pub(super) struct AxisValue {
    /// Its name, `activation=relu`.
    pub name: String,
    /// What it changes.
    pub assignments: Vec<Assignment>,
}

/// The axes of some arguments.
///
/// # Errors
///
/// If an argument names nothing to choose from, or two of them set the same key.
pub(super) fn axes(
    base: &PlannedBase,
    requests: &[Request],
    ranges: bool,
) -> Result<Vec<SearchAxis>, PlanError> {
    let mut axes: Vec<SearchAxis> = Vec::new();
    // The keys that are set, each with what sets it.
    let mut set: Vec<(String, String)> = Vec::new();
    for request in requests {
        let axis = SearchAxis::new(base, request, ranges)?;
        let keys = axis.keys(base)?;
        for (key, by) in &keys {
            if let Some((_, one)) = set.iter().find(|(other, _)| other == key) {
                let (key, one, other) = (key.clone(), one.clone(), by.clone());
                return Err(SearchError::KeyTwice { key, one, other }.into());
            }
        }
        set.extend(keys);
        axes.push(axis);
    }
    match axes.is_empty() {
        true => Err(SearchError::Nothing.into()),
        false => Ok(axes),
    }
}

impl SearchAxis {
    fn new(base: &PlannedBase, request: &Request, ranges: bool) -> Result<Self, PlanError> {
        if request.name == "all" {
            return Err(SearchError::All.into());
        }
        match DECISIONS.iter().find(|decision| decision.name == request.name) {
            Some(decision) => Self::of_decision(base, decision, &request.options),
            None => Self::of_key(&base.find_key(&request.name)?, base, &request.options, ranges),
        }
    }

    fn of_decision(
        base: &PlannedBase,
        decision: &Decision,
        wanted: &[String],
    ) -> Result<Self, PlanError> {
        let name = decision.name;
        if OF_GENERATION.contains(&name) {
            return Err(SearchError::NoTraining { name: name.to_string() }.into());
        }
        if let Err(error) = check_options(decision, wanted) {
            // Some options are ranges of integers by name: `0..=255`.
            let number = |end: &str| end.parse::<f64>().is_ok();
            let range =
                |text: &&String| parts(text).is_some_and(|(a, b, _)| number(a) && number(b));
            return Err(match wanted.iter().find(range) {
                Some(found) => {
                    let names = decision.options.iter().map(|choice| choice.name);
                    let allowed = names.collect::<Vec<_>>().join(", ");
                    SearchError::RangeOfDecision { argument: format!("{name}={found}"), allowed }
                        .into()
                }
                None => error,
            });
        }
        // In the order asked for; an option that is named twice is one.
        let mut choices: Vec<&Choice> = Vec::new();
        for name in wanted {
            let choice = decision.options.iter().find(|choice| choice.name == name);
            if let Some(choice) = choice.filter(|choice| !choices.contains(choice)) {
                choices.push(choice);
            }
        }
        if wanted.is_empty() {
            choices.extend(decision.options);
        }
        let value = |choice: &Choice| {
            let assignments = base.assignments(choice)?;
            Ok(AxisValue { name: format!("{name}={}", choice.name), assignments })
        };
        let values: Result<Vec<AxisValue>, ConfigError> = choices.into_iter().map(value).collect();
        Ok(SearchAxis { name: name.to_string(), values: AxisValues::Listed(values?) })
    }

    fn of_key(
        entry: &SettingEntry,
        base: &PlannedBase,
        wanted: &[String],
        ranges: bool,
    ) -> Result<Self, PlanError> {
        let name = entry.path();
        if entry.section == "generation" {
            return Err(SearchError::NoTraining { name }.into());
        }
        if let Some(found) = wanted.iter().find(|value| is_range(value)) {
            if wanted.len() > 1 {
                let argument = format!("{name}={}", wanted.join(","));
                return Err(SearchError::RangeInList { argument, found: found.clone() }.into());
            }
            if !ranges {
                return Err(SearchError::of_range(&name, found).into());
            }
            let values = range(entry, found)?;
            return Ok(SearchAxis { name, values });
        }
        let mut values: Vec<AxisValue> = Vec::new();
        for text in values_of(entry, wanted)? {
            let assignment = assignment_of(&name, &text)?;
            // A value that the key does not take at all is a mistake in the request.
            if let Err(error @ ConfigError::Settings(_)) =
                base.resolve(std::slice::from_ref(&assignment))
            {
                return Err(error.into());
            }
            if values.iter().all(|value| value.assignments[0].value != assignment.value) {
                let name = format!("{name}={text}");
                values.push(AxisValue { name, assignments: vec![assignment] });
            }
        }
        Ok(SearchAxis { name, values: AxisValues::Listed(values) })
    }

    /// The keys that its values set, each with what sets it.
    fn keys(&self, base: &PlannedBase) -> Result<Vec<(String, String)>, PlanError> {
        let AxisValues::Listed(values) = &self.values else {
            return Ok(vec![(self.name.clone(), self.name.clone())]);
        };
        let mut keys: Vec<(String, String)> = Vec::new();
        for value in values {
            for assignment in &value.assignments {
                let key = base.find_key(&assignment.key)?.path();
                if keys.iter().all(|(other, _)| *other != key) {
                    let by = if key == self.name { key.clone() } else { value.name.clone() };
                    keys.push((key, by));
                }
            }
        }
        Ok(keys)
    }

    /// The values of an axis without a range.
    pub fn listed(&self) -> &[AxisValue] {
        match &self.values {
            AxisValues::Listed(values) => values,
            AxisValues::Whole { .. } | AxisValues::Numbers { .. } => &[],
        }
    }

    /// The value at a place of the axis, from 0 to below 1.
    pub fn at(&self, place: f64) -> AxisValue {
        let value = match self.values {
            AxisValues::Listed(ref values) => {
                // A count of values, times less than 1; the cast cuts off.
                let index = (place * values.len() as f64) as usize;
                return values[index.min(values.len() - 1)].clone();
            }
            AxisValues::Whole { from, to, log } => Value::Integer(whole(from, to, log, place)),
            AxisValues::Numbers { from, to, log } => Value::Float(number(from, to, log, place)),
        };
        let name = format!("{}={}", self.name, plain(&value));
        AxisValue { name, assignments: vec![assign(&self.name, value)] }
    }
}

/// The whole number at a place between two ends. Each of them has as much room as the others: in
/// a logarithmic range, a number n has that from n - 1/2 to n + 1/2, the ends, too.
fn whole(from: i64, to: i64, log: bool, place: f64) -> i64 {
    let (low, high) = (from as f64, to as f64);
    let found = match log {
        true => between(low - 0.5, high + 0.5, place).round(),
        false => (low + place * (high - low + 1.0)).floor(),
    };
    // The bounds of keys are far below 2^53, where the casts are exact.
    (found as i64).clamp(from, to)
}

/// The number at a place between two ends, with a few digits.
fn number(from: f64, to: f64, log: bool, place: f64) -> f64 {
    let found = if log { between(from, to, place) } else { from + place * (to - from) };
    let digits = DIGITS - 1;
    let rounded = format!("{found:.digits$e}").parse().unwrap_or(found);
    // An end with more digits may be beyond what it is rounded to.
    rounded.clamp(from, to)
}

/// The number at a place between two ends by their logarithms. The functions are those of a
/// library, which are the same on every system.
fn between(from: f64, to: f64, place: f64) -> f64 {
    let (low, high) = (libm::log(from), libm::log(to));
    libm::exp(low + place * (high - low))
}

/// Reads a range of a key.
fn range(entry: &SettingEntry, text: &str) -> Result<AxisValues, SearchError> {
    let (key, allowed) = (entry.path(), &entry.allowed);
    let argument = format!("{key}={text}");
    let refused = |found: &str, allowed: &str| SearchError::RangeEnd {
        argument: argument.clone(),
        found: found.to_string(),
        allowed: allowed.to_string(),
    };
    let Some((from, to, scale)) = parts(text) else {
        return Err(refused(text, "FROM..TO"));
    };
    let log = match scale {
        None => false,
        Some("log") => true,
        Some(found) => {
            return Err(SearchError::Scale { argument, found: found.to_string() });
        }
    };
    let is_whole = match entry.value {
        Value::Integer(_) => true,
        Value::Float(_) => false,
        Value::Boolean(_) | Value::Text(_) => {
            return Err(SearchError::RangeOfNames { argument, key, allowed: allowed.clone() });
        }
    };
    let read = |text: &str| {
        let value = parse_assignment(&format!("{key}={text}")).map(|read| read.value);
        let number = match value {
            Ok(Value::Integer(value)) => value as f64,
            Ok(Value::Float(value)) if !is_whole && value.is_finite() => value,
            _ => return Err(refused(text, allowed)),
        };
        let bound = |value: &Value| match value {
            Value::Integer(value) => *value as f64,
            Value::Float(value) => *value,
            Value::Boolean(_) | Value::Text(_) => f64::NAN,
        };
        if let Some([least, most]) = &entry.bounds
            && !(bound(least)..=bound(most)).contains(&number)
        {
            return Err(refused(text, allowed));
        }
        match log && number <= 0.0 {
            true => Err(refused(text, "a number above 0, since the scale is logarithmic")),
            false => Ok(number),
        }
    };
    let (low, high) = (read(from)?, read(to)?);
    if low >= high {
        return Err(SearchError::Reversed { argument, from: from.to_string(), to: to.to_string() });
    }
    Ok(match is_whole {
        // They were whole numbers within the bounds of the key.
        true => AxisValues::Whole { from: low as i64, to: high as i64, log },
        false => AxisValues::Numbers { from: low, to: high, log },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// How often each whole number comes out at evenly spaced places.
    fn counts(from: i64, to: i64, log: bool) -> Vec<f64> {
        let mut counts = vec![0.0; (to - from + 1) as usize];
        for place in 0..100_000 {
            let found = whole(from, to, log, (f64::from(place) + 0.5) / 1e5);
            counts[(found - from) as usize] += 1e-5;
        }
        counts
    }

    #[test]
    fn whole_numbers_have_their_share_at_the_ends_too() {
        for share in counts(2, 6, false) {
            assert!((share - 0.2).abs() < 1e-4, "{share}");
        }
        // Of a logarithmic range: ln((n + 1/2) / (n - 1/2)), of all.
        let all = (64.5_f64 / 1.5).ln();
        for (index, share) in counts(2, 64, true).into_iter().enumerate() {
            let n = index as f64 + 2.0;
            let expected = ((n + 0.5) / (n - 0.5)).ln() / all;
            assert!((share - expected).abs() < 1e-4, "{n}: {share} instead of {expected}");
        }
    }

    #[test]
    fn numbers_have_a_few_digits_and_stay_between_the_ends() {
        assert_eq!(number(0.0, 1.0, false, 1.0 / 3.0), 0.3333);
        assert_eq!(number(0.001, 0.1, true, 0.5), 0.01);
        assert_eq!(number(0.001, 0.1, true, 0.25), 0.003162);
        // Rounded it would be 0.1235, beyond the end.
        assert_eq!(number(0.0, 0.123_456, false, 0.999_999), 0.123_456);
        assert_eq!(number(0.123_449, 1.0, false, 0.0), 0.123_449);
    }

    proptest! {
        #[test]
        fn what_is_drawn_is_within_its_range(
            low in 1e-9_f64..1e3, factor in 1.001_f64..1e6, place in 0.0_f64..1.0, log in any::<bool>(),
        ) {
            let found = number(low, low * factor, log, place);
            prop_assert!((low..=low * factor).contains(&found));
            // Its name is its value.
            prop_assert_eq!(Value::Float(found).to_string().parse::<f64>().unwrap(), found);
            let (from, to) = (low.ceil() as i64, (low * factor).ceil() as i64 + 1);
            prop_assert!((from..=to).contains(&whole(from, to, log, place)));
        }
    }
}
