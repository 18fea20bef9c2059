//! Connecting drives, setting what is backed up, letting them go.

use std::time::Duration;

use app_domain::{DriveProvider, DriveState, Role};
use app_testing::caller;
use app_testing::drives::{DriveFault, FakeS3, PlayedDrive};
use serde_json::{Value, json};

use crate::stage::{Person, Stage, person, refusal, refused};

const DRIVE: &str = "/sync/dropbox";

/// What nobody expects to be the same.
fn plain(mut drive: Value) -> Value {
    for member in ["connectedAt", "nextSync"] {
        if drive["drive"].get(member).is_some() {
            drive["drive"][member] = json!("[time]");
        }
    }
    drive
}

#[tokio::test]
async fn a_drive_is_connected_by_who_agreed_and_seen_in_the_status() {
    let stage = Stage::new().await;
    // Everybody may: nobody has to be premium to own their data.
    let (id, token) = caller(Role::User);
    let person = Person { id, token };
    let reply = stage.with_dropbox(&person).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    insta::assert_json_snapshot!(plain(reply.json()), @r#"
    {
      "drive": {
        "account": "joerg@example.com",
        "connectedAt": "[time]",
        "provider": "dropbox",
        "settings": {
          "format": "archive",
          "hour": 3,
          "isEncrypted": false,
          "notes": "off",
          "retention": {
            "daily": 7,
            "monthly": 12,
            "weekly": 4
          },
          "schedule": "off",
          "timezone": "UTC"
        },
        "status": "connected"
      }
    }
    "#);
    assert_eq!(stage.get(&person, DRIVE).await.json(), reply.json());
    let status = stage.get(&person, "/sync/status").await.json();
    assert_eq!(status["providers"][1]["name"], "dropbox");
    assert_eq!(status["providers"][1]["status"], "connected");
    let kept = stage.drive_tokens.get(id, DriveProvider::Dropbox).await.unwrap().unwrap();
    let drive = stage.drives.get(id, DriveProvider::Dropbox).await.unwrap().unwrap();
    assert_eq!(kept.grant, drive.grant);
}

#[tokio::test]
async fn what_comes_back_works_once_and_for_who_began_it() {
    let stage = Stage::new().await;
    let (ada, eve) = (person(), person());
    let (code, state) = stage.agreed(&ada).await;
    let body = json!({"code": code, "state": state});
    let stolen = stage.post(&eve, "/sync/dropbox/callback", &body).await;
    assert_eq!(refusal(&stolen), refused(409, "ConnectionNotBegun"));
    // What somebody else has tried is over.
    let late = stage.post(&ada, "/sync/dropbox/callback", &body).await;
    assert_eq!(refusal(&late), refused(409, "ConnectionNotBegun"));

    let (code, state) = stage.agreed(&ada).await;
    let elsewhere =
        stage.post(&ada, "/sync/google-drive/callback", &json!({"code": code, "state": state})).await;
    assert_eq!(refusal(&elsewhere), refused(409, "ConnectionNotBegun"));
    let (_, state) = stage.agreed(&ada).await;
    let wrong = stage.post(&ada, "/sync/dropbox/callback", &json!({"code": "wrong", "state": state})).await;
    assert_eq!(refusal(&wrong), refused(409, "ConnectionNotBegun"));
    let (_, state) = stage.agreed(&ada).await;
    let denied =
        stage.post(&ada, "/sync/dropbox/callback", &json!({"error": "access_denied", "state": state})).await;
    assert_eq!(refusal(&denied), refused(409, "ConsentDenied"));
    for body in [json!({}), json!({"state": "x"}), json!({"code": "x"}), json!({"code": "", "state": "x"})] {
        let reply = stage.post(&ada, "/sync/dropbox/callback", &body).await;
        assert!([400, 422].contains(&reply.status.as_u16()), "{body}: {}", reply.text);
    }
    assert_eq!(stage.drives.all(ada.id).await.unwrap(), []);
    assert!(stage.drive_tokens.get(ada.id, DriveProvider::Dropbox).await.unwrap().is_none());
}

#[tokio::test]
async fn a_drive_that_fails_while_it_is_connected_leaves_the_one_before_alone() {
    let stage = Stage::new().await;
    let ada = person();
    assert_eq!(stage.with_dropbox(&ada).await.status, 200);
    let before = stage.drives.get(ada.id, DriveProvider::Dropbox).await.unwrap().unwrap();
    let (code, state) = stage.agreed(&ada).await;
    stage.dropbox.fail(DriveFault::Throttled(Some(60)), 1);
    let body = json!({"code": code, "state": state});
    let failed = stage.post(&ada, "/sync/dropbox/callback", &body).await;
    assert_eq!(failed.status, 503, "{}", failed.text);
    assert_eq!(stage.drives.get(ada.id, DriveProvider::Dropbox).await.unwrap().unwrap(), before);
    let kept = stage.drive_tokens.get(ada.id, DriveProvider::Dropbox).await.unwrap().unwrap();
    assert_eq!(kept.grant, before.grant);
}

#[tokio::test]
async fn providers_that_are_not_offered_or_not_there_are_refused() {
    let stage = Stage::new().await;
    let ada = person();
    for provider in ["google-drive", "onedrive", "s3"] {
        let reply = stage.get(&ada, &format!("/sync/{provider}/authorize")).await;
        assert_eq!(refusal(&reply), refused(422, "ProviderUnavailable"), "{provider}");
    }
    for path in ["/sync/box/authorize", "/sync/box", "/sync/box/backups"] {
        assert_eq!(stage.get(&ada, path).await.status, 404, "{path}");
    }
    for path in [DRIVE, "/sync/dropbox/backups"] {
        assert_eq!(refusal(&stage.get(&ada, path).await), refused(409, "NotConnected"), "{path}");
    }
    let patched = stage.patch(&ada, DRIVE, &json!({"schedule": "daily"})).await;
    assert_eq!(refusal(&patched), refused(409, "NotConnected"));
}

#[tokio::test]
async fn what_is_backed_up_and_when_can_be_set() {
    let stage = Stage::new().await;
    let ada = person();
    stage.with_dropbox(&ada).await;
    let settings = json!({
        "schedule": "daily", "hour": 4, "timezone": "Europe/Berlin", "format": "json",
        "retention": {"daily": 3, "weekly": 0, "monthly": 6}, "notes": "favorites",
    });
    let reply = stage.patch(&ada, DRIVE, &settings).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let mut set = reply.json()["drive"]["settings"].clone();
    assert_eq!(set.as_object_mut().unwrap().remove("isEncrypted"), Some(json!(false)));
    assert_eq!(set, settings);
    let next = reply.json()["drive"]["nextSync"].clone();
    assert!(next.is_string());
    // What says nothing of when leaves it alone.
    let reply = stage.patch(&ada, DRIVE, &json!({"format": "archive"})).await;
    assert_eq!(reply.json()["drive"]["nextSync"], next);
    let off = stage.patch(&ada, DRIVE, &json!({"schedule": "off"})).await;
    assert!(off.json()["drive"].get("nextSync").is_none(), "{}", off.text);
    for (field, value) in [
        ("schedule", json!("hourly")),
        ("hour", json!(24)),
        ("timezone", json!("Mars/Olympus")),
        ("format", json!("zip")),
        ("retention", json!({"daily": 367, "weekly": 0, "monthly": 0})),
        ("notes", json!("all")),
    ] {
        let reply = stage.patch(&ada, DRIVE, &json!({field: value})).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.into()]), "{field}");
    }
}

