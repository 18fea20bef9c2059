//! A person's day with WhatsApp: everything they send, and everything they get back, through the fake Graph API.

use std::sync::Arc;

use data_encoding::BASE64;
use e2e::meta::{Meta, change, message, now, phone, text_message, wamid};
use e2e::{Person, Stack, eventually};
use serde_json::{Value, json};

crate::trials!(
    a_persons_day,
    what_is_sent_before_linking_becomes_memories_afterwards,
    a_stranger_is_answered_once,
    a_message_under_a_memory_goes_to_the_chat_and_never_comes_back,
    media_that_fail_can_be_tried_again,
    a_paused_connection_keeps_what_comes_in,
);

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\x02\x03\x04\0\0\0\0\0\0\0\0\x01\x13OpusHead";

/// Somebody in a chat with the shared number.
struct Chat {
    stack: Arc<Stack>,
    meta: Meta,
    person: Person,
    phone: String,
}

impl Chat {
    async fn linked(stack: &Arc<Stack>) -> Self {
        let chat = Self::unlinked(stack).await;
        chat.meta.link(&chat.person, &chat.phone).await;
        chat
    }

    async fn unlinked(stack: &Arc<Stack>) -> Self {
        let (meta, person) = (Meta::of(stack).await, Person::registered(stack).await);
        Self { stack: Arc::clone(stack), meta, person, phone: phone() }
    }

    /// Sends a text, and returns its id.
    async fn says(&self, text: &str) -> String {
        let id = wamid();
        let delivered = self.meta.deliver(&text_message(&self.phone, &id, now(), text)).await;
        assert_eq!(delivered.status, 200, "{}", delivered.body);
        id
    }

    /// Sends a message of any kind, and returns its id.
    async fn sends(&self, kind: &str, content: &Value) -> String {
        let id = wamid();
        let mut sent = json!({"from": self.phone, "id": id, "timestamp": now().to_string(), "type": kind});
        sent[kind] = content.clone();
        assert_eq!(self.meta.deliver(&message(&self.phone, &sent)).await.status, 200);
        id
    }

    /// What was sent to the phone so far.
    fn heard(&self) -> Vec<String> {
        let graph = self.stack.graph().unwrap();
        let sent = graph.outbox().into_iter().filter(|sent| sent.to.ends_with(&self.phone));
        sent.map(|sent| sent.text).collect()
    }

    /// Waits for something to be sent to the phone that says this.
    async fn hears(&self, words: &str) -> String {
        let what = format!("an answer with {words:?}");
        eventually(&what, || async { self.heard().into_iter().find(|text| text.contains(words)) }).await
    }

    /// Waits for the memory that this message became, until it is as wanted.
    async fn memory(&self, wamid: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        eventually("a memory", || async {
            let memories = self.person.memories().await;
            memories
                .into_iter()
                .find(|memory| memory["provenance"]["messageId"] == wamid && is_wanted(memory))
        })
        .await
    }

    /// Keeps a file at Meta, and returns how a message names it.
    fn uploads(&self, content_type: &str, bytes: &[u8]) -> Value {
        let graph = self.stack.graph().unwrap();
        let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        let id = graph.keep_media(content_type, bytes.to_vec());
        json!({"id": id, "mime_type": content_type, "sha256": BASE64.encode(sha256.as_ref())})
    }
}

fn any(_: &Value) -> bool {
    true
}

fn with(mut content: Value, name: &str, value: &Value) -> Value {
    content[name] = value.clone();
    content
}

