//! Messages that go out to the chat.

use app_domain::{
    Chat, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, PendingPhone, PhoneNumber, Recipient,
    Role, SecretToken, Sender, Timestamp,
};
use app_testing::{Call, caller};
use serde_json::{Value, json};

use crate::stage::Stage;

const PHONE: &str = "4915550002222";

fn now() -> Timestamp {
    app_runtime::now()
}

impl Stage {
    /// Links my phone by a code, as if it had been sent from there.
    async fn link(&self) {
        let phone = PhoneNumber::from_digits(PHONE).unwrap();
        let sender = Sender { phone: Some(phone.clone()), user_id: None };
        let with = Recipient::Phone(phone.clone());
        let chat = Chat { phone_number_id: "700800900100200".to_owned(), with };
        let code = SecretToken::generate().unwrap().hash();
        let expires_at = now().plus(std::time::Duration::from_secs(60));
        self.links.offer(self.me, &PendingPhone { phone, expires_at }, &code).await.unwrap();
        let linked = self.links.confirm(&sender, &chat, &code, "wamid.CODE", now()).await.unwrap();
        assert_eq!(linked, Some(self.me));
    }

    /// Saves a memory that came from WhatsApp, and gives the path of its messages.
    async fn messaged(&self) -> String {
        let draft = MemoryDraft { title: MemoryTitle::parse("Lisbon").ok(), ..MemoryDraft::default() };
        let id = MemoryId::new(now());
        let memory = Memory::new(id, self.me, MemorySource::Whatsapp, draft, now()).unwrap();
        self.memories.create(&memory).await.unwrap();
        format!("/memories/{id}/messages")
    }
}

fn wanted() -> Value {
    json!({"content": "The train leaves at 8:15.", "deliverTo": "whatsapp"})
}

#[tokio::test]
async fn a_message_is_queued_for_the_chat_and_says_so() {
    let stage = Stage::new().await;
    stage.link().await;
    let path = stage.messaged().await;
    let reply = stage.send(Call::post(&path, &wanted())).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let sent = reply.json()["message"].clone();
    assert_eq!(sent["delivery"]["channel"], "whatsapp");
    assert_eq!((&sent["delivery"]["state"], &sent["delivery"]["at"]), (&json!("queued"), &sent["createdAt"]));
    let queued = stage.outbound.take();
    insta::assert_json_snapshot!(queued, {
        "[].key" => "[key]", "[].owner" => "[id]", "[].askedAt" => "[time]",
        "[].task.memory" => "[id]", "[].task.message" => "[id]",
    });
    let id = sent["id"].as_str().unwrap();
    assert_eq!((&queued[0]["key"], &queued[0]["task"]["message"]), (&json!(format!("p.{id}")), &json!(id)));
    assert!(!queued[0].to_string().contains("8:15"), "what it says stays where it is sealed");

    // A change is not sent again, and nor is what nobody asks for.
    let change = json!({"content": "It leaves at 8:20."});
    let changed = stage.send(Call::new(http::Method::PATCH, &format!("{path}/{id}")).json(&change)).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["message"]["delivery"]), (200, &sent["delivery"]));
    let plain = stage.send(Call::post(&path, &json!({"content": "a note"}))).await;
    assert_eq!(plain.json()["message"].get("delivery"), None);
    assert_eq!(stage.outbound.take(), [] as [Value; 0]);
}

#[tokio::test]
async fn it_takes_a_chat_and_a_memory_from_there() {
    let stage = Stage::new().await;
    let path = stage.messaged().await;
    let refused = stage.send(Call::post(&path, &wanted())).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (409, json!("NotConnected")));
    stage.link().await;
    let elsewhere = stage.post(&wanted()).await;
    assert_eq!((elsewhere.status.as_u16(), elsewhere.error_type()), (409, json!("NotFromWhatsapp")));
    let other = stage.send(Call::post(&path, &json!({"content": "x", "deliverTo": "mail"}))).await;
    assert_eq!((other.status.as_u16(), other.wrong_fields()), (422, vec!["deliverTo".to_owned()]));
    let (_, stranger) = caller(Role::Premium);
    let theirs = Call::post(&path, &wanted()).as_caller(&stranger).send(&stage.app).await;
    assert_eq!(theirs.status, 404);
    let (_, user) = caller(Role::User);
    let unpaid = Call::post(&path, &wanted()).as_caller(&user).send(&stage.app).await;
    assert_eq!((unpaid.status.as_u16(), unpaid.error_type()), (403, json!("PermissionDenied")));
    assert_eq!(stage.get(&path).await.json()["pagination"]["total"], 0);
    assert_eq!(stage.outbound.take(), [] as [Value; 0]);
}

#[tokio::test]
async fn a_message_that_cannot_be_queued_is_kept_and_says_so() {
    let stage = Stage::new().await;
    stage.link().await;
    let path = stage.messaged().await;
    stage.outbound.refuse(true);
    let refused = stage.send(Call::post(&path, &wanted())).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (503, json!("Unavailable")));
    let kept = stage.get(&path).await.json()["messages"][0].clone();
    assert_eq!((&kept["content"], &kept["delivery"]["state"]), (&wanted()["content"], &json!("failed")));
    assert!(kept["delivery"]["reason"].is_string());
}
