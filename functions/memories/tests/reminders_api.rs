//! Reminders through the API, on a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_domain::{Chore, Role, Timestamp, UserId};
use app_runtime::{OutboundQueue, Queue};
use app_store::{DueReminder, Reminders};
use app_testing::{Call, PlayedQueue, Reply, authenticator, caller, missing_table, table, vault};
use axum::Router;
use http::Method;
use memories::{App, router};
use serde_json::{Value, json};

const MINUTE: i64 = 60 * 1000;
const DAY: i64 = 24 * 60 * MINUTE;

struct Stage {
    app: Router,
    reminders: Reminders,
    owner: UserId,
    token: String,
}

/// So many milliseconds from now, as text.
fn ahead(millis: i64) -> String {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap();
    Timestamp::from_millis(i64::try_from(now.as_millis()).unwrap() + millis).unwrap().to_string()
}

impl Stage {
    async fn new() -> Self {
        let table = table().await;
        let (vault, queue) = (vault(&table), PlayedQueue::default());
        let chores = Queue::<Chore>::new(PlayedQueue::URL, queue.client());
        let outbound = OutboundQueue::new(PlayedQueue::URL, PlayedQueue::default().client());
        let app = router(App::new(&table, vault.clone(), authenticator(), chores, outbound), "*");
        let (owner, token) = caller(Role::User);
        Self { app, reminders: Reminders::new(table, vault), owner, token }
    }

    async fn send(&self, call: Call) -> Reply {
        call.as_caller(&self.token).send(&self.app).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Call::get(path)).await
    }

    async fn post(&self, json: Value) -> Reply {
        self.send(Call::post("/reminders", &json)).await
    }

    async fn patch(&self, path: &str, json: Value) -> Reply {
        self.send(Call::new(Method::PATCH, path).json(&json)).await
    }

    /// Sets a reminder; its path and its body.
    async fn set(&self, millis: i64) -> (String, Value) {
        let reply = self.post(json!({"text": "Call Ada", "at": ahead(millis)})).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        let reminder = reply.json()["reminder"].clone();
        (format!("/reminders/{}", reminder["id"].as_str().unwrap()), reminder)
    }

    /// Notes that a reminder was sent.
    async fn note_sent(&self, body: &Value) {
        let text = |name: &str| body[name].as_str().unwrap();
        let (id, at) = (text("id").parse().unwrap(), text("at").parse().unwrap());
        assert!(self.reminders.sent(DueReminder { owner: self.owner, id, at }, at).await.unwrap());
    }

    async fn ids(&self, query: &str) -> Vec<Value> {
        let page = self.get(&format!("/reminders{query}")).await.json();
        page["reminders"].as_array().unwrap().iter().map(|reminder| reminder["id"].clone()).collect()
    }
}

#[tokio::test]
async fn a_reminder_is_set_read_changed_and_deleted() {
    let stage = Stage::new().await;
    let memory = stage.send(Call::post("/memories", &json!({"title": "A trip"}))).await.json();
    let memory = memory["memory"]["id"].clone();
    let at = ahead(DAY);
    let reply = stage.post(json!({"text": " Ask Zoë ", "at": at, "memoryId": memory})).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let made = reply.json()["reminder"].clone();
    let path = format!("/reminders/{}", made["id"].as_str().unwrap());
    assert_eq!(reply.headers["location"], format!("/api{path}"));
    insta::assert_json_snapshot!(made, {
        ".id" => "[id]", ".memoryId" => "[memory]", ".at" => "[at]", ".createdAt" => "[time]"
    });
    assert_eq!((&made["at"], &made["memoryId"]), (&json!(at), &memory));
    assert_eq!(stage.get(&path).await.json()["reminder"], made);

    let later = ahead(2 * DAY);
    let changed = stage.patch(&path, json!({"text": "Write to Zoë", "at": later})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let changed = changed.json()["reminder"].clone();
    assert_eq!((&changed["text"], &changed["at"]), (&json!("Write to Zoë"), &json!(later)));
    assert_eq!(stage.patch(&path, json!({})).await.json()["reminder"], changed);
    assert_eq!(stage.get("/reminders").await.json()["reminders"], json!([changed]));
    assert_eq!(stage.send(Call::new(Method::DELETE, &path)).await.status, 204);
    assert_eq!(stage.send(Call::new(Method::DELETE, &path)).await.status, 404);
    assert_eq!(stage.get(&path).await.status, 404);
}

#[tokio::test]
async fn times_are_taken_in_any_zone_and_answered_in_utc() {
    let stage = Stage::new().await;
    let reply = stage.post(json!({"text": "Call", "at": ahead(DAY).replace('Z', "+02:00")})).await;
    let at: Timestamp = reply.json()["reminder"]["at"].as_str().unwrap().parse().unwrap();
    let expected: Timestamp = ahead(DAY - 120 * MINUTE).parse().unwrap();
    assert!(at.since(expected).as_secs() < 60 && expected.since(at).as_secs() < 60, "{}", reply.text);
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_by_name() {
    let stage = Stage::new().await;
    let nobodys = "01900000-0000-7000-8000-000000000000";
    let (path, before) = stage.set(DAY).await;
    for (body, wrong) in [
        (json!({"text": "", "at": "tomorrow"}), &["text", "at"][..]),
        (json!({"text": "a\nb", "at": ahead(DAY)}), &["text"]),
        (json!({"text": "x".repeat(501), "at": ahead(DAY)}), &["text"]),
        (json!({"text": "x", "at": ahead(0)}), &["at"]),
        (json!({"text": "x", "at": ahead(MINUTE / 2)}), &["at"]),
        (json!({"text": "x", "at": ahead(-DAY)}), &["at"]),
        (json!({"text": "x", "at": ahead(731 * DAY)}), &["at"]),
        (json!({"text": "x", "at": "9999-12-31T23:59:59Z"}), &["at"]),
        (json!({"text": "x", "at": "2027-01-01"}), &["at"]),
        (json!({"text": "x", "at": ahead(DAY), "memoryId": nobodys}), &["memoryId"]),
    ] {
        let reply = stage.post(body.clone()).await;
        let wrong: Vec<String> = wrong.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, wrong.clone()), "{body}");
        if wrong != ["memoryId"] {
            let reply = stage.patch(&path, body.clone()).await;
            assert_eq!(reply.status, 422, "{body}: {}", reply.text);
        }
    }
    for body in [json!({"text": "x"}), json!({"at": ahead(DAY)}), json!([]), json!({"text": 1, "at": 2})] {
        assert!(stage.post(body.clone()).await.status.is_client_error(), "{body}");
    }
    assert_eq!(stage.get(&path).await.json()["reminder"], before);
    assert_eq!(stage.ids("").await.len(), 1);
}

