//! The mail queue: writes and sends mail. Whoever asks for one is answered before anybody looks the account up, so that the
//! answer tells nobody who has one. What a reminder says is opened here, so that no queue holds it.

mod app_url;
mod batch;
mod deliver;
mod letter;
mod sender;

use app_domain::Sealing;
use app_store::{Mails, OneTimeTokens, Reminders, Table, Users};

pub use app_url::AppUrl;
pub use batch::handle;
pub use sender::Sender;

/// What the handler works with.
#[derive(Clone)]
pub struct App {
    users: Users,
    tokens: OneTimeTokens,
    mails: Mails,
    reminders: Reminders,
    sender: Sender,
    app_url: AppUrl,
}

impl App {
    /// Mail to accounts in `table`, with links that lead to `app_url`. `sealing` opens what reminders say.
    pub fn new(table: &Table, sealing: impl Sealing, sender: Sender, app_url: AppUrl) -> Self {
        Self {
            users: Users::new(table.clone()),
            tokens: OneTimeTokens::new(table.clone()),
            mails: Mails::new(table.clone()),
            reminders: Reminders::new(table.clone(), sealing),
            sender,
            app_url,
        }
    }
}
