//! An export that was asked for in a chat: the same as one of `POST /exports`.

use app_domain::{ExportFormat, ExportId, ExportJob, ExportSpec, Origin, Outgoing, Tier, UserId};
use aws_lc_rs::digest::{SHA256, digest};
use uuid::Builder;

use crate::App;
use crate::failure::Failure;

/// Begins an export, and says so. Its id derives from what asked for it, so that it is begun once.
pub(crate) async fn begin(app: &App, outgoing: &Outgoing, owner: UserId) -> Result<String, Failure> {
    let job = match app.exports.get(owner, id(outgoing)).await? {
        Some(job) => job,
        None => {
            let tier = app.users.get(owner).await?.map_or(Tier::Free, |user| user.tier);
            let (spec, limit) = (ExportSpec::of(ExportFormat::Zip), app.export_limits.of(tier));
            let job =
                ExportJob { id: id(outgoing), ..ExportJob::request(owner, spec, limit, outgoing.asked_at) };
            app.exports.create(&job, &Origin::new(None, Some("WhatsApp"))).await?;
            job
        }
    };
    // If this came before, it may not have been queued. The worker does a job once.
    if !job.is_finished() {
        app.jobs.send(&job.task()).await?;
    }
    let days = match job.limit.kept_days {
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    };
    Ok(format!(
        "Your export has begun: a file with everything. You find it in the app, under Exports, for {days}."
    ))
}

fn id(outgoing: &Outgoing) -> ExportId {
    let millis = u64::try_from(outgoing.asked_at.as_millis()).unwrap_or(0);
    let mut unique = [0; 10];
    unique.copy_from_slice(&digest(&SHA256, outgoing.key.as_str().as_bytes()).as_ref()[..10]);
    ExportId::from(Builder::from_unix_timestamp_millis(millis, &unique).into_uuid())
}
