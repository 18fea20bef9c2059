//! Every key of the table, and nothing else. `docs/data-model.md` says which access pattern uses which. However long, they stand in one
//! file: that no two kinds of item share a key can be seen here alone.

use std::collections::HashMap;

use app_domain::{
    ApiKeyId, AuditId, BackupId, CategoryId, ContactId, ConversationId, Day, DriveJobId, DriveProvider,
    Email, ExportId, FactBatchId, FactId, FileId, Findable, ImportId, InteractionId, MemoryId, MessageId,
    OutgoingKey, PhoneNumber, ReminderId, SessionId, Timestamp, TokenHash, TurnId, UserId, Username, Version,
};
use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use crate::FailureSubject;
use crate::shelf::{Row, Shelf};

/// Before the names of the partitions of everybody.
const OWNER_PREFIX: &str = "U#";
/// The partition key's attribute.
pub(crate) const PK: &str = "pk";
/// The sort key's attribute.
pub(crate) const SK: &str = "sk";
/// Before every memory's id in its sort key.
pub(crate) const MEMORY_PREFIX: &str = "M#";
/// Before every session's id in its sort key.
pub(crate) const SESSION_PREFIX: &str = "S#";
/// Before every audit entry's id in its sort key.
pub(crate) const AUDIT_PREFIX: &str = "AUDIT#";
/// Before every API key's id in its sort key.
pub(crate) const API_KEY_PREFIX: &str = "KEY#";
/// Before the name of every provider that a person signs in with, in its sort key.
pub(crate) const IDENTITY_PREFIX: &str = "IDENTITY#";
/// Before every data key's generation in its sort key.
pub(crate) const DATA_KEY_PREFIX: &str = "DATAKEY#";

/// The index of all accounts, and the attribute that is its partition key. The account's id is its sort key.
pub(crate) const DIRECTORY: &str = "directory";
/// The one partition of that index.
pub(crate) const ACCOUNTS: &str = "ACCOUNTS";

/// The full key of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// As the SDK wants it.
    pub(crate) fn attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk)),
            (SK.to_owned(), AttributeValue::S(self.sk)),
        ])
    }
}

/// The key of an item, by its partition, what its sort key begins with and what that ends with: where a walk goes on.
pub(crate) fn behind(partition: &str, prefix: &str, end: &str) -> Key {
    Key::new(partition.to_owned(), format!("{prefix}{end}"))
}

/// The partition that holds everything a person owns.
pub(crate) fn owner(user: UserId) -> String {
    format!("{OWNER_PREFIX}{user}")
}

/// A key that no item ever has, to see whether the table answers.
pub(crate) fn nothing() -> Key {
    Key::new("NOTHING".to_owned(), "NOTHING")
}

/// The account.
pub(crate) fn profile(user: UserId) -> Key {
    Key::new(owner(user), "PROFILE")
}

/// The account in the index of all accounts; sorts by when it was made.
pub(crate) fn listed(user: UserId) -> HashMap<String, AttributeValue> {
    let mut attributes = profile(user).attributes();
    attributes.insert(DIRECTORY.to_owned(), AttributeValue::S(ACCOUNTS.to_owned()));
    attributes.insert("id".to_owned(), AttributeValue::S(user.to_string()));
    attributes
}

/// How many of each kind a person has.
pub(crate) fn counters(user: UserId) -> Key {
    Key::new(owner(user), "COUNTERS")
}

/// One memory; sorts by when it was made.
pub(crate) fn memory(user: UserId, id: MemoryId) -> Key {
    Key::new(owner(user), format!("{MEMORY_PREFIX}{id}"))
}

/// One session.
pub(crate) fn session(user: UserId, id: SessionId) -> Key {
    Key::new(owner(user), format!("{SESSION_PREFIX}{id}"))
}

/// A person's account at a provider.
pub(crate) fn identity(user: UserId, provider: &str) -> Key {
    Key::new(owner(user), format!("{IDENTITY_PREFIX}{provider}"))
}

/// Whose account at a provider it is; being there is what makes it one person's.
pub(crate) fn identity_holder(key: &TokenHash) -> Key {
    Key::new(format!("OIDC#{}", key.as_str()), "OIDC")
}

