//! A study as JSON and as CSV, for other programs.

use serde_json::{Map, Value, json};

use super::results::{DecisionResult, Figures, OptionResult, Outcome, Spread, Study};
use super::summary::{ACCURACY_LAST, FIGURES, difference, differences, spread, trained};

/// The study as one JSON object; no numbers are `null`.
pub fn json(study: &Study) -> Value {
    let option = |decision: &DecisionResult, option: &OptionResult| {
        let mut object = Map::new();
        object.insert("option".to_string(), option.name.as_str().into());
        object.insert("default".to_string(), option.is_default.into());
        if let Outcome::Refused(reason) = &option.outcome {
            object.insert("refused".to_string(), reason.as_str().into());
            return Value::Object(object);
        }
        for (name, figure) in FIGURES {
            let by_seed = |figures: &Figures| Some(figure(figures));
            let values = study.seeds.iter().map(|&seed| of_seed(option, seed).and_then(by_seed));
            object.insert(name.to_string(), spread_json(spread(option, (name, figure)), values));
        }
        if !option.is_default {
            let pairs = differences(decision, option, ACCURACY_LAST);
            let of_seed = |seed: i64| pairs.iter().find(|pair| pair.0 == seed).map(|pair| pair.1);
            let values = study.seeds.iter().map(|&seed| of_seed(seed));
            let spread = difference(decision, option, ACCURACY_LAST);
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
    json!({
        "base": study.base,
        "steps": study.steps,
        "seeds": study.seeds,
        "judged": study.judged,
        "command": study.command,
        "decisions": study.decisions.iter().map(decision).collect::<Vec<_>>(),
    })
}

fn of_seed(option: &OptionResult, seed: i64) -> Option<&Figures> {
    trained(option).iter().find(|figures| figures.seed == seed)
}

fn spread_json(spread: Spread, values: impl Iterator<Item = Option<f64>>) -> Value {
    let values: Vec<Value> = values.map(Value::from).collect();
    json!({ "mean": spread.mean, "deviation": spread.deviation, "values": values })
}

/// The study as CSV: a row per training, one for each option's means, and one for
/// the deviations. What is no number is empty; so is a row of a training that
/// diverged, or of an option that is refused, but for the reason.
pub fn csv(study: &Study) -> String {
    let mut text = "decision,option,default,seed".to_string();
    for (name, _) in FIGURES {
        text += &format!(",{name}");
    }
    text += ",difference,reason\n";
    for decision in &study.decisions {
        for option in &decision.options {
            let mut row = |seed: &str, values: &[f64], reason: &str| {
                let name = (quoted(&decision.name), quoted(&option.name));
                text += &format!("{},{},{},{seed}", name.0, name.1, option.is_default);
                for place in 0..=FIGURES.len() {
                    text += ",";
                    if let Some(value) = values.get(place).filter(|value| value.is_finite()) {
                        text += &value.to_string();
                    }
                }
                text += &format!(",{}\n", quoted(reason));
            };
            if let Outcome::Refused(reason) = &option.outcome {
                row("", &[], reason);
                continue;
            }
            let pairs = differences(decision, option, ACCURACY_LAST);
            for figures in trained(option) {
                let mut values: Vec<f64> = FIGURES.map(|(_, figure)| figure(figures)).into();
                let pair = pairs.iter().find(|pair| pair.0 == figures.seed);
                values.extend(pair.filter(|_| !option.is_default).map(|pair| pair.1));
                row(&figures.seed.to_string(), &values, "");
            }
            for failure in &option.failures {
                row(&failure.seed.to_string(), &[], &failure.reason);
            }
            let mut spreads: Vec<Spread> = FIGURES.map(|figure| spread(option, figure)).into();
            spreads.push(difference(decision, option, ACCURACY_LAST));
            let of = |part: fn(&Spread) -> f64| spreads.iter().map(part).collect::<Vec<_>>();
            row("mean", &of(|spread| spread.mean), "");
            row("deviation", &of(|spread| spread.deviation), "");
        }
    }
    text
}

/// A text as a field of CSV.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}
