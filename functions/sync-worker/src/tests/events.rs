//! Every real event, and what becomes of it.

use super::contacts::{OWN, owner};
use super::*;

/// What each event leaves behind, whoever it is of: a person who wrote "before" to the shared number, or the owner of a number.
#[tokio::test]
async fn every_event_becomes_what_it_says() {
    let mut report = Vec::new();
    for name in names() {
        let is_of_own_number =
            ["account-", "echoes", "history", "state-"].iter().any(|of| name.starts_with(of));
        let fixture = Fixture::new().await;
        let mut real = event(&format!("sync-worker/{name}"));
        let user = if is_of_own_number {
            let to_own = real.to_string().replace(SHARED, OWN);
            real = serde_json::from_str(&to_own).unwrap();
            owner(&fixture).await
        } else {
            fixture.linked(PHONE).await
        };
        for _ in 0..2 {
            assert_eq!(fixture.handle_at(real.clone(), at(3600)).await, Vec::<String>::new(), "{name}");
        }
        let mut memories = fixture.memories_of(user).await;
        memories.reverse();
        let said: Vec<&str> = fixture.outgoing().iter().map(|outgoing| outgoing.task.name()).collect();
        report.push(format!("{name}: {} fetched, said {said:?}", fixture.media.take().len() / 2));
        report.extend(memories.iter().map(shown));
    }
    insta::assert_snapshot!(report.join("\n"));
}

fn names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/sync-worker");
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.filter(|name| !name.starts_with("types-")).collect();
    names.sort();
    names
}

/// What a person sees of a memory, but for the message as it came.
fn shown(memory: &Memory) -> String {
    let mut content = memory.content.as_ref().unwrap().value().clone();
    let raw = if content.as_object_mut().unwrap().remove("message").is_some() { ", raw kept" } else { "" };
    let media = memory.media.as_ref().map(|media| format!(", {media:?}")).unwrap_or_default();
    format!("  {}{media}{raw}: {content}", memory.title.as_ref().unwrap().as_str())
}

#[tokio::test]
async fn all_of_one_chat_in_two_batches_stand_in_order() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let (first, second) = (event("sync-worker/types-1.json"), event("sync-worker/types-2.json"));
    assert!(fixture.handle(first).await.is_empty() && fixture.handle(second).await.is_empty());
    let mut memories = fixture.memories_of(user).await;
    memories.reverse();
    let kind =
        |memory: &Memory| memory.content.as_ref().unwrap().value()["type"].as_str().unwrap().to_owned();
    let kinds: Vec<String> = memories.iter().map(kind).collect();
    // The button says "Stop", which is a command. What follows the last of them is about messages, or the chat itself.
    let expected = "text image video document audio sticker location contacts interactive interactive interactive \
        order unsupported hologram";
    assert_eq!(kinds.join(" "), expected);
}
