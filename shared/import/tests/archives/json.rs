//! JSON of whatever kind.

use std::collections::BTreeMap;

use app_domain::ImportFormat;
use app_import::Options;
use serde_json::json;

use crate::support::{detected, items, memories, said, with, zip};

#[test]
fn members_are_known_by_their_names() {
    let json = json!([{
        "_id": "7", "Title": "A walk", "body": "Along the river.", "folder": {"name": "Walks"}, "labels": ["river", {"name": "north"}],
        "date": "2024-03-05 10:00", "last_modified": 1_709_640_000, "starred": true, "mood": "good",
    }]);
    let bytes = serde_json::to_vec(&json).unwrap();
    assert_eq!(detected(&bytes).unwrap(), ImportFormat::Json);
    let items = items(&bytes, ImportFormat::Json);
    let memory = memories(&items)[0];
    assert_eq!(memory.key, "id/7");
    assert_eq!(memory.title.as_deref(), Some("A walk"));
    assert_eq!(memory.text.as_deref(), Some("Along the river."));
    assert_eq!(memory.category.as_deref(), Some("Walks"));
    assert_eq!(memory.tags, ["river", "north"]);
    assert_eq!(memory.created_at.unwrap().to_string(), "2024-03-05T10:00:00.000Z");
    assert_eq!(memory.updated_at.unwrap().to_string(), "2024-03-05T12:00:00.000Z");
    assert!(memory.is_favorite);
    assert_eq!(serde_json::Value::from(memory.metadata.clone()), json!({"mood": "good"}));
}

#[test]
fn a_mapping_says_what_is_what_also_inside_of_members() {
    let bytes =
        serde_json::to_vec(&json!([{"a": "One", "b": {"c": {"d": "Two", "e": 3}}, "title": "no"}])).unwrap();
    let mapping = [("title", "a"), ("content", "b.c.d")].map(|(of, name)| (of.to_owned(), name.to_owned()));
    let options = Options { mapping: BTreeMap::from(mapping), ..Options::default() };
    let items = with(&bytes, ImportFormat::Json, &options);
    let memory = memories(&items)[0];
    assert_eq!((memory.title.as_deref(), memory.text.as_deref()), (Some("One"), Some("Two")));
    assert_eq!(
        serde_json::Value::from(memory.metadata.clone()),
        json!({"b": {"c": {"e": 3}}, "title": "no"})
    );
}

#[test]
fn every_form_of_json_is_read() {
    for (json, count) in [
        (r#"{"text":"a"}"#, 1),
        ("{\"text\":\"a\"}\n{\"text\":\"b\"}\n", 2),
        ("{\"text\":\"a\"}\r\n\r\n{\"text\":\"b\"}", 2),
        (r#"["a","b","c"]"#, 3),
        (r#"{"notes":[{"text":"a"},{"text":"b"}],"trash":[{"text":"c"}]}"#, 3),
        (r#"{"title":"a","content":"b","comments":[{"text":"c"}]}"#, 1),
        (r#"{"title":"a","tags":["b"]}"#, 1),
        ("[]", 0),
    ] {
        assert_eq!(detected(json.as_bytes()).unwrap(), ImportFormat::Json, "{json}");
        assert_eq!(memories(&items(json.as_bytes(), ImportFormat::Json)).len(), count, "{json}");
    }
    let bytes =
        zip(&[("a.json", br#"[{"text":"a"}]"#), ("b.jsonl", b"{\"text\":\"b\"}\n{\"text\":\"c\"}\n")]);
    assert_eq!(memories(&items(&bytes, ImportFormat::Json)).len(), 3);
}

#[test]
fn what_is_nothing_is_said() {
    let items = items(
        br#"[{}, null, 7, {"text": " "}, "", {"id": "1", "date": "2024-01-01"}, [1]]"#,
        ImportFormat::Json,
    );
    assert!(memories(&items).is_empty());
    assert_eq!(said(&items).len(), 7);
}

#[test]
fn no_two_things_have_one_key_and_the_same_thing_has_the_same() {
    let read = items(br#"[{"id":1,"text":"a"},{"id":1,"text":"b"},{"id":1,"text":"a"},{"text":"a"},{"text":"b"},{"text":"a"}]"#, ImportFormat::Json);
    let keys: Vec<&str> = memories(&read).iter().map(|memory| memory.key.as_str()).collect();
    assert_eq!(keys[0], "id/1");
    assert!(keys[1].starts_with("id/1#"));
    assert_eq!(keys[2], keys[0]);
    assert_eq!(keys[5], keys[3]);
    assert_ne!(keys[4], keys[3]);
}
