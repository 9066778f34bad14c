//! Triangles and tables, read by rows or antidiagonals.

use super::{At, Parts, multiple};
use crate::expression::{Expression, Formula, Phrase, n};
use ninth_sequences::{CellFunction, Listed, Reading, TermIndex, Triangle};

fn k() -> Expression {
    Expression::Symbol("k")
}

fn integer(value: i64) -> Expression {
    Expression::integer(value)
}

fn minus(one: Expression, other: Expression) -> Expression {
    Expression::sum(vec![one, Expression::product(vec![integer(-1), other])])
}

/// `T(row, column)`
fn cell(row: Expression, column: Expression) -> Expression {
    Expression::Call("T".into(), vec![row, column])
}

/// `T(n + row, k + column)`
fn near(row: i64, column: i64) -> Expression {
    cell(Expression::sum(vec![n(), integer(row)]), Expression::sum(vec![k(), integer(column)]))
}

fn equation(left: Expression, right: Expression) -> Expression {
    Expression::comparison(left, "=", right)
}

/// The columns from the first one on, up to the number of the row.
fn by_rows(origin: i64) -> Phrase {
    let columns = Expression::comparison(k(), "<=", n());
    let columns = Expression::comparison(integer(origin), "<=", columns);
    Phrase::text(" for ").and_math(columns).and_text(", by rows")
}

impl Parts {
    /// A triangle whose entries are all multiplied by a number and moved.
    pub(super) fn triangle(&mut self, triangle: &Triangle, weight: i64, constant: i64) -> Formula {
        let scaled =
            |entry: Expression| Expression::sum(vec![multiple(weight, entry), integer(constant)]);
        match triangle {
            Triangle::Cells { cell: function, origin, reading } => {
                let end = match reading {
                    Reading::Rows => by_rows(*origin),
                    Reading::Antidiagonals => {
                        let both = Expression::List(vec![n(), k()]);
                        Phrase::text(" for ")
                            .and_math(Expression::comparison(both, ">=", integer(*origin)))
                            .and_text(", by antidiagonals")
                    }
                };
                Formula::words(match entry(*function) {
                    Ok(entry) => Phrase::math(equation(near(0, 0), scaled(entry))).and(end),
                    Err(condition) => {
                        let [yes, no] = [1, 0].map(|value| scaled(integer(value)));
                        Phrase::math(equation(near(0, 0), yes))
                            .and_text(" if ")
                            .and(condition)
                            .and_text(", otherwise ")
                            .and_math(no)
                            .and_text(",")
                            .and(end)
                    }
                })
            }
            _ if (weight, constant) == (1, 0) => self.unscaled(triangle),
            _ => {
                let relation = ninth_sequences::Relation::Triangle(Box::new(triangle.clone()));
                let entry = self.named(&relation, &At::n());
                Formula::of(scaled(entry))
            }
        }
    }

