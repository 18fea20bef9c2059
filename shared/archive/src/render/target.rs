//! Links from pages and notes to files of the archive.

/// A path in the archive as the target of a link: each name percent-encoded. Nothing for what leaves the archive.
pub(super) fn target(up: &str, path: &str) -> Option<String> {
    let mut target = up.to_owned();
    for (place, name) in path.split('/').enumerate() {
        if matches!(name, "" | "." | "..") || name.contains('\\') || name.contains('\0') {
            return None;
        }
        if place > 0 {
            target.push('/');
        }
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
                target.push(char::from(byte));
            } else {
                target.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    Some(target)
}
