//! What there is, and what is taken.

use std::time::Duration;

use app_domain::Timestamp;

use super::FakeGraph;

/// What there is, and what is taken. The vendor's own rules, unless they are changed.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The tokens that are known, good or not.
    pub tokens: Vec<Token>,
    /// The numbers of all accounts.
    pub numbers: Vec<Number>,
    /// The templates that are approved.
    pub templates: Vec<Template>,
    /// The secret of the app; any is good if it has none.
    pub app_secret: Option<String>,
    /// Whether a window is closed as long as nobody has said that a person wrote.
    pub is_window_strict: bool,
    /// How often one person may be sent something,
    pub pair_pause: Duration,
    /// and how many messages may come at once.
    pub pair_burst: u32,
    /// The most that one page of a list has.
    pub page_size: usize,
}

/// A token.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token itself.
    pub text: String,
    /// The accounts that it is for.
    pub accounts: Vec<String>,
    /// Whether it has not been taken back.
    pub is_valid: bool,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
    /// What it allows.
    pub scopes: Vec<String>,
}

/// A number of a business.
#[derive(Debug, Clone)]
pub struct Number {
    /// Its id.
    pub id: String,
    /// Its account.
    pub account: String,
    /// The number as people read it.
    pub display: String,
    /// What people see.
    pub verified_name: String,
}

/// A template.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// How many places its body has.
    pub parameters: usize,
    /// Whether it must not be used at present.
    pub is_paused: bool,
}

impl Token {
    /// What a token must allow to send, and to hear what is sent.
    pub const MESSAGING: &str = "whatsapp_business_messaging";
    /// What a token must allow to manage an account.
    pub const MANAGEMENT: &str = "whatsapp_business_management";

    /// A token for an account that allows all and does not end.
    pub fn new(text: &str, account: &str) -> Self {
        Self {
            text: text.to_owned(),
            accounts: vec![account.to_owned()],
            is_valid: true,
            expires_at: None,
            scopes: vec![Self::MESSAGING.to_owned(), Self::MANAGEMENT.to_owned()],
        }
    }
}

impl Number {
    /// A number of an account.
    pub fn new(id: &str, account: &str, display: &str) -> Self {
        Self {
            id: id.to_owned(),
            account: account.to_owned(),
            display: display.to_owned(),
            verified_name: "Memory".to_owned(),
        }
    }

    /// Its digits.
    pub(super) fn digits(&self) -> String {
        self.display.chars().filter(char::is_ascii_digit).collect()
    }
}

impl Template {
    /// A template that is approved.
    pub fn new(name: &str, language: &str, parameters: usize) -> Self {
        Self { name: name.to_owned(), language: language.to_owned(), parameters, is_paused: false }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            tokens: vec![
                Token::new(FakeGraph::TOKEN, FakeGraph::ACCOUNT),
                Token::new(FakeGraph::OWN_TOKEN, FakeGraph::OWN_ACCOUNT),
            ],
            numbers: vec![
                Number::new(FakeGraph::NUMBER, FakeGraph::ACCOUNT, "+49 1555 0001111"),
                Number::new(FakeGraph::OWN_NUMBER, FakeGraph::OWN_ACCOUNT, "+49 1555 0004444"),
            ],
            templates: vec![
                Template::new("memory_message", "en", 1),
                Template::new("memory_message", "de", 1),
                Template::new("hello_world", "en_US", 0),
            ],
            app_secret: None,
            is_window_strict: true,
            pair_pause: Duration::from_secs(6),
            pair_burst: 45,
            page_size: 25,
        }
    }
}

impl Rules {
    /// The token of this text.
    pub fn token(&mut self, text: &str) -> Option<&mut Token> {
        self.tokens.iter_mut().find(|token| token.text == text)
    }
}
