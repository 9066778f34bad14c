//! Terms that need more than a formula: triangles, convolutions, products of power series.
//!
//! Each is written for numbers of any kind and runs in `i128` as long as everything fits.

use num_bigint::BigInt;

use super::Series;
use super::formula::Exact;

/// Runs a function of `count` in `i128`, and in `BigInt` where that is too small.
macro_rules! exactly {
    ($make:ident $(, $argument:expr)*) => {
        |count| match $crate::catalogue::series::$make::<i128>(count $(, $argument)*) {
            Some(terms) => $crate::catalogue::Series::Small(terms),
            None => $crate::catalogue::Series::Big(
                $crate::catalogue::series::$make::<num_bigint::BigInt>(count $(, $argument)*)
                    .unwrap_or_default(),
            ),
        }
    };
}
pub(super) use exactly;

/// The terms of a list of small numbers.
pub(super) fn small(terms: impl Iterator<Item = i64>) -> Series {
    Series::Small(terms.map(i128::from).collect())
}

/// The terms of a list of numbers of any size.
pub(super) fn big(terms: impl Iterator<Item = BigInt>) -> Series {
    Series::Big(terms.collect())
}

/// The sum of products `one(k) * other(k)` over `k`.
fn dot<T: Exact>(pairs: impl Iterator<Item = (T, T)>) -> Option<T> {
    let mut sum = T::zero();
    for (one, other) in pairs {
        sum = sum.checked_add(&one.checked_mul(&other)?)?;
    }
    Some(sum)
}

/// The row of binomials that follows.
fn next_binomials<T: Exact>(row: &[T]) -> Option<Vec<T>> {
    let mut next = vec![T::one()];
    for pair in row.windows(2) {
        next.push(pair[0].checked_add(&pair[1])?);
    }
    next.push(T::one());
    Some(next)
}

/// Bell numbers, by the triangle of Aitken: rows begin with the last number of the row before.
pub(super) fn bell<T: Exact>(count: usize, complementary: bool) -> Option<Vec<T>> {
    // B(n + 1) = sum of binomial(n, k) B(k), with a sign for the complementary ones.
    let mut terms = Vec::with_capacity(count);
    let mut row = vec![T::one()];
    while terms.len() < count {
        terms.push(row.first()?.clone());
        let mut next = vec![row.last()?.clone()];
        if complementary {
            next[0] = T::zero().checked_sub(&next[0])?;
        }
        for value in &row {
            next.push(next.last()?.checked_add(value)?);
        }
        row = next;
    }
    Some(terms)
}

/// The terms of the exponential of a power series with exponential generating function, from
/// `blocks(k)`, the number of structures on one block of `k` elements:
/// `a(n) = sum of binomial(n - 1, k - 1) blocks(k) a(n - k)`.
pub(super) fn sets<T: Exact>(count: usize, blocks: fn(&[T], usize) -> Option<T>) -> Option<Vec<T>> {
    let mut terms = vec![T::one()];
    let mut sizes: Vec<T> = Vec::new();
    let mut row = vec![T::one()];
    while terms.len() < count {
        let n = terms.len();
        sizes.push(blocks(&sizes, n)?);
        let mut sum = T::zero();
        for k in 1..=n {
            let choices = row[k - 1].checked_mul(&sizes[k - 1])?;
            sum = sum.checked_add(&choices.checked_mul(&terms[n - k])?)?;
        }
        terms.push(sum);
        row = next_binomials(&row)?;
    }
    terms.truncate(count);
    Some(terms)
}

/// Sets of blocks that are `k` elements with one of them marked.
pub(super) fn idempotent_maps<T: Exact>(count: usize) -> Option<Vec<T>> {
    sets(count, |_, k| Some(T::from(k as i64)))
}

/// Partitions of a set whose blocks are coloured in two colours.
pub(super) fn two_coloured_bell<T: Exact>(count: usize) -> Option<Vec<T>> {
    sets(count, |_, _| Some(T::from(2)))
}

/// Partitions of a set without singletons.
pub(super) fn bell_without_singletons<T: Exact>(count: usize) -> Option<Vec<T>> {
    sets(count, |_, k| Some(T::from(i64::from(k > 1))))
}

