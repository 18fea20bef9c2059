//! What WhatsApp takes more than a day after a person's last message: templates that Meta has approved.

use std::str::FromStr;

use app_connectors::graph::Sending;
use app_domain::{Invalid, one_line};

/// What the parameter of a template may have, so that the whole stays within Meta's limit.
const LONGEST: usize = 1_000;
/// Where the rest is of what has no room.
const ELSEWHERE: &str = "The rest is in the app.";

/// A template whose body has one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    name: String,
    language: String,
}

impl Template {
    /// The template with these words, on one line: parameters take no breaks. With whether some are missing, which it says, because they
    /// have no room or because there is more behind them.
    pub(crate) fn saying(&self, text: &str, is_more: bool) -> (Sending, bool) {
        let words = one_line(text, usize::MAX);
        let is_cut = is_more || words.encode_utf16().count() > LONGEST;
        let words = match is_cut {
            true => format!("{} {ELSEWHERE}", one_line(&words, LONGEST - ELSEWHERE.len() - 1)),
            false => words,
        };
        let (name, language) = (self.name.clone(), self.language.clone());
        (Sending::Template { name, language, parameters: vec![words] }, is_cut)
    }
}

/// `name:language`, as in `new_message:en`.
impl FromStr for Template {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split_once(':') {
            Some((name, language)) if !name.is_empty() && !language.is_empty() => {
                Ok(Self { name: name.to_owned(), language: language.to_owned() })
            }
            _ => Err(Invalid::new("must be the name of a template and its language, such as new_message:en")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_named_with_its_language() {
        let template: Template = "new_message:pt_BR".parse().unwrap();
        let (sending, is_cut) = template.saying("*Train*\n\nat 8", false);
        let Sending::Template { name, language, parameters } = sending else { panic!("no template") };
        assert!(!is_cut);
        assert_eq!((name.as_str(), language.as_str()), ("new_message", "pt_BR"));
        assert_eq!(parameters, ["*Train* at 8"]);
        for bad in ["", "x", ":en", "x:"] {
            assert!(bad.parse::<Template>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_has_no_room_is_said_to_be_elsewhere() {
        let template: Template = "new_message:en".parse().unwrap();
        for (text, is_more, is_cut) in [
            ("word ".repeat(199), false, false),
            ("word ".repeat(201), false, true),
            ("word".to_owned(), true, true),
        ] {
            let (Sending::Template { parameters, .. }, was_cut) = template.saying(&text, is_more) else {
                panic!("no template")
            };
            assert_eq!((was_cut, parameters[0].ends_with("The rest is in the app.")), (is_cut, is_cut));
            assert!(parameters[0].len() <= LONGEST + "…".len(), "{}", parameters[0]);
        }
    }
}
