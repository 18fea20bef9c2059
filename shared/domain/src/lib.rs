//! Ids, entities and rules of the product. Nothing here knows AWS, HTTP or the clock: time is always an argument.

mod access;
mod api_key;
mod audit;
mod budget;
mod category;
mod checksum;
mod chore;
mod content;
mod content_type;
mod conversation;
mod day;
mod drive;
mod email;
mod error;
mod export;
mod export_spec;
mod fact;
mod fact_batch;
mod fact_ledger;
mod fact_merge;
mod fact_terms;
mod file;
mod file_name;
mod file_quota;
mod findable;
mod gate;
mod identity;
mod ids;
mod import;
mod interaction;
mod ip_rules;
mod language_tag;
mod limits;
mod lockout;
mod mail;
mod memo_settings;
mod memory;
mod memory_list;
mod memory_patch;
mod message;
mod message_list;
mod message_parts;
mod message_patch;
mod one_time;
mod origin;
mod paging;
mod patch;
mod phone;
mod price;
mod privacy;
mod provenance;
mod reminder;
mod saved_search;
mod sealing;
mod secret_token;
mod session;
mod sha256_state;
mod size;
mod text;
mod time;
mod turn;
mod turn_action;
mod turn_answer;
mod upload;
mod user;
mod version;
mod whatsapp;

pub use access::{AccessError, Permission, Role, Tier};
pub use api_key::{ApiKey, ApiKeyName};
pub use audit::{AuditEntry, AuditEvent};
pub use budget::{Budget, Budgets, DayUsage, Spent, TaskTotal, UsageTotal};
pub use category::{Category, CategoryDraft, CategoryIcon, CategoryName, CategoryPatch, Color};
pub use checksum::{Checksum, Sha256};
pub use chore::{Chore, DuePosition, Walk};
pub use content::{Content, Metadata};
pub use content_type::ContentType;
pub use conversation::{Conversation, ConversationTitle, ForkOrigin, RunningSummary};
pub use day::{Day, Days};
pub use drive::{
    Backup, BackupFormat, BackupSchedule, BackupSettings, BackupTotals, Direction, DriveConnection,
    DriveFault, DriveJob, DriveJobStatus, DriveProgress, DriveProvider, DriveState, DriveTask, DriveWork,
    NotesScope, OnConflict, PendingDrive, RestoreSpec, Retention, S3Place,
};
pub use email::Email;
pub use error::{Invalid, StoreError};
pub use export::{ExportJob, ExportStatus, Job, Progress};
pub use export_spec::{
    Conversations, ExportFilter, ExportFormat, ExportLimit, ExportLimits, ExportOptions, ExportSpec,
};
pub use fact::{Fact, FactChanges, FactRefusal, FactSource, FactStatus, NewFact};
pub use fact_batch::{FactBatch, FactDeed, FactState, MergeReport, UndoReport};
pub use fact_ledger::FactLedger;
pub use fact_merge::{Decision, decide};
pub use fact_terms::{Certainty, FactStatement, FactTerm};
pub use file::{Attachment, File, FileDraft, FileStatus};
pub use file_name::FileName;
pub use file_quota::{FileQuota, FileQuotas, FileUsage};
pub use findable::Findable;
pub use gate::{Gate, Grant, KeyUsage};
pub use identity::{LinkedIdentity, PendingSignIn};
pub use ids::{
    ApiKeyId, AuditId, BackupId, CategoryId, ConversationId, DriveJobId, ExportId, FactBatchId, FactId,
    FileId, ImportId, InteractionId, MemoryId, MessageId, ReminderId, SavedSearchId, SessionId, TurnId,
    UserId,
};
pub use import::{
    FromBackup, ImportCounts, ImportFormat, ImportJob, ImportLimits, ImportPreview, ImportProgress,
    ImportSample, ImportSpec, ImportStatus, ImportTask,
};
pub use interaction::{Interaction, InteractionFailure, InteractionStatus, Task};
pub use ip_rules::IpRules;
pub use language_tag::LanguageTag;
pub use limits::{Rate, RateClass, Rates, Window};
pub use lockout::{FAILURES_KEPT_FOR, Failures, Patience};
pub use mail::{MailJob, MailKind};
pub use memo_settings::{Instructions, KeptCategories, MemoSettings};
pub use memory::{Description, InvalidMemory, Memory, MemoryDraft, MemoryTitle, MessageSummary};
pub use memory_list::{Filed, ListPosition, MemoryFilter, MemorySort, SearchText, SortBy, SortOrder};
pub use memory_patch::MemoryPatch;
pub use message::{InvalidMessage, Message, MessageDraft};
pub use message_list::MessageFilter;
pub use message_parts::{Attachments, MessageStatus, MessageText, MessageType};
pub use message_patch::MessagePatch;
pub use one_time::{Purpose, ToProve};
pub use origin::{Origin, counted_as};
pub use paging::{Limit, Page, PageNumber, PageRequest, Total};
pub use patch::Patch;
pub use phone::PhoneNumber;
pub use price::{Cost, PriceTable};
pub use privacy::{Privacy, SealedContent};
pub use provenance::{MemorySource, Provenance};
pub use reminder::{Reminder, ReminderDraft, ReminderState, ReminderText, ReminderTime};
pub use saved_search::{SavedSearch, SavedSearchName};
pub use sealing::Sealing;
pub use secret_token::{NoRandomness, SecretToken, TokenHash};
pub use session::{Session, SuccessorGrace};
pub use sha256_state::Sha256State;
pub use size::size_in_words;
pub use text::{PersonName, Tag, Tags, Username};
pub use time::Timestamp;
pub use turn::{Said, Turn, TurnText};
pub use turn_action::{ActionState, TurnAction};
pub use turn_answer::{AnswerFailure, AnswerState, Cited, TokenUsage, TurnAnswer};
pub use upload::{Parts, Upload};
pub use user::User;
pub use version::Version;
pub use whatsapp::{
    BusinessUserId, Chat, Command, ConnectedPhone, ConnectionFault, Contact, ContactId, ContactRule,
    DeliveryState, LinkCode, MediaJob, MediaKind, MediaSource, MediaState, MemoryMedia, MessageDelivery,
    Outgoing, OutgoingKey, OutgoingTask, OwnNumber, PendingPhone, Phrase, Recipient, Sender, TranscriptState,
    UnclaimedMessage, WhatsappLink, hashtags, one_line, split_text,
};
