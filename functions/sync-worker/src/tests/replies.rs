//! Messages that answer others.

use app_domain::{
    Attachments, Chat, Content, Limit, MemoryDraft, MemoryId, MemorySource, Message, MessageDelivery,
    MessageDraft, MessageFilter, MessageId, MessageText, MessageType, Metadata, OutgoingKey, PageNumber,
    PageRequest, Recipient, SortOrder,
};

use super::*;

fn reply(wamid: &str, sent: i64, to: &str, body: &str) -> Value {
    let mut message = text(wamid, PHONE, sent, body);
    message["context"] = json!({"from": BUSINESS, "id": to});
    message
}

/// A memory of a person's whose message was sent to the chat.
pub(super) async fn sent_to_chat(fixture: &Fixture, user: UserId, wamid: &str) -> (MemoryId, MessageId) {
    let content = Some(Content::parse(json!("Our plans")).unwrap());
    let draft = MemoryDraft { content, ..MemoryDraft::default() };
    let memory = Memory::new(MemoryId::new(at(1)), user, MemorySource::Web, draft, at(1)).unwrap();
    fixture.memories.create(&memory).await.unwrap();
    let draft = MessageDraft {
        content: MessageText::parse("What about Sunday?").unwrap(),
        message_type: MessageType::Text,
        attachments: Attachments::default(),
        metadata: Metadata::default(),
        parent: None,
        is_ai_generated: false,
        delivery: Some(MessageDelivery::queued(at(2))),
    };
    let message = Message::new(MessageId::new(at(2)), user, memory.id, draft, at(2));
    fixture.messages.create(&message).await.unwrap();
    let outgoing = Outgoing {
        key: OutgoingKey::post(message.id),
        chat: Chat { phone_number_id: SHARED.to_owned(), with: Recipient::Phone(phone(PHONE)) },
        owner: Some(user),
        answers: None,
        asked_at: at(2),
        task: OutgoingTask::Post { memory: memory.id, message: message.id },
    };
    let key = &outgoing.key;
    fixture.sent.begin(&outgoing, at(2)).await.unwrap();
    fixture.sent.compose(key, Some(user), &["What about Sunday?".to_owned()], at(2)).await.unwrap();
    assert!(fixture.sent.sending(key, 0, at(2)).await.unwrap());
    fixture.sent.sent(key, 0, wamid, at(3)).await.unwrap();
    (memory.id, message.id)
}

async fn messages_under(fixture: &Fixture, user: UserId, memory: MemoryId) -> Vec<Message> {
    let request = PageRequest { number: PageNumber::default(), limit: Limit::default(), after: None };
    let filter = MessageFilter::default();
    fixture.messages.page(user, memory, &filter, SortOrder::Ascending, &request).await.unwrap().items
}

#[tokio::test]
async fn an_answer_to_what_we_sent_is_a_message_under_its_memory_and_never_sent_back() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let (memory, _) = sent_to_chat(&fixture, user, "wamid.OUT1").await;
    let answer = [reply("wamid.1", 5, "wamid.OUT1", "Sunday is fine")];
    tokio::join!(fixture.deliver(&answer), fixture.deliver(&answer));
    // Meta delivers it once more, so it arrives at another time.
    assert!(fixture.handle(queued_at(&answer, 90)).await.is_empty());
    let messages = messages_under(&fixture, user, memory).await;
    let [answered] = &messages.iter().filter(|m| m.delivery.is_none()).collect::<Vec<_>>()[..] else {
        panic!("one answer")
    };
    assert_eq!(answered.content.as_ref().unwrap().as_str(), "Sunday is fine");
    assert_eq!(json!(answered.metadata), json!({"source": "whatsapp", "whatsappId": "wamid.1"}));
    assert_eq!(answered.created_at, at(5));
    assert_eq!(fixture.memories_of(user).await.len(), 1);
    assert_eq!(fixture.said(), [OutgoingTask::Seen]);
}

#[tokio::test]
async fn an_answer_with_media_or_to_a_memory_that_is_gone_is_a_memory() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let (memory, _) = sent_to_chat(&fixture, user, "wamid.OUT1").await;
    let mut photo = image("wamid.1", PHONE, 5, "Like this");
    photo["context"] = json!({"from": BUSINESS, "id": "wamid.OUT1"});
    fixture.deliver(&[photo]).await;
    fixture.memories.trash(user, memory, None, at(60)).await.unwrap();
    let content = fixture.content_of(user).await;
    assert_eq!(content["replyTo"], json!({"whatsappId": "wamid.OUT1", "memoryId": memory}));
    fixture.deliver(&[reply("wamid.2", 6, "wamid.OUT1", "too late")]).await;
    assert_eq!(fixture.words_of(user).await, ["too late", "Like this"]);
}

#[tokio::test]
async fn an_answer_to_ones_own_message_names_the_memory() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.1", PHONE, 1, "first")]).await;
    let first = fixture.memories_of(user).await[0].id;
    let others = fixture.linked(OTHER_PHONE).await;
    let messages = [reply("wamid.2", 2, "wamid.1", "second"), reply("wamid.3", 3, "wamid.unknown", "third")];
    fixture.deliver(&messages).await;
    let memories = fixture.memories_of(user).await;
    let reply_to = |n: usize| memories[n].content.as_ref().unwrap().value()["replyTo"].clone();
    assert_eq!(reply_to(1), json!({"whatsappId": "wamid.1", "memoryId": first}));
    assert_eq!(reply_to(0), json!({"whatsappId": "wamid.unknown"}));
    // Somebody else's memory is not named.
    let mut foreign = text("wamid.4", OTHER_PHONE, 4, "what was that?");
    foreign["context"] = json!({"from": BUSINESS, "id": "wamid.1"});
    fixture.deliver(&[foreign]).await;
    assert_eq!(fixture.content_of(others).await["replyTo"], json!({"whatsappId": "wamid.1"}));
}
