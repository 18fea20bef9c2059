//! A service that is not ours: `S3_ENDPOINT`, with the bucket `S3_BUCKET`, the keys of `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY`, and `S3_REGION`.

use std::collections::BTreeMap;
use std::env;
use std::time::{Duration, SystemTime};

use app_connectors::drives::s3::{Reach, S3Config, S3Drive};
use app_connectors::drives::{Drive, When};
use app_domain::Timestamp;
use app_testing::Death;
use app_testing::drives::{DriveFault, PlayedDrive, Traffic};
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

impl PlayedDrive for Bystander {
    fn origin(&self) -> String {
        String::new()
    }

    fn consent(&self, _: &str) -> Result<String, String> {
        Err("nobody is asked".to_owned())
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
        let bytes = self.files().remove(from).unwrap();
        self.put_by_hand(to, &bytes);
        self.remove_by_hand(from);
    }

    fn fail(&self, _: DriveFault, _: usize) {
        panic!("it is real");
    }

    fn forget_faults(&self) {}

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

    fn die_after(&self, _: usize, _: Death) {
        panic!("it is real");
    }

    fn revive(&self) -> bool {
        false
    }

    fn storm(&self, _: usize, _: u64) {
        panic!("it is real");
    }

    fn now(&self) -> Timestamp {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap()).unwrap()
    }

    fn pass(&self, _: Duration) {}
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

promises! {
    files: what_is_put_is_found_and_read_by_ranges, names_of_any_script_are_kept, what_is_not_there_is_not_found,
           a_list_has_all_files_of_nested_folders_and_no_others, what_is_removed_is_gone_and_can_be_removed_again;
    when: an_absent_file_is_put_once_and_never_over_another, any_file_is_replaced,
          only_the_file_of_a_revision_is_replaced, uploads_look_at_what_is_there_too;
    uploads: files_of_every_size_arrive_whole, nothing_is_seen_of_a_file_before_its_last_chunk,
             an_upload_goes_on_in_another_process, an_upload_goes_on_by_what_the_provider_has,
             two_uploads_at_once_do_not_mix, a_transfer_is_as_good_as_its_chunks;
    changes: changes_lead_to_what_is_there, changes_by_hand_are_seen;
}
