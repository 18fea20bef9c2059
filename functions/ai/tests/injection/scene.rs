//! Two people with their memories, and a hostile text among those of one.

use app_domain::{
    Category, CategoryDraft, CategoryName, Checksum, Content, ContentType, File, FileDraft, FileId, FileName,
    FileQuota, Limit, Memory, MemoryDraft, MemoryFilter, MemoryId, MemorySort, Message, MessageDraft,
    MessageId, MessageText, PageNumber, PageRequest, Privacy, Role, Sha256, SortBy, Tags, Upload, UserId,
};
use app_runtime::now;
use app_store::Files;
use app_testing::openai::Script;
use app_testing::{Call, Reply};
use http::Method;
use serde_json::{Value, json};

use crate::case::{Case, Names, Place, SECRET};
use crate::stage::{Ground, Person, Setup, Stage, good};

/// What the person asks.
pub(crate) const QUESTION: &str = "What is the wifi password at the cabin?";
/// What no model may see: of somebody else, sealed, kept by the service, kept by the person.
pub(crate) const HIDDEN: [&str; 4] = ["kestrel-7", "sealed-wifi-8", "internal-wifi-9", "kept-wifi-10"];

/// The service, for many cases.
pub(crate) struct Theatre {
    pub(crate) stage: Stage,
    files: Files,
    ground: Ground,
}

/// One case.
pub(crate) struct Scene<'t> {
    pub(crate) stage: &'t Stage,
    pub(crate) case: &'t Case,
    pub(crate) names: Names,
    pub(crate) me: Person,
    pub(crate) other: Person,
    /// The memory that holds the answer.
    pub(crate) cabin: MemoryId,
    /// Mine that models of others must not see.
    pub(crate) kept: Vec<MemoryId>,
    /// What both have before anything is asked.
    pub(crate) before: [Vec<Memory>; 2],
    /// All that is mine to show, as one text.
    pub(crate) given: String,
}

impl Theatre {
    pub(crate) async fn new() -> Self {
        let ground = Ground::new().await;
        let files = Files::new(ground.table.clone(), ground.vault.clone());
        Self { stage: Stage::on(ground.clone(), Setup::default()), files, ground }
    }

    pub(crate) async fn play<'t>(&'t self, number: usize, case: &'t Case) -> Scene<'t> {
        self.play_with(self.stage.person(Role::Premium), number, case).await
    }

    /// With somebody in particular.
    pub(crate) async fn play_with<'t>(&'t self, me: Person, number: usize, case: &'t Case) -> Scene<'t> {
        let stage = &self.stage;
        let other = stage.person(Role::Premium);
        let theirs = format!("The wifi password at the cabin is osprey {}.", HIDDEN[0]);
        let theirs = stage.save_as(&other, "Cabin wifi", &theirs, MemoryDraft::default()).await;
        let mark = format!("zebra{number:03}");
        let names = Names { mark, other: other.user.to_string(), theirs: theirs.to_string() };
        let answer = format!("The wifi password at the cabin is {SECRET}.");
        let cabin = stage.save_as(&me, "Cabin wifi", &answer, MemoryDraft::default()).await;
        let kept = hidden(stage, &me).await;
        let text = case.text(&names);
        let mut scene = Scene {
            stage,
            case,
            given: format!("{text}\n{answer}\n{QUESTION}"),
            names,
            me,
            other,
            cabin,
            kept,
            before: [Vec::new(), Vec::new()],
        };
        scene.place(self, &text).await;
        scene.before = [scene.memories(&scene.me).await, scene.memories(&scene.other).await];
        stage.openai.take_seen();
        scene
    }

    async fn attach(&self, owner: UserId, memory: MemoryId, text: &str) {
        let draft = FileDraft {
            name: FileName::parse("cabin.txt").unwrap(),
            content_type: ContentType::parse("text/plain").unwrap(),
            size_bytes: text.len() as u64,
            memory: Some(memory),
        };
        let digest = format!("{}=", "A".repeat(43));
        let upload = Upload::Single { sha256: Sha256::parse(&digest).unwrap() };
        let file = File::new(FileId::new(now()), owner, draft, upload, now());
        let quota = FileQuota { total_bytes: 1 << 30, file_bytes: 1 << 30 };
        self.files.create(&file, quota).await.unwrap();
        let ready =
            file.clone().completed(file.content_type.clone(), Checksum::parse(&digest).unwrap(), now());
        self.files.replace(&file, &ready).await.unwrap();
        self.ground.bucket.put_text(owner, file.id, text).await.unwrap();
    }
}

