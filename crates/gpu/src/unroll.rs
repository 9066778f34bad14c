//! Loops that are unrolled before a device sees them.
//!
//! wgpu adds a counter to every WGSL loop, so that none can run for ever, and a compiler does not
//! unroll a loop with it: each iteration waits for its own reads, and elements of arrays cannot
//! stay in registers. Loops whose length is known here are therefore written between two
//! comments,
//!
//! ```text
//! //! unroll i ROWS
//! sum += activations[at + $iu];
//! //! end
//! ```
//!
//! and the lines between them are repeated, with `$i` replaced by 0, 1, ... The length is a
//! number or the name of a size.

use std::fmt::Write;

/// The start of a line that begins a loop.
const BEGIN: &str = "//! unroll ";

/// The line that ends a loop.
const END: &str = "//! end";

/// Unrolls all loops of a text, given the sizes that it names.
///
/// A loop of unknown length is left as it is, with a `$` that no WGSL compiler accepts.
pub(crate) fn unroll(text: &str, sizes: &[(&str, usize)]) -> String {
    let mut out = String::with_capacity(2 * text.len());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        match begin(line, sizes) {
            Some((name, count)) => {
                let body = body(&mut lines);
                let variable = format!("${name}");
                for number in 0..count {
                    let iteration = body.replace(&variable, &number.to_string());
                    out.push_str(&unroll(&iteration, sizes));
                }
            }
            None => _ = writeln!(out, "{line}"),
        }
    }
    out
}

/// The variable and the length of the loop that a line begins.
fn begin<'a>(line: &'a str, sizes: &[(&str, usize)]) -> Option<(&'a str, usize)> {
    let (name, length) = line.trim().strip_prefix(BEGIN)?.split_once(' ')?;
    let known = || sizes.iter().find(|(size, _)| *size == length).map(|(_, count)| *count);
    Some((name, length.parse().ok().or_else(known)?))
}

/// The lines up to the end of the current loop, including the loops within it.
fn body(lines: &mut std::str::Lines<'_>) -> String {
    let mut body = String::new();
    let mut depth = 1;
    for line in lines {
        depth += usize::from(line.trim().starts_with(BEGIN));
        depth -= usize::from(line.trim() == END);
        if depth == 0 {
            break;
        }
        let _ = writeln!(body, "{line}");
    }
    body
}

#[cfg(test)]
mod tests {
    use super::unroll;

    #[test]
    fn a_loop_is_unrolled_with_its_variable() {
        let text = "a\n  //! unroll i ROWS\n  b$i = $iu;\n  //! end\nc\n";
        assert_eq!(unroll(text, &[("ROWS", 2)]), "a\n  b0 = 0u;\n  b1 = 1u;\nc\n");
        assert_eq!(unroll(text, &[("ROWS", 0)]), "a\nc\n");
    }

    #[test]
    fn inner_loops_see_the_outer_variable() {
        let text = "//! unroll i 2\n//! unroll j N\nx$i_$j\n//! end\ny$i\n//! end\n";
        assert_eq!(unroll(text, &[("N", 2)]), "x0_0\nx0_1\ny0\nx1_0\nx1_1\ny1\n");
    }

    #[test]
    fn a_loop_of_unknown_length_stays_and_is_refused() {
        let text = "//! unroll i UNKNOWN\nx$i\n//! end\n";
        assert_eq!(unroll(text, &[("N", 2)]), text);
    }
}