#[tokio::test]
async fn backups_are_encrypted_with_a_key_that_only_the_passphrase_opens() {
    let stage = Stage::new().await;
    let ada = person();
    stage.with_dropbox(&ada).await;
    let path = "/sync/dropbox/encryption";
    let weak = stage.put(&ada, path, &json!({"passphrase": "short"})).await;
    assert_eq!((weak.status.as_u16(), weak.wrong_fields()), (422, vec!["passphrase".into()]));
    let first = "correct horse battery staple";
    let reply = stage.put(&ada, path, &json!({"passphrase": first})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.json()["drive"]["settings"]["isEncrypted"], true);
    assert!(!reply.text.contains("age1"));
    let key = || async {
        let drive = stage.drives.get(ada.id, DriveProvider::Dropbox).await.unwrap().unwrap();
        (drive.settings.recipient.clone(), drive.key_file.clone().unwrap())
    };
    let (recipient, made) = key().await;

    let second = "another one that is long";
    for body in
        [json!({"passphrase": second}), json!({"passphrase": second, "currentPassphrase": "not the first"})]
    {
        let refused = stage.put(&ada, path, &body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.wrong_fields()),
            (422, vec!["currentPassphrase".into()])
        );
    }
    let changed = stage.put(&ada, path, &json!({"passphrase": second, "currentPassphrase": first})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let (same, rewrapped) = key().await;
    assert!(same == recipient && rewrapped != made);

    let off = stage.delete(&ada, path).await;
    assert_eq!(off.json()["drive"]["settings"]["isEncrypted"], false);
    // What is encrypted on the drive must stay to be opened.
    let again = stage.put(&ada, path, &json!({"passphrase": first, "currentPassphrase": second})).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert_eq!(key().await.0, recipient);
    let lost = stage.put(&ada, path, &json!({"passphrase": first, "isLost": true})).await;
    assert_eq!(lost.status, 200, "{}", lost.text);
    assert!(key().await.0 != recipient);
}

