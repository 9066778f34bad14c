//! Hardware: the memory, cache and bandwidth of the design document's card, and sizes as text.

/// The largest memory that a training may need, in bytes: that of the design document's
/// graphics card, an AMD Radeon RX 6600.
pub const LIMIT: u64 = 8 << 30;

/// The cache of that card, in bytes.
pub const CACHE: u64 = 32 << 20;

/// The bandwidth of its memory, in bytes per second.
pub const BANDWIDTH: f64 = 224e9;

/// Formats a number of bytes: `8.0 GB`, in units of 1024.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["KB", "MB", "GB", "TB", "PB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_for_people() {
        let counts = [0, 1023, 1024, 2_000_000, LIMIT, u64::MAX];
        let expected = ["0 B", "1023 B", "1.0 KB", "1.9 MB", "8.0 GB", "16384.0 PB"];
        assert_eq!(counts.map(bytes), expected);
    }
}
