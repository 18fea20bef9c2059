//! `GET /ai/models`.

use app_http::{AccessAi, ApiErrors, Caller, CallerErrors};
use app_memo::Memo;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// The models that can be asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelsBody {
    /// The one that is asked unless told comes first.
    models: Vec<ModelBody>,
}

/// A model.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ModelBody {
    /// Its name.
    #[schema(example = "built-in")]
    name: String,
    /// Whether it is somebody else's: what your settings keep is not shown to it.
    is_external: bool,
}

/// List the models that can be asked.
#[utoipa::path(
    get, operation_id = "listModels", path = "/ai/models", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    responses((status = 200, description = "The models.", body = ModelsBody), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(State(memo): State<Memo>, _: Caller<AccessAi>) -> Json<ModelsBody> {
    let models = memo.models().map(|(name, is_external)| ModelBody { name: name.to_owned(), is_external });
    Json(ModelsBody { models: models.collect() })
}
