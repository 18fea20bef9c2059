//! What services refuse, and what we refuse to call.

use std::time::Duration;

use app_connectors::drives::s3::{Reach, S3Config, S3Drive};
use app_connectors::drives::{Drive, DriveErrorClass, When};
use app_testing::drives::{DriveFault, FakeS3, PlayedDrive};
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{config, stage};
use crate::suite::{bytes, chunk_and, put, upload};

#[tokio::test]
async fn an_account_is_its_bucket_and_costs_one_call_whatever_is_in_it() {
    let (drive, fake) = stage().await;
    for n in 0..2_500 {
        fake.put_by_hand(&format!("photos/{n}"), b"text");
    }
    let before = fake.traffic().calls;
    let account = drive.account().await.unwrap();
    assert_eq!(fake.traffic().calls, before + 1);
    assert_eq!(account.label, "somebodys-own/Memory App");
    assert_eq!((account.used_bytes, account.total_bytes), (0, None));
    assert_eq!(account.id, format!("{}/somebodys-own/Memory App/", fake.origin()));
}

/// A service that has always one page more, with nothing on it.
async fn endless() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, mut read) = (None, [0; 4096]);
        for page in 0.. {
            let body = format!(
                "<ListBucketResult><IsTruncated>true</IsTruncated>\
                 <NextContinuationToken>{page}</NextContinuationToken></ListBucketResult>"
            );
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let stream = match &mut stream {
                Some(stream) => stream,
                none => none.insert(listener.accept().await.unwrap().0),
            };
            if stream.read(&mut read).await.unwrap() == 0 {
                break;
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    origin
}

#[tokio::test]
async fn a_list_that_does_not_end_is_not_read_for_ever() {
    let config = S3Config { endpoint: Some(endless().await), ..config(&FakeS3::start()) };
    let changes = tokio::time::timeout(Duration::from_secs(60), async {
        S3Drive::new(&config).unwrap().changes(None).await
    });
    let error = changes.await.unwrap().unwrap_err();
    assert_eq!((error.class, error.code.as_deref()), (DriveErrorClass::Refused, Some("TooManyObjects")));
}

#[tokio::test]
async fn a_cursor_is_good_until_something_changes() {
    let (drive, _fake) = stage().await;
    put(&drive, "one", b"one", When::Absent).await;
    let first = drive.changes(None).await.unwrap();
    assert_eq!((first.changes.len(), first.has_more), (1, false));
    let again = drive.changes(Some(&first.cursor)).await.unwrap();
    assert_eq!((again.changes.len(), &again.cursor), (0, &first.cursor));
    put(&drive, "one", b"two", When::Any).await;
    let error = drive.changes(Some(&first.cursor)).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Reset);
    let error = drive.list("", Some("no page")).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Reset);
}

#[tokio::test]
async fn a_bucket_that_is_full_says_so() {
    let (drive, fake) = stage().await;
    fake.set_room(Some(10_000));
    put(&drive, "small", b"fits", When::Absent).await;
    let full = drive.put("large", bytes(20_000, 1), When::Absent).await.unwrap_err();
    assert_eq!(full.class, DriveErrorClass::Full);
    let full = upload(&drive, "larger", &chunk_and(&drive, 1, 1), When::Absent).await.unwrap_err();
    assert_eq!(full.class, DriveErrorClass::Full);
    fake.fail(DriveFault::Full, 1);
    let full = drive.put("other", Bytes::from_static(b"other"), When::Absent).await.unwrap_err();
    assert_eq!(full.class, DriveErrorClass::Full);
    assert!(fake.files().into_keys().eq(["small".to_owned()]));
}

