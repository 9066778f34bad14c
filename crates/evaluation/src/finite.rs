//! What JSON omits.

/// Whether a value is NaN or infinite, which JSON has no number for.
pub(crate) fn not_finite(value: &f64) -> bool {
    !value.is_finite()
}
