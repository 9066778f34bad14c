//! Named cases: the first rule behind the terms says the right next one.
//!
//! The values were computed from the definitions that stand beside them.

use ninth_solver::{Generator, Terms, solve};
use num_bigint::BigInt;

/// The last term of each row is the one that the first rule behind the others must say.
fn check(rows: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (definition, row) in rows {
        let mut terms: Vec<BigInt> = row.split(' ').map(|term| term.parse().unwrap()).collect();
        let right = terms.pop().unwrap();
        let solutions = solve(&Terms::new(terms), 1);
        let said = solutions
            .all
            .first()
            .map(|first| (first.continuation.first().cloned(), first.rule.formula().to_string()));
        if said.as_ref().and_then(|(next, _)| next.as_ref()) != Some(&right) {
            wrong.push(format!("{definition}: {row}: {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A multiplier that depends on the index.
#[test]
fn multipliers_of_the_index() {
    check(&[
        ("n a(n-1) + n", "1 2 6 21 88 445"),
        ("a(n) = n a(n-1)/2", "24 36 72 180 540 1890"),
        ("factorials backwards", "5040 720 120 24 6 2 1"),
        ("a(n) = n a(n-1) + 1", "3 4 9 28 113 566 3397"),
        ("a(n) = (n + 1) a(n-1) - n", "2 3 7 25 121 721 5041 40321"),
        ("a(n) = (2 n - 1) a(n-1)", "5 5 15 75 525 4725"),
        ("a(n) = n a(n-1) - 1", "7 6 11 32 127 634 3803"),
        ("a(n) = n^2 a(n-1)", "1 1 4 36 576 14400"),
        ("a(n) = n a(n-1) + n^2", "1 2 8 33 148 765 4626 32431"),
        ("a(n) = a(n-1)/n", "302400 302400 151200 50400 12600 2520 420"),
    ]);
}

/// Recurrences with polynomials in the index, and algebraic generating functions.
#[test]
fn p_recursive_and_algebraic() {
    check(&[
        ("Catalan", "1 1 2 5 14 42 132 429 1430"),
        ("Catalan", "1 1 2 5 14 42 132 429 1430 4862"),
        ("central binomials", "1 2 6 20 70 252 924 3432 12870"),
        ("derangements", "1 0 1 2 9 44 265 1854 14833 133496"),
        ("Bell", "1 1 2 5 15 52 203 877 4140"),
        ("Motzkin", "1 1 2 4 9 21 51 127 323"),
        ("Schroeder", "1 2 6 22 90 394 1806"),
        ("Delannoy", "1 3 13 63 321 1683 8989 48639"),
        ("Franel", "1 2 10 56 346 2252 15184"),
        ("Apery", "1 5 73 1445 33001 819005"),
        ("involutions", "1 2 4 10 26 76 232 764"),
        ("Catalan", "1 1 2 5 14 42 132"),
        ("sums of the cubes of binomials", "1 2 10 56 346 2252 15184 104960"),
        ("Sum binomial(n, k) binomial(2 k, k)", "1 3 11 45 195 873 3989 18483 86515"),
        ("binomial(3 n, n)/(2 n + 1)", "1 1 3 12 55 273 1428 7752"),
        ("(n + 1) binomial(2 n, n)", "1 4 18 80 350 1512 6468"),
        ("Motzkin paths", "1 1 2 4 9 21 51 127 323 835"),
        ("binomial(2 n + 1, n)", "1 3 10 35 126 462 1716 6435"),
        ("a(n) = n a(n-1) + (n - 1) a(n-2)", "1 3 7 27 129 753 5163 40659 361413"),
    ]);
}

/// Linear recurrences, polynomials, and both.
#[test]
fn linear_recurrences() {
    check(&[
        ("order 4", "1 2 0 3 6 4 10 19 21 37 65 88 141 234 345 539 866"),
        ("powers of 2", "1 2 4 8 16 32 64 128 256"),
        ("Fibonacci", "1 1 2 3 5 8 13 21 34"),
        ("Fibonacci", "1 1 2 3 5 8 13"),
        ("squares", "1 4 9 16 25 36 49 64"),
        ("triangular numbers", "1 3 6 10 15 21 28 36"),
        ("a(n) = a(n-1) + a(n-4)", "1 1 1 1 2 3 4 5 7 10 14 19 26 36"),
        ("a(n) = 3 a(n-1) - 2 a(n-2) + n", "2 5 13 32 74 163 347 722 1480"),
        ("a(n) = 2 a(n-1) - a(n-3)", "0 1 3 6 11 19 32 53 87 142 231 375"),
        ("the sum of the last three", "1 1 2 4 7 13 24 44 81 149"),
        ("a(n) = a(n-1) + a(n-2) + n", "1 2 5 10 19 34 59 100 167 276"),
        ("2^n + n^2", "1 3 8 17 32 57 100 177 320"),
        ("a(n) = a(n-2) + a(n-5)", "1 0 1 2 1 3 1 4 3 5 6 6 10 9 15 15"),
    ]);
}

/// Squares and products of the last terms.
#[test]
fn quadratic_maps_and_products() {
    check(&[
        ("a(n-1)^2 + 1", "1 2 5 26 677 458330"),
        ("a(n-1) a(n-2) + 1", "1 1 2 3 7 22 155 3411"),
        ("a(n-1)^2 - 2", "6 34 1154 1331714 1773462177794"),
        ("squares of squares", "2 4 16 256 65536"),
        ("Sylvester", "2 3 7 43 1807 3263443"),
        ("a(n-1) a(n-2)", "2 3 6 18 108 1944"),
        ("a(n) = a(n-1)^2 - 2", "3 7 47 2207 4870847"),
        ("a(n) = a(n-1) a(n-2) + 2", "1 2 4 10 42 422 17726"),
        ("a(n) = a(n-1)^2 + a(n-1)", "2 6 42 1806 3263442"),
        ("a(n) = a(n-1) a(n-2)", "1 3 3 9 27 243 6561"),
        ("a(n) = a(n-1)^2 - 1", "2 3 8 63 3968 15745023"),
        ("a(n) = a(n-1)^2 + a(n-2)", "1 1 2 5 27 734 538783"),
    ]);
}

/// Steps and sequences in turn.
#[test]
fn in_turn() {
    check(&[
        ("three lines", "4 7 26 10 13 20 16 19"),
        ("three lines", "28 25 5 21 18 5 14 11"),
        ("squares and cubes added in turn", "3 4 12 21 85 110 326"),
        ("1 and n", "1 1 2 1 3 1 4 1 5 1 6 1 7 1 8 1 9 1 10"),
        ("times 2, times 3", "1 2 6 12 36 72"),
        ("times 4, times 6", "1 4 24 96 576"),
        ("times 2, times 3", "14 28 84 168 504 1008"),
        ("add 2, double", "1 3 6 8 16 18 36"),
        ("double, less 1", "3 6 5 10 9 18 17 34"),
        ("times 3, add 1", "2 6 7 21 22 66"),
        ("times 2, times 5", "5 10 50 100 500 1000"),
        ("add 1, times 2, times 3", "1 2 4 12 13 26 78 79 158"),
        ("square, add 1", "2 4 5 25 26 676"),
        ("add k, times k", "1 2 2 4 8 11 33 37 148"),
        ("odd squares, even cubes", "1 8 9 64 25 216 49"),
        ("squares and cubes added in turn", "3 4 12 21 85 110 326 375"),
        ("n^2 and 3 n", "1 3 4 6 9 9 16 12 25 15"),
        ("2^n and 5 n", "1 0 2 5 4 10 8 15 16 20 32"),
        ("n, 10 - n, 7", "0 10 7 1 9 7 2 8 7 3 7"),
    ]);
}

/// Digits of the terms or of the index.
#[test]
fn digits() {
    check(&[
        ("sums of the squares of digits", "4 16 37 58 89 145 42 20 4"),
        ("products of digits", "77 49 36 18 8"),
        ("look and say", "1 11 21 1211 111221 312211"),
        ("add the sum of the digits", "7 14 19 29 40 44 52 59 73"),
        ("sums of the squares of digits", "61 37 58 89 145 42 20"),
        ("digit sums of squares", "1 4 9 7 7 9 13 10 9 1 4 9"),
        ("binary", "1 10 11 100 101 110 111 1000 1001"),
        ("digit sums", "8 9 1 2 3 4 5 6 7 8 9 10"),
        ("numbers read backwards", "8 9 1 11 21 31 41 51 61 71"),
        ("add the number read backwards", "196 887 1675 7436 13783 52514"),
    ]);
}

/// Powers n^n, primorials, running sums and products.
#[test]
fn powers_primorials_and_running_sums() {
    check(&[
        ("factorials", "1 2 6 24 120 720 5040"),
        ("n^n", "1 4 27 256 3125"),
        ("primorials", "2 6 30 210 2310 30030"),
        ("n^n + 1", "2 5 28 257 3126 46657"),
        ("n^(n + 1)", "1 8 81 1024 15625 279936"),
        ("primorials plus 1", "3 7 31 211 2311 30031 510511"),
        ("sums of primes", "2 5 10 17 28 41 58 77 100"),
        ("sums of factorials", "1 3 9 33 153 873 5913 46233"),
        ("products of Fibonacci numbers", "1 1 2 6 30 240 3120"),
        ("sums of n^n", "1 5 32 288 3413 50069"),
        ("n! prime(n)", "2 6 30 168 1320 9360 85680"),
    ]);
}

/// Digits of constants.
#[test]
fn digits_of_constants() {
    check(&[
        ("sqrt(2)", "1 4 1 4 2 1 3 5 6 2"),
        ("sqrt(3)", "1 7 3 2 0 5 0 8 0"),
        ("the golden ratio", "1 6 1 8 0 3 3 9 8 8"),
        ("e", "2 7 1 8 2 8 1 8 2 8 4 5"),
        ("log(2)", "6 9 3 1 4 7 1 8 0 5 5"),
        ("1/7", "1 4 2 8 5 7 1 4 2 8 5 7"),
        ("pi", "3 1 4 1 5 9 2 6 5 3 5 8 9 7 9"),
    ]);
}

/// Residue classes, divisors, powers modulo N, one sequence as the index of another.
#[test]
fn lists_and_remainders() {
    check(&[
        ("primes", "257 263 269 271 277 281 283"),
        ("primes", "2 3 5 7 11 13 17 19 23 29 31 37"),
        ("divisors of 12", "1 2 3 4 6 12"),
        ("primes 8 k + 3", "3 11 19 43 59 67 83 107 131"),
        ("primes 5 k + 2", "2 7 17 37 47 67 97 107 127"),
        ("primes 12 k + 7", "7 19 31 43 67 79 103 127 139"),
        ("primes 7 k + 1", "29 43 71 113 127 197 211 239 281"),
        ("primes 10 k + 9", "19 29 59 79 89 109 139 149 179"),
        ("divisors of 36", "1 2 3 4 6 9 12 18 36"),
        ("divisors of 60", "1 2 3 4 5 6 10 12 15 20 30 60"),
        ("divisors of 48", "1 2 3 4 6 8 12 16 24 48"),
        ("divisors of 100", "1 2 4 5 10 20 25 50 100"),
        ("divisors of 210", "1 2 3 5 6 7 10 14 15 21 30 35 42 70 105 210"),
        ("2^n mod 11", "1 2 4 8 5 10 9 7 3 6 1 2 4 8"),
        ("3^n mod 17", "1 3 9 10 13 5 15 11 16 14 8 7"),
        ("5^n mod 23", "1 5 2 10 4 20 8 17 16 11 9 22 18 21"),
        ("n^2 mod 13", "0 1 4 9 3 12 10 10 12 3 9 4 1 0 1 4"),
        ("fibonacci(n) mod 7", "0 1 1 2 3 5 1 6 0 6 6 5 4 2 6 1 0 1 1 2"),
        ("prime(prime(n))", "3 5 11 17 31 41 59 67 83"),
        ("prime(n^2)", "2 7 23 53 97 151 227 311"),
        ("fibonacci(prime(n))", "1 2 5 13 89 233 1597 4181 28657"),
        ("divisors of n^2, counted", "1 3 3 5 3 9 3 7 5 9 3 15 3"),
    ]);
}

/// Two known sequences: the larger, the smaller, the common divisor, sums and products.
#[test]
fn two_known_sequences() {
    check(&[
        ("max(n^2, 2^n)", "1 2 4 9 16 32 64 128 256 512"),
        ("min(n^2, 2^n)", "0 1 4 8 16 25 36 49 64 81"),
        ("min(n^3, 2^n)", "0 1 4 8 16 32 64 128 256 512 1000 1331 1728"),
        ("gcd of triangular and Fibonacci numbers", "1 1 2 1 5 1 1 3 1 55 1 6 1 1"),
        ("max(n!, n^4)", "1 16 81 256 625 1296 5040 40320 362880 3628800"),
        ("fibonacci(n) + n^2", "0 2 5 11 19 30 44 62 85 115"),
        ("prime(n) fibonacci(n)", "2 3 10 21 55 104 221 399 782"),
        ("gcd(n!, 2^n)", "1 1 2 2 8 8 16 16 128 128 256 256"),
    ]);
}

/// Convolutions and transforms.
#[test]
fn convolutions_and_transforms() {
    check(&[
        ("Dirichlet: phi and the numbers of divisors", "1 3 4 7 6 12 8 15 13 18 12 28 14 24"),
        ("Moebius transform of the squares", "1 3 8 12 24 24 48 48 72 72 120"),
        ("sums of the squares of divisors", "1 5 10 21 26 50 50 85 91 130"),
        ("fibonacci(d) over the divisors", "1 2 3 5 6 12 14 26 37 62 90"),
        ("Fibonacci numbers convolved", "0 0 1 2 5 10 20 38 71 130 235"),
        ("central binomials convolved", "1 4 16 64 256 1024 4096"),
        ("Catalan numbers convolved", "1 2 5 14 42 132 429 1430"),
        ("primes convolved", "4 12 29 58 111 188 305 462 679"),
        ("Euler transform of 1", "1 2 3 5 7 11 15 22 30 42 56 77"),
        ("Euler transform of n", "1 3 6 13 24 48 86 160 282"),
        ("Euler transform of 2", "2 5 10 20 36 65 110 185 300"),
        ("Euler transform of the primes' indicator", "0 1 1 1 2 2 3 3 4 5 6 7 9 10 12 14"),
        ("Euler transform of the Fibonacci numbers", "1 2 4 8 15 30 56 108 203"),
        ("binomial transform of the Fibonacci numbers", "0 1 3 8 21 55 144 377 987"),
        ("Moebius transform of 2^n, over n", "2 1 2 3 6 9 18 30 56 99"),
        ("Dirichlet: sums of divisors and totients", "1 4 6 12 10 24 14 32 27 40 22 72 26"),
        ("Dirichlet: totients and n", "1 3 5 8 9 15 13 20 21 27 21 40 25"),
        ("n and the primes convolved", "2 7 17 34 62 103 161 238 338"),
    ]);
}

/// Numbers with a name.
#[test]
fn numbers_with_a_name() {
    check(&[
        ("happy numbers", "1 7 10 13 19 23 28 31 32"),
        ("Ulam numbers", "1 2 3 4 6 8 11 13 16 18 26 28"),
        ("lucky numbers", "1 3 7 9 13 15 21 25 31 33"),
        ("palindromes", "99 101 111 121 131 141 151 161 171"),
        ("palindromic primes", "2 3 5 7 11 101 131 151 181"),
        ("divisible by their digit sum", "10 12 18 20 21 24 27 30 36 40"),
        ("palindromes in binary", "3 5 7 9 15 17 21 27 31 33"),
        ("abundant numbers", "12 18 20 24 30 36 40 42 48"),
        ("perfect numbers", "6 28 496 8128 33550336"),
    ]);
}

/// The lengths of the months.
#[test]
fn lengths_of_months() {
    check(&[
        ("from January", "31 28 31 30 31 30"),
        ("from January", "31 28 31 30 31 30 31"),
        ("from January", "31 28 31 30 31 30 31 31 30"),
        ("a year", "31 28 31 30 31 30 31 31 30 31 30 31"),
        ("more than a year", "31 28 31 30 31 30 31 31 30 31 30 31 31 28 31"),
        ("the leap year 2004", "31 29 31 30 31 30 31 31 30"),
        ("from March", "31 30 31 30 31 31 30"),
        ("from May", "31 30 31 31 30 31 30 31"),
    ]);
}