/// A sign-in through a provider that has begun, by a hash of its state.
pub(crate) fn pending_sign_in(state: &TokenHash) -> Key {
    Key::new(format!("OAUTH#{}", state.as_str()), "OAUTH")
}

/// One entry of a person's audit log; sorts by time.
pub(crate) fn audit(user: UserId, id: AuditId) -> Key {
    Key::new(owner(user), format!("{AUDIT_PREFIX}{id}"))
}

/// One API key, for its owner.
pub(crate) fn api_key(user: UserId, id: ApiKeyId) -> Key {
    Key::new(owner(user), format!("{API_KEY_PREFIX}{id}"))
}

/// One wrapped data key; sorts by generation.
pub(crate) fn data_key(user: UserId, generation: u32) -> Key {
    Key::new(owner(user), format!("{DATA_KEY_PREFIX}{generation:010}"))
}

/// The mark that a person's data keys are shredded; sorts after all of them.
pub(crate) fn data_keys_shredded(user: UserId) -> Key {
    Key::new(owner(user), format!("{DATA_KEY_PREFIX}SHREDDED"))
}

/// The same API key, for when it calls.
pub(crate) fn api_key_hash(hash: &TokenHash) -> Key {
    Key::new(format!("APIKEY#{}", hash.as_str()), "APIKEY")
}

/// How much an API key has been used in a month, such as `2026-11`.
pub(crate) fn key_usage(user: UserId, month: &str, id: ApiKeyId) -> Key {
    Key::new(owner(user), format!("{}{id}", key_usage_prefix(month)))
}

/// Before the id of every API key in the sort key of its usage in a month.
pub(crate) fn key_usage_prefix(month: &str) -> String {
    format!("KEYUSAGE#{month}#")
}

/// The requests of a subject in one window.
pub(crate) fn rate(subject: &str, window: i64) -> Key {
    Key::new(format!("RATE#{subject}"), window.to_string())
}

/// Wrong passwords of a subject.
pub(crate) fn failures(subject: &FailureSubject) -> Key {
    Key::new(format!("FAILURES#{}", subject.as_str()), "FAILURES")
}

/// One mailed token.
pub(crate) fn one_time(hash: &TokenHash) -> Key {
    Key::new(format!("ONETIME#{}", hash.as_str()), "ONETIME")
}

/// One mail that was asked for.
pub(crate) fn mail(id: Uuid) -> Key {
    Key::new(format!("MAIL#{id}"), "MAIL")
}

/// Which addresses may call.
pub(crate) fn ip_rules() -> Key {
    Key::new("SETTINGS".to_owned(), "IPRULES")
}

/// Before every export job's id in its sort key.
pub(crate) const EXPORT_PREFIX: &str = "EXPORT#";
/// Before every import job's id in its sort key.
pub(crate) const IMPORT_PREFIX: &str = "IMPORT#";

/// One export job.
pub(crate) fn export(user: UserId, id: ExportId) -> Key {
    Key::new(owner(user), format!("{EXPORT_PREFIX}{id}"))
}

/// One import job.
pub(crate) fn import(user: UserId, id: ImportId) -> Key {
    Key::new(owner(user), format!("{IMPORT_PREFIX}{id}"))
}

/// Before the name of every drive's provider in its sort key.
pub(crate) const DRIVE_PREFIX: &str = "DRIVE#";
/// Before every id of a drive's job in its sort key.
pub(crate) const DRIVE_JOB_PREFIX: &str = "DRIVEJOB#";

/// A person's drive.
pub(crate) fn drive(user: UserId, provider: DriveProvider) -> Key {
    Key::new(owner(user), format!("{DRIVE_PREFIX}{provider}"))
}

/// What opens one of a person's drives.
pub(crate) fn drive_tokens(user: UserId, provider: DriveProvider) -> Key {
    Key::new(owner(user), format!("DRIVETOKENS#{provider}"))
}

/// A job on one of a person's drives.
pub(crate) fn drive_job(user: UserId, id: DriveJobId) -> Key {
    Key::new(owner(user), format!("{DRIVE_JOB_PREFIX}{id}"))
}

/// Before every backup's id on a drive in its sort key.
pub(crate) fn backups_prefix(provider: DriveProvider) -> String {
    format!("BACKUP#{provider}#")
}

