//! An import as clients see it.

use app_domain::{ImportJob, ImportPreview, ImportStatus};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that is brought in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// `uploading`, `queued`, `running`, `previewed`, `completed`, `partial` (the report names what failed), `failed`, `cancelled`, `undoing`
    /// or `undone`.
    #[schema(value_type = String, example = "previewed")]
    status: ImportStatus,
    /// What the file is called.
    #[schema(example = "chatgpt-export.zip")]
    file_name: String,
    /// The size of the file.
    size_bytes: u64,
    /// What the file is, once that is found out from its content: `memory-app`, `chatgpt`, `claude`, `whatsapp`, `markdown`, `librechat`,
    /// `open-webui`, `mem0`, `khoj`, `csv` or `json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    /// How far it has come.
    progress: ImportProgressBody,
    /// What items came to.
    counts: ImportCountsBody,
    /// What would happen, if it was only looked through and is asked for alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<ImportPreviewBody>,
    /// Why it failed or ended early, in words for the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When it was last worked on.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
    /// When it, its file and its report are removed. Until then it can be undone.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
}

/// How far an import has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportProgressBody {
    /// Items dealt with.
    items_done: u64,
    /// The share of the file that is read, 0–100.
    #[schema(maximum = 100)]
    percent: u32,
}

/// What items came to. A report names each.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportCountsBody {
    /// Made.
    imported: u64,
    /// There before, and older: now as in the archive.
    updated: u64,
    /// There before, as in the archive or newer, or not to be brought in at all.
    skipped: u64,
    /// Not brought in, for a reason.
    failed: u64,
}

/// What a look through an archive has found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportPreviewBody {
    /// How many items there are, by kind, such as `memory`, `message` and `file`.
    #[schema(value_type = BTreeMap<String, u64>)]
    counts: serde_json::Value,
    /// The first few of each kind.
    samples: Vec<ImportSampleBody>,
    /// What you should know before you start.
    warnings: Vec<String>,
    /// When the earliest item was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
    /// When the latest item was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<String>,
}

/// One item of a preview.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportSampleBody {
    /// Its kind.
    kind: String,
    /// Its title or its first words.
    text: String,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<String>,
}

impl From<ImportJob> for ImportBody {
    fn from(job: ImportJob) -> Self {
        let expires_at = job.expires_at().to_string();
        Self {
            id: job.id.as_uuid(),
            status: job.status,
            file_name: job.file_name,
            size_bytes: job.size_bytes,
            format: job.format.map(|format| format.as_str()),
            progress: ImportProgressBody {
                items_done: job.progress.items_done,
                percent: (job.progress.permille / 10).min(100),
            },
            counts: ImportCountsBody {
                imported: job.counts.imported,
                updated: job.counts.updated,
                skipped: job.counts.skipped,
                failed: job.counts.failed,
            },
            preview: None,
            error: job.failure,
            created_at: job.created_at.to_string(),
            updated_at: job.updated_at.to_string(),
            expires_at,
        }
    }
}

impl ImportBody {
    /// The same with what a look through it has found.
    pub(crate) fn with(self, preview: Option<ImportPreview>) -> Self {
        Self { preview: preview.map(ImportPreviewBody::from), ..self }
    }
}

impl From<ImportPreview> for ImportPreviewBody {
    fn from(preview: ImportPreview) -> Self {
        let sample = |sample: app_domain::ImportSample| ImportSampleBody {
            kind: sample.kind,
            text: sample.text,
            created_at: sample.created_at.map(|at| at.to_string()),
        };
        Self {
            counts: serde_json::json!(preview.counts),
            samples: preview.samples.into_iter().map(sample).collect(),
            warnings: preview.warnings,
            from: preview.from.map(|at| at.to_string()),
            to: preview.to.map(|at| at.to_string()),
        }
    }
}

/// The answer that holds one import.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneImport {
    pub(crate) import: ImportBody,
}
