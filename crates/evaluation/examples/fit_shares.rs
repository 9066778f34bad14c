//! Fits the numbers that join rules, model and forecasts to the rows of data files, and judges
//! them by cross-validation: `cargo run --release -p ninth-evaluation --example fit_shares --
//! WEIGHTS FILE...`. A row has an id, a comma, and terms with spaces between; the last one is
//! asked for.

use std::fs;
use std::num::ParseIntError;

use ninth_inference::answer::shares::{RuleEvidence, Shares};
use ninth_inference::answer::vote::Sight;
use ninth_inference::answer::{Answers, Method};
use ninth_kernels::InstructionSet;
use ninth_model::decoding::Predictor;
use ninth_training::trained_model::TrainedModel;
use num_bigint::BigInt;

/// What one row says, as far as the numbers matter.
struct Row {
    rules: Option<RuleEvidence>,
    /// The term that each rule goes on with, as a place among those that are named.
    nexts: Vec<Option<usize>>,
    /// What the model sees of the terms.
    vote: Option<Sight>,
    /// Its probabilities, with the places of the terms.
    model: Vec<(usize, f64)>,
    /// The places of the forecasts.
    forecasts: Vec<usize>,
    /// The number of different terms that are named.
    named: usize,
    /// The place of the right term, where anybody names it.
    target: Option<usize>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = std::env::args().skip(1);
    let weights = files.next().ok_or("no weights are given")?;
    let trained = TrainedModel::from_bytes(&fs::read(weights)?)?;
    let TrainedModel { model, parameters, .. } = trained;
    let predictor = Predictor::new(InstructionSet::detect(), model, parameters);
    let mut sets = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let lines: Vec<&str> = text.lines().skip(1).collect();
        let half = lines.len().div_ceil(2).max(1);
        let rows = std::thread::scope(|scope| {
            let parts: Vec<_> = lines
                .chunks(half)
                .map(|lines| {
                    let predictor = &predictor;
                    scope.spawn(move || -> Result<Vec<Row>, ParseIntErrorOrModel> {
                        lines.iter().map(|line| row(predictor, line)).collect()
                    })
                })
                .collect();
            let mut rows = Vec::new();
            for part in parts {
                rows.extend(part.join().expect("no thread panics")?);
            }
            Ok::<_, ParseIntErrorOrModel>(rows)
        })?;
        println!("{file}: {} rows", rows.len());
        sets.push((file, rows));
    }
    let all: Vec<&Row> = sets.iter().flat_map(|(_, rows)| rows).collect();
    let start = Shares::FITTED.to_array();
    println!("\nas they are: loss {:.4}", loss(&all, &start));
    for (file, rows) in &sets {
        judge(file, &rows.iter().collect::<Vec<_>>(), &start);
    }
    // Cross-validation: each fifth is judged by numbers fitted to the rest.
    const FOLDS: usize = 5;
    let mut held_out: Vec<Vec<Judged>> = sets.iter().map(|_| Vec::new()).collect();
    for fold in 0..FOLDS {
        let place = |place: usize| place % FOLDS == fold;
        let rest: Vec<&Row> = sets
            .iter()
            .flat_map(|(_, rows)| rows.iter().enumerate())
            .filter_map(|(index, row)| (!place(index)).then_some(row))
            .collect();
        let fitted = fit(&rest, start, 3);
        for ((_, rows), judged) in sets.iter().zip(&mut held_out) {
            let own = rows.iter().enumerate().filter(|(index, _)| place(*index));
            judged.extend(own.map(|(_, row)| Judged::of(row, &fitted)));
        }
    }
    println!("\ncross-validated");
    for ((file, _), judged) in sets.iter().zip(&held_out) {
        report(file, judged);
    }
    let fitted = fit(&all, start, 6);
    println!("\nfitted to all rows: loss {:.4}", loss(&all, &fitted));
    for (file, rows) in &sets {
        judge(file, &rows.iter().collect::<Vec<_>>(), &fitted);
    }
    println!("\n{:#?}", Shares::from_array(fitted));
    Ok(())
}

/// A line that is no row, or terms that a model has no answer for.
#[derive(Debug)]
struct ParseIntErrorOrModel(String);

impl std::fmt::Display for ParseIntErrorOrModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseIntErrorOrModel {}

impl From<ParseIntError> for ParseIntErrorOrModel {
    fn from(error: ParseIntError) -> Self {
        ParseIntErrorOrModel(error.to_string())
    }
}

fn row(predictor: &Predictor, line: &str) -> Result<Row, ParseIntErrorOrModel> {
    let wrong = |text: String| ParseIntErrorOrModel(text);
    let (_, terms) = line.split_once(',').ok_or_else(|| wrong(format!("{line}: no comma")))?;
    let mut terms: Vec<BigInt> = terms
        .split_whitespace()
        .map(|term| term.parse().map_err(|_| wrong(format!("{term}: not an integer"))))
        .collect::<Result<_, _>>()?;
    let target = terms.pop().ok_or_else(|| wrong(format!("{line}: no terms")))?;
    let answers =
        Answers::new(Method::Blend, predictor).map_err(|error| wrong(error.to_string()))?;
    let evidence = answers.evidence(&terms);
    let mut named: std::collections::HashMap<BigInt, usize> = std::collections::HashMap::new();
    let mut place = |term: &BigInt| {
        let count = named.len();
        *named.entry(term.clone()).or_insert(count)
    };
    let rules = evidence.explanation.evidence().cloned();
    let nexts = rules.iter().flat_map(|rules| rules.nexts());
    let nexts = nexts.map(|next| next.map(&mut place)).collect();
    let vote = evidence.vote.as_ref().map(|vote| vote.sight);
    let candidates = evidence.vote.iter().flat_map(|vote| &vote.candidates);
    let model = candidates.map(|(term, p)| (place(term), *p)).collect();
    let forecasts = evidence.forecasts.iter().map(&mut place).collect();
    let target = named.get(&target).copied();
    Ok(Row { rules, nexts, vote, model, forecasts, named: named.len(), target })
}

