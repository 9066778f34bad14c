//! Sets with a name, and lists made of two of them.

use super::numbers::{cube_root, is_prime, primes, square_root};

/// A set of natural numbers with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// 0, 1, 4, 9, ...
    Squares,
    /// 1, 4, 9, ...
    PositiveSquares,
    /// 0, 1, 8, 27, ...
    Cubes,
    /// 1, 8, 27, ...
    PositiveCubes,
    /// 0, 1, 3, 6, ...
    Triangular,
    /// 1, 3, 6, ...
    PositiveTriangular,
    /// 2, 3, 5, ...
    Primes,
    /// 3, 5, 7, ...
    OddPrimes,
    /// 1, 2, 4, ...
    PowersOfTwo,
    /// 1, 3, 9, ...
    PowersOfThree,
    /// 0, 1, 2, 3, 5, ...
    Fibonacci,
    /// 1, 2, 6, 24, ...
    Factorials,
    /// 0, 1, 16, 81, ...
    FourthPowers,
    /// 1, 16, 81, ...
    PositiveFourthPowers,
    /// 1, 5, 12, ...
    Pentagonal,
}

/// All of them, with the bits of naming each.
pub const SETS: [(Set, f64); 15] = [
    (Set::Squares, 2.5),
    (Set::PositiveSquares, 2.5),
    (Set::Primes, 2.5),
    (Set::PowersOfTwo, 3.0),
    (Set::Cubes, 3.5),
    (Set::PositiveCubes, 3.5),
    (Set::Triangular, 3.5),
    (Set::PositiveTriangular, 4.0),
    (Set::Fibonacci, 4.0),
    (Set::OddPrimes, 5.0),
    (Set::PowersOfThree, 4.5),
    (Set::Factorials, 4.5),
    (Set::FourthPowers, 5.0),
    (Set::PositiveFourthPowers, 5.0),
    (Set::Pentagonal, 5.0),
];

impl Set {
    /// Whether it holds `n`.
    pub fn contains(self, n: u64) -> bool {
        if n >= 1 << 58 {
            return false;
        }
        match self {
            Set::Squares => square_root(n).is_some(),
            Set::PositiveSquares => n > 0 && square_root(n).is_some(),
            Set::Cubes => cube_root(n).pow(3) == n,
            Set::PositiveCubes => n > 0 && cube_root(n).pow(3) == n,
            Set::Triangular => square_root(8 * n + 1).is_some(),
            Set::PositiveTriangular => n > 0 && square_root(8 * n + 1).is_some(),
            Set::Primes => is_prime(n),
            Set::OddPrimes => n > 2 && is_prime(n),
            Set::PowersOfTwo => n.is_power_of_two(),
            Set::PowersOfThree | Set::Fibonacci | Set::Factorials => {
                (0..).map_while(|place| self.member(place)).find(|&member| member >= n) == Some(n)
            }
            Set::FourthPowers | Set::PositiveFourthPowers => {
                (n > 0 || self == Set::FourthPowers)
                    && square_root(n).is_some_and(|root| square_root(root).is_some())
            }
            Set::Pentagonal => square_root(24 * n + 1).is_some_and(|root| n > 0 && root % 6 == 5),
        }
    }

    /// The member at a place, from 0 on in increasing order.
    pub fn member(self, place: u64) -> Option<u64> {
        let next = place + 1;
        let exponent = u32::try_from(place).ok()?;
        Some(match self {
            Set::Squares => place * place,
            Set::PositiveSquares => next * next,
            Set::Cubes => place.checked_pow(3)?,
            Set::PositiveCubes => next.checked_pow(3)?,
            Set::Triangular => place * next / 2,
            Set::PositiveTriangular => next * (next + 1) / 2,
            Set::Primes => (*primes().get(place as usize)?).into(),
            Set::OddPrimes => (*primes().get(next as usize)?).into(),
            Set::PowersOfTwo => 1_u64.checked_shl(exponent)?,
            Set::PowersOfThree => 3_u64.checked_pow(exponent)?,
            Set::Fibonacci => match place {
                0 => 0,
                _ => {
                    let mut pair = (1_u64, 2_u64);
                    for _ in 1..place {
                        pair = (pair.1, pair.0.checked_add(pair.1)?);
                    }
                    pair.0
                }
            },
            Set::Factorials => (1..=next).try_fold(1_u64, u64::checked_mul)?,
            Set::FourthPowers => place.checked_pow(4)?,
            Set::PositiveFourthPowers => next.checked_pow(4)?,
            Set::Pentagonal => next * (3 * next - 1) / 2,
        })
    }

