//! A fact as clients see it.

use app_domain::{Fact, FactSource, FactStatus};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that Memo has learnt about a person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FactBody {
    /// Its id.
    id: Uuid,
    /// The fact, as the person said it.
    statement: String,
    /// Whom or what it is about.
    #[schema(example = "me")]
    subject: String,
    /// What of it.
    #[schema(example = "home city")]
    attribute: String,
    /// What that is.
    #[schema(example = "Graz")]
    value: String,
    /// How certain it is, 0–1.
    certainty: f32,
    /// `active`, `review` (it waits for the person to say whether it is true), `superseded` or `rejected`.
    #[schema(example = "active")]
    status: &'static str,
    /// The fact that holds instead, of one that is superseded.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<Uuid>,
    /// Since when it holds.
    #[schema(value_type = String, format = DateTime)]
    valid_from: String,
    /// Until when it held.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_until: Option<String>,
    /// How often it was said.
    seen: u32,
    /// Where it was said, the latest five.
    sources: Vec<SourceBody>,
    /// When it was found.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

/// Where a fact was said. The conversation may be gone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SourceBody {
    conversation_id: Uuid,
    message_id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    said_at: String,
}

/// The answer that holds one fact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneFact {
    fact: FactBody,
}

/// The name of a status.
pub(crate) fn status_name(status: FactStatus) -> &'static str {
    match status {
        FactStatus::Active => "active",
        FactStatus::Review => "review",
        FactStatus::Superseded { .. } => "superseded",
        FactStatus::Rejected => "rejected",
    }
}

impl From<Fact> for FactBody {
    fn from(fact: Fact) -> Self {
        let superseded_by = match fact.status {
            FactStatus::Superseded { by } => Some(by.as_uuid()),
            FactStatus::Active | FactStatus::Review | FactStatus::Rejected => None,
        };
        Self {
            id: fact.id.as_uuid(),
            statement: fact.statement.as_str().to_owned(),
            subject: fact.subject.as_str().to_owned(),
            attribute: fact.attribute.as_str().to_owned(),
            value: fact.value.as_str().to_owned(),
            certainty: fact.certainty.get(),
            status: status_name(fact.status),
            superseded_by,
            valid_from: fact.valid_from.to_string(),
            valid_until: fact.valid_until.map(|until| until.to_string()),
            seen: fact.seen,
            sources: fact.sources.into_iter().map(SourceBody::from).collect(),
            created_at: fact.created_at.to_string(),
            updated_at: fact.updated_at.to_string(),
        }
    }
}

impl From<FactSource> for SourceBody {
    fn from(source: FactSource) -> Self {
        Self {
            conversation_id: source.conversation.as_uuid(),
            message_id: source.turn.as_uuid(),
            said_at: source.said_at.to_string(),
        }
    }
}

impl From<Fact> for OneFact {
    fn from(fact: Fact) -> Self {
        Self { fact: fact.into() }
    }
}
