//! Evaluation of the relations that are made of other sequences and of functions: what
//! the wider phase needs and the phases before it do not.

use std::num::NonZeroU32;

use crate::function::gcd;
use crate::relation::{Answer, Keep, Lag, Operation, Relation, Test, map_while};
use crate::transform::Transform;

pub(crate) fn recurrence(terms: &mut [i64], lags: &[Lag], addend: &Relation) -> usize {
    let given = lags.len().min(terms.len());
    // Term n of the addend is read before term n of the recurrence takes its place.
    let length = addend.evaluate(terms).max(given);
    for index in 0..length {
        let next = match lags.get(index) {
            Some(lag) => Some(lag.first),
            None => lags.iter().enumerate().try_fold(terms[index], |sum, (place, lag)| {
                match lag.factor {
                    0 => Some(sum), // most are
                    factor => sum.checked_add(factor.checked_mul(terms[index - 1 - place])?),
                }
            }),
        };
        match next {
            Some(next) => terms[index] = next,
            None => return index,
        }
    }
    length
}

pub(crate) fn polynomial(terms: &mut [i64], [a, b, c, d]: [i64; 4], divisor: NonZeroU32) -> usize {
    let indices = 0..terms.len() as i64;
    map_while(terms, indices, |_, n| {
        let cubic = d.checked_mul(n)?.checked_add(c)?.checked_mul(n)?;
        let whole = cubic.checked_add(b)?.checked_mul(n)?.checked_add(a)?;
        Some(whole.div_euclid(i64::from(divisor.get())))
    })
}

pub(crate) fn digits(terms: &mut [i64], numerator: u32, denominator: NonZeroU32, base: u8) {
    let (whole, base) = (u64::from(denominator.get()), u64::from(base.max(2)));
    let mut rest = u64::from(numerator) % whole;
    for term in terms {
        rest *= base; // below 2^40
        *term = (rest / whole) as i64;
        rest %= whole;
    }
}

/// Digit `n` is the last one of `floor(10^n root)`, which is a root of an integer itself.
pub(crate) fn root_digits(terms: &mut [i64], radicand: u32, degree: u8) -> usize {
    let degree = u32::from(degree.max(2));
    let (mut power, mut root) = (Some(u128::from(radicand)), 0_u128);
    for (index, term) in terms.iter_mut().enumerate() {
        let Some(number) = power else { return index };
        let before = root;
        // The next digit is counted up to; so is the whole part, which is below 2^16.
        root *= 10;
        while (root + 1).checked_pow(degree).is_some_and(|power| power <= number) {
            root += 1;
        }
        *term = (root - 10 * before) as i64;
        power = 10_u128.checked_pow(degree).and_then(|places| number.checked_mul(places));
    }
    terms.len()
}

/// What is left is always `(root + added) / divisor` with integers.
pub(crate) fn continued_fraction(terms: &mut [i64], radicand: u32) -> usize {
    let radicand = i64::from(radicand);
    let whole = radicand.isqrt();
    let (mut added, mut divisor) = (0, 1);
    for (index, term) in terms.iter_mut().enumerate() {
        if divisor == 0 {
            return index;
        }
        *term = (whole + added) / divisor;
        added = *term * divisor - added;
        divisor = (radicand - added * added) / divisor;
    }
    terms.len()
}

impl Test {
    /// Whether `number` passes.
    fn passes(self, number: i64) -> bool {
        self.function.value(number).is_some_and(|value| match self.answer {
            Answer::Is(wanted) => value == wanted,
            Answer::IsNot(other) => value != other,
            Answer::Remainder { residue, modulus } => {
                value.rem_euclid(i64::from(modulus.get())) == residue
            }
        })
    }
}

