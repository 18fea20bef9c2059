//! `/sync/whatsapp`: a person's connection.

mod body;
pub(crate) mod connect;
pub(crate) mod disconnect;
pub(crate) mod pause;
pub(crate) mod read;
pub(crate) mod resume;
pub(crate) mod verify;

pub(crate) use body::{Standing, TOKEN_CODE, WhatsappStatus};

use app_http::ApiError;

/// 409: it takes a connection.
pub(crate) fn not_connected() -> ApiError {
    ApiError::conflict("NotConnected", "WhatsApp is not connected.")
}
