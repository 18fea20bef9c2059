//! Where links in mail lead.

use std::str::FromStr;

use app_domain::{Invalid, MemoryId, Purpose, SecretToken};
use url::{Host, Url};

/// The frontend's address.
#[derive(Debug, Clone)]
pub struct AppUrl(Url);

impl AppUrl {
    /// The address itself.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The page that uses a token, with the token.
    pub(crate) fn link(&self, purpose: Purpose, token: &SecretToken) -> String {
        let page = match purpose {
            Purpose::VerifyEmail => "verify-email",
            Purpose::ResetPassword => "reset-password",
        };
        let mut url = self.page(page);
        url.query_pairs_mut().append_pair("token", token.expose());
        url.into()
    }

    /// The page that shows a memory.
    pub(crate) fn memory(&self, id: MemoryId) -> String {
        self.page(&format!("memories/{id}")).into()
    }

    fn page(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/{path}", self.0.path().trim_end_matches('/')));
        url
    }
}

/// Tokens travel in the links, so only this machine is reached without TLS.
impl FromStr for AppUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid =
            || Invalid::new("must be an https URL, or an http URL of this machine, without a query");
        let url = Url::parse(text).map_err(|_| invalid())?;
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let private = url.scheme() == "https" || (url.scheme() == "http" && here);
        let named = !url.username().is_empty() || url.password().is_some();
        let plain = !named && url.query().is_none() && url.fragment().is_none();
        if private && plain { Ok(Self(url)) } else { Err(invalid()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_page_of_their_purpose() {
        let token = SecretToken::received("a-b_c".to_owned());
        let link = |url: &str, purpose| AppUrl::from_str(url).unwrap().link(purpose, &token);
        assert_eq!(
            link("https://app.example.com", Purpose::VerifyEmail),
            "https://app.example.com/verify-email?token=a-b_c"
        );
        assert_eq!(
            link("https://example.com/app/", Purpose::ResetPassword),
            "https://example.com/app/reset-password?token=a-b_c"
        );
        let id = "019aa6f1-04d2-7a3b-9c4d-5e6f708192a4";
        let memory = AppUrl::from_str("https://example.com/app/").unwrap().memory(id.parse().unwrap());
        assert_eq!(memory, format!("https://example.com/app/memories/{id}"));
    }

    #[test]
    fn tokens_do_not_travel_in_the_clear() {
        for good in ["https://example.com", "http://localhost:3000", "http://127.0.0.1", "http://[::1]:80/"] {
            assert!(AppUrl::from_str(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "example.com",
            "http://example.com",
            "http://localhost.example.com",
            "ftp://example.com",
            "mailto:a@example.com",
            "https://user@example.com",
            "https://example.com/?next=1",
            "https://example.com/#top",
        ] {
            assert!(AppUrl::from_str(bad).is_err(), "{bad}");
        }
    }
}
