//! The terms of a sequence that a predicate holds for, or their indices.

use std::num::NonZeroU32;

use super::function::Function;

/// A property of a number: the value of a function is one of those accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Predicate {
    /// The function.
    pub function: Function,
    /// The values accepted; the predicate does not hold where the function has no value.
    pub accepted: Accepted,
}

/// What a selection outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SelectOutput {
    /// The terms that the predicate holds for.
    Terms,
    /// Their indices, from 0 on.
    Indices,
}

/// The values that a predicate accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Accepted {
    /// This one only.
    Is(i64),
    /// All but this one.
    IsNot(i64),
    /// A residue class.
    Remainder {
        /// The remainder.
        residue: i64,
        /// The divisor.
        modulus: NonZeroU32,
    },
}

impl Predicate {
    fn holds(self, number: i64) -> bool {
        self.function.value(number).is_some_and(|value| match self.accepted {
            Accepted::Is(wanted) => value == wanted,
            Accepted::IsNot(other) => value != other,
            Accepted::Remainder { residue, modulus } => {
                value.rem_euclid(i64::from(modulus.get())) == residue
            }
        })
    }
}

/// Evaluates the selection from a sequence as far as its terms are at most `largest`.
///
/// `evaluate` writes the first terms of that sequence and returns how many there are, as far as
/// they are at most its argument; `never_falls` says that no term is smaller than the one before.
pub(super) fn select(
    terms: &mut [i64],
    predicate: Predicate,
    output: SelectOutput,
    largest: i64,
    never_falls: bool,
    evaluate: impl Fn(i64, &mut [i64]) -> usize,
) -> usize {
    /// The number of terms to look at, in up to three attempts: few are enough most of the time,
    /// and the last is the bound for predicates that never hold.
    const CANDIDATES: [usize; 3] = [32, 128, 512];
    // Which candidates can be in the output: those up to `largest`, and at most `most` of them.
    // If terms never fall, all those after the first that is too large are so too.
    let (largest, most) = match output {
        SelectOutput::Terms if never_falls => (largest, usize::MAX),
        SelectOutput::Terms => (i64::MAX, usize::MAX),
        SelectOutput::Indices => {
            (i64::MAX, usize::try_from(largest.saturating_add(1)).unwrap_or(0))
        }
    };
    let mut candidates = Vec::new();
    let (mut length, mut seen) = (0, 0);
    for count in CANDIDATES.map(|count| count.min(most)) {
        if length == terms.len() || seen == count {
            break;
        }
        candidates.resize(count, 0);
        let found = evaluate(largest, &mut candidates);
        let passing = candidates[..found]
            .iter()
            .enumerate()
            .skip(seen)
            .take_while(|(_, term)| **term <= largest)
            .filter(|(_, term)| predicate.holds(**term));
        for (place, (index, term)) in terms[length..].iter_mut().zip(passing) {
            *place = match output {
                SelectOutput::Terms => *term,
                SelectOutput::Indices => index as i64,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::Relation;

    fn counting(first: i64) -> Box<Relation> {
        Box::new(Relation::arithmetic(first, 1))
    }

    fn nonzero(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    #[test]
    fn selections() {
        let select = |from, function, accepted, output| Relation::Select {
            from,
            predicate: Predicate { function, accepted },
            output,
        };
        let primes = select(counting(0), Function::IsPrime, Accepted::Is(1), SelectOutput::Terms);
        assert_eq!(primes.terms(8), [2, 3, 5, 7, 11, 13, 17, 19]);
        assert_eq!(primes.terms(99).len(), 97); // those below 512
        let squares =
            Box::new(Relation::Polynomial { coefficients: [1, 0, 1, 0], divisor: NonZeroU32::MIN });
        let places = select(squares, Function::IsPrime, Accepted::Is(1), SelectOutput::Indices);
        assert_eq!(places.terms(7), [1, 2, 4, 6, 10, 14, 16]);
        let accepted = Accepted::Remainder { residue: 1, modulus: nonzero(4) };
        let class = select(Box::new(primes), Function::Power(1), accepted, SelectOutput::Terms);
        assert_eq!(class.terms(5), [5, 13, 17, 29, 37]);
        let none = select(counting(0), Function::Power(1), Accepted::Is(-1), SelectOutput::Terms);
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
        let odd = Accepted::Remainder { residue: 1, modulus: nonzero(2) };
        for (from, function, accepted) in [
            (counting(0), Function::IsPrime, Accepted::Is(1)),
            (counting(300), Function::IsPrime, Accepted::Is(1)),
            (counting(0), Function::Power(1), Accepted::Is(-1)),
            (squares(), Function::DigitSum(10), odd),
            (lucas(), Function::IsPrime, Accepted::Is(1)),
            (twos(), Function::DistinctPrimeFactors, Accepted::Is(2)),
        ] {
            for output in [SelectOutput::Terms, SelectOutput::Indices] {
                let predicate = Predicate { function, accepted };
                let inner = Relation::Select { from: from.clone(), predicate, output };
                let moved = |constant, of: Relation| Relation::Weighted {
                    of: Box::new(of),
                    weights: [1].into(),
                    constant,
                };
                let nested = Relation::Select {
                    from: Box::new(inner.clone()),
                    predicate: Predicate {
                        function: Function::IsSquare,
                        accepted: Accepted::Is(0),
                    },
                    output: SelectOutput::Terms,
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
}
