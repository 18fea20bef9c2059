//! Memo takes part.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use app_ai::{Answer, AnswerRequest, Answerer, ModelError};
use app_domain::{
    ApiKey, Gate, Grant, IpRules, KeyUsage, RateClass, Role, SessionId, StoreError, Tier, TokenHash, UserId,
    Window,
};
use app_http::Authenticator;
use app_testing::{Call, RATES, TestKeys, caller};
use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::stage::Stage;

/// Fails as it is told to, and notes what it was asked.
#[derive(Clone)]
struct Failing(ModelError, Arc<Mutex<Vec<AnswerRequest>>>);

impl Failing {
    fn with(error: ModelError) -> Self {
        Self(error, Arc::default())
    }
}

#[async_trait]
impl Answerer for Failing {
    fn name(&self) -> &str {
        "failing"
    }

    async fn answer(&self, request: AnswerRequest) -> Result<Answer, ModelError> {
        self.1.lock().unwrap().push(request);
        Err(self.0.clone())
    }
}

async fn ask(stage: &Stage, message: Value) -> Value {
    let mut message = message;
    message["aiReply"] = json!(true);
    let reply = stage.post(&message).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()
}

#[tokio::test]
async fn memo_answers_from_the_memory_and_cites_it() {
    let stage = Stage::new().await;
    let body = ask(&stage, json!({"content": "How much is the hotel?"})).await;
    let (asked, answer) = (&body["message"], &body["aiResponse"]);
    assert!(answer["content"].as_str().unwrap().contains("90 euros"), "{answer}");
    assert_eq!(
        (&answer["isAiGenerated"], &answer["parentMessageId"], &asked["replyCount"]),
        (&json!(true), &asked["id"], &json!(1))
    );
    let metadata = &answer["metadata"];
    assert_eq!(
        (&metadata["model"], &metadata["citations"]),
        (&json!("built-in"), &json!([asked["memoryId"]]))
    );
    assert!(metadata["confidence"].as_f64().is_some_and(|sure| sure > 0.0 && sure <= 1.0));
    assert!(metadata["tokensUsed"].as_u64().is_some_and(|tokens| tokens > 0));
    assert_eq!(body.get("aiError"), None);
    assert_eq!(&stage.get(&stage.one(answer)).await.json()["message"], answer);
    assert_eq!(&stage.get(&stage.one(asked)).await.json()["message"], asked);
    assert_eq!(stage.list("").await.1, 2);
}

#[tokio::test]
async fn memo_knows_what_was_said_and_stays_in_the_thread() {
    let stage = Stage::new().await;
    let parent = stage.say(&json!({"content": "The train to Porto leaves at 8:15."})).await;
    let question = json!({"content": "When does the train leave?", "parentMessageId": parent["id"]});
    let body = ask(&stage, question).await;
    let answer = &body["aiResponse"];
    assert!(answer["content"].as_str().unwrap().contains("8:15"), "{answer}");
    assert_eq!((&answer["parentMessageId"], &body["message"]["replyCount"]), (&parent["id"], &json!(0)));
    assert_eq!(stage.get(&stage.one(&parent)).await.json()["message"]["replyCount"], 2);
}

#[tokio::test]
async fn memo_is_shown_this_memory_alone_and_what_people_said() {
    let model = Failing::with(ModelError::Throttled);
    let stage = Stage::asking(model.clone()).await;
    stage.memory(&json!({"title": "Diary", "content": "never shown"})).await;
    let gone = stage.say(&json!({"content": "deleted"})).await;
    stage.delete(&gone).await;
    stage.say(&json!({"content": "first"})).await;
    stage.say(&json!({"content": "second"})).await;
    ask(&stage, json!({"content": "What now?"})).await;
    let asked = model.1.lock().unwrap();
    let [AnswerRequest { question, documents, focus }] = asked.as_slice() else { panic!("{asked:?}") };
    let [document] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!((question.as_str(), *focus), ("What now?", Some(document.id)));
    assert_eq!(document.text, "The hotel costs 90 euros.\nfirst\nsecond");
    assert_eq!((document.title.as_str(), document.tags.as_slice()), ("Lisbon", &["travel".to_owned()][..]));
}

