//! What differs between the providers: addresses, scopes, and what they want to hear besides.

use app_domain::DriveProvider;

/// Who lets us in by OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OAuthProvider {
    /// Google Drive.
    GoogleDrive,
    /// Dropbox.
    Dropbox,
    /// Microsoft OneDrive.
    OneDrive,
}

impl OAuthProvider {
    /// The one of a drive; `None` if it is opened by keys.
    pub fn of(provider: DriveProvider) -> Option<Self> {
        match provider {
            DriveProvider::GoogleDrive => Some(Self::GoogleDrive),
            DriveProvider::Dropbox => Some(Self::Dropbox),
            DriveProvider::Onedrive => Some(Self::OneDrive),
            DriveProvider::S3 => None,
        }
    }

    /// Where people are asked, where tokens are given, and where they are taken back, if anywhere. Microsoft has no such place: people take back what
    /// they agreed to on their account's page.
    pub(super) fn endpoints(self, tenant: &str) -> (String, String, Option<String>) {
        match self {
            Self::GoogleDrive => (
                "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
                "https://oauth2.googleapis.com/token".to_owned(),
                Some("https://oauth2.googleapis.com/revoke".to_owned()),
            ),
            Self::Dropbox => (
                "https://www.dropbox.com/oauth2/authorize".to_owned(),
                "https://api.dropboxapi.com/oauth2/token".to_owned(),
                Some("https://api.dropboxapi.com/2/auth/token/revoke".to_owned()),
            ),
            Self::OneDrive => (
                format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize"),
                format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"),
                None,
            ),
        }
    }

    /// What we ask for: no more than our own files, and whose drive it is.
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::GoogleDrive => &["https://www.googleapis.com/auth/drive.file"],
            Self::Dropbox => &[
                "account_info.read",
                "files.metadata.read",
                "files.metadata.write",
                "files.content.read",
                "files.content.write",
            ],
            Self::OneDrive => &["offline_access", "Files.ReadWrite.AppFolder", "User.Read"],
        }
    }

    /// What the page where people are asked is told besides: we want to come back without them.
    pub(super) fn wishes(self) -> &'static [(&'static str, &'static str)] {
        match self {
            // Without `prompt` Google gives a refresh token only the first time.
            Self::GoogleDrive => {
                &[("access_type", "offline"), ("prompt", "consent"), ("include_granted_scopes", "true")]
            }
            Self::Dropbox => &[("token_access_type", "offline"), ("include_granted_scopes", "user")],
            Self::OneDrive => &[("response_mode", "query")],
        }
    }

    /// Whether a scope that is wanted is among those that were granted, by the names that the provider uses in answers.
    pub(super) fn has_granted(self, wanted: &str, granted: &[String]) -> bool {
        match self {
            // Whether it was granted shows in the refresh token.
            Self::OneDrive if wanted == "offline_access" => true,
            Self::OneDrive => granted.iter().any(|scope| {
                let short = scope.strip_prefix("https://graph.microsoft.com/").unwrap_or(scope);
                short.eq_ignore_ascii_case(wanted)
            }),
            Self::GoogleDrive | Self::Dropbox => granted.iter().any(|scope| scope == wanted),
        }
    }
}
