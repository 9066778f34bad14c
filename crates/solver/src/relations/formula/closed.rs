//! Relations with a closed form in the index: polynomials, exponentials, periods.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::At;
use crate::expression::Expression;
use ninth_sequences::{Function, Operation, Past, Relation, Transform};

/// Polynomials of a larger degree are not looked for.
const LARGEST_DEGREE: usize = 8;

/// `(c0 + c1 n + c2 n^2 + ...) / d`, in lowest terms, with `d` positive.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Polynomial {
    coefficients: Vec<BigInt>,
    denominator: BigInt,
}

impl Polynomial {
    fn new(mut coefficients: Vec<BigInt>, mut denominator: BigInt) -> Self {
        while coefficients.len() > 1 && coefficients.last().is_some_and(Zero::is_zero) {
            coefficients.pop();
        }
        let divisor = coefficients.iter().fold(denominator.clone(), |gcd, one| gcd.gcd(one));
        coefficients.iter_mut().for_each(|one| *one /= &divisor);
        denominator /= divisor;
        Polynomial { coefficients, denominator }
    }

    fn linear(first: impl Into<BigInt>, step: impl Into<BigInt>) -> Self {
        Polynomial::new(vec![first.into(), step.into()], BigInt::one())
    }

    pub(super) fn degree(&self) -> usize {
        self.coefficients.len() - 1
    }

    /// The constant, if it is one, an integer.
    fn constant(&self) -> Option<&BigInt> {
        (self.degree() == 0 && self.denominator.is_one()).then(|| &self.coefficients[0])
    }

    /// First term and step, if it is linear and has integer coefficients.
    pub(super) fn arithmetic(&self) -> Option<[&BigInt; 2]> {
        match &self.coefficients[..] {
            [first, step] if self.denominator.is_one() => Some([first, step]),
            _ => None,
        }
    }

    /// Whether it is `first + step n`.
    pub(super) fn is(&self, first: i64, step: i64) -> bool {
        *self == Polynomial::linear(first, step)
    }

    /// Whether no term from index 0 on is smaller than the one before it: where that is obvious.
    fn never_falls(&self) -> bool {
        self.coefficients[1..].iter().all(|factor| !factor.is_negative())
    }

    fn sum(&self, other: &Self) -> Self {
        let mut sum = vec![BigInt::zero(); self.coefficients.len().max(other.coefficients.len())];
        for (one, by) in [(self, &other.denominator), (other, &self.denominator)] {
            for (power, factor) in one.coefficients.iter().enumerate() {
                sum[power] += factor * by;
            }
        }
        Polynomial::new(sum, &self.denominator * &other.denominator)
    }

    fn product(&self, other: &Self) -> Self {
        let mut product = vec![BigInt::zero(); self.coefficients.len() + other.degree()];
        for (power, factor) in self.coefficients.iter().enumerate() {
            for (place, by) in other.coefficients.iter().enumerate() {
                product[power + place] += factor * by;
            }
        }
        Polynomial::new(product, &self.denominator * &other.denominator)
    }

    fn scaled(&self, factor: impl Into<BigInt>) -> Self {
        self.product(&Polynomial::linear(factor, 0))
    }

    /// Its value at another polynomial.
    fn of(&self, inner: &Self) -> Self {
        let start = Polynomial::linear(0, 0);
        let value = self.coefficients.iter().rev().fold(start, |value, factor| {
            value.product(inner).sum(&Polynomial::linear(factor.clone(), 0))
        });
        let denominator = &value.denominator * &self.denominator;
        Polynomial::new(value.coefficients, denominator)
    }

    /// The same at the index `factor n + shift`.
    fn at(&self, factor: i64, shift: i64) -> Self {
        self.of(&Polynomial::linear(shift, factor))
    }

    /// The value times the denominator.
    fn multiple_at(&self, index: i64) -> BigInt {
        self.coefficients.iter().rev().fold(BigInt::zero(), |value, one| value * index + one)
    }

    fn value_is(&self, index: i64, value: i64) -> bool {
        self.multiple_at(index) == &self.denominator * value
    }

    /// Whether all values are integers: so many in a row are enough.
    fn is_integer_valued(&self) -> bool {
        (0..=self.degree() as i64).all(|n| self.multiple_at(n).is_multiple_of(&self.denominator))
    }

