//! The senders: people with an account and a phone that is linked to it.

use std::sync::Arc;

use anyhow::{Context, ensure};
use e2e::meta::{Meta, phone};
use e2e::{Person, Stack};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

/// Somebody who sends.
pub(crate) struct Sender {
    pub(crate) person: Person,
    /// Digits alone.
    pub(crate) phone: String,
}

impl Sender {
    /// The same person, signed in again: an access token works for fifteen minutes.
    pub(crate) async fn back(&self) -> anyhow::Result<Person> {
        let name = json!({"email": self.person.email, "password": self.person.password});
        let reply = self.person.post("/auth/login", &name).await;
        let token = reply.body["accessToken"].as_str().context("nobody is signed in")?;
        Ok(self.person.with_token(token))
    }
}

/// As many as asked for, registered and linked.
pub(crate) async fn linked(stack: &Arc<Stack>, meta: &Meta, count: usize) -> anyhow::Result<Vec<Sender>> {
    let senders: Vec<Sender> = stream::iter(0..count)
        .map(|_| async {
            let sender = Sender { person: Person::registered(stack).await, phone: phone() };
            meta.link(&sender.person, &sender.phone).await;
            Ok::<_, anyhow::Error>(sender)
        })
        .buffer_unordered(8)
        .try_collect()
        .await?;
    let mut phones: Vec<&str> = senders.iter().map(|sender| sender.phone.as_str()).collect();
    phones.sort_unstable();
    phones.dedup();
    ensure!(phones.len() == count, "two senders have one phone: try again");
    Ok(senders)
}