    /// About how many members there are up to `x`.
    fn size(self, x: u64) -> u64 {
        match self {
            Set::Squares | Set::PositiveSquares | Set::Triangular | Set::PositiveTriangular => {
                1 + x.isqrt()
            }
            Set::Pentagonal => 1 + x.isqrt(),
            Set::Cubes | Set::PositiveCubes => 1 + cube_root(x),
            Set::FourthPowers | Set::PositiveFourthPowers => 1 + x.isqrt().isqrt(),
            Set::Primes | Set::OddPrimes => 1 + x / 6,
            Set::PowersOfTwo | Set::PowersOfThree | Set::Fibonacci | Set::Factorials => 64,
        }
    }

    /// The members in words, as a singular and as a plural.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Set::Squares => ("square", "squares"),
            Set::PositiveSquares => ("positive square", "positive squares"),
            Set::Cubes => ("cube", "cubes"),
            Set::PositiveCubes => ("positive cube", "positive cubes"),
            Set::Triangular => ("triangular number", "triangular numbers"),
            Set::PositiveTriangular => {
                ("positive triangular number", "positive triangular numbers")
            }
            Set::Primes => ("prime", "primes"),
            Set::OddPrimes => ("odd prime", "odd primes"),
            Set::PowersOfTwo => ("power of 2", "powers of 2"),
            Set::PowersOfThree => ("power of 3", "powers of 3"),
            Set::Fibonacci => ("Fibonacci number", "Fibonacci numbers"),
            Set::Factorials => ("factorial", "factorials"),
            Set::FourthPowers => ("fourth power", "fourth powers"),
            Set::PositiveFourthPowers => ("positive fourth power", "positive fourth powers"),
            Set::Pentagonal => ("pentagonal number", "pentagonal numbers"),
        }
    }
}

/// How a list is made of two sets, or of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetRule {
    /// What is not in the set.
    Not(Set),
    /// What is in one set or another.
    Union(Set, Set),
    /// Sums of a member of each.
    Sum(Set, Set),
    /// Sums of two different members.
    DistinctSum(Set),
    /// Sums of three members.
    TripleSum(Set),
    /// A member minus another.
    Difference(Set),
    /// Products of a member of each.
    Product(Set, Set),
    /// What is not a sum of a member of each.
    NotSum(Set, Set),
    /// `c` times a member.
    Times(u64, Set),
}

/// At most so many members of a set are tried for a sum.
const MOST_MEMBERS: u64 = 2000;

impl SetRule {
    /// Whether it holds `x`.
    pub fn holds(self, x: u64) -> bool {
        let up_to = |set: Set, most: u64| {
            (0..MOST_MEMBERS)
                .map_while(move |place| set.member(place))
                .take_while(move |&one| one <= most)
        };
        let sum =
            |first: Set, second: Set| up_to(second, x).any(|member| first.contains(x - member));
        match self {
            SetRule::Not(set) => !set.contains(x),
            SetRule::Union(first, second) => first.contains(x) || second.contains(x),
            SetRule::Sum(first, second) => sum(first, second),
            SetRule::NotSum(first, second) => !sum(first, second),
            SetRule::DistinctSum(set) => {
                up_to(set, x / 2).any(|member| member * 2 != x && set.contains(x - member))
            }
            SetRule::TripleSum(set) => up_to(set, x / 3).any(|least| {
                let rest = x - least;
                up_to(set, rest / 2).any(|member| set.contains(rest - member))
            }),
            // Two members differ by at least the gap behind the smaller one.
            SetRule::Difference(set) => (0..MOST_MEMBERS)
                .map_while(|place| Some((place, set.member(place)?, set.member(place + 1)?)))
                .take_while(|(place, member, next)| *place < 4 || next - member <= x)
                .any(|(_, member, _)| set.contains(x.saturating_add(member))),
            SetRule::Product(first, second) if x == 0 => first.contains(0) || second.contains(0),
            SetRule::Product(first, second) => up_to(second, x)
                .any(|member| member > 0 && x.is_multiple_of(member) && first.contains(x / member)),
            SetRule::Times(factor, set) => x.is_multiple_of(factor) && set.contains(x / factor),
        }
    }

