//! What somebody does on the drive.

use super::*;

#[tokio::test]
async fn an_edit_becomes_a_new_version_with_what_was_changed_alone() {
    let stage = Stage::new().await;
    let memory = stage.memory("Shop", "Buy <b>milk</b>\n\nand bread").await;
    let tags = MemoryPatch { tags: Patch::Set(tagged(&["home"])), ..MemoryPatch::default() };
    let memory = stage.patch(memory.id, tags).await;
    stage.synced().await;
    let path = stage.path();
    stage.drive.edit(&path, "and bread", "and <i>butter</i>");
    stage.drive.edit(&path, "- home", "- home\n- food");
    let (report, pushed) = stage.synced().await;
    assert_eq!((report.changed, report.copies, report.made, pushed.written), (1, 0, 0, 0));
    let now = stage.now(memory.id).await;
    assert_eq!(text(&now), "Buy <b>milk</b>\n\nand <i>butter</i>");
    assert_eq!((title(&now), &now.tags), ("Shop", &tagged(&["home", "food"])));
    assert_eq!(now.version, memory.version.next());
    let versions = stage.memories.versions(stage.owner, memory.id, None, 1).await.unwrap().unwrap();
    assert_eq!(text(&versions[0]), text(&memory));
}

#[tokio::test]
async fn what_was_changed_on_both_sides_is_kept_as_two_memories() {
    let stage = Stage::new().await;
    let memory = stage.memory("Shop", "milk").await;
    stage.synced().await;
    let path = stage.path();
    stage.drive.edit(&path, "\nmilk\n", "\nbutter\n");
    stage.say(memory.id, "bread").await;
    let (pulled, pushed) = stage.synced().await;
    assert_eq!((pulled.changed, pulled.copies, pushed.written), (0, 1, 1));
    assert_eq!(stage.said().await, ["Shop (from Google Drive, 2026-11-18): butter", "Shop: bread"]);
    assert!(stage.drive.text(&path).ends_with("\nbread\n"));
    let copy = stage.all().await.into_iter().find(|one| one.id != memory.id).unwrap();
    assert_eq!(copy.provenance.origin, Some(format!("google-drive:{path}")));
    // And it is over.
    stage.drive.edit(&path, "\nbread\n", "\ncheese\n");
    assert_eq!(stage.synced().await.0.changed, 1);
    assert_eq!(stage.all().await.len(), 2);
}

#[tokio::test]
async fn a_change_of_the_memory_that_a_note_does_not_show_is_no_conflict() {
    let stage = Stage::new().await;
    let memory = stage.memory("Shop", "milk").await;
    stage.synced().await;
    let metadata = json!({"seen": true}).as_object().unwrap().clone();
    stage.patch(memory.id, MemoryPatch { metadata: Patch::Set(metadata), ..MemoryPatch::default() }).await;
    stage.drive.edit(&stage.path(), "milk", "butter");
    let (pulled, _) = stage.synced().await;
    assert_eq!((pulled.changed, pulled.copies), (1, 0));
    assert_eq!(stage.now(memory.id).await.metadata.members().len(), 1);
}

#[tokio::test]
async fn files_that_are_added_become_memories_and_are_followed() {
    let stage = Stage::new().await;
    stage.drive.by_hand("notes/ideas/Boat.md", "---\ntags: [sea]\nmood: calm\n---\nBuild a boat.\n");
    stage.drive.by_hand("notes/List.TXT", "---\nnot front matter\n");
    stage.drive.by_hand("backups/set/x.json", "{}");
    stage.drive.by_hand("notes/picture.png", "x");
    stage.drive.by_hand("notes/.obsidian/x.md", "x");
    let (pulled, pushed) = stage.synced().await;
    assert_eq!((pulled.made, pulled.skipped_count, pushed.written), (2, 0, 0));
    assert_eq!(stage.said().await, ["Boat: Build a boat.", "List: ---\nnot front matter"]);
    let boat = stage.all().await.into_iter().find(|memory| title(memory) == "Boat").unwrap();
    assert_eq!((boat.source, &boat.tags), (MemorySource::Import, &tagged(&["sea"])));

    stage.drive.edit("notes/ideas/Boat.md", "a boat", "two boats");
    stage.drive.edit("notes/List.TXT", "not", "still not");
    assert_eq!(stage.synced().await.0.changed, 2);
    assert_eq!(text(&stage.now(boat.id).await), "Build two boats.");

    // What changes here is written into the person's own file, which keeps what they wrote in front.
    stage.say(boat.id, "No boat.").await;
    assert_eq!(stage.synced().await.1.written, 1);
    let note = stage.drive.text("notes/ideas/Boat.md");
    assert!(note.contains("mood: calm\n") && note.ends_with("\nNo boat.\n"), "{note}");
    assert!(stage.drive.text("notes/List.TXT").starts_with("---\nstill not"));
    // Not even what is no favourite any more is removed: it is not ours.
    assert_eq!(stage.drive.paths().len(), 5);
}

#[tokio::test]
async fn what_is_removed_there_stays_here_and_comes_back_when_it_changes() {
    let stage = Stage::new().await;
    let memory = stage.memory("Shop", "milk").await;
    stage.synced().await;
    let path = stage.path();
    stage.drive.remove_by_hand(&path);
    assert_eq!(stage.synced().await.1.written, 0);
    assert_eq!((stage.all().await.len(), stage.drive.paths().len()), (1, 0));
    stage.say(memory.id, "bread").await;
    assert_eq!(stage.synced().await.1.written, 1);
    assert_eq!(stage.path(), path);
    stage.drive.edit(&path, "bread", "butter");
    stage.synced().await;
    assert_eq!(stage.said().await, ["Shop: butter"]);
}

