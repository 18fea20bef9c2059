//! The languages whose words can be taken apart.

use whatlang::Lang;

/// A language whose words can be taken apart. `Other` is every language of which that is not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Language {
    Arabic,
    Chinese,
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Japanese,
    Korean,
    Norwegian,
    Polish,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Turkish,
    Other,
}

impl Language {
    /// How many there are, `Other` included.
    pub const COUNT: usize = Self::Other as usize + 1;

    /// Every language, with its two-letter code and whatlang's name if trigrams can tell it.
    pub const ALL: [(Self, &'static str, Option<Lang>); Self::COUNT] = [
        (Self::Arabic, "ar", None),
        (Self::Chinese, "zh", None),
        (Self::Danish, "da", Some(Lang::Dan)),
        (Self::Dutch, "nl", Some(Lang::Nld)),
        (Self::English, "en", Some(Lang::Eng)),
        (Self::Finnish, "fi", Some(Lang::Fin)),
        (Self::French, "fr", Some(Lang::Fra)),
        (Self::German, "de", Some(Lang::Deu)),
        (Self::Greek, "el", None),
        (Self::Hungarian, "hu", Some(Lang::Hun)),
        (Self::Italian, "it", Some(Lang::Ita)),
        (Self::Japanese, "ja", None),
        (Self::Korean, "ko", None),
        (Self::Norwegian, "no", Some(Lang::Nob)),
        (Self::Polish, "pl", Some(Lang::Pol)),
        (Self::Portuguese, "pt", Some(Lang::Por)),
        (Self::Romanian, "ro", Some(Lang::Ron)),
        (Self::Russian, "ru", None),
        (Self::Spanish, "es", Some(Lang::Spa)),
        (Self::Swedish, "sv", Some(Lang::Swe)),
        (Self::Turkish, "tr", Some(Lang::Tur)),
        (Self::Other, "", None),
    ];

    /// The language of a two-letter code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(_, known, _)| *known == code && !code.is_empty())
            .map(|(language, ..)| language)
    }

    /// Whether it writes compound nouns as one word, so that a word may hold another (`Zahnarzttermin`).
    pub fn compounds(self) -> bool {
        use Language::{Danish, Dutch, Finnish, German, Hungarian, Norwegian, Swedish};
        matches!(self, Danish | Dutch | Finnish | German | Hungarian | Norwegian | Swedish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_table_is_the_order_of_the_languages() {
        assert!(Language::ALL.iter().enumerate().all(|(at, (language, ..))| *language as usize == at));
    }
}
