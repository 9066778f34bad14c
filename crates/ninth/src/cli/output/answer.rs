//! Answers as a person reads them: what follows, what it is, how sure that is; then the rest.

use std::io::{self, Write};

use ninth_inference::FittingRule;
use ninth_inference::answer::{Method, Sources};
use ninth_model::decoding::DecodingKind;
use num_bigint::BigInt;

use super::formula::Notation;
use super::terminal::{Style, TextTable, bar, small_percent, spaced};
use super::width::{cut, cut_in_front, integer, wrapped, wrapped_formula};
use crate::explain::{ExplainReport, ExplainedBeginning};
use crate::predict::{PredictReport, PredictedTerm};

/// Columns of the bar of a probability of 1.
const BAR: usize = 18;

/// Alternatives that are shown unasked.
const ALTERNATIVES: usize = 2;

/// Their probability, at least.
const WORTH_SHOWING: f64 = 0.01;

/// The probability, at least, of a rule that is shown though the model says more for the term.
const MAYBE: f64 = 0.1;

/// Columns that a rule needs at least beside what it is the rule of.
const ROOM: usize = 24;

/// Where and how answers are printed.
#[derive(Clone, Copy, Debug)]
pub struct AnswerPrinter {
    /// Colours, if any.
    pub style: Style,
    /// Columns of a line, if there is a limit.
    pub width: Option<usize>,
    /// How formulas are written.
    pub notation: Notation,
    /// Whether the candidates are listed, not only the likeliest.
    pub listed: bool,
    /// Whether it is said whom each probability comes from.
    pub verbose: bool,
}

/// What may follow, and why.
struct Shown {
    next: Vec<BigInt>,
    probability: Option<f64>,
    name: Option<String>,
    formula: Option<String>,
}

impl Shown {
    fn only(next: Vec<BigInt>) -> Self {
        Shown { next, probability: None, name: None, formula: None }
    }
}

impl AnswerPrinter {
    fn left(&self, used: usize) -> Option<usize> {
        self.width.map(|width| width.saturating_sub(used).max(1))
    }

    /// What follows some terms.
    pub fn prediction(&self, out: &mut dyn Write, report: &PredictReport) -> io::Result<()> {
        let Some(first) = report.candidates.first() else {
            return writeln!(out, "No rule fits these {}.", terms(report.terms.len()));
        };
        let best = Shown { next: report.next.clone(), ..self.of_term(first) };
        match report.decoding {
            Some(DecodingKind::Beam) => {
                self.head(out, &report.terms, &Shown::only(report.next.clone()))?;
                self.chosen(out, report, "the likeliest continuation as a whole")?;
            }
            Some(DecodingKind::Sample) => {
                self.head(out, &report.terms, &Shown::only(report.next.clone()))?;
                self.chosen(out, report, "drawn by the model's probabilities")?;
            }
            Some(DecodingKind::Greedy) | None => {
                self.head(out, &report.terms, &best)?;
                if best.formula.is_none() && best.probability.is_some() {
                    self.without_rule(out, report.method, first)?;
                }
                self.sure(out, best.probability)?;
                if !self.listed {
                    let rest = report.candidates[1..].iter();
                    let rest: Vec<Shown> = rest.map(|term| self.of_term(term)).collect();
                    self.alternatives(out, &rest)?;
                }
            }
        }
        if self.listed {
            self.candidates(out, report)?;
        }
        if self.verbose {
            self.sources(out, report)?;
        }
        Ok(())
    }

