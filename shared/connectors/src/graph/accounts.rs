//! Business accounts: their numbers, and whether they tell us what is written to them.

use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;

use super::mark_read::Done;
use super::{Graph, GraphError, http};

/// What is asked of a number.
const FIELDS: &str = "id,display_phone_number,verified_name,quality_rating";
const PAGE_SIZE: &str = "100";
/// No account has so many pages of numbers.
const MAX_PAGES: usize = 20;

/// A number of a business.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NumberInfo {
    /// Meta's id of it.
    pub id: String,
    /// The number as people read it, such as `+49 1555 0001111`.
    pub display_phone_number: String,
    /// The name that people see, once it is checked.
    pub verified_name: Option<String>,
    /// Such as `GREEN`: what people think of its messages.
    pub quality_rating: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<NumberInfo>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
    /// The address of the next page. What counts is that there is one: addresses with tokens in them are not followed.
    next: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

impl Page {
    /// Where the next page begins.
    fn after(&self) -> Option<String> {
        let paging = self.paging.as_ref().filter(|paging| paging.next.is_some())?;
        paging.cursors.as_ref()?.after.clone()
    }
}

impl Graph {
    /// Reads what there is to know of a number.
    ///
    /// # Errors
    /// If there is no such number for this token, or that cannot be told.
    pub async fn number(
        &self,
        token: &SecretString,
        phone_number_id: &str,
    ) -> Result<NumberInfo, GraphError> {
        http::json(self.request(Method::GET, &[phone_number_id], &[("fields", FIELDS)], token)?).await
    }

    /// All numbers of an account. That one is among them proves that it belongs to it.
    ///
    /// # Errors
    /// If the account is not for this token, or that cannot be told.
    pub async fn numbers(
        &self,
        token: &SecretString,
        business_account_id: &str,
    ) -> Result<Vec<NumberInfo>, GraphError> {
        let (mut numbers, mut after) = (Vec::new(), None::<String>);
        for _ in 0..MAX_PAGES {
            let mut query = vec![("fields", FIELDS), ("limit", PAGE_SIZE)];
            query.extend(after.as_deref().map(|cursor| ("after", cursor)));
            let path = [business_account_id, "phone_numbers"];
            let page: Page = http::json(self.request(Method::GET, &path, &query, token)?).await?;
            after = page.after();
            numbers.extend(page.data);
            if after.is_none() {
                break;
            }
        }
        Ok(numbers)
    }

    /// Lets our app hear what is written to the numbers of an account.
    ///
    /// # Errors
    /// If that does not succeed. Doing it again does no harm.
    pub async fn subscribe(&self, token: &SecretString, business_account_id: &str) -> Result<(), GraphError> {
        self.subscription(Method::POST, token, business_account_id).await
    }

    /// Lets our app hear nothing of an account any more.
    ///
    /// # Errors
    /// If that does not succeed. Doing it again does no harm.
    pub async fn unsubscribe(
        &self,
        token: &SecretString,
        business_account_id: &str,
    ) -> Result<(), GraphError> {
        self.subscription(Method::DELETE, token, business_account_id).await
    }

    async fn subscription(
        &self,
        method: Method,
        token: &SecretString,
        business_account_id: &str,
    ) -> Result<(), GraphError> {
        let request = self.request(method, &[business_account_id, "subscribed_apps"], &[], token)?;
        http::json::<Done>(request).await?.checked()
    }
}
