//! Numbers of people's own, and who writes to them.

use app_domain::{ContactId, ContactRule, MemoryPatch, OwnNumber, Patch};

use super::*;

pub(super) const OWN: &str = "700800900100300";
const OWN_PHONE: &str = "4915550004444";

/// A person with a number of their own.
pub(super) async fn owner(fixture: &Fixture) -> UserId {
    let user = UserId::new(at(0));
    let number = OwnNumber {
        phone_number_id: OWN.to_owned(),
        business_account_id: "900100200300500".to_owned(),
        display_phone_number: "+49 1555 0004444".to_owned(),
        since: at(0),
        token_expires_at: None,
        last_inbound_at: None,
    };
    let token = "EAAG-own-token".to_owned().into();
    fixture.numbers.connect(user, &number, &token, &app_domain::Origin::default(), at(0)).await.unwrap();
    user
}

async fn deliver(fixture: &Fixture, field: &str, member: &str, messages: &[Value]) {
    let contacts = json!([{"profile": {"name": "Ida"}, "wa_id": PHONE}]);
    let mut value = json!({"metadata": metadata(OWN_PHONE, OWN), "contacts": contacts});
    value[member] = json!(messages);
    assert!(fixture.handle(records(field, &value, 60)).await.is_empty());
}

async fn received(fixture: &Fixture, messages: &[Value]) {
    deliver(fixture, "messages", "messages", messages).await;
}

/// What the owner wrote from their phone.
async fn echoed(fixture: &Fixture, messages: &[Value]) {
    deliver(fixture, "smb_message_echoes", "message_echoes", messages).await;
}

fn to_contact(mut message: Value) -> Value {
    message["from"] = json!(OWN_PHONE);
    message["to"] = json!(PHONE);
    message
}

#[tokio::test]
async fn what_a_contact_writes_is_a_memory_of_the_owners_and_never_answered() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    let messages = [text("wamid.1", PHONE, 1, "undo"), text("wamid.2", PHONE, 2, "MEMO-DEADBEEF #tag")];
    received(&fixture, &messages).await;
    received(&fixture, &messages).await;
    echoed(&fixture, &[to_contact(text("wamid.3", PHONE, 3, "hi Ida"))]).await;
    assert_eq!(fixture.words_of(user).await, ["hi Ida", "MEMO-DEADBEEF #tag", "undo"]);
    assert!(fixture.outgoing().is_empty());
    let memories = fixture.memories_of(user).await;
    let titles: Vec<&str> = memories.iter().map(|m| m.title.as_ref().unwrap().as_str()).collect();
    assert_eq!(titles[0], "WhatsApp message to Ida");
    assert_eq!(titles[2], "WhatsApp message from Ida");
    let [contact] = &fixture.contacts.page(user, None, 10).await.unwrap()[..] else { panic!("one contact") };
    assert_eq!((contact.name.as_deref(), contact.saved_count), (Some("Ida"), 3));
    let metadata = |n: usize, name: &str| memories[n].metadata.members()[name].clone();
    assert_eq!((metadata(0, "direction"), metadata(2, "direction")), (json!("out"), json!("in")));
    assert_eq!(metadata(0, "phoneNumber"), json!(format!("+{PHONE}")));
    assert_eq!(metadata(2, "contactId"), json!(contact.id));
    assert!(memories[1].tags.is_empty());
}

#[tokio::test]
async fn a_contact_who_hides_the_phone_is_the_same_contact() {
    let both = |mut message: Value| {
        message["from_user_id"] = json!("DE.481");
        message
    };
    let hidden = |mut message: Value| {
        message.as_object_mut().unwrap().remove("from");
        message["from_user_id"] = json!("DE.481");
        message
    };
    // Whichever way they are known first.
    let orders: [[&dyn Fn(Value) -> Value; 3]; 2] = [[&both, &hidden, &both], [&hidden, &both, &hidden]];
    for order in orders {
        let fixture = Fixture::new().await;
        let user = owner(&fixture).await;
        received_alone(&fixture, order[0](text("wamid.1", PHONE, 1, "first"))).await;
        let [contact] = &fixture.contacts.page(user, None, 10).await.unwrap()[..] else {
            panic!("one contact")
        };
        fixture
            .contacts
            .set(user, &contact.id, Some(ContactRule::Ignore), Patch::Keep)
            .await
            .unwrap()
            .unwrap();
        received_alone(&fixture, order[1](text("wamid.2", PHONE, 2, "second"))).await;
        received_alone(&fixture, order[2](text("wamid.3", PHONE, 3, "third"))).await;
        assert_eq!(fixture.words_of(user).await, ["first"]);
        assert_eq!(fixture.contacts.page(user, None, 10).await.unwrap().len(), 1);
    }
}

/// Without an entry that tells who the sender is.
async fn received_alone(fixture: &Fixture, message: Value) {
    let value = json!({"metadata": metadata(OWN_PHONE, OWN), "messages": [message]});
    assert!(fixture.handle(records("messages", &value, 60)).await.is_empty());
}

