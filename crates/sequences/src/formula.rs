//! Relations as formulas.
//!
//! One convention throughout: a formula has one clause per sequence, separated by
//! semicolons, the outermost (`x`) first and the sequences inside it (`s`, `t`, ...)
//! after it. A clause is a rule, then the first terms that the rule needs. All sequences
//! start at index 0. Everything that decides the terms is printed.
//!
//! ```text
//! x[n] = 2 x[n-1] + 1, x[0] = 3
//! x[n] = x[n-1] + s[n-1], x[0] = 1; s = 2, 1, 2, 1, ...
//! x[n] = s[n] mod 3; s[n] = s[n-1] + s[n-2], s[0] = 1, s[1] = 1
//! ```

use std::fmt::{self, Display, Formatter};

use crate::relation::{Condition, Cycle, Past, Ratio, Relation, Rounding, Step};

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

/// The values twice over, then an ellipsis.
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
    /// `x`, `s`, `t`, `u`, ..., and `s8`, `s9`, ... for the rare deeper ones.
    fn next(&mut self) -> String {
        const LETTERS: [&str; 8] = ["x", "s", "t", "u", "v", "w", "y", "z"];
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
    let last = format!("{x}[n-1]");
    match relation {
        Relation::Constant(value) => write!(f, "{x}[n] = {value}"),
        Relation::Affine { first, factor, constant } => {
            let rule = sum(&[(*factor, &last)], *constant);
            write!(f, "{x}[n] = {rule}, {x}[0] = {first}")
        }
        Relation::Linear { first: [first, second], factors: [a, b], constant } => {
            let rule = sum(&[(*a, &last), (*b, &format!("{x}[n-2]"))], *constant);
            write!(f, "{x}[n] = {rule}, {x}[0] = {first}, {x}[1] = {second}")
        }
        Relation::Cycle(cycle) => write!(f, "{x} = {cycle}"),
        Relation::Sum { first, steps } => {
            let s = names.next();
            write!(f, "{x}[n] = {last} + {s}[n-1], {x}[0] = {first}; ")?;
            clauses(f, steps, &s, names)
        }
        Relation::Scale { first, ratios } => scale(f, x, *first, ratios, names),
        Relation::Geometric { first, ratio, rounding } => {
            let function = match rounding {
                Rounding::Floor => "floor",
                Rounding::Ceiling => "ceil",
            };
            match first {
                1 => write!(f, "{x}[n] = {function}(({ratio})^n)"),
                _ => write!(f, "{x}[n] = {function}({first} ({ratio})^n)"),
            }
        }
        Relation::Hold { runs, of } => {
            let s = names.next();
            match runs.values() {
                [run] => write!(f, "{x}[n] = {s}[floor(n / {run})]; ")?,
                _ => write!(f, "{x} = the terms of {s} in runs of {runs}; ")?,
            }
            clauses(f, of, &s, names)
        }
        Relation::Modulo { of, modulus } => {
            let s = names.next();
            write!(f, "{x}[n] = {s}[n] mod {modulus}; ")?;
            clauses(f, of, &s, names)
        }
        Relation::Weighted { of, weights, constant } => {
            let (s, t) = (names.next(), names.next());
            let rule = sum(&[(1, &format!("{t}[n] {s}[n]"))], *constant);
            write!(f, "{x}[n] = {rule}; {t} = {weights}; ")?;
            clauses(f, of, &s, names)
        }
        Relation::Interleave { even, odd } => {
            let (s, t) = (names.next(), names.next());
            write!(f, "{x}[2n] = {s}[n], {x}[2n+1] = {t}[n]; ")?;
            clauses(f, even, &s, names)?;
            f.write_str("; ")?;
            clauses(f, odd, &t, names)
        }
        Relation::Switch { first, condition, then, otherwise } => {
            let (then, otherwise) = (step(*then, &last), step(*otherwise, &last));
            write!(f, "{x}[n] = {then} if ")?;
            match condition {
                Condition::Divisible(divisor) if divisor.get() == 2 => write!(f, "{last} is even")?,
                Condition::Divisible(divisor) => write!(f, "{last} mod {divisor} = 0")?,
                Condition::Below(threshold) => write!(f, "{last} < {threshold}")?,
                Condition::Rising => write!(f, "{last} > {x}[n-2]")?,
            }
            write!(f, ", else {otherwise}, ")?;
            match condition {
                Condition::Rising => write!(f, "{x}[-1] = {x}[0] = {first}"),
                Condition::Divisible(_) | Condition::Below(_) => write!(f, "{x}[0] = {first}"),
            }
        }
        Relation::RationalRecurrence { past, constant, divisor } => {
            recurrence(f, x, past, *constant, divisor.get())
        }
        Relation::Product { first, factors } => {
            let s = names.next();
            write!(f, "{x}[n] = {s}[n-1] {last}, {x}[0] = {first}; ")?;
            clauses(f, factors, &s, names)
        }
    }
}

