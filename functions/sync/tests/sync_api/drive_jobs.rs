//! Jobs on drives: asked for, followed, cancelled.

use app_backup::layout::ManifestName;
use app_domain::{BackupId, DriveJobId, DriveJobStatus, Timestamp, UserId};
use app_testing::drives::PlayedDrive;
use serde_json::{Value, json};

use crate::stage::{Person, Stage, now, person, refusal, refused};

const FORCE: &str = "/sync/force";

async fn connected() -> (Stage, Person) {
    let (stage, ada) = (Stage::new().await, person());
    assert_eq!(stage.with_dropbox(&ada).await.status, 200);
    (stage, ada)
}

/// A manifest on the drive.
fn manifest(stage: &Stage, set: UserId, is_sealed: bool) -> ManifestName {
    let at: Timestamp = "2026-11-20T10:00:00.000Z".parse().unwrap();
    let name = ManifestName::new(set, at, BackupId::new(at), is_sealed);
    stage.dropbox.put_by_hand(&name.path(), b"{}");
    name
}

fn id(value: &Value) -> DriveJobId {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_backup_that_is_asked_for_is_queued_and_can_be_followed() {
    let (stage, ada) = connected().await;
    let reply = stage.post(&ada, FORCE, &json!({"provider": "dropbox", "direction": "push"})).await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    let forced = reply.json();
    assert!(forced["estimatedDuration"].as_u64().unwrap() > 0);
    assert_eq!(forced["jobs"], json!([{"provider": "dropbox", "id": forced["syncId"]}]));
    let sent = stage.drives_queue.take();
    assert_eq!(sent, [json!({"kind": "job", "jobId": forced["syncId"], "userId": ada.id})]);
    let job = stage.get(&ada, &format!("/sync/jobs/{}", forced["syncId"].as_str().unwrap())).await;
    assert_eq!(
        (job.json()["job"]["status"].clone(), job.json()["job"]["kind"].clone()),
        (json!("queued"), json!("push"))
    );
    // Whoever asks twice gets the same, as long as it has not begun.
    let again = stage.post(&ada, FORCE, &json!({"provider": "dropbox", "direction": "push"})).await.json();
    assert_eq!(again["syncId"], forced["syncId"]);
    let other = stage.post(&ada, FORCE, &json!({"provider": "dropbox", "direction": "pull"})).await.json();
    assert_ne!(other["syncId"], forced["syncId"]);
    let listed = stage.get(&ada, "/sync/jobs?limit=1").await.json();
    assert_eq!(listed["jobs"][0]["id"], other["syncId"]);
    let cursor = listed["pagination"]["nextCursor"].as_str().unwrap();
    let rest = stage.get(&ada, &format!("/sync/jobs?cursor={cursor}")).await.json();
    assert_eq!(rest["jobs"][0]["id"], forced["syncId"]);
}

#[tokio::test]
async fn without_a_provider_everything_that_is_connected_is_synchronised() {
    let (stage, ada) = connected().await;
    let reply = stage.post(&ada, FORCE, &json!({})).await;
    assert_eq!((reply.status.as_u16(), stage.chores.take().len()), (202, 0));
    assert_eq!(stage.drives_queue.take().len(), 1);
    let nobody = person();
    assert_eq!(refusal(&stage.post(&nobody, FORCE, &json!({})).await), refused(409, "NotConnected"));
    let whatsapp = stage.post(&ada, FORCE, &json!({"provider": "whatsapp"})).await;
    assert_eq!(refusal(&whatsapp), refused(409, "NotConnected"));
}

#[tokio::test]
async fn nobody_sees_or_cancels_the_jobs_of_others() {
    let (stage, ada) = connected().await;
    let forced = stage.post(&ada, FORCE, &json!({})).await.json();
    let path = format!("/sync/jobs/{}", forced["syncId"].as_str().unwrap());
    let eve = person();
    assert_eq!(stage.get(&eve, &path).await.status, 404);
    assert_eq!(stage.post(&eve, &format!("{path}/cancel"), &json!({})).await.status, 404);
    assert_eq!(stage.get(&eve, "/sync/jobs").await.json()["jobs"], json!([]));
    let cancelled = stage.post(&ada, &format!("{path}/cancel"), &json!({})).await;
    assert_eq!(cancelled.json()["job"]["status"], "cancelled", "{}", cancelled.text);
    let twice = stage.post(&ada, &format!("{path}/cancel"), &json!({})).await;
    assert_eq!(refusal(&twice), refused(409, "JobOver"));
}

#[tokio::test]
async fn a_person_has_ten_jobs_at_most_that_are_not_over() {
    let (stage, ada) = connected().await;
    let name = manifest(&stage, ada.id, false);
    for n in 0..12 {
        let body = json!({"memoryIds": [uuid::Uuid::now_v7()]});
        let reply = stage.post(&ada, &format!("/sync/dropbox/backups/{}/restore", name.id), &body).await;
        match n {
            0..10 => assert_eq!(reply.status, 202, "{}", reply.text),
            _ => assert_eq!(refusal(&reply), refused(409, "TooManyJobs")),
        }
    }
}

#[tokio::test]
async fn backups_are_listed_as_they_are_on_the_drive_whosever_they_are() {
    let (stage, ada) = connected().await;
    let (own, other) = (manifest(&stage, ada.id, false), manifest(&stage, UserId::new(now()), true));
    stage.dropbox.put_by_hand("backups/readme.txt", b"by hand");
    let listed = stage.get(&ada, "/sync/dropbox/backups").await;
    assert_eq!(listed.status, 200, "{}", listed.text);
    let backups = listed.json()["backups"].as_array().unwrap().clone();
    assert_eq!(backups.len(), 2, "{}", listed.text);
    let of = |id: BackupId| backups.iter().find(|backup| backup["id"] == json!(id)).unwrap().clone();
    assert_eq!((of(own.id)["isOwn"].clone(), of(own.id)["isEncrypted"].clone()), (json!(true), json!(false)));
    assert_eq!(
        (of(other.id)["isOwn"].clone(), of(other.id)["isEncrypted"].clone()),
        (json!(false), json!(true))
    );
    assert_eq!(of(own.id)["path"], own.path());
    stage.dropbox.remove_by_hand(&own.path());
    let listed = stage.get(&ada, "/sync/dropbox/backups").await.json();
    assert_eq!(listed["backups"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_restore_says_what_is_wanted_and_keeps_the_passphrase_to_itself() {
    let (stage, ada) = connected().await;
    let name = manifest(&stage, ada.id, true);
    let path = format!("/sync/dropbox/backups/{}/restore", name.id);
    let without = stage.post(&ada, &path, &json!({"dryRun": true})).await;
    assert_eq!((without.status.as_u16(), without.wrong_fields()), (422, vec!["passphrase".into()]));
    let passphrase = "correct horse battery staple";
    let reply = stage.post(&ada, &path, &json!({"dryRun": true, "passphrase": passphrase})).await;
    assert_eq!((reply.status.as_u16(), reply.json()["job"]["kind"].clone()), (202, json!("diff")));
    assert!(!reply.text.contains("correct horse"));
    let job = stage.drive_jobs.get(ada.id, id(&reply.json()["job"]["id"])).await.unwrap().unwrap();
    assert_eq!((job.status, job.passphrase.as_deref()), (DriveJobStatus::Queued, Some(passphrase)));
    for (field, value) in [
        ("onConflict", json!("overwrite")),
        ("categoryIds", json!(["x"])),
        ("from", json!("yesterday")),
        ("passphrase", json!("short")),
    ] {
        let reply = stage.post(&ada, &path, &json!({field: value})).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.into()]), "{field}");
    }
    let nothing = format!("/sync/dropbox/backups/{}/restore", uuid::Uuid::now_v7());
    assert_eq!(stage.post(&ada, &nothing, &json!({})).await.status, 404);
    let verified =
        stage.post(&ada, &path.replace("restore", "verify"), &json!({"passphrase": passphrase})).await;
    assert_eq!((verified.status.as_u16(), verified.json()["job"]["kind"].clone()), (202, json!("verify")));
}

#[tokio::test]
async fn a_drive_that_lets_nobody_in_is_said_to_and_its_owner_told_once() {
    let (stage, ada) = connected().await;
    stage.patch(&ada, "/sync/dropbox", &json!({"schedule": "daily"})).await;
    stage.dropbox.withdraw();
    for _ in 0..2 {
        let listed = stage.get(&ada, "/sync/dropbox/backups").await;
        assert_eq!(refusal(&listed), refused(409, "ConsentNeeded"));
    }
    let drive = stage.get(&ada, "/sync/dropbox").await.json()["drive"].clone();
    assert_eq!(
        (&drive["status"], &drive["error"]["code"]),
        (&json!("needs-consent"), &json!("needs-consent"))
    );
    assert!(drive.get("nextSync").is_none(), "{drive}");
    assert_eq!(stage.mail.take().len(), 1);
}