    /// The rules behind some terms.
    pub fn explanation(&self, out: &mut dyn Write, report: &ExplainReport) -> io::Result<()> {
        let Some(first) = report.relations.first() else {
            writeln!(out, "No rule fits these {}.", terms(report.terms.len()))?;
            return self.beginning(out, report.beginning.as_ref(), "The");
        };
        let best = self.of_rule(first);
        self.head(out, &report.terms, &best)?;
        self.sure(out, best.probability)?;
        let mut unnamed = report.found - report.relations.len();
        let mut unnamed_share = report.rest;
        if self.listed {
            writeln!(out)?;
            for rule in &report.relations {
                let Shown { next, probability, name, formula } = self.of_rule(rule);
                let share = small_percent(probability.unwrap_or_default());
                let formula = joined(name, formula);
                let line = format!("  {share:>7}  {formula}");
                writeln!(out, "{}", cut(&line, self.width))?;
                let next = format!("           {}", self.integers(&next, 11));
                writeln!(out, "{}", self.style.dim(cut(&next, self.width)))?;
            }
            writeln!(out)?;
        } else {
            let rest: Vec<Shown> =
                report.relations[1..].iter().map(|rule| self.of_rule(rule)).collect();
            let shown = self.alternatives(out, &rest)?;
            unnamed += rest.len() - shown;
            let hidden = rest[shown..].iter().filter_map(|rule| rule.probability);
            unnamed_share += hidden.sum::<f64>();
            if unnamed > 0 && shown == 0 {
                writeln!(out)?;
            }
        }
        if unnamed > 0 {
            let rules = if unnamed == 1 { "rule fits" } else { "rules fit" };
            let share = small_percent(unnamed_share);
            self.line(out, self.style.dim(format!("{unnamed} more {rules}, {share} together")))?;
        }
        if self.listed || self.verbose {
            let none = small_percent(1.0 - report.confidence);
            let text = format!("{none} that all of them fit by coincidence");
            self.line(out, self.style.dim(cut(&text, self.left(2))))?;
        }
        self.beginning(out, report.beginning.as_ref(), "the")
    }

    fn beginning(
        &self,
        out: &mut dyn Write,
        beginning: Option<&ExplainedBeginning>,
        article: &str,
    ) -> io::Result<()> {
        let Some(ExplainedBeginning { terms, formula, latex, name, number }) = beginning else {
            return Ok(());
        };
        let formula = self.notation.of(formula, latex).to_string();
        let rule = joined(named(name.as_deref(), number.as_deref()), Some(formula));
        let text = format!("{article} first {terms} follow {rule}");
        let indent = if article == "the" { "  " } else { "" };
        for line in wrapped(&text, self.left(indent.len())) {
            writeln!(out, "{indent}{line}")?;
        }
        Ok(())
    }

    /// The terms and what follows, then its name and its formula.
    fn head(&self, out: &mut dyn Write, terms: &[BigInt], best: &Shown) -> io::Result<()> {
        let next = self.integers(&best.next, 2);
        let given = self.integers(terms, 3);
        let used = next.chars().count() + " -> ".len();
        let half = self.width.map(|width| width / 2);
        if half.is_none_or(|half| used <= half) {
            let given = cut_in_front(&given, self.left(used));
            writeln!(out, "{given} -> {}", self.style.bold(next))?;
        } else {
            writeln!(out, "{} ->", cut_in_front(&given, self.left(3)))?;
            for line in wrapped(&next, self.left(2)) {
                self.line(out, self.style.bold(line))?;
            }
        }
        writeln!(out)?;
        if let Some(name) = &best.name {
            self.line(out, cut(name, self.left(2)))?;
        }
        for line in best.formula.iter().flat_map(|formula| wrapped_formula(formula, self.left(2))) {
            self.line(out, cut(&line, self.left(2)))?;
        }
        Ok(())
    }

    fn line(&self, out: &mut dyn Write, text: impl std::fmt::Display) -> io::Result<()> {
        writeln!(out, "  {text}")
    }

    /// Terms that were not chosen one by one: how, and how likely the first one is alone.
    fn chosen(&self, out: &mut dyn Write, report: &PredictReport, how: &str) -> io::Result<()> {
        self.line(out, cut(how, self.left(2)))?;
        let share = |term: &PredictedTerm| term.probability.map(sure_percent).unwrap_or_default();
        let first = report.candidates.iter().find(|c| report.next.first() == Some(&c.term));
        if let Some(first) = first {
            let text = format!("{} sure of the next term alone", share(first));
            self.line(out, cut(&text, self.left(2)))?;
        }
        if let Some(best) = report.candidates.first()
            && report.next.first() != Some(&best.term)
        {
            let text = format!("the likeliest one alone is {}: {}", best.term, share(best));
            self.line(out, self.style.dim(cut(&text, self.left(2))))?;
        }
        Ok(())
    }

