//! Sequences that describe themselves, as tables made by the compiler.

/// The self-describing sequences are tabulated up to here, far beyond any context.
const DESCRIBED: usize = 512;
pub(super) static GOLOMB: [u16; DESCRIBED] = {
    let mut terms = [1; DESCRIBED];
    let mut n = 2;
    while n < DESCRIBED {
        terms[n] = 1 + terms[n - terms[terms[n - 1] as usize] as usize];
        n += 1;
    }
    terms
};
pub(super) static KOLAKOSKI: [u16; DESCRIBED] = {
    let mut terms = [0; DESCRIBED];
    (terms[1], terms[2], terms[3]) = (1, 2, 2);
    let (mut length, mut run, mut term) = (4, 3, 1);
    while length < DESCRIBED {
        let mut left = terms[run];
        while left > 0 && length < DESCRIBED {
            terms[length] = term;
            length += 1;
            left -= 1;
        }
        run += 1;
        term = 3 - term;
    }
    terms
};
pub(super) static HOFSTADTER_Q: [u16; DESCRIBED] = {
    let mut terms = [1; DESCRIBED];
    let mut n = 3;
    while n < DESCRIBED {
        terms[n] = terms[n - terms[n - 1] as usize] + terms[n - terms[n - 2] as usize];
        n += 1;
    }
    terms
};
pub(super) static CONWAY: [u16; DESCRIBED] = {
    let mut terms = [1; DESCRIBED];
    let mut n = 3;
    while n < DESCRIBED {
        let last = terms[n - 1] as usize;
        terms[n] = terms[last] + terms[n - last];
        n += 1;
    }
    terms
};
pub(super) static HOFSTADTER_G: [u16; DESCRIBED] = {
    let mut terms = [0; DESCRIBED];
    let mut n = 1;
    while n < DESCRIBED {
        terms[n] = n as u16 - terms[terms[n - 1] as usize];
        n += 1;
    }
    terms
};
pub(super) static HOFSTADTER_H: [u16; DESCRIBED] = {
    let mut terms = [0; DESCRIBED];
    let mut n = 1;
    while n < DESCRIBED {
        terms[n] = n as u16 - terms[terms[terms[n - 1] as usize] as usize];
        n += 1;
    }
    terms
};

/// Term `n` of a table.
pub(super) fn listed(table: &[u16], n: i64) -> Option<i64> {
    table.get(n as usize).map(|&term| i64::from(term))
}

/// The number of steps from `n` to 1: half of an even number, `3n + 1` of an odd one.
pub(super) fn collatz_steps(n: i64) -> i64 {
    let next = |&number: &i64| match number {
        1 => None,
        even if even % 2 == 0 => Some(even / 2),
        odd => odd.checked_mul(3)?.checked_add(1),
    };
    std::iter::successors(Some(n), next).count() as i64 - 1
}
