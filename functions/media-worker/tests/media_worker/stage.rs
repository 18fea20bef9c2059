//! The worker with what is around it.

use std::sync::{Arc, Mutex};

use app_ai::openai::{OpenAiTranscriber, OpenAiTranscriberConfig};
use app_connectors::graph::{Graph, GraphConfig};
use app_domain::{
    Chat, Content, File, LinkCode, MediaJob, MediaKind, MediaSource, Memory, MemoryDraft, MemoryId,
    MemoryMedia, MemorySource, MemoryTitle, OwnNumber, PendingPhone, PhoneNumber, Recipient, Sender,
    Timestamp, TokenHash, UserId,
};
use app_runtime::{OutboundQueue, Queue, Reading};
use app_store::{FileBucket, Files, MemoPreferences, Memories, Table, WhatsappLinks, WhatsappNumbers};
use app_testing::graph::FakeGraph;
use app_testing::openai::FakeOpenAi;
use app_testing::{Log, PlayedFileBucket, PlayedQueue, ada, register, sha256_base64, table, vault};
use aws_lambda_events::sqs::SqsEvent;
use media_worker::{Outside, Scribe, SharedNumber, Speech, Worker, handle};
use secrecy::SecretString;
use serde_json::{Value, json};

pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";
pub(crate) const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0 and somebody speaks";
pub(crate) const PHONE: &str = "4915550002222";

pub(crate) struct Stage {
    pub(crate) worker: Worker,
    pub(crate) graph: FakeGraph,
    pub(crate) openai: FakeOpenAi,
    pub(crate) s3: PlayedFileBucket,
    pub(crate) queue: PlayedQueue,
    pub(crate) outbound: PlayedQueue,
    pub(crate) memories: Memories,
    pub(crate) files: Files,
    pub(crate) links: WhatsappLinks,
    pub(crate) numbers: WhatsappNumbers,
    pub(crate) settings: MemoPreferences,
    /// The shared number's token, as it is remembered and as it is.
    pub(crate) tokens: [Arc<Mutex<String>>; 2],
    pub(crate) owner: UserId,
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).unwrap()
}