/// The probabilities of all terms that are named.
fn probabilities(row: &Row, shares: &Shares) -> Vec<f64> {
    let mut all = vec![0.0; row.named];
    let confidence = row.rules.as_ref().map_or(0.0, |rules| shares.confidence(rules));
    if let Some(rules) = &row.rules {
        for (place, weight) in row.nexts.iter().zip(shares.weights(rules)) {
            if let Some(place) = place {
                all[*place] += confidence * weight;
            }
        }
    }
    let mut rest = 1.0 - confidence;
    if let Some(sight) = row.vote {
        let share = rest * shares.of_model(sight);
        let power = 1.0 / shares.temperature;
        let total: f64 = row.model.iter().map(|(_, p)| p.powf(power)).sum();
        for (place, p) in &row.model {
            all[*place] += share * p.powf(power) / total;
        }
        rest -= share;
    }
    for (place, share) in row.forecasts.iter().zip(shares.of_forecasts(row.forecasts.len())) {
        all[*place] += rest * share;
    }
    all
}

/// The mean cross-entropy; of terms that nobody names, that of the rest.
fn loss(rows: &[&Row], numbers: &[f64; Shares::COUNT]) -> f64 {
    let shares = Shares::from_array(*numbers);
    let sensible = shares.per_bit[0] > 0.05
        && shares.temperature > 0.2
        && (0.0..0.9).contains(&shares.forecasts);
    if !sensible {
        return f64::INFINITY;
    }
    let one = |row: &&Row| {
        let all = probabilities(row, &shares);
        let right = match row.target {
            Some(place) => all[place],
            None => 1.0 - all.iter().sum::<f64>(),
        };
        -right.max(1e-6).ln()
    };
    rows.iter().map(one).sum::<f64>() / rows.len() as f64
}

/// A pattern search: each number in turn is moved as long as that helps, by smaller and smaller
/// steps.
fn fit(rows: &[&Row], start: [f64; Shares::COUNT], rounds: usize) -> [f64; Shares::COUNT] {
    let mut best = start;
    let mut least = loss(rows, &best);
    let mut step = 0.4;
    for _ in 0..rounds {
        for place in 0..Shares::COUNT {
            for direction in [1.0, -1.0] {
                loop {
                    let mut moved = best;
                    let size = step * if matches!(place, 7 | 8 | 11 | 14) { 0.2 } else { 1.0 };
                    moved[place] += direction * size;
                    let found = loss(rows, &moved);
                    if found >= least {
                        break;
                    }
                    (best, least) = (moved, found);
                }
            }
        }
        step *= 0.6;
    }
    best
}

/// How the answer of a row did.
struct Judged {
    probability: f64,
    right: bool,
    among_five: bool,
}

impl Judged {
    fn of(row: &Row, numbers: &[f64; Shares::COUNT]) -> Self {
        let all = probabilities(row, &Shares::from_array(*numbers));
        let mut places: Vec<usize> = (0..all.len()).collect();
        places.sort_by(|a, b| all[*b].total_cmp(&all[*a]));
        let right = |place: &usize| Some(*place) == row.target;
        Judged {
            probability: places.first().map_or(0.0, |place| all[*place]),
            right: places.first().is_some_and(right),
            among_five: places.iter().take(5).any(right),
        }
    }
}

fn judge(file: &str, rows: &[&Row], numbers: &[f64; Shares::COUNT]) {
    let judged: Vec<Judged> = rows.iter().map(|row| Judged::of(row, numbers)).collect();
    report(file, &judged);
}

fn report(file: &str, judged: &[Judged]) {
    let count = judged.len() as f64;
    let share = |test: &dyn Fn(&Judged) -> bool| {
        100.0 * judged.iter().filter(|one| test(one)).count() as f64 / count
    };
    let mut error = 0.0;
    for bin in 0..10 {
        let bin = judged.iter().filter(|one| ((one.probability * 10.0) as usize).min(9) == bin);
        let (mut sure, mut right) = (0.0, 0.0);
        for one in bin {
            sure += one.probability;
            right += f64::from(u8::from(one.right));
        }
        error += (sure - right).abs();
    }
    let sure = judged.iter().filter(|one| one.probability >= 0.99);
    let (mut all, mut right) = (0, 0);
    for one in sure {
        all += 1;
        right += usize::from(one.right);
    }
    println!(
        "{file}: top-1 {:.2} %, top-5 {:.2} %, calibration error {:.2} %, of {all} at least 99 % sure {:.1} % right",
        share(&|one| one.right),
        share(&|one| one.among_five),
        100.0 * error / count,
        100.0 * right as f64 / f64::from(all.max(1)),
    );
}