#[tokio::test]
async fn the_rule_of_a_contact_decides() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    received(&fixture, &[text("wamid.1", PHONE, 1, "first")]).await;
    let id = fixture.contacts.page(user, None, 10).await.unwrap()[0].id.clone();
    fixture.contacts.set(user, &id, Some(ContactRule::Ignore), Patch::Keep).await.unwrap().unwrap();
    received(&fixture, &[text("wamid.2", PHONE, 2, "ignored")]).await;
    fixture.contacts.set(user, &id, Some(ContactRule::Save), Patch::Keep).await.unwrap().unwrap();
    received(&fixture, &[text("wamid.2", PHONE, 2, "ignored"), text("wamid.3", PHONE, 3, "third")]).await;
    assert_eq!(fixture.words_of(user).await, ["third", "first"]);
}

#[tokio::test]
async fn a_contact_changes_what_was_said_in_their_chat_alone() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    received(&fixture, &[text("wamid.1", PHONE, 1, "at 7")]).await;
    let change = |wamid: &str, from: &str, body: &str| {
        let said = json!({"type": "text", "text": {"body": body}});
        let edit = json!({"original_message_id": "wamid.1", "message": said});
        message(wamid, from, 2, "edit", edit)
    };
    received(&fixture, &[change("wamid.2", OTHER_PHONE, "at 9"), change("wamid.3", PHONE, "at 8")]).await;
    let like = |wamid: &str, emoji: &str| {
        message(wamid, PHONE, 3, "reaction", json!({"message_id": "wamid.1", "emoji": emoji}))
    };
    received(&fixture, &[like("wamid.4", "👍")]).await;
    echoed(&fixture, &[to_contact(like("wamid.5", "🎉"))]).await;
    let id = fixture.contacts.page(user, None, 10).await.unwrap();
    let ida: &ContactId = &id.iter().find(|contact| contact.saved_count == 1).unwrap().id;
    let content = fixture.content_of(user).await;
    assert_eq!(content["text"], "at 8");
    assert_eq!(content["reactions"], json!({ida.as_str(): "👍", "me": "🎉"}));
}

#[tokio::test]
async fn the_past_of_a_phone_becomes_memories_and_its_media_come_later() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    let placeholder = json!({"from": PHONE, "id": "wamid.H2", "timestamp": "1794000050", "type": "media_placeholder",
        "history_context": {"status": "DELIVERED"}});
    let sent = json!({"from": OWN_PHONE, "to": PHONE, "id": "wamid.H1", "timestamp": "1794000000", "type": "text",
        "text": {"body": "hi"}, "history_context": {"status": "READ"}});
    let thread = json!({"id": PHONE, "messages": [placeholder, sent]});
    let history = json!([{"metadata": {"phase": 1, "chunk_order": 1}, "threads": [thread]}]);
    let value = json!({"metadata": metadata(OWN_PHONE, OWN), "history": history});
    for _ in 0..2 {
        assert!(fixture.handle(records("history", &value, 60)).await.is_empty());
    }
    let memories = fixture.memories_of(user).await;
    let contents: Vec<&Value> = memories.iter().map(|m| m.content.as_ref().unwrap().value()).collect();
    assert_eq!((&contents[0]["mediaMissing"], &contents[1]["text"]), (&json!(true), &json!("hi")));
    assert!(fixture.media.take().is_empty());

    let photo = json!({"from": PHONE, "id": "wamid.H2", "timestamp": "1794000050", "type": "image",
        "image": {"id": "8800", "mime_type": "image/jpeg", "caption": "The lake"}});
    for _ in 0..2 {
        deliver(&fixture, "history", "messages", std::slice::from_ref(&photo)).await;
    }
    let memories = fixture.memories_of(user).await;
    assert_eq!(memories.len(), 2);
    let content = memories[0].content.as_ref().unwrap().value();
    assert_eq!((&content["mediaMissing"], &content["text"]), (&Value::Null, &json!("The lake")));
    assert!(memories[0].media.is_some());
    let job = json!({"owner": user, "memory": memories[0].id});
    assert!(!fixture.media.take().into_iter().any(|other| other != job));
}

#[tokio::test]
async fn while_its_owner_has_paused_saving_what_comes_is_kept_under_the_number() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    fixture.links.set_paused(user, Some(at(1))).await.unwrap();
    received(&fixture, &[text("wamid.1", PHONE, 1, "hello")]).await;
    assert!(fixture.memories_of(user).await.is_empty() && fixture.outgoing().is_empty());
    let kept = fixture.inbox.page_hidden(&sha256_hex(OWN.as_bytes()), 10).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn a_contact_is_called_what_the_owners_address_book_says() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    received(&fixture, &[text("wamid.1", PHONE, 1, "hello")]).await;
    let news = json!([{"type": "contact", "action": "add", "metadata": {"timestamp": "1795000002"},
        "contact": {"full_name": "Dr. Ida Blum", "first_name": "Ida", "phone_number": PHONE}}]);
    deliver(&fixture, "smb_app_state_sync", "state_sync", news.as_array().unwrap()).await;
    let [contact] = &fixture.contacts.page(user, None, 10).await.unwrap()[..] else { panic!("one contact") };
    assert_eq!(contact.name.as_deref(), Some("Dr. Ida Blum"));
}

