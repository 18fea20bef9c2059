//! The table: one file per entity, every key in one module. A type here is what a function may do with one entity.

mod api_keys;
mod audit;
mod data_keys;
mod exports;
mod failures;
mod gate;
mod inbox;
mod keys;
mod memories;
mod memory_item;
mod one_time;
mod sessions;
mod settings;
mod table;
mod users;
mod whatsapp_links;

pub use api_keys::{ApiKeys, UsedSoFar};
pub use audit::AuditLog;
pub use data_keys::{Addition, DataKeys, StoredKey, WrappedKey};
pub use exports::Exports;
pub use failures::{FailureSubject, SignInFailures};
pub use gate::AccessGate;
pub use inbox::Inbox;
pub use memories::{Arrival, Memories};
pub use one_time::OneTimeTokens;
pub use sessions::{Rotation, Sessions, StoredToken};
pub use settings::Settings;
pub use table::Table;
pub use users::{Credentials, Proof, Registration, Users};
pub use whatsapp_links::WhatsappLinks;
