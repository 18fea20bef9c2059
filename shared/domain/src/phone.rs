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

    /// The one form of numbers that are written in two ways, to know them by: with Brazil's ninth digit, without Mexico's 1 before
    /// mobile numbers, without the zero that some people leave behind a country code. Two lines never have one form: whose a phone is
    /// hangs on it. For keys alone: what is sent goes to the number as it was delivered.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let canonical = match self.0.as_bytes() {
            // Eight digits that begin as mobile numbers did before there was a ninth; no landline does, but radios do with a 7.
            [b'5', b'5', b'1'..=b'9', b'1'..=b'9', b'6' | b'8' | b'9', rest @ ..] if rest.len() == 7 => {
                format!("{}9{}", &self.0[..4], &self.0[4..])
            }
            [b'5', b'2', b'1', rest @ ..] if rest.len() == 10 => format!("52{}", &self.0[3..]),
            _ => self.without_trunk_zero(),
        };
        Self::from_digits(&canonical).unwrap_or_else(|| self.clone())
    }

    /// The form for codes that were given out for a number: it also leaves out Argentina's 9, although the number without it may be a
    /// landline of somebody else's. Who sends the code has it from whoever it was given to.
    #[must_use]
    pub fn approximate(&self) -> Self {
        match self.0.as_bytes() {
            [b'5', b'4', b'9', rest @ ..] if rest.len() == 10 => Self(format!("54{}", &self.0[3..])),
            _ => self.canonical(),
        }
    }

    fn without_trunk_zero(&self) -> String {
        let country = TRUNK_ZERO.iter().find(|country| self.0.starts_with(**country));
        match country.and_then(|country| Some((country, self.0[country.len()..].strip_prefix('0')?))) {
            // Two zeros are no habit of dialling: some of these countries have toll-free numbers that begin so.
            Some((country, national)) if !national.starts_with('0') => format!("{country}{national}"),
            _ => self.0.clone(),
        }
    }
}

/// Countries that dial a zero at home and none from abroad, and in which no number begins with a single zero. Others keep it (Italy), or
/// begin numbers with it (Congo, Ivory Coast, Gabon).
const TRUNK_ZERO: [&str; 42] = [
    "20", "27", "31", "32", "33", "40", "41", "43", "44", "46", "49", "60", "61", "62", "63", "64", "66",
    "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98", "212", "213", "233", "234", "251",
    "254", "255", "256", "353", "358", "381", "385", "386", "972",
];

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
    fn numbers_that_are_written_in_two_ways_have_one_form() {
        for (one, other) in [
            ("551187654321", "5511987654321"),
            ("5213312345678", "523312345678"),
            ("49015550002222", "4915550002222"),
            ("4407700900123", "447700900123"),
            ("97205012345678", "9725012345678"),
        ] {
            let [one, other] = [one, other].map(|digits| PhoneNumber::from_digits(digits).unwrap());
            assert_eq!(one.canonical(), other.canonical(), "{} {}", one.digits(), other.digits());
            assert_eq!(one.canonical().canonical(), one.canonical(), "{}", one.digits());
            assert_eq!(one.approximate(), other.approximate());
        }
    }

    #[test]
    fn a_code_for_an_argentine_number_is_found_with_and_without_its_nine() {
        let [mobile, typed] =
            ["5491123456789", "541123456789"].map(|digits| PhoneNumber::from_digits(digits).unwrap());
        assert_eq!(mobile.approximate(), typed.approximate());
        // The second may be a landline, which is somebody else's.
        assert_ne!(mobile.canonical(), typed.canonical());
    }

    #[test]
    fn other_numbers_keep_their_form() {
        for digits in [
            // A landline of Brazil, and a mobile number of today whose end looks like one.
            "551134567890",
            "5511934567890",
            "5511987654321",
            // A radio of eight digits, whose mobile namesake is another line.
            "551177654321",
            // Italy, Congo and Ivory Coast keep their zero.
            "390612345678",
            "242061234567",
            "2250712345678",
            "4915550002222",
            "15550002222",
            "521234567890",
            "549112345678",
            "5491123456789",
            "79161234567",
            // Toll-free in Japan and in Korea.
            "81007771234567",
            "8200798123456",
        ] {
            let phone = PhoneNumber::from_digits(digits).unwrap();
            assert_eq!(phone.canonical(), phone);
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
