use proptest::prelude::*;

use super::*;

fn best(terms: &[i64]) -> Option<String> {
    let mut found = Vec::new();
    solve(&Terms::from(terms), &mut found);
    let rule = found.first()?;
    assert!(rule.terms(terms.len() + 1).starts_with(Terms::from(terms).exact()));
    Some(rule.formula().to_string())
}
