//! What models cost. Money is counted in whole micro-dollars, so that sums are exact.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;

use crate::{Invalid, TokenUsage};

/// An amount of money: whole micro-dollars, a millionth of a dollar each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cost(u64);

impl Cost {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// A dollar has so many micro-dollars.
    const PER_DOLLAR: u64 = 1_000_000;

    /// So many micro-dollars.
    pub const fn from_micro_dollars(micro_dollars: u64) -> Self {
        Self(micro_dollars)
    }

    /// In micro-dollars.
    pub const fn micro_dollars(self) -> u64 {
        self.0
    }

    /// In dollars, as near as a number with a point comes.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / Self::PER_DOLLAR as f64
    }

    /// Dollars as a JSON number writes them: exactly, not as the nearest fraction of two.
    pub(crate) fn of_dollars(dollars: &Number) -> Result<Self, Invalid> {
        let text = dollars.to_string();
        let wrong =
            || Invalid::new(format!("{text} is no amount of dollars: write 1.25, with at most six decimals"));
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, "0"));
        if decimals.len() > 6 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let micro_dollars: u64 = format!("{decimals:0<6}").parse().map_err(|_| wrong())?;
        let whole = whole.checked_mul(Self::PER_DOLLAR).ok_or_else(wrong)?;
        whole.checked_add(micro_dollars).map(Self).ok_or_else(wrong)
    }
}

/// In dollars, such as `0.001250`.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / Self::PER_DOLLAR, self.0 % Self::PER_DOLLAR)
    }
}

/// What a million tokens cost of one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Price {
    input: Cost,
    output: Cost,
}

/// What each model costs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceTable(BTreeMap<String, Price>);

impl PriceTable {
    /// The model that comes with the service. It always costs nothing.
    pub const BUILT_IN: &str = "built-in";
    /// The name of the price of every model that has none of its own.
    const ANY: &str = "*";
    /// Prices are for so many tokens.
    const TOKENS: u128 = 1_000_000;

    /// What a call costs, rounded up to whole micro-dollars. A model of unknown price costs what `*` does, or nothing if that has no
    /// price either.
    pub fn cost(&self, model: &str, usage: TokenUsage) -> Cost {
        if model == Self::BUILT_IN {
            return Cost::ZERO;
        }
        let Some(price) = self.0.get(model).or_else(|| self.0.get(Self::ANY)) else { return Cost::ZERO };
        let of = |tokens: u32, price: Cost| u128::from(tokens) * u128::from(price.0);
        let millionths = of(usage.prompt, price.input).saturating_add(of(usage.completion, price.output));
        Cost(u64::try_from(millionths.div_ceil(Self::TOKENS)).unwrap_or(u64::MAX))
    }
}

/// Such as `{"gpt-x": {"input": 1.25, "output": 10.0}}`: dollars for a million tokens that are read or written, by model.
impl FromStr for PriceTable {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = |reason: &dyn fmt::Display| Invalid::new(format!("is no table of prices: {reason}"));
        let Entries(entries) = serde_json::from_str(text).map_err(|error| wrong(&error))?;
        let mut prices = BTreeMap::new();
        for (model, Entry { input, output }) in entries {
            let dollars =
                |amount| Cost::of_dollars(amount).map_err(|error| wrong(&format!("{model:?}: {error}")));
            let price = Price { input: dollars(&input)?, output: dollars(&output)? };
            if prices.insert(model.clone(), price).is_some() {
                return Err(wrong(&format!("{model:?} is there twice")));
            }
        }
        Ok(Self(prices))
    }
}

