//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::Invalid;

/// An e-mail address as its owner writes it. `Debug` hides it, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// At most 254 characters, a local part, and a domain with at least two labels (RFC 5321, RFC 5322).
    ///
    /// # Errors
    /// If the text is no such address.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let text = text.trim();
        match EmailAddress::parse_with_options(text, options) {
            Ok(_) if text.len() <= 254 => Ok(Self(text.to_owned())),
            _ => Err(Invalid::new("must be an e-mail address such as name@example.com")),
        }
    }

    /// As its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which addresses are compared: lower case, in normal form KC, so that what looks alike is alike.
    pub fn folded(&self) -> String {
        self.0.nfkc().flat_map(char::to_lowercase).nfkc().collect()
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Email {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_ordinary_and_international_addresses() {
        for good in ["a@b.co", "first.last+tag@sub.example.org", "  padded@example.com ", "jörg@exämple.de"]
        {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn rejects_what_no_mail_server_would_take() {
        let long = format!("{}@example.com", "a".repeat(250));
        for bad in [
            "",
            "a",
            "a@",
            "@b.co",
            "a@b",
            "a b@c.de",
            "A <a@b.co>",
            "a@[127.0.0.1]",
            "a@b.co\r\nBcc: x@y.z",
            &long,
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_output_does_not_show_the_address() {
        assert_eq!(format!("{:?}", Email::parse("a@b.co").unwrap()), "Email(…)");
    }
}
