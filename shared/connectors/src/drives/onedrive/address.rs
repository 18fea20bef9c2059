//! Addresses: of items below our folder, and those that Microsoft gives away.

use url::Url;

use super::OneDriveConfig;
use crate::address::trusted;
use crate::drives::{DriveError, DriveErrorClass};

/// What is to be refused: an address to which nothing is sent.
const REFUSED: DriveError = DriveError::of(DriveErrorClass::Refused);

impl OneDriveConfig {
    /// An address below the API's, of these segments.
    pub(super) fn below(&self, segments: &[&str]) -> Result<Url, DriveError> {
        let mut url = trusted(&self.graph).ok_or(REFUSED)?;
        url.path_segments_mut().map_err(|()| REFUSED)?.pop_if_empty().extend(segments);
        Ok(url)
    }

    /// What is done with an item that is known by its id.
    pub(super) fn item(&self, id: &str, action: Option<&str>) -> Result<Url, DriveError> {
        if id.is_empty() || id == "." || id == ".." {
            return Err(REFUSED);
        }
        let segments = ["me", "drive", "items", id].into_iter().chain(action);
        self.below(&segments.collect::<Vec<_>>())
    }

    /// What is done with an item at a path below our folder, or with the folder itself.
    pub(super) fn place(&self, names: &[String], action: Option<&str>) -> Result<Url, DriveError> {
        let Some((last, folders)) = names.split_last() else {
            let segments = ["me", "drive", "special", "approot"].into_iter().chain(action);
            return self.below(&segments.collect::<Vec<_>>());
        };
        // A colon stands before the path and behind it.
        let last = if action.is_some() { format!("{last}:") } else { last.clone() };
        let before = ["me", "drive", "special", "approot:"].into_iter();
        let path = folders.iter().map(String::as_str).chain([last.as_str()]);
        self.below(&before.chain(path).chain(action).collect::<Vec<_>>())
    }

    /// An address where something goes on, if it is one of the API's: it will be sent the token.
    pub(super) fn link(&self, link: &str) -> Result<Url, DriveError> {
        let (base, link) = (self.below(&[])?, trusted(link).ok_or(REFUSED)?);
        let is_below = link.path().strip_prefix(base.path()).is_some_and(|rest| rest.starts_with('/'));
        if link.origin() == base.origin() && is_below { Ok(link) } else { Err(REFUSED) }
    }

    /// An address on another host that says by itself what may be done there. It is never sent a token.
    pub(super) fn elsewhere(&self, address: &str) -> Result<Url, DriveError> {
        let (base, address) = (self.below(&[])?, trusted(address).ok_or(REFUSED)?);
        // Plain HTTP is for an API that is on this machine itself.
        if address.scheme() == "https" || base.scheme() == "http" { Ok(address) } else { Err(REFUSED) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_escaped() {
        let config = OneDriveConfig::default();
        let names: Vec<String> = ["a b", "#1 100%", "ö.txt"].map(str::to_owned).to_vec();
        assert_eq!(
            config.place(&names, Some("content")).unwrap().as_str(),
            "https://graph.microsoft.com/v1.0/me/drive/special/approot:/a%20b/%231%20100%25/%C3%B6.txt:/content"
        );
        assert_eq!(
            config.place(&[], Some("children")).unwrap().as_str(),
            "https://graph.microsoft.com/v1.0/me/drive/special/approot/children"
        );
        assert_eq!(
            config.item("A!1/../x", None).unwrap().as_str(),
            "https://graph.microsoft.com/v1.0/me/drive/items/A!1%2F..%2Fx"
        );
        assert!(config.item("..", None).is_err());
    }

    #[test]
    fn tokens_go_to_the_api_alone() {
        let config = OneDriveConfig::default();
        assert!(config.link("https://graph.microsoft.com/v1.0/me/drive/delta?token=1").is_ok());
        for elsewhere in [
            "https://graph.microsoft.com.example.com/v1.0/me",
            "https://graph.microsoft.com/v1.0x/me",
            "https://graph.microsoft.com/beta/me",
            "http://graph.microsoft.com/v1.0/me",
            "https://x@graph.microsoft.com/v1.0/me",
            "/v1.0/me",
        ] {
            assert!(config.link(elsewhere).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn bytes_go_over_https() {
        let config = OneDriveConfig::default();
        assert!(config.elsewhere("https://my.microsoftpersonalcontent.com/up?tempauth=1").is_ok());
        for wrong in ["http://127.0.0.1/up", "http://example.com/up", "file:///etc/passwd"] {
            assert!(config.elsewhere(wrong).is_err(), "{wrong}");
        }
        assert!(OneDriveConfig::at("http://127.0.0.1:1").elsewhere("http://127.0.0.1:2/up").is_ok());
    }
}