/// Partitions of a set whose blocks are partitioned again.
pub(super) fn bell_of_bell<T: Exact>(count: usize) -> Option<Vec<T>> {
    let blocks = bell::<T>(count + 1, false)?;
    let mut terms = vec![T::one()];
    let mut row = vec![T::one()];
    while terms.len() < count {
        let n = terms.len();
        let mut sum = T::zero();
        for k in 1..=n {
            let choices = row[k - 1].checked_mul(&blocks[k])?;
            sum = sum.checked_add(&choices.checked_mul(&terms[n - k])?)?;
        }
        terms.push(sum);
        row = next_binomials(&row)?;
    }
    terms.truncate(count);
    Some(terms)
}

/// Fubini numbers: `a(n) = sum of binomial(n, k) a(n - k)`, `k >= 1`.
pub(super) fn fubini<T: Exact>(count: usize) -> Option<Vec<T>> {
    let mut terms = vec![T::one()];
    let mut row = vec![T::one()];
    while terms.len() < count {
        row = next_binomials(&row)?;
        let n = terms.len();
        let pairs = (1..=n).map(|k| (row[k].clone(), terms[n - k].clone()));
        terms.push(dot(pairs)?);
    }
    terms.truncate(count);
    Some(terms)
}

/// Euler's zigzag numbers, by the triangle of Seidel, Entringer and Arnold.
pub(super) fn zigzag<T: Exact>(count: usize) -> Option<Vec<T>> {
    let mut terms = Vec::with_capacity(count);
    let mut row = vec![T::one()];
    while terms.len() < count {
        terms.push(row.last()?.clone());
        let mut next = vec![T::zero()];
        for value in row.iter().rev() {
            next.push(next.last()?.checked_add(value)?);
        }
        row = next;
    }
    Some(terms)
}

/// Every second zigzag number: the secant numbers from 0, the tangent numbers from 1.
pub(super) fn half_zigzag<T: Exact>(count: usize, from: usize) -> Option<Vec<T>> {
    Some(zigzag::<T>(2 * count + 1)?.into_iter().skip(from).step_by(2).take(count).collect())
}

/// Genocchi numbers without their signs: `n T(n)/4^(n - 1)`, with the tangent numbers `T`.
pub(super) fn genocchi<T: Exact>(count: usize, signed: bool) -> Option<Vec<T>> {
    let mut power = T::one();
    let mut terms = Vec::with_capacity(count);
    for (place, tangent) in half_zigzag::<T>(count, 1)?.into_iter().enumerate() {
        let value = tangent.checked_mul(&T::from(place as i64 + 1))?.div_floor(&power);
        let negative = signed && place % 2 == 0;
        terms.push(if negative { T::zero().checked_sub(&value)? } else { value });
        power = power.checked_mul(&T::from(4))?;
    }
    Some(terms)
}

/// Springer numbers, `1/(cos x - sin x)`: `a(n) = sum of binomial(n, k) s(k) a(n - k)`, `k >= 1`,
/// with `s = 1, 1, -1, -1, 1, 1, ...` from `k = 1` on.
pub(super) fn springer<T: Exact>(count: usize) -> Option<Vec<T>> {
    let mut terms = vec![T::one()];
    let mut row = vec![T::one()];
    while terms.len() < count {
        row = next_binomials(&row)?;
        let n = terms.len();
        let mut sum = T::zero();
        for k in 1..=n {
            let product = row[k].checked_mul(&terms[n - k])?;
            sum = match k % 4 {
                1 | 2 => sum.checked_add(&product)?,
                _ => sum.checked_sub(&product)?,
            };
        }
        terms.push(sum);
    }
    terms.truncate(count);
    Some(terms)
}

/// A column of the Stirling numbers: `a(n, k) = factor(n - 1, k) a(n - 1, k) + a(n - 1, k - 1)`,
/// from `n = skip` on. Of the first kind the factor is `n - 1`, of the second it is `k`.
fn column<T: Exact>(
    count: usize,
    column: usize,
    skip: usize,
    factor: fn(usize, usize) -> usize,
) -> Option<Vec<T>> {
    let mut row = vec![T::zero(); column + 1];
    row[0] = T::one();
    let mut terms = Vec::with_capacity(count);
    for n in 0..count + skip {
        if n >= skip {
            terms.push(row[column].clone());
        }
        for k in (1..=column).rev() {
            let stay = row[k].checked_mul(&T::from(factor(n, k) as i64))?;
            row[k] = stay.checked_add(&row[k - 1])?;
        }
        row[0] = row[0].checked_mul(&T::from(factor(n, 0) as i64))?;
    }
    Some(terms)
}