#[tokio::test]
async fn a_drive_that_is_let_go_is_told_so_and_keeps_its_settings() {
    let stage = Stage::new().await;
    let ada = person();
    stage.with_dropbox(&ada).await;
    stage.patch(&ada, DRIVE, &json!({"schedule": "weekly"})).await;
    assert!(stage.dropbox.is_granted());
    let reply = stage.delete(&ada, DRIVE).await;
    assert_eq!(reply.json(), json!({"status": "disconnected", "isRevoked": true}));
    assert!(!stage.dropbox.is_granted());
    assert!(stage.drive_tokens.get(ada.id, DriveProvider::Dropbox).await.unwrap().is_none());
    let drive = stage.drives.get(ada.id, DriveProvider::Dropbox).await.unwrap().unwrap();
    assert_eq!((drive.state, drive.next_at), (DriveState::Disconnected, None));
    assert_eq!(refusal(&stage.delete(&ada, DRIVE).await), refused(409, "NotConnected"));
    let again = stage.with_dropbox(&ada).await.json();
    assert_eq!(again["drive"]["settings"]["schedule"], "weekly");
    assert!(again["drive"]["nextSync"].is_string());
}

/// A bucket as its owner would name it.
fn bucket(played: &FakeS3) -> Value {
    json!({
        "endpoint": played.origin(), "region": FakeS3::REGION, "bucket": FakeS3::BUCKET,
        "accessKeyId": FakeS3::ACCESS_KEY_ID, "secretAccessKey": FakeS3::SECRET_ACCESS_KEY,
    })
}

#[tokio::test]
async fn a_bucket_that_works_goes_on_while_another_is_tried_whoever_dies_meanwhile() {
    let (stage, ada, s3) = (Stage::new().await, person(), FakeS3::start());
    let connected = stage.post(&ada, "/sync/s3/connect", &bucket(&s3)).await;
    assert_eq!(connected.status, 200, "{}", connected.text);
    // One that takes the connection and never says a word.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut other = bucket(&s3);
    other["endpoint"] = json!(format!("http://{}", silent.local_addr().unwrap()));
    let trying = stage.post(&ada, "/sync/s3/connect", &other);
    assert!(tokio::time::timeout(Duration::from_secs(1), trying).await.is_err());
    let listed = stage.get(&ada, "/sync/s3/backups").await;
    assert_eq!(listed.status, 200, "{}", listed.text);
}

#[tokio::test]
async fn keys_that_do_not_open_a_bucket_are_not_taken_for_a_connection_that_is_over() {
    let (stage, ada, s3) = (Stage::new().await, person(), FakeS3::start());
    let mut wrong = bucket(&s3);
    wrong["accessKeyId"] = json!("AKIASOMEBODYELSE0000");
    let reply = stage.post(&ada, "/sync/s3/connect", &wrong).await;
    assert_eq!(refusal(&reply), refused(409, "DriveRefused"));
    assert_eq!(stage.drives.all(ada.id).await.unwrap(), []);
}

#[tokio::test]
async fn a_bucket_must_be_somewhere_and_open() {
    let stage = Stage::new().await;
    let ada = person();
    let good = json!({
        "endpoint": "http://127.0.0.1:9", "region": "eu-central-1", "bucket": "my-backups",
        "accessKeyId": "AKIAEXAMPLE", "secretAccessKey": "a/secret",
    });
    for (field, value) in [
        ("endpoint", json!("http://s3.example.com")),
        ("endpoint", json!("https://user:pass@s3.example.com")),
        ("region", json!("EU")),
        ("bucket", json!("My Bucket")),
        ("prefix", json!("../up")),
        ("accessKeyId", json!("")),
        ("secretAccessKey", json!("a b")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let reply = stage.post(&ada, "/sync/s3/connect", &body).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.into()]), "{body}");
    }
    let other = stage.post(&ada, "/sync/dropbox/connect", &good).await;
    assert_eq!(refusal(&other), refused(422, "ProviderUnavailable"));
    // Nothing is at a bucket's path but what is at everybody's.
    assert_eq!(refusal(&stage.get(&ada, "/sync/s3").await), refused(409, "NotConnected"));
    assert_eq!(refusal(&stage.delete(&ada, "/sync/s3").await), refused(409, "NotConnected"));
    // Nobody is there.
    let reply = stage.post(&ada, "/sync/s3/connect", &good).await;
    assert!([409, 503].contains(&reply.status.as_u16()), "{}", reply.text);
    assert!(!reply.text.contains("a/secret"));
    assert!(stage.drive_tokens.get(ada.id, DriveProvider::S3).await.unwrap().is_none());
}
