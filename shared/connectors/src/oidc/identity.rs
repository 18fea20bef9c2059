//! Who a provider says somebody is.

use std::fmt;

/// As much as is kept of a name.
const MAX_NAME_CHARS: usize = 100;

/// Who a provider says somebody is. The account is `issuer` and `subject` together; an address may change, be missing, or
/// belong to two subjects.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who vouches: the issuer's URL, as it was set up.
    pub issuer: String,
    /// Whom they vouch for: unique and lasting at the issuer.
    pub subject: String,
    /// Their e-mail address, if the provider tells.
    pub email: Option<String>,
    /// Whether the provider has checked that the address is theirs.
    pub email_verified: bool,
    /// Whether the provider is who decides whose address it is, rather than somebody it once asked.
    pub email_authoritative: bool,
    /// Whether mail to the address is forwarded by Apple, and only from senders that were registered there.
    pub is_private_relay: bool,
    /// Their first name, if the provider tells. To be shown, no more.
    pub first_name: Option<String>,
    /// Likewise the last name.
    pub last_name: Option<String>,
    /// With which the provider is told when they leave.
    pub refresh_token: Option<String>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Whether Google decides whose address this is: its own mail, or a domain that a Workspace customer has proved.
pub(super) fn google_is_authoritative(
    email: &str,
    email_verified: bool,
    hosted_domain: Option<&str>,
) -> bool {
    let gmail = email.to_ascii_lowercase().ends_with("@gmail.com");
    gmail || (email_verified && hosted_domain.is_some_and(|domain| !domain.is_empty()))
}

/// A name as it can be shown: one line, not too long, or none.
pub(super) fn shown_name(text: &str) -> Option<String> {
    let line: String = text.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn google_decides_about_gmail_and_proved_workspace_domains() {
        for (email, verified, domain, expected) in [
            ("ada@gmail.com", true, None, true),
            ("Ada@GMAIL.com", false, None, true),
            ("ada@example.com", true, Some("example.com"), true),
            ("ada@example.com", false, Some("example.com"), false),
            ("ada@example.com", true, Some(""), false),
            ("ada@example.com", true, None, false),
            ("ada@gmail.com.example.com", true, None, false),
            ("ada@notgmail.com", true, None, false),
        ] {
            assert_eq!(
                google_is_authoritative(email, verified, domain),
                expected,
                "{email} {verified} {domain:?}"
            );
        }
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(shown_name(" Ida\n\u{7} ").as_deref(), Some("Ida"));
        assert_eq!(shown_name("I\u{0}da").as_deref(), Some("Ida"));
        assert_eq!(shown_name(&"é".repeat(200)).map(|name| name.chars().count()), Some(100));
        assert_eq!(shown_name(" \n "), None);
    }

    #[test]
    fn debug_shows_no_person() {
        let identity = Identity {
            issuer: "https://accounts.google.com".to_owned(),
            subject: "12345".to_owned(),
            email: Some("ada@example.com".to_owned()),
            email_verified: true,
            email_authoritative: false,
            is_private_relay: false,
            first_name: Some("Ada".to_owned()),
            last_name: Some("Lovelace".to_owned()),
            refresh_token: Some("r-secret".to_owned()),
        };
        assert_eq!(format!("{identity:?}"), r#"Identity { issuer: "https://accounts.google.com", .. }"#);
    }
}