    /// `p(0) + p(1) + ... + p(n-1)`, by Newton's forward differences: the sum of the binomial
    /// of `n` and `i` is that of `n` and `i + 1`.
    fn total(&self) -> Self {
        let mut row: Vec<BigInt> =
            (0..=self.degree() as i64).map(|index| self.multiple_at(index)).collect();
        let mut sum = Polynomial::linear(0, 0);
        let mut binomial = Polynomial::linear(0, 1);
        for i in 0..=self.degree() as i64 {
            sum = sum.sum(&binomial.scaled(row[0].clone()));
            row = row.windows(2).map(|pair| &pair[1] - &pair[0]).collect();
            binomial = binomial.product(&Polynomial::linear(-1 - i, 1));
            binomial = Polynomial::new(binomial.coefficients, binomial.denominator * (i + 2));
        }
        let denominator = &sum.denominator * &self.denominator;
        Polynomial::new(sum.coefficients, denominator)
    }

    pub(super) fn expression(&self, at: &At) -> Expression {
        let moved = self.at(at.factor, at.shift);
        Expression::polynomial(&moved.coefficients, &moved.denominator, &at.variable)
    }
}

/// The value of a constant integer.
pub(super) fn into_constant(polynomial: Polynomial) -> Option<BigInt> {
    polynomial.constant().cloned()
}

/// `scale base^n + constant`, where `base` is neither 0, 1 nor -1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Exponential {
    scale: BigInt,
    base: BigInt,
    constant: BigInt,
}

impl Exponential {
    /// The terms of `a(n) = factor a(n-1) + constant`, where the constant goes away.
    fn of_recurrence(first: &BigInt, factor: &BigInt, constant: &BigInt) -> Option<Self> {
        if factor.magnitude() <= BigInt::one().magnitude() {
            return None;
        }
        let (fixed, rest) = constant.div_rem(&(BigInt::one() - factor));
        let found = Exponential { scale: first - &fixed, base: factor.clone(), constant: fixed };
        (rest.is_zero() && !found.scale.is_zero()).then_some(found)
    }

    /// The running total from `first` on.
    fn total(&self, first: i64) -> Option<Self> {
        let (scale, rest) = self.scale.div_rem(&(&self.base - 1));
        let constant = first - &scale;
        let exact = rest.is_zero() && self.constant.is_zero();
        exact.then(|| Exponential { scale, base: self.base.clone(), constant })
    }

    pub(super) fn expression(&self, at: &At) -> Expression {
        // 4 * 2^n is 2^(n + 2).
        let mut left = self.scale.abs();
        let mut exponent = 0_i64;
        if self.base.is_positive() {
            while left.is_multiple_of(&self.base) {
                left /= &self.base;
                exponent += 1;
            }
        }
        if !left.is_one() {
            (left, exponent) = (self.scale.abs(), 0);
        }
        let sign = if self.scale.is_negative() { -left } else { left };
        let index = at.moved(exponent).index();
        let power = Expression::power(Expression::Integer(self.base.clone()), index);
        let product = Expression::product(vec![Expression::Integer(sign), power]);
        let constant = Expression::Integer(self.constant.clone());
        if self.scale.is_negative() && self.constant.is_positive() {
            return Expression::sum(vec![constant, product]);
        }
        Expression::sum(vec![product, constant])
    }
}

/// First term, factor and constant of a recurrence of order one.
fn order_one(relation: &Relation) -> Option<[BigInt; 3]> {
    let numbers =
        |[first, factor, constant]: [i64; 3]| Some([first, factor, constant].map(BigInt::from));
    match relation {
        Relation::Affine { first, factor, constant } => numbers([*first, *factor, *constant]),
        Relation::Linear { first: [one, two], factors: [a, 0], constant } => {
            let next = BigInt::from(*one) * a + constant;
            (next == BigInt::from(*two)).then(|| numbers([*one, *a, *constant]))?
        }
        Relation::Scale { first, ratios } => match ratios.values() {
            [ratio] if ratio.denominator.get() == 1 => numbers([*first, ratio.numerator, 0]),
            _ => None,
        },
        Relation::Geometric { first, ratio, .. } if ratio.denominator.get() == 1 => {
            numbers([*first, ratio.numerator, 0])
        }
        Relation::Product { first, factors } => {
            let factor = polynomial(factors)?.constant()?.clone();
            Some([BigInt::from(*first), factor, BigInt::zero()])
        }
        Relation::RationalRecurrence { past, constant, divisor } if divisor.get() == 1 => {
            match **past {
                [Past { first, factor }] => numbers([first, factor, *constant]),
                _ => None,
            }
        }
        Relation::Recurrence { lags, addend } => match (&**lags, &**addend) {
            ([lag], Relation::Constant(constant)) => numbers([lag.first, lag.factor, *constant]),
            _ => None,
        },
        Relation::Alternate { first, steps: [one, other] }
            if one == other && one.ratio.denominator.get() == 1 =>
        {
            numbers([*first, one.ratio.numerator, one.constant])
        }
        _ => None,
    }
}