/// Stirling numbers of the first kind without signs, `[n, k]`.
pub(super) fn stirling_cycles<T: Exact>(count: usize, k: usize, skip: usize) -> Option<Vec<T>> {
    column(count, k, skip, |n, _| n)
}

/// Stirling numbers of the second kind, `{n, k}`.
pub(super) fn stirling_subsets<T: Exact>(count: usize, k: usize, skip: usize) -> Option<Vec<T>> {
    column(count, k, skip, |_, k| k)
}

/// Eulerian numbers: permutations of `n` with `k - 1` descents, from `n = k` on.
pub(super) fn eulerian<T: Exact>(count: usize, k: usize) -> Option<Vec<T>> {
    // a(n, k) = k a(n - 1, k) + (n - k + 1) a(n - 1, k - 1)
    let mut row = vec![T::zero(); k + 1];
    row[1] = T::one();
    let mut terms = Vec::with_capacity(count);
    for n in 2..count + k + 1 {
        if n > k {
            terms.push(row[k].clone());
        }
        for j in (2..=k).rev() {
            let stay = row[j].checked_mul(&T::from(j as i64))?;
            let rest = T::from((n as i64 - j as i64 + 1).max(0));
            row[j] = stay.checked_add(&row[j - 1].checked_mul(&rest)?)?;
        }
    }
    Some(terms)
}

/// The transform of Euler: the power series of the product of `(1 - x^k)^-parts(k)`, by
/// `n a(n) = sum of b(k) a(n - k)` with `b(k)`, the sum of `d parts(d)` over the divisors of `k`.
pub(super) fn euler<T: Exact>(count: usize, parts: fn(u64) -> i64) -> Option<Vec<T>> {
    let mut divisors = vec![0_i64; count.max(1)];
    for d in 1..count {
        let summand = parts(d as u64).checked_mul(d as i64)?;
        for multiple in (d..count).step_by(d) {
            divisors[multiple] = divisors[multiple].checked_add(summand)?;
        }
    }
    let mut terms = vec![T::one()];
    for n in 1..count {
        let pairs = (1..=n).filter(|&k| divisors[k] != 0);
        let sum = dot(pairs.map(|k| (T::from(divisors[k]), terms[n - k].clone())))?;
        terms.push(sum.div_floor(&T::from(n as i64)));
    }
    terms.truncate(count);
    Some(terms)
}

/// Partitions of partitions: Euler's transform of the partitions.
pub(super) fn partitions_of_partitions<T: Exact>(count: usize) -> Option<Vec<T>> {
    let parts = euler::<T>(count + 1, |_| 1)?;
    transform(count, |_, k| Some(parts[k].clone()))
}

/// Euler's transform, where the number of kinds of the part `k` may depend on the terms before.
fn transform<T: Exact>(count: usize, kinds: impl Fn(&[T], usize) -> Option<T>) -> Option<Vec<T>> {
    let mut divisors = vec![T::zero(); count.max(1)];
    let mut terms = vec![T::one()];
    for n in 1..count {
        let summand = kinds(&terms, n)?.checked_mul(&T::from(n as i64))?;
        for multiple in (n..count).step_by(n) {
            divisors[multiple] = divisors[multiple].checked_add(&summand)?;
        }
        let pairs = (1..=n).map(|k| (divisors[k].clone(), terms[n - k].clone()));
        terms.push(dot(pairs)?.div_floor(&T::from(n as i64)));
    }
    terms.truncate(count);
    Some(terms)
}

/// Rooted trees with `n` nodes: a root and a multiset of rooted trees.
pub(super) fn rooted_trees<T: Exact>(count: usize) -> Option<Vec<T>> {
    let mut terms = vec![T::zero()];
    terms.extend(transform(count, |before: &[T], k| Some(before[k - 1].clone()))?);
    terms.truncate(count);
    Some(terms)
}

