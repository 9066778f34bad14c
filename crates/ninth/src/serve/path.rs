//! Paths and queries, decoded once.

/// The text of a part of a path, or of a query with `plus` as a space; `None` if it is not encoded
/// as it has to be.
pub fn decoded(text: &str, plus: bool) -> Option<String> {
    let mut bytes = text.bytes();
    let mut found = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        found.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                // Two digits make a byte.
                (digit()? * 16 + digit()?) as u8
            }
            b'+' if plus => b' ',
            other => other,
        });
    }
    String::from_utf8(found).ok()
}

/// The names and values of a query; `None` if it is not encoded as it has to be.
pub fn query(text: &str) -> Option<Vec<(String, String)>> {
    let parts = text.split('&').filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        Some((decoded(name, true)?, decoded(value, true)?))
    };
    parts.map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_decoded_once() {
        assert_eq!(decoded("a%20b+c", false).as_deref(), Some("a b+c"));
        assert_eq!(decoded("a%20b+c", true).as_deref(), Some("a b c"));
        assert_eq!(decoded("%252e%E2%88%921", false).as_deref(), Some("%2e−1"));
        for bad in ["%", "%2", "%zz", "%+1", "%ff", "a%c3", "%é"] {
            assert_eq!(decoded(bad, true), None, "{bad}");
        }
    }

    #[test]
    fn queries_are_pairs() {
        let pairs = |text| {
            let pairs = query(text)?;
            Some(pairs.iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>())
        };
        assert_eq!(
            pairs("terms=1,2&count=3&&x"),
            Some(vec!["terms:1,2".to_string(), "count:3".to_string(), "x:".to_string(),])
        );
        assert_eq!(pairs(""), Some(Vec::new()));
        assert_eq!(pairs("terms=%f"), None);
    }
}
