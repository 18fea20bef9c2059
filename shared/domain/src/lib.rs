//! Ids, entities and rules of the product. Nothing here knows AWS, HTTP or the clock: time is always an argument.

mod access;
mod api_key;
mod audit;
mod content;
mod email;
mod error;
mod export;
mod gate;
mod identity;
mod ids;
mod ip_rules;
mod limits;
mod lockout;
mod mail;
mod memory;
mod one_time;
mod origin;
mod paging;
mod patch;
mod phone;
mod sealing;
mod secret_token;
mod session;
mod sync;
mod text;
mod time;
mod user;

pub use access::{AccessError, Permission, Role, Tier};
pub use api_key::{ApiKey, ApiKeyName};
pub use audit::{AuditEntry, AuditEvent};
pub use content::{Content, Metadata};
pub use email::Email;
pub use error::{Invalid, StoreError};
pub use export::{ExportJob, ExportStatus, Job, Progress};
pub use gate::{Gate, Grant, KeyUsage};
pub use identity::{LinkedIdentity, PendingSignIn};
pub use ids::{
    ApiKeyId, AuditId, CategoryId, ExportId, FileId, MemoryId, MessageId, SessionId, UserId,
};
pub use ip_rules::IpRules;
pub use limits::{Rate, RateClass, Rates, Window};
pub use lockout::{FAILURES_KEPT_FOR, Failures, Patience};
pub use mail::{MailJob, MailKind};
pub use memory::{Description, Memory, MemoryDraft, MemoryPatch, MemorySource, MemoryTitle, Version};
pub use one_time::{Purpose, ToProve};
pub use origin::{Origin, counted_as};
pub use paging::{Limit, Page, PageNumber, PageRequest};
pub use patch::Patch;
pub use phone::PhoneNumber;
pub use sealing::Sealing;
pub use secret_token::{NoRandomness, SecretToken, TokenHash};
pub use session::{Session, SuccessorGrace};
pub use sync::{ConnectedPhone, LinkCode, PendingPhone, UnclaimedMessage, WhatsappLink};
pub use text::{PersonName, Tag, Tags, Username};
pub use time::Timestamp;
pub use user::User;
