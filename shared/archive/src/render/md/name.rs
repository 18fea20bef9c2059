//! What notes are called: by their day and title, so that a folder reads as a diary, and by a piece of a hash of their id, so that no two are called the same.

use data_encoding::{BASE32_NOPAD, Encoding};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// How much of a title is in a name.
const TITLE_BYTES: usize = 96;
/// How much of the hash: 60 bits, so that not even ids that somebody made up meet by chance.
const HASH_CHARACTERS: usize = 12;

/// The name of a note, without its extension: one that every system and every link takes.
pub(super) fn note_name(day: &str, title: &str, id: &str) -> String {
    format!("{day} {}", editable_name(title, id))
}

/// The same for a note that stands among others without its day.
pub fn editable_name(title: &str, id: &str) -> String {
    let title = title_in_name(title);
    let separator = if title.is_empty() { "" } else { " " };
    format!("{title}{separator}({})", short(id))
}

/// Ids have their time in front, which many share.
fn short(id: &str) -> String {
    let encoding: Encoding = BASE32_NOPAD;
    let hash = encoding.encode(&Sha256::digest(id.as_bytes())).to_ascii_lowercase();
    hash.chars().take(HASH_CHARACTERS).collect()
}

/// Letters and numbers stay, as do marks that mean nothing to a file system, a link or a shell's pattern.
fn title_in_name(title: &str) -> String {
    let plain: String = title.nfc().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    let mut name = String::with_capacity(TITLE_BYTES);
    for word in plain.split_whitespace() {
        if name.len() + word.len() + 1 > TITLE_BYTES {
            if name.is_empty() {
                name.push_str(&word[..word.floor_char_boundary(TITLE_BYTES)]);
            }
            break;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(word);
    }
    // A name inside never ends in a dot, but it need not look as if it went somewhere.
    name.trim_matches(|c| matches!(c, '.' | ' ' | '-')).to_owned()
}

fn is_plain(c: char) -> bool {
    let is_unsafe = matches!(
        c,
        '/' | '\\'
            | ':'
            | '*'
            | '?'
            | '"'
            | '<'
            | '>'
            | '|'
            | '#'
            | '^'
            | '['
            | ']'
            | '%'
            | '`'
            | '$'
            | '~'
            | '{'
            | '}'
    );
    let is_unseen = c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}');
    !is_unsafe && !is_unseen
}
