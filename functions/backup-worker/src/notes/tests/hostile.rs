//! Files that are no notes, whatever they are called.

use app_connectors::drives::DriveErrorClass;

use super::*;

#[tokio::test]
async fn what_is_no_note_is_left_where_it_is_with_the_reason() {
    let stage = Stage::new().await;
    stage.drive.by_hand("notes/binary.md", b"\x00\x01\x02");
    stage.drive.by_hand("notes/latin1.md", b"caf\xe9");
    stage.drive.by_hand("notes/zip.md", b"PK\x03\x04 and so on");
    stage.drive.by_hand("notes/empty.md", b"");
    stage.drive.by_hand("notes/blank.txt", b" \n\n ");
    stage.drive.by_hand("notes/huge.md", vec![b'a'; (1 << 20) + 1]);
    stage.drive.by_hand("notes/long.md", vec![b'a'; 100 * 1024]);
    stage.drive.by_hand("notes/good.md", "words");
    let (pulled, _) = stage.synced().await;
    let reason = |name: &str| pulled.skipped[&format!("notes/{name}")].as_str();
    assert_eq!(reason("binary.md"), "It is no text: it has control characters.");
    assert_eq!(reason("latin1.md"), "It is no text in UTF-8.");
    assert_eq!(reason("zip.md"), "It is no text: it has control characters.");
    assert_eq!(reason("huge.md"), "It is larger than 1 MiB.");
    assert_eq!(reason("long.md"), "It is longer than a memory can be (64 KiB).");
    assert_eq!(["empty.md", "blank.txt"].map(reason), ["There is nothing in it."; 2]);
    assert_eq!((pulled.made, pulled.skipped_count), (1, 7));
    // Until it changes nobody looks at it again.
    let (pulled, _) = stage.synced().await;
    assert_eq!(pulled.skipped_count, 0);
}

#[tokio::test]
async fn front_matter_that_is_made_to_do_harm_does_none() {
    let stage = Stage::new().await;
    let mut bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (name, before) in "bcdefghij".chars().zip("abcdefghi".chars()) {
        bomb.push_str(&format!(
            "{name}: &{name} [*{before},*{before},*{before},*{before},*{before},*{before}]\n"
        ));
    }
    stage.drive.by_hand("notes/bomb.md", format!("{bomb}---\nwords"));
    let other = MemoryId::new(at(1));
    stage
        .drive
        .by_hand("notes/stranger.md", format!("---\nid: {other}\nversion: 1\ntitle: Stranger\n---\nwords"));
    stage.drive.by_hand(
        "notes/version.md",
        "---\nid: 7\nversion: -1\ntitle: [a]\ntags: {a: b}\ncreated: 9999999-01-01\n---\nwords",
    );
    let (pulled, _) = stage.synced().await;
    assert_eq!((pulled.made, pulled.skipped_count), (3, 0));
    let all = stage.all().await;
    // An id that is nobody's here makes no memory of that id.
    assert!(all.iter().all(|memory| memory.id != other && memory.owner == stage.owner));
}

#[tokio::test]
async fn an_edit_that_cannot_be_taken_is_not_written_over() {
    let stage = Stage::new().await;
    let memory = stage.memory("Shop", "milk").await;
    stage.synced().await;
    let path = stage.path();
    stage.drive.edit(&path, "milk", &"long ".repeat(20_000));
    let (pulled, _) = stage.synced().await;
    assert_eq!(pulled.skipped.len(), 1);
    stage.say(memory.id, "bread").await;
    let (_, pushed) = stage.synced().await;
    assert_eq!((pushed.written, pushed.skipped_count), (0, 1));
    assert!(stage.drive.text(&path).contains("long long"));
    // Once it is short enough, both are kept.
    stage.drive.by_hand(&path, "---\ntitle: Shop\n---\nbutter");
    stage.synced().await;
    assert_eq!(stage.said().await, ["Shop (from Google Drive, 2026-11-18): butter", "Shop: bread"]);
}

#[tokio::test]
async fn a_title_that_is_as_long_as_can_be_has_room_for_where_its_copy_is_from() {
    let stage = Stage::new().await;
    let memory = stage.memory(&"ü".repeat(255), "milk").await;
    stage.synced().await;
    stage.drive.edit(&stage.path(), "milk", "butter");
    stage.say(memory.id, "bread").await;
    assert_eq!(stage.synced().await.0.copies, 1);
    assert!(
        stage.all().await.iter().any(|memory| title(memory).ends_with("ü (from Google Drive, 2026-11-18)"))
    );
}

#[tokio::test]
async fn a_drive_that_forgets_every_cursor_is_not_gone_through_for_ever() {
    let stage = Stage::on(Played::paged(2)).await;
    for name in ["a", "b", "c"] {
        stage.drive.by_hand(&format!("notes/{name}.md"), name);
    }
    stage.drive.forget_every_cursor();
    stage.steps.set(1_000);
    let ended = stage.pull().await.unwrap_err();
    assert!(matches!(&ended, Failure::Drive(error) if error.class == DriveErrorClass::Reset), "{ended:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_not_read_again_until_it_changes_though_everything_is_compared() {
    let stage = Stage::new().await;
    stage.drive.by_hand("notes/binary.md", b"\x00\x01\x02");
    stage.drive.by_hand("notes/good.md", "words");
    assert_eq!(stage.synced().await.0.skipped_count, 1);
    stage.drive.take_calls();
    stage.drive.forget_cursors();
    stage.synced().await;
    assert_eq!(stage.drive.take_calls(), ["changes", "changes"]);
    stage.drive.by_hand("notes/binary.md", "text");
    assert_eq!(stage.synced().await.0.made, 1);
}

#[tokio::test]
async fn a_file_that_the_drive_does_not_give_or_take_keeps_no_other_and_is_tried_again() {
    let stage = Stage::new().await;
    stage.memory("Refused", "1").await;
    stage.memory("Taken", "2").await;
    stage.drive.by_hand("notes/A Refused.md", "kept back");
    stage.drive.by_hand("notes/B.md", "given");
    stage.drive.refuse(Some("Refused"));
    let (pulled, pushed) = stage.synced().await;
    assert_eq!((pulled.made, pulled.skipped_count), (1, 1));
    assert_eq!((pushed.written, pushed.skipped_count), (1, 1));
    stage.drive.refuse(None);
    let (pulled, pushed) = stage.synced().await;
    assert_eq!((pulled.made, pulled.skipped_count), (1, 0));
    assert_eq!((pushed.written, pushed.skipped_count), (1, 0));
    stage.drive.take_calls();
    stage.synced().await;
    assert_eq!(stage.drive.take_calls(), ["changes"]);
}