/// The relation as a polynomial, where it is one.
pub(super) fn polynomial(relation: &Relation) -> Option<Polynomial> {
    let found = match relation {
        Relation::Constant(value) => Polynomial::linear(*value, 0),
        Relation::Linear { first: [one, two], factors: [2, -1], constant } => {
            // Half of c n (n - 1) beside the line through the first two terms.
            let curve = Polynomial::new(
                [0, -1, 1].map(|one| one * BigInt::from(*constant)).to_vec(),
                2.into(),
            );
            Polynomial::linear(*one, BigInt::from(*two) - one).sum(&curve)
        }
        Relation::Polynomial { coefficients, divisor } => {
            let all = coefficients.iter().map(|&one| BigInt::from(one)).collect();
            let found = Polynomial::new(all, divisor.get().into());
            if !found.is_integer_valued() {
                return None;
            }
            found
        }
        Relation::RationalRecurrence { past, constant, divisor } if past.is_empty() => {
            Polynomial::linear(constant.div_euclid(i64::from(divisor.get())), 0)
        }
        Relation::Cycle(cycle) => match cycle.values() {
            [first, rest @ ..] if rest.iter().all(|one| one == first) => {
                Polynomial::linear(*first, 0)
            }
            _ => return None,
        },
        Relation::Sum { first, steps } => {
            polynomial(steps)?.total().sum(&Polynomial::linear(*first, 0))
        }
        Relation::Hold { runs, of } => {
            let of = polynomial(of)?;
            let whole = of.degree() == 0 || runs.values().iter().all(|run| run.get() == 1);
            whole.then_some(of)?
        }
        Relation::Weighted { of, weights, constant } => match weights.values() {
            [weight] => polynomial(of)?.scaled(*weight).sum(&Polynomial::linear(*constant, 0)),
            _ => return None,
        },
        Relation::Combine { operation, left, right } => {
            let (left, right) = (polynomial(left)?, polynomial(right)?);
            match operation {
                Operation::Sum => left.sum(&right),
                Operation::Difference => left.sum(&right.scaled(-1)),
                Operation::Product => left.product(&right),
                _ => return None,
            }
        }
        Relation::Apply { function: Function::Power(power), to } if *power <= 6 => {
            let to = polynomial(to)?;
            let one = Polynomial::linear(1, 0);
            (0..*power).fold(one, |product, _| product.product(&to))
        }
        Relation::Apply { function: Function::Triangular, to } => {
            let to = polynomial(to)?;
            let twice = to.product(&to.sum(&Polynomial::linear(1, 0)));
            let denominator = twice.denominator * 2;
            Polynomial::new(twice.coefficients, denominator)
        }
        Relation::Transformed { by: Transform::Differences, of } => {
            let of = polynomial(of)?;
            of.at(1, 1).sum(&of.scaled(-1))
        }
        Relation::Recurrence { lags, addend } if lags.is_empty() => polynomial(addend)?,
        Relation::After { first, then } => {
            let before = polynomial(then)?.at(1, -1);
            before.value_is(0, *first).then_some(before)?
        }
        _ => {
            let [first, factor, constant] = order_one(relation)?;
            let fixed = &first * &factor + &constant == first;
            if fixed {
                Polynomial::linear(first, 0)
            } else if factor.is_one() {
                Polynomial::linear(first, constant)
            } else {
                return None;
            }
        }
    };
    (found.degree() <= LARGEST_DEGREE).then_some(found)
}

/// The relation as an exponential, where it is one.
pub(super) fn exponential(relation: &Relation) -> Option<Exponential> {
    match relation {
        Relation::Sum { first, steps } => exponential(steps)?.total(*first),
        Relation::Weighted { of, weights, constant } => match weights.values() {
            [0] => None,
            [weight] => {
                let mut of = exponential(of)?;
                of.scale *= *weight;
                of.constant = of.constant * weight + constant;
                Some(of)
            }
            _ => None,
        },
        Relation::Apply { function: Function::Exponential(base), to } if *base > 1 => match &**to {
            Relation::Affine { first, factor: 1, constant: 1 } => {
                let first = u32::try_from(*first).ok().filter(|first| *first < 64)?;
                let scale = BigInt::from(*base).pow(first);
                Some(Exponential { scale, base: (*base).into(), constant: BigInt::zero() })
            }
            _ => None,
        },
        Relation::Transformed { by: Transform::Binomial, of } => {
            let scale = polynomial(of)?.constant()?.clone();
            let found = Exponential { scale, base: 2.into(), constant: BigInt::zero() };
            (!found.scale.is_zero()).then_some(found)
        }
        _ => {
            let [first, factor, constant] = order_one(relation)?;
            Exponential::of_recurrence(&first, &factor, &constant)
        }
    }
}