fn scale(
    f: &mut Formatter<'_>,
    x: &str,
    first: i64,
    ratios: &Cycle<Ratio>,
    names: &mut Names,
) -> fmt::Result {
    let last = format!("{x}[n-1]");
    if let [ratio] = *ratios.values() {
        let rule = step(Step { ratio, constant: 0 }, &last);
        return write!(f, "{x}[n] = {rule}, {x}[0] = {first}");
    }
    let s = names.next();
    let integers = ratios.values().iter().all(|ratio| ratio.denominator.get() == 1);
    let rule =
        if integers { format!("{s}[n-1] {last}") } else { format!("floor({s}[n-1] {last})") };
    write!(f, "{x}[n] = {rule}, {x}[0] = {first}; {s} = {ratios}")
}

fn recurrence(
    f: &mut Formatter<'_>,
    x: &str,
    past: &[Past],
    constant: i64,
    divisor: u32,
) -> fmt::Result {
    let names: Vec<String> = (1..=past.len()).map(|lag| format!("{x}[n-{lag}]")).collect();
    let products = past.iter().rev().zip(&names).map(|(past, name)| (past.factor, name.as_str()));
    let products: Vec<(i64, &str)> = products.collect();
    let rule = sum(&products, constant);
    match (divisor, rule.contains(" + ") || rule.contains(" - ")) {
        (1, _) => write!(f, "{x}[n] = {rule}")?,
        (_, false) => write!(f, "{x}[n] = floor({rule} / {divisor})")?,
        (_, true) => write!(f, "{x}[n] = floor(({rule}) / {divisor})")?,
    }
    for (index, Past { first, .. }) in past.iter().enumerate() {
        write!(f, ", {x}[{index}] = {first}")?;
    }
    Ok(())
}

/// `floor(r last) + c`, without what does not matter.
fn step(Step { ratio, constant }: Step, last: &str) -> String {
    match ratio.denominator.get() {
        1 => sum(&[(ratio.numerator, last)], constant),
        denominator => {
            let product = sum(&[(ratio.numerator, last)], 0);
            sum(&[(1, &format!("floor({product} / {denominator})"))], constant)
        }
    }
}

