//! What functions are asked over and over, so that they do something: what a request reads, changes or removes is there, as another one has made it.

use anyhow::{Context, ensure};
use app_testing::drives::{FakeS3, PlayedDrive};
use app_testing::sha256_base64;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::events;
use crate::lambda::Lambda;
use crate::people::{Person, ok};

/// What is uploaded.
const NOTES: &[u8] = b"The train to Porto leaves before noon from platform four.\n";

/// A function that is asked, and what came of it so far.
pub(crate) struct Asked<'a> {
    pub(crate) lambda: &'a Lambda,
    pub(crate) requests: usize,
    /// How many answers were neither 2xx nor 3xx.
    pub(crate) failed: usize,
    /// The first of those.
    pub(crate) refusal: Option<String>,
}

/// Those who ask.
pub(crate) struct Mixed<'a> {
    cloud: &'a Cloud,
    /// Somebody who has memories, and a bucket to back them up to.
    person: Person,
    bucket: FakeS3,
    /// Somebody who may administer the account of another.
    administrator: Person,
    administered: Person,
}

impl<'a> Asked<'a> {
    /// It has not been asked anything yet.
    pub(crate) fn new(lambda: &'a Lambda) -> Self {
        Self { lambda, requests: 0, failed: 0, refusal: None }
    }

    /// Asks it one after the other.
    pub(crate) fn all(&mut self, requests: &[Value]) -> anyhow::Result<()> {
        for request in requests {
            let answered = self.lambda.invoke(request)?;
            let status = answered.status()?;
            ensure!(status < 500, "{} {}: {}", request["httpMethod"], request["path"], answered.body);
            self.requests += 1;
            if !(200..400).contains(&status) {
                self.failed += 1;
                let refusal = || format!("{status} to {} {}", request["httpMethod"], request["path"]);
                self.refusal.get_or_insert_with(refusal);
            }
        }
        Ok(())
    }

    /// Asks it to make something that the requests after it are about.
    fn made(&mut self, request: &Value) -> anyhow::Result<Value> {
        self.requests += 1;
        ok(self.lambda, request)
    }
}

impl<'a> Mixed<'a> {
    /// Registers everybody. With `for_administrators` whoever registers is one.
    pub(crate) fn new(
        cloud: &'a Cloud,
        auth: &Lambda,
        for_administrators: &Lambda,
        memories: &Lambda,
    ) -> anyhow::Result<Self> {
        let mut person = Person::registered(auth, "mixed")?;
        person.save(memories, 20)?;
        Ok(Self {
            cloud,
            person,
            bucket: FakeS3::start(),
            administrator: Person::registered(for_administrators, "administrator")?,
            administered: Person::registered(auth, "administered")?,
        })
    }

    /// Signs in again whoever asks.
    pub(crate) fn sign_in(&mut self, auth: &Lambda) -> anyhow::Result<()> {
        self.person.sign_in(auth)?;
        self.administrator.sign_in(auth)
    }

    /// Asks a function all that it is asked, once.
    pub(crate) fn round(&mut self, function: &str, asked: &mut Asked<'_>) -> anyhow::Result<()> {
        match function {
            "auth" => self.sessions(asked),
            "users" => self.accounts(asked),
            "memories" => asked.all(&self.person.mixed()),
            "search" => self.searches(asked),
            "sync" => self.connections(asked),
            "files" => self.files(asked),
            "exports" => self.archives(asked),
            other => asked.all(&events::mixed(other, &self.person.token)?),
        }
    }

    fn sessions(&mut self, asked: &mut Asked<'_>) -> anyhow::Result<()> {
        for _ in 0..2 {
            let signed_in = asked.made(&self.person.login())?;
            self.person.keep(&signed_in)?;
            for _ in 0..2 {
                let refreshed = asked.made(&self.person.refresh())?;
                self.person.keep(&refreshed)?;
            }
            asked.all(&[self.person.asks("GET", "/auth/me")])?;
        }
        asked.all(&[
            self.person.asks("GET", "/auth/sessions"),
            self.person.asks("DELETE", "/auth/sessions?keepCurrent=true"),
        ])
    }

    fn accounts(&self, asked: &mut Asked<'_>) -> anyhow::Result<()> {
        let (administrator, Person { email, id, .. }) = (&self.administrator, &self.administered);
        let account = format!("/admin/users/{id}");
        asked.all(&[
            administrator.asks("GET", "/users/me/audit?limit=20"),
            administrator.asks("GET", "/admin/users?limit=20"),
            administrator.asks("GET", &format!("/admin/users?email={email}")),
            administrator.asks("GET", &account),
            administrator.sends("PATCH", &account, &json!({"tier": "free"})),
            administrator.sends("PATCH", &account, &json!({"tier": "premium"})),
            administrator.asks("GET", &format!("{account}/audit?limit=20")),
            administrator.asks("GET", "/admin/ip-rules"),
        ])
    }