async fn a_persons_day(stack: Arc<Stack>) {
    let ada = Chat::linked(&stack).await;
    ada.hears("linked").await;

    let text = ada.says("The spare key is under the blue flower pot #keys").await;
    let saved = ada.memory(&text, any).await;
    assert_eq!((&saved["source"], &saved["tags"]), (&json!("whatsapp"), &json!(["keys"])));

    let picture = ada.uploads("image/jpeg", JPEG);
    let picture = ada.sends("image", &with(picture, "caption", &json!("The garden gate"))).await;
    let stored = ada.memory(&picture, |memory| memory["media"]["state"] == "stored").await;
    assert_eq!(stored["content"]["text"], "The garden gate");
    let file = stored["media"]["fileId"].as_str().unwrap();
    let link = ada.person.get(&format!("/files/{file}/download")).await;
    assert_eq!(link.status, 200, "{}", link.body);
    let url = link.body["download"]["url"].as_str().or(link.body["url"].as_str()).unwrap();
    assert_eq!(reqwest::get(url).await.unwrap().bytes().await.unwrap(), JPEG);

    let voice = with(ada.uploads("audio/ogg; codecs=opus", OGG), "voice", &json!(true));
    let voice = ada.sends("audio", &voice).await;
    let heard = ada.memory(&voice, |memory| memory["media"]["transcript"] == "done").await;
    assert!(!heard["content"]["text"].as_str().unwrap().is_empty(), "{heard}");

    let question = ada.says("? where is the spare key").await;
    let answer = ada.hears("flower pot").await;
    assert!(answer.contains("[1]"), "{answer}");
    let graph = stack.graph().unwrap();
    assert!(graph.reads().iter().any(|read| read.wamid == question));

    ada.says("find garden gate").await;
    ada.hears("The garden gate").await;
    ada.says("recent").await;

    edits(&ada, &text).await;
    ada.sends("reaction", &json!({"message_id": picture, "emoji": "👍"})).await;
    ada.memory(&picture, |memory| memory["content"]["reactions"].to_string().contains("👍")).await;

    ada.says("export").await;
    ada.hears("xport").await;
    // A question, a command or a reaction is no memory.
    assert_eq!(ada.person.memories().await.len(), 3);

    let mistake = ada.says("Not meant to be kept").await;
    ada.memory(&mistake, any).await;
    ada.says("undo").await;
    eventually("the last one to be gone", || async {
        (ada.person.memories().await.len() == 3).then_some(())
    })
    .await;
    assert_eq!(ada.person.get("/trash").await.body["pagination"]["total"], 1);
}

/// Corrects a text, then deletes another one.
async fn edits(ada: &Chat, text: &str) {
    let corrected =
        json!({"type": "text", "text": {"body": "The spare key is under the red flower pot #keys"}});
    ada.sends("edit", &json!({"original_message_id": text, "message": corrected})).await;
    let edited = ada.memory(text, |memory| memory["content"]["text"].as_str().unwrap().contains("red")).await;
    let versions = ada.person.get(&format!("/memories/{}/versions", edited["id"].as_str().unwrap())).await;
    assert_eq!(versions.status, 200, "{}", versions.body);

    let regretted = ada.says("I should not have said that").await;
    ada.memory(&regretted, any).await;
    ada.sends("revoke", &json!({"original_message_id": regretted})).await;
    eventually("the revoked one to be in the trash", || async {
        let memories = ada.person.memories().await;
        memories.iter().all(|memory| memory["provenance"]["messageId"] != *regretted).then_some(())
    })
    .await;
    let trashed = ada.person.get("/trash").await.body["trash"][0]["memory"]["id"].clone();
    ada.person.delete(&format!("/trash/{}", trashed.as_str().unwrap())).await;
}

async fn what_is_sent_before_linking_becomes_memories_afterwards(stack: Arc<Stack>) {
    let bo = Chat::unlinked(&stack).await;
    let early = bo.says("Sent before I had an account").await;
    bo.hears("account").await;
    bo.meta.link(&bo.person, &bo.phone).await;
    bo.memory(&early, any).await;
}

async fn a_stranger_is_answered_once(stack: Arc<Stack>) {
    let stranger = Chat::unlinked(&stack).await;
    stranger.says("hello?").await;
    stranger.hears("account").await;
    stranger.says("anybody?").await;
    let last = wamid();
    // Somebody else's answer comes after everything that was to be said before it.
    let other = Chat::linked(&stack).await;
    other.meta.deliver(&text_message(&other.phone, &last, now(), "help")).await;
    other.hears("undo").await;
    assert_eq!(stranger.heard().len(), 1);
}