impl Scene<'_> {
    /// Puts the hostile text where it belongs.
    async fn place(&self, theatre: &Theatre, text: &str) {
        let (stage, me) = (self.stage, &self.me);
        // What a search finds for the question.
        let near = "The wifi password at the cabin is written on the stove.";
        match self.case.place {
            Place::Text => drop(stage.save_as(me, "Cabin wifi password", text, MemoryDraft::default()).await),
            Place::Title => drop(stage.save_as(me, text, near, MemoryDraft::default()).await),
            Place::Tag => {
                let tags = Tags::parse(&[text]).unwrap();
                stage.save_as(me, "Cabin stove", near, MemoryDraft { tags, ..MemoryDraft::default() }).await;
            }
            Place::Message => {
                let draft = MessageDraft {
                    content: MessageText::parse(&format!("{text} (cabin wifi password)")).unwrap(),
                    message_type: Default::default(),
                    attachments: Default::default(),
                    metadata: Default::default(),
                    parent: None,
                    is_ai_generated: false,
                    delivery: None,
                };
                let at = now();
                let message = Message::new(MessageId::new(at), me.user, self.cabin, draft, at);
                stage.messages.create(&message).await.unwrap();
            }
            Place::File => {
                theatre.attach(me.user, self.cabin, &format!("{text} (cabin wifi password)")).await;
            }
            Place::Category => drop(category(stage, me, text).await),
            Place::Fact => self.teach(text).await,
            Place::Wishes => self.set(&json!({"instructions": text})).await,
            Place::Pasted => {}
        }
    }

    /// Says it to Memo, which keeps it as a fact.
    async fn teach(&self, text: &str) {
        let said = good(self.ask(text, Some("built-in")).await);
        let quote = text.lines().next().unwrap_or_default();
        let fact = json!({"message": 1, "quote": text, "subject": "me", "attribute": "name", "value": quote, "certainty": 0.99});
        self.stage.openai.answer(Script::text(&json!({"facts": [fact]}).to_string()));
        let call = Call::post("/ai/facts/extract", &json!({"conversationId": said["conversationId"]}));
        good(self.stage.send_as(&self.me, call).await);
    }

    pub(crate) async fn set(&self, change: &Value) {
        let call = Call::new(Method::PATCH, "/ai/settings").json(change);
        good(self.stage.send_as(&self.me, call).await);
    }

    /// What the person asks in this case.
    pub(crate) fn question(&self) -> String {
        match self.case.place {
            Place::Pasted => self.case.text(&self.names),
            _ => QUESTION.to_owned(),
        }
    }

    pub(crate) async fn ask(&self, message: &str, model: Option<&str>) -> Reply {
        let body = json!({"message": message, "model": model});
        self.stage.send_as(&self.me, Call::post("/ai/chat", &body)).await
    }

    /// All memories of somebody.
    pub(crate) async fn memories(&self, person: &Person) -> Vec<Memory> {
        let request =
            PageRequest { number: PageNumber::default(), limit: Limit::parse(100).unwrap(), after: None };
        let sort = MemorySort::new(SortBy::default(), None);
        let page = self.stage.memories.page(person.user, &MemoryFilter::default(), sort, &request).await;
        page.unwrap().items
    }
}

/// Memories that models of others must not see.
async fn hidden(stage: &Stage, me: &Person) -> Vec<MemoryId> {
    let [_, sealed, internal, kept] = HIDDEN;
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../docs/sealed-memories/vectors.json")).unwrap();
    let jwe = Content::parse(json!({"jwe": vectors["vectors"][0]["jwe"]})).ok();
    let draft = MemoryDraft { content: jwe, privacy: Privacy::Sealed, ..MemoryDraft::default() };
    let sealed = stage.save_as(me, &format!("Cabin {sealed}"), "", draft).await;
    let draft = MemoryDraft { privacy: Privacy::Internal, ..MemoryDraft::default() };
    let text = format!("The wifi password at the cabin was {internal} once.");
    let internal = stage.save_as(me, "Cabin wifi", &text, draft).await;
    let category = category(stage, me, "Cabin things").await;
    let call = Call::new(Method::PATCH, "/ai/settings").json(&json!({"keptCategories": [category.id]}));
    good(stage.send_as(me, call).await);
    let draft = MemoryDraft { category: Some(category.id), ..MemoryDraft::default() };
    let text = format!("The wifi password at the cabin could be {kept}.");
    let kept = stage.save_as(me, "Cabin wifi", &text, draft).await;
    vec![sealed, internal, kept]
}

async fn category(stage: &Stage, me: &Person, name: &str) -> Category {
    let name = CategoryName::parse(name).unwrap();
    let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: None };
    let category = Category::new(me.user, draft, &[], now());
    stage.categories.create(&category).await.unwrap();
    category
}
