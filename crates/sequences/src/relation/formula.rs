//! Relations as formulas.
//!
//! One convention throughout: a formula has one clause per sequence, separated by
//! semicolons, the outermost (`a`) first and the sequences inside it (`s`, `t`, ...)
//! after it. A clause is a rule, then the first terms that the rule needs. All sequences
//! start at index 0. A formula determines the terms.
//!
//! ```text
//! a(n) = 2 a(n-1) + 1, a(0) = 3
//! a(n) = a(n-1) + s(n-1), a(0) = 1; s = 2, 1, 2, 1, ...
//! a(n) = s(n) mod 3; s(n) = s(n-1) + s(n-2), s(0) = 1, s(1) = 1
//! ```

use std::fmt::{self, Display, Formatter};

use super::notation::{bracketed, sum};
use super::{
    Accepted, Condition, Cycle, Lag, Operation, Past, Predicate, Ratio, Reading, Relation,
    Rounding, SelectOutput, Step, TermIndex, Transform, Triangle,
};

/// The formula of the relation, in one line.
impl Display for Relation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut names = Names { used: 0 };
        let name = names.next();
        clauses(f, self, &name, &mut names)
    }
}

/// An integer or a fraction.
impl Display for Ratio {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.denominator.get() {
            1 => write!(f, "{}", self.numerator),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

/// The values twice, then an ellipsis.
impl<T: Copy + Display> Display for Cycle<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for value in self.values().iter().chain(self.values()) {
            write!(f, "{value}, ")?;
        }
        f.write_str("...")
    }
}

/// The names of the sequences of one formula.
struct Names {
    used: usize,
}

impl Names {
    /// `a`, `s`, `t`, `u`, ..., and `s8`, `s9`, ... for the rare deeper ones.
    fn next(&mut self) -> String {
        const LETTERS: [&str; 8] = ["a", "s", "t", "u", "v", "w", "y", "z"];
        let index = self.used;
        self.used += 1;
        match LETTERS.get(index) {
            Some(letter) => (*letter).to_owned(),
            None => format!("s{index}"),
        }
    }
}

