//! Exports as nobody makes them by accident.

use app_domain::ImportFormat;
use app_import::Item;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{detected, file, items};

const SERVICES: [(&str, ImportFormat); 11] = [
    ("chatgpt/conversations.json", ImportFormat::Chatgpt),
    ("chatgpt/export/conversations-000.json", ImportFormat::Chatgpt),
    ("chatgpt/export/conversations-001.json", ImportFormat::Chatgpt),
    ("claude/export/conversations.json", ImportFormat::Claude),
    ("claude/export/projects.json", ImportFormat::Claude),
    ("claude/export/memories.json", ImportFormat::Claude),
    ("librechat/branches.json", ImportFormat::Librechat),
    ("librechat/recursive.json", ImportFormat::Librechat),
    ("open-webui/chats.json", ImportFormat::OpenWebui),
    ("mem0/results.json", ImportFormat::Mem0),
    ("khoj/conversations.json", ImportFormat::Khoj),
];

fn messages(items: &[Item]) -> usize {
    items.iter().filter(|item| matches!(item, Item::Message(_))).count()
}

fn troubles(items: &[Item]) -> Vec<&str> {
    let found = items.iter().filter_map(|item| match item {
        Item::Trouble(trouble) => Some(trouble.key.as_str()),
        _ => None,
    });
    found.collect()
}

/// A chain of messages, the last first, in the form of each service.
fn chains(length: usize) -> Vec<(String, ImportFormat)> {
    let each = |form: &dyn Fn(usize, Value) -> (String, Value)| -> Vec<(String, Value)> {
        (0..length)
            .rev()
            .map(|n| form(n, if n == 0 { Value::Null } else { json!(format!("m{}", n - 1)) }))
            .collect()
    };
    let object = |members: Vec<(String, Value)>| Value::Object(members.into_iter().collect());
    let list =
        |members: Vec<(String, Value)>| Value::Array(members.into_iter().map(|(_, value)| value).collect());
    let mapping = each(&|n, parent| {
        let message = json!({"author": {"role": "user"}, "create_time": 1.7e9, "content": {"content_type": "text", "parts": ["x"]}});
        (format!("m{n}"), json!({"id": format!("m{n}"), "parent": parent, "message": message}))
    });
    let claude = each(&|n, parent| {
        (
            String::new(),
            json!({"uuid": format!("m{n}"), "parent_message_uuid": parent, "sender": "human", "text": "x", "created_at": "2025-01-01T00:00:00Z"}),
        )
    });
    let librechat = each(&|n, parent| {
        (
            String::new(),
            json!({"messageId": format!("m{n}"), "parentMessageId": parent, "isCreatedByUser": true, "text": "x"}),
        )
    });
    let webui = each(&|n, parent| {
        (
            format!("m{n}"),
            json!({"parentId": parent, "role": "user", "content": "x", "timestamp": 1_700_000_000}),
        )
    });
    let nested = format!(
        "{}[]{}",
        r#"[{"messageId": "m", "text": "x", "isCreatedByUser": false, "children": "#.repeat(length),
        "}]".repeat(length)
    );
    vec![
        (json!([{"id": "c", "mapping": object(mapping)}]).to_string(), ImportFormat::Chatgpt),
        (json!([{"uuid": "c", "chat_messages": list(claude)}]).to_string(), ImportFormat::Claude),
        (json!({"conversationId": "c", "messages": list(librechat)}).to_string(), ImportFormat::Librechat),
        (format!(r#"{{"conversationId": "c", "messagesTree": {nested}}}"#), ImportFormat::Librechat),
        (
            json!([{"id": "c", "chat": {"history": {"messages": object(webui)}}}]).to_string(),
            ImportFormat::OpenWebui,
        ),
    ]
}

#[test]
fn a_chain_of_a_hundred_thousand_messages_comes_in_order() {
    for (export, format) in chains(100_000) {
        let items = items(export.as_bytes(), format);
        assert_eq!((messages(&items), items.len()), (100_000, 100_001), "{format:?}");
        let times = items.iter().filter_map(|item| match item {
            Item::Message(message) => Some(message.sent_at),
            _ => None,
        });
        assert!(times.is_sorted_by(|before, after| before < after || after.is_none()), "{format:?}");
    }
}

#[test]
fn an_element_that_is_broken_does_not_take_the_others() {
    let good = r#"{"id": "c", "title": "Kept", "mapping": {"m": {"message": {"author": {"role": "user"}, "content": {"parts": ["x"]}}}}}"#;
    let export =
        format!(r#"[{good}, {{"id": "broken", "mapping": {{"a" 1}}}}, 5, "text", null, [], {good}]"#);
    let items = items(export.as_bytes(), ImportFormat::Chatgpt);
    assert_eq!(messages(&items), 2);
    assert_eq!(troubles(&items).len(), 5, "{:?}", troubles(&items));
}

#[test]
fn what_ends_in_the_middle_has_what_came_before() {
    let whole = file("claude/export/conversations.json");
    let items = items(&whole[..whole.len() - 200], ImportFormat::Claude);
    assert!(messages(&items) >= 7);
    assert!(!troubles(&items).is_empty());
}

#[test]
fn half_characters_and_wrong_bytes_cost_nothing_else() {
    let mut export = br#"[{"uuid": "c", "name": "A \ud83d", "chat_messages": [{"uuid": "m", "sender": "human", "text": "\udc00 x "#.to_vec();
    export.extend(b"\xff\xfe y\"}]}]");
    let items = items(&export, ImportFormat::Claude);
    let Item::Message(message) = &items[1] else { panic!("{items:?}") };
    assert!(message.text.starts_with("\u{fffd} x ") && message.text.ends_with(" y"), "{:?}", message.text);
}

#[test]
fn messages_that_are_called_the_same_are_all_there() {
    let export = r#"[{"uuid": "c", "chat_messages": [
        {"uuid": "m", "sender": "human", "text": "one", "parent_message_uuid": null},
        {"uuid": "m", "sender": "human", "text": "two", "parent_message_uuid": "m"},
        {"uuid": "m", "sender": "human", "text": "three", "parent_message_uuid": "m"}]}]"#;
    let items = items(export.as_bytes(), ImportFormat::Claude);
    let keys: std::collections::BTreeSet<_> = items
        .iter()
        .filter_map(|item| match item {
            Item::Message(message) => Some(message.key.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["m", "m#2", "m#3"]);
}

#[test]
fn a_file_of_nothing_is_nothing() {
    for (_, format) in SERVICES {
        for nothing in ["[]", "{}", "[{}]", "[null]", "null", "", "[[]]", "7", "[", "{"] {
            assert!(messages(&items(nothing.as_bytes(), format)) == 0, "{format:?} {nothing}");
        }
    }
}

#[test]
fn a_name_of_a_file_leads_nowhere() {
    let export = r#"[{"id": "c", "mapping": {"m": {"message": {"author": {"role": "user"}, "content": {"parts": ["x"]},
        "metadata": {"attachments": [{"id": "../../etc/passwd", "name": "../../x.sh"}, {"id": "file-1", "name": "C:\\y.exe"}]}}}}}]"#;
    let items = items(export.as_bytes(), ImportFormat::Chatgpt);
    let Item::Message(message) = &items[1] else { panic!("{items:?}") };
    let names: Vec<_> =
        message.attachments.iter().map(|file| (file.name.as_str(), file.path.as_deref())).collect();
    assert_eq!(names, [("x.sh", None), ("y.exe", None)]);
}

