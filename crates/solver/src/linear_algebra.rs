//! Exact linear algebra on small systems: relations between columns of integers, and the
//! shortest linear recurrence of a sequence.
//!
//! Nearly every system of a search has no solution. So each is first solved modulo a prime of 61
//! bits, which takes some hundred multiplications of machine words. What has a solution there is
//! lifted to rational numbers (Wang's reconstruction, "A p-adic algorithm for univariate partial
//! fractions", SYMSAC 1981), with more primes if one is too few, and then checked exactly.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// A prime below 2^61, as the modulus of calculations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prime(u64);

/// 2^61 - 1, for which a remainder takes a shift and an addition.
pub(crate) const MERSENNE: Prime = Prime((1 << 61) - 1);

/// The largest primes below 2^61.
const PRIMES: [Prime; 8] = [
    MERSENNE,
    Prime((1 << 61) - 31),
    Prime((1 << 61) - 45),
    Prime((1 << 61) - 229),
    Prime((1 << 61) - 259),
    Prime((1 << 61) - 283),
    Prime((1 << 61) - 339),
    Prime((1 << 61) - 391),
];

impl Prime {
    /// A number of any size modulo the prime.
    pub(crate) fn of(self, value: &BigInt) -> u64 {
        let digits = value.iter_u64_digits().rev();
        // 2^64 is 8 times 2^61.
        let shift = (1_u64 << 61) - self.0;
        let rest = digits.fold(0, |rest, digit| {
            let folded = (digit & MERSENNE.0) + (digit >> 61) * shift;
            let folded = if folded >= self.0 { folded - self.0 } else { folded };
            self.add(self.multiply(rest, 8 * shift), folded)
        });
        if value.sign() == Sign::Minus { self.negative(rest) } else { rest }
    }

    /// A small number modulo the prime.
    pub(crate) fn of_small(self, value: i64) -> u64 {
        value.rem_euclid(self.0 as i64) as u64
    }

    fn negative(self, value: u64) -> u64 {
        if value == 0 { 0 } else { self.0 - value }
    }

    /// `one + other`
    pub(crate) fn add(self, one: u64, other: u64) -> u64 {
        let sum = one + other;
        if sum >= self.0 { sum - self.0 } else { sum }
    }

    /// `one - other`
    pub(crate) fn subtract(self, one: u64, other: u64) -> u64 {
        if one >= other { one - other } else { one + self.0 - other }
    }

    /// `one * other`
    pub(crate) fn multiply(self, one: u64, other: u64) -> u64 {
        let product = u128::from(one) * u128::from(other);
        if self == MERSENNE {
            let folded = (product as u64 & self.0) + (product >> 61) as u64;
            return if folded >= self.0 { folded - self.0 } else { folded };
        }
        (product % u128::from(self.0)) as u64
    }

    /// `a b - c d`
    fn cross(self, a: u64, b: u64, c: u64, d: u64) -> u64 {
        if self != MERSENNE {
            return self.subtract(self.multiply(a, b), self.multiply(c, d));
        }
        let sum = u128::from(a) * u128::from(b) + u128::from(c) * u128::from(self.0 - d);
        let folded = (sum as u64 & self.0) + ((sum >> 61) as u64 & self.0) + (sum >> 122) as u64;
        let once = if folded >= self.0 { folded - self.0 } else { folded };
        if once >= self.0 { once - self.0 } else { once }
    }

    /// The determinant of the first rows of up to four columns, from a row on.
    fn determinant(self, columns: &[&[u64]], row: usize) -> u64 {
        // Of the columns `one` and `other`, in a row and the next one.
        let minor = |row: usize, one: usize, other: usize| {
            let (one, other) = (columns[one], columns[other]);
            self.cross(one[row], other[row + 1], other[row], one[row + 1])
        };
        match columns.len() {
            2 => minor(row, 0, 1),
            3 => {
                let last = |column: usize| columns[column][row + 2];
                let sum = self.cross(last(0), minor(row, 1, 2), last(1), minor(row, 0, 2));
                self.add(sum, self.multiply(last(2), minor(row, 0, 1)))
            }
            _ => {
                // By the pairs of columns that the first two rows have (Laplace).
                let product = |one: [usize; 2], other: [usize; 2]| {
                    self.multiply(minor(row, one[0], one[1]), minor(row + 2, other[0], other[1]))
                };
                let plus = [
                    product([0, 1], [2, 3]),
                    product([0, 3], [1, 2]),
                    product([1, 2], [0, 3]),
                    product([2, 3], [0, 1]),
                ];
                let minus = [product([0, 2], [1, 3]), product([1, 3], [0, 2])];
                let sum = plus.into_iter().fold(0, |sum, one| self.add(sum, one));
                minus.into_iter().fold(sum, |sum, one| self.subtract(sum, one))
            }
        }
    }