/// Writes the clause of the sequence `x` that follows `relation`, and those of the
/// sequences inside it.
fn clauses(f: &mut Formatter<'_>, relation: &Relation, x: &str, names: &mut Names) -> fmt::Result {
    let last = format!("{x}(n-1)");
    match relation {
        Relation::Constant(value) => write!(f, "{x}(n) = {value}"),
        Relation::Affine { first, factor, constant } => {
            let rule = sum(&[(*factor, &last)], *constant);
            write!(f, "{x}(n) = {rule}, {x}(0) = {first}")
        }
        Relation::Linear { first: [first, second], factors: [a, b], constant } => {
            let rule = sum(&[(*a, &last), (*b, &format!("{x}(n-2)"))], *constant);
            write!(f, "{x}(n) = {rule}, {x}(0) = {first}, {x}(1) = {second}")
        }
        Relation::Cycle(cycle) => write!(f, "{x} = {cycle}"),
        Relation::Sum { first, steps } => {
            let s = names.next();
            write!(f, "{x}(n) = {last} + {s}(n-1), {x}(0) = {first}; ")?;
            clauses(f, steps, &s, names)
        }
        Relation::Scale { first, ratios } => scale(f, x, *first, ratios, names),
        Relation::Geometric { first, ratio, rounding } => {
            let function = match rounding {
                Rounding::Floor => "floor",
                Rounding::Ceiling => "ceil",
            };
            match first {
                1 => write!(f, "{x}(n) = {function}(({ratio})^n)"),
                _ => write!(f, "{x}(n) = {function}({first} ({ratio})^n)"),
            }
        }
        Relation::Hold { runs, of } => {
            let s = names.next();
            match runs.values() {
                [run] => write!(f, "{x}(n) = {s}(floor(n / {run})); ")?,
                _ => write!(f, "{x} = the terms of {s} in runs of {runs}; ")?,
            }
            clauses(f, of, &s, names)
        }
        Relation::Modulo { of, modulus } => {
            let s = names.next();
            write!(f, "{x}(n) = {s}(n) mod {modulus}; ")?;
            clauses(f, of, &s, names)
        }
        Relation::Weighted { of, weights, constant } if weights.values().len() == 1 => {
            let s = names.next();
            let rule = sum(&[(weights.values()[0], &format!("{s}(n)"))], *constant);
            write!(f, "{x}(n) = {rule}; ")?;
            clauses(f, of, &s, names)
        }
        Relation::Weighted { of, weights, constant } => {
            let (s, t) = (names.next(), names.next());
            let rule = sum(&[(1, &format!("{t}(n) {s}(n)"))], *constant);
            write!(f, "{x}(n) = {rule}; {t} = {weights}; ")?;
            clauses(f, of, &s, names)
        }
        Relation::Interleave { even, odd } => {
            let (s, t) = (names.next(), names.next());
            write!(f, "{x}(2n) = {s}(n), {x}(2n+1) = {t}(n); ")?;
            clauses(f, even, &s, names)?;
            f.write_str("; ")?;
            clauses(f, odd, &t, names)
        }
        Relation::Switch { first, condition, then, otherwise } => {
            let (then, otherwise) = (step(*then, &last), step(*otherwise, &last));
            write!(f, "{x}(n) = {then} if ")?;
            match condition {
                Condition::Divisible(divisor) if divisor.get() == 2 => write!(f, "{last} is even")?,
                Condition::Divisible(divisor) => write!(f, "{last} mod {divisor} = 0")?,
                Condition::Below(threshold) => write!(f, "{last} < {threshold}")?,
                Condition::Rising => write!(f, "{last} > {x}(n-2)")?,
            }
            write!(f, ", else {otherwise}, ")?;
            match condition {
                Condition::Rising => write!(f, "{x}(-1) = {x}(0) = {first}"),
                Condition::Divisible(_) | Condition::Below(_) => write!(f, "{x}(0) = {first}"),
            }
        }
        Relation::RationalRecurrence { past, constant, divisor } => {
            rational_recurrence(f, x, past, *constant, divisor.get())
        }
        Relation::Product { first, factors } => {
            let s = names.next();
            write!(f, "{x}(n) = {s}(n-1) {last}, {x}(0) = {first}; ")?;
            clauses(f, factors, &s, names)
        }
        Relation::Alternate { first, steps: [one, other] } if one == other => {
            write!(f, "{x}(n) = {}, {x}(0) = {first}", step(*one, &last))
        }
        Relation::Alternate { first, steps: [one, other] } => {
            let (one, other) =
                (step(*one, &format!("{x}(2n)")), step(*other, &format!("{x}(2n+1)")));
            write!(f, "{x}(2n+1) = {one}, {x}(2n+2) = {other}, {x}(0) = {first}")
        }
        Relation::Iterate { first, factor, function, weight } => {
            let value = bracketed(&function.of(&last).to_string());
            let rule = sum(&[(*factor, &last), (*weight, &value)], 0);
            write!(f, "{x}(n) = {rule}, {x}(0) = {first}")
        }
        Relation::Recurrence { lags, addend } => recurrence(f, x, lags, addend, names),
        Relation::Polynomial { coefficients: [a, b, c, d], divisor } => {
            let rule = sum(&[(*d, "n^3"), (*c, "n^2"), (*b, "n")], *a);
            match divisor.get() {
                1 => write!(f, "{x}(n) = {rule}"),
                divisor if rule.contains(' ') => write!(f, "{x}(n) = floor(({rule}) / {divisor})"),
                divisor => write!(f, "{x}(n) = floor({rule} / {divisor})"),
            }
        }
        Relation::Digits { numerator, denominator, base } => {
            let base = (*base).max(2);
            write!(f, "{x}(n) = floor({base}^(n+1) {numerator} / {denominator}) mod {base}")
        }
        Relation::Apply { function, to } => {
            // Functions of the index itself need no clause of their own.
            if let Relation::Affine { first, factor: 1, constant } = **to {
                return write!(f, "{x}(n) = {}", function.of(&sum(&[(constant, "n")], first)));
            }
            let s = names.next();
            write!(f, "{x}(n) = {}; ", function.of(&format!("{s}(n)")))?;
            clauses(f, to, &s, names)
        }
        Relation::RootDigits { radicand, degree } => {
            let root = match (*degree).max(2) {
                2 => format!("sqrt({radicand})"),
                degree => format!("{radicand}^(1/{degree})"),
            };
            write!(f, "{x} = the whole part of {root}, then its decimal digits")
        }
        Relation::ContinuedFraction { radicand } => {
            write!(f, "{x} = the continued fraction of sqrt({radicand})")
        }
        Relation::After { first, then } => {
            let s = names.next();
            write!(f, "{x}(n) = {s}(n-1), {x}(0) = {first}; ")?;
            clauses(f, then, &s, names)
        }
        Relation::Select { from, predicate: Predicate { function, accepted }, output } => {
            let s = names.next();
            let term = match output {
                SelectOutput::Terms => s.clone(),
                SelectOutput::Indices => format!("{s}(n)"),
            };
            let value = function.of(&term).to_string();
            let condition = match accepted {
                Accepted::Is(wanted) => format!("{value} = {wanted}"),
                Accepted::IsNot(other) => format!("{value} other than {other}"),
                Accepted::Remainder { residue, modulus } => {
                    format!("{} mod {modulus} = {residue}", bracketed(&value))
                }
            };
            match output {
                SelectOutput::Terms => write!(f, "{x} = the terms of {s} with {condition}; ")?,
                SelectOutput::Indices => write!(f, "{x} = the n with {condition}; ")?,
            }
            clauses(f, from, &s, names)
        }
        Relation::Combine { operation, left, right } => {
            let (s, t) = (names.next(), names.next());
            match operation {
                Operation::Sum => write!(f, "{x}(n) = {s}(n) + {t}(n)")?,
                Operation::Difference => write!(f, "{x}(n) = {s}(n) - {t}(n)")?,
                Operation::Product => write!(f, "{x}(n) = {s}(n) {t}(n)")?,
                Operation::Quotient => write!(f, "{x}(n) = floor({s}(n) / {t}(n))")?,
                Operation::Remainder => write!(f, "{x}(n) = {s}(n) mod {t}(n)")?,
                Operation::Gcd => write!(f, "{x}(n) = gcd({s}(n), {t}(n))")?,
                Operation::Convolution => {
                    write!(f, "{x}(n) = {s}(0) {t}(n) + {s}(1) {t}(n-1) + ... + {s}(n) {t}(0)")?;
                }
            }
            f.write_str("; ")?;
            clauses(f, left, &s, names)?;
            f.write_str("; ")?;
            clauses(f, right, &t, names)
        }
        Relation::Transformed { by, of } => {
            let s = names.next();
            match by {
                Transform::Differences => write!(f, "{x}(n) = {s}(n+1) - {s}(n)")?,
                Transform::Products => write!(f, "{x}(n) = {s}(0) {s}(1) ... {s}(n)")?,
                Transform::Records => write!(f, "{x}(n) = max({s}(0), ..., {s}(n))")?,
                Transform::Binomial => {
                    write!(f, "{x}(n) = sum of binomial(n, k) {s}(k) over k = 0..n")?;
                }
                Transform::Divisors => write!(f, "{x}(n) = sum of {s}(d-1) over d dividing n + 1")?,
                Transform::Euler => {
                    write!(f, "{x}(n) = coefficient of z^n in product of (1 - z^k)^(-{s}(k-1))")?;
                }
                Transform::Compositions => {
                    write!(f, "{x}(n) = coefficient of z^n in 1 / (1 - sum of {s}(k-1) z^k)")?;
                }
            }
            f.write_str("; ")?;
            clauses(f, of, &s, names)
        }
        Relation::Triangle(inner) => triangle(f, x, inner, names),
    }
}