/// The terms of one period, where the relation is seen to have one.
pub(super) fn period(relation: &Relation) -> Option<Vec<i64>> {
    let values = match relation {
        Relation::Cycle(cycle) => cycle.values().to_vec(),
        Relation::Linear { first, factors: [0, 1], constant: 0 } => first.to_vec(),
        Relation::RationalRecurrence { past, constant: 0, divisor } if divisor.get() == 1 => {
            let factors: Vec<i64> = past.iter().map(|one| one.factor).collect();
            let alone = factors.split_first()? == (&1, &vec![0; factors.len() - 1][..]);
            alone.then(|| past.iter().map(|one| one.first).collect())?
        }
        Relation::Recurrence { lags, addend } if polynomial(addend)?.constant()?.is_zero() => {
            let factors: Vec<i64> = lags.iter().map(|one| one.factor).collect();
            let alone = factors.split_last()? == (&1, &vec![0; factors.len() - 1][..]);
            alone.then(|| lags.iter().map(|one| one.first).collect())?
        }
        Relation::Modulo { of, modulus } => {
            let modulus = i64::from(modulus.get());
            period(of)?.into_iter().map(|one| one.rem_euclid(modulus)).collect()
        }
        Relation::Weighted { of, weights, constant } => match weights.values() {
            [weight] => {
                let one = |one: i64| one.checked_mul(*weight)?.checked_add(*constant);
                period(of)?.into_iter().map(one).collect::<Option<_>>()?
            }
            _ => return None,
        },
        _ => {
            // Terms that turn round at every step.
            let [first, factor, constant] = order_one(relation)?;
            let two = [first.clone(), constant - first];
            let two = two.map(|one| i64::try_from(one).ok());
            (factor == BigInt::from(-1)).then_some(())?;
            two.into_iter().collect::<Option<_>>()?
        }
    };
    let length = (1..=values.len()).find(|&length| {
        values.len().is_multiple_of(length)
            && values.iter().zip(&values[length..]).all(|(one, later)| one == later)
    })?;
    Some(values[..length].to_vec())
}

/// Signs in turn: the first of two terms that differ in their sign only.
pub(super) fn signs(relation: &Relation) -> Option<i64> {
    match period(relation)?[..] {
        [one, other] if one != 0 && one.checked_neg() == Some(other) => Some(one),
        _ => None,
    }
}

/// `first (-1)^index`
pub(super) fn with_signs(first: i64, at: &At) -> Expression {
    let odd = at.shift.rem_euclid(2) == 1;
    let first = if odd { -BigInt::from(first) } else { first.into() };
    if at.factor % 2 == 0 {
        return Expression::Integer(first);
    }
    let minus = first == BigInt::from(-1);
    let index = Expression::sum(vec![at.variable.clone(), Expression::integer(i64::from(minus))]);
    let sign = Expression::power(Expression::integer(-1), index);
    let first = if minus { BigInt::one() } else { first };
    Expression::product(vec![Expression::Integer(first), sign])
}

/// Whether no term is smaller than the one before it. `false` also where that is not obvious.
pub(super) fn never_falls(relation: &Relation) -> bool {
    if polynomial(relation).is_some_and(|found| found.never_falls()) {
        return true;
    }
    match relation {
        Relation::Apply { function, to } => {
            let grows = matches!(
                function,
                Function::Power(_)
                    | Function::Triangular
                    | Function::Factorial
                    | Function::Fibonacci
                    | Function::Prime
                    | Function::Partitions
                    | Function::Catalan
                    | Function::Bell
                    | Function::Motzkin
                    | Function::Pell
                    | Function::Jacobsthal
                    | Function::CentralBinomial
            ) || matches!(function, Function::Exponential(base) if *base > 0);
            grows && never_falls(to)
        }
        Relation::Select { from, output, .. } => {
            *output == ninth_sequences::SelectOutput::Indices || never_falls(from)
        }
        Relation::Weighted { of, weights, .. } => match weights.values() {
            [weight] => *weight >= 0 && never_falls(of),
            _ => false,
        },
        _ => false,
    }
}
