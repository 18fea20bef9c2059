//! Sizes as people say them.

/// A number of bytes in words, such as `1.5 MB`: units of 1,024, one place after the point where it is not even.
pub fn size_in_words(bytes: u64) -> String {
    let units = [(1_u64 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    let unit = units.into_iter().find(|(unit, _)| bytes >= *unit);
    let Some((unit, name)) = unit else { return format!("{bytes} bytes") };
    match bytes % unit {
        0 => format!("{} {name}", bytes / unit),
        _ => format!("{:.1} {name}", bytes as f64 / unit as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_the_unit_that_fits() {
        let said =
            [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KB"), (3 << 20, "3 MB"), (2 << 30, "2 GB")];
        for (bytes, words) in said {
            assert_eq!(size_in_words(bytes), words);
        }
    }
}
