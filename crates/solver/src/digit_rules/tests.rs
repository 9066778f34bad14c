use proptest::prelude::*;

use super::*;
use crate::rule::Rule;
use crate::terms::Terms;

fn best(terms: &[i64]) -> Option<(String, Vec<BigInt>)> {
    let mut found = Vec::new();
    solve(&Terms::from(terms), &mut found);
    let rule = found.first()?;
    let more = rule.terms(terms.len() + 1);
    assert!(more.starts_with(Terms::from(terms).exact()));
    Some((rule.formula().to_string(), more))
}
