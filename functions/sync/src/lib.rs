//! Connections to outside services and their status.

mod contacts;
mod drives;
mod media;
mod meta;
mod own_numbers;
mod status;
mod webhook_url;
mod whatsapp;

use app_domain::{Chore, MediaJob};
use app_http::{Authenticator, Routes, routes, service};
use app_runtime::Queue;
use app_store::{
    Backups, Categories, DriveConnections, DriveJobs, DriveTokens, Memories, PendingDrives, WhatsappContacts,
    WhatsappLinks,
};
use axum::Router;
use axum::extract::FromRef;

pub use drives::{Door, DriveCallback, DriveDiffs, Offered, Starter};
pub use meta::Meta;
pub use own_numbers::OwnNumbers;

/// What the handlers work with.
#[derive(Clone, FromRef)]
pub struct App {
    /// The WhatsApp connections.
    pub links: WhatsappLinks,
    /// People's own business numbers.
    pub own: OwnNumbers,
    /// Who writes to them.
    pub contacts: WhatsappContacts,
    /// Where what they write is filed.
    pub categories: Categories,
    /// What the messages became.
    pub memories: Memories,
    /// Takes what is too much for one request.
    pub chores: Queue<Chore>,
    /// Takes media that are to be fetched.
    pub media: Queue<MediaJob>,
    /// People's drives.
    pub drives: DriveConnections,
    /// Their tokens and keys.
    pub drive_tokens: DriveTokens,
    /// Connections to drives that have begun.
    pub pending_drives: PendingDrives,
    /// What opens drives.
    pub door: Door,
    /// Which providers can be connected.
    pub offered: Offered,
    /// Where they send browsers back.
    pub drive_callback: DriveCallback,
    /// What is done on drives.
    pub drive_jobs: DriveJobs,
    /// Starts it.
    pub starter: Starter,
    /// What is on them.
    pub backups: Backups,
    /// Where dry runs leave what they found.
    pub drive_diffs: DriveDiffs,
    /// The number that people send their messages to, if it is known.
    pub business_number: BusinessNumber,
    /// Proves who calls.
    pub authenticator: Authenticator,
}

/// The number of the business on WhatsApp, as it is shown to people.
#[derive(Debug, Clone, Default)]
pub struct BusinessNumber(pub Option<String>);

/// The operations.
pub fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(whatsapp::connect::connect))
        .routes(routes!(whatsapp::verify::verify))
        .routes(routes!(whatsapp::read::read, whatsapp::disconnect::disconnect))
        .routes(routes!(whatsapp::pause::pause))
        .routes(routes!(whatsapp::resume::resume))
        .routes(routes!(contacts::list::list))
        .routes(routes!(contacts::patch::patch))
        .routes(routes!(media::retry))
        .routes(routes!(drives::force::force))
        .routes(routes!(status::status))
        .merge(drives::api())
}

/// The function's service.
pub fn router(app: App, allowed_origin: &str) -> Router {
    service(api::<Router<App>>().with_state(app), allowed_origin)
}