    /// Who says a term that rules do not say, or hardly.
    fn without_rule(
        &self,
        out: &mut dyn Write,
        method: Method,
        term: &PredictedTerm,
    ) -> io::Result<()> {
        let PredictedTerm { sources, formula, latex, rule_probability, .. } = term;
        let text = match (method, formula, latex) {
            (Method::Model, _, _) => "by the model alone".to_string(),
            (_, Some(formula), Some(latex)) if rule_probability.is_some_and(|p| p >= MAYBE) => {
                format!("maybe {}", self.notation.of(formula, latex))
            }
            _ => source(sources).to_string(),
        };
        for line in wrapped_formula(&text, self.left(2)) {
            self.line(out, self.style.dim(line))?;
        }
        Ok(())
    }

    fn sure(&self, out: &mut dyn Write, probability: Option<f64>) -> io::Result<()> {
        let text = match probability {
            None => "the nearest integer; a regression has no probabilities".to_string(),
            Some(probability) if probability < 0.5 => {
                format!("only {} sure", sure_percent(probability))
            }
            Some(probability) => format!("{} sure", sure_percent(probability)),
        };
        self.line(out, cut(&text, self.left(2)))
    }

    /// The likeliest alternatives that are worth it; how many these are.
    fn alternatives(&self, out: &mut dyn Write, rest: &[Shown]) -> io::Result<usize> {
        let likely = |shown: &&Shown| shown.probability.is_some_and(|p| p >= WORTH_SHOWING);
        let rest: Vec<&Shown> = rest.iter().filter(likely).take(ALTERNATIVES).collect();
        let nexts: Vec<String> = rest.iter().map(|shown| self.integers(&shown.next, 20)).collect();
        let width = nexts.iter().map(|next| next.chars().count()).max().unwrap_or(0);
        for (place, (shown, next)) in rest.iter().zip(&nexts).enumerate() {
            if place == 0 {
                writeln!(out)?;
            }
            let or = if place == 0 { "or" } else { "  " };
            let share = small_percent(shown.probability.unwrap_or_default());
            let rule = joined(shown.name.clone(), shown.formula.clone());
            let head = format!("  {or}  {next:>width$}  {share:>6}");
            let room = self.left(head.chars().count() + 2);
            if room.is_none_or(|room| room >= ROOM) {
                writeln!(out, "{}", cut(format!("{head}  {rule}").trim_end(), self.width))?;
            } else {
                writeln!(out, "{}", cut(&head, self.width))?;
                if !rule.is_empty() {
                    writeln!(out, "{}", cut(&format!("      {rule}"), self.width))?;
                }
            }
        }
        Ok(rest.len())
    }

    /// All candidates with bars, then the rules behind them.
    fn candidates(&self, out: &mut dyn Write, report: &PredictReport) -> io::Result<()> {
        let digits = |term: &PredictedTerm| integer(&term.term, self.left(30));
        let all: Vec<String> = report.candidates.iter().map(digits).collect();
        let width = all.iter().map(|term| term.chars().count()).max().unwrap_or(0).max(4);
        let room = self.left(width + 13).map_or(BAR, |room| room.min(BAR));
        writeln!(out)?;
        for (term, candidate) in all.iter().zip(&report.candidates) {
            let Some(probability) = candidate.probability else {
                self.line(out, format_args!("{term:>width$}"))?;
                continue;
            };
            let (share, bar) = (small_percent(probability), bar(probability, room));
            let line = format!("  {term:>width$}  {share:>7}  {bar}");
            writeln!(out, "{}", line.trim_end())?;
        }
        if let Some(other) = report.other.filter(|other| *other > 0.0) {
            let line = format!("another term  {}", small_percent(other));
            self.line(out, self.style.dim(line))?;
        }
        let mut begun = false;
        for (term, candidate) in all.iter().zip(&report.candidates) {
            let PredictedTerm { formula: Some(formula), latex: Some(latex), .. } = candidate else {
                continue;
            };
            if !std::mem::replace(&mut begun, true) {
                writeln!(out)?;
            }
            let formula = self.notation.of(formula, latex).to_string();
            let name = named(candidate.name.as_deref(), candidate.number.as_deref());
            let line = format!("  {term:>width$}  {}", joined(name, Some(formula)));
            writeln!(out, "{}", cut(&line, self.width))?;
        }
        Ok(())
    }

