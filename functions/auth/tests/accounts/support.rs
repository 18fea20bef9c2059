//! The function on a real table, with a queue that keeps what is sent to it.

use std::sync::{Arc, Mutex};

use app_domain::{MailJob, Purpose, Role, SecretToken, Timestamp, ToProve};
use app_http::KeySource;
use app_runtime::Queue;
use app_store::{AuditLog, DataKeys, OneTimeTokens, Table};
use app_testing::{Call, PlayedKms, RATES, Reply, TestKeys, gated_at, table};
use app_vault::Vault;
use auth::{App, Parts, PublishedKeys, SignInProviders, Signer, SignupRole, router};
use axum::Router;
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "TestPassword123!";

/// The function, and what is behind it.
pub(crate) struct Auth {
    pub(crate) app: Router,
    pub(crate) table: Table,
    mail: Arc<Mutex<Vec<MailJob>>>,
}

pub(crate) fn now() -> Timestamp {
    jiff::Timestamp::now().into()
}

pub(crate) async fn auth() -> Auth {
    auth_with("auth=1000/1h", "{}").await
}

/// With a rate of its own for whoever is not signed in.
pub(crate) async fn auth_limited(rate: &str) -> Auth {
    auth_with(rate, "{}").await
}

/// With these providers to sign in with, as the secret has them.
pub(crate) async fn auth_with(rate: &str, providers: &str) -> Auth {
    let providers = providers.to_owned();
    let (table, keys, mail) = (table().await, TestKeys::shared(), Arc::<Mutex<Vec<MailJob>>>::default());
    let parts = Parts {
        signer: Signer::new(keys.signing_source()),
        published: PublishedKeys(keys.published_source()),
        authenticator: gated_at(table.clone(), &RATES.replace("auth=1000/1h", rate)),
        providers: SignInProviders::new(KeySource::new(move || {
            std::future::ready(Ok::<_, std::io::Error>(providers.clone()))
        })),
        vault: Vault::new(DataKeys::new(table.clone()), PlayedKms::default().port()),
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
    pub(crate) fn mail(&self) -> Vec<MailJob> {
        self.mail.lock().unwrap().clone()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        Call::post(path, body).send(&self.app).await
    }

    pub(crate) async fn register(&self, account: &Value) -> Reply {
        self.post("/auth/register", account).await
    }

    pub(crate) async fn login(&self, name: &str, password: &str) -> Reply {
        self.post("/auth/login", &json!({"email": name, "password": password})).await
    }

    pub(crate) async fn refresh(&self, token: &Value) -> Reply {
        self.post("/auth/refresh", &json!({"refreshToken": token})).await
    }

    /// A token as the mail worker would have mailed it.
    pub(crate) async fn mailed_token(&self, account: &Value, purpose: Purpose) -> String {
        let (id, email) =
            (account["user"]["id"].as_str().unwrap(), account["user"]["email"].as_str().unwrap());
        let proves = ToProve::new(id.parse().unwrap(), email.parse().unwrap(), purpose, now());
        let token = SecretToken::generate().unwrap();
        OneTimeTokens::new(self.table.clone()).issue(&token.hash(), &proves).await.unwrap();
        token.into_text()
    }

    /// The names of what the account's audit log tells, newest first.
    pub(crate) async fn audit(&self, account: &Value) -> Vec<String> {
        let id = account["user"]["id"].as_str().unwrap().parse().unwrap();
        let (entries, _) = AuditLog::new(self.table.clone()).page(id, None, 100).await.unwrap();
        let names = entries.iter().map(|entry| serde_json::to_value(entry.event).unwrap());
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) fn ada() -> Value {
    json!({
        "email": "Ada@Example.com", "password": PASSWORD,
        "firstName": "Ada", "lastName": "Lovelace", "username": "Ada1815",
    })
}

/// The access token of what signing in answered.
pub(crate) fn access(signed_in: &Value) -> &str {
    signed_in["accessToken"].as_str().unwrap()
}

/// Reads the caller's account.
pub(crate) async fn me(app: &Router, token: &str) -> Reply {
    Call::get("/auth/me").as_caller(token).send(app).await
}
