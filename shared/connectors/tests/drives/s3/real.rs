//! A service that is not ours: `S3_ENDPOINT`, with the bucket `S3_BUCKET`, the keys of `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY`, and `S3_REGION`.

use std::collections::BTreeMap;
use std::env;

use app_connectors::drives::s3::{Reach, S3Config, S3Drive};
use app_connectors::drives::{Drive, When};
use app_testing::drives::{Gate, PlayedDrive, PlayedSite, Traffic};
use bytes::Bytes;

use crate::suite::{listed, whole};

/// Somebody else with the same keys, who looks into the bucket and changes what is there.
struct Bystander(S3Config);

impl Bystander {
    /// Does something meanwhile, on a thread and over connections of its own.
    fn now<T: Send>(&self, work: impl AsyncFnOnce(S3Drive) -> T + Send) -> T {
        let working = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(work(S3Drive::new(&self.0).unwrap()))
        };
        std::thread::scope(|scope| scope.spawn(working).join().unwrap())
    }
}

impl PlayedSite for Bystander {
    fn gate(&self) -> &Gate {
        panic!("it is real");
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.now(async |drive| {
            let mut files = BTreeMap::new();
            for (path, file) in listed(&drive, "").await {
                files.insert(path, whole(&drive, &file).await);
            }
            files
        })
    }

    fn put_by_hand(&self, path: &str, bytes: &[u8]) {
        let bytes = Bytes::copy_from_slice(bytes);
        self.now(async |drive| drive.put(path, bytes, When::Any).await.unwrap());
    }

    fn remove_by_hand(&self, path: &str) {
        self.now(async |drive| {
            for (at, file) in listed(&drive, "").await {
                if at == path || at.starts_with(&format!("{path}/")) {
                    drive.remove(&file).await.unwrap();
                }
            }
        });
    }

    fn rename_by_hand(&self, from: &str, to: &str) {
        let bytes = PlayedSite::files(self).remove(from).unwrap();
        PlayedSite::put_by_hand(self, to, &bytes);
        PlayedSite::remove_by_hand(self, from);
    }
}

impl PlayedDrive for Bystander {
    fn site(&self) -> &dyn PlayedSite {
        self
    }

    fn origin(&self) -> String {
        String::new()
    }

    fn consent(&self, _: &str) -> Result<String, String> {
        Err("nobody is asked".to_owned())
    }

    fn set_room(&self, _: Option<u64>) {
        panic!("it is real");
    }

    fn expire_tokens(&self) {}

    fn withdraw(&self) {
        panic!("it is real");
    }

    fn is_granted(&self) -> bool {
        true
    }

    fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}

/// A part of the bucket in which nothing is yet.
async fn stage() -> (S3Drive, Bystander) {
    let of = |name: &str| env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let config = S3Config {
        endpoint: Some(of("S3_ENDPOINT")),
        region: of("S3_REGION"),
        bucket: of("S3_BUCKET"),
        prefix: format!("tests/{}/", uuid::Uuid::new_v4()),
        path_style: true,
        access_key_id: of("S3_ACCESS_KEY_ID").into(),
        secret_access_key: of("S3_SECRET_ACCESS_KEY").into(),
        reach: Reach::Anywhere,
    };
    (S3Drive::new(&config).unwrap(), Bystander(config))
}

macro_rules! promises {
    ($($group:ident: $($promise:ident),+;)+) => {
        /// Those for which nothing has to fail.
        #[tokio::test]
        #[ignore = "needs an S3 service: S3_ENDPOINT"]
        async fn a_real_service_keeps_the_promises_of_the_port() {
            $($(
                let (drive, bystander) = stage().await;
                let started = std::time::Instant::now();
                crate::suite::$group::$promise(&drive, &bystander).await;
                println!("{} in {:?}", stringify!($promise), started.elapsed());
            )+)+
        }
    };
}

crate::suite::of_every_drive! { promises! {} }
