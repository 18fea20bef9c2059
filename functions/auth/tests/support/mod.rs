//! The function on a real table, with a queue that keeps what is sent to it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]
#![allow(clippy::allow_attributes, dead_code, reason = "each test file uses a part of it")]

use std::sync::{Arc, Mutex};

use app_domain::{MailJob, Purpose, Role, SecretToken, Timestamp, ToProve};
use app_runtime::Queue;
use app_store::{AuditLog, OneTimeTokens, Table};
use app_testing::{Call, RATES, Reply, TestKeys, gated_at, table};
use auth::{App, Parts, PublishedKeys, Signer, SignupRole, router};
use axum::Router;
use serde_json::{Value, json};

pub const PASSWORD: &str = "TestPassword123!";

/// The function, and what is behind it.
pub struct Auth {
    pub app: Router,
    pub table: Table,
    mail: Arc<Mutex<Vec<MailJob>>>,
}

pub fn now() -> Timestamp {
    jiff::Timestamp::now().into()
}

pub async fn auth() -> Auth {
    auth_limited("auth=1000/1h").await
}

/// With a rate of its own for whoever is not signed in.
pub async fn auth_limited(rate: &str) -> Auth {
    let (table, keys, mail) = (table().await, TestKeys::shared(), Arc::<Mutex<Vec<MailJob>>>::default());
    let parts = Parts {
        signer: Signer::new(keys.signing_source()),
        published: PublishedKeys(keys.published_source()),
        authenticator: gated_at(table.clone(), &RATES.replace("auth=1000/1h", rate)),
        signup_role: SignupRole(Role::User),
        mail: queue(Arc::clone(&mail)),
    };
    Auth { app: router(App::new(&table, parts), "*"), table, mail }
}

/// A queue that keeps what is sent to it.
fn queue(kept: Arc<Mutex<Vec<MailJob>>>) -> Queue<MailJob> {
    let config = app_testing::aws(move |request| {
        let sent: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(sent["QueueUrl"], "https://sqs.test/mail");
        let body = sent["MessageBody"].as_str().unwrap();
        kept.lock().unwrap().push(serde_json::from_str(body).unwrap());
        http::Response::builder()
            .header("content-type", "application/x-amz-json-1.0")
            .body(json!({"MessageId": "1"}).to_string())
            .unwrap()
    });
    Queue::new("https://sqs.test/mail", move || aws_sdk_sqs::Client::new(&config))
}

impl Auth {
    /// What was to be mailed so far.
    pub fn mail(&self) -> Vec<MailJob> {
        self.mail.lock().unwrap().clone()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        Call::post(path, body).send(&self.app).await
    }

    pub async fn register(&self, account: &Value) -> Reply {
        self.post("/auth/register", account).await
    }

    pub async fn login(&self, name: &str, password: &str) -> Reply {
        self.post("/auth/login", &json!({"email": name, "password": password})).await
    }

    pub async fn refresh(&self, token: &Value) -> Reply {
        self.post("/auth/refresh", &json!({"refreshToken": token})).await
    }

    /// A token as the mail worker would have mailed it.
    pub async fn mailed_token(&self, account: &Value, purpose: Purpose) -> String {
        let (id, email) =
            (account["user"]["id"].as_str().unwrap(), account["user"]["email"].as_str().unwrap());
        let proves = ToProve::new(id.parse().unwrap(), email.parse().unwrap(), purpose, now());
        let token = SecretToken::generate().unwrap();
        OneTimeTokens::new(self.table.clone()).issue(&token.hash(), &proves).await.unwrap();
        token.into_text()
    }

    /// The names of what the account's audit log tells, newest first.
    pub async fn audit(&self, account: &Value) -> Vec<String> {
        let id = account["user"]["id"].as_str().unwrap().parse().unwrap();
        let (entries, _) = AuditLog::new(self.table.clone()).page(id, None, 100).await.unwrap();
        let names = entries.iter().map(|entry| serde_json::to_value(entry.event).unwrap());
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    }
}

pub fn ada() -> Value {
    json!({
        "email": "Ada@Example.com", "password": PASSWORD,
        "firstName": "Ada", "lastName": "Lovelace", "username": "Ada1815",
    })
}

/// The access token of what signing in answered.
pub fn access(signed_in: &Value) -> &str {
    signed_in["accessToken"].as_str().unwrap()
}

/// Reads the caller's account.
pub async fn me(app: &Router, token: &str) -> Reply {
    Call::get("/auth/me").as_caller(token).send(app).await
}
