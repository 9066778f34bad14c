//! Primes and factors of numbers of a machine word.

use std::sync::LazyLock;

/// Numbers below this have their least prime factor in a table.
const TABLE: usize = 1 << 16;

/// The least prime factor of composite numbers, which fits a byte; 0 of primes, 1 of 0 and 1.
static LEAST: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut least = vec![0_u8; TABLE];
    (least[0], least[1]) = (1, 1);
    for prime in 2..256_usize {
        if least[prime] == 0 {
            for multiple in (prime * prime..TABLE).step_by(prime) {
                if least[multiple] == 0 {
                    least[multiple] = prime as u8;
                }
            }
        }
    }
    least
});

/// The primes below 2^16.
pub fn primes() -> &'static [u32] {
    static PRIMES: LazyLock<Vec<u32>> = LazyLock::new(|| {
        let table = LEAST.iter().enumerate();
        table.filter(|(_, least)| **least == 0).map(|(number, _)| number as u32).collect()
    });
    &PRIMES
}

/// `a b mod m`
pub fn product_mod(a: u64, b: u64, m: u64) -> u64 {
    if (a | b) >> 32 == 0 {
        a * b % m
    } else {
        (u128::from(a) * u128::from(b) % u128::from(m)) as u64
    }
}

/// `a^k mod m`
pub fn power_mod(mut a: u64, mut k: u64, m: u64) -> u64 {
    let mut power = 1 % m;
    a %= m;
    while k > 0 {
        if k & 1 == 1 {
            power = product_mod(power, a, m);
        }
        a = product_mod(a, a, m);
        k >>= 1;
    }
    power
}

/// Whether `n` is prime. Miller and Rabin's test with bases that are known to be enough:
/// 2, 7 and 61 below 4,759,123,141 (Jaeschke 1993), the primes to 37 below 2^64 (Sorenson and
/// Webster 2015).
pub fn is_prime(n: u64) -> bool {
    if n < TABLE as u64 {
        return LEAST[n as usize] == 0;
    }
    if n.is_multiple_of(2)
        || n.is_multiple_of(3)
        || n.is_multiple_of(5)
        || n.is_multiple_of(7)
        || n.is_multiple_of(11)
        || n.is_multiple_of(13)
    {
        return false;
    }
    let twos = (n - 1).trailing_zeros();
    let odd = (n - 1) >> twos;
    let bases: &[u64] = match n < 4_759_123_141 {
        true => &[2, 7, 61],
        false => &[2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37],
    };
    bases.iter().all(|&base| {
        let mut power = power_mod(base, odd, n);
        if power == 1 || power == n - 1 {
            return true;
        }
        for _ in 1..twos {
            power = product_mod(power, power, n);
            if power == n - 1 {
                return true;
            }
        }
        false
    })
}

/// Prime factors in increasing order, with exponents.
#[derive(Clone, Copy, Debug)]
pub struct Factors {
    count: usize,
    all: [(u64, u32); 16],
}

impl Factors {
    /// The prime powers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, u32)> + '_ {
        self.all[..self.count].iter().copied()
    }

    /// How many distinct primes there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The product of something over the prime powers, where it fits.
    pub fn product(&self, of: impl Fn(u64, u32) -> Option<i64>) -> Option<i64> {
        self.iter().try_fold(1_i64, |all, (prime, exponent)| all.checked_mul(of(prime, exponent)?))
    }

    fn push(&mut self, prime: u64) {
        // At most 15 distinct primes have a product below 2^64, so there is room.
        let known = self.all[..self.count].iter().position(|(other, _)| *other >= prime);
        match known {
            Some(place) if self.all[place].0 == prime => self.all[place].1 += 1,
            place => {
                let place = place.unwrap_or(self.count);
                self.all.copy_within(place..self.count, place + 1);
                self.all[place] = (prime, 1);
                self.count += 1;
            }
        }
    }
}

/// The prime factors of `n`, none of 0.
pub fn factors(n: u64) -> Factors {
    let mut found = Factors { count: 0, all: [(0, 0); 16] };
    let mut rest = n;
    if n == 0 {
        return found;
    }
    let mut place = 0;
    let (small, table) = (primes(), &**LEAST);
    while rest >= TABLE as u64 {
        let prime = u64::from(small[place]);
        while rest.is_multiple_of(prime) {
            found.push(prime);
            rest /= prime;
        }
        place += 1;
        if place == 54 && rest >= TABLE as u64 {
            split(rest, &mut found);
            return found;
        }
    }
    while rest > 1 {
        let prime = match table[rest as usize] {
            0 => rest,
            least => u64::from(least),
        };
        found.push(prime);
        rest /= prime;
    }
    found
}

