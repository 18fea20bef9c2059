//! The table: one file per entity, every key in one module. A type here is what a function may do with one entity.

mod exports;
mod inbox;
mod keys;
mod memories;
mod memory_item;
mod sessions;
mod table;
mod users;
mod whatsapp_links;

pub use exports::Exports;
pub use inbox::Inbox;
pub use memories::{Arrival, Memories};
pub use sessions::{Rotation, Sessions, StoredToken};
pub use table::Table;
pub use users::{Registration, Users};
pub use whatsapp_links::WhatsappLinks;