/// A backup on one of a person's drives.
pub(crate) fn backup(user: UserId, provider: DriveProvider, id: BackupId) -> Key {
    Key::new(owner(user), format!("{}{id}", backups_prefix(provider)))
}

/// The partition of the drives that are due on a day, everybody's.
pub(crate) fn day_of_drives(day: &str) -> String {
    format!("DRIVES#{day}")
}

/// A drive among those of its day; sorts by its time.
pub(crate) fn due_drive(at: Timestamp, user: UserId, provider: DriveProvider) -> Key {
    Key::new(day_of_drives(&at.day()), format!("{at}#{user}#{provider}"))
}

/// A connection to a drive that has begun, by a hash of its state.
pub(crate) fn pending_drive(state: &TokenHash) -> Key {
    Key::new(format!("DRIVESTATE#{}", state.as_str()), "DRIVESTATE")
}

/// A person's WhatsApp connection.
pub(crate) fn whatsapp_link(user: UserId) -> Key {
    Key::new(owner(user), "SYNC#whatsapp")
}

/// Whose e-mail address it is; being there is what makes it unique.
pub(crate) fn email(email: &Email) -> Key {
    Key::new(format!("EMAIL#{}", email.folded()), "EMAIL")
}

/// Whose username it is; being there is what makes it unique.
pub(crate) fn username(username: &Username) -> Key {
    Key::new(format!("USERNAME#{}", username.folded()), "USERNAME")
}

/// One refresh token.
pub(crate) fn token(hash: &TokenHash) -> Key {
    Key::new(format!("TOKEN#{}", hash.as_str()), "TOKEN")
}

/// However a phone is written, it is one phone.
fn phone_partition(phone: &PhoneNumber) -> String {
    format!("PHONE#{}", phone.canonical().digits())
}

/// Whose phone it is.
pub(crate) fn phone_owner(phone: &PhoneNumber) -> Key {
    Key::new(phone_partition(phone), "OWNER")
}

/// The same under the digits as they are written, where it was before all writings of a phone had one form.
pub(crate) fn phone_owner_as_written(phone: &PhoneNumber) -> Key {
    Key::new(format!("PHONE#{}", phone.digits()), "OWNER")
}

/// Before the id of every message that is kept for a phone or a sender, in its sort key.
pub(crate) const INBOX_PREFIX: &str = "INBOX#";

/// A code that was given out for a phone, as people may write it.
pub(crate) fn phone_code(phone: &PhoneNumber, code: &TokenHash) -> Key {
    Key::new(format!("PHONE#{}", phone.approximate().digits()), format!("CODE#{}", code.as_str()))
}

/// A message that is kept in a partition of a phone or a sender.
pub(crate) fn inbox(partition: String, wamid: &str) -> Key {
    Key::new(partition, format!("{INBOX_PREFIX}{wamid}"))
}

/// The partition of the messages of a phone that nobody has linked.
pub(crate) fn inbox_of(phone: &PhoneNumber) -> String {
    phone_partition(phone)
}

/// The same under the digits as they are written, where it was before all writings of a phone had one form.
pub(crate) fn inbox_of_as_written(phone: &PhoneNumber) -> String {
    format!("PHONE#{}", phone.digits())
}

/// The partition of a sender, by a hash of their id or whatever else is known of them.
pub(crate) fn sender_partition(sender_hash: &str) -> String {
    format!("SENDER#{sender_hash}")
}

/// Whose messages a sender's are.
pub(crate) fn sender_owner(sender_hash: &str) -> Key {
    Key::new(sender_partition(sender_hash), "OWNER")
}

/// Whose a business number is, by Meta's id of it.
pub(crate) fn own_number(phone_number_id: &str) -> Key {
    Key::new(format!("WANUMBER#{phone_number_id}"), "WANUMBER")
}

/// The access token of a person's own number.
pub(crate) fn own_number_token(user: UserId) -> Key {
    Key::new(owner(user), "WANUMBER")
}

/// The partition of those who have numbers of a business account, by Meta's id of it.
pub(crate) fn business_account(id: &str) -> String {
    format!("WABA#{id}")
}

/// One of them.
pub(crate) fn in_business_account(id: &str, user: UserId) -> Key {
    Key::new(business_account(id), owner(user))
}

