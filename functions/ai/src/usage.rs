//! `GET /ai/usage`, `GET /ai/interactions` and, for administrators, `GET /admin/ai-usage`.

use app_domain::{
    Budgets, Day, DayUsage, Days, Interaction, InteractionFailure, InteractionId, InteractionStatus, Task,
};
use app_http::{
    AccessAi, ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery,
    FieldErrors, ManageUsers, Now, Parse, ValidQuery,
};
use app_store::Interactions;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which days.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct DaysQuery {
    /// The first day (UTC), such as `2026-11-01`; thirty days back unless told.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day; today unless told.
    #[param(format = Date)]
    to: Option<String>,
}

/// A parsed [`DaysQuery`].
pub(crate) struct Asked {
    from: Option<Day>,
    to: Option<Day>,
}

impl Parse for DaysQuery {
    type Parsed = Asked;

    fn parse(self) -> Result<Asked, FieldErrors> {
        let mut errors = FieldErrors::default();
        let from = errors.check_optional("from", self.from.as_deref().map(str::parse::<Day>));
        let to = errors.check_optional("to", self.to.as_deref().map(str::parse::<Day>));
        let (Some(from), Some(to)) = (from, to) else { return Err(errors) };
        Ok(Asked { from, to })
    }
}

impl Asked {
    /// The days, which end today unless told, and begin as long before as can be.
    fn days(&self, today: Day) -> Result<Days, FieldErrors> {
        let max = Days::MAX_OF_ALL;
        let to = self.to.unwrap_or(today);
        let from = self.from.unwrap_or_else(|| to.before(max - 1));
        Days::parse(from, to, max).map_err(|invalid| FieldErrors::one("to", &invalid))
    }
}

/// What models were used for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageBody {
    /// The days on which any was, in order.
    days: Vec<DayBody>,
    /// What is left today of what the caller's tier has.
    today: TodayBody,
}

/// What models of others did on a day, for everybody.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EverybodyBody {
    /// The days on which any was used, in order.
    days: Vec<DayBody>,
}

/// What models were used for on a day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DayBody {
    /// The day (UTC).
    #[schema(format = Date)]
    day: String,
    /// How many calls there were.
    calls: u64,
    /// How many of them failed.
    failed: u64,
    /// How many were not made for want of a budget.
    refused: u64,
    /// Tokens read.
    prompt_tokens: u64,
    /// Tokens written.
    completion_tokens: u64,
    /// What they cost, in US dollars.
    cost_usd: f64,
    /// The same by what it was for.
    by_task: Vec<TaskBody>,
}

/// What models were used for one thing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TaskBody {
    /// `chat`, `categorize`, `summarize`, `suggest`, `facts` or `transcribe`.
    #[schema(value_type = String, example = "chat")]
    task: Task,
    calls: u64,
    tokens: u64,
    cost_usd: f64,
}

/// What can still be used today.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TodayBody {
    /// Tokens used or reserved.
    tokens_used: u64,
    /// The most tokens in a day; `null` if there is no limit.
    tokens_limit: Option<u64>,
    /// What they cost, in US dollars.
    cost_usd: f64,
    /// The most in a day; `null` if there is no limit.
    cost_limit_usd: Option<f64>,
    /// When the next day begins.
    #[schema(value_type = String, format = DateTime)]
    resets_at: String,
}

impl From<DayUsage> for DayBody {
    fn from(DayUsage { day, total }: DayUsage) -> Self {
        let by_task = total.by_task.into_iter().map(|(task, of)| TaskBody {
            task,
            calls: of.calls,
            tokens: of.spent.tokens,
            cost_usd: of.spent.cost.dollars(),
        });
        Self {
            day: day.to_string(),
            calls: total.calls,
            failed: total.failed,
            refused: total.refused,
            prompt_tokens: total.prompt_tokens,
            completion_tokens: total.completion_tokens,
            cost_usd: total.spent.cost.dollars(),
            by_task: by_task.collect(),
        }
    }
}

