//! Strings that are text, not codes of a font (ISO 32000-2, 7.9.2.2).

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

/// The text of a string: what its byte order mark says, or else an encoding of PDF's own, of which the Windows one differs little.
pub(super) fn text_of(string: &[u8]) -> Cow<'_, str> {
    match Encoding::for_bom(string) {
        Some((encoding, mark_bytes)) => encoding.decode_without_bom_handling(&string[mark_bytes..]).0,
        None => WINDOWS_1252.decode_without_bom_handling(string).0,
    }
}
