//! `GET /admin/users`.

use app_domain::{Email, UserId};
use app_http::{
    ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery, FieldErrors,
    ManageUsers, Parse, ValidQuery,
};
use app_store::Directory;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::AccountBody;

/// Which accounts to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountsQuery {
    /// The one account with this e-mail address, if there is one; all accounts unless told.
    #[param(example = "ada@example.com")]
    email: Option<String>,
}

impl Parse for AccountsQuery {
    type Parsed = Option<Email>;

    fn parse(self) -> Result<Option<Email>, FieldErrors> {
        let email = self.email.as_deref().map(Email::parse).transpose();
        email.map_err(|invalid| FieldErrors::one("email", &invalid))
    }
}

/// A page of accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountPage {
    /// Newest first.
    users: Vec<AccountBody>,
    /// Where the page ends.
    pagination: CursorPagination,
}

/// List accounts, newest first, or find the one with an e-mail address.
///
/// The list is read by cursor alone: it grows at its beginning, so that page numbers would shift, and nobody counts it. It comes
/// from an index, which follows a moment after: an account that was just made or changed may be missing or as it was before.
/// An account that is found by its address, or read by its id, is as it is now.
#[utoipa::path(
    get, operation_id = "listAccounts", path = "/admin/users", tag = "admin", security(("bearer" = ["manage:users"]), ("apiKey" = ["manage:users"])),
    params(CursorQuery, AccountsQuery),
    responses((status = 200, description = "A page of accounts.", body = AccountPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(directory): State<Directory>,
    _caller: Caller<ManageUsers>,
    page: ByCursor<UserId>,
    ValidQuery(email): ValidQuery<AccountsQuery>,
) -> Result<Json<AccountPage>, ApiError> {
    let accounts = match &email {
        Some(email) => Vec::from_iter(directory.by_email(email).await?),
        None => directory.page(page.after, page.to_read()).await?,
    };
    let (users, pagination) = page.paged(accounts, |account| account.id, AccountBody::from);
    Ok(Json(AccountPage { users, pagination }))
}
