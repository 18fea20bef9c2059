//! Where Dropbox is.

/// Where Dropbox is: it has files' contents on a host of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropboxConfig {
    /// Such as `https://api.dropboxapi.com/2`.
    pub api_url: String,
    /// Such as `https://content.dropboxapi.com/2`.
    pub content_url: String,
}

impl DropboxConfig {
    /// One that is played at an origin.
    pub fn at(origin: &str) -> Self {
        Self { api_url: format!("{origin}/2"), content_url: format!("{origin}/content/2") }
    }
}

impl Default for DropboxConfig {
    fn default() -> Self {
        Self {
            api_url: "https://api.dropboxapi.com/2".to_owned(),
            content_url: "https://content.dropboxapi.com/2".to_owned(),
        }
    }
}
