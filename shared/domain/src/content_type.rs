//! Content types: what a file is said to be.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A content type (RFC 9110, section 8.3.1) in lower case: type and subtype, and for text perhaps the charset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentType {
    essence: String,
    charset: Option<String>,
}

impl ContentType {
    /// The longest type, subtype or charset (RFC 6838, section 4.2, for the first two).
    const MAX_CHARS: usize = 127;

    /// Reads `type/subtype`, with no parameter but `charset`: others would travel into signed links unchecked, and no part of
    /// this product reads them.
    ///
    /// # Errors
    /// If it is no content type, is a range such as `image/*`, or has another parameter.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let (essence, parameter) = match text.split_once(';') {
            Some((essence, parameter)) => (essence, Some(parameter)),
            None => (text, None),
        };
        let (kind, subtype) = essence
            .trim()
            .split_once('/')
            .filter(|(kind, subtype)| is_name(kind) && is_name(subtype))
            .ok_or_else(|| Invalid::new("must be a content type such as image/jpeg"))?;
        let essence = format!("{kind}/{subtype}").to_ascii_lowercase();
        let charset = parameter.map(charset).transpose()?;
        Ok(Self { essence, charset })
    }

    /// Nothing is known but that there are bytes.
    pub fn unknown() -> Self {
        Self { essence: "application/octet-stream".to_owned(), charset: None }
    }

    /// Type and subtype, such as `text/plain`.
    pub fn essence(&self) -> &str {
        &self.essence
    }

    /// The type alone, such as `text`.
    pub fn kind(&self) -> &str {
        self.essence.split('/').next().unwrap_or_default()
    }

    /// The charset, if it is named.
    pub fn charset(&self) -> Option<&str> {
        self.charset.as_deref()
    }
}

fn charset(parameter: &str) -> Result<String, Invalid> {
    let refused = || Invalid::new("must have no parameter but charset");
    let (name, value) = parameter.trim().split_once('=').ok_or_else(refused)?;
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    if !name.eq_ignore_ascii_case("charset") || !is_name(value) {
        return Err(refused());
    }
    Ok(value.to_ascii_lowercase())
}

/// The restricted names of RFC 6838, section 4.2, which charsets fit too. Narrower than RFC 9110's tokens, so no wildcards.
fn is_name(text: &str) -> bool {
    text.len() <= ContentType::MAX_CHARS
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.essence)?;
        self.charset.iter().try_for_each(|charset| write!(f, "; charset={charset}"))
    }
}

impl TryFrom<String> for ContentType {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<ContentType> for String {
    fn from(content_type: ContentType) -> Self {
        content_type.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_in_any_case_and_written_in_one() {
        for (text, written) in [
            ("image/JPEG", "image/jpeg"),
            (" text/plain ;charset=\"UTF-8\"", "text/plain; charset=utf-8"),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""),
            ("image/svg+xml", ""),
        ] {
            let read = ContentType::parse(text).unwrap();
            assert_eq!(read.to_string(), if written.is_empty() { text } else { written });
            assert_eq!(ContentType::parse(&read.to_string()).unwrap(), read);
        }
        let text = ContentType::parse("text/csv; charset=windows-1252").unwrap();
        assert_eq!((text.essence(), text.kind(), text.charset()), ("text/csv", "text", Some("windows-1252")));
    }

    #[test]
    fn anything_else_is_refused() {
        let long = format!("image/{}", "x".repeat(128));
        for bad in [
            "",
            "jpeg",
            "image/",
            "/jpeg",
            "image/*",
            "*/*",
            "image/jpeg/x",
            "image /jpeg",
            "image/jp eg",
            "image/jpeg\r\nx-evil: 1",
            "text/plain; charset",
            "text/plain; charset=",
            "text/plain; q=1",
            "text/plain; charset=utf-8; q=1",
            "text/plain;",
            "bíld/jpeg",
            &long,
        ] {
            assert!(ContentType::parse(bad).is_err(), "{bad:?}");
        }
    }
}
