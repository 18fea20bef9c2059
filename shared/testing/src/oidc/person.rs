//! People with accounts at a provider.

use serde_json::{Map, Value, json};

/// Somebody who signs in at a provider.
#[derive(Debug, Clone)]
pub struct Person {
    pub(super) subject: String,
    pub(super) claims: Map<String, Value>,
    /// What Apple tells in its form, the first time only.
    pub(super) user: Option<Value>,
}

impl Person {
    /// Somebody of whom the id token says no more than this.
    pub fn new(subject: &str, claims: Value) -> Self {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        Self { subject: subject.to_owned(), claims, user: None }
    }

    /// Somebody with a Google account.
    pub fn google(subject: &str, email: &str) -> Self {
        let name = json!({"name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace"});
        Self::new(subject, name).with(json!({"email": email, "email_verified": true}))
    }

    /// Somebody with an Apple account, who says both names when asked. Apple writes truth as text.
    pub fn apple(subject: &str, email: &str) -> Self {
        let relayed = email.ends_with("@privaterelay.appleid.com").to_string();
        let claims = json!({"email": email, "email_verified": "true", "is_private_email": relayed});
        let user = json!({"name": {"firstName": "Ida", "lastName": "Blum"}, "email": email});
        Self { user: Some(user), ..Self::new(subject, claims) }
    }

    /// With these claims too, or instead.
    #[must_use]
    pub fn with(mut self, claims: Value) -> Self {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        self.claims.extend(claims);
        self
    }
}