/// Before every contact's id in its sort key.
pub(crate) const CONTACT_PREFIX: &str = "WACONTACT#";

/// Which contact somebody is who is known by something else as well.
pub(crate) fn contact_alias(user: UserId, id: &ContactId) -> Key {
    Key::new(owner(user), format!("WAALIAS#{id}"))
}

/// Somebody who writes to a person's own number.
pub(crate) fn contact(user: UserId, id: &ContactId) -> Key {
    Key::new(owner(user), format!("{CONTACT_PREFIX}{id}"))
}

/// The partition of changes that came before the message that they change.
pub(crate) fn early_changes(wamid: &str) -> String {
    format!("WACHANGE#{wamid}")
}

/// One of them, by the id of the message that it came as.
pub(crate) fn early_change(of: &str, wamid: &str) -> Key {
    Key::new(early_changes(of), wamid)
}

/// Something that is said in a chat, by what it answers.
pub(crate) fn outgoing(key: &OutgoingKey) -> Key {
    Key::new(format!("WAOUT#{key}"), "WAOUT")
}

/// A message that was sent, by the messenger's id of it.
pub(crate) fn sent_message(wamid: &str) -> Key {
    Key::new(format!("WAMIDOUT#{wamid}"), "WAMIDOUT")
}

/// The mark that a stranger was greeted.
pub(crate) fn greeting(sender_hash: &str) -> Key {
    Key::new(format!("GREETING#{sender_hash}"), "GREETING")
}

/// The mark that a message has been dealt with.
pub(crate) fn wamid(wamid: &str) -> Key {
    Key::new(format!("WAMID#{wamid}"), "WAMID")
}

/// The index of a row of memories by their last change, and the attribute that is its sort key.
pub(crate) const BY_UPDATED: &str = "byUpdated";
/// The same by their title.
pub(crate) const BY_TITLE: &str = "byTitle";
/// Before every id of a memory in the trash in its sort key.
pub(crate) const TRASH_PREFIX: &str = "TRASH#";
/// Before every version's number in its sort key.
pub(crate) const VERSION_PREFIX: &str = "V#";

/// One memory in the trash.
pub(crate) fn trashed(user: UserId, id: MemoryId) -> Key {
    Key::new(owner(user), format!("{TRASH_PREFIX}{id}"))
}

/// The partition of everything below a memory: versions, messages, attached files.
pub(crate) fn below(user: UserId, id: MemoryId) -> String {
    format!("{}#{MEMORY_PREFIX}{id}", owner(user))
}

/// One earlier version of a memory; sorts by number.
pub(crate) fn version(user: UserId, id: MemoryId, version: Version) -> Key {
    Key::new(below(user, id), format!("{VERSION_PREFIX}{:010}", version.get()))
}

/// A row of a shelf: a list of memories.
pub(crate) fn row(user: UserId, shelf: &Shelf, row: Row) -> String {
    let shelf = match shelf {
        Shelf::All => "ALL".to_owned(),
        Shelf::Uncategorized => "CAT#none".to_owned(),
        Shelf::Category(id) => format!("CAT#{id}"),
        Shelf::Source(source) => format!("SRC#{source}"),
        Shelf::Tag(folded) => format!("TAG#{folded}"),
    };
    format!("{}#{shelf}#{}", owner(user), row.as_str())
}

/// A memory in a row.
pub(crate) fn entry(user: UserId, shelf: &Shelf, place: Row, id: MemoryId) -> Key {
    Key::new(row(user, shelf, place), id.to_string())
}

/// The memories in the trash, in the order of their removal.
pub(crate) fn bin(user: UserId) -> String {
    format!("{}#BIN", owner(user))
}

/// A memory among them.
pub(crate) fn binned(user: UserId, id: MemoryId) -> Key {
    Key::new(bin(user), id.to_string())
}

/// The memories that have the same words.
pub(crate) fn same(user: UserId, fingerprint: &str) -> String {
    format!("{}#SAME#{fingerprint}", owner(user))
}

/// A memory among them.
pub(crate) fn same_entry(user: UserId, fingerprint: &str, id: MemoryId) -> Key {
    Key::new(same(user, fingerprint), id.to_string())
}

/// Before every category's id in its sort key.
pub(crate) const CATEGORY_PREFIX: &str = "CAT#";
/// Before every folded tag in its sort key.
pub(crate) const TAG_PREFIX: &str = "TAG#";

