//! Who can read a memory, and the form of one that only its owner can.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Content, Invalid};

/// Who can read a memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Privacy {
    /// Its owner, and the service on the owner's behalf: to search it, to answer from it.
    #[default]
    Private,
    /// Its owner and the service itself: never sent to models of others.
    Internal,
    /// Its owner alone: the content was encrypted before it came. It is not searched and never shown to a model.
    Sealed,
}

impl Privacy {
    /// Its name, as clients write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Internal => "internal",
            Self::Sealed => "sealed",
        }
    }

    /// # Errors
    /// If there is none of that name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "private" => Ok(Self::Private),
            "internal" => Ok(Self::Internal),
            "sealed" => Ok(Self::Sealed),
            _ => Err(Invalid::new("must be private, internal or sealed")),
        }
    }
}

/// The content of a sealed memory: `{"jwe": "…"}`, a JWE in compact serialization (RFC 7516) whose key the service never
/// has. `docs/sealed-memories/README.md` describes what clients do.
pub struct SealedContent;

impl SealedContent {
    /// How a client may have come to the content's key: it has it, or derives and wraps it by a password (RFC 7518).
    const KEY_MANAGEMENT: [&str; 2] = ["dir", "PBES2-HS512+A256KW"];
    const ENCRYPTION: &str = "A256GCM";
    /// How often a password must be hashed at least: fewer rounds would let it be guessed.
    const MIN_ROUNDS: u64 = 100_000;

    /// Whether content has that form. Whether it opens, only its owner can tell.
    ///
    /// # Errors
    /// If it has not, so that nothing is stored in the clear by mistake.
    pub fn check(content: &Content) -> Result<(), Invalid> {
        let members = content.value().as_object().filter(|members| members.len() == 1);
        let jwe = members.and_then(|members| members.get("jwe")).and_then(Value::as_str);
        let jwe =
            jwe.ok_or_else(|| Invalid::new(r#"of a sealed memory must be {"jwe": "…"} and nothing else"#))?;
        let parts: Vec<&str> = jwe.split('.').collect();
        let &[header, key, nonce, ciphertext, tag] = parts.as_slice() else {
            return Err(Invalid::new("must be a JWE in compact serialization: five parts with dots between"));
        };
        let bytes = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
        let header: Option<Value> = bytes(header).and_then(|header| serde_json::from_slice(&header).ok());
        let header = header.ok_or_else(|| Invalid::new("must be a JWE whose header can be read"))?;
        let alg = header["alg"].as_str().filter(|alg| Self::KEY_MANAGEMENT.contains(alg));
        let alg = alg.filter(|_| header["enc"] == Self::ENCRYPTION).ok_or_else(|| {
            Invalid::new("must be a JWE with alg dir or PBES2-HS512+A256KW and enc A256GCM")
        })?;
        if alg != "dir" && header["p2c"].as_u64().is_none_or(|rounds| rounds < Self::MIN_ROUNDS) {
            return Err(Invalid::new(format!("must be a JWE with p2c of at least {}", Self::MIN_ROUNDS)));
        }
        // A wrapped 256-bit key has 40 bytes, the nonce of GCM 12 and its tag 16.
        let key_bytes = if alg == "dir" { 0 } else { 40 };
        let lengths = [key, nonce, tag].map(|part| bytes(part).map(|bytes| bytes.len()));
        if lengths != [Some(key_bytes), Some(12), Some(16)] || bytes(ciphertext).is_none() {
            return Err(Invalid::new("must be a complete JWE"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(value: Value) -> Result<(), Invalid> {
        SealedContent::check(&Content::parse(value).unwrap())
    }

    fn jwe(header: &Value, key_bytes: usize) -> Value {
        let [header, key, nonce, text, tag] =
            [header.to_string().into_bytes(), vec![1; key_bytes], vec![2; 12], vec![3; 9], vec![4; 16]]
                .map(|part| BASE64URL_NOPAD.encode(&part));
        json!({"jwe": format!("{header}.{key}.{nonce}.{text}.{tag}")})
    }

    #[test]
    fn a_level_reads_the_same_in_json_and_text() {
        for privacy in [Privacy::Private, Privacy::Internal, Privacy::Sealed] {
            assert_eq!(Privacy::parse(privacy.as_str()), Ok(privacy));
            assert_eq!(serde_json::to_value(privacy).unwrap(), privacy.as_str());
        }
        assert!(Privacy::parse("Internal").is_err() && Privacy::parse("").is_err());
    }

    #[test]
    fn a_jwe_of_the_right_kind_is_sealed() {
        assert!(check(jwe(&json!({"alg": "dir", "enc": "A256GCM"}), 0)).is_ok());
        let by_password =
            json!({"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2s": "c2FsdA", "p2c": 210_000});
        assert!(check(jwe(&by_password, 40)).is_ok());
    }

    #[test]
    fn what_could_be_read_is_not_sealed() {
        let good = jwe(&json!({"alg": "dir", "enc": "A256GCM"}), 0);
        let mut beside = good.clone();
        beside["text"] = json!("in the clear");
        for bad in [
            json!("text"),
            json!({"text": "in the clear"}),
            json!({"jwe": "a.b.c"}),
            json!({"jwe": "....", "x": 1}),
            beside,
            jwe(&json!({"alg": "dir", "enc": "A256GCM"}), 40),
            jwe(&json!({"alg": "none", "enc": "A256GCM"}), 0),
            jwe(&json!({"alg": "dir", "enc": "A128GCM"}), 0),
            jwe(&json!("no object"), 0),
            jwe(&json!({"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2s": "c2FsdA", "p2c": 1000}), 40),
            jwe(&json!({"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2s": "c2FsdA"}), 40),
        ] {
            assert!(check(bad.clone()).is_err(), "{bad}");
        }
    }
}
