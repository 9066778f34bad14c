//! Facts: terms that are costly or impossible to compute.

use super::{Entry, list, values};

// A line each.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    // Primes.
    list(43, "Mersenne exponents", 1, 8, "primes p such that 2^p - 1 is prime", &[2, 3, 5, 7, 13, 17, 19, 31, 61, 89, 107, 127, 521, 607, 1279, 2203, 2281, 3217, 4253, 4423, 9689, 9941, 11213, 19937, 21701, 23209, 44497, 86243, 110503, 132049, 216091]),
    list(668, "Mersenne primes", 1, 8, "primes of the form 2^p - 1", &[3, 7, 31, 127, 8191, 131071, 524287, 2147483647, 2305843009213693951]),
    list(2386, "primes before record gaps", 1, 10, "primes followed by a longer gap than any before", &[2, 3, 7, 23, 89, 113, 523, 887, 1129, 1327, 9551, 15683, 19609, 31397, 155921, 360653, 370261, 492113]),
    list(5250, "record gaps of primes", 1, 10, "record gaps between primes", &[1, 2, 4, 6, 8, 14, 18, 20, 22, 34, 36, 44, 52, 72, 86, 96, 112, 114, 118, 132, 148, 154, 180, 210, 220, 222, 234, 248, 250, 282]),
    list(5235, "Fortunate numbers", 1, 9, "the smallest m > 1 such that the n-th primorial plus m is prime", &[3, 5, 7, 13, 23, 17, 19, 23, 37, 61, 67, 61, 71, 47, 107, 59, 61, 109, 89, 103, 79]),
    list(945, "Euclid-Mullin sequence", 1, 9, "the smallest prime factor of 1 and the product of all terms before", &[2, 3, 7, 43, 13, 53, 5, 6221671, 38709183810571, 139, 2801, 11, 17, 5471]),
    list(928, "irregular primes", 1, 10, "irregular primes", &[37, 59, 67, 101, 103, 131, 149, 157, 233, 257, 263, 271, 283, 293, 307, 311, 347, 353, 379, 389, 401, 409, 421, 433]),
    // Composites.
    list(2997, "Carmichael numbers", 1, 8, "Carmichael numbers", &[561, 1105, 1729, 2465, 2821, 6601, 8911, 10585, 15841, 29341, 41041, 46657, 52633, 62745, 63973, 75361, 101101, 115921, 126217, 162401, 172081, 188461]),
    list(1567, "pseudoprimes to base 2", 1, 9, "odd composites n such that 2^(n - 1) has the remainder 1 modulo n", &[341, 561, 645, 1105, 1387, 1729, 1905, 2047, 2465, 2701, 2821, 3277, 4033, 4369, 4371, 4681, 5461, 6601, 7957, 8321, 8481, 8911]),
    list(1235, "taxi-cab numbers", 1, 9, "sums of two positive cubes in more than one way", &[1729, 4104, 13832, 20683, 32832, 39312, 40033, 46683, 64232, 65728, 110656, 110808, 134379, 149389, 165464, 171288]),
    list(11541, "Hardy-Ramanujan numbers", 1, 10, "the smallest sums of two positive cubes in n ways", &[2, 1729, 87539319, 6963472309248, 48988659276962496]),
    list(63990, "amicable numbers", 1, 9, "amicable numbers", &[220, 284, 1184, 1210, 2620, 2924, 5020, 5564, 6232, 6368, 10744, 10856, 12285, 14595, 17296, 18416, 63020, 66928, 66992, 67095, 69615, 71145, 76084, 79750]),
    list(5114, "untouchable numbers", 1, 10, "numbers that are not the sum of the proper divisors of any number", &[2, 5, 52, 88, 96, 120, 124, 146, 162, 188, 206, 210, 216, 238, 246, 248, 262, 268, 276, 288, 290, 292, 304, 306]),
    list(5277, "nontotients", 1, 10, "even numbers that are not a value of Euler's totient", &[14, 26, 34, 38, 50, 62, 68, 74, 76, 86, 90, 94, 98, 114, 118, 122, 124, 134, 142, 146, 152, 154]),
    list(3273, "congruent numbers", 1, 9, "areas of right triangles with rational sides", &[5, 6, 7, 13, 14, 15, 20, 21, 22, 23, 24, 28, 29, 30, 31, 34, 37, 38, 39, 41, 45, 46, 47, 52, 53, 54, 55, 56, 60, 61, 62, 63, 65, 69, 70, 71]),
    list(5188, "Armstrong numbers", 1, 8, "numbers that are the sum of their digits to the power of how many there are", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 153, 370, 371, 407, 1634, 8208, 9474, 54748, 92727, 93084, 548834, 1741725, 4210818, 9800817, 9926315]),
    list(7629, "Keith numbers", 1, 10, "Keith numbers", &[14, 19, 28, 47, 61, 75, 197, 742, 1104, 1537, 2208, 2580, 3684, 4788, 7385, 7647, 7909, 31331, 34285, 34348, 55604, 62662, 86935, 93993]),
    list(3226, "automorphic numbers", 1, 9, "numbers whose square ends with them", &[0, 1, 5, 6, 25, 76, 376, 625, 9376, 90625, 109376, 890625, 2890625, 7109376, 12890625, 87109376]),
    list(6886, "Kaprekar numbers", 1, 9, "numbers whose square falls into two positive parts of that sum", &[1, 9, 45, 55, 99, 297, 703, 999, 2223, 2728, 4879, 4950, 5050, 5292, 7272, 7777, 9999, 17344, 22222, 38962, 77778, 82656, 95121, 99999]),
    list(396, "perfect numbers", 1, 8, "numbers that are the sum of their proper divisors", &[6, 28, 496, 8128, 33550336, 8589869056, 137438691328, 2305843008139952128]),
    list(2182, "highly composite numbers", 1, 8, "numbers with more divisors than any smaller one", &[1, 2, 4, 6, 12, 24, 36, 48, 60, 120, 180, 240, 360, 720, 840, 1260, 1680, 2520, 5040, 7560, 10080, 15120, 20160, 25200, 27720, 45360, 50400, 55440, 83160, 110880, 166320, 221760, 277200, 332640, 498960, 554400, 665280, 720720]),
    list(4394, "superabundant numbers", 1, 9, "numbers n with sigma(n)/n larger than for any smaller one", &[1, 2, 4, 6, 12, 24, 36, 48, 60, 120, 180, 240, 360, 720, 840, 1260, 1680, 2520, 5040, 10080, 15120, 25200, 27720, 55440, 110880, 166320, 277200, 332640, 554400, 665280, 720720]),
    // Graphs, orders and kin.
    list(88, "graphs", 0, 8, "graphs with n nodes", &[1, 1, 2, 4, 11, 34, 156, 1044, 12346, 274668, 12005168, 1018997864, 165091172592, 50502031367952]),
    list(1349, "connected graphs", 0, 8, "connected graphs with n nodes", &[1, 1, 1, 2, 6, 21, 112, 853, 11117, 261080, 11716571, 1006700565, 164059830476, 50335907869219]),
    list(273, "digraphs", 0, 9, "digraphs with n nodes", &[1, 1, 3, 16, 218, 9608, 1540944, 882033440, 1793359192848]),
    list(568, "tournaments", 0, 9, "tournaments of n nodes", &[1, 1, 1, 2, 4, 12, 56, 456, 6880, 191536, 9733056, 903753248, 154108311168]),
    list(112, "posets", 0, 9, "partially ordered sets of n elements", &[1, 1, 2, 5, 16, 63, 318, 2045, 16999, 183231, 2567284, 46749427, 1104891746]),
    list(1035, "labelled posets", 0, 9, "partial orders of n labelled elements", &[1, 1, 3, 19, 219, 4231, 130023, 6129859, 431723379, 44511042511]),
    list(798, "topologies", 0, 9, "topologies on n labelled points", &[1, 1, 4, 29, 355, 6942, 209527, 9535241, 642779354, 63260289423]),
    list(1930, "topologies without labels", 0, 10, "topologies on n points", &[1, 1, 3, 9, 33, 139, 718, 4535, 35979, 363083]),
    list(372, "Dedekind numbers", 0, 9, "monotone Boolean functions of n variables", &[2, 3, 6, 20, 168, 7581, 7828354, 2414682040998]),
    list(602, "alkanes", 0, 9, "alkanes with n carbon atoms", &[1, 1, 1, 1, 2, 3, 5, 9, 18, 35, 75, 159, 355, 802, 1858, 4347, 10359, 24894, 60523, 148284, 366319]),
    list(669, "series-reduced rooted trees by leaves", 1, 10, "rooted trees with n leaves whose inner nodes branch", &[1, 1, 2, 5, 12, 33, 90, 261, 766, 2312, 7068, 21965, 68954, 218751]),
    list(84, "series-parallel networks", 1, 10, "series-parallel networks with n edges", &[1, 2, 4, 10, 24, 66, 180, 522, 1532, 4624, 14136, 43930, 137908]),
    list(609, "threshold functions", 0, 11, "threshold functions of n variables", &[2, 4, 14, 104, 1882, 94572, 15028134, 8378070864, 17561539552946]),
    // Groups, knots, squares.
    list(1, "groups", 0, 8, "groups of order n", &[0, 1, 1, 1, 2, 1, 2, 1, 5, 2, 2, 1, 5, 1, 2, 1, 14, 1, 5, 1, 5, 2, 2, 1, 15, 2, 2, 5, 4, 1, 4, 1, 51, 1, 2, 1, 14, 1, 2, 2]),
    list(2863, "prime knots", 1, 9, "prime knots with n crossings", &[0, 0, 1, 1, 2, 3, 7, 21, 49, 165, 552, 2176, 9988, 46972, 253293, 1388705]),
    list(2860, "Latin squares", 1, 9, "Latin squares of order n", &[1, 2, 12, 576, 161280, 812851200, 61479419904000]),
    list(315, "reduced Latin squares", 1, 10, "reduced Latin squares of order n", &[1, 1, 1, 4, 56, 9408, 16942080, 535281401856]),
    // Polyominoes, walks, queens.
    list(105, "free polyominoes", 0, 8, "free polyominoes of n cells", &[1, 1, 1, 2, 5, 12, 35, 108, 369, 1285, 4655, 17073, 63600, 238591, 901971, 3426576]),
    list(988, "one-sided polyominoes", 0, 10, "one-sided polyominoes of n cells", &[1, 1, 1, 2, 7, 18, 60, 196, 704, 2500, 9189, 33896, 126759, 476270]),
    list(1168, "fixed polyominoes", 0, 9, "fixed polyominoes of n cells", &[1, 1, 2, 6, 19, 63, 216, 760, 2725, 9910, 36446, 135268, 505861, 1903890, 7204874]),
    list(1411, "self-avoiding walks", 0, 9, "self-avoiding walks of n steps on the square lattice", &[1, 4, 12, 36, 100, 284, 780, 2172, 5916, 16268, 44100, 120292, 324932, 881500, 2374444]),
    list(170, "ways to place queens", 0, 8, "ways to place n queens on an n X n board without attack", &[1, 1, 0, 0, 2, 10, 4, 40, 92, 352, 724, 2680, 14200, 73712, 365596, 2279184, 14772512, 95815104]),
    list(2562, "ways to place queens up to symmetry", 1, 10, "ways to place n queens on an n X n board without attack, up to symmetry", &[1, 0, 0, 1, 2, 1, 6, 12, 46, 92, 341, 1787, 9233, 45752, 285053]),
    list(5316, "meanders", 0, 10, "ways for a river to cross a road n times", &[1, 1, 1, 2, 3, 8, 14, 42, 81, 262, 538, 1828, 3926, 13820, 30694, 110954]),
    // The calendar.
    values(8685, "lengths of the months", 1, 9, "the days of the n-th month from January 2001 on", days_of_month),
    // Continued fraction of pi, and the constant of Euler.
    list(1203, "continued fraction of pi", 0, 9, "the continued fraction of pi", &[3, 7, 15, 1, 292, 1, 1, 1, 2, 1, 3, 1, 14, 2, 1, 1, 2, 2, 2, 2, 1, 84, 2, 1, 1, 15, 3, 13, 1, 4]),
    list(1620, "digits of Euler's constant", 0, 9, "the decimal digits of Euler's constant gamma", &[5, 7, 7, 2, 1, 5, 6, 6, 4, 9, 0, 1, 5, 3, 2, 8, 6, 0, 6, 0, 6, 5, 1, 2, 0, 9, 0, 0, 8, 2, 4, 0, 2, 4, 3, 1, 0, 4, 2, 1]),
    list(2117, "digits of zeta(3)", 1, 10, "the decimal digits of zeta(3)", &[1, 2, 0, 2, 0, 5, 6, 9, 0, 3, 1, 5, 9, 5, 9, 4, 2, 8, 5, 3, 9, 9, 7, 3, 8, 1, 6, 1, 5, 1, 1, 4, 4, 9, 9, 9]),
];

/// The days of the n-th month from January 2001 on.
fn days_of_month(n: i64) -> i64 {
    let (year, month) = (2001 + (n - 1) / 12, (n - 1) % 12);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        1 => 28 + i64::from(leap),
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}