/// Free trees, by Otter's formula: rooted trees less pairs of different ones.
pub(super) fn trees<T: Exact>(count: usize) -> Option<Vec<T>> {
    let rooted = rooted_trees::<T>(count.max(1))?;
    let mut terms = vec![T::one()];
    for n in 1..count {
        let pairs = dot((0..=n).map(|k| (rooted[k].clone(), rooted[n - k].clone())))?;
        let equal = if n % 2 == 0 { rooted[n / 2].clone() } else { T::zero() };
        let half = pairs.checked_sub(&equal)?.div_floor(&T::from(2));
        terms.push(rooted[n].checked_sub(&half)?);
    }
    terms.truncate(count);
    Some(terms)
}

/// Wedderburn and Etherington: a tree is a leaf or an unordered pair of trees.
pub(super) fn binary_trees_without_order<T: Exact>(count: usize) -> Option<Vec<T>> {
    let mut terms = vec![T::zero(), T::one()];
    while terms.len() < count {
        let n = terms.len();
        let pairs = (1..n.div_ceil(2)).map(|k| (terms[k].clone(), terms[n - k].clone()));
        let mut sum = dot(pairs)?;
        if n % 2 == 0 {
            let half = &terms[n / 2];
            let doubles = half.checked_mul(&half.checked_add(&T::one())?)?.div_floor(&T::from(2));
            sum = sum.checked_add(&doubles)?;
        }
        terms.push(sum);
    }
    terms.truncate(count);
    Some(terms)
}

/// Alkyls: trees whose nodes have up to three subtrees without order; also `multisets` of one
/// to three, by Polya's formula for three: `(s1^3 + 3 s1 s2 + 2 s3)/6`.
pub(super) fn alkyls<T: Exact>(count: usize) -> Option<Vec<T>> {
    // a(0) = 1 is the empty tree, so that exactly three subtrees are meant.
    let mut terms: Vec<T> = vec![T::one()];
    let mut squares: Vec<T> = Vec::new();
    while terms.len() < count {
        let n = terms.len() - 1; // nodes below the root
        squares.push(dot((0..=n).map(|k| (terms[k].clone(), terms[n - k].clone())))?);
        let cube = dot((0..=n).map(|k| (terms[k].clone(), squares[n - k].clone())))?;
        let even = (0..=n).filter(|k| (n - k).is_multiple_of(2));
        let mixed = dot(even.map(|k| (terms[k].clone(), terms[(n - k) / 2].clone())))?;
        let mut sum = cube.checked_add(&mixed.checked_mul(&T::from(3))?)?;
        if n.is_multiple_of(3) {
            sum = sum.checked_add(&terms[n / 3].checked_mul(&T::from(2))?)?;
        }
        terms.push(sum.div_floor(&T::from(6)));
    }
    Some(terms)
}

/// Connected labelled graphs: all graphs but those where the component of node 1 is smaller.
pub(super) fn connected_graphs<T: Exact>(count: usize) -> Option<Vec<T>> {
    let mut graphs = vec![T::one()];
    let mut terms = vec![T::one()];
    let (mut row, mut power) = (vec![T::one()], T::one()); // 2^(n - 1)
    while terms.len() < count && !terms[terms.len() - 1].is_huge() {
        let n = terms.len();
        graphs.push(graphs[n - 1].checked_mul(&power)?);
        power = power.checked_mul(&T::from(2))?;
        let mut others = T::zero();
        for k in 1..n {
            let choices = row[k - 1].checked_mul(&terms[k])?;
            others = others.checked_add(&choices.checked_mul(&graphs[n - k])?)?;
        }
        terms.push(graphs[n].checked_sub(&others)?);
        row = next_binomials(&row)?;
    }
    terms.truncate(count);
    Some(terms)
}

