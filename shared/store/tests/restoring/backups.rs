//! What comes back from a backup: what was deleted since does too, and what is newer here is told from what is not.

use app_domain::{Attachments, CategoryPatch, Memory, MemoryTitle, Message, Timestamp, Version};
use app_store::{FileDeletion, FileRestored, Precedence, Restored};

use crate::stage::{QUOTA, Stage, at, category, file, id, memory_titled, message, text};

const BACKUP: i64 = 100;

fn since() -> Precedence {
    Precedence::Since(at(BACKUP))
}

fn titled(memory: &Memory, title: &str, at: Timestamp) -> Memory {
    let title = MemoryTitle::parse(title).ok();
    Memory { title, updated_at: at, version: memory.version.next(), ..memory.clone() }
}

async fn rewritten(stage: &Stage, memory: &Memory, title: &str, now: Timestamp) -> Memory {
    let change = |before: Memory| Ok::<_, ()>(titled(&before, title, now));
    stage.memories.change(stage.owner, memory.id, None, change).await.unwrap()
}

async fn in_trash(stage: &Stage) -> Vec<String> {
    let keys = stage.meter.keys().await;
    keys.into_iter().filter(|key| key.contains("TRASH#") || key.starts_with("DUE#")).collect()
}

#[tokio::test]
async fn a_memory_in_the_trash_comes_back_as_it_was_at_its_version() {
    let stage = Stage::new().await;
    let given = memory_titled("A trip", 0);
    stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
    stage.messages.restore(stage.owner, given.id, &[message(given.id, 1, None)], since()).await.unwrap();
    let before = stage.get(given.id).await;
    stage.memories.trash(stage.owner, given.id, None, at(200)).await.unwrap();
    assert_eq!(stage.memories.take_in(&given, at(201), since()).await.unwrap(), Restored::Updated);
    assert_eq!(stage.get(given.id).await, before);
    assert_eq!(in_trash(&stage).await, Vec::<String>::new());
    assert_eq!(stage.memories.take_in(&given, at(202), since()).await.unwrap(), Restored::Same);
    assert_eq!(stage.memories.total(stage.owner).await.unwrap(), 1);
}

#[tokio::test]
async fn what_was_changed_before_it_was_thrown_away_is_kept_as_a_version() {
    let stage = Stage::new().await;
    let given = memory_titled("A trip", 0);
    stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
    let last = rewritten(&stage, &given, "Spoiled", at(150)).await;
    stage.memories.trash(stage.owner, given.id, None, at(200)).await.unwrap();
    assert_eq!(stage.memories.take_in(&given, at(201), since()).await.unwrap(), Restored::Updated);
    let back = stage.get(given.id).await;
    assert!(back.is_like(&given) && back.version > last.version, "{back:?}");
    let versions = stage.memories.versions(stage.owner, given.id, None, 9).await.unwrap().unwrap();
    assert!(versions.iter().any(|version| version.title == last.title), "{versions:?}");
}

#[tokio::test]
async fn a_memory_in_the_trash_comes_back_without_a_category_that_is_gone() {
    let stage = Stage::new().await;
    let filed = category("Sea");
    stage.categories.restore(&filed, since()).await.unwrap();
    let given = Memory { category: Some(filed.id), ..memory_titled("A trip", 0) };
    stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
    stage.memories.trash(stage.owner, given.id, None, at(200)).await.unwrap();
    let there = stage.categories.get(stage.owner, filed.id).await.unwrap().unwrap();
    stage.categories.delete(stage.owner, filed.id, None, at(201)).await.unwrap();
    assert_eq!(stage.memories.take_in(&given, at(202), since()).await.unwrap(), Restored::Updated);
    assert_eq!(stage.get(given.id).await.category, None);

    // And with it once that has come back, too.
    let back = stage.categories.restore(&there, since()).await.unwrap();
    assert_eq!(back, (filed.id, Restored::Made));
    assert_eq!(stage.memories.take_in(&given, at(203), since()).await.unwrap(), Restored::Updated);
    assert_eq!(stage.get(given.id).await.category, Some(filed.id));
    assert!(stage.memories.has_category(stage.owner, filed.id).await.unwrap());
}

#[tokio::test]
async fn what_is_newer_than_the_backup_stays_unless_it_is_to_be_replaced() {
    let stage = Stage::new().await;
    let given = memory_titled("A trip", 0);
    stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
    // A clock was late: it was changed before the backup, which does not have it.
    rewritten(&stage, &given, "Before", at(BACKUP)).await;
    assert_eq!(stage.memories.take_in(&given, at(200), since()).await.unwrap(), Restored::Updated);
    let after = rewritten(&stage, &given, "After", at(BACKUP + 1)).await;
    assert_eq!(stage.memories.take_in(&given, at(200), since()).await.unwrap(), Restored::Newer);
    assert_eq!(stage.get(given.id).await.title, after.title);
    let replaced = stage.memories.take_in(&given, at(200), Precedence::Given).await.unwrap();
    assert_eq!(replaced, Restored::Updated);
    assert!(stage.get(given.id).await.is_like(&given));
    let versions = stage.memories.versions(stage.owner, given.id, None, 9).await.unwrap().unwrap();
    assert!(versions.iter().any(|version| version.title == after.title), "{versions:?}");
}

