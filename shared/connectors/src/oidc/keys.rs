//! The keys that a provider signs id tokens with (RFC 7517), remembered for as long as it says.

use std::collections::HashMap;
use std::time::Duration;

use app_domain::Timestamp;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::OidcError;
use super::error::Useless;
use super::freshness::{Freshness, RETRY_AFTER};
use super::http::{self, Answer};

/// Keys are kept for as long as the provider says, but at least and at most this long.
const FRESH_AT_LEAST: Duration = Duration::from_secs(60);
const FRESH_AT_MOST: Duration = Duration::from_secs(24 * 60 * 60);
/// If the provider does not say.
const FRESH_BY_DEFAULT: Duration = Duration::from_secs(5 * 60);
/// How soon an unknown key id may cause another reading, so that tokens with made-up ids cannot cause one each.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Reads a provider's keys and remembers them.
#[derive(Default)]
pub(super) struct Keys(Mutex<Known>);

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    fresh: Option<Freshness>,
    /// Since when an unknown id causes no reading.
    looked_again: Option<Freshness>,
}

impl Keys {
    /// The key of this id. Read again when the known ones are too old, and when this one is not among them, so that a new
    /// key works at once. While the provider does not answer, older keys serve on.
    pub(super) async fn get(&self, id: &str, from: &Url, now: Timestamp) -> Result<DecodingKey, OidcError> {
        // Held while reading, so that whoever arrives meanwhile shares the one read.
        let mut known = self.0.lock().await;
        let read = if known.must_be_read(id, now) { known.read(from, now).await } else { Ok(()) };
        match (known.keys.get(id), read) {
            (Some(key), read) => {
                if let Err(error) = read {
                    tracing::warn!(provider.keys = %from, ?error, "using older keys of a provider");
                }
                Ok(key.clone())
            }
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(OidcError::BadToken("its key is not one of the provider's")),
        }
    }
}

impl Known {
    fn must_be_read(&mut self, id: &str, now: Timestamp) -> bool {
        if !self.fresh.is_some_and(|fresh| fresh.covers(now)) {
            return true;
        }
        let look_again =
            !self.keys.contains_key(id) && !self.looked_again.is_some_and(|looked| looked.covers(now));
        if look_again {
            self.looked_again = Some(Freshness::new(now, LOOK_AGAIN_AFTER));
        }
        look_again
    }

    async fn read(&mut self, from: &Url, now: Timestamp) -> Result<(), OidcError> {
        match fetch(from).await {
            Ok((keys, span)) => {
                *self =
                    Self { keys, fresh: Some(Freshness::new(now, span)), looked_again: self.looked_again };
                Ok(())
            }
            Err(error) => {
                // Sign-ins should not wait for an outage one by one.
                self.fresh = Some(Freshness::new(now, RETRY_AFTER)).filter(|_| !self.keys.is_empty());
                Err(error)
            }
        }
    }
}

async fn fetch(from: &Url) -> Result<(HashMap<String, DecodingKey>, Duration), OidcError> {
    let answer = http::get(from).await?;
    let keys = parse(&answer)?;
    Ok((keys, answer.max_age.unwrap_or(FRESH_BY_DEFAULT).clamp(FRESH_AT_LEAST, FRESH_AT_MOST)))
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

/// The keys that can be used here. Providers may publish others beside them.
fn parse(answer: &Answer) -> Result<HashMap<String, DecodingKey>, Useless> {
    let published: Published = answer.json()?;
    let keys: HashMap<_, _> = published.keys.into_iter().filter_map(usable).collect();
    if keys.is_empty() { Err(Useless::NoKeys) } else { Ok(keys) }
}

fn usable(key: Value) -> Option<(String, DecodingKey)> {
    let key: Jwk = serde_json::from_value(key).ok()?;
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let rs256 = matches!(key.common.key_algorithm, None | Some(KeyAlgorithm::RS256));
    let rsa = matches!(key.algorithm, AlgorithmParameters::RSA(_));
    let decoding = DecodingKey::from_jwk(&key).ok().filter(|_| signs && rs256 && rsa)?;
    Some((key.common.key_id?, decoding))
}
