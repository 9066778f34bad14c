//! Combinatorics: set partitions, Stirling and Eulerian numbers, integer partitions, trees,
//! graphs, words.

use super::arithmetic::{is_prime, is_square, mu, phi};
use super::series::{big, exactly};
use super::{Entry, Series, series};

fn pascal(count: usize) -> Series {
    let mut row: Vec<num_bigint::BigInt> = vec![1.into()];
    let rows = std::iter::repeat_with(move || {
        let mut next: Vec<_> = row.windows(2).map(|pair| &pair[0] + &pair[1]).collect();
        next.insert(0, 1.into());
        next.push(1.into());
        std::mem::replace(&mut row, next)
    });
    big(rows.flatten().take(count))
}

// A line each.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    // Set partitions and their like.
    series(110, "Bell numbers", 0, 6, "partitions of a set of n elements", exactly!(bell, false)),
    series(587, "complementary Bell numbers", 0, 10, "partitions of a set into an even number of blocks less those into an odd number", exactly!(bell, true)),
    series(670, "Fubini numbers", 0, 7, "ordered partitions of a set of n elements", exactly!(fubini)),
    series(248, "idempotent functions", 0, 9, "functions f of n elements with f(f(x)) = f(x)", exactly!(idempotent_maps)),
    series(296, "set partitions without singletons", 0, 10, "partitions of a set of n elements without blocks of one", exactly!(bell_without_singletons)),
    series(258, "set partitions of set partitions", 0, 10, "partitions of a set of n elements whose blocks are partitioned again", exactly!(bell_of_bell)),
    series(1861, "set partitions in two colours", 0, 11, "partitions of a set of n elements, each block in one of two colours", exactly!(two_coloured_bell)),
    series(311, "total partitions", 0, 9, "Schroeder's fourth problem: partitions of n elements into at least two blocks, these again, down to single elements", exactly!(total_partitions)),
    series(698, "indecomposable perfect matchings", 0, 10, "perfect matchings of 2 n points in a row that cannot be cut", exactly!(indecomposable, |n| 2 * n - 1)),
    series(3319, "indecomposable permutations", 0, 9, "permutations of n elements that fix no proper initial part", exactly!(indecomposable, |n| n)),
    // Stirling and Eulerian numbers.
    series(392, "Stirling numbers of the second kind, into 3", 0, 10, "partitions of a set of n elements into 3 blocks", exactly!(stirling_subsets, 3, 0)),
    series(453, "Stirling numbers of the second kind, into 4", 4, 11, "partitions of a set of n elements into 4 blocks", exactly!(stirling_subsets, 4, 4)),
    series(481, "Stirling numbers of the second kind, into 5", 5, 11, "partitions of a set of n elements into 5 blocks", exactly!(stirling_subsets, 5, 5)),
    series(770, "Stirling numbers of the second kind, into 6", 6, 12, "partitions of a set of n elements into 6 blocks", exactly!(stirling_subsets, 6, 6)),
    series(254, "Stirling numbers of the first kind, into 2", 0, 9, "permutations of n + 1 elements with 2 cycles", exactly!(stirling_cycles, 2, 1)),
    series(399, "Stirling numbers of the first kind, into 3", 3, 10, "permutations of n elements with 3 cycles", exactly!(stirling_cycles, 3, 3)),
    series(454, "Stirling numbers of the first kind, into 4", 4, 11, "permutations of n elements with 4 cycles", exactly!(stirling_cycles, 4, 4)),
    series(482, "Stirling numbers of the first kind, into 5", 5, 12, "permutations of n elements with 5 cycles", exactly!(stirling_cycles, 5, 5)),
    series(460, "Eulerian numbers, third column", 3, 10, "permutations of n elements with 2 descents", exactly!(eulerian, 3)),
    series(498, "Eulerian numbers, fourth column", 4, 11, "permutations of n elements with 3 descents", exactly!(eulerian, 4)),
    series(505, "Eulerian numbers, fifth column", 5, 12, "permutations of n elements with 4 descents", exactly!(eulerian, 5)),
    // Numbers of Euler, Bernoulli and others.
    series(111, "Euler zigzag numbers", 0, 7, "alternating permutations of n elements", exactly!(zigzag)),
    series(364, "Euler numbers, secant numbers", 0, 8, "alternating permutations of 2 n elements", exactly!(half_zigzag, 0)),
    series(182, "tangent numbers", 1, 8, "alternating permutations of 2 n - 1 elements", exactly!(half_zigzag, 1)),
    series(110501, "Genocchi numbers without signs", 1, 10, "n T(n)/4^(n - 1) with the tangent numbers T", exactly!(genocchi, false)),
    series(1469, "Genocchi numbers", 1, 10, "n T(n)/4^(n - 1) with the tangent numbers T and signs in turn", exactly!(genocchi, true)),
    series(1586, "Springer numbers", 0, 11, "n! times the coefficients of 1/(cos(x) - sin(x))", exactly!(springer)),
    series(27641, "numerators of the Bernoulli numbers", 0, 9, "numerators of the Bernoulli numbers", exactly!(bernoulli_above, 1)),
    series(27642, "denominators of the Bernoulli numbers", 0, 9, "denominators of the Bernoulli numbers", exactly!(bernoulli_below, 1)),
    series(367, "numerators of the Bernoulli numbers B(2 n)", 0, 9, "numerators of the Bernoulli numbers B(2 n)", exactly!(bernoulli_above, 2)),
    series(2445, "denominators of the Bernoulli numbers B(2 n)", 0, 9, "denominators of the Bernoulli numbers B(2 n)", exactly!(bernoulli_below, 2)),
    series(1008, "numerators of the harmonic numbers", 1, 8, "numerators of 1 + 1/2 + ... + 1/n", exactly!(harmonic, false)),
    series(2805, "denominators of the harmonic numbers", 1, 9, "denominators of 1 + 1/2 + ... + 1/n", exactly!(harmonic, true)),
    // Integer partitions.
    series(41, "partitions", 0, 6, "partitions of n", exactly!(euler, |_| 1)),
    series(9, "partitions into distinct parts", 0, 7, "partitions of n into distinct parts", exactly!(euler, |k| (k % 2) as i64)),
    series(219, "plane partitions", 0, 8, "plane partitions of n", exactly!(euler, |k| k as i64)),
    series(700, "self-conjugate partitions", 0, 10, "partitions of n into distinct odd parts", exactly!(euler, |k| [0, 1, -1, 1][(k % 4) as usize])),
    series(2865, "partitions without ones", 0, 10, "partitions of n into parts of at least 2", exactly!(euler, |k| i64::from(k > 1))),
    series(70, "sums of partition numbers", 0, 9, "the sums of the partition numbers p(0) to p(n)", exactly!(euler, |k| if k == 1 { 2 } else { 1 })),
    series(712, "partitions in two colours", 0, 9, "partitions of n into parts of two kinds", exactly!(euler, |_| 2)),
    series(716, "partitions in three colours", 0, 10, "partitions of n into parts of three kinds", exactly!(euler, |_| 3)),
    series(6128, "parts of all partitions", 0, 9, "the number of parts in all partitions of n", exactly!(parts)),
    series(607, "partitions into primes", 0, 9, "partitions of n into primes", exactly!(euler, |k| i64::from(is_prime(k)))),
    series(586, "partitions into distinct primes", 0, 11, "partitions of n into distinct primes", exactly!(euler, |k| i64::from(is_prime(k)) - i64::from(k % 2 == 0 && is_prime(k / 2)))),
    series(1156, "partitions into squares", 0, 10, "partitions of n into squares", exactly!(euler, |k| i64::from(is_square(k)))),
    series(7294, "partitions into triangular numbers", 0, 11, "partitions of n into triangular numbers", exactly!(euler, |k| i64::from(is_square(8 * k + 1)))),
    series(18819, "binary partitions", 0, 9, "partitions of n into powers of 2", exactly!(euler, |k| i64::from(k.is_power_of_two()))),
    series(123, "binary partitions of even numbers", 0, 9, "partitions of 2 n into powers of 2: a(n) = a(n-1) + a(floor(n/2))", exactly!(binary_partitions)),
    series(1970, "partitions of partitions", 0, 10, "partitions of n into parts that are partitions", exactly!(partitions_of_partitions)),
    series(15128, "overpartitions", 0, 10, "partitions of n where the first of each kind of part may be marked", exactly!(euler, |k| 1 + (k % 2) as i64)),
    series(3114, "partitions into parts 5 k + 1 and 5 k + 4", 0, 10, "partitions of n into parts 5 k + 1 and 5 k + 4 (Rogers and Ramanujan)", exactly!(euler, |k| i64::from(k % 5 == 1 || k % 5 == 4))),
    series(3106, "partitions into parts 5 k + 2 and 5 k + 3", 0, 10, "partitions of n into parts 5 k + 2 and 5 k + 3 (Rogers and Ramanujan)", exactly!(euler, |k| i64::from(k % 5 == 2 || k % 5 == 3))),
    series(726, "partitions without multiples of 3", 0, 11, "partitions of n into parts not divisible by 3", exactly!(euler, |k| i64::from(k % 3 > 0))),
    series(1935, "partitions without multiples of 4", 0, 11, "partitions of n into parts not divisible by 4", exactly!(euler, |k| i64::from(k % 4 > 0))),
    series(1400, "partitions into at most 4 parts", 0, 10, "partitions of n into at most 4 parts", exactly!(euler, |k| i64::from(k <= 4))),
    series(1401, "partitions into at most 5 parts", 0, 11, "partitions of n into at most 5 parts", exactly!(euler, |k| i64::from(k <= 5))),
    series(8, "ways to change n with 1, 2, 5, 10", 0, 9, "partitions of n into parts 1, 2, 5, 10", exactly!(euler, |k| i64::from(matches!(k, 1 | 2 | 5 | 10)))),
    series(1299, "ways to change n cents with 1, 5, 10, 25", 0, 10, "partitions of n into parts 1, 5, 10, 25", exactly!(euler, |k| i64::from(matches!(k, 1 | 5 | 10 | 25)))),
    series(1300, "ways to change n cents with 1, 5, 10, 25, 50", 0, 10, "partitions of n into parts 1, 5, 10, 25, 50", exactly!(euler, |k| i64::from(matches!(k, 1 | 5 | 10 | 25 | 50)))),
    series(10815, "coefficients of Euler's product", 0, 10, "coefficients of (1 - x) (1 - x^2) (1 - x^3) ...", exactly!(euler, |_| -1)),
    series(2107, "coefficients of the square of Euler's product", 0, 12, "coefficients of the square of (1 - x) (1 - x^2) (1 - x^3) ...", exactly!(euler, |_| -2)),
    series(594, "Ramanujan's tau", 1, 8, "coefficients of x times the 24th power of (1 - x) (1 - x^2) (1 - x^3) ...", exactly!(euler, |_| -24)),
    // Trees and graphs.
    series(81, "rooted trees", 0, 8, "rooted trees with n nodes", exactly!(rooted_trees)),
    series(55, "trees", 0, 8, "trees with n nodes", exactly!(trees)),
    series(1190, "Wedderburn-Etherington numbers", 0, 9, "binary trees with n leaves, without order", exactly!(binary_trees_without_order)),
    series(598, "alkyls", 0, 10, "rooted trees with n nodes of at most three subtrees each", exactly!(alkyls)),
    series(1187, "connected labelled graphs", 0, 9, "connected graphs with n labelled nodes", exactly!(connected_graphs)),
    series(3024, "labelled acyclic digraphs", 0, 9, "acyclic digraphs with n labelled nodes", exactly!(acyclic_digraphs)),
    // Necklaces.
    series(31, "necklaces", 0, 8, "necklaces with n beads of two colours", exactly!(necklaces, |d| phi(d) as i64, 1)),
    series(29, "bracelets", 0, 9, "bracelets with n beads of two colours, which may be turned over", exactly!(bracelets)),
    series(1037, "binary Lyndon words", 0, 9, "necklaces with n beads of two colours without a smaller period", exactly!(necklaces, mu, 1)),
    series(48, "necklaces without a period, with an odd sum", 0, 11, "necklaces with n beads of two colours, an odd number of them black, without a smaller period", exactly!(necklaces, |d| if d % 2 == 1 { mu(d) } else { 0 }, 2)),
    series(16, "necklaces with an odd sum", 0, 11, "necklaces with n beads of two colours, an odd number of them black", exactly!(necklaces, |d| if d % 2 == 1 { phi(d) as i64 } else { 0 }, 2)),
    // Triangles read by rows.
    series(7318, "Pascal's triangle", 0, 7, "the binomials, row after row", pascal),
];