    /// The inverse of a number other than zero, by Euclid's algorithm.
    fn inverse(self, value: u64) -> u64 {
        let (mut rest, mut next) = (self.0 as i64, value as i64);
        let (mut factor, mut next_factor) = (0_i64, 1_i64);
        while next != 0 {
            let quotient = rest / next;
            (rest, next) = (next, rest - quotient * next);
            (factor, next_factor) = (next_factor, factor - quotient * next_factor);
        }
        self.of_small(factor)
    }
}

/// The only solution, up to a factor, of `sum of x_j columns[j][row] = 0` for all rows from
/// `first_row` on, modulo the prime. `None` if there is none, or more than one.
///
/// Rows are added one by one, so that a system without solution is left after as many rows as it
/// has columns. No inverses are taken before there is a solution.
pub(crate) fn kernel(prime: Prime, columns: &[&[u64]], first_row: usize) -> Option<Vec<u64>> {
    // Compiled for the first prime alone as well.
    match prime == MERSENNE {
        true => kernel_modulo(MERSENNE, columns, first_row),
        false => kernel_modulo(prime, columns, first_row),
    }
}

#[inline(always)]
fn kernel_modulo(prime: Prime, columns: &[&[u64]], first_row: usize) -> Option<Vec<u64>> {
    let width = columns.len();
    let rows = columns.first()?.len();
    if width < 2 || rows < first_row + width - 1 {
        return None;
    }
    // Few columns are nearly always refuted by their first rows.
    if width <= 4 && rows >= first_row + width && prime.determinant(columns, first_row) != 0 {
        return None;
    }
    let mut basis: Vec<u64> = Vec::with_capacity((width + 1) * width);
    let mut pivots: Vec<usize> = Vec::with_capacity(width);
    for row in first_row..rows {
        let start = basis.len();
        basis.extend(columns.iter().map(|column| column[row]));
        let (above, new) = basis.split_at_mut(start);
        for (old, &pivot) in above.chunks_exact(width).zip(&pivots) {
            let factor = new[pivot];
            if factor != 0 {
                let scale = old[pivot];
                for (value, &subtracted) in new.iter_mut().zip(old) {
                    *value = prime.cross(*value, scale, subtracted, factor);
                }
            }
        }
        match new.iter().position(|&value| value != 0) {
            None => basis.truncate(start),
            Some(_) if pivots.len() + 1 == width => return None,
            Some(pivot) => pivots.push(pivot),
        }
    }
    if pivots.len() + 1 != width {
        return None;
    }
    let free = (0..width).find(|column| !pivots.contains(column))?;
    let mut solution = vec![0; width];
    solution[free] = 1;
    // A row has zeros at the pivots of the rows above it.
    for (row, &pivot) in basis.chunks_exact(width).zip(&pivots).rev() {
        let mut sum = 0;
        for (column, (&factor, &value)) in row.iter().zip(&solution).enumerate() {
            if column != pivot {
                sum = prime.add(sum, prime.multiply(factor, value));
            }
        }
        solution[pivot] = prime.multiply(prime.negative(sum), prime.inverse(row[pivot]));
    }
    Some(solution)
}

/// The fraction with numerator and denominator below 2^30 that is this number modulo the prime.
fn fraction(prime: Prime, value: u64) -> Option<(i64, i64)> {
    const BOUND: i64 = 1 << 30;
    let (mut rest, mut next) = (prime.0 as i64, value as i64);
    let (mut factor, mut next_factor) = (0_i64, 1_i64);
    while next >= BOUND {
        let quotient = rest / next;
        (rest, next) = (next, rest - quotient * next);
        (factor, next_factor) = (next_factor, factor - quotient * next_factor);
    }
    let (above, below) = if next_factor < 0 { (-next, -next_factor) } else { (next, next_factor) };
    (below < BOUND && above.gcd(&below) == 1).then_some((above, below))
}

/// The smallest integers in the ratios that `residues` have modulo the prime, if these are small.
pub(crate) fn small_integers(prime: Prime, residues: &[u64]) -> Option<Vec<BigInt>> {
    let fractions: Option<Vec<(i64, i64)>> =
        residues.iter().map(|&value| fraction(prime, value)).collect();
    let fractions = fractions?;
    let mut common = 1_i64;
    for &(_, below) in &fractions {
        common = common.checked_mul(below / common.gcd(&below))?;
    }
    let scaled =
        fractions.iter().map(|&(above, below)| BigInt::from(above) * (common / below)).collect();
    Some(primitive(scaled))
}

