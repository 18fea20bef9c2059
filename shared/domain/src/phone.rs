//! Phone numbers in E.164 form.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A phone number: country code and subscriber, 8–15 digits (ITU-T E.164). `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads `+49 155 5000-2222` and the like: a plus, then digits, with spaces, dots, dashes and brackets ignored.
    ///
    /// # Errors
    /// If there is no country code or the digits are too few or too many.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let digits: String = text.trim().strip_prefix('+').map(strip_separators).unwrap_or_default();
        Self::from_digits(&digits).ok_or_else(|| {
            Invalid::new("must be a phone number with its country code, such as +49 155 50002222")
        })
    }

    /// Reads digits alone, country code first, as WhatsApp's `wa_id` gives them.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let plausible = (8..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        plausible.then(|| Self(digits.to_owned()))
    }

    /// Country code and subscriber, digits only.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

fn strip_separators(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/')).collect()
}

/// Written with a leading plus.
impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_ways_people_write_numbers() {
        for text in ["+4915550002222", "+49 155 5000 2222", " +49 (155) 5000-2222", "+49.155/50002222"] {
            assert_eq!(PhoneNumber::parse(text).unwrap().digits(), "4915550002222", "{text}");
        }
    }

    #[test]
    fn wants_a_country_code_and_digits() {
        for text in ["", "+", "015550002222", "+0155500022", "+49155", "+49155500022223333", "+49abc5550002"]
        {
            assert!(PhoneNumber::parse(text).is_err(), "{text}");
        }
    }
}
