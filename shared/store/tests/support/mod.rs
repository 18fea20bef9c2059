//! People, entries, and a table that only notes what is asked of it.

use std::sync::{Arc, Mutex};

use app_domain::{
    AuditEntry, AuditEvent, Email, Origin, PersonName, Role, Tier, Timestamp, User, UserId, Username,
};
use app_store::{Registration, Table, Users};
use app_testing::aws;
use aws_sdk_dynamodb::Client;
use http::Response;
use serde_json::{Value, json};

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1_000).unwrap()
}

pub(crate) fn entry(user: UserId, event: AuditEvent, now: Timestamp) -> AuditEntry {
    AuditEntry::new(user, event, Origin::new("203.0.113.7".parse().ok(), Some("test")), now)
}

/// A person whose account was made at the beginning.
pub(crate) fn person(name: &str) -> User {
    User {
        id: UserId::new(at(0)),
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        username: Some(Username::parse(name).unwrap()),
        first_name: PersonName::parse("Ada").unwrap(),
        last_name: PersonName::parse("Lovelace").unwrap(),
        role: Role::User,
        tier: Tier::Free,
        is_verified: false,
        is_active: true,
        has_password: true,
        sessions_from: None,
        kept_session: None,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// Makes an account whose password's hash is `first`.
pub(crate) async fn register(table: &Table, user: &User) {
    let audit = entry(user.id, AuditEvent::Registered, at(0));
    let made = Users::new(table.clone()).register(user, "first", &audit).await;
    assert_eq!(made.unwrap(), Registration::Done);
}

/// What was asked of a noting table: the operation and its body.
#[derive(Clone, Default)]
pub(crate) struct Asked(Arc<Mutex<Vec<(String, Value)>>>);

impl Asked {
    /// Everything since the last time.
    pub(crate) fn take(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A table that has nothing in it, does whatever it is asked, and gives every counter as 1.
pub(crate) fn noting() -> (Table, Asked) {
    let asked = Asked::default();
    let notes = asked.clone();
    let config = aws(move |request| {
        let operation =
            request.headers()["x-amz-target"].to_str().unwrap().rsplit('.').next().unwrap().to_owned();
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let answer = match operation.as_str() {
            "UpdateItem" => json!({"Attributes": counters(&body)}),
            _ => json!({}),
        };
        notes.0.lock().unwrap().push((operation, body));
        Response::new(answer.to_string())
    });
    (Table::new("data", move || Client::new(&config)), asked)
}

/// The attributes that an update adds to.
fn counters(body: &Value) -> Value {
    let expression = body["UpdateExpression"].as_str().unwrap();
    let added =
        expression.split_once("ADD ").map_or("", |(_, added)| added).split(" REMOVE ").next().unwrap();
    let names = added.split(',').filter_map(|part| part.split_whitespace().next());
    let mut counters: serde_json::Map<_, _> =
        names.map(|name| (name.to_owned(), json!({"N": "1"}))).collect();
    counters.insert("lastAt".to_owned(), json!({"S": at(0)}));
    Value::Object(counters)
}
