//! Residue classes, quadratic residues and quadratic forms.

use super::base::BaseSet;
use super::numbers::{gcd, is_prime, kronecker, primes};
use super::property::Property;
use super::search::Search;
use crate::bits::natural;

/// The largest modulus of classes of primes.
const LARGEST_MODULUS: u64 = 120;

/// The largest number whose symbol is tried.
const LARGEST_NUMBER: i64 = 100;

/// Tries all of them.
pub fn solve(search: &mut Search<'_>) {
    classes(search);
    power_residues(search);
    if search.last() >= 1 << 16 {
        return;
    }
    let all_prime = search.all_prime();
    if all_prime {
        classes_of_primes(search);
        symbols(search);
        genera(search);
    }
    forms(search, all_prime);
}

/// Numbers in several residue classes: their differences repeat.
fn classes(search: &mut Search<'_>) {
    let members = search.members;
    let count = members.len();
    for period in 2..=count.saturating_sub(3) {
        let modulus = members[period] - members[0];
        let surplus = count - period;
        let repeats = members.windows(period + 1).all(|pair| pair[period] - pair[0] == modulus);
        if repeats && surplus >= 4 && surplus >= period {
            let mut residues: Vec<u64> =
                members[..period].iter().map(|one| one % modulus).collect();
            residues.sort_unstable();
            let choice: f64 = (1..period)
                .map(|taken| (((modulus as f64) - taken as f64) / taken as f64).log2())
                .sum();
            let bits = 2.0 + natural(modulus) + choice;
            // Four classes that repeat once are some evidence for small numbers only.
            if surplus == period && bits > 40.0 {
                return;
            }
            let property = Property::Residues(modulus, residues);
            search.consider_among(&property, bits, |base| base == BaseSet::Naturals);
            return;
        }
    }
}

/// The largest modulus whose powers are tried.
const LARGEST_POWER_MODULUS: u64 = 150;

/// Squares, cubes and fourth powers modulo a number, and what is not a square.
fn power_residues(search: &mut Search<'_>) {
    let (members, last) = (search.members, search.last());
    let wanted = members.iter().fold([false; 151], |mut wanted, &member| {
        wanted[member.min(150) as usize] = true;
        wanted
    });
    for modulus in last.saturating_add(1)..=LARGEST_POWER_MODULUS.min(last.saturating_mul(4)) {
        for exponent in 2..=4_u32 {
            let mut is = [false; 151];
            (0..modulus).for_each(|y| is[(y.pow(exponent) % modulus) as usize] = true);
            for residues in [true, false] {
                let agree =
                    (members[0]..=last).all(|x| (is[x as usize] == residues) == wanted[x as usize]);
                let more = (last + 1..modulus).any(|x| is[x as usize] == residues);
                if agree && more && (residues || exponent == 2) {
                    let bits = 1.5 + bits_of_exponent(exponent) + (modulus as f64).log2();
                    let property = Property::PowerResidue(exponent, modulus, residues);
                    search.consider_among(&property, bits, |base| base == BaseSet::Naturals);
                }
            }
        }
    }
}

fn bits_of_exponent(exponent: u32) -> f64 {
    f64::from(exponent) - 1.0
}

/// Primes in some residue classes: a coset of a subgroup of those coprime to the modulus, or, of
/// a small modulus, any classes.
fn classes_of_primes(search: &mut Search<'_>) {
    let (members, last) = (search.members, search.last());
    let others: Vec<u64> = primes()
        .iter()
        .map(|&prime| u64::from(prime))
        .take_while(|&prime| prime <= last)
        .filter(|prime| *prime >= members[0] && members.binary_search(prime).is_err())
        .collect();
    for modulus in 3..=LARGEST_MODULUS {
        let mut inside = [false; LARGEST_MODULUS as usize];
        for member in members {
            inside[(member % modulus) as usize] = true;
        }
        if others.iter().any(|other| inside[(other % modulus) as usize]) {
            continue;
        }
        let coprime: Vec<u64> = (1..modulus).filter(|&one| gcd(one, modulus) == 1).collect();
        let given: Vec<u64> = coprime.iter().copied().filter(|&one| inside[one as usize]).collect();
        let special = (0..modulus).filter(|&one| inside[one as usize] && gcd(one, modulus) > 1);
        let special: Vec<u64> = special.collect();
        let Some(&first) = given.first() else { continue };
        let extra = special.len() as f64 * 2.0;
        let coset = coset(&given, first, modulus);
        let total = coprime.len() as f64;
        let agrees = !others.iter().any(|other| coset.binary_search(&(other % modulus)).is_ok());
        let with = |classes: &[u64]| {
            let mut all = [classes, &special].concat();
            all.sort_unstable();
            Property::Residues(modulus, all)
        };
        if coset.len() * 2 <= coprime.len() && agrees {
            let cosets = (total / coset.len() as f64).log2();
            let subgroups = if coset.len() == 1 { 0.0 } else { 3.0 };
            let bits = natural(modulus) + cosets + subgroups + extra;
            search.consider_among(&with(&coset), bits, |base| base == BaseSet::Primes);
        }
        let mut seen = inside;
        others.iter().for_each(|other| seen[(other % modulus) as usize] = true);
        if modulus <= 24 && coprime.iter().all(|&one| seen[one as usize]) {
            let choice: f64 = (0..given.len())
                .map(|taken| ((total - taken as f64) / (taken + 1) as f64).log2())
                .sum();
            let bits = 2.0 + natural(modulus) + choice + extra;
            search.consider_among(&with(&given), bits, |base| base == BaseSet::Primes);
        }
    }
}