#[tokio::test]
async fn what_a_person_wrote_is_kept_if_memo_fails() {
    for (error, kind) in [
        (ModelError::Unavailable("a secret of the vendor".to_owned()), "Unavailable"),
        (ModelError::Throttled, "Throttled"),
        (ModelError::Rejected("a secret of the vendor".to_owned()), "Rejected"),
        (ModelError::Corrupt("a secret of the vendor".to_owned()), "Unavailable"),
    ] {
        let stage = Stage::asking(Failing::with(error)).await;
        let body = ask(&stage, json!({"content": "Are you there?"})).await;
        assert_eq!((&body["aiError"]["type"], body.get("aiResponse")), (&json!(kind), None));
        assert!(!body.to_string().contains("vendor"));
        assert_eq!(stage.list("").await, (vec!["Are you there?".to_owned()], 1));
    }
}

#[tokio::test]
async fn a_sealed_memory_is_never_shown_to_memo() {
    let model = Failing::with(ModelError::Throttled);
    let stage = Stage::asking(model.clone()).await;
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let header = part(br#"{"alg":"dir","enc":"A256GCM"}"#);
    let jwe = format!("{header}..{}.{}.{}", part(&[1; 12]), part(b"unreadable"), part(&[2; 16]));
    let sealed = json!({"title": "Sealed", "content": {"jwe": jwe}, "privacyLevel": "sealed"});
    let path = stage.memory(&sealed).await;
    let reply = stage.send(Call::post(&path, &json!({"content": "What is in it?", "aiReply": true}))).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (422, json!("SealedMemory")));
    assert_eq!(stage.get(&path).await.json()["pagination"]["total"], 0);
    assert!(model.1.lock().unwrap().is_empty());
    assert_eq!(stage.send(Call::post(&path, &json!({"content": "a note"}))).await.status, 201);
}

#[tokio::test]
async fn asking_memo_needs_its_permission_too() {
    let stage = Stage::new().await;
    let (_, user) = caller(Role::User);
    let memory = Call::post("/memories", &json!({"title": "x"})).as_caller(&user).send(&stage.app).await;
    let path = format!("/memories/{}/messages", memory.json()["memory"]["id"].as_str().unwrap());
    let ask = Call::post(&path, &json!({"content": "x", "aiReply": true})).as_caller(&user);
    let reply = ask.send(&stage.app).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (403, json!("PermissionDenied")));
    let list = Call::get(&path).as_caller(&user).send(&stage.app).await;
    assert_eq!(list.json()["pagination"]["total"], 0);
    let say = Call::post(&path, &json!({"content": "x", "aiReply": false})).as_caller(&user);
    assert_eq!(say.send(&stage.app).await.status, 201);
}

/// Lets everybody in, and counts.
#[derive(Default)]
struct Counting(Mutex<HashMap<String, u64>>);

#[async_trait]
impl Gate for Counting {
    async fn session(&self, _: UserId, _: SessionId) -> Result<Option<Grant>, StoreError> {
        Ok(Some(Grant { role: Role::Premium, tier: Tier::Premium }))
    }

    async fn api_key(&self, _: &TokenHash) -> Result<Option<(ApiKey, Grant)>, StoreError> {
        Ok(None)
    }

    async fn count(&self, subject: &str, _: Window) -> Result<u64, StoreError> {
        let mut counts = self.0.lock().unwrap();
        let count = counts.entry(subject.to_owned()).or_default();
        *count += 1;
        Ok(*count)
    }

    async fn count_key(&self, _: &ApiKey, _: RateClass, _: Window, _: &str) -> Result<KeyUsage, StoreError> {
        Ok(KeyUsage { in_window: 1, in_month: 1 })
    }

    async fn ip_rules(&self) -> Result<IpRules, StoreError> {
        Ok(IpRules::default())
    }
}

#[tokio::test]
async fn asking_memo_counts_as_a_request_to_memo() {
    let rates = RATES.replace("premium.ai=100000/1h", "premium.ai=2/1h").parse().unwrap();
    let keys = TestKeys::shared().published_source();
    let stage = Stage::with(Authenticator::new(keys, Counting::default(), rates), |app| app).await;
    for _ in 0..2 {
        ask(&stage, json!({"content": "How much is the hotel?"})).await;
    }
    let refused = stage.post(&json!({"content": "And the train?", "aiReply": true})).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (429, json!("RateLimited")));
    assert_eq!(stage.list("").await.1, 4, "and nothing was stored");
    stage.say(&json!({"content": "And the train?"})).await;
}
