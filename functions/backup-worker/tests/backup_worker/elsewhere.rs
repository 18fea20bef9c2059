//! Notes through the whole worker on the other providers: what the person does there by hand, and what each of them shows us of it.

use std::sync::Arc;

use app_backup::OpenDrive;
use app_connectors::drives::oauth::{OAuthClient, OAuthConfig, OAuthProvider};
use app_connectors::drives::{
    Bearer, Drive, DriveError, GoogleConfig, GoogleDrive, OneDrive, OneDriveConfig,
};
use app_domain::{
    Direction, DriveConnection, DriveJob, DriveJobStatus, DriveProvider, DriveWork, MemoryId, MemoryPatch,
    NotesScope, Origin, Patch,
};
use app_testing::clock::{at, now};
use app_testing::drives::{FakeGoogleDrive, FakeOneDrive, PlayedDrive};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;
use uuid::Uuid;

use crate::notes::{favorite, said};
use crate::stage::Stage;

const REDIRECT: &str = "https://app.example.com/drives/callback";

/// Tokens of somebody who has agreed, renewed when they are refused.
struct Tokens {
    client: OAuthClient,
    tokens: Mutex<(SecretString, SecretString)>,
}

#[async_trait]
impl Bearer for Tokens {
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, DriveError> {
        let mut tokens = self.tokens.lock().await;
        if refused.is_some_and(|refused| refused.expose_secret() == tokens.0.expose_secret()) {
            let grant = self.client.refresh(&tokens.1).await?;
            tokens.0 = grant.access_token;
            tokens.1 = grant.refresh_token.unwrap_or_else(|| tokens.1.clone());
        }
        Ok(tokens.0.clone())
    }
}

struct Opens {
    provider: DriveProvider,
    origin: String,
    tokens: Arc<Tokens>,
}

#[async_trait]
impl OpenDrive for Opens {
    async fn open(&self, _: &DriveConnection) -> Result<Arc<dyn Drive>, DriveError> {
        let bearer = Arc::clone(&self.tokens) as Arc<dyn Bearer>;
        Ok(match self.provider {
            DriveProvider::GoogleDrive => Arc::new(GoogleDrive::new(GoogleConfig::at(&self.origin), bearer)),
            _ => Arc::new(OneDrive::new(OneDriveConfig::at(&self.origin), bearer)),
        })
    }
}

/// Somebody with a drive elsewhere.
struct Elsewhere<'a> {
    stage: Stage,
    provider: DriveProvider,
    played: &'a dyn PlayedDrive,
}

impl<'a> Elsewhere<'a> {
    async fn new(provider: DriveProvider, played: &'a dyn PlayedDrive) -> Self {
        let mut stage = Stage::new().await;
        let tokens = Arc::new(agreed(provider, played).await);
        stage.worker.drives = Arc::new(Opens { provider, origin: played.origin(), tokens });
        let account = "account".to_owned();
        let label = "ada@example.com".to_owned();
        let new = DriveConnection::new(stage.owner, provider, Uuid::new_v4(), account, label, now());
        stage.worker.connections.connect(&new, &Origin::default(), now()).await.unwrap();
        let notes = |drive: &mut DriveConnection| drive.settings.notes = NotesScope::Favorites;
        stage.worker.connections.change(stage.owner, provider, notes).await.unwrap().unwrap();
        Self { stage, provider, played }
    }

    /// Both ways. The result of it.
    async fn synced(&self) -> Value {
        let work = DriveWork::Sync { direction: Direction::Both };
        let job = DriveJob::request(self.stage.owner, self.provider, work, now());
        assert!(self.stage.worker.jobs.create(&job).await.unwrap());
        let job = self.stage.worked_off(&job).await;
        assert_eq!((job.status, job.failure), (DriveJobStatus::Completed, None));
        job.result.unwrap()
    }

    async fn change(&self, id: MemoryId, patch: MemoryPatch) {
        let change = |memory: app_domain::Memory| memory.patched(patch.clone(), at(1));
        self.stage.memories().change(self.stage.owner, id, None, change).await.unwrap();
    }

    async fn say(&self, id: MemoryId, text: &str) {
        let content = Patch::Set(json!({"text": text}));
        self.change(id, MemoryPatch { content, ..MemoryPatch::default() }).await;
    }

    /// What the notes say in their last lines, by the beginnings of their names.
    fn notes(&self) -> Vec<String> {
        let files = self.played.files().into_iter().filter(|(path, _)| path.starts_with("notes/"));
        files
            .map(|(path, bytes)| {
                let text = String::from_utf8(bytes).unwrap();
                let name = path["notes/".len()..].split(" (").next().unwrap().to_owned();
                format!("{name}: {}", text.lines().last().unwrap_or_default())
            })
            .collect()
    }

    fn path(&self, name: &str) -> String {
        let begins = format!("notes/{name}");
        self.played.files().into_keys().find(|path| path.starts_with(&begins)).unwrap()
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let path = self.path(name);
        let text = String::from_utf8(self.played.files().remove(&path).unwrap()).unwrap();
        assert!(text.contains(from), "{text}");
        self.played.put_by_hand(&path, text.replace(from, to).as_bytes());
    }
}

async fn agreed(provider: DriveProvider, played: &dyn PlayedDrive) -> Tokens {
    let (provider, id, secret) = match provider {
        DriveProvider::GoogleDrive => {
            (OAuthProvider::GoogleDrive, FakeGoogleDrive::CLIENT_ID, FakeGoogleDrive::CLIENT_SECRET)
        }
        _ => (OAuthProvider::OneDrive, FakeOneDrive::CLIENT_ID, FakeOneDrive::CLIENT_SECRET),
    };
    let config = OAuthConfig::new(provider, id, secret.into(), None, Some(&played.origin())).unwrap();
    let client = OAuthClient::new(provider, config);
    let begun = client.authorize(REDIRECT).unwrap();
    let back = Url::parse(&played.consent(&begun.url).unwrap()).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let grant = client.exchange(&code, &begun.verifier, REDIRECT).await.unwrap();
    let tokens = Mutex::new((grant.access_token, grant.refresh_token.unwrap()));
    Tokens { client, tokens }
}

