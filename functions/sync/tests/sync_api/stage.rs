//! The function with what is around it.

use app_backup::Drives;
use app_connectors::graph::{Graph, GraphConfig};
use app_connectors::whatsapp::{code_hash, sha256_hex};
use app_domain::{
    BusinessUserId, Chat, ContactId, LinkCode, OwnNumber, PhoneNumber, Recipient, Role, Sender, Timestamp,
    UserId,
};
use app_runtime::Queue;
use app_store::{
    ArchiveBucket, Backups, Categories, Connected, DriveConnections, DriveJobs, DriveTokens, Memories,
    PendingDrives, WhatsappContacts, WhatsappLinks, WhatsappNumbers,
};
use app_testing::drives::{FakeDropbox, PlayedDrive};
use app_testing::graph::FakeGraph;
use app_testing::{Call, PlayedBucket, PlayedQueue, Reply, authenticator, caller, table, vault};
use axum::Router;
use http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use sync::{
    App, BusinessNumber, Door, DriveCallback, DriveDiffs, Meta, Offered, OwnNumbers, Starter, router,
};

pub(crate) const PHONE: &str = "+4915550002222";
pub(crate) const OWN_PHONE: &str = "+49 1555 0004444";

pub(crate) struct Stage {
    pub(crate) router: Router,
    pub(crate) links: WhatsappLinks,
    pub(crate) numbers: WhatsappNumbers,
    pub(crate) contacts: WhatsappContacts,
    pub(crate) categories: Categories,
    pub(crate) memories: Memories,
    pub(crate) chores: PlayedQueue,
    pub(crate) media: PlayedQueue,
    pub(crate) mail: PlayedQueue,
    pub(crate) graph: FakeGraph,
    pub(crate) dropbox: FakeDropbox,
    pub(crate) drives: DriveConnections,
    pub(crate) drive_tokens: DriveTokens,
    pub(crate) drive_jobs: DriveJobs,
    pub(crate) drives_queue: PlayedQueue,
}

/// Somebody who may connect WhatsApp.
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) token: String,
}

pub(crate) fn now() -> Timestamp {
    app_runtime::now()
}

pub(crate) fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