/// Divides by the greatest common divisor.
pub(crate) fn primitive(mut values: Vec<BigInt>) -> Vec<BigInt> {
    let divisor = values.iter().fold(BigInt::zero(), |divisor, value| divisor.gcd(value));
    if !divisor.is_zero() && !divisor.is_one() {
        for value in &mut values {
            *value /= &divisor;
        }
    }
    values
}

/// Residues modulo a product of primes, which grows until the fractions behind them are found.
struct Lift {
    modulus: BigInt,
    residues: Vec<BigInt>,
}

impl Lift {
    fn new(length: usize) -> Self {
        Lift { modulus: BigInt::one(), residues: vec![BigInt::zero(); length] }
    }

    /// Adds a prime, by the Chinese remainder theorem.
    fn add(&mut self, prime: Prime, residues: &[u64]) {
        let inverse = prime.inverse(prime.of(&self.modulus));
        for (all, &residue) in self.residues.iter_mut().zip(residues) {
            let difference = prime.subtract(residue, prime.of(all));
            *all += &self.modulus * prime.multiply(difference, inverse);
        }
        self.modulus *= prime.0;
    }

    fn integers(&self) -> Option<Vec<BigInt>> {
        let bound = (&self.modulus / 2_u32).sqrt();
        let mut common = BigInt::one();
        let mut fractions = Vec::with_capacity(self.residues.len());
        for residue in &self.residues {
            let (mut rest, mut next) = (self.modulus.clone(), residue.clone());
            let (mut factor, mut next_factor) = (BigInt::zero(), BigInt::one());
            while next > bound {
                let (quotient, remainder) = rest.div_rem(&next);
                (rest, next) = (next, remainder);
                let following = factor - quotient * &next_factor;
                (factor, next_factor) = (next_factor, following);
            }
            if next_factor.is_negative() {
                (next, next_factor) = (-next, -next_factor);
            }
            if next_factor > bound {
                return None;
            }
            common = common.lcm(&next_factor);
            if common > bound {
                return None;
            }
            fractions.push((next, next_factor));
        }
        let scaled = fractions.into_iter().map(|(above, below)| above * (&common / below));
        Some(primitive(scaled.collect()))
    }
}

/// Lifts what `solution` gives for each prime, with ever more primes, until `check` agrees.
fn lift(
    mut solution: impl FnMut(Prime) -> Option<Vec<u64>>,
    check: impl Fn(&[BigInt]) -> bool,
) -> Option<Vec<BigInt>> {
    let mut lift: Option<Lift> = None;
    for (place, prime) in PRIMES.into_iter().enumerate() {
        let residues = solution(prime)?;
        let lift = lift.get_or_insert_with(|| Lift::new(residues.len()));
        if residues.len() != lift.residues.len() {
            return None;
        }
        lift.add(prime, &residues);
        // Twice as many each time: what a few primes give, more of them give as well.
        if (place + 1).is_power_of_two()
            && let Some(values) = lift.integers()
            && check(&values)
        {
            return Some(values);
        }
    }
    None
}

/// The smallest integers `x` with `sum of x_j columns[j][row] = 0` in every row, if there is only
/// one such relation, up to a factor; their sign is arbitrary.
///
/// ```
/// use ninth_solver::linear_algebra::relation;
///
/// let columns = [vec![1, 2, 5], vec![1, 1, 1], vec![3, 7, 19]];
/// let columns = columns.map(|column| column.into_iter().map(Into::into).collect());
/// let found = relation(&columns).unwrap();
/// assert_eq!(found, [4, -1, -1].map(Into::into));
/// ```
pub fn relation(columns: &[Vec<BigInt>]) -> Option<Vec<BigInt>> {
    let rows = columns.first()?.len();
    let residues = |prime: Prime| -> Vec<Vec<u64>> {
        let of = |column: &Vec<BigInt>| column.iter().map(|value| prime.of(value)).collect();
        columns.iter().map(of).collect()
    };
    let solution = |prime: Prime, all: &[Vec<u64>]| {
        let columns: Vec<&[u64]> = all.iter().map(Vec::as_slice).collect();
        kernel(prime, &columns, 0)
    };
    let check = |values: &[BigInt]| {
        (0..rows).all(|row| {
            let sum: BigInt =
                values.iter().zip(columns).map(|(value, column)| value * &column[row]).sum();
            sum.is_zero()
        })
    };
    // Nearly all numbers are small.
    let first = solution(MERSENNE, &residues(MERSENNE))?;
    let small = small_integers(MERSENNE, &first).filter(|values| check(values));
    let values = match small {
        Some(values) => values,
        None => lift(|prime| solution(prime, &residues(prime)), check)?,
    };
    Some(match values.iter().find(|value| !value.is_zero()) {
        Some(first) if first.is_negative() => values.into_iter().map(|value| -value).collect(),
        _ => values,
    })
}