#[tokio::test]
async fn an_account_that_leaves_is_a_fault_until_it_is_back() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    let tell = async |event: &str| {
        let value = json!({"event": event, "waba_info": {"waba_id": "900100200300500"}});
        assert!(fixture.handle(records("account_update", &value, 60)).await.is_empty());
        fixture.links.of(user).await.unwrap().fault.is_some()
    };
    assert!(tell("PARTNER_REMOVED").await);
    assert!(!tell("ACCOUNT_RECONNECTED").await);
    assert!(tell("ACCOUNT_OFFBOARDED").await);
    assert!(tell("ACCOUNT_VIOLATION").await, "it says nothing of the connection");
}

#[tokio::test]
async fn who_wrote_something_changes_it_and_the_other_side_does_not() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    let changes = |wamid: &str, of: &str, body: &str| {
        let said = json!({"type": "text", "text": {"body": body}});
        let edit = json!({"original_message_id": of, "message": said});
        let revoke = json!({"original_message_id": of});
        [
            message(&format!("{wamid}.edit"), PHONE, 3, "edit", edit),
            message(&format!("{wamid}.revoke"), PHONE, 4, "revoke", revoke),
        ]
    };
    // One comes before what it is about, the other after.
    received(&fixture, &changes("wamid.a", "wamid.1", "theirs")).await;
    echoed(&fixture, &[to_contact(text("wamid.1", PHONE, 1, "mine"))]).await;
    received(&fixture, &changes("wamid.b", "wamid.1", "theirs")).await;
    received(&fixture, &[text("wamid.2", PHONE, 2, "hers")]).await;
    echoed(&fixture, &changes("wamid.c", "wamid.2", "mine").map(to_contact)).await;
    assert_eq!(fixture.words_of(user).await, ["hers", "mine"]);
    echoed(&fixture, &changes("wamid.d", "wamid.1", "corrected").map(to_contact)[..1]).await;
    received(&fixture, &changes("wamid.e", "wamid.2", "")[1..]).await;
    assert_eq!(fixture.words_of(user).await, ["corrected"]);
}

#[tokio::test]
async fn what_an_ignored_contact_corrects_stays_as_it_was() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    received(&fixture, &[text("wamid.1", PHONE, 1, "first")]).await;
    let id = fixture.contacts.page(user, None, 10).await.unwrap()[0].id.clone();
    fixture.contacts.set(user, &id, Some(ContactRule::Ignore), Patch::Keep).await.unwrap().unwrap();
    received(&fixture, &[super::changes::edit("wamid.2", 2, "wamid.1", "more of it")]).await;
    assert_eq!(fixture.words_of(user).await, ["first"]);
}

#[tokio::test]
async fn what_nobody_can_be_named_of_is_a_memory_too() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    let nameless =
        json!({"id": "wamid.1", "from_user_id": "?", "type": "text", "text": {"body": "who am I"}});
    let value = json!({"metadata": metadata(OWN_PHONE, OWN), "messages": [nameless]});
    for _ in 0..2 {
        assert!(fixture.handle(records("messages", &value, 60)).await.is_empty());
    }
    assert_eq!(fixture.words_of(user).await, ["who am I"]);
}

#[tokio::test]
async fn media_that_come_later_leave_what_was_written_meanwhile() {
    let fixture = Fixture::new().await;
    let user = owner(&fixture).await;
    let in_history = |kind: &str, content: Value| {
        let mut message = message("wamid.1", PHONE, 1, kind, content);
        message["history_context"] = json!({"status": "DELIVERED"});
        message
    };
    deliver(&fixture, "history", "messages", &[in_history("media_placeholder", Value::Null)]).await;
    let id = fixture.memories_of(user).await[0].id;
    let write = |memory: Memory| {
        let content = Patch::Set(json!({"text": "My own words"}));
        memory.patched(MemoryPatch { content, ..MemoryPatch::default() }, at(2)).map_err(drop)
    };
    fixture.memories.change(user, id, None, write).await.unwrap();
    let photo = json!({"id": "8800", "mime_type": "image/jpeg", "caption": "The lake"});
    deliver(&fixture, "history", "messages", &[in_history("image", photo)]).await;
    let memory = fixture.memories_of(user).await.remove(0);
    let content = memory.content.unwrap();
    assert_eq!((content.text().as_str(), &content.value()["mediaMissing"]), ("My own words", &Value::Null));
    assert!(memory.media.is_some());
}