/// Labelled acyclic digraphs (Robinson, "Counting labeled acyclic digraphs", 1973).
pub(super) fn acyclic_digraphs<T: Exact>(count: usize) -> Option<Vec<T>> {
    let mut terms = vec![T::one()];
    let mut row = vec![T::one()];
    while terms.len() < count && !terms[terms.len() - 1].is_huge() {
        row = next_binomials(&row)?;
        let n = terms.len();
        let mut sum = T::zero();
        for k in 1..=n {
            let product = row[k].checked_mul(&terms[n - k])?.doubled(k * (n - k))?;
            sum = if k % 2 == 1 { sum.checked_add(&product)? } else { sum.checked_sub(&product)? };
        }
        terms.push(sum);
    }
    terms.truncate(count);
    Some(terms)
}

/// Total partitions, the fourth problem of Schroeder: `a(n) = (n + 1) a(n - 1) + sum of
/// binomial(n - 1, k - 1) ... `, here from the equation `2 A = x + exp(A) - 1`.
pub(super) fn total_partitions<T: Exact>(count: usize) -> Option<Vec<T>> {
    // With E = exp(A): E' = A' E, so e(n) = sum of binomial(n - 1, k - 1) a(k) e(n - k), where
    // the summand k = n is a(n); and 2 a(n) = e(n) for n > 1.
    let (mut terms, mut exponential) = (vec![T::zero(), T::one()], vec![T::one(), T::one()]);
    let mut row = vec![T::one(), T::one()];
    while terms.len() < count {
        let n = terms.len();
        let mut sum = T::zero();
        for k in 1..n {
            let choices = row[k - 1].checked_mul(&terms[k])?;
            sum = sum.checked_add(&choices.checked_mul(&exponential[n - k])?)?;
        }
        exponential.push(sum.checked_add(&sum)?);
        terms.push(sum);
        row = next_binomials(&row)?;
    }
    terms.truncate(count);
    Some(terms)
}

/// Indecomposable structures on a line of `n` places, 1 for `n = 0`: all, the products of the
/// factors, less those with a first indecomposable part on `n - k` places.
pub(super) fn indecomposable<T: Exact>(count: usize, factor: fn(i64) -> i64) -> Option<Vec<T>> {
    let mut all = vec![T::one()];
    let mut terms = vec![T::one()];
    while terms.len() < count {
        let n = terms.len();
        all.push(all[n - 1].checked_mul(&T::from(factor(n as i64)))?);
        let others = dot((1..n).map(|k| (all[k].clone(), terms[n - k].clone())))?;
        terms.push(all[n].checked_sub(&others)?);
    }
    terms.truncate(count);
    Some(terms)
}

/// Bernoulli numbers as fractions in lowest terms, `B(1) = -1/2`; of the others with an odd
/// index none differs from 0. With the tangent numbers
/// `B(2 k) = (-1)^(k - 1) 2 k T(k)/(4^k (4^k - 1))`.
fn bernoulli<T: Exact>(count: usize) -> Option<Vec<(T, T)>> {
    let mut terms = vec![(T::one(), T::one()), (T::from(-1), T::from(2))];
    let mut power = T::one();
    for (place, tangent) in half_zigzag::<T>(count / 2 + 1, 1)?.into_iter().enumerate() {
        power = power.doubled(2)?;
        let above = tangent.checked_mul(&T::from(2 * (place as i64 + 1)))?;
        let below = power.checked_mul(&power.checked_sub(&T::one())?)?;
        let divisor = above.gcd(&below);
        let above = above.div_floor(&divisor);
        let above = if place % 2 == 1 { T::zero().checked_sub(&above)? } else { above };
        terms.push((above, below.div_floor(&divisor)));
        terms.push((T::zero(), T::one()));
    }
    terms.truncate(count);
    Some(terms)
}

/// Numerators of Bernoulli numbers, each or every second.
pub(super) fn bernoulli_above<T: Exact>(count: usize, step: usize) -> Option<Vec<T>> {
    let all = bernoulli::<T>(count * step)?;
    Some(all.into_iter().step_by(step).map(|(above, _)| above).collect())
}

/// Denominators of Bernoulli numbers, each or every second.
pub(super) fn bernoulli_below<T: Exact>(count: usize, step: usize) -> Option<Vec<T>> {
    let all = bernoulli::<T>(count * step)?;
    Some(all.into_iter().step_by(step).map(|(_, below)| below).collect())
}