/// `a x + b y + c` without terms of zero, factors of one, or the sum of a negative.
fn sum(products: &[(i64, &str)], constant: i64) -> String {
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
    use std::num::NonZeroU32;

    use super::*;

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
    fn recurrences_on_the_past_terms() {
        assert_eq!(formula(Relation::Constant(7)), "x[n] = 7");
        assert_eq!(formula(affine(3, 2, -1)), "x[n] = 2 x[n-1] - 1, x[0] = 3");
        let linear = Relation::Linear { first: [1, 0], factors: [0, 1], constant: 0 };
        assert_eq!(formula(linear), "x[n] = x[n-2], x[0] = 1, x[1] = 0");
        assert_eq!(formula(Relation::Cycle(Cycle::from([5]))), "x = 5, 5, ...");
    }

    #[test]
    fn sequences_inside_a_sequence() {
        let sum = Relation::Sum { first: 1, steps: Box::new(Relation::Cycle(Cycle::from([2, 1]))) };
        assert_eq!(formula(sum), "x[n] = x[n-1] + s[n-1], x[0] = 1; s = 2, 1, 2, 1, ...");
        let weighted = Relation::Weighted {
            of: Box::new(affine(1, 1, 2)),
            weights: Cycle::from([1, -1]),
            constant: 128,
        };
        assert_eq!(
            formula(weighted),
            "x[n] = t[n] s[n] + 128; t = 1, -1, 1, -1, ...; s[n] = s[n-1] + 2, s[0] = 1"
        );
        let interleaved = Relation::Interleave {
            even: Box::new(Relation::Constant(4)),
            odd: Box::new(affine(3, 1, 2)),
        };
        assert_eq!(
            formula(interleaved),
            "x[2n] = s[n], x[2n+1] = t[n]; s[n] = 4; t[n] = t[n-1] + 2, t[0] = 3"
        );
    }

    #[test]
    fn runs_and_remainders() {
        let run = |length| NonZeroU32::new(length).unwrap();
        let hold = |runs| Relation::Hold { runs, of: Box::new(Relation::Constant(4)) };
        assert_eq!(formula(hold(Cycle::from([run(2)]))), "x[n] = s[floor(n / 2)]; s[n] = 4");
        assert_eq!(
            formula(hold(Cycle::from([run(1), run(2)]))),
            "x = the terms of s in runs of 1, 2, 1, 2, ...; s[n] = 4"
        );
        let modulo = Relation::Modulo { of: Box::new(Relation::Constant(4)), modulus: run(3) };
        assert_eq!(formula(modulo), "x[n] = s[n] mod 3; s[n] = 4");
    }

    #[test]
    fn fractions() {
        let scale = |ratios| Relation::Scale { first: 8, ratios };
        assert_eq!(
            formula(scale(Cycle::from([ratio(1, 2), ratio(3, 2)]))),
            "x[n] = floor(s[n-1] x[n-1]), x[0] = 8; s = 1/2, 3/2, 1/2, 3/2, ..."
        );
        assert_eq!(
            formula(scale(Cycle::from([ratio(2, 1), ratio(3, 1)]))),
            "x[n] = s[n-1] x[n-1], x[0] = 8; s = 2, 3, 2, 3, ..."
        );
        assert_eq!(
            formula(scale(Cycle::from([ratio(3, 2)]))),
            "x[n] = floor(3 x[n-1] / 2), x[0] = 8"
        );
        let geometric =
            |first, rounding| Relation::Geometric { first, ratio: ratio(3, 2), rounding };
        assert_eq!(formula(geometric(5, Rounding::Floor)), "x[n] = floor(5 (3/2)^n)");
        assert_eq!(formula(geometric(1, Rounding::Ceiling)), "x[n] = ceil((3/2)^n)");
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
            format!("x[n] = x[n-1] + 1 if {question}, else floor(x[n-1] / 2) + 3, {end}")
        };
        assert_eq!(formula(switch(divisible(2))), rule("x[n-1] is even", "x[0] = 1"));
        assert_eq!(formula(switch(divisible(3))), rule("x[n-1] mod 3 = 0", "x[0] = 1"));
        assert_eq!(formula(switch(Condition::Below(9))), rule("x[n-1] < 9", "x[0] = 1"));
        assert_eq!(formula(switch(Condition::Rising)), rule("x[n-1] > x[n-2]", "x[-1] = x[0] = 1"));
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
            "x[n] = -2 x[n-1] + x[n-3] + 3, x[0] = 0, x[1] = 0, x[2] = 1"
        );
        assert_eq!(recurrence(&[(8, 3)], 1, 2), "x[n] = floor((3 x[n-1] + 1) / 2), x[0] = 8");
        assert_eq!(recurrence(&[(8, 3)], 0, 2), "x[n] = floor(3 x[n-1] / 2), x[0] = 8");
        assert_eq!(recurrence(&[], 5, 1), "x[n] = 5");
    }

    #[test]
    fn running_products() {
        let factors = Box::new(affine(1, 1, 1));
        assert_eq!(
            formula(Relation::Product { first: 1, factors }),
            "x[n] = s[n-1] x[n-1], x[0] = 1; s[n] = s[n-1] + 1, s[0] = 1"
        );
    }

    #[test]
    fn deep_trees_have_names_enough() {
        let tree = (0..9).fold(Relation::Constant(1), |steps, first| Relation::Sum {
            first,
            steps: Box::new(steps),
        });
        let text = formula(tree);
        assert!(text.ends_with("s8[n] = s8[n-1] + s9[n-1], s8[0] = 0; s9[n] = 1"), "{text}");
    }
}
