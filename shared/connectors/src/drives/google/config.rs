//! Where the API is.

use url::Url;

use crate::address::trusted;
use crate::drives::{DriveError, DriveErrorClass};

/// Where the API is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoogleConfig {
    /// Such as `https://www.googleapis.com/drive/v3`.
    pub api: String,
    /// Such as `https://www.googleapis.com/upload/drive/v3`.
    pub upload: String,
}

impl Default for GoogleConfig {
    fn default() -> Self {
        Self::at("https://www.googleapis.com")
    }
}

impl GoogleConfig {
    /// The same paths below another origin: `http://127.0.0.1:9000`.
    pub fn at(origin: &str) -> Self {
        let origin = origin.trim_end_matches('/');
        Self { api: format!("{origin}/drive/v3"), upload: format!("{origin}/upload/drive/v3") }
    }

    /// The address of an upload, if tokens may go there: to the origin that uploads begin at.
    pub(super) fn session(&self, address: &str) -> Result<Url, DriveError> {
        let upload = trusted(&self.upload).ok_or(DriveError::of(DriveErrorClass::Refused))?;
        let session = trusted(address).filter(|session| session.origin() == upload.origin());
        session.ok_or(DriveError::of(DriveErrorClass::Refused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_go_nowhere_but_to_the_provider() {
        let config = GoogleConfig::default();
        let good = "https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable&upload_id=A";
        assert!(config.session(good).is_ok());
        for bad in [
            "",
            "/upload",
            "http://www.googleapis.com/a",
            "https://googleapis.example.com/a",
            "http://127.0.0.1/a",
        ] {
            assert_eq!(config.session(bad).unwrap_err().class, DriveErrorClass::Refused, "{bad}");
        }
    }
}
