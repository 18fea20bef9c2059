//! Buckets of people's own.

mod played;
mod real;
mod refusals;

use app_connectors::drives::s3::{Reach, S3Config, S3Drive};
use app_testing::drives::{FakeS3, PlayedDrive};

/// The played bucket, from here.
fn config(fake: &FakeS3) -> S3Config {
    S3Config {
        endpoint: Some(fake.origin()),
        region: FakeS3::REGION.to_owned(),
        bucket: FakeS3::BUCKET.to_owned(),
        prefix: FakeS3::PREFIX.to_owned(),
        path_style: true,
        access_key_id: FakeS3::ACCESS_KEY_ID.into(),
        secret_access_key: FakeS3::SECRET_ACCESS_KEY.into(),
        reach: Reach::Anywhere,
    }
}

async fn stage() -> (S3Drive, FakeS3) {
    let fake = FakeS3::start();
    (S3Drive::new(&config(&fake)).unwrap(), fake)
}
