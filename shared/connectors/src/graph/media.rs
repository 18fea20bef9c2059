//! Where a picture, recording or document can be fetched.

use std::fmt;

use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Graph, GraphError, http};

/// Where media can be fetched for five minutes, and what they should be then. `Debug` hides the address.
#[derive(Clone, Deserialize)]
pub struct MediaInfo {
    /// The address, for [`Graph::download`].
    pub url: String,
    /// The type, if it is told.
    #[serde(rename = "mime_type")]
    pub content_type: Option<String>,
    /// SHA-256 of the bytes, in hexadecimal or base64, if it is told.
    pub sha256: Option<String>,
    /// How many bytes there are, if it is told.
    #[serde(default, rename = "file_size", deserialize_with = "number")]
    pub size_bytes: Option<u64>,
}

impl fmt::Debug for MediaInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MediaInfo({:?}, {:?})", self.content_type, self.size_bytes)
    }
}

/// A number, or its digits as text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.parse().ok()))
}

impl Graph {
    /// Asks where media are. With one of our numbers, only if they were sent to it.
    ///
    /// # Errors
    /// If there are none for this token, or that cannot be told.
    pub async fn media(
        &self,
        token: &SecretString,
        media_id: &str,
        phone_number_id: Option<&str>,
    ) -> Result<MediaInfo, GraphError> {
        let number = phone_number_id.map(|id| ("phone_number_id", id));
        http::json(self.request(Method::GET, &[media_id], number.as_slice(), token)?).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_come_in_both_forms() {
        let read = |size: &str| {
            let json = format!(r#"{{"url":"https://secret.example/","mime_type":"image/png"{size}}}"#);
            serde_json::from_str::<MediaInfo>(&json).unwrap()
        };
        assert_eq!(read(r#","file_size":"30312""#).size_bytes, Some(30_312));
        assert_eq!(read(r#","file_size":30312"#).size_bytes, Some(30_312));
        for unknown in ["", r#","file_size":null"#, r#","file_size":"large""#] {
            assert_eq!(read(unknown).size_bytes, None, "{unknown}");
        }
        assert!(!format!("{:?}", read("")).contains("secret"));
    }
}
