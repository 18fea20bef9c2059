//! What is written of conversations, as it is sent to the table.

use app_domain::{Cited, Conversation, ConversationTitle, MemoryId, RunningSummary, TurnAnswer, UserId};
use app_store::Conversations;
use app_testing::vault;
use data_encoding::BASE64;
use serde_json::Value;

use crate::stage::{at, proposing, question};
use crate::support::noting;

/// Every text and every binary value in a request.
fn collect(value: &Value, into: &mut Vec<Vec<u8>>) {
    match value {
        Value::String(text) => {
            into.extend(BASE64.decode(text.as_bytes()).ok());
            into.push(text.clone().into_bytes());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Object(members) => members.values().for_each(|member| collect(member, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[tokio::test]
async fn nothing_that_is_said_is_written_in_the_clear() {
    let (table, asked) = noting();
    let conversations = Conversations::new(table, vault(&app_testing::table().await));
    let title = ConversationTitle::parse("secret title").unwrap();
    let conversation = Conversation::new(UserId::new(at(0)), title, None, at(0));
    let summary = RunningSummary { text: "secret summary".to_owned(), up_to: app_domain::TurnId::new(at(0)) };
    let conversation = Conversation { summary: Some(summary.clone()), ..conversation };
    let (owner, id) = (conversation.owner, conversation.id);
    let first = question(&conversation, None, "secret question", at(0));
    let cited = Cited {
        memory: MemoryId::new(at(0)),
        title: "secret memory".to_owned(),
        quote: "secret quote".to_owned(),
    };
    let mut answer = TurnAnswer { citations: vec![cited], ..proposing("secret answer", 1) };
    answer.actions[0].arguments = serde_json::json!({"title": "secret argument"});
    answer.suggestions = vec!["secret suggestion".to_owned()];
    let settled = first.answered(at(0)).settled(answer);

    conversations.begin(&conversation, &first, &settled).await.unwrap();
    conversations.settle(&settled).await.unwrap();
    conversations.ask(owner, id, None, &settled, at(0)).await.unwrap();
    conversations.note_summary(owner, id, &summary, None).await.unwrap();
    let renamed = ConversationTitle::parse("another secret title").unwrap();
    // What this table answers is no conversation.
    conversations.rename(owner, id, &renamed, at(0)).await.unwrap_err();

    let requests = asked.take();
    assert_eq!(requests.len(), 5);
    let mut values = Vec::new();
    requests.iter().for_each(|(_, body)| collect(body, &mut values));
    assert!(values.iter().any(|value| value.len() > 200), "what is sealed is there");
    for value in values {
        let text = String::from_utf8_lossy(&value).to_lowercase();
        assert!(!text.contains("secret"), "{text}");
    }
}