/// The shortest linear recurrence of `terms` modulo the prime, by the algorithm of Berlekamp and
/// Massey ("Shift-register synthesis and BCH decoding", IEEE Transactions on Information Theory
/// 15, 1969): `c` with `a(n) + c[0] a(n-1) + c[1] a(n-2) + ... = 0`. `None` where it has more numbers
/// than the largest one should.
#[inline]
fn berlekamp_massey(prime: Prime, terms: &[u64], largest: usize) -> Option<Vec<u64>> {
    let mut connection = Vec::with_capacity(terms.len() + 1);
    let mut previous = Vec::with_capacity(terms.len() + 1);
    let mut old = Vec::with_capacity(terms.len() + 1);
    connection.push(1_u64);
    previous.push(1_u64);
    // Both are kept up to a factor, so that no inverse is taken before the end.
    let (mut order, mut gap, mut last) = (0_usize, 1_usize, 1_u64);
    for place in 0..terms.len() {
        let pairs = connection.iter().zip(terms[..=place].iter().rev());
        let discrepancy =
            pairs.fold(0, |sum, (&factor, &term)| prime.add(sum, prime.multiply(factor, term)));
        if discrepancy == 0 {
            gap += 1;
            continue;
        }
        let longer = 2 * order <= place;
        if longer {
            order = place + 1 - order;
            if order > largest {
                return None;
            }
            old.clone_from(&connection);
        }
        connection.resize(connection.len().max(previous.len() + gap), 0);
        if last != 1 {
            connection[..gap].iter_mut().for_each(|one| *one = prime.multiply(last, *one));
        }
        let (changed, rest) = connection[gap..].split_at_mut(previous.len());
        for (value, &factor) in changed.iter_mut().zip(&previous) {
            *value = prime.cross(last, *value, discrepancy, factor);
        }
        rest.iter_mut().for_each(|one| *one = prime.multiply(last, *one));
        if longer {
            std::mem::swap(&mut previous, &mut old);
            (last, gap) = (discrepancy, 1);
        } else {
            gap += 1;
        }
    }
    connection.resize(order + 1, 0);
    let leading = connection.remove(0);
    if leading != 1 {
        let scale = prime.inverse(leading);
        connection.iter_mut().for_each(|factor| *factor = prime.multiply(*factor, scale));
    }
    Some(connection)
}

/// The order of the shortest recurrence that residues modulo [`MERSENNE`] follow, if it is not
/// above the largest one. The terms behind them follow none of a lower order.
pub(crate) fn order_modulo(residues: &[u64], largest: usize) -> Option<usize> {
    berlekamp_massey(MERSENNE, residues, largest).map(|connection| connection.len())
}

/// The shortest linear recurrence `d a(n) = c[0] a(n-1) + c[1] a(n-2) + ...` of these terms, as
/// `(d, c)` with `d` above 0, if there are `surplus` terms more than are needed to find it.
pub fn shortest_recurrence(terms: &[BigInt], surplus: usize) -> Option<(BigInt, Vec<BigInt>)> {
    let find = |prime: Prime| {
        let residues: Vec<u64> = terms.iter().map(|term| prime.of(term)).collect();
        let largest = terms.len().checked_sub(surplus)? / 2;
        let connection = berlekamp_massey(prime, &residues, largest)?;
        let mut all = vec![1];
        all.extend(connection);
        Some(all)
    };
    let check = |values: &[BigInt]| {
        (values.len() - 1..terms.len()).all(|place| {
            let products =
                values.iter().enumerate().map(|(lag, value)| value * &terms[place - lag]);
            products.sum::<BigInt>().is_zero()
        })
    };
    let mut values = lift(find, check)?;
    let mut leading = values.remove(0);
    // a(n) + c a(n-1) = 0 becomes a(n) = -c a(n-1).
    match leading.is_negative() {
        true => leading = -leading,
        false => values.iter_mut().for_each(|value| *value = -std::mem::take(value)),
    }
    Some((leading, values))
}

