//! Ids, entities and rules of the product. Nothing here knows AWS, HTTP or the clock: time is always an argument.

mod access;
mod content;
mod email;
mod error;
mod export;
mod ids;
mod memory;
mod paging;
mod patch;
mod phone;
mod session;
mod sync;
mod text;
mod time;
mod user;

pub use access::{AccessError, Permission, Role, Tier};
pub use content::{Content, Metadata};
pub use email::Email;
pub use error::{Invalid, StoreError};
pub use export::{ExportJob, ExportStatus, Job, Progress};
pub use ids::{ExportId, MemoryId, SessionId, UserId};
pub use memory::{Description, Memory, MemoryDraft, MemoryPatch, MemorySource, MemoryTitle, Version};
pub use paging::{Limit, Page, PageNumber, PageRequest};
pub use patch::Patch;
pub use phone::PhoneNumber;
pub use session::{Session, TokenHash};
pub use sync::{ConnectedPhone, LinkCode, PendingPhone, UnclaimedMessage, WhatsappLink};
pub use text::{PersonName, Tag, Tags, Username};
pub use time::Timestamp;
pub use user::User;
