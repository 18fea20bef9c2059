//! Wires the function; the work is in the library.

use app_backup::Drives;
use app_connectors::graph::{Graph, GraphConfig};
use app_http::{Authenticator, KeySource};
use app_runtime::{Env, Queue, Secrets, now, run_http};
use app_store::{
    AccessGate, ArchiveBucket, Backups, Categories, DriveConnections, DriveJobs, DriveTokens, Memories,
    PendingDrives, Table, WhatsappContacts, WhatsappLinks, WhatsappNumbers,
};
use app_vault::Vault;
use sync::{
    App, BusinessNumber, Door, DriveCallback, DriveDiffs, Meta, Offered, OwnNumbers, Starter, router,
};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), BoxError> {
    run_http(|env, aws| -> Result<_, BoxError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let secrets = Secrets::new(aws.clone());
        let keys = KeySource::new(secrets.reader(env.required("JWT_PUBLIC_KEYS_SECRET")?));
        let [for_chores, for_media, for_drives, for_diffs, for_mail] = std::array::from_fn(|_| aws.clone());
        let providers =
            || -> Result<_, BoxError> { Ok(secrets.cached_reader(env.required("DRIVE_PROVIDERS_SECRET")?)) };
        let drive_tokens = DriveTokens::new(table.clone(), vault.clone());
        let is_anywhere = env.required("DRIVE_ADDRESSES")? == "any";
        let opener = Drives::new(drive_tokens.clone(), providers()?, is_anywhere, now);
        let drives = DriveConnections::new(table.clone(), vault.clone());
        let mail = Queue::new(env.required("MAIL_QUEUE_URL")?, move || for_mail.sqs());
        let drive_jobs = DriveJobs::new(table.clone(), vault.clone());
        let drives_queue = Queue::new(env.required("DRIVES_QUEUE_URL")?, move || for_drives.sqs());
        let drives_bucket = ArchiveBucket::new(env.required("DRIVES_BUCKET")?, move || for_diffs.s3());
        let links = WhatsappLinks::new(table.clone());
        let app = App {
            own: OwnNumbers::new(
                WhatsappNumbers::new(table.clone(), vault.clone()),
                links.clone(),
                meta(env, &secrets)?,
                env.optional("WHATSAPP_PHONE_NUMBER_ID"),
            ),
            links,
            contacts: WhatsappContacts::new(table.clone(), vault.clone()),
            categories: Categories::new(table.clone(), vault.clone()),
            memories: Memories::new(table.clone(), vault.clone()),
            chores: Queue::new(env.required("CHORES_QUEUE_URL")?, move || for_chores.sqs()),
            media: Queue::new(env.required("MEDIA_QUEUE_URL")?, move || for_media.sqs()),
            door: Door::new(opener, drives.clone(), mail),
            drives,
            pending_drives: PendingDrives::new(table.clone(), vault.clone()),
            backups: Backups::new(table.clone(), vault.clone()),
            drive_tokens,
            offered: Offered::new(providers()?),
            drive_callback: DriveCallback(env.required("DRIVE_CALLBACK")?),
            starter: Starter::new(drive_jobs.clone(), drives_queue),
            drive_jobs,
            drive_diffs: DriveDiffs(drives_bucket),
            business_number: BusinessNumber(env.optional("WHATSAPP_PHONE_NUMBER")),
            authenticator: Authenticator::new(keys, AccessGate::new(table, now), env.parsed("RATE_LIMITS")?),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}

/// Meta, if the deployment says which app is ours there.
fn meta(env: &Env, secrets: &Secrets) -> Result<Option<Meta>, BoxError> {
    let Some(app_id) = env.optional("WHATSAPP_APP_ID") else { return Ok(None) };
    let graph = Graph::new(GraphConfig::from_env(|name| env.optional(name)))?;
    let app_secret = secrets.cached_reader(env.required("WHATSAPP_APP_SECRET")?);
    Ok(Some(Meta::new(graph, &app_id, app_secret)))
}
