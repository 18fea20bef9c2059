//! Import jobs: what a person had elsewhere, or exported before, brought in.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{CategoryId, ImportId, Invalid, OnConflict, Tier, Timestamp, UserId};

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportStatus {
    /// Its file is awaited.
    Uploading,
    /// Waiting for a worker.
    Queued,
    /// Being looked through, or brought in.
    Running,
    /// Looked through: it can be started in earnest.
    Previewed,
    /// Brought in, as far as it was not there before.
    Completed,
    /// Brought in but for some of it, which the report names.
    Partial,
    /// Not possible; the reason is given.
    Failed,
    /// Not wanted any more. What had been brought in is there.
    Cancelled,
    /// What it made is being removed.
    Undoing,
    /// What it made is gone.
    Undone,
}

/// What an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportFormat {
    /// An export of this product.
    MemoryApp,
    /// ChatGPT's data export.
    Chatgpt,
    /// Claude's data export.
    Claude,
    /// A WhatsApp chat.
    Whatsapp,
    /// Markdown notes, such as an Obsidian vault.
    Markdown,
    /// LibreChat's export of a conversation.
    Librechat,
    /// Open WebUI's export of chats.
    OpenWebui,
    /// Memories of mem0.
    Mem0,
    /// Memories or conversations of Khoj.
    Khoj,
    /// A table.
    Csv,
    /// A JSON object on each line, or an array of them.
    Json,
}

impl ImportFormat {
    /// Its name, as clients write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MemoryApp => "memory-app",
            Self::Chatgpt => "chatgpt",
            Self::Claude => "claude",
            Self::Whatsapp => "whatsapp",
            Self::Markdown => "markdown",
            Self::Librechat => "librechat",
            Self::OpenWebui => "open-webui",
            Self::Mem0 => "mem0",
            Self::Khoj => "khoj",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// How something is brought in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ImportSpec {
    /// Look through it only, and say what would happen.
    pub preview: bool,
    /// The time zone of times that name none (IANA).
    pub timezone: Option<String>,
    /// Where memories are filed that the archive files nowhere.
    pub category: Option<CategoryId>,
    /// For tables and JSON: which column or member is what. The keys are those of [`ImportSpec::MAPPED`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mapping: BTreeMap<String, String>,
    /// For chats whose dates can be read in two ways: whether the day stands before the month. Found out from the chat unless told.
    pub day_first: Option<bool>,
    /// Set if it is a backup that comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore: Option<FromBackup>,
}

/// A backup that comes back. What was deleted since does too, and what has changed becomes as it was, unless it has changed after the backup: then
/// it is told what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FromBackup {
    /// The account's state that it has: what was there then.
    pub at: Timestamp,
    /// What becomes of what has changed since.
    pub on_conflict: OnConflict,
}

impl ImportSpec {
    /// What columns can be: members of a memory.
    pub const MAPPED: [&str; 8] =
        ["id", "title", "description", "content", "category", "tags", "createdAt", "updatedAt"];
}

/// How many items came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ImportCounts {
    /// Made.
    pub imported: u64,
    /// There before, and older; now as in the archive.
    pub updated: u64,
    /// There before, as in the archive or newer; or belonging to what cannot be brought in.
    pub skipped: u64,
    /// Not brought in, for a reason.
    pub failed: u64,
}

impl ImportCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.imported + self.updated + self.skipped + self.failed
    }
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportProgress {
    /// Items dealt with.
    pub items_done: u64,
    /// How much of the file that is, in parts of a thousand, as far as it is known.
    pub permille: u32,
}

/// What a look through an archive has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ImportPreview {
    /// How many items there are of each kind: `memory`, `message`, `file`, ….
    pub counts: BTreeMap<String, u64>,
    /// The first few.
    pub samples: Vec<ImportSample>,
    /// What its owner should know, each once.
    pub warnings: Vec<String>,
    /// When the earliest and the latest item were made.
    pub from: Option<Timestamp>,
    /// The latest.
    pub to: Option<Timestamp>,
}

/// One item of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportSample {
    /// Its kind.
    pub kind: String,
    /// Its title or its first words.
    pub text: String,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

