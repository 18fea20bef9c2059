//! `POST /sync/force`.

use app_domain::{
    Chore, Direction, DriveConnection, DriveJob, DriveProvider, DriveWork, Invalid, Permission, UserId,
};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, Now, Parse, ValidJson,
};
use app_runtime::Queue;
use app_store::{DriveConnections, Memories, WhatsappLinks};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Starter, usable};
use crate::whatsapp::not_connected;

/// How long it usually takes to claim what waits of WhatsApp, in seconds.
const WHATSAPP_SECONDS: u64 = 10;
/// What a record takes, as far as it is not known.
const RECORD_BYTES: u64 = 1024;

/// What to synchronise.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct ForceSyncRequest {
    /// Which service: `whatsapp`, `google-drive`, `dropbox`, `onedrive` or `s3`. All that are connected unless told.
    #[schema(example = "dropbox")]
    provider: Option<String>,
    /// `push`: back up; `pull`: take what was edited there; `both` (the default).
    #[schema(example = "push")]
    direction: Option<String>,
}

/// A service that can be synchronised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    Whatsapp,
    Drive(DriveProvider),
}

/// What to synchronise, checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forced {
    service: Option<Service>,
    direction: Direction,
}

impl Parse for ForceSyncRequest {
    type Parsed = Forced;

    fn parse(self) -> Result<Forced, FieldErrors> {
        let mut errors = FieldErrors::default();
        let service = self.provider.map(|name| match name.as_str() {
            "whatsapp" => Ok(Service::Whatsapp),
            name => DriveProvider::parse(name)
                .map(Service::Drive)
                .map_err(|_| Invalid::new("must be whatsapp, google-drive, dropbox, onedrive or s3")),
        });
        let service = errors.check_optional("provider", service).flatten();
        let direction = match self.direction.as_deref() {
            None | Some("both") => Direction::Both,
            Some("push") => Direction::Push,
            Some("pull") => Direction::Pull,
            Some(_) => {
                errors.add("direction", &Invalid::new("must be pull, push or both"));
                Direction::Both
            }
        };
        errors.into_result().map(|()| Forced { service, direction })
    }
}

/// A synchronisation that has begun.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForcedSync {
    /// Its id, a UUIDv7; of a drive that of the job, to be followed at `GET /sync/jobs/{id}`.
    sync_id: Uuid,
    /// Always `started`.
    #[schema(example = "started")]
    status: &'static str,
    /// How long it is likely to take, in seconds.
    #[schema(example = 10)]
    estimated_duration: u64,
    /// The job of each drive.
    jobs: Vec<StartedJob>,
}

/// A job that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StartedJob {
    /// On which drive.
    #[schema(example = "dropbox")]
    provider: &'static str,
    /// Its id.
    id: Uuid,
}

/// Synchronise now.
///
/// A drive is backed up, and what was edited in its folder `notes` is taken over. WhatsApp delivers what people write as they write it and gives out
/// nothing of the past: what is left to fetch is what was kept aside, messages that came before the phone was connected or while saving was paused. To
/// push takes the permission `read:memories`, to pull `write:memories`, WhatsApp `sync:whatsapp`.
#[utoipa::path(
    post, operation_id = "forceSync", path = "/sync/force", tag = "sync", security(("bearer" = []), ("apiKey" = [])),
    request_body = ForceSyncRequest,
    responses(
        (status = 202, description = "It has begun.", body = ForcedSync),
        (status = 409, description = "Nothing is connected, or too many jobs are not finished.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn force(
    State(links): State<WhatsappLinks>,
    State(chores): State<Queue<Chore>>,
    State(drives): State<DriveConnections>,
    State(starter): State<Starter>,
    State(memories): State<Memories>,
    caller: Caller,
    Now(now): Now,
    ValidJson(forced): ValidJson<ForceSyncRequest>,
) -> Result<(StatusCode, Json<ForcedSync>), ApiError> {
    let owner = caller.user_id;
    let wanted = match forced.service {
        Some(Service::Whatsapp) => Vec::new(),
        Some(Service::Drive(provider)) => vec![usable(&drives, owner, provider).await?],
        None => drives.all(owner).await?.into_iter().filter(DriveConnection::is_usable).collect(),
    };
    let may_whatsapp = caller.need(Permission::SyncWhatsapp);
    let whatsapp = match forced.service {
        Some(Service::Whatsapp) => {
            may_whatsapp?;
            true
        }
        Some(Service::Drive(_)) => false,
        None => may_whatsapp.is_ok() && is_linked(&links, owner).await?,
    };
    if forced.service == Some(Service::Whatsapp) && !is_linked(&links, owner).await? {
        return Err(not_connected());
    }
    if !whatsapp && wanted.is_empty() {
        return Err(ApiError::conflict("NotConnected", "Nothing is connected that you may synchronise."));
    }
    if !wanted.is_empty() {
        allowed(&caller, forced.direction)?;
    }
    if whatsapp {
        chores.send(&Chore::ClaimInbox { owner }).await.map_err(ApiError::unavailable)?;
    }
    let items = memories.total(owner).await?;
    let mut started = ForcedSync {
        sync_id: Uuid::now_v7(),
        status: "started",
        estimated_duration: if whatsapp { WHATSAPP_SECONDS } else { 0 },
        jobs: Vec::new(),
    };
    for drive in wanted {
        let work = DriveWork::Sync { direction: forced.direction };
        let job = starter.start(DriveJob::request(owner, drive.provider, work, now), now).await?;
        // Nothing but what has changed is sent again, which nobody knows yet.
        let bytes = if drive.last_backup.is_some() { 0 } else { items * RECORD_BYTES };
        let seconds = app_backup::estimate(items, bytes, None).as_secs();
        started.estimated_duration = started.estimated_duration.max(seconds);
        if started.jobs.is_empty() {
            started.sync_id = job.id.as_uuid();
        }
        started.jobs.push(StartedJob { provider: drive.provider.as_str(), id: job.id.as_uuid() });
    }
    Ok((StatusCode::ACCEPTED, Json(started)))
}

fn allowed(caller: &Caller, direction: Direction) -> Result<(), ApiError> {
    if direction != Direction::Pull {
        caller.need(Permission::ReadMemories)?;
    }
    if direction != Direction::Push {
        caller.need(Permission::WriteMemories)?;
    }
    Ok(())
}

async fn is_linked(links: &WhatsappLinks, owner: UserId) -> Result<bool, ApiError> {
    let link = links.of(owner).await?;
    Ok(link.connected.is_some() || link.own.is_some())
}
