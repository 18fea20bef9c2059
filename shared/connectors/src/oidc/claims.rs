//! What an id token says, after its signature has been checked.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::OidcError;

/// The only algorithm, whatever a token says: this is what stops `none`, and HS256 signed with the public key.
const ALGORITHM: Algorithm = Algorithm::RS256;
/// Longer than any id token.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The claims that are used here. Times are seconds since 1970, and may have decimals.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: Audience,
    pub(super) azp: Option<String>,
    pub(super) exp: f64,
    pub(super) iat: f64,
    pub(super) nbf: Option<f64>,
    pub(super) nonce: Option<String>,
    pub(super) at_hash: Option<String>,
    pub(super) email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    pub(super) email_verified: bool,
    #[serde(default, deserialize_with = "truth")]
    pub(super) is_private_email: bool,
    pub(super) hd: Option<String>,
    pub(super) given_name: Option<String>,
    pub(super) family_name: Option<String>,
}

/// Whom a token is for.
#[derive(Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(Clone))]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(super) fn all(&self) -> &[String] {
        match self {
            Self::One(audience) => std::slice::from_ref(audience),
            Self::Several(audiences) => audiences,
        }
    }
}

/// Which key a token says it is signed with.
pub(super) fn key_id(token: &str) -> Result<String, OidcError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(OidcError::BadToken("it is too long"));
    }
    let header = decode_header(token).map_err(|_| OidcError::BadToken("its header cannot be read"))?;
    if header.alg != ALGORITHM {
        return Err(OidcError::BadToken("its algorithm is not RS256"));
    }
    // RFC 7515, section 4.1.11: what must be understood and is not must be refused.
    if header.crit.is_some() {
        return Err(OidcError::BadToken("its header demands what is not understood here"));
    }
    header.kid.ok_or(OidcError::BadToken("it names no key"))
}

/// What a token says, if this key has signed it. Nothing that it says has been checked yet.
pub(super) fn read(token: &str, key: &DecodingKey) -> Result<Claims, OidcError> {
    let mut signature_alone = Validation::new(ALGORITHM);
    // The library would compare times with the system's clock; `Expected` does, with the time of the request.
    signature_alone.required_spec_claims.clear();
    signature_alone.validate_exp = false;
    signature_alone.validate_aud = false;
    use jsonwebtoken::errors::ErrorKind;
    let signed = decode::<Unrepeated>(token, key, &signature_alone).map_err(|error| match error.kind() {
        ErrorKind::Json(_) => OidcError::BadToken("its claims cannot be read, or one is given twice"),
        _ => OidcError::BadToken("its signature is not the provider's"),
    })?;
    let claims = serde_json::from_value(Value::Object(signed.claims.0));
    claims.map_err(|_| OidcError::BadToken("a claim is missing or malformed"))
}

/// Members of an object, each given once: of two claims of one name, readers disagree on which counts.
struct Unrepeated(Map<String, Value>);

impl<'de> Deserialize<'de> for Unrepeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Unrepeated;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Unrepeated, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(de::Error::custom("a member is given twice"));
                    }
                }
                Ok(Unrepeated(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// Apple writes truth as a boolean or as text.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Bool(truth) => Ok(truth),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        Value::Null => Ok(false),
        _ => Err(de::Error::custom("neither true nor false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_given_twice_is_refused_even_if_nobody_reads_it() {
        for (json, good) in [
            (r#"{"sub":"1","aud":"a"}"#, true),
            (r#"{"sub":"1","sub":"2"}"#, false),
            (r#"{"picture":"a","picture":"a"}"#, false),
            (r#"{"sub":"1","\u0073ub":"2"}"#, false),
            ("[]", false),
        ] {
            assert_eq!(serde_json::from_str::<Unrepeated>(json).is_ok(), good, "{json}");
        }
    }

    #[test]
    fn truth_is_a_boolean_or_its_word() {
        let read = |json: &str| {
            let deserializer = &mut serde_json::Deserializer::from_str(json);
            truth(deserializer).ok()
        };
        let cases = [("true", Some(true)), ("\"true\"", Some(true)), ("false", Some(false))];
        let more = [("\"false\"", Some(false)), ("null", Some(false)), ("1", None), ("\"True\"", None)];
        for (json, truth) in cases.into_iter().chain(more) {
            assert_eq!(read(json), truth, "{json}");
        }
    }
}