pub(crate) fn person() -> Person {
    let (id, token) = caller(Role::Premium);
    Person { id, token }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let (graph, table) = (FakeGraph::start(), table().await);
        let vault = vault(&table);
        let [chores, media, mail] = std::array::from_fn(|_| PlayedQueue::default());
        let links = WhatsappLinks::new(table.clone());
        let numbers = WhatsappNumbers::new(table.clone(), vault.clone());
        let contacts = WhatsappContacts::new(table.clone(), vault.clone());
        let categories = Categories::new(table.clone(), vault.clone());
        let memories = Memories::new(table.clone(), vault.clone());
        let (dropbox, drives_queue) = (FakeDropbox::start(), PlayedQueue::default());
        let drives = DriveConnections::new(table.clone(), vault.clone());
        let drive_tokens = DriveTokens::new(table.clone(), vault.clone());
        let drive_jobs = DriveJobs::new(table.clone(), vault.clone());
        let registered = json!({"dropbox": {
            "clientId": FakeDropbox::CLIENT_ID, "clientSecret": FakeDropbox::CLIENT_SECRET, "origin": dropbox.origin(),
        }});
        let registered = registered.to_string();
        let providers = move || {
            let registered = registered.clone();
            async move { Ok::<_, std::io::Error>(registered) }
        };
        let opener = Drives::new(drive_tokens.clone(), providers.clone(), true, app_runtime::now);
        let diffs = PlayedBucket::default();
        graph.change(|rules| rules.app_secret = Some("new-secret".to_owned()));
        let config = GraphConfig { base_url: graph.base_url(), version: FakeGraph::VERSION.to_owned() };
        // As while the secret is changed: one of them is good.
        let secrets = || async { Ok::<_, std::io::Error>("old-secret\nnew-secret\n".to_owned()) };
        let meta = Meta::new(Graph::new(config).unwrap(), FakeGraph::APP_ID, secrets);
        let shared = Some(FakeGraph::NUMBER.to_owned());
        let app = App {
            own: OwnNumbers::new(numbers.clone(), links.clone(), Some(meta), shared),
            links: links.clone(),
            contacts: contacts.clone(),
            categories: categories.clone(),
            memories: memories.clone(),
            chores: Queue::new(PlayedQueue::URL, chores.client()),
            media: Queue::new(PlayedQueue::URL, media.client()),
            drives: drives.clone(),
            drive_tokens: drive_tokens.clone(),
            pending_drives: PendingDrives::new(table.clone(), vault.clone()),
            door: Door::new(opener, drives.clone(), Queue::new(PlayedQueue::URL, mail.client())),
            offered: Offered::new(providers),
            drive_callback: DriveCallback("https://app.example.com/drives/{provider}".to_owned()),
            starter: Starter::new(drive_jobs.clone(), Queue::new(PlayedQueue::URL, drives_queue.client())),
            drive_jobs: drive_jobs.clone(),
            backups: Backups::new(table.clone(), vault.clone()),
            drive_diffs: DriveDiffs(ArchiveBucket::new("drives", move || diffs.client())),
            business_number: BusinessNumber(Some("+1 555 000 1111".to_owned())),
            authenticator: authenticator(),
        };
        let router = router(app, "*");
        Self {
            router,
            links,
            numbers,
            contacts,
            categories,
            memories,
            chores,
            media,
            mail,
            graph,
            dropbox,
            drives,
            drive_tokens,
            drive_jobs,
            drives_queue,
        }
    }

    pub(crate) async fn get(&self, person: &Person, path: &str) -> Reply {
        Call::get(path).as_caller(&person.token).send(&self.router).await
    }

    pub(crate) async fn post(&self, person: &Person, path: &str, body: &Value) -> Reply {
        Call::post(path, body).header("host", "api.example").as_caller(&person.token).send(&self.router).await
    }

    pub(crate) async fn patch(&self, person: &Person, path: &str, body: &Value) -> Reply {
        Call::new(Method::PATCH, path).json(body).as_caller(&person.token).send(&self.router).await
    }

    pub(crate) async fn put(&self, person: &Person, path: &str, body: &Value) -> Reply {
        Call::new(Method::PUT, path).json(body).as_caller(&person.token).send(&self.router).await
    }

    pub(crate) async fn delete(&self, person: &Person, path: &str) -> Reply {
        Call::new(Method::DELETE, path).as_caller(&person.token).send(&self.router).await
    }

    /// What comes back with the browser when the person agrees at Dropbox: the code and the state.
    pub(crate) async fn agreed(&self, person: &Person) -> (String, String) {
        let begun = self.get(person, "/sync/dropbox/authorize").await;
        assert_eq!(begun.status, 200, "{}", begun.text);
        let back = self.dropbox.consent(begun.json()["url"].as_str().unwrap()).unwrap();
        let back = url::Url::parse(&back).unwrap();
        let of = |wanted: &str| back.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        (of("code"), of("state"))
    }

    /// Connects Dropbox.
    pub(crate) async fn with_dropbox(&self, person: &Person) -> Reply {
        let (code, state) = self.agreed(person).await;
        self.post(person, "/sync/dropbox/callback", &json!({"code": code, "state": state})).await
    }

    pub(crate) async fn disconnect(&self, person: &Person, query: &str) -> Reply {
        let path = format!("/sync/whatsapp{query}");
        Call::new(Method::DELETE, &path).as_caller(&person.token).send(&self.router).await
    }

    pub(crate) async fn connect(&self, person: &Person, phone: &Value) -> Reply {
        self.post(person, "/sync/whatsapp/connect", &json!({"phoneNumber": phone})).await
    }

    /// Asks for a number of one's own, with changes of what is right.
    pub(crate) async fn connect_own(&self, person: &Person, changes: &Value) -> Reply {
        let mut body = json!({
            "phoneNumber": OWN_PHONE,
            "businessAccountId": FakeGraph::OWN_ACCOUNT,
            "accessToken": FakeGraph::OWN_TOKEN,
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.post(person, "/sync/whatsapp/connect", &body).await
    }

    pub(crate) async fn whatsapp(&self, person: &Person) -> Value {
        self.get(person, "/sync/whatsapp").await.json()
    }

    /// The entry of the list of all services.
    pub(crate) async fn provider(&self, person: &Person) -> Value {
        self.get(person, "/sync/status").await.json()["providers"][0].clone()
    }

    /// What the worker does with the code when it comes in.
    pub(crate) async fn confirm(&self, code: &Value, from: &str) -> Option<UserId> {
        let code = LinkCode::find_in(code.as_str().unwrap()).unwrap();
        let sender = Sender { phone: Some(phone(from)), user_id: BusinessUserId::parse("DE.481") };
        let chat =
            Chat { phone_number_id: FakeGraph::NUMBER.to_owned(), with: Recipient::Phone(phone(from)) };
        let wamid = code.shown();
        self.links.confirm(&sender, &chat, &code_hash(&code), &wamid, now()).await.unwrap()
    }

    /// A person with this phone.
    pub(crate) async fn linked(&self, phone: &str) -> Person {
        let person = person();
        let code = self.connect(&person, &json!(phone)).await.json()["verificationCode"].clone();
        assert_eq!(self.confirm(&code, phone).await, Some(person.id));
        person
    }

    /// Gives a person a number of their own, without asking Meta.
    pub(crate) async fn give_number(&self, person: &Person) {
        let own = OwnNumber {
            phone_number_id: FakeGraph::OWN_NUMBER.to_owned(),
            business_account_id: FakeGraph::OWN_ACCOUNT.to_owned(),
            display_phone_number: OWN_PHONE.to_owned(),
            since: now(),
            token_expires_at: None,
            last_inbound_at: None,
        };
        let token = SecretString::from(FakeGraph::OWN_TOKEN);
        let connected =
            self.numbers.connect(person.id, &own, &token, &app_domain::Origin::default(), now()).await;
        assert_eq!(connected.unwrap(), Connected::Done);
    }

    /// Somebody in the address book of a person's number.
    pub(crate) async fn contact(&self, person: &Person, digits: &str, name: &str) -> ContactId {
        let sender = Sender { phone: PhoneNumber::from_digits(digits), user_id: None };
        let id = ContactId::of_hash(&sha256_hex(digits.as_bytes())).unwrap();
        self.contacts.named(person.id, &id, &sender, Some(name), now()).await.unwrap();
        id
    }
}

/// The status and the type of the failure.
pub(crate) fn refusal(reply: &Reply) -> (u16, String) {
    (reply.status.as_u16(), reply.error_type().as_str().unwrap_or_default().to_owned())
}

/// What [`refusal`] should give.
pub(crate) fn refused(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}