/// The smallest coset, in increasing order, that holds the given classes.
fn coset(given: &[u64], first: u64, modulus: u64) -> Vec<u64> {
    let inverse = (1..modulus).find(|one| one * first % modulus == 1).unwrap_or(1);
    let mut group = vec![1];
    let mut place = 0;
    while place < group.len() {
        for one in given {
            let product = group[place] * (one * inverse % modulus) % modulus;
            if !group.contains(&product) {
                group.push(product);
            }
        }
        place += 1;
    }
    let mut coset: Vec<u64> = group.iter().map(|one| one * first % modulus).collect();
    coset.sort_unstable();
    coset
}

/// Primes modulo which a number is a square, or is not.
fn symbols(search: &mut Search<'_>) {
    for size in 2..=LARGEST_NUMBER {
        for number in [size, -size] {
            if number == size && (size as u64).isqrt().pow(2) == size as u64 {
                continue;
            }
            let bits = 2.5 + natural(size as u64) + f64::from(u8::from(number < 0));
            for (allowed, more) in [
                ([false, true, true], 1.0),
                ([true, false, false], 1.5),
                ([false, false, true], 2.0),
            ] {
                let property = Property::Symbol(number, allowed);
                search.consider_among(&property, bits + more, |base| base == BaseSet::Primes);
            }
        }
    }
}

/// Primes that agree in some symbols: those of a genus of quadratic forms.
fn genera(search: &mut Search<'_>) {
    const PRIME_DISCRIMINANTS: [i64; 13] = [-4, 8, -8, -3, 5, -7, -11, 13, 17, -19, -23, 29, -31];
    let members = search.members;
    let constant = |&number: &i64| {
        let first = kronecker(number, members[0]);
        let same = members.iter().all(|&member| kronecker(number, member) == first);
        (same && first != 0).then_some((number, first == 1))
    };
    let mut known: Vec<(i64, bool)> = PRIME_DISCRIMINANTS.iter().filter_map(constant).collect();
    // The third of these three follows from the others.
    if known.iter().filter(|(number, _)| matches!(number, -4 | 8 | -8)).count() == 3 {
        known.retain(|(number, _)| *number != -8);
    }
    if known.len() > 1 {
        let size: f64 = known.iter().map(|(number, _)| natural(number.unsigned_abs())).sum();
        search
            .consider_among(&Property::Symbols(known), 2.0 + size, |base| base == BaseSet::Primes);
    }
}

/// Primes, or numbers, that a reduced quadratic form represents.
fn forms(search: &mut Search<'_>, all_prime: bool) {
    let first = search.members.iter().copied().find(|&member| member > 1).unwrap_or(1) as i64;
    let (largest_a, largest_c) = if all_prime { (6, 85) } else { (3, 20) };
    // A prime that a form represents has its discriminant as a square.
    let tests: Vec<u64> = search.members.iter().copied().filter(|&one| one > 2).take(6).collect();
    for a in 1..=largest_a.min(first) {
        for b in 0..=a {
            for c in a..=largest_c {
                // Primes: the coefficients have no common factor; the form itself has the value c.
                if c > search.last() as i64
                    || (all_prime && c < first && is_prime(c as u64))
                    || gcd(gcd(a as u64, b as u64), c as u64) > 1
                {
                    continue;
                }
                let discriminant = b * b - 4 * a * c;
                let square = |&prime: &u64| kronecker(discriminant, prime) >= 0;
                if all_prime && !tests.iter().all(square) {
                    continue;
                }
                let among = if all_prime { BaseSet::Primes } else { BaseSet::Naturals };
                let property = Property::Form([a, b, c]);
                let first = search.members[0];
                if !search.pay(property.cost(first)) || !property.holds(first) {
                    continue;
                }
                let bits = natural(a as u64) + natural(b as u64 + 1) + natural(c as u64) - 1.0;
                let bits = bits + if all_prime { 0.0 } else { 1.0 };
                search.consider_among(&property, bits, |base| base == among);
                if b == 0 && !all_prime {
                    let property = Property::PositiveForm(a as u64, c as u64);
                    search.consider_among(&property, bits + 1.0, |base| base == among);
                }
            }
        }
    }
}