#[tokio::test]
async fn what_is_being_removed_for_good_is_told_of_while_it_has_files() {
    let stage = Stage::new().await;
    let given = memory_titled("A trip", 0);
    let with = file(Some(given.id), None, 1);
    stage.memories.take_in(&given, at(1), Precedence::Newer).await.unwrap();
    stage.files.restore(&with, QUOTA).await.unwrap();
    stage.memories.trash(stage.owner, given.id, None, at(2)).await.unwrap();
    assert!(stage.memories.doom(stage.owner, given.id, at(3)).await.unwrap());
    for precedence in [Precedence::Newer, since(), Precedence::Given] {
        let outcome = stage.memories.take_in(&given, at(4), precedence).await.unwrap();
        assert_eq!(outcome, Restored::Going);
    }
    stage.files.remove(stage.owner, with.id, None, at(5)).await.unwrap();
    assert_eq!(stage.memories.take_in(&given, at(6), since()).await.unwrap(), Restored::Made);
    assert_eq!(stage.get(given.id).await.version, given.version);
}

#[tokio::test]
async fn a_deleted_message_that_holds_the_place_of_replies_comes_back_with_its_file() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let with = file(Some(memory), Some(id(1)), 1);
    stage.files.restore(&with, QUOTA).await.unwrap();
    let first = Message { attachments: Attachments::parse(&[with.id]).unwrap(), ..message(memory, 1, None) };
    let given = [first.clone(), message(memory, 2, Some(1))];
    stage.messages.restore(stage.owner, memory, &given, since()).await.unwrap();
    stage.messages.delete(stage.owner, memory, first.id, None, at(200)).await.unwrap();
    let outcomes = stage.messages.restore(stage.owner, memory, &given, Precedence::Newer).await.unwrap();
    assert_eq!(outcomes, [Restored::Newer, Restored::Same], "who deleted it meant it");
    let outcomes = stage.messages.restore(stage.owner, memory, &given, since()).await.unwrap();
    assert_eq!(outcomes, [Restored::Updated, Restored::Same]);
    let back = stage.messages.get(stage.owner, memory, first.id).await.unwrap();
    assert_eq!((&back.content, &back.attachments), (&first.content, &first.attachments));
    assert_eq!(back.reply_count, 1);
    let file = stage.files.get(stage.owner, with.id).await.unwrap().unwrap();
    assert_eq!(file.attached.unwrap().message, Some(first.id));
    let again = stage.messages.restore(stage.owner, memory, &given, since()).await.unwrap();
    assert_eq!(again, [Restored::Same, Restored::Same]);
}

#[tokio::test]
async fn a_message_that_was_edited_after_the_backup_stays() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let given = [message(memory, 1, None)];
    let edited = Message {
        content: Some(text("Said otherwise.")),
        updated_at: at(BACKUP + 1),
        version: Version::from(2),
        ..given[0].clone()
    };
    stage.messages.restore(stage.owner, memory, std::slice::from_ref(&edited), since()).await.unwrap();
    let restore = |precedence| stage.messages.restore(stage.owner, memory, &given, precedence);
    assert_eq!(restore(since()).await.unwrap(), [Restored::Newer]);
    assert_eq!(restore(Precedence::Given).await.unwrap(), [Restored::Updated]);
}

#[tokio::test]
async fn a_category_gets_its_name_back_unless_it_was_renamed_after_the_backup() {
    let stage = Stage::new().await;
    let given = category("Sea");
    stage.categories.restore(&given, since()).await.unwrap();
    let patch =
        CategoryPatch { name: app_domain::CategoryName::parse("Ocean").ok(), ..CategoryPatch::default() };
    stage.categories.patch(stage.owner, given.id, None, &patch, at(BACKUP)).await.unwrap();
    assert_eq!(stage.categories.restore(&given, since()).await.unwrap().1, Restored::Updated);
    stage.categories.patch(stage.owner, given.id, None, &patch, at(BACKUP + 1)).await.unwrap();
    assert_eq!(stage.categories.restore(&given, since()).await.unwrap().1, Restored::Newer);
    assert_eq!(stage.categories.restore(&given, Precedence::Given).await.unwrap().1, Restored::Updated);
}

/// Whoever removes a memory for good may be behind somebody who has brought it back.
#[tokio::test]
async fn files_of_a_memory_that_has_come_back_are_not_removed_with_the_one_before() {
    let stage = Stage::new().await;
    let given = memory_titled("A trip", 0);
    stage.memories.take_in(&given, at(1), since()).await.unwrap();
    let with = file(Some(given.id), None, 1);
    assert_eq!(stage.files.restore(&with, QUOTA).await.unwrap(), FileRestored::Made);
    let bucket = app_store::FileBucket::new("files", || unreachable!("nothing is to be removed"));
    let removal = app_store::FileRemoval::new(stage.files.clone(), bucket);
    assert!(removal.delete_of(stage.owner, given.id, at(2)).await.is_err());
    assert!(stage.files.get(stage.owner, with.id).await.unwrap().is_some());
    assert_eq!(stage.files.remove(stage.owner, with.id, None, at(3)).await.unwrap(), FileDeletion::Done);
}
