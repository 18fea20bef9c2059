use super::*;

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
}

fn bringing() -> Bringing {
    Bringing { owner: UserId::new(at(0)), format: ImportFormat::Chatgpt, at: at(1_000_000) }
}

fn titled(title: &str) -> NewMemory {
    NewMemory { key: "conversation/1".to_owned(), title: Some(title.to_owned()), ..NewMemory::default() }
}

#[test]
fn the_same_thing_is_the_same_memory_whenever_it_is_brought_in() {
    let new = NewMemory { created_at: Some(at(0)), ..titled("Trip") };
    let (one, later) = (bringing(), Bringing { at: at(2_000_000), ..bringing() });
    let made = one.memory(&new).unwrap();
    assert_eq!(made.memory.id, later.memory(&NewMemory { title: None, ..new.clone() }).unwrap().memory.id);
    let other = NewMemory { key: "conversation/2".to_owned(), ..new.clone() };
    assert_ne!(made.memory.id, one.memory(&other).unwrap().memory.id);
    let elsewhere = Bringing { format: ImportFormat::Claude, ..one };
    assert_ne!(made.memory.id, elsewhere.memory(&new).unwrap().memory.id);
    assert_eq!(made.memory.provenance.origin.as_deref(), Some("chatgpt:conversation/1"));
    assert_eq!((made.memory.source, made.memory.created_at), (MemorySource::Import, at(0)));
    assert_eq!((made.memory.id.as_uuid().as_u128() >> 80) as i64, at(0).as_millis());
}

#[test]
fn a_change_in_the_future_is_none() {
    let far = Timestamp::from_millis(250_000_000_000_000);
    let new = NewMemory { created_at: Some(at(0)), updated_at: far, ..titled("Trip") };
    assert_eq!(bringing().memory(&new).unwrap().memory.updated_at, at(1_000_000));
    let before = NewMemory { updated_at: Some(at(-1)), ..new };
    assert_eq!(bringing().memory(&before).unwrap().memory.updated_at, at(0));
    let undated = bringing().memory(&titled("Trip")).unwrap();
    assert_eq!((undated.is_dated, undated.memory.created_at), (false, at(1_000_000)));
}

#[test]
fn what_is_too_long_or_too_much_is_kept_beside_it() {
    let new = NewMemory {
        title: Some("long ".repeat(100)),
        description: Some("d".repeat(2000)),
        text: Some("words\u{0} of it".to_owned()),
        tags: (0..12).map(|n| format!("tag {n}\n")).chain(["TAG 1".to_owned(), "x".repeat(900)]).collect(),
        category: Some(" Work\n".to_owned()),
        ..titled("")
    };
    let made = bringing().memory(&new).unwrap();
    let memory = made.memory;
    assert_eq!(memory.title.unwrap().as_str().chars().count(), 255);
    assert!(memory.metadata.members()["title"].as_str().unwrap().starts_with("long long"));
    assert_eq!(memory.description, None);
    let text = memory.content.unwrap().text();
    assert!(text.starts_with("dddd") && text.ends_with("\n\nwords of it"), "{text}");
    // A tag that is too long is cut to one.
    assert_eq!(memory.tags.iter().count(), 10);
    assert_eq!(memory.metadata.members()["tags"].as_array().unwrap().len(), 3);
    assert_eq!(made.category.unwrap().as_str(), "Work");
}

#[test]
fn a_text_that_is_too_long_goes_on_in_messages() {
    let text = (0..40_000).map(|n| format!("word{n} ")).collect::<String>();
    let new = NewMemory { text: Some(text.clone()), created_at: Some(at(0)), ..titled("Novel") };
    let made = bringing().memory(&new).unwrap();
    assert!(made.rest.len() > 20 && made.rest.is_sorted_by_key(|message| message.id));
    let mut whole = made.memory.content.unwrap().text();
    for message in &made.rest {
        assert_eq!(message.memory, made.memory.id);
        whole.push(' ');
        whole.push_str(message.content.as_ref().unwrap().as_str());
    }
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert!(words(&whole) == words(&text));
    assert_eq!(made.rest[0].metadata.members()["part"], 2);
    assert_eq!(made.rest[0].metadata.members()["parts"], made.rest.len() + 1);
}

#[test]
fn any_json_is_kept_as_it_is_or_as_text() {
    let value = json!({"rows": [1, 2], "name": "x"});
    let with = |value: Value, text: Option<&str>| {
        let text = text.map(str::to_owned);
        let made = bringing().memory(&NewMemory { content: Some(value), text, ..titled("Any") }).unwrap();
        (made.memory.content.unwrap().value().clone(), made.rest.len())
    };
    assert_eq!(with(value.clone(), None), (value.clone(), 0));
    assert_eq!(with(value.clone(), Some("said")), (json!({"text": "said", "data": value}), 0));
    let (large, rest) = with(json!(vec!["x".repeat(1000); 100]), None);
    assert!(large["text"].as_str().unwrap().trim_start().starts_with("[\"xxx") && rest > 2);
    let deep = (0..120).fold(json!(1), |inner, _| json!([inner]));
    assert!(with(deep, None).0["text"].is_string());
}

#[test]
fn something_without_words_has_a_name() {
    let new = NewMemory { title: Some("\u{0}".to_owned()), text: Some(" \n".to_owned()), ..titled("") };
    assert_eq!(bringing().memory(&new).unwrap().memory.title.unwrap().as_str(), "Untitled");
}