    /// Whom the probabilities come from.
    fn sources(&self, out: &mut dyn Write, report: &PredictReport) -> io::Result<()> {
        let method = report.method;
        let shown = if self.listed { report.candidates.len() } else { 1 + ALTERNATIVES };
        let mut table = TextTable::new(&["", "relations", "model", "forecast"]);
        let cells = |parts: &Sources| {
            [parts.rules, parts.model, parts.forecasts].map(|part| match part {
                0.0 => "-".to_string(),
                part => small_percent(part),
            })
        };
        for candidate in report.candidates.iter().take(shown) {
            let term = integer(&candidate.term, self.left(36));
            table.row(&cut(&term, self.left(34)), cells(&candidate.sources));
        }
        table.row("any term", cells(&report.shares));
        writeln!(out)?;
        table.write(out, self.style)?;
        if method != Method::Model {
            let coincidence = small_percent(1.0 - report.shares.rules);
            let text = format!("{coincidence} that all rules fit by coincidence, or none fits");
            writeln!(out)?;
            self.line(out, self.style.dim(cut(&text, self.left(2))))?;
        }
        Ok(())
    }

    /// Integers with spaces between them; long ones are shortened.
    fn integers(&self, all: &[BigInt], used: usize) -> String {
        let each: Vec<String> = all.iter().map(|one| integer(one, self.left(used))).collect();
        spaced(&each).to_string()
    }

    fn of_term(&self, term: &PredictedTerm) -> Shown {
        let PredictedTerm { term, probability, sources, formula, latex, name, number, .. } = term;
        // The rule is an explanation only where most of the probability is that of rules.
        let by_rules = sources.mostly_rules();
        let formula = match (formula, latex) {
            (Some(formula), Some(latex)) if by_rules => {
                Some(self.notation.of(formula, latex).to_string())
            }
            _ => None,
        };
        let name = named(name.as_deref(), number.as_deref()).filter(|_| by_rules);
        Shown { next: vec![term.clone()], probability: *probability, name, formula }
    }

    fn of_rule(&self, rule: &FittingRule) -> Shown {
        Shown {
            next: rule.continuation.clone(),
            probability: Some(rule.probability),
            name: rule.name(),
            formula: Some(match self.notation {
                Notation::Plain => rule.formula(),
                Notation::Latex => rule.latex(),
            }),
        }
    }
}

/// Who says a term that no rule says.
fn source(sources: &Sources) -> &'static str {
    if sources.rules > sources.model && sources.rules > sources.forecasts {
        "a rule that may be a coincidence"
    } else if sources.model >= sources.forecasts {
        "what the model expects: no likely rule"
    } else {
        "a plain forecast: no likely rule"
    }
}

/// A formula behind its name.
pub fn joined(name: Option<String>, formula: Option<String>) -> String {
    match (name, formula) {
        (Some(name), Some(formula)) => format!("{name}: {formula}"),
        (name, formula) => name.or(formula).unwrap_or_default(),
    }
}

/// The name and the number of a known sequence: `squares (A000290)`.
pub fn named(name: Option<&str>, number: Option<&str>) -> Option<String> {
    match (name, number) {
        (Some(name), Some(number)) => Some(format!("{name} ({number})")),
        (name, number) => name.or(number).map(str::to_string),
    }
}

/// A probability in per cent; nothing uncertain is rounded to 0 or 100.
fn sure_percent(probability: f64) -> String {
    match probability {
        ..0.001 => "under 0.1 %".to_string(),
        0.9995..1.0 => "over 99.9 %".to_string(),
        _ => small_percent(probability),
    }
}

fn terms(count: usize) -> String {
    super::terminal::counted(count as u64, "term")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_uncertain_is_certain() {
        assert_eq!(
            [0.0004, 0.5, 0.9994, 0.9996, 1.0].map(sure_percent),
            ["under 0.1 %", "50.0 %", "99.9 %", "over 99.9 %", "100.0 %"]
        );
    }

    #[test]
    fn names_stand_before_formulas() {
        let squares = named(Some("squares"), Some("A000290"));
        let formula = Some("a(n) = n^2".to_string());
        assert_eq!(joined(squares, formula.clone()), "squares (A000290): a(n) = n^2");
        assert_eq!(joined(None, formula), "a(n) = n^2");
        assert_eq!(named(None, Some("A000290")).as_deref(), Some("A000290"));
    }
}
