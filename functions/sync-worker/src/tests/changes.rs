//! Reactions, corrections, and what is taken back.

use app_domain::{Content, MemoryPatch, Patch, Privacy, Tags};

use super::*;

pub(super) fn edit(wamid: &str, sent: i64, of: &str, body: &str) -> Value {
    let said = json!({"type": "text", "text": {"body": body}});
    message(wamid, PHONE, sent, "edit", json!({"original_message_id": of, "message": said}))
}

fn reaction(wamid: &str, sent: i64, to: &str, emoji: &str) -> Value {
    message(wamid, PHONE, sent, "reaction", json!({"message_id": to, "emoji": emoji}))
}

fn revoke(wamid: &str, sent: i64, of: &str) -> Value {
    message(wamid, PHONE, sent, "revoke", json!({"original_message_id": of}))
}

#[tokio::test]
async fn a_memory_changes_with_its_message_in_any_order() {
    let messages = [
        text("wamid.1", PHONE, 1, "Buy milk"),
        edit("wamid.2", 2, "wamid.1", "Buy oat milk"),
        edit("wamid.3", 3, "wamid.1", "Buy two oat milks"),
        reaction("wamid.4", 4, "wamid.1", "👍"),
        reaction("wamid.5", 5, "wamid.1", ""),
        reaction("wamid.6", 6, "wamid.1", "🎉"),
    ];
    let orders: [&[usize]; 4] =
        [&[0, 1, 2, 3, 4, 5], &[5, 4, 3, 2, 1, 0], &[2, 0, 1, 5, 3, 4, 0, 2], &[1, 5, 0, 3, 2, 4, 1, 5]];
    for order in orders {
        let fixture = Fixture::new().await;
        let user = fixture.linked(PHONE).await;
        for place in order {
            fixture.deliver(std::slice::from_ref(&messages[*place])).await;
        }
        let content = fixture.content_of(user).await;
        assert_eq!(content["text"], "Buy two oat milks", "{order:?}");
        assert_eq!(content["reactions"], json!({"me": "🎉"}), "{order:?}");
        assert_eq!(content["editedAt"], json!(at(3)), "{order:?}");
    }
}

#[tokio::test]
async fn what_a_memory_said_before_is_a_version_of_it() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture
        .deliver(&[text("wamid.1", PHONE, 1, "Buy milk"), edit("wamid.2", 2, "wamid.1", "Buy oat milk")])
        .await;
    let memory = fixture.memories_of(user).await.remove(0);
    assert_eq!(memory.version.get(), 2);
    let versions = fixture.memories.versions(user, memory.id, None, 10).await.unwrap().unwrap();
    let texts: Vec<String> = versions.iter().map(|one| one.content.as_ref().unwrap().text()).collect();
    assert!(texts.contains(&"Buy milk".to_owned()), "{texts:?}");
}

#[tokio::test]
async fn what_is_taken_back_goes_to_the_trash_once() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    // Taken back before it came.
    fixture.deliver(&[revoke("wamid.2", 2, "wamid.1"), text("wamid.1", PHONE, 1, "oops")]).await;
    assert!(fixture.memories_of(user).await.is_empty());
    let id = fixture.memories.of_message("wamid.1").await.unwrap().unwrap().memory.unwrap();
    // What its owner has brought back stays, however often the news come.
    fixture.memories.restore(user, id).await.unwrap().unwrap();
    fixture.deliver(&[revoke("wamid.2", 2, "wamid.1"), text("wamid.1", PHONE, 1, "oops")]).await;
    assert_eq!(fixture.words_of(user).await, ["oops"]);
}

#[tokio::test]
async fn nobody_changes_the_memories_of_others() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(OTHER_PHONE).await;
    fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.1", OTHER_PHONE, 1, "mine")]).await;
    fixture
        .deliver(&[
            edit("wamid.2", 2, "wamid.1", "yours"),
            reaction("wamid.3", 3, "wamid.1", "👎"),
            revoke("wamid.4", 4, "wamid.1"),
        ])
        .await;
    let content = fixture.content_of(user).await;
    assert_eq!((&content["text"], &content["reactions"]), (&json!("mine"), &Value::Null));
}