/// The prices as they are written, those of a model that is there twice too: a map would keep one of them without a word.
struct Entries(Vec<(String, Entry)>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    input: Number,
    output: Number,
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a price for each model")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries, M::Error> {
                let mut entries = Vec::new();
                while let Some((model, entry)) = map.next_entry::<String, Entry>()? {
                    if model.trim().is_empty() {
                        return Err(de::Error::custom("a model has no name"));
                    }
                    entries.push((model, entry));
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices(text: &str) -> PriceTable {
        text.parse().unwrap()
    }

    fn cost(prices: &PriceTable, model: &str, prompt: u32, completion: u32) -> u64 {
        prices.cost(model, TokenUsage { prompt, completion }).micro_dollars()
    }

    #[test]
    fn a_call_costs_its_tokens_rounded_up() {
        let (large, tiny) = (r#"{"input": 1.25, "output": 10.0}"#, r#"{"input": 0.0375, "output": 0.15}"#);
        let prices = prices(&format!(r#"{{"gpt-x": {large}, "tiny": {tiny}}}"#));
        assert_eq!(cost(&prices, "gpt-x", 1_000_000, 0), 1_250_000);
        assert_eq!(cost(&prices, "gpt-x", 1_000, 100), 1_250 + 1_000);
        assert_eq!(cost(&prices, "gpt-x", 1, 0), 2, "1.25 rounded up");
        assert_eq!(cost(&prices, "gpt-x", 4, 0), 5, "nothing to round");
        assert_eq!(cost(&prices, "tiny", 1, 1), 1, "rounded once, not for each kind of tokens");
        assert_eq!(cost(&prices, "tiny", 0, 0), 0);
    }

    #[test]
    fn sums_neither_overflow_nor_drift() {
        let dear = r#""dear": {"input": 9000000000, "output": 1e3}"#;
        let odd = r#""odd": {"input": 0.1, "output": 0.7}"#;
        let both = prices(&format!("{{{dear}, {odd}}}"));
        assert_eq!(cost(&both, "dear", u32::MAX, u32::MAX), u64::MAX, "no more than can be counted");
        // As binary fractions these would add up to a little more than ten, and be rounded up.
        assert_eq!(cost(&both, "odd", 30, 10), 10);
    }

    #[test]
    fn unknown_models_cost_what_any_does_and_the_built_in_one_nothing() {
        let some = prices(r#"{"gpt-x": {"input": 1, "output": 2}}"#);
        assert_eq!((cost(&some, "gpt-x", 10, 10), cost(&some, "other", 10, 10)), (30, 0));
        let any = prices(r#"{"gpt-x": {"input": 1, "output": 2}, "*": {"input": 5, "output": 5}}"#);
        assert_eq!((cost(&any, "gpt-x", 10, 10), cost(&any, "other", 10, 10)), (30, 100));
        assert_eq!(cost(&any, "built-in", 10, 10), 0);
        assert_eq!(cost(&prices("{}"), "gpt-x", 10, 10), 0);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let why = |text: &str| text.parse::<PriceTable>().unwrap_err().message().to_owned();
        for (bad, named) in [
            ("", "EOF"),
            ("[]", "an object with a price for each model"),
            (r#"{"a": 1}"#, "struct Entry"),
            (r#"{"a": {"input": 1}}"#, "output"),
            (r#"{"a": {"input": 1, "output": 1, "cached": 1}}"#, "cached"),
            (r#"{"a": {"input": "1", "output": 1}}"#, "number"),
            (r#"{"a": {"input": -1, "output": 1}}"#, r#""a": -1 is no amount"#),
            (r#"{"a": {"input": 0.0000001, "output": 1}}"#, r#""a": 1e-7 is no amount"#),
            (r#"{"a": {"input": 1.1234567, "output": 1}}"#, "at most six decimals"),
            (r#"{"a": {"input": 99999999999999999999, "output": 1}}"#, "is no amount"),
            (r#"{"a": {"input": 1, "output": 1}, "a": {"input": 2, "output": 2}}"#, r#""a" is there twice"#),
            (r#"{" ": {"input": 1, "output": 1}}"#, "no name"),
        ] {
            assert!(why(bad).contains(named), "{bad}: {}", why(bad));
        }
    }

    #[test]
    fn an_amount_is_shown_in_dollars() {
        assert_eq!(Cost::from_micro_dollars(12_000_345).to_string(), "12.000345");
    }
}