/// `above / below` if that is an integer.
pub(crate) fn exact_quotient(above: &BigInt, below: &BigInt) -> Option<BigInt> {
    if below.is_one() {
        return Some(above.clone());
    }
    if below.is_zero() {
        return None;
    }
    if let (Some(above), Some(below)) = (above.to_i64(), below.to_i64()) {
        return (above.checked_rem(below)? == 0).then(|| BigInt::from(above / below));
    }
    let (quotient, rest) = above.div_rem(below);
    rest.is_zero().then_some(quotient)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integers(values: &[i64]) -> Vec<BigInt> {
        values.iter().map(|&value| BigInt::from(value)).collect()
    }

    #[test]
    fn arithmetic_modulo_primes() {
        for prime in PRIMES {
            for value in [1, 2, 12_345, prime.0 - 1, prime.0 / 2] {
                assert_eq!(prime.multiply(value, prime.inverse(value)), 1);
                assert_eq!(prime.add(value, prime.negative(value)), 0);
            }
            let large = BigInt::from(prime.0) * 7 - 3;
            assert_eq!(prime.of(&large), prime.0 - 3);
            assert_eq!(prime.of(&-large), 3);
        }
    }

    #[test]
    fn determinants_modulo_primes() {
        for prime in PRIMES {
            let of = |row: &[i64]| row.iter().map(|&one| prime.of_small(one)).collect::<Vec<u64>>();
            let determinant = |columns: &[&[i64]]| {
                let columns: Vec<Vec<u64>> = columns.iter().map(|column| of(column)).collect();
                let columns: Vec<&[u64]> = columns.iter().map(Vec::as_slice).collect();
                prime.determinant(&columns, 1)
            };
            assert_eq!(determinant(&[&[9, 1, 3], &[9, 2, 4]]), prime.of_small(-2));
            let three: [&[i64]; 3] = [&[0, 2, 0, 1], &[0, 1, 3, 1], &[0, 7, 5, -4]];
            assert_eq!(determinant(&three), prime.of_small(-50));
            let four: [&[i64]; 4] =
                [&[1, 2, 0, 1, 5], &[1, 1, 3, 1, 0], &[1, 7, 5, -4, 2], &[1, 1, 1, 2, -3]];
            assert_eq!(determinant(&four), prime.of_small(324));
            let large = prime.0 - 1;
            assert_eq!(prime.cross(large, large, 0, 5), 1);
            assert_eq!(prime.cross(large, large, large, 1), 2);
            assert_eq!(prime.cross(large, large, large, 0), 1);
        }
    }

    #[test]
    fn fractions_come_back() {
        for (above, below) in [(0, 1), (1, 1), (-1, 1), (3, 7), (-355, 113), (1 << 29, 3)] {
            let residue = MERSENNE
                .multiply(MERSENNE.of_small(above), MERSENNE.inverse(MERSENNE.of_small(below)));
            assert_eq!(fraction(MERSENNE, residue), Some((above, below)));
        }
    }

    #[test]
    fn relations() {
        let x = integers(&[3, 1, 4, 1, 5, 9, 2]);
        let y = integers(&[2, 7, 1, 8, 2, 8, 1]);
        let z: Vec<BigInt> = x.iter().zip(&y).map(|(x, y)| 5 * x - 3 * y).collect();
        assert_eq!(relation(&[x.clone(), y.clone(), z]), Some(integers(&[5, -3, -1])));
        let huge = BigInt::from(10).pow(60);
        let z: Vec<BigInt> = x.iter().zip(&y).map(|(x, y)| &huge * x - y).collect();
        assert_eq!(
            relation(&[x.clone(), y.clone(), z]),
            Some(vec![huge, (-1).into(), (-1).into()])
        );
        let unrelated = integers(&[1, 1, 1, 1, 1, 1, 0]);
        assert_eq!(relation(&[x.clone(), y, unrelated]), None);
        assert_eq!(relation(&[x.clone(), x.clone(), x]), None);
        assert_eq!(relation(&[]), None);
    }

    #[test]
    fn recurrences() {
        let fibonacci = integers(&[1, 1, 2, 3, 5, 8, 13]);
        let expected = (1.into(), integers(&[1, 1]));
        assert_eq!(shortest_recurrence(&fibonacci, 2), Some(expected));
        let halves = integers(&[64, 96, 80, 88, 84, 86]);
        assert_eq!(shortest_recurrence(&halves, 2), Some((2.into(), integers(&[1, 1]))));
        assert_eq!(shortest_recurrence(&integers(&[2, 3, 5, 7, 11, 13, 17, 19]), 2), None);
        let base: BigInt = BigInt::from(10).pow(40) + 1_i64;
        let powers: Vec<BigInt> = (0..4).map(|exponent| base.pow(exponent)).collect();
        assert_eq!(shortest_recurrence(&powers, 2), Some((1.into(), vec![base])));
    }
}