/// One category.
pub(crate) fn category(user: UserId, id: CategoryId) -> Key {
    Key::new(owner(user), format!("{CATEGORY_PREFIX}{id}"))
}

/// One tag, by its folded form.
pub(crate) fn tag(user: UserId, folded: &str) -> Key {
    Key::new(owner(user), format!("{TAG_PREFIX}{folded}"))
}

/// What is to be done on a day, such as `2026-11-21`, and the days after until it is done.
pub(crate) fn due(day: &str, kind: &str, user: UserId, id: impl std::fmt::Display) -> Key {
    Key::new(format!("DUE#{day}"), format!("{kind}#{user}#{id}"))
}

/// Which of a person's categories has a name; being there is what makes it unique.
pub(crate) fn category_name(user: UserId, folded: &str) -> Key {
    Key::new(owner(user), format!("CATNAME#{folded}"))
}

/// How many categories a person has.
pub(crate) fn categories(user: UserId) -> Key {
    Key::new(owner(user), "CATEGORIES")
}

/// The partition of everything that is to be done on a day.
pub(crate) fn due_day(day: &str) -> String {
    format!("DUE#{day}")
}

/// Before every file's id in its sort key.
pub(crate) const FILE_PREFIX: &str = "F#";
/// Before every file's id in its sort key below a memory.
pub(crate) const FILE_LINK_PREFIX: &str = "FILE#";

/// One file; sorts by when it was begun.
pub(crate) fn file(user: UserId, id: FileId) -> Key {
    Key::new(owner(user), format!("{FILE_PREFIX}{id}"))
}

/// How much a person's files are.
pub(crate) fn file_usage(user: UserId) -> Key {
    Key::new(owner(user), "FILES")
}

/// What is left of a file that is gone.
pub(crate) fn file_leftover(user: UserId, id: FileId) -> Key {
    Key::new(owner(user), format!("FGONE#{id}"))
}

/// A file that is with a memory.
pub(crate) fn file_link(user: UserId, memory: MemoryId, id: FileId) -> Key {
    Key::new(below(user, memory), format!("{FILE_LINK_PREFIX}{id}"))
}

/// Before every message's id in its sort key.
pub(crate) const MESSAGE_PREFIX: &str = "MSG#";

/// One message of a memory; sorts by when it was sent.
pub(crate) fn message(user: UserId, memory: MemoryId, id: MessageId) -> Key {
    Key::new(below(user, memory), format!("{MESSAGE_PREFIX}{id}"))
}

/// A reply in its thread; sorts by when it was sent.
pub(crate) fn thread_entry(user: UserId, memory: MemoryId, parent: MessageId, id: MessageId) -> Key {
    Key::new(below(user, memory), format!("{}{id}", thread_prefix(parent)))
}

/// Before the id of every reply to a message in its thread.
pub(crate) fn thread_prefix(parent: MessageId) -> String {
    format!("THREAD#{parent}#")
}
/// Behind the owner's partition: what has changed since it was last indexed.
const CHANGES: &str = "#CHANGES";

/// The partition of what has changed of a person's since it was last indexed.
pub(crate) fn changes(user: UserId) -> String {
    format!("{}{CHANGES}", owner(user))
}

/// One change; sorts by when it was written.
pub(crate) fn change(user: UserId, id: Uuid) -> Key {
    Key::new(changes(user), id.to_string())
}

/// Whose changes a partition holds, if it holds changes.
pub(crate) fn owner_of_changes(pk: &str) -> Option<UserId> {
    pk.strip_prefix(OWNER_PREFIX)?.strip_suffix(CHANGES)?.parse().ok()
}

/// Which segments a person's index has.
pub(crate) fn manifest(user: UserId) -> Key {
    Key::new(owner(user), "INDEX")
}

/// The partition of a person's vectors.
pub(crate) fn vectors(user: UserId) -> String {
    format!("{}#VECTORS", owner(user))
}

/// The vector of something that can be found.
pub(crate) fn vector(user: UserId, of: &str) -> Key {
    Key::new(vectors(user), of)
}

/// The partition of what waits for its vector.
pub(crate) fn unembedded(user: UserId) -> String {
    format!("{}#UNEMBEDDED", owner(user))
}