fn recurrence(
    f: &mut Formatter<'_>,
    x: &str,
    lags: &[Lag],
    addend: &Relation,
    names: &mut Names,
) -> fmt::Result {
    // Two special cases need no rule: a constant after the first terms, and a cycle of them.
    let first = || lags.iter().map(|lag| lag.first.to_string()).collect::<Vec<_>>().join(", ");
    let factors = || lags.iter().map(|lag| lag.factor);
    let constant_addend = match addend {
        Relation::Constant(constant) => Some(*constant),
        _ => None,
    };
    if let (Some(constant), false) = (constant_addend, lags.is_empty())
        && factors().all(|factor| factor == 0)
    {
        return write!(f, "{x} = {}, then {constant} for ever", first());
    }
    if constant_addend == Some(0)
        && let Some((1, others)) = factors().collect::<Vec<_>>().split_last().map(|(l, o)| (*l, o))
        && others.iter().all(|factor| *factor == 0)
    {
        return write!(f, "{x} = {}, {}, ...", first(), first());
    }
    let mut products: Vec<(i64, String)> = lags
        .iter()
        .enumerate()
        .map(|(place, lag)| (lag.factor, format!("{x}(n-{})", place + 1)))
        .collect();
    let (constant, inner) = match constant_addend {
        Some(constant) => (constant, None),
        None => (0, Some(names.next())),
    };
    products.extend(inner.iter().map(|s| (1, format!("{s}(n)"))));
    let products: Vec<(i64, &str)> =
        products.iter().map(|(factor, symbol)| (*factor, symbol.as_str())).collect();
    write!(f, "{x}(n) = {}", sum(&products, constant))?;
    for (place, lag) in lags.iter().enumerate() {
        write!(f, ", {x}({place}) = {}", lag.first)?;
    }
    match inner {
        Some(s) => {
            f.write_str("; ")?;
            clauses(f, addend, &s, names)
        }
        None => Ok(()),
    }
}