/// What the imports queue carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum ImportTask {
    /// Look through an archive or bring it in, or go on with it.
    Import {
        /// Which import.
        job_id: ImportId,
        /// Whose.
        user_id: UserId,
    },
    /// Remove what an import made, or go on with it.
    Undo {
        /// Which import.
        job_id: ImportId,
        /// Whose.
        user_id: UserId,
    },
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportJob {
    /// Its id.
    pub id: ImportId,
    /// Whose.
    pub user_id: UserId,
    /// What its file is called.
    pub file_name: String,
    /// The size of its file.
    pub size_bytes: u64,
    /// How it is brought in.
    pub spec: ImportSpec,
    /// What it is, once that is found out.
    pub format: Option<ImportFormat>,
    /// How far it has come.
    pub status: ImportStatus,
    /// How often a worker has begun or gone on with it; only the newest attempt may finish it.
    pub attempt: u32,
    /// Which run of it that is: a preview is one, each start after it another. Reports are kept by run.
    pub run: u32,
    /// How much is done.
    pub progress: ImportProgress,
    /// What items came to.
    pub counts: ImportCounts,
    /// Why it failed, in words for its owner.
    pub failure: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last worked on.
    pub updated_at: Timestamp,
}

impl ImportJob {
    /// How long the job, its file and its report are kept; so long it can be undone.
    pub const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    /// How long a job may lie untouched until nobody will touch it again.
    pub const GIVEN_UP_AFTER: Duration = Duration::from_secs(6 * 60 * 60);
    /// The most imports of a person that are not finished.
    pub const MAX_UNFINISHED: usize = 3;

    /// An import whose file is awaited from `now` on.
    pub fn awaiting(
        user_id: UserId,
        file_name: String,
        size_bytes: u64,
        spec: ImportSpec,
        now: Timestamp,
    ) -> Self {
        Self {
            id: ImportId::new(now),
            user_id,
            file_name,
            size_bytes,
            spec,
            format: None,
            status: ImportStatus::Uploading,
            attempt: 0,
            run: 0,
            progress: ImportProgress::default(),
            counts: ImportCounts::default(),
            failure: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// What the imports queue must carry for this job to be done.
    pub fn task(&self) -> ImportTask {
        let (job_id, user_id) = (self.id, self.user_id);
        match self.status {
            ImportStatus::Undoing => ImportTask::Undo { job_id, user_id },
            _ => ImportTask::Import { job_id, user_id },
        }
    }

    /// Whether a worker has it, or will.
    pub fn is_under_way(&self) -> bool {
        matches!(self.status, ImportStatus::Queued | ImportStatus::Running | ImportStatus::Undoing)
    }

    /// The job as its owner should see it at `now`: one that was left lying for too long has failed.
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        if self.is_under_way() && now.since(self.updated_at) > Self::GIVEN_UP_AFTER {
            self.status = ImportStatus::Failed;
            self.failure = Some(
                "The import was interrupted. Start it again: what is there already is not brought in twice."
                    .to_owned(),
            );
        }
        self
    }

    /// When the job, its file and its report are removed.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.plus(Self::KEPT_FOR)
    }

    /// Before the keys of everything of this job in the imports bucket.
    pub fn prefix(&self) -> String {
        format!("{}/{}/", self.user_id, self.id)
    }

    /// The key of the uploaded file in the imports bucket.
    pub fn object_key(&self) -> String {
        format!("{}upload", self.prefix())
    }

    /// The key of a run's report in the imports bucket.
    pub fn report_key(&self, run: u32) -> String {
        format!("{}report-{run}.jsonl", self.prefix())
    }

    /// The key of what a run that was a preview has found, an [`ImportPreview`] in JSON, in the imports bucket.
    pub fn preview_key(&self, run: u32) -> String {
        format!("{}preview-{run}.json", self.prefix())
    }

    /// The key of a piece of a run's report, which is also how far it has come.
    pub fn piece_key(&self, run: u32, piece: u32) -> String {
        format!("{}run-{run}/{piece:06}.json", self.prefix())
    }
}

/// How large the files of imports may be, for every tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportLimits {
    free_bytes: u64,
    premium_bytes: u64,
}

impl ImportLimits {
    /// The most bytes of a tier.
    pub const fn of(&self, tier: Tier) -> u64 {
        match tier {
            Tier::Free => self.free_bytes,
            Tier::Premium => self.premium_bytes,
        }
    }
}

/// Such as `free=200MB,premium=5GB`.
impl FromStr for ImportLimits {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let named = |tier: Tier| -> Result<u64, Invalid> {
            let mut limits = text.split(',').filter_map(|part| part.trim().split_once('='));
            let (_, limit) = limits
                .find(|(found, _)| *found == tier.as_str())
                .ok_or_else(|| Invalid::new(format!("the import limit of {} is missing", tier.as_str())))?;
            crate::file_quota::bytes(limit)
        };
        Ok(Self { free_bytes: named(Tier::Free)?, premium_bytes: named(Tier::Premium)? })
    }
}