/// Something that waits for its vector.
pub(crate) fn unembedded_one(user: UserId, of: Findable) -> Key {
    Key::new(unembedded(user), of.to_string())
}

/// The searches that a person keeps.
pub(crate) fn saved_searches(user: UserId) -> Key {
    Key::new(owner(user), "SEARCHES")
}

/// The partition of a person's conversations with Memo.
pub(crate) fn conversations(user: UserId) -> String {
    format!("{}#TALKS", owner(user))
}

/// One conversation.
pub(crate) fn conversation(user: UserId, id: ConversationId) -> Key {
    Key::new(conversations(user), id.to_string())
}

/// The partition of what was said in a conversation.
pub(crate) fn talk(user: UserId, id: ConversationId) -> String {
    format!("{}#TALK#{id}", owner(user))
}

/// One turn of a conversation; sorts after the one it follows.
pub(crate) fn turn(user: UserId, conversation: ConversationId, id: TurnId) -> Key {
    Key::new(talk(user, conversation), id.to_string())
}

/// The partition of the log of a person's calls of models.
pub(crate) fn interactions(user: UserId) -> String {
    format!("{}#AI", owner(user))
}

/// One call of a model; sorts by when it began.
pub(crate) fn interaction(user: UserId, id: InteractionId) -> Key {
    Key::new(interactions(user), id.to_string())
}

/// What a person's calls of models on a day came to.
pub(crate) fn model_usage_of_day(user: UserId, day: Day) -> Key {
    Key::new(owner(user), format!("AIDAY#{day}"))
}

/// What a person's calls of models in a month, such as `2026-11`, came to.
pub(crate) fn model_usage_of_month(user: UserId, month: &str) -> Key {
    Key::new(owner(user), format!("AIMONTH#{month}"))
}

/// The partition of what everybody's calls of models on a day came to.
pub(crate) fn model_usage_of_all(day: Day) -> String {
    format!("AIUSE#{day}")
}

/// The part of it that a person is counted in: one of sixteen, so that many people do not wait for each other. The end of an id is random.
pub(crate) fn model_usage_shard(user: UserId, day: Day) -> Key {
    Key::new(model_usage_of_all(day), format!("{:02}", user.as_uuid().as_u128() % 16))
}

/// How a person wants Memo to be.
pub(crate) fn memo_settings(user: UserId) -> Key {
    Key::new(owner(user), "MEMO")
}

/// How often a person's facts have been changed.
pub(crate) fn facts_head(user: UserId) -> Key {
    Key::new(owner(user), "FACTS")
}

/// The partition of a person's facts.
pub(crate) fn facts(user: UserId) -> String {
    format!("{}#FACTS", owner(user))
}

/// One fact; sorts by when it was found.
pub(crate) fn fact(user: UserId, id: FactId) -> Key {
    Key::new(facts(user), id.to_string())
}

fn fact_merges(user: UserId) -> String {
    format!("{}#FACTMERGES", owner(user))
}

/// What a batch of facts did.
pub(crate) fn fact_batch(user: UserId, id: FactBatchId) -> Key {
    Key::new(fact_merges(user), format!("BATCH#{id}"))
}

/// The mark that the facts of a turn have been taken in.
pub(crate) fn fact_turn(user: UserId, turn: TurnId) -> Key {
    Key::new(fact_merges(user), format!("TURN#{turn}"))
}

/// The partition of a person's reminders.
pub(crate) fn reminders(user: UserId) -> String {
    format!("{}#REMINDERS", owner(user))
}

/// One reminder.
pub(crate) fn reminder(user: UserId, id: ReminderId) -> Key {
    Key::new(reminders(user), id.to_string())
}

/// How many reminders wait for a person.
pub(crate) fn waiting_reminders(user: UserId) -> Key {
    Key::new(owner(user), "REMINDERS")
}

/// The partition of the reminders of a day, everybody's.
pub(crate) fn day_of_reminders(day: &str) -> String {
    format!("REMIND#{day}")
}

/// A reminder among those of its day; sorts by its time.
pub(crate) fn due_reminder(at: Timestamp, user: UserId, id: ReminderId) -> Key {
    Key::new(day_of_reminders(&at.day()), format!("{at}#{user}#{id}"))
}