    fn searches(&self, asked: &mut Asked<'_>) -> anyhow::Result<()> {
        let person = &self.person;
        let search = json!({"q": "platform", "tags": ["travel"]});
        let saved = json!({"name": "Platforms", "search": search});
        let saved = asked.made(&person.sends("POST", "/saved-searches", &saved))?;
        let saved = id(&saved["savedSearch"])?;
        asked.all(&[
            person.asks("GET", "/memories/search?q=Porto&tags=travel&timezone=Europe/Lisbon&explain=true"),
            person.sends("POST", "/memories/search", &search),
            person.asks("GET", &format!("/memories/search?savedSearchId={saved}")),
            person.asks("GET", "/saved-searches"),
            person.asks("DELETE", &format!("/saved-searches/{saved}")),
        ])
    }

    fn connections(&self, asked: &mut Asked<'_>) -> anyhow::Result<()> {
        let person = &self.person;
        let bucket = json!({
            "endpoint": self.bucket.origin(), "region": FakeS3::REGION, "bucket": FakeS3::BUCKET,
            "accessKeyId": FakeS3::ACCESS_KEY_ID, "secretAccessKey": FakeS3::SECRET_ACCESS_KEY,
        });
        asked.made(&person.sends("POST", "/sync/s3/connect", &bucket))?;
        let forced = json!({"provider": "s3", "direction": "push"});
        let forced = asked.made(&person.sends("POST", "/sync/force", &forced))?;
        let job = format!("/sync/jobs/{}", id(&forced["jobs"][0])?);
        asked.all(&[
            person.asks("GET", "/sync/s3"),
            person.sends("PATCH", "/sync/s3", &json!({"schedule": "daily", "hour": 3})),
            person.asks("GET", "/sync/s3/backups"),
            person.asks("GET", "/sync/jobs"),
            person.asks("GET", &job),
            person.asks("POST", &format!("{job}/cancel")),
            person.sends("POST", "/sync/whatsapp/connect", &json!({"phoneNumber": "+49 155 50002222"})),
            person.asks("POST", "/sync/whatsapp/verify"),
            person.asks("GET", "/sync/whatsapp"),
            person.asks("GET", "/sync/status"),
            person.asks("DELETE", "/sync/s3"),
        ])
    }

    fn files(&self, asked: &mut Asked<'_>) -> anyhow::Result<()> {
        let person = &self.person;
        let file = json!({
            "filename": "Porto.txt", "contentType": "text/plain", "sizeBytes": NOTES.len(),
            "sha256": sha256_base64(NOTES), "memoryId": person.memory,
        });
        let begun = asked.made(&person.sends("POST", "/files", &file))?;
        self.cloud.upload(&begun["upload"], NOTES)?;
        let file = format!("/files/{}", id(&begun["file"])?);
        asked.all(&[
            person.sends("POST", &format!("{file}/complete"), &json!({})),
            person.asks("GET", "/files?limit=20"),
            person.asks("GET", &file),
            person.asks("GET", &format!("{file}/download?disposition=inline")),
            person.sends("PATCH", &file, &json!({"filename": "Porto by train.txt"})),
            person.asks("DELETE", &file),
        ])
    }

    /// Exports and imports, as far as workers are not needed.
    fn archives(&self, asked: &mut Asked<'_>) -> anyhow::Result<()> {
        let person = &self.person;
        let export = asked.made(&person.sends("POST", "/exports", &json!({"format": "json"})))?;
        let export = format!("/exports/{}", id(&export["export"])?);
        let file = json!({"fileName": "notes.md", "sizeBytes": NOTES.len()});
        let begun = asked.made(&person.sends("POST", "/imports", &file))?;
        self.cloud.upload(&begun["upload"], NOTES)?;
        let import = format!("/imports/{}", id(&begun["import"])?);
        asked.all(&[
            person.sends("POST", &format!("{import}/start"), &json!({"preview": true})),
            person.asks("GET", "/exports"),
            person.asks("GET", &export),
            person.asks("GET", "/imports"),
            person.asks("GET", &import),
        ])?;
        for job in [export, import] {
            asked.all(&[person.asks("POST", &format!("{job}/cancel")), person.asks("DELETE", &job)])?;
        }
        Ok(())
    }
}

/// The id of something that was made.
fn id(made: &Value) -> anyhow::Result<&str> {
    made["id"].as_str().with_context(|| format!("no id: {made}"))
}
