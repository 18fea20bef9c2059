//! What only Apple does: a client secret that is a signed token, and a name in a form.

use std::fmt;
use std::time::Duration;

use app_domain::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, crypto, encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::OidcError;
use super::identity::shown_name;

/// Apple takes up to six months; one is made for every call, so minutes do.
const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// Far more than two names and an address.
const MAX_USER_BYTES: usize = 4 * 1024;

/// Makes client secrets.
pub(super) struct ClientSecrets {
    team_id: String,
    key_id: String,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
    aud: &'a str,
    sub: &'a str,
}

impl ClientSecrets {
    /// `None` if the key is not a P-256 key in PKCS#8 PEM.
    pub(super) fn new(team_id: String, key_id: String, private_key_pem: &str) -> Option<Self> {
        let key = EncodingKey::from_ec_pem(private_key_pem.as_bytes()).ok()?;
        // Reading accepts other curves; signing tells.
        crypto::sign(b"", &key, Algorithm::ES256).ok()?;
        Some(Self { team_id, key_id, key })
    }

    /// A secret for this client at this issuer.
    pub(super) fn make(
        &self,
        client_id: &str,
        issuer: &str,
        now: Timestamp,
    ) -> Result<SecretString, OidcError> {
        let header = Header { typ: None, kid: Some(self.key_id.clone()), ..Header::new(Algorithm::ES256) };
        let (iat, exp) = (now.as_seconds(), now.plus(LIFETIME).as_seconds());
        let claims = Claims { iss: &self.team_id, iat, exp, aud: issuer, sub: client_id };
        let secret = encode(&header, &claims, &self.key);
        secret
            .map(SecretString::from)
            .map_err(|_| OidcError::Misconfigured("Apple's private key does not sign"))
    }
}

/// The name in the `user` field of Apple's form, which comes the first time only. Nobody has signed it: it may be shown, and
/// decides nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct AppleUser {
    /// The first name, or nothing.
    pub first_name: String,
    /// The last name, or nothing.
    pub last_name: String,
}

#[derive(Deserialize)]
struct UserField {
    name: NameField,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NameField {
    first_name: Option<String>,
    last_name: Option<String>,
}

impl AppleUser {
    /// Reads the field's JSON. `None` if it is none, is too long, or has no name.
    pub fn parse(json: &str) -> Option<Self> {
        if json.len() > MAX_USER_BYTES {
            return None;
        }
        let UserField { name } = serde_json::from_str(json).ok()?;
        let shown = |name: Option<String>| name.as_deref().and_then(shown_name).unwrap_or_default();
        let user = Self { first_name: shown(name.first_name), last_name: shown(name.last_name) };
        (!user.first_name.is_empty() || !user.last_name.is_empty()).then_some(user)
    }
}

impl fmt::Debug for AppleUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppleUser(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_name_and_passes_over_the_rest() {
        let json = r#"{"name":{"firstName":" Ida ","lastName":"Blum"},"email":"ida@example.com"}"#;
        let user = AppleUser::parse(json).unwrap();
        assert_eq!((user.first_name.as_str(), user.last_name.as_str()), ("Ida", "Blum"));
        let half = AppleUser::parse(r#"{"name":{"lastName":"Blum"}}"#).unwrap();
        assert_eq!((half.first_name.as_str(), half.last_name.as_str()), ("", "Blum"));
    }

    #[test]
    fn anything_else_is_no_name() {
        let long = format!(r#"{{"name":{{"firstName":"{}"}}}}"#, "a".repeat(MAX_USER_BYTES));
        for json in ["", "null", "{}", r#"{"name":"Ida"}"#, r#"{"name":{"firstName":" "}}"#, &long] {
            assert_eq!(AppleUser::parse(json), None, "{json}");
        }
    }
}
