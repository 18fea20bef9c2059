//! Files are found by their names at once, and by their text once that has been read.

use app_domain::{
    ContentType, File, FileDraft, FileId, FileName, FileQuota, FileStatus, MemoryId, Sha256, Upload, UserId,
};
use app_index::{Entity, SearchMode};
use app_store::{FileCreation, Files};

use crate::stage::Stage;

async fn upload(
    stage: &Stage,
    owner: UserId,
    name: &str,
    content_type: &str,
    bytes: &[u8],
    memory: Option<MemoryId>,
) -> File {
    let files = Files::new(stage.table.clone(), stage.vault.clone());
    let now = stage.now();
    let sha256 = Sha256::parse(&"0".repeat(64)).unwrap();
    let draft = FileDraft {
        name: FileName::parse(name).unwrap(),
        content_type: ContentType::parse(content_type).unwrap(),
        size_bytes: bytes.len() as u64,
        memory,
    };
    let file = File::new(FileId::new(now), owner, draft, Upload::Single { sha256 }, now);
    let quota = FileQuota { total_bytes: 1 << 30, file_bytes: 1 << 30 };
    assert_eq!(files.create(&file, quota).await.unwrap(), FileCreation::Done);
    stage.files.put(&File::object_key(owner, file.id), bytes);
    let ready = File { status: FileStatus::Ready, version: file.version.next(), ..file.clone() };
    files.replace(&file, &ready).await.unwrap();
    ready
}

#[tokio::test]
async fn a_file_is_found_by_its_name_and_then_by_its_text() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let memory = stage.save(owner, "Lease", "of the flat").await;
    let text = b"The tenant pays the deposit in April.";
    let file = upload(&stage, owner, "contract.txt", "text/plain", text, Some(memory)).await;
    let lonely = upload(&stage, owner, "recipe.md", "text/markdown", b"# Dumplings\nwith leek", None).await;
    assert_eq!(stage.by_words(owner, "contract").await, [memory]);
    stage.index(owner).await;
    assert_eq!(stage.by_words(owner, "deposit").await, [memory]);
    let found = stage.find(owner, &stage.request("dumplings", SearchMode::Text)).await;
    assert!(found.groups[0].memory.is_none());
    let Entity::File(own, Some(_)) = &found.groups[0].pieces[0].entity else { panic!("{found:?}") };
    assert_eq!(own.id, lonely.id);
    assert_eq!(found.groups[0].pieces[0].fragments[0].html(), "# <mark>Dumplings</mark> with leek");

    // Its text is kept, and read from the file once.
    stage.files.take_reads();
    let files = Files::new(stage.table.clone(), stage.vault.clone());
    let renamed =
        File { name: FileName::parse("lease.txt").unwrap(), version: file.version.next(), ..file.clone() };
    files.replace(&file, &renamed).await.unwrap();
    for _ in 0..2 {
        assert_eq!(stage.by_words(owner, "deposit april").await, [memory]);
        stage.index(owner).await;
    }
    assert_eq!(stage.files.take_reads(), 0);

    files.remove(owner, file.id, None, stage.now()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(stage.by_words(owner, "deposit").await, []);
        stage.index(owner).await;
    }
    let texts: Vec<_> = stage.bucket.keys().into_iter().filter(|key| key.contains("/texts/")).collect();
    assert_eq!(texts, [format!("{owner}/texts/{}", lonely.id)], "the text has gone with its file");
}

#[tokio::test]
async fn files_without_readable_text_are_found_by_their_names_and_are_not_read_again() {
    let stage = Stage::new().await;
    let owner = stage.person();
    upload(&stage, owner, "holiday.jpg", "image/jpeg", b"\xff\xd8\xff", None).await;
    upload(&stage, owner, "broken.pdf", "application/pdf", b"%PDF-1.7 and then nothing", None).await;
    stage.index(owner).await;
    assert_eq!(stage.files.take_reads(), 1, "a picture is not even fetched");
    for name in ["holiday", "broken"] {
        let found = stage.find(owner, &stage.request(name, SearchMode::Text)).await;
        assert_eq!(found.groups.len(), 1, "{name}");
    }
    let rebuilt = stage.indexer.rebuild(owner, app_index::Place::Files { after: None }, stage.now()).await;
    assert!(rebuilt.is_ok());
    assert_eq!(stage.files.take_reads(), 0);
}