/// The factors of a number without small ones.
fn split(n: u64, found: &mut Factors) {
    if n == 1 {
        return;
    }
    if is_prime(n) {
        found.push(n);
        return;
    }
    if let Some(root) = square_root(n) {
        split(root, found);
        split(root, found);
        return;
    }
    // Pollard's rho; a composite number of this kind falls to one of a few constants.
    for constant in 1.. {
        let step = |x: u64| {
            let square = product_mod(x, x, n);
            if square >= n - constant { square - (n - constant) } else { square + constant }
        };
        let (mut slow, mut fast) = (2, 2);
        loop {
            slow = step(slow);
            fast = step(step(fast));
            let divisor = gcd(slow.abs_diff(fast), n);
            if divisor == n {
                break;
            }
            if divisor > 1 {
                split(divisor, found);
                split(n / divisor, found);
                return;
            }
        }
    }
}

/// The greatest common divisor.
pub fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The root of a square.
pub fn square_root(n: u64) -> Option<u64> {
    // Of all residues modulo 16 only these are squares.
    if !matches!(n & 15, 0 | 1 | 4 | 9) {
        return None;
    }
    let root = n.isqrt();
    (root * root == n).then_some(root)
}

/// The largest number whose cube is at most `n`.
pub fn cube_root(n: u64) -> u64 {
    let mut root = (n as f64).cbrt() as u64;
    while root.pow(3) > n {
        root -= 1;
    }
    while (root + 1).checked_pow(3).is_some_and(|cube| cube <= n) {
        root += 1;
    }
    root
}

/// The Kronecker symbol `(a / n)`, by quadratic reciprocity.
pub fn kronecker(a: i64, n: u64) -> i8 {
    if n == 0 {
        return i8::from(a.unsigned_abs() == 1);
    }
    let mut sign = 1;
    let twos = n.trailing_zeros();
    let mut modulus = n >> twos;
    if twos > 0 {
        if a % 2 == 0 {
            return 0;
        }
        if twos % 2 == 1 && matches!(a.rem_euclid(8), 3 | 5) {
            sign = -sign;
        }
    }
    let mut rest = i128::from(a).rem_euclid(i128::from(modulus)) as u64;
    while rest != 0 {
        let twos = rest.trailing_zeros();
        rest >>= twos;
        if twos % 2 == 1 && matches!(modulus % 8, 3 | 5) {
            sign = -sign;
        }
        if rest % 4 == 3 && modulus % 4 == 3 {
            sign = -sign;
        }
        (rest, modulus) = (modulus % rest, rest);
    }
    if modulus == 1 { sign } else { 0 }
}

/// The digits of `n` from the last on; none of 0.
pub fn digits(n: u64, base: u64) -> impl Iterator<Item = u64> {
    let mut rest = n;
    std::iter::from_fn(move || {
        (rest > 0).then(|| {
            let digit = rest % base;
            rest /= base;
            digit
        })
    })
}

/// The number with the digits in reverse order, where it fits.
pub fn reversal(n: u64, base: u64) -> Option<u64> {
    digits(n, base).try_fold(0_u64, |all, digit| all.checked_mul(base)?.checked_add(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_of_all_sizes() {
        let few = (0..60).filter(|&n| is_prime(n)).collect::<Vec<u64>>();
        assert_eq!(few, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59]);
        assert!(is_prime(65537) && is_prime(2_147_483_647) && is_prime(18_446_744_073_709_551_557));
        assert!(!is_prime(66049) && !is_prime(3_215_031_751) && !is_prime(u64::MAX));
        assert_eq!(primes().len(), 6542);
    }

    #[test]
    fn factors_multiply_to_the_number() {
        let large =
            [1 << 40, 600_851_475_143, 4_294_967_297, u64::MAX, u64::MAX - 1, 257 * 257 * 263];
        for n in (1..3000).chain(65_000..66_500).chain(large) {
            let found = factors(n);
            let product: u64 = found.iter().map(|(prime, exponent)| prime.pow(exponent)).product();
            assert_eq!(product, n);
            assert!(found.iter().all(|(prime, _)| is_prime(prime)), "{n}");
            assert!(found.all[..found.count].windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
        assert_eq!(factors(0).len(), 0);
    }

    #[test]
    fn symbols_and_roots() {
        assert_eq!([1, 2, 3, 4, 5, 6].map(|a| kronecker(a, 7)), [1, 1, -1, 1, -1, -1]);
        assert_eq!([1, 2, 3, 5, 7].map(|n| kronecker(2, n)), [1, 0, -1, -1, 1]);
        assert_eq!([3, 5, 13, 17].map(|n| kronecker(-1, n)), [-1, 1, 1, 1]);
        assert_eq!([0, 26, 27, 28, u64::MAX].map(cube_root), [0, 2, 3, 3, 2_642_245]);
        assert_eq!([0, 1, 2, 49, 50].map(square_root), [Some(0), Some(1), None, Some(7), None]);
        assert_eq!(reversal(1230, 10), Some(321));
        assert_eq!(reversal(u64::MAX - 6, 10), None);
    }
}
