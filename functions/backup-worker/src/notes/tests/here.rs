//! What lies on the drive.

use super::*;
use app_domain::Privacy;

const JWE: &str =
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AgICAgICAgICAgIC.AwMDAwMDAwMD.BAQEBAQEBAQEBAQEBAQEBA";

#[tokio::test]
async fn favourites_lie_there_and_are_written_again_only_when_they_have_changed() {
    let stage = Stage::new().await;
    let memory = stage.memory("To: Zürich", "A <b>train</b>\n\n#night").await;
    let (_, report) = stage.synced().await;
    assert_eq!((report.written, report.skipped_count), (1, 0));
    let path = stage.path();
    assert!(path.starts_with("notes/To Zürich (") && path.ends_with(").md"), "{path}");
    let note = stage.drive.text(&path);
    assert!(
        note.contains(&format!("id: {}\n", memory.id)) && note.contains("title: 'To: Zürich'\n"),
        "{note}"
    );
    assert!(note.ends_with("---\n\nA \\<b>train\\</b>\n\n#night\n"), "{note}");

    stage.drive.take_calls();
    assert_eq!(stage.synced().await.1.written, 0);
    assert_eq!(stage.drive.take_calls(), ["changes"]);
    assert_eq!(stage.now(memory.id).await.version, memory.version);

    stage.say(memory.id, "By bus").await;
    let title =
        MemoryPatch { title: Patch::Set(MemoryTitle::parse("To Rome").unwrap()), ..MemoryPatch::default() };
    stage.patch(memory.id, title).await;
    assert_eq!(stage.synced().await.1.written, 1);
    // The file keeps its name.
    assert!(stage.drive.text(&stage.path()).ends_with("---\n\nBy bus\n"));
    assert_eq!(stage.path(), path);
}

#[tokio::test]
async fn what_is_not_wanted_any_more_is_removed_unless_it_was_edited() {
    let stage = Stage::new().await;
    let [one, two, three] =
        [stage.memory("One", "1").await, stage.memory("Two", "2").await, stage.memory("Three", "3").await];
    stage.synced().await;
    let [_, path, _] = <[String; 3]>::try_from(stage.drive.paths()).unwrap();
    assert!(path.contains("Three"));
    for memory in [&one, &three] {
        let patch = MemoryPatch { is_favorite: Patch::Set(false), ..MemoryPatch::default() };
        stage.patch(memory.id, patch).await;
    }
    stage.drive.edit(&path, "\n3\n", "\nthree\n");
    stage.job.set(DriveJobId::new(at(0)));
    let report = stage.push(NotesScope::Favorites).await.unwrap();
    assert_eq!((report.removed, report.skipped_count), (1, 1));
    assert_eq!(stage.drive.paths().len(), 2);
    // The edit is taken, though the memory changed meanwhile: as another memory.
    let (pulled, _) = stage.synced().await;
    assert_eq!(pulled.copies, 1);
    assert_eq!(stage.all().await.len(), 4);
    assert_eq!(text(&stage.now(three.id).await), "3");
    assert_eq!(text(&stage.now(two.id).await), "2");
}

#[tokio::test]
async fn sealed_memories_never_leave_and_a_note_of_one_that_is_sealed_goes() {
    let stage = Stage::new().await;
    let sealed = Some(Content::parse(json!({"jwe": JWE})).unwrap());
    stage.draft(MemoryDraft { privacy: Privacy::Sealed, content: sealed, ..titled("Hidden") }).await;
    let open = stage.memory("Open", "words").await;
    stage.synced().await;
    assert!(stage.path().contains("Open"));
    let patch = MemoryPatch {
        privacy: Patch::Set(Privacy::Sealed),
        content: Patch::Set(json!({"jwe": JWE, "text": null})),
        ..MemoryPatch::default()
    };
    stage.patch(open.id, patch).await;
    stage.synced().await;
    assert_eq!(stage.drive.paths(), Vec::<String>::new());
}

#[tokio::test]
async fn at_most_a_thousand_lie_there() {
    let stage = Stage::new().await;
    for number in 0..1005 {
        stage.memory(&format!("Memory {number}"), "words").await;
    }
    stage.push(NotesScope::Newest).await.unwrap();
    assert_eq!(stage.drive.paths().len(), NotesScope::MAX);
    assert_eq!(stage.drive.take_calls().len(), NotesScope::MAX);
    stage.job.set(DriveJobId::new(at(0)));
    stage.push(NotesScope::Newest).await.unwrap();
    assert_eq!(stage.drive.take_calls().len(), 0);
}

#[tokio::test]
async fn nothing_is_written_where_notes_are_off() {
    let stage = Stage::new().await;
    stage.memory("One", "1").await;
    stage.push(NotesScope::Off).await.unwrap();
    assert_eq!(stage.drive.paths(), Vec::<String>::new());
}
