//! What people call their files.
//!
//! A name is data: it is shown, searched and changed, and never names anything here. So whatever people really call files is kept as
//! it is, path separators, `..` and leading dots included (`AC/DC.mp3`, `.env`). Refused is what no person writes and what lies to
//! whoever reads a list: control characters, which NUL, CR and LF are too, line separators, and the controls that show text in another
//! order than it has (an override can make `photo…gpj.exe` look like `photoexe.jpg`).
//! Where a name leaves for a disk, [`FileName::to_save_as`] takes out what a file system could take for more than a name.

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// The name of a file: 1–255 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileName(String);

impl FileName {
    /// The longest name, in characters.
    const MAX_CHARS: usize = 255;
    /// The longest name that common file systems take, in bytes.
    const MAX_SAVED_BYTES: usize = 255;
    /// More than this behind the last dot is no extension.
    const MAX_EXTENSION_BYTES: usize = 16;

    /// White space around it is dropped.
    ///
    /// # Errors
    /// If it is empty or too long, or holds control characters, line breaks, or controls of the direction of text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::new("must not be empty"));
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(Invalid::new(format!("must be at most {} characters", Self::MAX_CHARS)));
        }
        if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(Invalid::new("must not contain line breaks or control characters"));
        }
        if text.chars().any(turns_text) {
            return Err(Invalid::new("must not contain characters that turn the direction of text"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name, as its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name under which a browser may save the file on any system: no separators, no leading or trailing dots, nothing that
    /// Windows takes for a device, not too long. The extension stays.
    pub fn to_save_as(&self) -> String {
        let plain: String = self.0.chars().map(|c| if SEPARATORS.contains(&c) { '_' } else { c }).collect();
        let plain = plain.trim_end_matches(['.', ' ']);
        let rest = plain.trim_start_matches('.');
        let hidden = plain.len() - rest.len();
        let mut name = format!("{}{rest}", "_".repeat(hidden));
        if is_device(&name) {
            name.insert(0, '_');
        }
        let name = cut(&name);
        if name.is_empty() { "file".to_owned() } else { name }
    }
}

/// What separates paths, drives, streams or patterns on some system.
const SEPARATORS: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// The embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9). Marks alone turn nothing.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What Windows takes for a device, whatever its extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |device: &str| {
        let number = stem.strip_prefix(device).unwrap_or_default();
        number.len() == 1 && number.chars().all(|c| matches!(c, '1'..='9'))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// The name within the length that file systems take, with its extension.
fn cut(name: &str) -> String {
    if name.len() <= FileName::MAX_SAVED_BYTES {
        return name.to_owned();
    }
    let is_short = |(_, extension): &(&str, &str)| extension.len() <= FileName::MAX_EXTENSION_BYTES;
    let (stem, extension) = match name.rsplit_once('.').filter(is_short) {
        Some((stem, extension)) => (stem, format!(".{extension}")),
        None => (name, String::new()),
    };
    let end = stem.floor_char_boundary(FileName::MAX_SAVED_BYTES - extension.len());
    format!("{}{extension}", &stem[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(name: &str) -> String {
        FileName::parse(name).unwrap().to_save_as()
    }

    #[test]
    fn names_that_people_write_are_kept_as_they_are() {
        for name in [
            "Brief.pdf",
            "AC/DC.mp3",
            "..\\..\\etc",
            ".env",
            "été 🏖.jpg",
            "50% \"off\".txt",
            "שלום\u{200f}.txt",
            "a;b=c",
        ] {
            assert_eq!(FileName::parse(&format!(" {name}\t")).unwrap().as_str(), name);
        }
        assert!(FileName::parse(&"é".repeat(255)).is_ok());
    }

    #[test]
    fn names_that_lie_or_break_lines_are_refused() {
        let long = "é".repeat(256);
        for name in [
            "",
            " ",
            "a\0b",
            "a\r\nSet-Cookie: x",
            "a\nb",
            "a\u{85}b",
            "a\u{7f}",
            "a\u{2028}b",
            "photo\u{202e}gpj.exe",
            "a\u{2066}b",
            &long,
        ] {
            assert!(FileName::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_saved_name_is_a_name_on_every_system() {
        for (name, expected) in [
            ("Brief.pdf", "Brief.pdf"),
            ("../../etc/passwd", "___.._etc_passwd"),
            ("C:\\x|y?.txt", "C__x_y_.txt"),
            (".htaccess", "_htaccess"),
            ("..", "file"),
            ("report. .", "report"),
            ("Con.txt", "_Con.txt"),
            ("lpt1", "_lpt1"),
            ("comma.txt", "comma.txt"),
            ("été 🏖.jpg", "été 🏖.jpg"),
        ] {
            assert_eq!(saved(name), expected, "{name}");
        }
        let long = saved(&format!("{}.jpeg", "🏖".repeat(200)));
        assert!(long.len() <= 255 && long.ends_with("🏖.jpeg"), "{long}");
        assert_eq!(saved(&"ß".repeat(255)).len(), 254);
    }
}
