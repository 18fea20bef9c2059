//! WhatsApp: who writes, where answers go, what becomes of media, and how far what we send has come.

mod chat;
mod command;
mod connection;
mod contact;
mod delivery;
mod hashtags;
mod media;
mod outgoing;
mod phrase;
mod sender;
mod split;

pub use chat::{Chat, Recipient};
pub use command::Command;
pub use connection::{
    ConnectedPhone, ConnectionFault, LinkCode, OwnNumber, PendingPhone, UnclaimedMessage, WhatsappLink,
};
pub use contact::{Contact, ContactId, ContactRule};
pub use delivery::{DeliveryState, MessageDelivery};
pub use hashtags::hashtags;
pub use media::{MediaJob, MediaKind, MediaSource, MediaState, MemoryMedia, TranscriptState};
pub use outgoing::{Outgoing, OutgoingKey, OutgoingTask, Phrase};
pub use sender::{BusinessUserId, Sender};
pub use split::{one_line, split_text};
