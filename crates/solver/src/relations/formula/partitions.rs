//! Numbers of partitions and compositions, in words.

use num_bigint::BigInt;

use super::rule::either;
use super::{At, Parts, closed};
use crate::expression::{Expression, Formula, Phrase, n};
use ninth_sequences::Relation;

/// How many kinds of parts there are of size 1, 2, 3, ...
enum Kinds {
    /// These, then none.
    Finite(Vec<i64>),
    /// These over and over.
    Periodic(Vec<i64>),
}

impl Kinds {
    fn of(relation: &Relation) -> Option<Self> {
        match relation {
            Relation::Constant(kinds) => Some(Kinds::Periodic(vec![*kinds])),
            Relation::Recurrence { lags, addend } if **addend == Relation::Constant(0) => {
                let finite = lags.iter().all(|lag| lag.factor == 0);
                match finite {
                    true => Some(Kinds::Finite(lags.iter().map(|lag| lag.first).collect())),
                    false => closed::period(relation).map(Kinds::Periodic),
                }
            }
            _ => closed::period(relation).map(Kinds::Periodic),
        }
    }

    fn listed(&self) -> Phrase {
        let (Kinds::Finite(kinds) | Kinds::Periodic(kinds)) = self;
        let kinds: Vec<BigInt> = kinds.iter().map(|&kind| kind.into()).collect();
        let list = Phrase::math(Expression::list(&kinds));
        match self {
            Kinds::Finite(_) => list.and_text(", 0, 0, ..."),
            Kinds::Periodic(_) => list.and_text(" repeated"),
        }
    }
}

impl Parts {
    /// The Euler transform.
    pub(super) fn partitions(&mut self, of: &Relation) -> Formula {
        let kinds = Kinds::of(of);
        let parts = match &kinds {
            Some(Kinds::Finite(kinds)) => given(kinds),
            Some(Kinds::Periodic(kinds)) => in_classes(kinds).or_else(|| distinct(kinds)),
            None => None,
        };
        match parts {
            Some(parts) => Formula::words(
                Phrase::text("the number of partitions of ").and_math(n()).and_text(parts),
            ),
            None => self.transform("Euler", of, kinds),
        }
    }

    /// The INVERT transform.
    pub(super) fn compositions(&mut self, of: &Relation) -> Formula {
        let kinds = Kinds::of(of);
        let parts = match &kinds {
            Some(Kinds::Finite(kinds)) if kinds.iter().all(|kind| (0..=1).contains(kind)) => {
                given(kinds)
            }
            Some(Kinds::Periodic(kinds)) => in_classes(kinds),
            _ => None,
        };
        match parts {
            Some(parts) => Formula::words(
                Phrase::text("the number of compositions of ").and_math(n()).and_text(parts),
            ),
            None => self.transform("INVERT", of, kinds),
        }
    }

    fn transform(&mut self, name: &str, of: &Relation, kinds: Option<Kinds>) -> Formula {
        let of = match kinds {
            Some(kinds) => kinds.listed(),
            None => Phrase::math(self.value(of, &At::n())),
        };
        Formula::words(Phrase::text(format!("the {name} transform of ")).and(of))
    }
}

/// Parts of given sizes: `1 + z^k = (1 - z^2k) / (1 - z^k)` is a part that is used at most once.
fn given(kinds: &[i64]) -> Option<String> {
    let mut kinds = kinds.to_vec();
    let mut once = Vec::new();
    for size in 1..=kinds.len() {
        while kinds[size - 1] > 0 && kinds.get(2 * size - 1).is_some_and(|kind| *kind < 0) {
            kinds[size - 1] -= 1;
            kinds[2 * size - 1] += 1;
            once.push(size);
        }
    }
    if kinds.iter().any(|kind| !(0..=9).contains(kind)) {
        return None;
    }
    let mut sizes: Vec<String> = Vec::new();
    for (size, kind) in (1..).zip(&kinds) {
        match kind {
            0 => {}
            1 => sizes.push(size.to_string()),
            _ => sizes.push(format!("{size} ({kind} kinds)")),
        }
    }
    sizes.extend(once.iter().map(|size| format!("{size} (at most once)")));
    Some(match &sizes[..] {
        [] => return None,
        [one] => format!(" into parts {one}"),
        [first @ .., last] if sizes.len() <= 12 => {
            format!(" into parts {} and {last}", first.join(", "))
        }
        many => format!(" into parts {}, ...", many[..8].join(", ")),
    })
}

/// Parts of given residue classes, each any number of times.
fn in_classes(kinds: &[i64]) -> Option<String> {
    kinds.iter().all(|kind| (0..=1).contains(kind)).then_some(())?;
    let modulus = kinds.len();
    let members = (1..).zip(kinds).filter(|(_, kind)| **kind == 1);
    let mut residues: Vec<usize> = members.map(|(size, _)| size % modulus).collect();
    residues.sort_unstable();
    class_name("", modulus, &residues)
}

/// Parts of given residue classes, each at most once: the kinds are those of the parts, less
/// those of their doubles.
fn distinct(kinds: &[i64]) -> Option<String> {
    let period = kinds.len();
    let kind = |size: usize| kinds[(size - 1) % period];
    let mut allowed = vec![0; 4 * period + 1];
    for size in 1..=4 * period {
        let half = if size % 2 == 0 { allowed[size / 2] } else { 0 };
        allowed[size] = kind(size).saturating_add(half);
        if !(0..=1).contains(&allowed[size]) {
            return None;
        }
    }
    let modulus = (1..=period).find(|&modulus| {
        (1..=4 * period - modulus).all(|size| allowed[size] == allowed[size + modulus])
    })?;
    let mut residues: Vec<usize> =
        (1..=modulus).filter(|&size| allowed[size] == 1).map(|size| size % modulus).collect();
    residues.sort_unstable();
    class_name("distinct ", modulus, &residues)
}

fn class_name(distinct: &str, modulus: usize, residues: &[usize]) -> Option<String> {
    Some(match (modulus, residues) {
        (_, []) => return None,
        (1, _) if distinct.is_empty() => String::new(),
        (1, _) => format!(" into {distinct}parts"),
        (2, [0]) => format!(" into {distinct}even parts"),
        (2, [1]) => format!(" into {distinct}odd parts"),
        (modulus, [0]) => format!(" into {distinct}parts divisible by {modulus}"),
        (modulus, residues) => {
            format!(" into {distinct}parts that are {} mod {modulus}", either(residues, "or"))
        }
    })
}