/// What is done there by hand is done here, as far as `is_shown` files that we have not made; what is done here is done there.
async fn by_hand_both_ways(provider: DriveProvider, played: &dyn PlayedDrive, is_shown: bool) {
    let here = Elsewhere::new(provider, played).await;
    let shop = favorite(&here.stage, "Shop", "milk").await;
    let trip = favorite(&here.stage, "Trip", "Rome").await;
    let lost = favorite(&here.stage, "Lost", "key").await;
    assert_eq!(here.synced().await["notes"], json!({"written": 3, "removed": 0}));
    assert_eq!(here.notes(), ["Lost: key", "Shop: milk", "Trip: Rome"]);

    // Edited, added, deleted and renamed by hand.
    here.edit("Shop", "milk", "butter");
    played.put_by_hand("notes/New.md", b"new");
    played.remove_by_hand(&here.path("Lost"));
    played.rename_by_hand(&here.path("Trip"), "notes/Journey.md");
    let result = here.synced().await;
    let new = u32::from(is_shown);
    assert_eq!(result["pulled"], json!({"changed": 1, "new": new, "copies": 0}));
    assert_eq!(result["notes"], json!({"written": 0, "removed": 0}));
    let mut expected = vec!["Lost 1: key", "New 1: new", "Shop 2: butter", "Trip 1: Rome"];
    expected.retain(|memory| is_shown || !memory.starts_with("New"));
    assert_eq!(said(&here.stage).await, expected);
    assert_eq!(here.notes(), ["Journey.md: Rome", "New.md: new", "Shop: butter"]);

    // What is changed here goes where the note is now, and one that was deleted comes back with it.
    here.say(trip, "Oslo").await;
    here.say(lost, "ring").await;
    assert_eq!(here.synced().await["notes"], json!({"written": 2, "removed": 0}));
    assert_eq!(here.notes(), ["Journey.md: Oslo", "Lost: ring", "New.md: new", "Shop: butter"]);

    // Both sides: both are kept.
    here.edit("Lost", "ring", "coat");
    here.say(lost, "hat").await;
    let result = here.synced().await;
    assert_eq!(result["pulled"], json!({"changed": 0, "new": 0, "copies": 1}));
    let said = said(&here.stage).await;
    assert!(said.contains(&"Lost 3: hat".to_owned()), "{said:?}");
    assert!(said.iter().any(|memory| memory.starts_with("Lost (from ") && memory.ends_with(" 1: coat")));
    assert_eq!(here.notes(), ["Journey.md: Oslo", "Lost: hat", "New.md: new", "Shop: butter"]);

    // What is no favourite any more goes, and what is not ours stays.
    let patch = MemoryPatch { is_favorite: Patch::Set(false), ..MemoryPatch::default() };
    here.change(trip, patch).await;
    here.stage.memories().trash(here.stage.owner, shop, None, at(2)).await.unwrap();
    assert_eq!(here.synced().await["notes"], json!({"written": 0, "removed": 2}));
    assert_eq!(here.notes(), ["Lost: hat", "New.md: new"]);

    // Nothing of that is news.
    let before = played.traffic().calls;
    let result = here.synced().await;
    assert_eq!(result["pulled"], json!({"changed": 0, "new": 0, "copies": 0}));
    assert_eq!(result["notes"], json!({"written": 0, "removed": 0}));
    println!("{provider}: {} calls where nothing has changed", played.traffic().calls - before);
}

#[tokio::test]
async fn google_shows_what_is_done_to_notes_of_ours_and_no_file_of_the_persons_own() {
    by_hand_both_ways(DriveProvider::GoogleDrive, &FakeGoogleDrive::start(), false).await;
}

#[tokio::test]
async fn onedrive_shows_everything_in_our_folder() {
    by_hand_both_ways(DriveProvider::Onedrive, &FakeOneDrive::start(), true).await;
}

/// Who removes our folder by hand loses no memory, and finds in a new one what changes here after that.
async fn without_a_folder(provider: DriveProvider, played: &dyn PlayedDrive, remove: impl Fn()) {
    let here = Elsewhere::new(provider, played).await;
    let shop = favorite(&here.stage, "Shop", "milk").await;
    favorite(&here.stage, "Trip", "Rome").await;
    here.synced().await;
    remove();
    assert_eq!(here.notes(), Vec::<String>::new());
    assert_eq!(here.synced().await["notes"], json!({"written": 0, "removed": 0}));
    here.say(shop, "butter").await;
    assert_eq!(here.synced().await["notes"], json!({"written": 1, "removed": 0}));
    assert_eq!(here.notes(), ["Shop: butter"]);
    here.edit("Shop", "butter", "cheese");
    here.synced().await;
    assert_eq!(said(&here.stage).await, ["Shop 3: cheese", "Trip 1: Rome"]);
}

#[tokio::test]
async fn notes_outlive_our_folder_on_google_drive() {
    let played = FakeGoogleDrive::start();
    without_a_folder(DriveProvider::GoogleDrive, &played, || played.trash_our_folder()).await;
}

#[tokio::test]
async fn notes_outlive_our_folder_on_onedrive() {
    let played = FakeOneDrive::start();
    without_a_folder(DriveProvider::Onedrive, &played, || played.remove_by_hand("")).await;
}
