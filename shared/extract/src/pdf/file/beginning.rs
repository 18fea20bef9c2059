//! Where objects begin: `12 0 obj`.

use crate::pdf::lexer::is_blank;

/// The number of the object that begins behind these bytes: they end with it and its generation.
pub(super) fn id_before(bytes: &[u8]) -> Option<u32> {
    let bytes = &bytes[bytes.len().saturating_sub(40)..];
    let (bytes, _) = split_end(bytes, is_blank);
    let (bytes, generation) = split_end(bytes, |byte| byte.is_ascii_digit());
    let (bytes, blanks) = split_end(bytes, is_blank);
    let (_, id) = split_end(bytes, |byte| byte.is_ascii_digit());
    if generation.is_empty() || blanks.is_empty() {
        return None;
    }
    std::str::from_utf8(id).ok()?.parse().ok()
}

/// The end of bytes that are of a kind, and what is before.
fn split_end(bytes: &[u8], is_of_kind: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let length = bytes.iter().rev().take_while(|byte| is_of_kind(**byte)).count();
    bytes.split_at(bytes.len() - length)
}
