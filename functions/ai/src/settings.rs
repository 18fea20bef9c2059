//! `GET` and `PATCH /ai/settings`.

use std::convert::Infallible;

use app_domain::{CategoryId, Instructions, KeptCategories, LanguageTag, MemoSettings};
use app_http::{
    AccessAi, ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Parse, ValidJson,
};
use app_store::{MemoPreferences, SavingError};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How the caller wants Memo to be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingsBody {
    /// Whether models of others may be asked at all. At first they may, if the service has any.
    external_models: bool,
    /// Whether e-mail addresses, phone numbers, card numbers and bank accounts are taken out of what they are asked. Vectors are made of
    /// what is written.
    redaction: bool,
    /// Whether Memo asks before it writes anything. At first it does.
    confirm_writes: bool,
    /// Whether facts about the caller are kept from what they say to Memo.
    extract_facts: bool,
    /// The categories whose memories are not shown to models of others.
    kept_categories: Vec<Uuid>,
    /// The language of answers (BCP 47); that of the question if there is none.
    #[schema(example = "de")]
    answer_language: Option<String>,
    /// How the caller wants to be answered, in their words.
    instructions: Option<String>,
}

impl From<&MemoSettings> for SettingsBody {
    fn from(settings: &MemoSettings) -> Self {
        Self {
            external_models: settings.external_models,
            redaction: settings.redaction,
            confirm_writes: settings.confirm_writes,
            extract_facts: settings.extract_facts,
            kept_categories: settings.kept_categories.iter().map(|id| id.as_uuid()).collect(),
            answer_language: settings.answer_language.as_ref().map(|tag| tag.as_str().to_owned()),
            instructions: settings.instructions.as_ref().map(|text| text.as_str().to_owned()),
        }
    }
}

/// Read how Memo is set up.
#[utoipa::path(
    get, operation_id = "getAiSettings", path = "/ai/settings", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    responses((status = 200, description = "The settings.", body = SettingsBody), ApiErrors, CallerErrors),
)]
pub(crate) async fn read(
    State(settings): State<MemoPreferences>,
    caller: Caller<AccessAi>,
) -> Result<Json<SettingsBody>, ApiError> {
    Ok(Json((&settings.get(caller.user_id).await?).into()))
}

/// What to change. What is absent stays; `null` clears `answerLanguage` and `instructions`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PatchSettings {
    /// Whether models of others may be asked at all.
    external_models: Option<bool>,
    /// Whether addresses and numbers are taken out of what they are asked.
    redaction: Option<bool>,
    /// Whether Memo asks before it writes anything.
    confirm_writes: Option<bool>,
    /// Whether facts are kept from what the caller says.
    extract_facts: Option<bool>,
    /// The categories to keep from models of others, at most 100, as a whole.
    #[schema(max_items = 100)]
    kept_categories: Option<Vec<Uuid>>,
    /// Such as `de` or `pt-BR`.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    answer_language: Option<Option<String>>,
    /// Up to 1,500 characters.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 1500)]
    instructions: Option<Option<String>>,
}

/// Tells a member that is `null` from one that is absent.
fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A parsed [`PatchSettings`].
#[derive(Debug)]
pub(crate) struct Change {
    flags: [Option<bool>; 4],
    kept_categories: Option<KeptCategories>,
    answer_language: Option<Option<LanguageTag>>,
    instructions: Option<Option<Instructions>>,
}

impl Parse for PatchSettings {
    type Parsed = Change;

    fn parse(self) -> Result<Change, FieldErrors> {
        let mut errors = FieldErrors::default();
        let ids = self.kept_categories.map(|ids| ids.into_iter().map(CategoryId::from));
        let kept = errors.check_optional("keptCategories", ids.map(KeptCategories::parse));
        let language = self.answer_language.map(|tag| tag.as_deref().map(LanguageTag::parse).transpose());
        let language = errors.check_optional("answerLanguage", language);
        let wishes = self.instructions.map(|text| text.as_deref().map(Instructions::parse).transpose());
        let wishes = errors.check_optional("instructions", wishes);
        let (Some(kept_categories), Some(answer_language), Some(instructions)) = (kept, language, wishes)
        else {
            return Err(errors);
        };
        let flags = [self.external_models, self.redaction, self.confirm_writes, self.extract_facts];
        Ok(Change { flags, kept_categories, answer_language, instructions })
    }
}

impl Change {
    fn apply(&self, settings: &mut MemoSettings) {
        let MemoSettings { external_models, redaction, confirm_writes, extract_facts, .. } = settings;
        for (flag, change) in
            [external_models, redaction, confirm_writes, extract_facts].into_iter().zip(self.flags)
        {
            *flag = change.unwrap_or(*flag);
        }
        if let Some(kept) = &self.kept_categories {
            settings.kept_categories.clone_from(kept);
        }
        if let Some(language) = &self.answer_language {
            settings.answer_language.clone_from(language);
        }
        if let Some(instructions) = &self.instructions {
            settings.instructions.clone_from(instructions);
        }
    }
}

/// Change how Memo is set up. What was shown to models of others before stays there.
#[utoipa::path(
    patch, operation_id = "patchAiSettings", path = "/ai/settings", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    request_body = PatchSettings,
    responses((status = 200, description = "The settings after the change.", body = SettingsBody), ApiErrors, CallerErrors, BodyErrors),
)]
pub(crate) async fn patch(
    State(settings): State<MemoPreferences>,
    caller: Caller<AccessAi>,
    ValidJson(change): ValidJson<PatchSettings>,
) -> Result<Json<SettingsBody>, ApiError> {
    let changed = |settings: &mut MemoSettings| {
        change.apply(settings);
        Ok::<_, Infallible>(settings.clone())
    };
    match settings.change(caller.user_id, changed).await {
        Ok(after) => Ok(Json((&after).into())),
        Err(SavingError::Refused(never)) => match never {},
        Err(SavingError::Store(error)) => Err(error.into()),
    }
}