/// They are looked at before, as far as that goes.
#[tokio::test]
async fn services_without_conditions_or_copies_are_used_as_they_are() {
    let (drive, fake) = stage().await;
    fake.know_conditions(false);
    fake.know_copies(false);
    let one = put(&drive, "file", b"one", When::Absent).await;
    let conflict = drive.put("file", Bytes::from_static(b"two"), When::Absent).await.unwrap_err();
    assert_eq!(conflict.class, DriveErrorClass::Conflict);
    put(&drive, "file", b"two", When::Revision(one.revision.clone())).await;
    let conflict =
        drive.put("file", Bytes::from_static(b"x"), When::Revision(one.revision)).await.unwrap_err();
    assert_eq!(conflict.class, DriveErrorClass::Conflict);
    let content = chunk_and(&drive, 1, 1);
    let large = upload(&drive, "large", &content, When::Absent).await.unwrap();
    assert_eq!((large.size_bytes, large.hash), (content.len() as u64, None));
    assert!(fake.files()["large"] == content);
    assert_eq!(fake.unfinished_uploads(), 0);
}

#[tokio::test]
async fn an_upload_that_meets_another_file_leaves_no_parts() {
    let (drive, fake) = stage().await;
    put(&drive, "file", b"one", When::Absent).await;
    let error = upload(&drive, "file", &bytes(1_000, 1), When::Absent).await.unwrap_err();
    assert_eq!((error.class, fake.unfinished_uploads()), (DriveErrorClass::Conflict, 0));
    assert_eq!(fake.files()["file"], b"one");
}

#[tokio::test]
async fn keys_and_buckets_that_are_wrong_have_to_be_told_anew() {
    let fake = FakeS3::start();
    let wrong: [fn(&mut S3Config); 3] = [
        |config| config.access_key_id = "AKIASOMEBODYELSE0000".into(),
        |config| config.bucket = "another-one".to_owned(),
        |config| config.region = "us-east-1".to_owned(),
    ];
    for wrong in wrong {
        let mut config = config(&fake);
        wrong(&mut config);
        let error = S3Drive::new(&config).unwrap().account().await.unwrap_err();
        assert_eq!(error.class, DriveErrorClass::NeedsConsent, "{error}");
    }
}

#[tokio::test]
async fn only_public_addresses_over_tls_are_called() {
    let fake = FakeS3::start();
    let public = |endpoint: &str| {
        S3Drive::new(&S3Config { endpoint: Some(endpoint.to_owned()), reach: Reach::Public, ..config(&fake) })
    };
    for endpoint in [
        "http://s3.example.com",
        "https://127.0.0.1",
        "https://169.254.169.254/",
        "https://[::1]:8443",
        "https://[::ffff:169.254.169.254]",
        "https://10.1.2.3:9000",
        "https://2130706433",
        "https://0x7f.1",
        "https://user:password@s3.example.com",
        "https://s3.example.com/path",
        "https://s3.example.com?query",
        "https://s3.example.com#fragment",
        "ftp://s3.example.com",
        "s3.example.com",
        "",
        &fake.origin(),
    ] {
        let error = public(endpoint).unwrap_err();
        assert_eq!(error.class, DriveErrorClass::Refused, "{endpoint}");
    }
    // A name is looked at when it is resolved.
    let port = fake.origin().rsplit_once(':').unwrap().1.to_owned();
    let error = public(&format!("https://localhost:{port}")).unwrap().account().await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Refused, "{error}");
    assert_eq!(fake.traffic().calls, 0);
}

#[tokio::test]
async fn what_cannot_be_a_bucket_is_refused() {
    let fake = FakeS3::start();
    let wrong: [fn(&mut S3Config); 9] = [
        |config| config.bucket = "a".to_owned(),
        |config| config.bucket = "a/b/c".to_owned(),
        |config| config.bucket = "evil.com#".to_owned(),
        |config| config.bucket = "Bucket".to_owned(),
        |config| config.region = "eu central".to_owned(),
        |config| config.region = "eu.evil.com".to_owned(),
        |config| config.prefix = "no-end".to_owned(),
        |config| config.prefix = "a/../".to_owned(),
        |config| config.prefix = format!("{}/", "a".repeat(600)),
    ];
    for wrong in wrong {
        let mut config = config(&fake);
        wrong(&mut config);
        assert_eq!(S3Drive::new(&config).unwrap_err().class, DriveErrorClass::Refused, "{config:?}");
    }
    assert!(!format!("{:?}", config(&fake)).contains(FakeS3::SECRET_ACCESS_KEY));
}