#[tokio::test]
async fn lists_show_what_waits_first_and_are_read_by_cursor() {
    let stage = Stage::new().await;
    let (late, early) = (stage.set(3 * DAY).await, stage.set(DAY).await);
    let (_, sent) = stage.set(2 * DAY).await;
    stage.note_sent(&sent).await;
    let (late, early, sent) = (late.1["id"].clone(), early.1["id"].clone(), sent["id"].clone());
    assert_eq!(stage.ids("").await, [early.clone(), late.clone(), sent.clone()]);
    assert_eq!(stage.ids("?status=waiting").await, [early.clone(), late.clone()]);
    assert_eq!(stage.ids("?status=sent").await, [sent]);
    assert!(stage.ids("?status=missed").await.is_empty());

    let page = stage.get("/reminders?status=waiting&limit=1").await.json();
    let cursor = page["pagination"]["nextCursor"].as_str().unwrap();
    assert_eq!((&page["reminders"][0]["id"], &page["pagination"]["limit"]), (&early, &json!(1)));
    let rest = stage.get(&format!("/reminders?status=waiting&cursor={cursor}")).await.json();
    assert_eq!((&rest["reminders"][0]["id"], &rest["pagination"]["nextCursor"]), (&late, &Value::Null));
    let other = stage.get(&format!("/reminders?status=sent&cursor={cursor}")).await;
    assert_eq!((other.status.as_u16(), other.wrong_fields()), (422, vec!["cursor".to_owned()]));
    for (query, field) in
        [("limit=0", "limit"), ("limit=101", "limit"), ("cursor=AAAA", "cursor"), ("status=done", "status")]
    {
        let reply = stage.get(&format!("/reminders?{query}")).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{query}");
    }
}

#[tokio::test]
async fn what_was_sent_is_not_changed() {
    let stage = Stage::new().await;
    let (path, body) = stage.set(DAY).await;
    stage.note_sent(&body).await;
    assert_eq!(stage.get(&path).await.json()["reminder"]["status"], "sent");
    let reply = stage.patch(&path, json!({"at": ahead(DAY)})).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (409, json!("ReminderNotWaiting")));
    assert_eq!(stage.send(Call::new(Method::DELETE, &path)).await.status, 204);
}

#[tokio::test]
async fn five_hundred_wait_and_no_more() {
    let stage = Stage::new().await;
    let (path, _) = stage.set(DAY).await;
    for _ in 1..500 {
        stage.set(DAY).await;
    }
    let more = json!({"text": "One more", "at": ahead(DAY)});
    let reply = stage.post(more.clone()).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (409, json!("TooManyReminders")));
    assert_eq!(stage.send(Call::new(Method::DELETE, &path)).await.status, 204);
    assert_eq!(stage.post(more).await.status, 201);
}

#[tokio::test]
async fn other_people_find_nothing() {
    let stage = Stage::new().await;
    let (path, _) = stage.set(DAY).await;
    let (_, other) = caller(Role::User);
    for call in [
        Call::get(&path),
        Call::new(Method::PATCH, &path).json(&json!({"text": "Stolen"})),
        Call::new(Method::DELETE, &path),
    ] {
        assert_eq!(call.as_caller(&other).send(&stage.app).await.status, 404);
    }
    let list = Call::get("/reminders").as_caller(&other).send(&stage.app).await;
    assert_eq!(list.json()["reminders"], json!([]));
    for path in ["/reminders", &path] {
        assert_eq!(Call::get(path).send(&stage.app).await.status, 401);
    }
    assert_eq!(stage.get(&path).await.json()["reminder"]["text"], "Call Ada");
    assert_eq!(stage.get("/reminders/none").await.status, 404);
}

#[tokio::test]
async fn while_the_table_is_away_callers_are_asked_to_come_again() {
    let table = missing_table().await;
    let chores = Queue::<Chore>::new(PlayedQueue::URL, PlayedQueue::default().client());
    let outbound = OutboundQueue::new(PlayedQueue::URL, PlayedQueue::default().client());
    let app = router(App::new(&table, vault(&table), authenticator(), chores, outbound), "*");
    let (_, token) = caller(Role::User);
    let reply = Call::get("/reminders").as_caller(&token).send(&app).await;
    assert_eq!((reply.status.as_u16(), &reply.headers["retry-after"]), (503, &"1".parse().unwrap()));
}