#[tokio::test]
async fn a_note_that_is_moved_is_the_same_note() {
    let stage = Stage::new().await;
    let memory = stage.memory("Shop", "milk").await;
    stage.synced().await;
    stage.drive.move_by_hand(&stage.path(), "notes/home/shop.md");
    stage.synced().await;
    stage.say(memory.id, "bread").await;
    assert_eq!(stage.synced().await.1.written, 1);
    assert!(stage.drive.text(&stage.path()).ends_with("\nbread\n"));
    assert_eq!(stage.path(), "notes/home/shop.md");
    // Out of the folder it is gone.
    stage.drive.move_by_hand("notes/home/shop.md", "shop.md");
    assert_eq!(stage.synced().await.1.written, 0);
    assert_eq!(stage.said().await, ["Shop: bread"]);
}

#[tokio::test]
async fn a_copy_of_a_note_is_another_memory() {
    let stage = Stage::new().await;
    stage.memory("Shop", "milk").await;
    stage.synced().await;
    let note = stage.drive.text(&stage.path());
    stage.drive.by_hand("notes/copy.md", note.replace("milk", "butter"));
    assert_eq!(stage.synced().await.0.made, 1);
    assert_eq!(stage.said().await, ["Shop: butter", "Shop: milk"]);
}

#[tokio::test]
async fn a_note_of_a_memory_that_is_gone_becomes_one_when_it_is_edited() {
    let stage = Stage::new().await;
    let memory = stage.memory("Shop", "milk").await;
    stage.synced().await;
    let path = stage.path();
    stage.memories.trash(stage.owner, memory.id, None, at(60_000)).await.unwrap();
    stage.drive.edit(&path, "milk", "butter");
    let (pulled, _) = stage.synced().await;
    assert_eq!(pulled.made, 1);
    assert_eq!(stage.said().await, ["Shop: butter"]);
    assert_eq!(stage.drive.paths(), [path]);
}

#[tokio::test]
async fn what_is_no_text_is_edited_as_json() {
    let stage = Stage::new().await;
    let content = Some(Content::parse(json!({"list": [1, 2]})).unwrap());
    let memory = stage.draft(MemoryDraft { content, ..titled("Data") }).await;
    stage.synced().await;
    stage.drive.edit(&stage.path(), "1,", "7,");
    assert_eq!(stage.synced().await.0.changed, 1);
    assert_eq!(value(&stage.now(memory.id).await), json!({"list": [7, 2]}));
    stage.drive.edit(&stage.path(), "7,", "seven,");
    assert_eq!(stage.synced().await.0.skipped_count, 1);
    assert_eq!(value(&stage.now(memory.id).await), json!({"list": [7, 2]}));
}

#[tokio::test]
async fn other_members_beside_the_words_stay() {
    let stage = Stage::new().await;
    let content = Some(Content::parse(json!({"text": "```\nopen <b>", "mood": "calm"})).unwrap());
    let memory = stage.draft(MemoryDraft { content, ..titled("Data") }).await;
    stage.synced().await;
    stage.drive.edit(&stage.path(), "open", "shut");
    stage.synced().await;
    assert_eq!(value(&stage.now(memory.id).await), json!({"text": "```\nshut <b>", "mood": "calm"}));
}

#[tokio::test]
async fn everything_is_compared_when_the_drive_has_forgotten_what_changed() {
    for page in [0, 2] {
        let stage = Stage::on(Played::paged(page)).await;
        let memories = [
            stage.memory("One", "1").await,
            stage.memory("Two", "2").await,
            stage.memory("Three", "3").await,
        ];
        stage.synced().await;
        let paths = stage.drive.paths();
        stage.drive.edit(&paths[0], "\n1\n", "\none\n");
        stage.drive.remove_by_hand(&paths[2]);
        stage.drive.by_hand("notes/Four.md", "4");
        stage.drive.forget_cursors();
        let (pulled, pushed) = stage.synced().await;
        assert_eq!((pulled.changed, pulled.made, pulled.copies, pushed.written), (1, 1, 0, 0));
        assert_eq!(stage.said().await, ["Four: 4", "One: one", "Three: 3", "Two: 2"]);
        stage.say(memories[1].id, "two").await;
        assert_eq!(stage.synced().await.1.written, 1);
    }
}

#[tokio::test]
async fn nothing_is_doubled_when_what_was_known_of_the_notes_is_lost() {
    let stage = Stage::new().await;
    let memories = [
        stage.memory("One", "1").await,
        stage.memory("Two", "2").await,
        stage.memory("Three", "3 #tag").await,
    ];
    stage.synced().await;
    let paths = stage.drive.paths();
    for key in stage.bucket.keys() {
        stage.bucket.remove(&key);
    }
    stage.drive.edit(&paths[0], "\n1\n", "\none\n");
    stage.say(memories[1].id, "two").await;
    let (pulled, pushed) = stage.synced().await;
    assert_eq!((pulled.changed, pulled.made, pushed.written), (1, 0, 1));
    // Whether the note or the memory is newer cannot be told any more.
    let two = "Two (from Google Drive, 2026-11-18): 2";
    assert_eq!(stage.said().await, ["One: one", "Three: 3 #tag", two, "Two: two"]);
}

#[tokio::test]
async fn a_note_comes_back_with_its_next_change_after_our_whole_folder_was_removed() {
    let stage = Stage::new().await;
    let memory = stage.memory("Shop", "milk").await;
    stage.synced().await;
    stage.drive.remove_folder_by_hand();
    assert_eq!(stage.synced().await.1.written, 0);
    stage.say(memory.id, "bread").await;
    assert_eq!(stage.synced().await.1.written, 1);
    assert!(stage.drive.text(&stage.path()).ends_with("\nbread\n"));
}