    fn unscaled(&mut self, triangle: &Triangle) -> Formula {
        match triangle {
            Triangle::Of { sequence, place } => {
                let back = || minus(n(), k());
                let call = |name: &str| Expression::Call(name.into(), vec![k(), back()]);
                let at = match place {
                    TermIndex::Row => n(),
                    TermIndex::Column => k(),
                    TermIndex::FromRight => back(),
                    TermIndex::FromEdge => call("min"),
                    TermIndex::FromMiddle => call("max"),
                };
                let value = self.value(sequence, &At::variable(at));
                let rule = Phrase::math(equation(near(0, 0), value));
                Formula::words(rule.and(by_rows(0)))
            }
            Triangle::Inside { left, right, factors: [a, b, c], constant } => {
                let inside = Expression::sum(vec![
                    Expression::product(vec![integer(*a), near(-1, -1)]),
                    Expression::product(vec![integer(*b), near(-1, 0)]),
                    Expression::product(vec![integer(*c), near(0, -1)]),
                    integer(*constant),
                ]);
                let (left, right) = (self.value(left, &At::n()), self.value(right, &At::n()));
                Formula::words(
                    Phrase::math(equation(near(0, 0), inside))
                        .and_text(", ")
                        .and_math(equation(cell(n(), integer(0)), left))
                        .and_text(", ")
                        .and_math(equation(cell(n(), n()), right))
                        .and_text(" for ")
                        .and_math(Expression::comparison(n(), ">=", integer(1)))
                        .and_text(", by rows"),
                )
            }
            Triangle::Weighted { diagonal, above } => {
                let product = |[fixed, by_row, by_column]: [i64; 3], cell: Expression| {
                    let sum = |sign: i64| {
                        Expression::sum(vec![
                            multiple(sign.saturating_mul(by_row), n()),
                            multiple(sign.saturating_mul(by_column), k()),
                            integer(sign.saturating_mul(fixed)),
                        ])
                    };
                    // -(n + 1) is clearer than (-n - 1).
                    let negative = [fixed, by_row, by_column].iter().all(|one| *one <= 0);
                    let sign = if negative { -1 } else { 1 };
                    Expression::product(vec![integer(sign), sum(sign), cell])
                };
                let rule = Expression::sum(vec![
                    product(*diagonal, near(-1, -1)),
                    product(*above, near(-1, 0)),
                ]);
                Formula::words(
                    Phrase::math(equation(near(0, 0), rule))
                        .and_text(", ")
                        .and_math(equation(cell(integer(0), integer(0)), integer(1)))
                        .and_text(", by rows"),
                )
            }
            Triangle::Listed(listed) => Formula::words(match listed {
                Listed::Divisors => "the divisors of 1, 2, 3, ... in turn".to_owned(),
                Listed::DivisorsDown => {
                    "the divisors of 1, 2, 3, ... in turn, the largest first".to_owned()
                }
                Listed::PrimeFactors => {
                    "the prime factors of 1, 2, 3, ... in turn, with repetition".to_owned()
                }
                Listed::Totatives => "the numbers up to n that are coprime to n, \
                                      for n = 1, 2, 3, ... in turn"
                    .to_owned(),
                Listed::Remainders => {
                    "n mod 1, n mod 2, ..., n mod n for n = 1, 2, 3, ... in turn".to_owned()
                }
                Listed::Digits(base) => match (*base).max(2) {
                    10 => "the digits of 1, 2, 3, ... in turn".to_owned(),
                    2 => "the binary digits of 1, 2, 3, ... in turn".to_owned(),
                    base => format!("the digits of 1, 2, 3, ... in base {base} in turn"),
                },
            }),
            // Said above.
            Triangle::Cells { .. } => self.triangle(triangle, 1, 0),
        }
    }
}

/// The entry in row `n` and column `k`; or when it is 1, if it is 0 otherwise.
fn entry(function: CellFunction) -> Result<Expression, Phrase> {
    let call = |name: &str| Expression::Call(name.to_owned(), vec![n(), k()]);
    let square = |of| Expression::power(of, integer(2));
    let product = || Expression::product(vec![n(), k()]);
    let sum = || Expression::sum(vec![n(), k()]);
    Ok(match function {
        CellFunction::Linear(a, b) => Expression::sum(vec![
            Expression::product(vec![integer(a), n()]),
            Expression::product(vec![integer(b), k()]),
        ]),
        CellFunction::Product => product(),
        CellFunction::Around => Expression::sum(vec![product(), n(), k()]),
        CellFunction::Squares => Expression::sum(vec![square(n()), square(k())]),
        CellFunction::Power => Expression::power(n(), k()),
        CellFunction::Gcd => call("gcd"),
        CellFunction::Lcm => call("lcm"),
        CellFunction::Minimum => call("min"),
        CellFunction::Maximum => call("max"),
        CellFunction::Distance => Expression::Absolute(Box::new(minus(n(), k()))),
        CellFunction::Remainder => Expression::modulo(n(), k()),
        CellFunction::Quotient => Expression::floor(Expression::quotient(n(), k())),
        CellFunction::Divides => {
            return Err(Phrase::math(k()).and_text(" divides ").and_math(n()));
        }
        CellFunction::Equal => return Err(Phrase::math(equation(n(), k()))),
        CellFunction::Coprime => return Err(Phrase::math(equation(call("gcd"), integer(1)))),
        CellFunction::Xor => call("xor"),
        CellFunction::And => call("bit_and"),
        CellFunction::Or => call("bit_or"),
        CellFunction::Binomial => Expression::Binomial(Box::new(sum()), Box::new(k())),
        CellFunction::Choose => Expression::Binomial(Box::new(n()), Box::new(k())),
    })
}
