//! Numbers at which polynomials are prime: twin primes, Sophie Germain primes, and such.

use super::numbers::{gcd, is_prime};
use super::property::{Map, Property};
use super::search::Search;
use crate::bits::natural;

/// At most so many polynomials that are prime at all members are looked at.
const MOST_POLYNOMIALS: usize = 12;

/// Tries all of them.
pub fn solve(search: &mut Search<'_>) {
    let mut fitting: Vec<(Map, f64)> = Vec::new();
    let mut collect = |map: Map, bits: &dyn Fn() -> f64| {
        if fitting.len() < MOST_POLYNOMIALS {
            for &member in search.members {
                let Some(value) = map.apply(member) else { return };
                let units = match value >> 16 {
                    0 => 1,
                    1..=0xffff => 8,
                    _ => 40,
                };
                if !search.pay(units) || !is_prime(value) {
                    return;
                }
            }
            // Logarithms are not worth computing for those that do not fit.
            let bits = bits();
            if 2.0 + bits < search.affordable() {
                fitting.push((map, bits));
            }
        }
    };
    for a in 1..=12_i64 {
        for b in -30..=30_i64 {
            if (a, b) != (1, 0) && gcd(a.unsigned_abs(), b.unsigned_abs()) == 1 {
                let sign = if b < 0 { 1.5 } else { 1.0 };
                collect(Map::linear(a, b), &|| {
                    natural(a as u64) + natural(b.unsigned_abs()) + sign
                });
            }
        }
    }
    for a in 1..=4_i64 {
        for b in [0_i64, 1, -1, 2, 3, 4, 5, -3] {
            let reach = if b.abs() <= 1 { -12..=41_i64 } else { -5..=5 };
            for c in reach {
                collect(Map::square(a, b, c), &|| {
                    let sign = f64::from(u8::from(b < 0 || c < 0));
                    let size = natural(a as u64) + natural(b.unsigned_abs() + 1);
                    size + natural(c.unsigned_abs()) + sign
                });
            }
        }
    }
    for c in -12..=12_i64 {
        collect(Map([c, 0, 0, 1]), &|| 3.5 + natural(c.unsigned_abs()));
    }
    for (place, &(map, bits)) in fitting.iter().enumerate() {
        search.consider(&Property::Primes(vec![map]), 2.0 + bits);
        for &(other, more) in &fitting[..place] {
            search.consider(&Property::Primes(vec![other, map]), 6.0 + bits + more);
        }
    }
    let shift = |map: &Map| map.0[1] == 1 && map.0[2] == 0;
    let shifts: Vec<Map> = fitting.iter().map(|(map, _)| *map).filter(shift).collect();
    if shifts.len() > 2 {
        let bits: f64 = shifts.iter().map(|map| 1.0 + natural(map.0[0].unsigned_abs())).sum();
        search.consider(&Property::Primes(shifts), 2.0 + bits);
    }
}