/// Puts something else at one place of a value.
fn put(value: &mut Value, mut place: usize, other: &Value) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        if place == 0 {
            *value = other.clone();
            return;
        }
        place -= 1;
        match value {
            Value::Array(elements) => open.extend(elements.iter_mut()),
            Value::Object(members) => open.extend(members.values_mut()),
            _ => {}
        }
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

fn others() -> [Value; 12] {
    [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e308),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}\u{feff}\u{e200}"),
        json!("a1"),
        json!([]),
        json!([[{"parts": {}}], 7]),
        json!({}),
        json!({"id": {"id": []}, "text": 5, "parent": "a1", "children": ["a1"]}),
    ]
}

#[test]
fn anything_at_any_place_fails_no_more_than_what_it_is_in() {
    for (name, format) in SERVICES {
        let export: Value = serde_json::from_slice(&file(name)).unwrap();
        let before = items(export.to_string().as_bytes(), format).len();
        let places = count(&export);
        for place in 1..places {
            let other = &others()[place % 12];
            let mut changed = export.clone();
            put(&mut changed, place, other);
            let after = items(changed.to_string().as_bytes(), format);
            assert!(before == 0 || !after.is_empty() || places < 40 || place < 3, "{name} {place} {other}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn many_wrong_things_at_once_do_no_harm(service in 0..SERVICES.len(), changes in proptest::collection::vec((any::<u16>(), 0..12_usize), 1..12)) {
        let (name, format) = SERVICES[service];
        let mut export: Value = serde_json::from_slice(&file(name)).unwrap();
        for (place, other) in changes {
            let places = count(&export);
            put(&mut export, usize::from(place) % places, &others()[other]);
        }
        let bytes = export.to_string();
        let first = items(bytes.as_bytes(), format);
        prop_assert_eq!(first, items(bytes.as_bytes(), format));
    }

    #[test]
    fn any_bytes_do_no_harm(service in 0..SERVICES.len(), cut in any::<u32>(), flips in proptest::collection::vec((any::<u32>(), any::<u8>()), 0..20)) {
        let (name, format) = SERVICES[service];
        let mut bytes = file(name);
        for (at, byte) in flips {
            let at = at as usize % bytes.len();
            bytes[at] = byte;
        }
        bytes.truncate(cut as usize % (2 * bytes.len()));
        let _ = detected(&bytes);
        items(&bytes, format);
    }
}
