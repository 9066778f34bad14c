//! A study as JSON and as CSV, for other programs.

use serde_json::{Map, Value, json};

use super::results::{
    DecisionResult, OptionOutcome, OptionResult, SearchSummary, Spread, Study, TrialResult,
};
use super::significance::selection;
use super::summary::{Quantity, difference, differences, spread, trained};

/// The study as one JSON object; NaN is `null`.
pub fn json(study: &Study) -> Value {
    let option = |decision: &DecisionResult, option: &OptionResult| {
        let mut object = Map::new();
        object.insert("option".to_string(), option.name.as_str().into());
        object.insert("default".to_string(), option.is_default.into());
        if let OptionOutcome::Refused(reason) = &option.outcome {
            object.insert("refused".to_string(), reason.as_str().into());
            return Value::Object(object);
        }
        for quantity in Quantity::all() {
            let of = |result: &TrialResult| quantity.of(result);
            let values = study.seeds.iter().map(|&seed| of_seed(option, seed).map(of));
            object.insert(quantity.name().to_string(), spread_json(spread(option, of), values));
        }
        if !option.is_default {
            let pairs = differences(decision, option, Quantity::ACCURACY_LAST);
            let of_seed = |seed: i64| pairs.iter().find(|pair| pair.0 == seed).map(|pair| pair.1);
            let values = study.seeds.iter().map(|&seed| of_seed(seed));
            let spread = difference(decision, option, Quantity::ACCURACY_LAST);
            object.insert("difference".to_string(), spread_json(spread, values));
        }
        let failure = |seed: i64| option.failures.iter().find(|failure| failure.seed == seed);
        let failed: Vec<Value> = study
            .seeds
            .iter()
            .filter_map(|&seed| failure(seed))
            .map(|failure| json!({ "seed": failure.seed, "reason": failure.reason }))
            .collect();
        object.insert("failed".to_string(), failed.into());
        Value::Object(object)
    };
    let decision = |decision: &DecisionResult| {
        let options = decision.options.iter().map(|result| option(decision, result));
        json!({
            "decision": decision.name,
            "meaning": decision.meaning,
            "options": options.collect::<Vec<_>>(),
        })
    };
    let mut object = json!({
        "base": study.base,
        "steps": study.steps,
        "seeds": study.seeds,
        "judged": study.judged,
        "command": study.command,
        "decisions": study.decisions.iter().map(decision).collect::<Vec<_>>(),
    });
    if let (Some(search), Some(object)) = (&study.search, object.as_object_mut()) {
        object.insert("search".to_string(), search_json(study, search));
    }
    object
}

/// A search. The config of its best point is a file of its own.
fn search_json(study: &Study, search: &SearchSummary) -> Value {
    let best = search.best.as_ref();
    json!({
        "method": search.method,
        "points": search.points,
        "refused": search.passed_over.refused,
        "equal": search.passed_over.equal,
        "best": best.map(|best| json!({ "option": best.name, "default": best.is_default })),
        "note": selection(study),
    })
}

fn of_seed(option: &OptionResult, seed: i64) -> Option<&TrialResult> {
    trained(option).iter().find(|result| result.seed == seed)
}

fn spread_json(spread: Spread, values: impl Iterator<Item = Option<f64>>) -> Value {
    let values: Vec<Value> = values.map(Value::from).collect();
    json!({ "mean": spread.mean, "deviation": spread.deviation, "values": values })
}

/// The study as CSV: a row per training, one for each option's means, and one for
/// the deviations. NaN is an empty field. The row of a training that diverged, or of an option
/// that is refused, has the reason and no values.
pub fn csv(study: &Study) -> String {
    let mut rows = Rows(csv::Writer::from_writer(Vec::new()));
    let quantities = Quantity::all().map(|quantity| quantity.name());
    let names = ["decision", "option", "default", "seed"].into_iter().chain(quantities);
    rows.write(names.chain(["difference", "reason"]));
    for decision in &study.decisions {
        for option in &decision.options {
            let mut row = |seed: &str, values: &[f64], reason: &str| {
                let mut fields = vec![decision.name.clone(), option.name.clone()];
                fields.extend([option.is_default.to_string(), seed.to_string()]);
                // The quantities and the difference.
                for place in 0..=Quantity::all().count() {
                    let value = values.get(place).filter(|value| value.is_finite());
                    fields.push(value.map_or_else(String::new, f64::to_string));
                }
                fields.push(reason.to_string());
                rows.write(fields.iter().map(String::as_str));
            };
            if let OptionOutcome::Refused(reason) = &option.outcome {
                row("", &[], reason);
                continue;
            }
            let pairs = differences(decision, option, Quantity::ACCURACY_LAST);
            for result in trained(option) {
                let mut values: Vec<f64> =
                    Quantity::all().map(|quantity| quantity.of(result)).collect();
                let pair = pairs.iter().find(|pair| pair.0 == result.seed);
                values.extend(pair.filter(|_| !option.is_default).map(|pair| pair.1));
                row(&result.seed.to_string(), &values, "");
            }
            for failure in &option.failures {
                row(&failure.seed.to_string(), &[], &failure.reason);
            }
            let mut spreads: Vec<Spread> =
                Quantity::all().map(|quantity| spread(option, |r| quantity.of(r))).collect();
            spreads.push(difference(decision, option, Quantity::ACCURACY_LAST));
            let of = |part: fn(&Spread) -> f64| spreads.iter().map(part).collect::<Vec<_>>();
            row("mean", &of(|spread| spread.mean), "");
            row("deviation", &of(|spread| spread.deviation), "");
        }
    }
    rows.text()
}

/// The rows of a CSV file in memory.
struct Rows(csv::Writer<Vec<u8>>);

impl Rows {
    fn write<'a>(&mut self, fields: impl Iterator<Item = &'a str>) {
        self.0.write_record(fields).expect("all rows have as many fields; memory takes them");
    }

    fn text(self) -> String {
        let bytes = self.0.into_inner().expect("memory takes what was buffered");
        String::from_utf8(bytes).expect("fields are texts")
    }
}
