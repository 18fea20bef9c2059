//! People's drives: connected, backed up to, and everything brought back from them.

use std::sync::Arc;

use e2e::{Person, Stack, eventually};
use reqwest::{Method, StatusCode, Url};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::exports::{delivered_again, exported};
use crate::round_trip::{full, own, pretty_eq, records};

crate::trials!(
    everything_comes_back_from_google_drive,
    everything_comes_back_from_dropbox,
    everything_comes_back_from_onedrive,
    everything_comes_back_from_a_bucket_of_ones_own,
    an_encrypted_backup_becomes_a_new_account,
    a_part_of_a_backup_is_restored_after_a_look_at_it,
    what_is_edited_on_the_drive_becomes_a_version,
    a_backup_that_is_delivered_again_changes_nothing,
    the_scheduler_runs,
);

const PASSPHRASE: &str = "correct horse battery staple";

/// Connects a drive of a provider that is asked for consent.
async fn connected(stack: &Stack, person: &Person, provider: &str) {
    let Some(drives) = stack.drives() else { panic!("the drives are those of whoever started the stack") };
    let begun = person.get(&format!("/sync/{provider}/authorize")).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    let back = drives.of(provider).consent(begun.body["url"].as_str().unwrap()).unwrap();
    let back = Url::parse(&back).unwrap();
    let of = |wanted: &str| back.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
    let body = json!({"code": of("code"), "state": of("state")});
    let reply = person.post(&format!("/sync/{provider}/callback"), &body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

/// Connects a bucket that is made for it.
pub(crate) async fn connected_bucket(stack: &Stack, person: &Person) {
    let bucket = format!("own-{}", Uuid::new_v4().simple());
    let config = aws_sdk_s3::config::Builder::from(&stack.aws()).force_path_style(true).build();
    aws_sdk_s3::Client::from_conf(config).create_bucket().bucket(&bucket).send().await.unwrap();
    let keys = stack.environment();
    let key = |name: &str| keys.iter().find(|(known, _)| known == name).unwrap().1.clone();
    let body = json!({
        "endpoint": stack.output("CloudEndpoint"), "region": "us-east-1", "bucket": bucket,
        "accessKeyId": key("AWS_ACCESS_KEY_ID"), "secretAccessKey": key("AWS_SECRET_ACCESS_KEY"),
    });
    let reply = person.post("/sync/s3/connect", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

/// A job when it is over.
async fn over(person: &Person, id: &Value) -> Value {
    let path = format!("/sync/jobs/{}", id.as_str().unwrap());
    eventually("the job to be over", || async {
        let job = person.get(&path).await.body["job"].clone();
        let is_open = ["queued", "running", "waiting"].contains(&job["status"].as_str().unwrap());
        (!is_open).then_some(job)
    })
    .await
}

async fn synchronised(person: &Person, provider: &str, direction: &str) -> Value {
    let reply = person.post("/sync/force", &json!({"provider": provider, "direction": direction})).await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    let job = over(person, &reply.body["syncId"]).await;
    assert_eq!(job["status"], "completed", "{job}");
    job
}

#[expect(clippy::print_stdout, reason = "what it cost is to be seen")]
async fn backed_up(person: &Person, provider: &str) -> Value {
    let job = synchronised(person, provider, "push").await;
    println!(
        "{provider}: {} calls, {} bytes, {}",
        job["progress"]["apiCalls"], job["progress"]["bytesDone"], job["result"]
    );
    job
}

async fn backups(person: &Person, provider: &str) -> Vec<Value> {
    let listed = person.get(&format!("/sync/{provider}/backups")).await;
    assert_eq!(listed.status, 200, "{}", listed.body);
    listed.body["backups"].as_array().unwrap().clone()
}

/// Restores a backup, and waits until it is brought in.
#[expect(clippy::print_stdout, reason = "what it cost is to be seen")]
async fn restored(person: &Person, provider: &str, backup: &Value, how: &Value) -> Value {
    let path = format!("/sync/{provider}/backups/{}/restore", backup["id"].as_str().unwrap());
    let reply = person.post(&path, how).await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    let job = over(person, &reply.body["job"]["id"]).await;
    assert_eq!(job["status"], "completed", "{job}");
    let path = format!("/imports/{}", job["result"]["importId"].as_str().unwrap());
    let import = eventually("the restore to be brought in", || async {
        let import = person.get(&path).await.body["import"].clone();
        let is_open = ["queued", "running"].contains(&import["status"].as_str().unwrap());
        (!is_open).then_some(import)
    })
    .await;
    assert_eq!(import["status"], "completed", "{import}");
    println!(
        "{provider}: restored with {} calls, {} bytes",
        job["progress"]["apiCalls"], job["progress"]["bytesDone"]
    );
    import
}

async fn account(person: &Person) -> Vec<Value> {
    own(&records(&exported(person, &json!({"format": "zip"})).await.1))
}

/// Deletes everything that a person has made.
async fn deleted(person: &Person) {
    let delete = async |path: &str, names: &str, id: &str| {
        for item in person.get(path).await.body[names].as_array().unwrap() {
            let (folder, _) = path.split_once('?').unwrap_or((path, ""));
            if item["isDefault"] == true {
                continue;
            }
            let reply = person.delete(&format!("{folder}/{}", item[id].as_str().unwrap())).await;
            // The trash takes its files along when it is emptied, and may just have.
            assert!(reply.status.is_success() || reply.status == 404, "{folder}: {}", reply.body);
        }
    };
    delete("/memories?limit=100", "memories", "id").await;
    let emptied = person.delete("/trash").await;
    assert!(emptied.status.is_success(), "{}", emptied.body);
    delete("/files?limit=100", "files", "id").await;
    delete("/categories", "categories", "id").await;
    delete("/reminders?limit=100", "reminders", "id").await;
    delete("/ai/conversations?limit=100", "conversations", "id").await;
    delete("/ai/facts?limit=100", "facts", "id").await;
    eventually("everything to be gone", || async {
        let left = account(person).await;
        let left: Vec<&Value> = left.iter().filter(|record| record["kind"] != "settings").collect();
        left.is_empty().then_some(())
    })
    .await;
}

async fn everything_comes_back(person: Person, provider: &str) {
    let first = backed_up(&person, provider).await;
    assert!(first["result"]["backupId"].is_string(), "{first}");
    // Nothing has changed.
    let again = backed_up(&person, provider).await;
    assert_eq!(again["result"]["unchanged"], true, "{again}");

    person.save(&json!({"title": "Later", "content": "The sail tore."})).await;
    let second = backed_up(&person, provider).await;
    let listed = backups(&person, provider).await;
    let details = |backup: &Value| {
        listed.iter().find(|one| one["id"] == backup["result"]["backupId"]).unwrap()["details"].clone()
    };
    assert!(details(&second)["newBytes"].as_u64() > Some(0), "{listed:?}");
    assert_eq!(details(&second)["previous"], first["result"]["backupId"]);

    let path = format!("/sync/{provider}/backups/{}/verify", second["result"]["backupId"].as_str().unwrap());
    let reply = person.post(&path, &json!({})).await;
    let verified = over(&person, &reply.body["job"]["id"]).await;
    assert_eq!(verified["status"], "completed", "{verified}");

    let before = account(&person).await;
    deleted(&person).await;
    let backup = backups(&person, provider).await[0].clone();
    assert_eq!(backup["id"], second["result"]["backupId"]);
    restored(&person, provider, &backup, &json!({})).await;
    pretty_eq(&before, &account(&person).await);
    let status = person.get("/sync/status").await.body;
    let drive =
        status["providers"].as_array().unwrap().iter().find(|one| one["name"] == provider).unwrap().clone();
    assert_eq!(drive["status"], "connected", "{status}");
    assert!(drive["lastSync"].is_string(), "{status}");
}

async fn everything_comes_back_from_google_drive(stack: Arc<Stack>) {
    let ada = full(&stack).await;
    connected(&stack, &ada, "google-drive").await;
    everything_comes_back(ada, "google-drive").await;
}

async fn everything_comes_back_from_dropbox(stack: Arc<Stack>) {
    let ada = full(&stack).await;
    connected(&stack, &ada, "dropbox").await;
    everything_comes_back(ada, "dropbox").await;
}

async fn everything_comes_back_from_onedrive(stack: Arc<Stack>) {
    let ada = full(&stack).await;
    connected(&stack, &ada, "onedrive").await;
    everything_comes_back(ada, "onedrive").await;
}

async fn everything_comes_back_from_a_bucket_of_ones_own(stack: Arc<Stack>) {
    let ada = full(&stack).await;
    connected_bucket(&stack, &ada).await;
    everything_comes_back(ada, "s3").await;
}

async fn an_encrypted_backup_becomes_a_new_account(stack: Arc<Stack>) {
    let ada = full(&stack).await;
    connected(&stack, &ada, "dropbox").await;
    let passphrase = json!({"passphrase": PASSPHRASE});
    let reply = ada
        .send(
            Method::PUT,
            "/sync/dropbox/encryption",
            &[("content-type", "application/json")],
            Some(passphrase.to_string().into_bytes()),
        )
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let made = backed_up(&ada, "dropbox").await;
    let of_ada = ada.account["user"]["id"].as_str().unwrap();
    let files = stack.drives().unwrap().of("dropbox").files();
    let sealed: Vec<(&String, &Vec<u8>)> = files.iter().filter(|(path, _)| path.contains(of_ada)).collect();
    assert!(sealed.len() >= 3, "{:?}", files.keys());
    for (path, bytes) in sealed {
        assert!(path.ends_with(".age") && bytes.starts_with(b"age-encryption.org/v1\n"), "{path}");
    }

    // Somebody else here, with the same drive and the passphrase.
    let bob = Person::registered(&stack).await;
    connected(&stack, &bob, "dropbox").await;
    let listed = backups(&bob, "dropbox").await;
    let backup = listed.iter().find(|one| one["id"] == made["result"]["backupId"]).unwrap();
    assert_eq!((backup["isOwn"].clone(), backup["isEncrypted"].clone()), (json!(false), json!(true)));
    let path = format!("/sync/dropbox/backups/{}/restore", backup["id"].as_str().unwrap());
    assert_eq!(bob.post(&path, &json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = bob.post(&path, &json!({"passphrase": "not the passphrase at all"})).await;
    let failed = over(&bob, &wrong.body["job"]["id"]).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    restored(&bob, "dropbox", backup, &json!({"passphrase": PASSPHRASE})).await;
    pretty_eq(&account(&ada).await, &account(&bob).await);
}

async fn a_part_of_a_backup_is_restored_after_a_look_at_it(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    connected_bucket(&stack, &ada).await;
    let [kept, edited, lost] =
        ["Kept", "Edited", "Lost"].map(|title| json!({"title": title, "content": "as it was"}));
    let _kept = ada.save(&kept).await;
    let (edited, lost) = (ada.save(&edited).await, ada.save(&lost).await);
    backed_up(&ada, "s3").await;
    let path = |memory: &Value| format!("/memories/{}", memory["id"].as_str().unwrap());
    let patched = ada.patch(&path(&edited), &json!({"content": "as it is"})).await;
    assert_eq!(patched.status, 200, "{}", patched.body);
    assert!(ada.delete(&path(&lost)).await.status.is_success());
    ada.save(&json!({"title": "New", "content": "here alone"})).await;

    let backup = backups(&ada, "s3").await[0].clone();
    let restore = format!("/sync/s3/backups/{}/restore", backup["id"].as_str().unwrap());
    let reply = ada.post(&restore, &json!({"dryRun": true})).await;
    let looked = over(&ada, &reply.body["job"]["id"]).await;
    assert_eq!(looked["status"], "completed", "{looked}");
    let of = |what: &str| looked["result"][what]["counts"]["memory"].clone();
    assert_eq!(
        [of("added"), of("conflicts"), of("deleted")],
        [1, 1, 1].map(|count| json!(count)),
        "{looked}"
    );
    let link = ada.get(&format!("/sync/jobs/{}/diff", looked["id"].as_str().unwrap())).await;
    assert_eq!(link.status, 200, "{}", link.body);
    let lines = reqwest::get(link.body["url"].as_str().unwrap()).await.unwrap().text().await.unwrap();
    assert!(lines.contains(lost["id"].as_str().unwrap()), "{lines}");

    restored(&ada, "s3", &backup, &json!({"memoryIds": [lost["id"]]})).await;
    assert_eq!(ada.get(&path(&lost)).await.status, 200);
    assert_eq!(ada.get(&path(&edited)).await.body["memory"]["content"], "as it is");
    restored(&ada, "s3", &backup, &json!({"onConflict": "replace"})).await;
    assert_eq!(ada.get(&path(&edited)).await.body["memory"]["content"], "as it was");
    assert_eq!(ada.memories().await.len(), 4);
}

async fn what_is_edited_on_the_drive_becomes_a_version(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    connected(&stack, &ada, "onedrive").await;
    let reply = ada.patch("/sync/onedrive", &json!({"notes": "newest"})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let title = format!("Note {}", Uuid::new_v4().simple());
    let memory = ada.save(&json!({"title": title, "content": "Buy rope"})).await;
    synchronised(&ada, "onedrive", "both").await;
    let drive = stack.drives().unwrap().of("onedrive");
    let (path, note) = drive.files().into_iter().find(|(path, _)| path.contains(&title)).unwrap();
    let edited = String::from_utf8(note).unwrap().replace("Buy rope", "Buy rope and a winch");
    drive.put_by_hand(&path, edited.as_bytes());
    let fresh = format!("Fresh {}", Uuid::new_v4().simple());
    drive.put_by_hand(&format!("notes/{fresh}.md"), format!("# {fresh}\n\nWritten on the drive.").as_bytes());
    synchronised(&ada, "onedrive", "pull").await;
    let now = ada.get(&format!("/memories/{}", memory["id"].as_str().unwrap())).await.body["memory"].clone();
    assert!(now["content"].to_string().contains("Buy rope and a winch"), "{now}");
    assert!(now["version"].as_u64() > memory["version"].as_u64(), "{now}");
    let titles: Vec<Value> = ada.memories().await.into_iter().map(|memory| memory["title"].clone()).collect();
    assert!(titles.contains(&json!(fresh)), "{titles:?}");
    drive.remove_by_hand(&path);
    synchronised(&ada, "onedrive", "pull").await;
    assert_eq!(ada.get(&format!("/memories/{}", memory["id"].as_str().unwrap())).await.status, 200);
}

async fn a_backup_that_is_delivered_again_changes_nothing(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    connected_bucket(&stack, &ada).await;
    ada.save(&json!({"title": "once"})).await;
    let job = backed_up(&ada, "s3").await;
    let before = backups(&ada, "s3").await;
    let task = json!({"kind": "job", "jobId": job["id"], "userId": ada.account["user"]["id"]});
    delivered_again(&stack, "DrivesQueueUrl", &task).await;
    assert_eq!(backups(&ada, "s3").await, before);
    let after = ada.get(&format!("/sync/jobs/{}", job["id"].as_str().unwrap())).await.body["job"].clone();
    assert_eq!((&after["status"], &after["updatedAt"]), (&job["status"], &job["updatedAt"]));
}

async fn the_scheduler_runs(stack: Arc<Stack>) {
    let lambda = aws_sdk_lambda::Client::new(&stack.aws());
    let payload = aws_sdk_lambda::primitives::Blob::new(b"{}".to_vec());
    let invoked = lambda.invoke().function_name(stack.output("SchedulerFunctionName")).payload(payload);
    let answer = invoked.send().await.unwrap();
    assert_eq!((answer.status_code, answer.function_error), (200, None));
}