/// Writes the clause of `x`, which reads a triangle `T` by rows.
fn triangle(f: &mut Formatter<'_>, x: &str, inner: &Triangle, names: &mut Names) -> fmt::Result {
    match inner {
        Triangle::Of { sequence, place } => {
            let s = names.next();
            let index = match place {
                TermIndex::Row => "n",
                TermIndex::Column => "k",
                TermIndex::FromRight => "n-k",
                TermIndex::FromEdge => "min(k, n-k)",
                TermIndex::FromMiddle => "max(k, n-k)",
            };
            write!(f, "{x} = T(n, k) by rows, T(n, k) = {s}({index}); ")?;
            clauses(f, sequence, &s, names)
        }
        Triangle::Cells { cell, origin, reading: Reading::Rows } => {
            write!(f, "{x} = T(i, j) by rows of j = {origin}..i, T(i, j) = {cell}")
        }
        Triangle::Cells { cell, origin, reading: Reading::Antidiagonals } => {
            write!(f, "{x} = T(i, j) by antidiagonals, i and j from {origin}, T(i, j) = {cell}")
        }
        Triangle::Inside { left, right, factors: [a, b, c], constant } => {
            let (s, t) = (names.next(), names.next());
            let cells = [(*a, "T(n-1, k-1)"), (*b, "T(n-1, k)"), (*c, "T(n, k-1)")];
            let rule = sum(&cells, *constant);
            write!(
                f,
                "{x} = T(n, k) by rows, T(n, k) = {rule}, T(n, 0) = {s}(n), T(n, n) = {t}(n); "
            )?;
            clauses(f, left, &s, names)?;
            f.write_str("; ")?;
            clauses(f, right, &t, names)
        }
        Triangle::Weighted { diagonal, above } => {
            let product =
                |[fixed, by_row, by_column]: [i64; 3], cell: &str| match (by_row, by_column) {
                    (0, 0) => (fixed, cell.to_owned()),
                    _ => {
                        let factor = sum(&[(by_row, "n"), (by_column, "k")], fixed);
                        (1, format!("{} {cell}", bracketed(&factor)))
                    }
                };
            let (one, other) = (product(*diagonal, "T(n-1, k-1)"), product(*above, "T(n-1, k)"));
            let rule = sum(&[(one.0, &one.1), (other.0, &other.1)], 0);
            write!(f, "{x} = T(n, k) by rows, T(n, k) = {rule}, T(0, 0) = 1")
        }
        Triangle::Listed(listed) => write!(f, "{x} = by rows for n = 1, 2, ...: {listed}"),
    }
}

fn scale(
    f: &mut Formatter<'_>,
    x: &str,
    first: i64,
    ratios: &Cycle<Ratio>,
    names: &mut Names,
) -> fmt::Result {
    let last = format!("{x}(n-1)");
    if let [ratio] = *ratios.values() {
        let rule = step(Step { ratio, constant: 0 }, &last);
        return write!(f, "{x}(n) = {rule}, {x}(0) = {first}");
    }
    let s = names.next();
    let integers = ratios.values().iter().all(|ratio| ratio.denominator.get() == 1);
    let rule =
        if integers { format!("{s}(n-1) {last}") } else { format!("floor({s}(n-1) {last})") };
    write!(f, "{x}(n) = {rule}, {x}(0) = {first}; {s} = {ratios}")
}