#[tokio::test]
async fn a_question_that_is_corrected_is_not_asked_again() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.1", PHONE, 1, "?wen"), edit("wamid.2", 2, "wamid.1", "?when")]).await;
    assert_eq!(fixture.said(), [OutgoingTask::Ask { question: "wen".to_owned() }]);
    assert!(fixture.memories_of(user).await.is_empty());
}

#[tokio::test]
async fn a_reaction_to_what_we_sent_is_none_of_a_memory() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    super::replies::sent_to_chat(&fixture, user, "wamid.OUT1").await;
    fixture.deliver(&[reaction("wamid.1", 4, "wamid.OUT1", "👍")]).await;
    assert!(fixture.pending.of(user, "wamid.OUT1", &user.hashed()).await.unwrap().is_empty());
}

#[tokio::test]
async fn tags_follow_the_words_and_those_of_the_owner_stay() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.1", PHONE, 1, "Milk #shopping #today")]).await;
    let memory = fixture.memories_of(user).await.remove(0);
    let retag = |memory: Memory| {
        let tags = Patch::Set(Tags::parse(&["mine", "shopping", "today"]).unwrap());
        memory.patched(MemoryPatch { tags, ..MemoryPatch::default() }, at(2)).map_err(drop)
    };
    fixture.memories.change(user, memory.id, None, retag).await.unwrap();
    fixture.deliver(&[edit("wamid.2", 3, "wamid.1", "Oat milk #today #groceries")]).await;
    let memory = fixture.memories_of(user).await.remove(0);
    assert_eq!(memory.tags.iter().collect::<Vec<_>>(), ["mine", "today", "groceries"]);
}

#[tokio::test]
async fn of_a_correction_nothing_is_left_of_what_was_said_before() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[image("wamid.1", PHONE, 1, "The lake")]).await;
    assert!(!fixture.content_of(user).await["message"].is_null());
    let without = json!({"type": "image", "image": {"id": "8800", "mime_type": "image/jpeg"}});
    let edit = json!({"original_message_id": "wamid.1", "message": without});
    fixture.deliver(&[message("wamid.2", PHONE, 2, "edit", edit)]).await;
    let content = fixture.content_of(user).await;
    assert_eq!((&content["text"], &content["message"]), (&json!(""), &Value::Null));
    assert_eq!(content["details"], json!({"media": {"contentType": "image/jpeg"}}));
}

#[tokio::test]
async fn a_correction_too_large_for_the_queue_corrects_all_the_same() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let long = "long ".repeat(60_000);
    fixture.deliver(&[text("wamid.1", PHONE, 1, "short"), edit("wamid.2", 2, "wamid.1", &long)]).await;
    let text = fixture.content_of(user).await["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("long long") && text.ends_with('…'));
}

#[tokio::test]
async fn what_its_owner_has_sealed_stays_as_it_is() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.1", PHONE, 1, "secret")]).await;
    let id = fixture.memories_of(user).await[0].id;
    let sealed = json!({"jwe": "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AgICAgICAgICAgIC.AwMDAwMDAwMD.BAQEBAQEBAQEBAQEBAQEBA"});
    let content = Content::parse(sealed.clone()).unwrap();
    let seal = |memory: Memory| {
        let memory = Memory { content: Some(content.clone()), ..memory };
        let patch = MemoryPatch { privacy: Patch::Set(Privacy::Sealed), ..MemoryPatch::default() };
        memory.patched(patch, at(2)).map_err(|invalid| panic!("{invalid}"))
    };
    fixture.memories.change::<()>(user, id, None, seal).await.unwrap();
    fixture.deliver(&[edit("wamid.2", 3, "wamid.1", "plain"), reaction("wamid.3", 4, "wamid.1", "👍")]).await;
    assert_eq!(fixture.content_of(user).await, sealed);
}
