//! `POST /imports`.

use std::collections::BTreeMap;

use app_domain::{FileName, ImportJob, ImportLimits, ImportSpec, Invalid};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, Now, Parse, SendFiles,
    ValidJson,
};
use app_store::{FileLink, Imports};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{ImportBody, OneImport};
use crate::{Uploaded, timezone};

/// What is to be brought in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportRequest {
    /// What the file is called. What it is, is found out from its content.
    #[schema(example = "chatgpt-export.zip")]
    file_name: String,
    /// Its size.
    #[schema(minimum = 1)]
    size_bytes: u64,
    /// How it is brought in.
    #[serde(flatten)]
    how: HowRequest,
}

/// How something is brought in. Whatever is not set is found out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct HowRequest {
    /// The time zone of times that name none, such as those of WhatsApp chats; UTC unless told.
    #[schema(example = "Europe/Berlin")]
    timezone: Option<String>,
    /// The category of memories that the archive files nowhere.
    category_id: Option<Uuid>,
    /// For tables and JSON: which column or member is the `id`, `title`, `description`, `content`, `category`, `tags`, `createdAt` or `updatedAt`.
    #[schema(example = json!({"title": "Subject", "content": "Body"}))]
    mapping: BTreeMap<String, String>,
    /// For chats whose dates can be read in two ways: whether the day stands before the month.
    day_first: Option<bool>,
}

/// What was asked for, checked.
pub(crate) struct NewImport {
    file_name: FileName,
    size_bytes: u64,
    spec: ImportSpec,
}

impl HowRequest {
    /// The most characters of a column's name.
    const MAX_COLUMN_CHARACTERS: usize = 200;

    pub(crate) fn parse(self, errors: &mut FieldErrors) -> Option<ImportSpec> {
        let timezone = errors.check_optional("timezone", self.timezone.map(timezone));
        for (field, column) in &self.mapping {
            if !ImportSpec::MAPPED.contains(&field.as_str()) {
                let rule = format!("must name some of {}", ImportSpec::MAPPED.join(", "));
                errors.add("mapping", &Invalid::new(rule));
            } else if column.is_empty() || column.chars().count() > Self::MAX_COLUMN_CHARACTERS {
                errors.add(&format!("mapping.{field}"), &Invalid::new("must be a column's name"));
            }
        }
        Some(ImportSpec {
            preview: false,
            timezone: timezone?,
            category: self.category_id.map(Into::into),
            mapping: self.mapping,
            day_first: self.day_first,
            restore: None,
        })
    }
}

impl Parse for ImportRequest {
    type Parsed = NewImport;

    fn parse(self) -> Result<NewImport, FieldErrors> {
        let mut errors = FieldErrors::default();
        let file_name = errors.check("fileName", FileName::parse(&self.file_name));
        if self.size_bytes == 0 {
            errors.add("sizeBytes", &Invalid::new("must be at least 1: there is nothing in an empty file"));
        }
        let spec = self.how.parse(&mut errors);
        match (file_name, spec, errors.clone().into_result()) {
            (Some(file_name), Some(spec), Ok(())) => {
                Ok(NewImport { file_name, size_bytes: self.size_bytes, spec })
            }
            _ => Err(errors),
        }
    }
}

/// An import that was begun, and how to send its file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BegunImport {
    import: ImportBody,
    upload: ImportUploadBody,
}

/// How to send the file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportUploadBody {
    /// `PUT` the file here. The address works without a token.
    url: String,
    /// The headers that must be sent, exactly so.
    headers: BTreeMap<String, String>,
    /// Until when the upload must have begun.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
}

impl From<FileLink> for ImportUploadBody {
    fn from(link: FileLink) -> Self {
        // A browser sets these two by itself, and lets nobody else do it.
        let own = ["host", "content-length"];
        let headers = link.headers.into_iter().filter(|(name, _)| !own.contains(&name.as_str()));
        Self { url: link.url, headers: headers.collect(), expires_at: link.expires_at.to_string() }
    }
}

/// Begin to bring something in.
///
/// Send the file to the address in the answer, then start the import: first with `preview`, if you want to see what would happen.
#[utoipa::path(
    post, operation_id = "createImport", path = "/imports", tag = "imports", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = ImportRequest,
    responses(
        (
            status = 201, description = "Its file may come.", body = BegunImport,
            headers(("Location" = String, description = "Where the import can be followed.")),
        ),
        (status = 409, description = "Three imports are not finished yet.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn create(
    State(imports): State<Imports>,
    State(Uploaded(bucket)): State<Uploaded>,
    State(limits): State<ImportLimits>,
    caller: Caller<SendFiles>,
    Now(now): Now,
    ValidJson(new): ValidJson<ImportRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let most = limits.of(caller.tier);
    if new.size_bytes > most {
        let rule = Invalid::new(format!("must be at most {most} bytes for you"));
        return Err(FieldErrors::one("sizeBytes", &rule).into());
    }
    let under_way =
        imports.list(caller.user_id).await?.into_iter().filter(|job| job.clone().as_of(now).is_under_way());
    if under_way.count() >= ImportJob::MAX_UNFINISHED {
        return Err(ApiError::conflict(
            "TooManyImports",
            "Three imports are not finished yet. Wait for one, or cancel it.",
        ));
    }
    let job =
        ImportJob::awaiting(caller.user_id, new.file_name.as_str().to_owned(), new.size_bytes, new.spec, now);
    let link = bucket.upload_link(&job.object_key(), job.size_bytes, now).await?;
    imports.create(&job).await?;
    let location = [(header::LOCATION, format!("/api/imports/{}", job.id))];
    Ok((StatusCode::CREATED, location, Json(BegunImport { import: job.into(), upload: link.into() })))
}

/// Answers of other operations hold the import alone.
impl From<ImportJob> for OneImport {
    fn from(job: ImportJob) -> Self {
        Self { import: job.into() }
    }
}
