//! Linear recurrences and kin.

use crate::Sequence;
use crate::tools::{linear, recurrence};

pub fn sequences() -> Vec<Sequence> {
    vec![
        ("Fibonacci", linear(&[0, 1], &[1, 1])),
        ("Fibonacci from 1, 1", linear(&[1, 1], &[1, 1])),
        ("Lucas", linear(&[2, 1], &[1, 1])),
        ("Pell", linear(&[0, 1], &[2, 1])),
        ("companion Pell", linear(&[2, 2], &[2, 1])),
        ("convergents of the root of 2", linear(&[1, 1], &[2, 1])),
        ("Jacobsthal", linear(&[0, 1], &[1, 2])),
        ("Jacobsthal-Lucas", linear(&[2, 1], &[1, 2])),
        ("tribonacci", linear(&[0, 0, 1], &[1, 1, 1])),
        ("tribonacci from 1, 1, 1", linear(&[1, 1, 1], &[1, 1, 1])),
        ("tetranacci", linear(&[0, 0, 0, 1], &[1, 1, 1, 1])),
        ("Padovan", linear(&[1, 1, 1], &[0, 1, 1])),
        ("Perrin", linear(&[3, 0, 2], &[0, 1, 1])),
        ("Narayana's cows", linear(&[1, 1, 1], &[1, 0, 1])),
        ("a(n-1) + a(n-4)", linear(&[1, 1, 1, 1], &[1, 0, 0, 1])),
        ("every second Fibonacci number", linear(&[0, 1], &[3, -1])),
        ("every second Fibonacci number from 1", linear(&[1, 2], &[3, -1])),
        ("even Fibonacci numbers", linear(&[0, 2], &[4, 1])),
        ("every second Lucas number", linear(&[2, 3], &[3, -1])),
        ("4 a(n-1) - a(n-2)", linear(&[0, 1], &[4, -1])),
        ("balancing numbers", linear(&[0, 1], &[6, -1])),
        ("NSW numbers", linear(&[1, 7], &[6, -1])),
        ("3 a(n-1) + a(n-2)", linear(&[0, 1], &[3, 1])),
        ("2 a(n-1) + 2 a(n-2)", linear(&[1, 1], &[2, 2])),
        ("Leonardo", recurrence(&[1, 1], |a, n| &a[n - 1] + &a[n - 2] + 1)),
        ("sums of Fibonacci numbers", recurrence(&[0, 1], |a, n| &a[n - 1] + &a[n - 2] + 1)),
        ("squares of Fibonacci numbers", linear(&[0, 1, 1], &[2, 2, -1])),
        ("golden rectangles", linear(&[0, 1, 2], &[2, 2, -1])),
        ("Fibonacci and Fibonacci", linear(&[0, 0, 1, 2], &[2, 1, -2, -1])),
    ]
}