async fn a_message_under_a_memory_goes_to_the_chat_and_never_comes_back(stack: Arc<Stack>) {
    let ada = Chat::linked(&stack).await;
    let text = ada.says("Tram 28 leaves at nine").await;
    let memory = ada.memory(&text, any).await["id"].as_str().unwrap().to_owned();
    let path = format!("/memories/{memory}/messages");
    let posted =
        ada.person.post(&path, &json!({"content": "It is late today", "deliverTo": "whatsapp"})).await;
    assert_eq!(posted.status, 201, "{}", posted.body);
    assert_eq!(posted.body["message"]["delivery"]["channel"], "whatsapp");
    ada.hears("It is late today").await;

    let posted_path = format!("{path}/{}", posted.body["message"]["id"].as_str().unwrap());
    let state = || async { ada.person.get(&posted_path).await.body["message"]["delivery"]["state"].clone() };
    eventually("it to be sent", || async { (state().await == "sent").then_some(()) }).await;
    let graph = stack.graph().unwrap();
    let sent = graph.outbox().into_iter().find(|sent| sent.text == "It is late today").unwrap();
    for status in ["read", "delivered", "sent"] {
        ada.meta.deliver(&graph.status(&sent.wamid, status).unwrap()).await;
    }
    eventually("it to be read", || async { (state().await == "read").then_some(()) }).await;

    let mut reply = json!({"from": ada.phone, "id": wamid(), "timestamp": now().to_string(), "type": "text"});
    reply["text"] = json!({"body": "Thanks, I take the next one"});
    reply["context"] = json!({"from": "4915550001111", "id": sent.wamid});
    ada.meta.deliver(&message(&ada.phone, &reply)).await;
    let messages = eventually("the reply under the memory", || async {
        let messages = ada.person.get(&path).await.body["messages"].clone();
        (messages.as_array().unwrap().len() == 2).then_some(messages)
    })
    .await;
    assert!(messages.to_string().contains("Thanks, I take the next one"));
    assert_eq!(ada.heard().iter().filter(|text| text.contains("Thanks")).count(), 0);
}

async fn media_that_fail_can_be_tried_again(stack: Arc<Stack>) {
    let ada = Chat::linked(&stack).await;
    let mut wrong = ada.uploads("image/jpeg", JPEG);
    wrong["id"] = json!("990011");
    let picture = ada.sends("image", &wrong).await;
    let failed = ada.memory(&picture, |memory| memory["media"]["state"] == "failed").await;
    assert!(failed["media"]["reason"].is_string(), "{failed}");
    let retry = format!("/sync/whatsapp/media/{}/retry", failed["id"].as_str().unwrap());
    let again = ada.person.post(&retry, &json!({})).await;
    assert!(again.status.is_success(), "{}", again.body);
    ada.memory(&picture, |memory| memory["media"]["state"] == "failed").await;
}

async fn a_paused_connection_keeps_what_comes_in(stack: Arc<Stack>) {
    let ada = Chat::linked(&stack).await;
    let paused = ada.person.post("/sync/whatsapp/pause", &json!({})).await;
    assert_eq!(paused.status, 200, "{}", paused.body);
    let meanwhile = ada.says("While paused").await;
    ada.hears("paused").await;
    assert!(ada.person.memories().await.is_empty());
    let resumed = ada.person.post("/sync/whatsapp/resume", &json!({})).await;
    assert_eq!(resumed.status, 200, "{}", resumed.body);
    ada.memory(&meanwhile, any).await;
    assert_eq!(ada.person.get("/sync/whatsapp").await.body["status"], "connected");
    // Statuses of what nobody sent are nothing.
    let status =
        json!({"id": wamid(), "status": "read", "timestamp": now().to_string(), "recipient_id": ada.phone});
    assert_eq!(ada.meta.deliver(&change(&json!({"statuses": [status]}))).await.status, 200);
}