/// What the caller's calls of models came to, and what is left today.
#[utoipa::path(
    get, operation_id = "getAiUsage", path = "/ai/usage", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(DaysQuery),
    responses((status = 200, description = "The usage, of up to 31 days at once.", body = UsageBody), ApiErrors, CallerErrors),
)]
pub(crate) async fn own(
    State(interactions): State<Interactions>,
    State(budgets): State<Budgets>,
    caller: Caller<AccessAi>,
    ValidQuery(query): ValidQuery<DaysQuery>,
    Now(now): Now,
) -> Result<Json<UsageBody>, ApiError> {
    let today = Day::of(now);
    let days = query.days(today)?;
    let owner = caller.user_id;
    let (days, spent) = tokio::try_join!(interactions.days(owner, days), interactions.today(owner, today))?;
    let budget = budgets.of(caller.tier);
    let today = TodayBody {
        tokens_used: spent.spent.tokens,
        tokens_limit: budget.tokens_per_day,
        cost_usd: spent.spent.cost.dollars(),
        cost_limit_usd: budget.cost_per_day.map(|cost| cost.dollars()),
        resets_at: today.ends_at().to_string(),
    };
    Ok(Json(UsageBody { days: days.into_iter().map(DayBody::from).collect(), today }))
}

/// What everybody's calls of models came to: those that have ended.
#[utoipa::path(
    get, operation_id = "getEverybodysAiUsage", path = "/admin/ai-usage", tag = "admin", security(("bearer" = ["manage:users"]), ("apiKey" = ["manage:users"])),
    params(DaysQuery),
    responses((status = 200, description = "The usage, of up to 31 days at once.", body = EverybodyBody), ApiErrors, CallerErrors),
)]
pub(crate) async fn everybody(
    State(interactions): State<Interactions>,
    _: Caller<ManageUsers>,
    ValidQuery(query): ValidQuery<DaysQuery>,
    Now(now): Now,
) -> Result<Json<EverybodyBody>, ApiError> {
    let days = query.days(Day::of(now))?;
    let days = interactions.everybody(days).await?;
    let days = days.into_iter().filter(|day| day.total.calls > 0).map(DayBody::from).collect();
    Ok(Json(EverybodyBody { days }))
}

/// A page of calls of models.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InteractionPage {
    interactions: Vec<InteractionBody>,
    pagination: CursorPagination,
}

/// A call of a model. Nothing of what was said in it is kept here.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InteractionBody {
    id: Uuid,
    /// What it was for.
    #[schema(value_type = String, example = "chat")]
    task: Task,
    /// The model.
    #[schema(example = "built-in")]
    model: String,
    /// `running`, `done`, `failed`, `cancelled` or `refused`.
    #[schema(value_type = String, example = "done")]
    status: InteractionStatus,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "throttled")]
    failure: Option<InteractionFailure>,
    /// Tokens read.
    prompt_tokens: u32,
    /// Tokens written.
    completion_tokens: u32,
    /// What it cost, in US dollars.
    cost_usd: f64,
    /// How long it took, in milliseconds.
    processing_time: u64,
    /// The conversation that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<Uuid>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
}

impl From<Interaction> for InteractionBody {
    fn from(call: Interaction) -> Self {
        Self {
            id: call.id.as_uuid(),
            task: call.task,
            model: call.model,
            status: call.status,
            failure: call.failure,
            prompt_tokens: call.usage.prompt,
            completion_tokens: call.usage.completion,
            cost_usd: call.cost.dollars(),
            processing_time: call.milliseconds,
            conversation_id: call.conversation.map(|id| id.as_uuid()),
            created_at: call.created_at.to_string(),
        }
    }
}

/// List the caller's calls of models of the last 90 days, the latest first.
#[utoipa::path(
    get, operation_id = "listInteractions", path = "/ai/interactions", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(CursorQuery),
    responses((status = 200, description = "A page.", body = InteractionPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(interactions): State<Interactions>,
    caller: Caller<AccessAi>,
    page: ByCursor<InteractionId>,
) -> Result<Json<InteractionPage>, ApiError> {
    let (found, _) = interactions.list(caller.user_id, page.after, page.to_read()).await?;
    let (interactions, pagination) = page.paged(found, |call| call.id, InteractionBody::from);
    Ok(Json(InteractionPage { interactions, pagination }))
}