fn rational_recurrence(
    f: &mut Formatter<'_>,
    x: &str,
    past: &[Past],
    constant: i64,
    divisor: u32,
) -> fmt::Result {
    let names: Vec<String> = (1..=past.len()).map(|lag| format!("{x}(n-{lag})")).collect();
    let products = past.iter().rev().zip(&names).map(|(past, name)| (past.factor, name.as_str()));
    let products: Vec<(i64, &str)> = products.collect();
    let rule = sum(&products, constant);
    match (divisor, rule.contains(" + ") || rule.contains(" - ")) {
        (1, _) => write!(f, "{x}(n) = {rule}")?,
        (_, false) => write!(f, "{x}(n) = floor({rule} / {divisor})")?,
        (_, true) => write!(f, "{x}(n) = floor(({rule}) / {divisor})")?,
    }
    for (index, Past { first, .. }) in past.iter().enumerate() {
        write!(f, ", {x}({index}) = {first}")?;
    }
    Ok(())
}

/// `floor(r last) + c`, simplified.
fn step(Step { ratio, constant }: Step, last: &str) -> String {
    match ratio.denominator.get() {
        1 => sum(&[(ratio.numerator, last)], constant),
        denominator => {
            let product = sum(&[(ratio.numerator, last)], 0);
            sum(&[(1, &format!("floor({product} / {denominator})"))], constant)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::relation::Function;

    fn formula(relation: Relation) -> String {
        relation.to_string()
    }

    fn ratio(numerator: i64, denominator: u32) -> Ratio {
        Ratio { numerator, denominator: NonZeroU32::new(denominator).unwrap() }
    }

    fn affine(first: i64, factor: i64, constant: i64) -> Relation {
        Relation::Affine { first, factor, constant }
    }

    #[test]
    fn recurrences_on_the_past_terms() {
        assert_eq!(formula(Relation::Constant(7)), "a(n) = 7");
        assert_eq!(formula(affine(3, 2, -1)), "a(n) = 2 a(n-1) - 1, a(0) = 3");
        let linear = Relation::Linear { first: [1, 0], factors: [0, 1], constant: 0 };
        assert_eq!(formula(linear), "a(n) = a(n-2), a(0) = 1, a(1) = 0");
        assert_eq!(formula(Relation::Cycle(Cycle::from([5]))), "a = 5, 5, ...");
    }

    #[test]
    fn sequences_inside_a_sequence() {
        let sum = Relation::Sum { first: 1, steps: Box::new(Relation::Cycle(Cycle::from([2, 1]))) };
        assert_eq!(formula(sum), "a(n) = a(n-1) + s(n-1), a(0) = 1; s = 2, 1, 2, 1, ...");
        let weighted = Relation::Weighted {
            of: Box::new(affine(1, 1, 2)),
            weights: Cycle::from([1, -1]),
            constant: 128,
        };
        assert_eq!(
            formula(weighted),
            "a(n) = t(n) s(n) + 128; t = 1, -1, 1, -1, ...; s(n) = s(n-1) + 2, s(0) = 1"
        );
        let interleaved = Relation::Interleave {
            even: Box::new(Relation::Constant(4)),
            odd: Box::new(affine(3, 1, 2)),
        };
        assert_eq!(
            formula(interleaved),
            "a(2n) = s(n), a(2n+1) = t(n); s(n) = 4; t(n) = t(n-1) + 2, t(0) = 3"
        );
    }

    #[test]
    fn runs_and_remainders() {
        let run = |length| NonZeroU32::new(length).unwrap();
        let hold = |runs| Relation::Hold { runs, of: Box::new(Relation::Constant(4)) };
        assert_eq!(formula(hold(Cycle::from([run(2)]))), "a(n) = s(floor(n / 2)); s(n) = 4");
        assert_eq!(
            formula(hold(Cycle::from([run(1), run(2)]))),
            "a = the terms of s in runs of 1, 2, 1, 2, ...; s(n) = 4"
        );
        let modulo = Relation::Modulo { of: Box::new(Relation::Constant(4)), modulus: run(3) };
        assert_eq!(formula(modulo), "a(n) = s(n) mod 3; s(n) = 4");
    }

    #[test]
    fn fractions() {
        let scale = |ratios| Relation::Scale { first: 8, ratios };
        assert_eq!(
            formula(scale(Cycle::from([ratio(1, 2), ratio(3, 2)]))),
            "a(n) = floor(s(n-1) a(n-1)), a(0) = 8; s = 1/2, 3/2, 1/2, 3/2, ..."
        );
        assert_eq!(
            formula(scale(Cycle::from([ratio(2, 1), ratio(3, 1)]))),
            "a(n) = s(n-1) a(n-1), a(0) = 8; s = 2, 3, 2, 3, ..."
        );
        assert_eq!(
            formula(scale(Cycle::from([ratio(3, 2)]))),
            "a(n) = floor(3 a(n-1) / 2), a(0) = 8"
        );
        let geometric =
            |first, rounding| Relation::Geometric { first, ratio: ratio(3, 2), rounding };
        assert_eq!(formula(geometric(5, Rounding::Floor)), "a(n) = floor(5 (3/2)^n)");
        assert_eq!(formula(geometric(1, Rounding::Ceiling)), "a(n) = ceil((3/2)^n)");
    }

    #[test]
    fn conditions() {
        let switch = |condition| Relation::Switch {
            first: 1,
            condition,
            then: Step::affine(1, 1),
            otherwise: Step { ratio: ratio(1, 2), constant: 3 },
        };
        let divisible = |divisor| Condition::Divisible(NonZeroU32::new(divisor).unwrap());
        let rule = |question, end| {
            format!("a(n) = a(n-1) + 1 if {question}, else floor(a(n-1) / 2) + 3, {end}")
        };
        assert_eq!(formula(switch(divisible(2))), rule("a(n-1) is even", "a(0) = 1"));
        assert_eq!(formula(switch(divisible(3))), rule("a(n-1) mod 3 = 0", "a(0) = 1"));
        assert_eq!(formula(switch(Condition::Below(9))), rule("a(n-1) < 9", "a(0) = 1"));
        assert_eq!(formula(switch(Condition::Rising)), rule("a(n-1) > a(n-2)", "a(-1) = a(0) = 1"));
    }

    #[test]
    fn recurrences_of_any_order() {
        let recurrence = |past: &[(i64, i64)], constant, divisor| {
            formula(Relation::RationalRecurrence {
                past: past.iter().map(|&(first, factor)| Past { first, factor }).collect(),
                constant,
                divisor: NonZeroU32::new(divisor).unwrap(),
            })
        };
        assert_eq!(
            recurrence(&[(0, 1), (0, 0), (1, -2)], 3, 1),
            "a(n) = -2 a(n-1) + a(n-3) + 3, a(0) = 0, a(1) = 0, a(2) = 1"
        );
        assert_eq!(recurrence(&[(8, 3)], 1, 2), "a(n) = floor((3 a(n-1) + 1) / 2), a(0) = 8");
        assert_eq!(recurrence(&[(8, 3)], 0, 2), "a(n) = floor(3 a(n-1) / 2), a(0) = 8");
        assert_eq!(recurrence(&[], 5, 1), "a(n) = 5");
    }

    #[test]
    fn running_products() {
        let factors = Box::new(affine(1, 1, 1));
        assert_eq!(
            formula(Relation::Product { first: 1, factors }),
            "a(n) = s(n-1) a(n-1), a(0) = 1; s(n) = s(n-1) + 1, s(0) = 1"
        );
    }

    #[test]
    fn deep_trees_have_names_enough() {
        let tree = (0..9).fold(Relation::Constant(1), |steps, first| Relation::Sum {
            first,
            steps: Box::new(steps),
        });
        let text = formula(tree);
        assert!(text.ends_with("s8(n) = s8(n-1) + s9(n-1), s8(0) = 0; s9(n) = 1"), "{text}");
    }

    #[test]
    fn rules_of_the_wider_phase() {
        let counting = |first| Box::new(Relation::arithmetic(first, 1));
        let apply = |function, to| Relation::Apply { function, to };
        assert_eq!(formula(apply(Function::Totient, counting(3))), "a(n) = totient(n + 3)");
        assert_eq!(
            formula(apply(Function::Power(2), Box::new(affine(1, 2, 0)))),
            "a(n) = s(n)^2; s(n) = 2 s(n-1), s(0) = 1"
        );
        let lag = |first, factor| Lag { first, factor };
        let recurrence = |lags: &[Lag], addend| Relation::Recurrence {
            lags: lags.into(),
            addend: Box::new(addend),
        };
        assert_eq!(
            formula(recurrence(&[lag(1, 1), lag(1, 0), lag(2, -2)], Relation::Constant(3))),
            "a(n) = a(n-1) - 2 a(n-3) + 3, a(0) = 1, a(1) = 1, a(2) = 2"
        );
        assert_eq!(
            formula(recurrence(&[lag(1, 2)], affine(0, 1, 1))),
            "a(n) = 2 a(n-1) + s(n), a(0) = 1; s(n) = s(n-1) + 1, s(0) = 0"
        );
        let constant = Relation::Constant;
        assert_eq!(
            formula(recurrence(&[lag(4, 0), lag(2, 0)], constant(0))),
            "a = 4, 2, then 0 for ever"
        );
        let period = recurrence(&[lag(4, 0), lag(2, 0), lag(7, 1)], constant(0));
        assert_eq!(formula(period), "a = 4, 2, 7, 4, 2, 7, ...");
        let select = |function, accepted, output| Relation::Select {
            from: counting(1),
            predicate: Predicate { function, accepted },
            output,
        };
        let modulus = NonZeroU32::new(4).unwrap();
        let accepted = Accepted::Remainder { residue: 1, modulus };
        assert_eq!(
            formula(select(Function::Power(1), accepted, SelectOutput::Terms)),
            "a = the terms of s with s mod 4 = 1; s(n) = s(n-1) + 1, s(0) = 1"
        );
        assert_eq!(
            formula(select(Function::IsPrime, Accepted::Is(1), SelectOutput::Indices)),
            "a = the n with is_prime(s(n)) = 1; s(n) = s(n-1) + 1, s(0) = 1"
        );
        let polynomial =
            |coefficients| Relation::Polynomial { coefficients, divisor: NonZeroU32::MIN };
        assert_eq!(formula(polynomial([-1, 0, 2, 1])), "a(n) = n^3 + 2 n^2 - 1");
        let steps = [Step::affine(2, 3), Step::affine(1, -4)];
        assert_eq!(
            formula(Relation::Alternate { first: 5, steps }),
            "a(2n+1) = 2 a(2n) + 3, a(2n+2) = a(2n+1) - 4, a(0) = 5"
        );
        let iterate = |function| Relation::Iterate { first: 5, factor: 1, function, weight: 1 };
        assert_eq!(
            formula(iterate(Function::DigitSum(10))),
            "a(n) = a(n-1) + digit_sum(a(n-1), 10), a(0) = 5"
        );
        assert_eq!(
            formula(iterate(Function::Remainder(modulus))),
            "a(n) = a(n-1) + (a(n-1) mod 4), a(0) = 5"
        );
        let combine = Relation::Combine {
            operation: Operation::Quotient,
            left: Box::new(constant(96)),
            right: counting(1),
        };
        assert_eq!(
            formula(combine),
            "a(n) = floor(s(n) / t(n)); s(n) = 96; t(n) = t(n-1) + 1, t(0) = 1"
        );
        let triangle = |triangle| formula(Relation::Triangle(Box::new(triangle)));
        let inside = Triangle::Inside {
            left: constant(1),
            right: constant(2),
            factors: [1, 1, 0],
            constant: 0,
        };
        assert_eq!(
            triangle(inside),
            "a = T(n, k) by rows, T(n, k) = T(n-1, k-1) + T(n-1, k), T(n, 0) = s(n), \
             T(n, n) = t(n); s(n) = 1; t(n) = 2"
        );
        let weighted = Triangle::Weighted { diagonal: [1, 0, 0], above: [0, 0, 1] };
        assert_eq!(
            triangle(weighted),
            "a = T(n, k) by rows, T(n, k) = T(n-1, k-1) + k T(n-1, k), T(0, 0) = 1"
        );
    }
}