/// Numerators or denominators of harmonic numbers.
pub(super) fn harmonic<T: Exact>(count: usize, below: bool) -> Option<Vec<T>> {
    let (mut sum, mut divisor) = (T::zero(), T::one());
    let mut terms = Vec::with_capacity(count);
    for n in 1..=count {
        let n = T::from(n as i64);
        sum = sum.checked_mul(&n)?.checked_add(&divisor)?;
        divisor = divisor.checked_mul(&n)?;
        let common = sum.gcd(&divisor);
        (sum, divisor) = (sum.div_floor(&common), divisor.div_floor(&common));
        terms.push(if below { divisor.clone() } else { sum.clone() });
    }
    Some(terms)
}

/// Products or sums or least common multiples along a list of numbers.
pub(super) fn running<T: Exact>(
    count: usize,
    start: i64,
    next: fn(usize) -> i64,
    join: fn(&T, &T) -> Option<T>,
) -> Option<Vec<T>> {
    let mut value = T::from(start);
    let mut terms = Vec::with_capacity(count);
    for place in 1..=count {
        terms.push(value.clone());
        if place < count {
            value = join(&value, &T::from(next(place)))?;
        }
    }
    Some(terms)
}

pub(super) fn plus<T: Exact>(one: &T, other: &T) -> Option<T> {
    one.checked_add(other)
}

pub(super) fn times<T: Exact>(one: &T, other: &T) -> Option<T> {
    one.checked_mul(other)
}

pub(super) fn common_multiple<T: Exact>(one: &T, other: &T) -> Option<T> {
    one.div_floor(&one.gcd(other)).checked_mul(other)
}

/// Necklaces and what is counted alike: the sum of `weight(d) 2^(n/d)` over the divisors `d` of
/// `n`, over `times n`; 1 for `n = 0`.
pub(super) fn necklaces<T: Exact>(
    count: usize,
    weight: fn(u64) -> i64,
    times: i64,
) -> Option<Vec<T>> {
    let mut powers = vec![T::one()];
    for n in 1..count {
        powers.push(powers[n - 1].checked_add(&powers[n - 1])?);
    }
    let mut terms = vec![T::one()];
    for n in 1..count {
        let divisors = (1..=n).filter(|d| n % d == 0);
        let sum = dot(divisors.map(|d| (T::from(weight(d as u64)), powers[n / d].clone())))?;
        terms.push(sum.div_floor(&T::from(n as i64 * times)));
    }
    terms.truncate(count);
    Some(terms)
}

/// Bracelets: necklaces that may be turned over.
pub(super) fn bracelets<T: Exact>(count: usize) -> Option<Vec<T>> {
    let necklaces = necklaces::<T>(count, |d| super::arithmetic::phi(d) as i64, 1)?;
    let power =
        |exponent: usize| (0..exponent).try_fold(T::one(), |value, _| value.checked_add(&value));
    let mut terms = vec![T::one()];
    for (n, all) in necklaces.iter().enumerate().skip(1) {
        // Twice the number of bracelets that are their own mirror image.
        let symmetric = match n % 2 {
            1 => power(n / 2 + 1)?,
            _ => power(n / 2)?.checked_add(&power(n / 2 - 1)?)?,
        };
        terms.push(all.checked_add(&symmetric)?.div_floor(&T::from(2)));
    }
    terms.truncate(count);
    Some(terms)
}

/// Parts of all partitions: the sum of `tau(k) p(n - k)`.
pub(super) fn parts<T: Exact>(count: usize) -> Option<Vec<T>> {
    let partitions = euler::<T>(count.max(1), |_| 1)?;
    let tau = |k: usize| T::from(super::arithmetic::sigma(0, k as u64));
    (0..count).map(|n| dot((1..=n).map(|k| (tau(k), partitions[n - k].clone())))).collect()
}

/// Binary partitions of even numbers: `a(n) = a(n - 1) + a(floor(n/2))`.
pub(super) fn binary_partitions<T: Exact>(count: usize) -> Option<Vec<T>> {
    let mut terms = vec![T::one()];
    while terms.len() < count {
        let n = terms.len();
        terms.push(terms[n - 1].checked_add(&terms[n / 2])?);
    }
    terms.truncate(count);
    Some(terms)
}
