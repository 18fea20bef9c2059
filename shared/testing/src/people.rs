//! People, and what they have.

use app_domain::{
    AuditEntry, AuditEvent, Checksum, ContentType, Email, File, FileDraft, FileId, FileName, FileQuota,
    Memory, MemoryId, MemoryPatch, MemoryTitle, Origin, Patch, PersonName, Role, Sha256, Tier, Timestamp,
    Upload, User, UserId,
};
use app_store::{FileCreation, Files, Memories, Registration, Table, Users};

use crate::PlayedBucket;

/// Ada, who has proved her address and pays nothing.
pub fn ada(id: UserId, made: Timestamp) -> User {
    User {
        id,
        email: Email::parse("ada@example.com").expect("an address"),
        username: None,
        first_name: PersonName::parse("Ada").expect("a name"),
        last_name: PersonName::parse("Lovelace").expect("a name"),
        role: Role::User,
        tier: Tier::Free,
        is_verified: true,
        is_active: true,
        has_password: true,
        sessions_from: None,
        kept_session: None,
        created_at: made,
        updated_at: made,
    }
}

/// Makes somebody's account.
pub async fn register(table: &Table, user: &User) {
    let audit = AuditEntry::new(user.id, AuditEvent::Registered, Origin::default(), user.created_at);
    let made = Users::new(table.clone()).register(user, "a hash", &audit).await;
    assert_eq!(made.expect("a table that answers"), Registration::Done);
}

/// Gives somebody a file of a name and a content type, whose bytes are in the bucket.
pub async fn give_file(
    (files, bucket): (&Files, &PlayedBucket),
    owner: UserId,
    (name, is): (&str, &str),
    bytes: Vec<u8>,
    memory: Option<MemoryId>,
    made: Timestamp,
) -> FileId {
    let draft = FileDraft {
        name: FileName::parse(name).expect("a name"),
        content_type: ContentType::parse(is).expect("a content type"),
        size_bytes: bytes.len() as u64,
        memory,
    };
    let sha256 = Sha256::parse(&"0".repeat(64)).expect("a hash");
    let file = File::new(FileId::new(made), owner, draft, Upload::Single { sha256 }, made);
    let quota = FileQuota { total_bytes: 1 << 40, file_bytes: 1 << 40 };
    let created = files.create(&file, quota).await.expect("a table that answers");
    assert_eq!(created, FileCreation::Done);
    let ready = file.clone().completed(file.content_type.clone(), Checksum::from(sha256), made);
    files.replace(&file, &ready).await.expect("a table that answers");
    bucket.put(&File::object_key(owner, file.id), bytes);
    file.id
}

/// Gives a memory of somebody's another title.
pub async fn retitle(
    memories: &Memories,
    owner: UserId,
    id: MemoryId,
    title: &str,
    now: Timestamp,
) -> Memory {
    let title = MemoryTitle::parse(title).expect("a title");
    let change = |memory: Memory| {
        let patch = MemoryPatch { title: Patch::Set(title.clone()), ..MemoryPatch::default() };
        memory.patched(patch, now)
    };
    memories.change(owner, id, None, change).await.expect("a memory that can be changed")
}
