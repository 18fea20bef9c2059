//! The list of a person's conversations, by their last change, at the cost of a page.

use std::fmt;
use std::str::FromStr;

use app_domain::{Conversation, ConversationId, Invalid, StoreError, Timestamp, UserId};

use crate::Conversations;
use crate::conversation_item::ConversationItem;
use crate::keys::{self, BY_UPDATED};
use crate::table::{self, text};

/// A place in the list of conversations: when one was last changed, then its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationPosition(String);

impl fmt::Display for ConversationPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ConversationPosition {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parts = text.split_once('#').filter(|(at, id)| {
            at.parse::<Timestamp>().is_ok_and(|time| time.to_string() == *at)
                && id.parse::<ConversationId>().is_ok_and(|known| known.to_string() == *id)
        });
        parts
            .map(|_| Self(text.to_owned()))
            .ok_or_else(|| Invalid::new("is not a place in the list of conversations"))
    }
}

impl Conversations {
    /// A person's conversations behind a place, the last changed first: at most `limit`. With the place of the last, if there are more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(
        &self,
        owner: UserId,
        after: Option<&ConversationPosition>,
        limit: u32,
    ) -> Result<(Vec<Conversation>, Option<ConversationPosition>), StoreError> {
        let query = self.table.client().query().table_name(self.table.name()).index_name(BY_UPDATED);
        let answer = query
            .key_condition_expression("pk = :conversations AND byUpdated < :after")
            .expression_attribute_values(":conversations", text(keys::conversations(owner)))
            // Greater than any time.
            .expression_attribute_values(":after", text(after.map_or("~", |after| &after.0)))
            .consistent_read(true)
            .scan_index_forward(false)
            // One more than is wanted tells whether there are more.
            .limit(limit.saturating_add(1).cast_signed())
            .send()
            .await
            .map_err(table::failed)?;
        // An answer ends after a megabyte, too.
        let mut is_last = answer.last_evaluated_key.is_none();
        let items = answer.items.unwrap_or_default().into_iter().map(table::from_item);
        let mut items: Vec<ConversationItem> = items.collect::<Result<_, _>>()?;
        is_last &= items.len() <= limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| !is_last);
        let next = next.map(|item| ConversationPosition(item.by_updated.clone()));
        let mut conversations = Vec::with_capacity(items.len());
        for item in items {
            conversations.push(self.items.conversation(item).await?);
        }
        Ok((conversations, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_time_and_an_id() {
        let place = "2026-11-18T11:06:40.000Z#019aa6f1-04d2-7a3b-9c4d-5e6f708192a3";
        assert_eq!(place.parse::<ConversationPosition>().unwrap().to_string(), place);
        let id = "019aa6f1-04d2-7a3b-9c4d-5e6f708192a3";
        for bad in ["", "#", "~", &format!("2026-11-18T11:06:40Z#{id}"), &format!("{place}#")] {
            assert!(bad.parse::<ConversationPosition>().is_err(), "{bad:?}");
        }
    }
}