fn reader(token: &Arc<Mutex<String>>) -> impl Fn() -> Reading + Send + Sync + 'static {
    let token = Arc::clone(token);
    move || {
        let token = token.lock().unwrap().clone();
        Box::pin(async move { Ok(token) })
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with("free=1GB/1GB,premium=1GB/1GB", true).await
    }

    /// With quotas, and with a model that hears recordings or without.
    pub(crate) async fn with(quotas: &str, hears: bool) -> Self {
        Log::keep();
        let (table, s3, graph, openai) =
            (table().await, PlayedFileBucket::default(), FakeGraph::start(), FakeOpenAi::start());
        let (queue, outbound) = (PlayedQueue::default(), PlayedQueue::default());
        let tokens = [(); 2].map(|()| Arc::new(Mutex::new(FakeGraph::TOKEN.to_owned())));
        let (vault, owner) = (vault(&table), UserId::new(now()));
        register(&table, &ada(owner, now())).await;
        let of_bucket = s3.client();
        let outside = Outside {
            graph: Graph::new(GraphConfig { base_url: graph.base_url(), version: "v26.0".to_owned() })
                .unwrap(),
            shared: SharedNumber::new(Some(FakeGraph::NUMBER.to_owned()))
                .with_token(reader(&tokens[0]), reader(&tokens[1])),
            bucket: FileBucket::new("files", move || of_bucket.clone()),
            scribe: hears.then(|| scribe(&openai, &table)),
            queue: Queue::new(PlayedQueue::URL, queue.client()),
            outbound: OutboundQueue::new(PlayedQueue::URL, outbound.client()),
        };
        let stage = Self {
            worker: Worker::new(&table, vault.clone(), outside, quotas.parse().unwrap(), now),
            memories: Memories::new(table.clone(), vault.clone()),
            files: Files::new(table.clone(), vault.clone()),
            links: WhatsappLinks::new(table.clone()),
            numbers: WhatsappNumbers::new(table.clone(), vault.clone()),
            settings: MemoPreferences::new(table.clone(), vault),
            owner,
            graph,
            openai,
            s3,
            queue,
            outbound,
            tokens,
        };
        stage.link_phone().await;
        stage
    }

    async fn link_phone(&self) {
        let phone = PhoneNumber::from_digits(PHONE).unwrap();
        let code = TokenHash::of("code");
        let pending = PendingPhone { phone: phone.clone(), expires_at: now().plus(LinkCode::LIFETIME) };
        self.links.offer(self.owner, &pending, &code).await.unwrap();
        let with = Recipient::Phone(phone.clone());
        let chat = Chat { phone_number_id: FakeGraph::NUMBER.to_owned(), with };
        let sender = Sender { phone: Some(phone), user_id: None };
        let linked = self.links.confirm(&sender, &chat, &code, "wamid.link", now()).await.unwrap();
        assert_eq!(linked, Some(self.owner));
    }

    /// Connects a number of the person's own.
    pub(crate) async fn connect_own(&self, token: &str) {
        let number = OwnNumber {
            phone_number_id: FakeGraph::OWN_NUMBER.to_owned(),
            business_account_id: FakeGraph::OWN_ACCOUNT.to_owned(),
            display_phone_number: "+49 1555 0004444".to_owned(),
            since: now(),
            token_expires_at: None,
            last_inbound_at: None,
        };
        self.numbers
            .connect(
                self.owner,
                &number,
                &SecretString::from(token.to_owned()),
                &app_domain::Origin::default(),
                now(),
            )
            .await
            .unwrap();
    }

    /// Media that are at WhatsApp, as a message tells of them.
    pub(crate) fn at_whatsapp(&self, kind: MediaKind, content_type: &str, bytes: &[u8]) -> MemoryMedia {
        let source = MediaSource {
            media_id: self.graph.keep_media(content_type, bytes.to_vec()),
            phone_number_id: Some(FakeGraph::NUMBER.to_owned()),
            sha256: Some(sha256_base64(bytes)),
            received_at: now(),
        };
        MemoryMedia::pending(kind, Some(content_type.to_owned()), None, source)
    }

    /// A memory with media.
    pub(crate) async fn memory(&self, media: MemoryMedia) -> MemoryId {
        let content = Content::parse(json!({"type": "media", "text": ""})).ok();
        let title = MemoryTitle::parse("From WhatsApp").ok();
        let draft = MemoryDraft { title, content, ..MemoryDraft::default() };
        let id = MemoryId::new(now());
        let memory = Memory::new(id, self.owner, MemorySource::Whatsapp, draft, now()).unwrap();
        self.memories.create(&Memory { media: Some(media), ..memory }).await.unwrap();
        id
    }

    /// A memory of a picture that is at WhatsApp.
    pub(crate) async fn picture(&self) -> MemoryId {
        self.memory(self.at_whatsapp(MediaKind::Image, "image/png", PNG)).await
    }

    /// A memory of a recording that is at WhatsApp.
    pub(crate) async fn recording(&self) -> MemoryId {
        self.memory(self.at_whatsapp(MediaKind::Voice, "audio/ogg; codecs=opus", OGG)).await
    }

    /// Handles the job of a memory for the nth time. Whether it was done.
    pub(crate) async fn work(&self, memory: MemoryId, receives: u32) -> bool {
        let job = MediaJob { owner: self.owner, memory };
        self.handle(&json!(job).to_string(), receives).await
    }

    pub(crate) async fn handle(&self, body: &str, receives: u32) -> bool {
        let attributes = json!({"ApproximateReceiveCount": receives.to_string()});
        let message = json!({"messageId": "m", "body": body, "attributes": attributes});
        let event: SqsEvent = serde_json::from_value(json!({"Records": [message]})).unwrap();
        handle(&self.worker, event).await.batch_item_failures.is_empty()
    }

    pub(crate) async fn media(&self, memory: MemoryId) -> MemoryMedia {
        self.read(memory).await.media.unwrap()
    }

    pub(crate) async fn read(&self, memory: MemoryId) -> Memory {
        self.memories.get(self.owner, memory).await.unwrap().unwrap()
    }

    /// The one file of a memory, which is ready and stays.
    pub(crate) async fn file(&self, memory: MemoryId) -> File {
        let ids = self.files.ids_of(self.owner, memory, None, 10).await.unwrap();
        let [id] = ids[..] else { panic!("{ids:?}") };
        assert_eq!(self.media(memory).await.file, Some(id));
        let file = self.files.get(self.owner, id).await.unwrap().unwrap();
        assert_eq!(file.status, app_domain::FileStatus::Ready);
        assert!(!self.s3.object(&File::object_key(self.owner, id)).unwrap().is_unseen);
        file
    }

    pub(crate) fn bytes(&self, file: &File) -> Vec<u8> {
        self.s3.object(&File::object_key(file.owner, file.id)).unwrap().bytes
    }

    pub(crate) fn bucket(&self) -> FileBucket {
        let client = self.s3.client();
        FileBucket::new("files", move || client.clone())
    }

    /// What was said in the chat: keys and kinds.
    pub(crate) fn told(&self) -> Vec<(String, Value)> {
        let said = self.outbound.take().into_iter();
        said.map(|outgoing| {
            (outgoing["key"].as_str().unwrap().to_owned(), outgoing["task"]["phrase"].clone())
        })
        .collect()
    }
}

fn scribe(openai: &FakeOpenAi, table: &Table) -> Scribe {
    let key = SecretString::from(FakeOpenAi::KEY.to_owned());
    let config = OpenAiTranscriberConfig::new(&openai.base_url(), Some(key), "gpt-transcribe").unwrap();
    let config = config.retries(1, std::time::Duration::from_millis(1));
    let speech = Speech::Ready(Arc::new(OpenAiTranscriber::new(config).unwrap()));
    let prices = r#"{"*": {"input": 1, "output": 1}}"#.parse().unwrap();
    let budgets = r#"{"free": {"tokensPerDay": 20000, "costPerDay": null},
                      "premium": {"tokensPerDay": null, "costPerDay": null}}"#;
    Scribe::new(speech, true, table, prices, budgets.parse().unwrap())
}
