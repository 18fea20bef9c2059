//! A table with people in it, who are signed in.

use app_domain::{
    AuditEntry, AuditEvent, Email, Origin, Role, SecretToken, Session, Timestamp, User, UserId,
};
use app_store::{AuditLog, Registration, Sessions, Table, Users};
use app_testing::{Call, Reply, TestKeys, ada, claims, gated, table};
use axum::Router;
use http::Method;
use serde_json::{Value, json};
use users::{App, router};

/// The address that everybody calls from.
pub(crate) const ADDRESS: &str = "198.51.100.7";

pub(crate) struct Stage {
    pub(crate) app: Router,
    pub(crate) table: Table,
}

/// Somebody with an account and a session.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) session: Session,
    pub(crate) token: String,
}

pub(crate) fn now() -> Timestamp {
    jiff::Timestamp::now().into()
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let table = table().await;
        Self { app: Self::environment(&table), table }
    }

    /// The function in a warm environment of its own, which knows of changes in others only what the table says.
    pub(crate) fn environment(table: &Table) -> Router {
        router(App::new(table, gated(table.clone())), "*")
    }

    pub(crate) async fn person(&self, role: Role) -> Person {
        let id = UserId::new(now());
        let email = format!("{id}@example.com");
        let user = User {
            email: Email::parse(&email).unwrap(),
            role,
            tier: role.tier(),
            is_verified: false,
            ..ada(id, now())
        };
        let audit = AuditEntry::new(id, AuditEvent::Registered, Origin::default(), now());
        let made = Users::new(self.table.clone()).register(&user, "$argon2id$secret", &audit).await;
        assert_eq!(made.unwrap(), Registration::Done);
        self.signed_in(id, email, role).await
    }

    /// The person in a new session.
    pub(crate) async fn signed_in(&self, id: UserId, email: String, role: Role) -> Person {
        let session = Session::begin(id, false, Origin::default(), now());
        let audit =
            AuditEntry::new(id, AuditEvent::SignedIn, Origin::default(), now()).in_session(session.id);
        let token = SecretToken::generate().unwrap().hash();
        Sessions::new(self.table.clone()).begin(&session, &token, &audit).await.unwrap();
        let mut claims = claims(id, role);
        claims["sid"] = json!(session.id);
        Person { id, email, session, token: TestKeys::shared().sign(&claims) }
    }

    pub(crate) async fn get(&self, person: &Person, path: &str) -> Reply {
        self.call(person, Call::get(path)).await
    }

    pub(crate) async fn patch(&self, person: &Person, id: UserId, change: &Value) -> Reply {
        let path = format!("/admin/users/{id}");
        self.call(person, Call::new(Method::PATCH, &path).json(change)).await
    }

    pub(crate) async fn put_rules(&self, person: &Person, rules: &Value) -> Reply {
        self.call(person, Call::new(Method::PUT, "/admin/ip-rules").json(rules)).await
    }

    pub(crate) async fn call(&self, person: &Person, call: Call) -> Reply {
        let call = call.as_caller(&person.token).from_address(ADDRESS).header("user-agent", "a test");
        call.send(&self.app).await
    }

    /// What the person's audit log tells, newest first.
    pub(crate) async fn log(&self, person: &Person) -> Vec<AuditEntry> {
        AuditLog::new(self.table.clone()).page(person.id, None, 100).await.unwrap().0
    }
}

/// The status and the type of the failure.
pub(crate) fn refusal(reply: &Reply) -> (u16, String) {
    (reply.status.as_u16(), reply.error_type().as_str().unwrap_or_default().to_owned())
}

/// What [`refusal`] should give.
pub(crate) fn refused(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}
