//! Telling a person that their message was read.

use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use super::{Graph, GraphError, http};

/// What is answered where there is nothing to tell.
#[derive(Deserialize)]
pub(super) struct Done {
    success: bool,
}

impl Done {
    pub(super) fn checked(self) -> Result<(), GraphError> {
        if self.success { Ok(()) } else { Err(GraphError::UNCERTAIN) }
    }
}

impl Graph {
    /// Marks a message and those before it as read. `is_typing` shows for some seconds that an answer is being written.
    ///
    /// # Errors
    /// If that does not succeed. Doing it again does no harm.
    pub async fn mark_read(
        &self,
        token: &SecretString,
        from: &str,
        wamid: &str,
        is_typing: bool,
    ) -> Result<(), GraphError> {
        let mut body = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": wamid });
        if is_typing {
            body["typing_indicator"] = json!({ "type": "text" });
        }
        let request = self.request(Method::POST, &[from, "messages"], &[], token)?.json(&body);
        http::json::<Done>(request).await?.checked()
    }
}
