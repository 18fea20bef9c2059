//! What a browser does at a provider: it brings an authorization request, and takes a code away.

use std::collections::HashMap;

use url::Url;

use super::Person;

/// What the browser brings to the redirect address: in its query from Google, as a form from Apple.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Where it goes.
    pub redirect_uri: String,
    /// What the client exchanges.
    pub code: String,
    /// What the client sent along.
    pub state: String,
    /// Apple's `user` field, the first time only.
    pub user: Option<String>,
}

/// A code that a provider has given away, and what has to be the same when it is exchanged.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) person: Person,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
    pub(super) nonce: Option<String>,
    /// In seconds since 1970.
    pub(super) expires_at: i64,
    pub(super) used: bool,
}

/// The query of an authorization request.
pub(super) struct Authorization(HashMap<String, String>);

impl Authorization {
    /// Reads it, if this is the provider's own address and everything in it is given once.
    pub(super) fn read(url: &Url, endpoint: &str) -> Result<Self, &'static str> {
        let mut address = url.clone();
        address.set_query(None);
        if address.as_str() != endpoint {
            return Err("this is not the authorization endpoint");
        }
        let mut fields = HashMap::new();
        for (name, value) in url.query_pairs() {
            if fields.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err("a parameter is given twice");
            }
        }
        Ok(Self(fields))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// What both providers demand.
    pub(super) fn check(&self, client_id: &str, redirect_uris: &[String]) -> Result<(), &'static str> {
        let demands = [
            (self.get("client_id") == Some(client_id), "invalid_client"),
            (self.redirect_is_one_of(redirect_uris), "redirect_uri_mismatch"),
            (self.get("response_type") == Some("code"), "unsupported_response_type"),
            (self.scopes().any(|scope| scope == "openid"), "invalid_scope"),
            (self.get("state").is_some_and(|state| !state.is_empty()), "there is no state"),
            (self.uses_pkce(), "the code challenge is no S256"),
        ];
        demands.into_iter().find(|(met, _)| !met).map_or(Ok(()), |(_, error)| Err(error))
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.get("scope").unwrap_or_default().split(' ')
    }

    fn redirect_is_one_of(&self, redirect_uris: &[String]) -> bool {
        self.get("redirect_uri").is_some_and(|uri| redirect_uris.iter().any(|listed| listed == uri))
    }

    /// Without a challenge there must be no method either; with one it is 43 characters of base64url.
    fn uses_pkce(&self) -> bool {
        let digits = |text: &str| {
            text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        match (self.get("code_challenge"), self.get("code_challenge_method")) {
            (Some(challenge), Some("S256")) => digits(challenge),
            (None, None) => true,
            _ => false,
        }
    }

    /// What a code for this person has to be exchanged with.
    pub(super) fn code(&self, person: Person, expires_at: i64) -> Code {
        let owned = |name: &str| self.get(name).map(str::to_owned);
        Code {
            person,
            redirect_uri: owned("redirect_uri").unwrap_or_default(),
            challenge: owned("code_challenge"),
            nonce: owned("nonce"),
            expires_at,
            used: false,
        }
    }
}
