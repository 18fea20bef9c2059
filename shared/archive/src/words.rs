//! The words around what a person has written, in the languages that people are spoken to in.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod pt;

use app_domain::LanguageTag;

macro_rules! words {
    ($($name:ident),+ $(,)?) => {
        /// What headings and labels say in one language.
        #[derive(Debug, PartialEq)]
        pub(crate) struct Words {
            $(pub(crate) $name: &'static str,)+
        }

        #[cfg(test)]
        impl Words {
            /// Each of them with its name.
            pub(crate) fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),+]
            }
        }
    };
}

words! {
    // The language itself (BCP 47).
    tag,
    // Of the whole.
    heading, exported, times_in, overview, about_you, counts, ending, unreadable,
    // Kinds of records, as headings.
    account, settings, categories, saved_searches, facts, memories, messages, versions, files, conversations, turns,
    reminders, contacts,
    // Of one record.
    untitled, id, name, address, username, description, icon, color, made_for_you, order, category, tags, favorite,
    archived, privacy, source, api_key, message_id, origin, media, metadata, version, created, changed, edited, search,
    kind, size, path, left_out, with_message, reply_to, attachments, status, delivery, deleted, memory,
    // Of what is said to Memo, and of Memo.
    you, memo, external_models, redaction, confirm_writes, extract_facts, kept_categories, answer_language,
    instructions, turn_count, summary, forked_from, focus, branch, follows, sources, confidence, suggestions, model,
    tokens, duration, actions, failure, leaf,
    // Of facts, reminders and contacts.
    subject, attribute, value, certainty, said_in, since, until, seen, decided, due, phone, rule, saved_count, first_at,
    last_at,
    // Of pages.
    yes, no, continued, goes_on, next, previous, skip, search_here, search_button, searching, results, no_results, more,
    needs_script, load_failed,
}

impl Words {
    /// Those of a language; English for languages that they are not in.
    pub(crate) fn of(language: &LanguageTag) -> &'static Self {
        match language.as_str().split('-').next().unwrap_or_default() {
            "de" => &de::WORDS,
            "es" => &es::WORDS,
            "fr" => &fr::WORDS,
            "it" => &it::WORDS,
            "pt" => &pt::WORDS,
            _ => &en::WORDS,
        }
    }

    /// `yes` or `no`.
    pub(crate) fn whether(&self, it_is: bool) -> &'static str {
        if it_is { self.yes } else { self.no }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything_and_keeps_the_places_of_values() {
        for tag in ["de", "es", "fr", "it", "pt-BR"] {
            let words = Words::of(&LanguageTag::parse(tag).unwrap());
            assert!(tag.starts_with(words.tag), "{tag}");
            for ((name, said), (_, english)) in words.all().into_iter().zip(en::WORDS.all()) {
                assert!(!said.trim().is_empty(), "{tag} has no word for {name}");
                assert_eq!(said.matches("{}").count(), english.matches("{}").count(), "{tag}: {name}");
            }
        }
    }

    #[test]
    fn a_language_without_words_is_spoken_to_in_english() {
        for tag in ["ja", "ar-EG", "deu", "en-GB"] {
            assert_eq!(Words::of(&LanguageTag::parse(tag).unwrap()).tag, "en");
        }
    }
}