    /// The units of work of a test: about 20 nanoseconds each.
    pub fn cost(self, x: u64) -> u64 {
        match self {
            SetRule::Not(_) | SetRule::Union(..) | SetRule::Times(..) => 2,
            SetRule::TripleSum(set) => 2 + set.size(x / 3).saturating_mul(set.size(x / 2)),
            SetRule::DistinctSum(set) => 2 + set.size(x / 2),
            SetRule::Difference(_) => 2 + x / 2,
            SetRule::Sum(_, set) | SetRule::NotSum(_, set) | SetRule::Product(_, set) => {
                2 + set.size(x)
            }
        }
    }

    /// The list in words, given what it chooses from.
    pub fn words(self, base: &str) -> String {
        let sum = |first: Set, second: Set| match first == second {
            true => format!("two {}", first.words().1),
            false => format!("a {} and a {}", first.words().0, second.words().0),
        };
        match self {
            SetRule::Not(set) => format!("{base} that are not {}", set.words().1),
            SetRule::Union(first, second) => {
                format!("{base} that are {} or {}", first.words().1, second.words().1)
            }
            SetRule::Sum(first, second) => {
                format!("{base} that are the sum of {}", sum(first, second))
            }
            SetRule::NotSum(first, second) => {
                format!("{base} that are not the sum of {}", sum(first, second))
            }
            SetRule::DistinctSum(set) => {
                format!("{base} that are the sum of two different {}", set.words().1)
            }
            SetRule::TripleSum(set) => {
                format!("{base} that are the sum of three {}", set.words().1)
            }
            SetRule::Difference(set) => {
                format!("{base} that are the difference of two {}", set.words().1)
            }
            SetRule::Product(first, second) => {
                format!("{base} that are the product of {}", sum(first, second))
            }
            SetRule::Times(factor, set) => {
                format!("{base} that are {factor} times a {}", set.words().0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_membership_agree() {
        for (set, _) in SETS {
            let listed: Vec<u64> =
                (0..).map_while(|place| set.member(place)).take_while(|&one| one < 300).collect();
            let tested: Vec<u64> = (0..300).filter(|&n| set.contains(n)).collect();
            assert_eq!(listed, tested, "{set:?}");
        }
    }

    #[test]
    fn sums_and_differences() {
        let of = |rule: SetRule| (0..).filter(|&x| rule.holds(x)).take(8).collect::<Vec<u64>>();
        let squares = Set::PositiveSquares;
        assert_eq!(of(SetRule::Sum(squares, squares)), [2, 5, 8, 10, 13, 17, 18, 20]);
        assert_eq!(of(SetRule::DistinctSum(squares)), [5, 10, 13, 17, 20, 25, 26, 29]);
        assert_eq!(of(SetRule::TripleSum(squares)), [3, 6, 9, 11, 12, 14, 17, 18]);
        assert_eq!(of(SetRule::Union(Set::Squares, Set::PowersOfTwo)), [0, 1, 2, 4, 8, 9, 16, 25]);
        assert_eq!(of(SetRule::Difference(Set::Cubes))[..5], [0, 1, 7, 8, 19]);
        assert_eq!(of(SetRule::Product(Set::Squares, Set::Primes))[..5], [0, 2, 3, 5, 7]);
    }
}
