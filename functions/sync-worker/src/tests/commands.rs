//! What people ask for, and what their words do beside being saved.

use app_domain::{Category, CategoryDraft, CategoryName};

use super::*;

fn say(phrase: Phrase) -> OutgoingTask {
    OutgoingTask::Say { phrase }
}

#[tokio::test]
async fn questions_and_commands_are_passed_on_once_and_are_no_memories() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let cases = [
        ("?when is Ida's birthday", OutgoingTask::Ask { question: "when is Ida's birthday".to_owned() }),
        ("find oat milk", OutgoingTask::Find { words: "oat milk".to_owned() }),
        ("Recent", OutgoingTask::Recent),
        ("export!", OutgoingTask::Export),
        ("Hilfe", say(Phrase::Help)),
        ("undo", say(Phrase::NothingToUndo)),
    ];
    for (n, (typed, task)) in cases.into_iter().enumerate() {
        let message = [text(&format!("wamid.{n}"), PHONE, n as i64, typed)];
        tokio::join!(fixture.deliver(&message), fixture.deliver(&message));
        fixture.deliver(&message).await;
        let outgoing = fixture.outgoing();
        let [one] = &outgoing[..] else { panic!("{typed}: {outgoing:?}") };
        assert_eq!((&one.task, one.owner), (&task, Some(user)), "{typed}");
        assert_eq!(one.answers, Some(format!("wamid.{n}")));
    }
    assert!(fixture.memories_of(user).await.is_empty());
}

#[tokio::test]
async fn what_is_sent_along_or_passed_on_is_saved_whatever_it_says() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let mut forwarded = text("wamid.1", PHONE, 1, "undo");
    forwarded["context"] = json!({"forwarded": true});
    fixture.deliver(&[forwarded, image("wamid.2", PHONE, 2, "help")]).await;
    assert_eq!(fixture.words_of(user).await, ["help", "undo"]);
    assert_eq!(fixture.said(), [OutgoingTask::Seen, OutgoingTask::Seen]);
}

#[tokio::test]
async fn undo_takes_back_the_last_memory_once() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.1", PHONE, 1, "first"), text("wamid.2", PHONE, 2, "second")]).await;
    fixture.outbound.take();
    let undo = [text("wamid.3", PHONE, 3, "undo")];
    fixture.deliver(&undo).await;
    assert_eq!(fixture.words_of(user).await, ["first"]);
    fixture.deliver(&[text("wamid.4", PHONE, 4, "third")]).await;
    // Delivered late once more, it is not what came meanwhile that is taken back.
    fixture.deliver(&undo).await;
    assert_eq!(fixture.words_of(user).await, ["third", "first"]);
    assert_eq!(fixture.said(), [say(Phrase::Undone), OutgoingTask::Seen]);
}

#[tokio::test]
async fn stop_and_start_are_kept_in_mind_and_do_not_come_back() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let (stop, start) = (text("wamid.1", PHONE, 1, "STOP"), text("wamid.2", PHONE, 2, "start"));
    fixture.deliver(std::slice::from_ref(&stop)).await;
    assert!(fixture.links.of(user).await.unwrap().is_muted);
    fixture.deliver(&[start, stop]).await;
    assert!(!fixture.links.of(user).await.unwrap().is_muted);
    assert_eq!(fixture.said(), [say(Phrase::Stopped), say(Phrase::Started)]);
}

#[tokio::test]
async fn hashtags_are_tags_and_file_where_they_name_a_category() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let draft = CategoryDraft {
        name: CategoryName::parse("Garden").unwrap(),
        description: None,
        icon: None,
        color: None,
        sort_order: None,
    };
    let garden = Category::new(user, draft, &[], at(0));
    fixture.categories.create(&garden).await.unwrap();
    let texts = ["Plant roses #garden #Spring", "Milk #shopping", "plain"];
    for (n, body) in texts.into_iter().enumerate() {
        fixture.deliver(&[text(&format!("wamid.{n}"), PHONE, n as i64, body)]).await;
    }
    let memories = fixture.memories_of(user).await;
    let tags: Vec<Vec<&str>> = memories.iter().map(|memory| memory.tags.iter().collect()).collect();
    assert_eq!(tags, [vec![], vec!["shopping"], vec!["garden", "Spring"]]);
    assert_eq!(memories[2].category, Some(garden.id));
    assert!(memories[0].category.is_some() && memories[0].category != Some(garden.id));
    assert_eq!(memories[1].category, memories[0].category);
    assert_eq!(fixture.words_of(user).await[2], "Plant roses #garden #Spring");
}

#[tokio::test]
async fn what_was_typed_before_the_phone_was_linked_asks_for_nothing() {
    let fixture = Fixture::new().await;
    let user = UserId::new(at(0));
    let long_before =
        queued_at(&[text("wamid.1", PHONE, 1, "stop"), text("wamid.2", PHONE, 2, "export")], 60);
    let code = fixture.offer(user, PHONE, 9000).await;
    let linking = queued_at(&[text("wamid.code", PHONE, 3000, &code)], 3001);
    assert!(fixture.handle_at(linking, at(3001)).await.is_empty());
    // As the inbox gives it back.
    assert!(fixture.handle_at(long_before, at(3002)).await.is_empty());
    assert_eq!(fixture.words_of(user).await, ["export", "stop"]);
    assert!(!fixture.links.of(user).await.unwrap().is_muted);
    assert_eq!(fixture.said(), [say(Phrase::Linked), OutgoingTask::Seen, OutgoingTask::Seen]);
}

#[tokio::test]
async fn undo_that_comes_late_leaves_what_was_sent_after_it() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.1", PHONE, 5, "after"), text("wamid.2", PHONE, 4, "undo")]).await;
    assert_eq!(fixture.words_of(user).await, ["after"]);
    assert_eq!(fixture.said(), [OutgoingTask::Seen, say(Phrase::NothingToUndo)]);
}

#[tokio::test]
async fn the_name_of_a_document_has_no_tags() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let bill = json!({"id": "8800", "caption": "For #taxes", "filename": "bill #march.pdf"});
    fixture.deliver(&[message("wamid.1", PHONE, 1, "document", bill)]).await;
    let memory = fixture.memories_of(user).await.remove(0);
    assert_eq!(memory.tags.iter().collect::<Vec<_>>(), ["taxes"]);
    assert_eq!(memory.content.unwrap().text(), "For #taxes\nbill #march.pdf");
}