/// As [`Relation::evaluate_up_to`].
pub(crate) fn select(
    terms: &mut [i64],
    from: &Relation,
    test: Test,
    keep: Keep,
    largest: i64,
) -> usize {
    /// Terms that are looked at: enough for what is not very rare, and a bound for tests
    /// that nothing passes. Few of them are enough most of the time.
    const CANDIDATES: [usize; 3] = [32, 128, 512];
    // What candidates are worth a look: up to which one, and how many of them. Terms are the
    // candidates, so behind the first that is too large there are others only if they fall.
    let (largest, most) = match keep {
        Keep::Terms if from.never_falls() => (largest, usize::MAX),
        Keep::Terms => (i64::MAX, usize::MAX),
        Keep::Indices => (i64::MAX, usize::try_from(largest.saturating_add(1)).unwrap_or(0)),
    };
    let mut candidates = Vec::new();
    let (mut length, mut seen) = (0, 0);
    for count in CANDIDATES.map(|count| count.min(most)) {
        if length == terms.len() || seen == count {
            break;
        }
        candidates.resize(count, 0);
        let found = from.evaluate_up_to(largest, &mut candidates);
        let passing = candidates[..found]
            .iter()
            .enumerate()
            .skip(seen)
            .take_while(|(_, term)| **term <= largest)
            .filter(|(_, term)| test.passes(**term));
        for (place, (index, term)) in terms[length..].iter_mut().zip(passing) {
            *place = match keep {
                Keep::Terms => *term,
                Keep::Indices => index as i64,
            };
            length += 1;
        }
        if found < count || candidates[found - 1] > largest {
            break;
        }
        seen = count;
    }
    length
}

/// Calls `then` with a second buffer of `length` terms.
fn with_scratch(length: usize, then: impl FnOnce(&mut [i64]) -> usize) -> usize {
    /// Terms that need no allocation: one more than those of a relation.
    const IN_PLACE: usize = 33;
    if length <= IN_PLACE { then(&mut [0; IN_PLACE][..length]) } else { then(&mut vec![0; length]) }
}

pub(crate) fn combine(
    terms: &mut [i64],
    operation: Operation,
    left: &Relation,
    right: &Relation,
) -> usize {
    with_scratch(terms.len(), |others| {
        let length = left.evaluate(terms).min(right.evaluate(others));
        let (terms, others) = (&mut terms[..length], &others[..length]);
        if operation == Operation::Convolution {
            return convolution(terms, others);
        }
        map_while(terms, others.iter().copied(), |s, t| match operation {
            Operation::Sum => s.checked_add(t),
            Operation::Difference => s.checked_sub(t),
            Operation::Product => s.checked_mul(t),
            Operation::Quotient => s.checked_div_euclid(t),
            Operation::Remainder => s.checked_rem_euclid(t),
            Operation::Gcd => gcd(s, t),
            Operation::Convolution => None, // done above
        })
    })
}

/// From the back, so that no term of `s` is overwritten before it has been used: the terms
/// end where the first sum overflows.
fn convolution(terms: &mut [i64], others: &[i64]) -> usize {
    let mut length = terms.len();
    for index in (0..terms.len()).rev() {
        let pairs = terms[..=index].iter().zip(others[..=index].iter().rev());
        let sum =
            pairs.into_iter().try_fold(0_i64, |sum, (s, t)| sum.checked_add(s.checked_mul(*t)?));
        match sum {
            Some(sum) => terms[index] = sum,
            None => length = index,
        }
    }
    length
}

