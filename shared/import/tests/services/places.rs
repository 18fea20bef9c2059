//! Reading goes on where it was broken off, and what has grown since is what is new.

use app_domain::ImportFormat;
use app_import::{Item, Place};
use serde_json::{Value, json};

use crate::{file, given_from, items, zipped};

fn exports() -> Vec<(Vec<u8>, ImportFormat)> {
    vec![
        (zipped("chatgpt/export"), ImportFormat::Chatgpt),
        (zipped("claude/export"), ImportFormat::Claude),
        (file("librechat/recursive.json"), ImportFormat::Librechat),
        (file("open-webui/chats.json"), ImportFormat::OpenWebui),
        (file("mem0/results.json"), ImportFormat::Mem0),
        (file("khoj/conversations.json"), ImportFormat::Khoj),
    ]
}

#[test]
fn reading_goes_on_behind_any_item() {
    for (bytes, format) in exports() {
        let all = given_from(&bytes, format, Place::default());
        for (index, given) in all.iter().enumerate() {
            let rest: Vec<_> = given_from(&bytes, format, given.next)
                .into_iter()
                .map(|given| (given.item, given.next))
                .collect();
            let expected: Vec<_> =
                all[index + 1..].iter().map(|given| (given.item.clone(), given.next)).collect();
            assert_eq!(rest, expected, "{format:?} behind item {index}");
        }
    }
}

#[test]
fn no_two_things_have_one_key_and_messages_come_behind_what_they_follow() {
    for (bytes, format) in exports() {
        let mut seen = std::collections::HashSet::new();
        for item in items(&bytes, format) {
            match item {
                Item::Memory(memory) => {
                    assert!(seen.insert((memory.key.clone(), String::new())), "{}", memory.key)
                }
                Item::Message(message) => {
                    assert!(seen.contains(&(message.memory.clone(), String::new())), "{}", message.memory);
                    if let Some(follows) = &message.follows {
                        assert!(seen.contains(&(message.memory.clone(), follows.clone())), "{follows}");
                    }
                    assert!(seen.insert((message.memory, message.key)));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_later_export_of_a_chat_that_went_on_has_the_same_keys_and_times() {
    let bytes = file("chatgpt/conversations.json");
    let before = items(&bytes, ImportFormat::Chatgpt);
    let mut export: Value = serde_json::from_slice(&bytes).unwrap();
    let chat = &mut export[0];
    chat["title"] = json!("Names for two cats");
    chat["update_time"] = json!(1_700_000_000.5);
    chat["current_node"] = json!("q2");
    chat["mapping"]["a1"]["children"] = json!(["q2"]);
    chat["mapping"]["q2"] = json!({"id": "q2", "parent": "a1", "children": [], "message":
        {"id": "q2", "author": {"role": "user"}, "create_time": 1_699_999_999.0, "content": {"content_type": "text", "parts": ["One more."]}}});
    let after = items(export.to_string().as_bytes(), ImportFormat::Chatgpt);
    let named = |items: &[Item]| -> Vec<_> {
        let named = items.iter().map(|item| match item {
            Item::Memory(memory) => (memory.key.clone(), memory.created_at),
            Item::Message(message) => (message.key.clone(), message.sent_at),
            other => panic!("{other:?}"),
        });
        named.collect()
    };
    let (mut old, mut new) = (named(&before), named(&after));
    assert_eq!(new.len(), old.len() + 1);
    new.retain(|(key, _)| key != "q2");
    old.sort();
    new.sort();
    assert_eq!(new, old);
}
