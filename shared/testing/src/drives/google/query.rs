//! `q=`: which files are searched for. What cannot be read is refused.

use super::refusal::Refusal;
use super::state::{Node, ROOT, State};

/// A search.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Query {
    And(Box<Query>, Box<Query>),
    Or(Box<Query>, Box<Query>),
    Not(Box<Query>),
    /// `'…' in parents`
    In(String),
    /// `name = '…'` and its like: a field, an operator, a value.
    Is(String, Operator, String),
    /// `appProperties has { key='…' and value='…' }`
    Has(String, String),
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Other,
    Contains,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

impl Query {
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let invalid = || Refusal::invalid("q");
        let mut tokens = tokens(text).ok_or_else(invalid)?;
        tokens.reverse();
        let query = Self::either(&mut tokens).ok_or_else(invalid)?;
        if tokens.is_empty() { Ok(query) } else { Err(invalid()) }
    }

    fn either(tokens: &mut Vec<Token>) -> Option<Self> {
        let mut query = Self::both(tokens)?;
        while take_word(tokens, "or") {
            query = Self::Or(Box::new(query), Box::new(Self::both(tokens)?));
        }
        Some(query)
    }

    fn both(tokens: &mut Vec<Token>) -> Option<Self> {
        let mut query = Self::one(tokens)?;
        while take_word(tokens, "and") {
            query = Self::And(Box::new(query), Box::new(Self::one(tokens)?));
        }
        Some(query)
    }

    fn one(tokens: &mut Vec<Token>) -> Option<Self> {
        match tokens.pop()? {
            Token::Sign("(") => {
                let inner = Self::either(tokens)?;
                take_sign(tokens, ")").then_some(inner)
            }
            Token::Word(word) if word == "not" => Some(Self::Not(Box::new(Self::one(tokens)?))),
            Token::Text(id) => {
                let is_right = take_word(tokens, "in") && take_word(tokens, "parents");
                is_right.then_some(Self::In(id))
            }
            Token::Word(field) if field == "appProperties" => Self::has(tokens),
            Token::Word(field) => Self::compared(field, tokens),
            Token::Sign(_) => None,
        }
    }

    fn has(tokens: &mut Vec<Token>) -> Option<Self> {
        let begins = take_word(tokens, "has") && take_sign(tokens, "{");
        let key = (begins && take_word(tokens, "key") && take_sign(tokens, "=")).then(|| text(tokens))??;
        let goes_on = take_word(tokens, "and") && take_word(tokens, "value") && take_sign(tokens, "=");
        let value = goes_on.then(|| text(tokens))??;
        take_sign(tokens, "}").then_some(Self::Has(key, value))
    }

    fn compared(field: String, tokens: &mut Vec<Token>) -> Option<Self> {
        let operator = match tokens.pop()? {
            Token::Sign("=") => Operator::Equal,
            Token::Sign("!=") => Operator::Other,
            Token::Word(word) if word == "contains" => Operator::Contains,
            _ => return None,
        };
        match (field.as_str(), operator, tokens.pop()?) {
            ("name" | "mimeType", _, Token::Text(value)) => Some(Self::Is(field, operator, value)),
            ("trashed", Operator::Equal | Operator::Other, Token::Word(value))
                if value == "true" || value == "false" =>
            {
                Some(Self::Is(field, operator, value))
            }
            _ => None,
        }
    }

    /// Refuses folders that the app cannot see.
    pub(super) fn check(&self, state: &State) -> Result<(), Refusal> {
        match self {
            Self::And(one, other) | Self::Or(one, other) => {
                one.check(state)?;
                other.check(state)
            }
            Self::Not(one) => one.check(state),
            Self::In(id) if id == "root" || id == ROOT || state.visible(id).is_some() => Ok(()),
            Self::In(_) => Err(Refusal::no_file("")),
            Self::Is(..) | Self::Has(..) => Ok(()),
        }
    }

    pub(super) fn fits(&self, node: &Node, state: &State) -> bool {
        match self {
            Self::And(one, other) => one.fits(node, state) && other.fits(node, state),
            Self::Or(one, other) => one.fits(node, state) || other.fits(node, state),
            Self::Not(one) => !one.fits(node, state),
            Self::In(id) => node.parent == if id == "root" { ROOT } else { id.as_str() },
            Self::Has(key, value) => node.app_properties.get(key) == Some(value),
            Self::Is(field, operator, value) => {
                let trashed = state.is_trashed(node).to_string();
                let is = match field.as_str() {
                    "name" => &node.name,
                    "mimeType" => &node.mime_type,
                    _ => &trashed,
                };
                match operator {
                    Operator::Equal => is == value,
                    Operator::Other => is != value,
                    Operator::Contains => is.starts_with(value.as_str()),
                }
            }
        }
    }
}

fn take_word(tokens: &mut Vec<Token>, wanted: &str) -> bool {
    tokens.pop_if(|token| matches!(token, Token::Word(word) if word == wanted)).is_some()
}

fn take_sign(tokens: &mut Vec<Token>, wanted: &str) -> bool {
    tokens.pop_if(|token| matches!(token, Token::Sign(sign) if *sign == wanted)).is_some()
}

fn text(tokens: &mut Vec<Token>) -> Option<String> {
    match tokens.pop()? {
        Token::Text(text) => Some(text),
        _ => None,
    }
}

/// Words, texts between `'` in which `\` stands before `'` and `\`, and signs.
fn tokens(query: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('\'') {
            let (text, after) = quoted_text(quoted)?;
            tokens.push(Token::Text(text));
            rest = after;
        } else if let Some(sign) = ["(", ")", "{", "}", "!=", "="].into_iter().find(|s| rest.starts_with(s)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            tokens.push(Token::Word(rest.get(..end).filter(|word| !word.is_empty())?.to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

fn quoted_text(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    loop {
        match chars.next()? {
            (at, '\'') => return Some((text, &quoted[at + 1..])),
            (_, '\\') => text.push(chars.next().map(|(_, c)| c).filter(|c| "'\\".contains(*c))?),
            (_, c) => text.push(c),
        }
    }
}
