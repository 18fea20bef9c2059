//! The mail queue: writes and sends mail. Whoever asks for one is answered before anybody looks the account up, so that the
//! answer tells nobody who has one.

mod app_url;
mod batch;
mod deliver;
mod letter;
mod sender;

use app_store::{Mails, OneTimeTokens, Table, Users};

pub use app_url::AppUrl;
pub use batch::handle;
pub use sender::Sender;

/// What the handler works with.
#[derive(Clone)]
pub struct App {
    users: Users,
    tokens: OneTimeTokens,
    mails: Mails,
    sender: Sender,
    app_url: AppUrl,
}

impl App {
    /// Mail to accounts in `table`, with links that lead to `app_url`.
    pub fn new(table: &Table, sender: Sender, app_url: AppUrl) -> Self {
        Self {
            users: Users::new(table.clone()),
            tokens: OneTimeTokens::new(table.clone()),
            mails: Mails::new(table.clone()),
            sender,
            app_url,
        }
    }
}