pub(crate) fn transformed(terms: &mut [i64], by: Transform, of: &Relation) -> usize {
    let needed = by.needs(terms.len());
    if needed <= terms.len() {
        let found = of.evaluate(&mut terms[..needed]);
        return by.apply(terms, found);
    }
    with_scratch(needed, |scratch| {
        let found = of.evaluate(scratch);
        let length = by.apply(scratch, found).min(terms.len());
        terms[..length].copy_from_slice(&scratch[..length]);
        length
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::Function;
    use crate::relation::Step;

    fn counting(first: i64) -> Box<Relation> {
        Box::new(Relation::arithmetic(first, 1))
    }

    fn nonzero(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    #[test]
    fn rules_that_look_back() {
        let lag = |first, factor| Lag { first, factor };
        let lags = Box::new([lag(0, 1), lag(0, 1), lag(1, 1)]);
        let addend = Box::new(Relation::Constant(0));
        let tribonacci = Relation::Recurrence { lags, addend };
        assert_eq!(tribonacci.terms(8), [0, 0, 1, 1, 2, 4, 7, 13]);
        // x[n] = x[n-1] + x[n-2] + n
        let lags = Box::new([lag(1, 1), lag(1, 1)]);
        let forced = Relation::Recurrence { lags, addend: counting(0) };
        assert_eq!(forced.terms(6), [1, 1, 4, 8, 16, 29]);
        // The first terms stand where the addend has ended.
        let lags = Box::new([lag(5, 1), lag(6, 1)]);
        let ended = Box::new(Relation::arithmetic(i64::MAX, 1));
        assert_eq!(Relation::Recurrence { lags, addend: ended }.terms(9), [5, 6]);
        let steps = [Step::affine(1, 3), Step::affine(2, 0)];
        let alternate = Relation::Alternate { first: 6, steps };
        assert_eq!(alternate.terms(8), [6, 9, 18, 21, 42, 45, 90, 93]);
        let function = Function::DigitSum(10);
        let iterate = Relation::Iterate { first: 1, factor: 1, function, weight: 1 };
        assert_eq!(iterate.terms(9), [1, 2, 4, 8, 16, 23, 28, 38, 49]);
    }

    #[test]
    fn digits_and_roots() {
        let digits = |numerator, denominator, base| Relation::Digits {
            numerator,
            denominator: nonzero(denominator),
            base,
        };
        assert_eq!(digits(1, 7, 10).terms(7), [1, 4, 2, 8, 5, 7, 1]);
        assert_eq!(digits(8, 7, 10).terms(7), [1, 4, 2, 8, 5, 7, 1]);
        assert_eq!(digits(1, 3, 2).terms(5), [0, 1, 0, 1, 0]);
        let root = |radicand, degree| Relation::RootDigits { radicand, degree }.terms(9);
        assert_eq!(root(2, 2), [1, 4, 1, 4, 2, 1, 3, 5, 6]);
        assert_eq!(root(2, 3), [1, 2, 5, 9, 9, 2, 1, 0, 4]);
        assert_eq!(root(200, 2), [14, 1, 4, 2, 1, 3, 5, 6, 2]);
        assert_eq!(root(49, 2), [7, 0, 0, 0, 0, 0, 0, 0, 0]);
        // What is too long for exact arithmetic ends.
        assert!(root(7, 20).len() < 9);
        let fraction = |radicand| Relation::ContinuedFraction { radicand }.terms(9);
        assert_eq!(fraction(2), [1, 2, 2, 2, 2, 2, 2, 2, 2]);
        assert_eq!(fraction(7), [2, 1, 1, 1, 4, 1, 1, 1, 4]);
        assert_eq!(fraction(23), [4, 1, 3, 1, 8, 1, 3, 1, 8]);
        assert_eq!(fraction(25), [5]);
    }

    #[test]
    fn selections() {
        let select = |from, function, answer, keep| Relation::Select {
            from,
            test: Test { function, answer },
            keep,
        };
        let primes = select(counting(0), Function::IsPrime, Answer::Is(1), Keep::Terms);
        assert_eq!(primes.terms(8), [2, 3, 5, 7, 11, 13, 17, 19]);
        assert_eq!(primes.terms(99).len(), 97); // those below 512
        let squares =
            Box::new(Relation::Polynomial { coefficients: [1, 0, 1, 0], divisor: NonZeroU32::MIN });
        let places = select(squares, Function::IsPrime, Answer::Is(1), Keep::Indices);
        assert_eq!(places.terms(7), [1, 2, 4, 6, 10, 14, 16]);
        let answer = Answer::Remainder { residue: 1, modulus: nonzero(4) };
        let class = select(Box::new(primes), Function::Power(1), answer, Keep::Terms);
        assert_eq!(class.terms(5), [5, 13, 17, 29, 37]);
        let none = select(counting(0), Function::Power(1), Answer::Is(-1), Keep::Terms);
        assert!(none.terms(5).is_empty());
    }

    /// What is left out are terms above the bound, and what follows the first of them.
    #[test]
    fn selections_up_to_a_bound() {
        let squares = || {
            let from = Relation::Polynomial { coefficients: [0, 0, 1, 0], divisor: nonzero(1) };
            Box::new(from)
        };
        let lucas = || Box::new(Relation::Apply { function: Function::Lucas, to: counting(0) });
        let twos = || Box::new(Relation::arithmetic(100, -2));
        let odd = Answer::Remainder { residue: 1, modulus: nonzero(2) };
        for (from, function, answer) in [
            (counting(0), Function::IsPrime, Answer::Is(1)),
            (counting(300), Function::IsPrime, Answer::Is(1)),
            (counting(0), Function::Power(1), Answer::Is(-1)),
            (squares(), Function::DigitSum(10), odd),
            (lucas(), Function::IsPrime, Answer::Is(1)),
            (twos(), Function::DistinctPrimeFactors, Answer::Is(2)),
        ] {
            for keep in [Keep::Terms, Keep::Indices] {
                let test = Test { function, answer };
                let inner = Relation::Select { from: from.clone(), test, keep };
                let moved = |constant, of: Relation| Relation::Weighted {
                    of: Box::new(of),
                    weights: [1].into(),
                    constant,
                };
                let nested = Relation::Select {
                    from: Box::new(inner.clone()),
                    test: Test { function: Function::IsSquare, answer: Answer::Is(0) },
                    keep: Keep::Terms,
                };
                for relation in [inner.clone(), moved(2, inner.clone()), moved(-3, inner), nested] {
                    for largest in [-5, 0, 1, 30, 255, 1000, i64::MAX] {
                        let run = |terms: &[i64]| {
                            terms.iter().take_while(|term| **term <= largest).count()
                        };
                        let whole = relation.terms(40);
                        let mut part = [0; 40];
                        let length = relation.evaluate_up_to(largest, &mut part);
                        let wanted = run(&whole);
                        assert_eq!(run(&part[..length]), wanted, "{relation} up to {largest}");
                        assert_eq!(part[..wanted], whole[..wanted], "{relation} up to {largest}");
                    }
                }
            }
        }
    }

    #[test]
    fn two_sequences() {
        let combine = |operation| Relation::Combine {
            operation,
            left: Box::new(Relation::arithmetic(6, 2)),
            right: counting(1),
        };
        assert_eq!(combine(Operation::Sum).terms(4), [7, 10, 13, 16]);
        assert_eq!(combine(Operation::Difference).terms(4), [5, 6, 7, 8]);
        assert_eq!(combine(Operation::Product).terms(4), [6, 16, 30, 48]);
        assert_eq!(combine(Operation::Quotient).terms(4), [6, 4, 3, 3]);
        assert_eq!(combine(Operation::Remainder).terms(4), [0, 0, 1, 0]);
        assert_eq!(combine(Operation::Gcd).terms(4), [1, 2, 1, 4]);
        assert_eq!(combine(Operation::Convolution).terms(4), [6, 20, 44, 80]);
        assert_eq!(combine(Operation::Sum).terms(99).len(), 99);
        let by_zero = Relation::Combine {
            operation: Operation::Quotient,
            left: counting(1),
            right: Box::new(Relation::arithmetic(2, -1)),
        };
        assert_eq!(by_zero.terms(9), [0, 2]);
        assert_eq!(Relation::After { first: 9, then: counting(1) }.terms(3), [9, 1, 2]);
    }

    #[test]
    fn polynomials() {
        let polynomial = |coefficients, divisor| {
            Relation::Polynomial { coefficients, divisor: nonzero(divisor) }.terms(6)
        };
        assert_eq!(polynomial([0, 0, 1, 0], 4), [0, 0, 1, 2, 4, 6]);
        assert_eq!(polynomial([6, 13, 9, 2], 6), [1, 5, 14, 30, 55, 91]);
        assert_eq!(polynomial([0, -1, 0, 0], 2), [0, -1, -1, -2, -2, -3]);
    }
}
