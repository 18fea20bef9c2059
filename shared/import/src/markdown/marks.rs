//! What a note names in its text: its first heading, tags, and other files.

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

/// What stands further behind is not looked at: a text that is made for it takes a hundred times its size in memory.
pub(super) const MAX_BYTES: usize = 1024 * 1024;
/// More tags are not taken from a text.
const MAX_TAGS: usize = 100;
/// The longest tag, in characters.
const MAX_TAG_CHARS: usize = 50;

/// A file that a note names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// As it is written.
    pub target: String,
    /// Whether it is shown in the note, and not only linked.
    pub is_shown: bool,
    /// Whether it stands in double brackets, where nothing is encoded.
    pub is_wiki: bool,
}

/// What a note names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// The first heading of the first level.
    pub heading: Option<String>,
    /// The tags, each once.
    pub tags: Vec<String>,
    /// Other files, in their order.
    pub files: Vec<Named>,
}

/// Looks for them. What is code names nothing.
pub(super) fn marks(note: &str) -> Marks {
    let mut marks = Marks::default();
    let (mut heading, mut is_code) = (None::<String>, false);
    let options = Options::ENABLE_WIKILINKS
        | Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH;
    for event in TextMergeStream::new(Parser::new_ext(note, options)) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) if marks.heading.is_none() => {
                heading = Some(String::new())
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => {
                let text = heading.take().map(|text| text.trim().to_owned());
                marks.heading = marks.heading.or(text.filter(|text| !text.is_empty()));
            }
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Start(Tag::Link { link_type, dest_url, .. }) => marks.name(link_type, &dest_url, false),
            Event::Start(Tag::Image { link_type, dest_url, .. }) => marks.name(link_type, &dest_url, true),
            Event::Text(text) if !is_code => {
                marks.tag(&text);
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
    marks
}

impl Marks {
    fn name(&mut self, link_type: LinkType, target: &str, is_shown: bool) {
        let is_wiki = matches!(link_type, LinkType::WikiLink { .. });
        if !matches!(link_type, LinkType::Email | LinkType::Autolink) && !target.is_empty() {
            self.files.push(Named { target: target.to_owned(), is_shown, is_wiki });
        }
    }

    /// `#tag`, `#tag/below`: at the beginning or behind a space, and not only digits.
    fn tag(&mut self, text: &str) {
        let mut before = ' ';
        for (at, char) in text.char_indices() {
            if char == '#' && (before.is_whitespace() || before == '(') {
                let rest = &text[at + 1..];
                let end = rest.find(|char: char| {
                    !(char.is_alphanumeric() || "_-/".contains(char) || !char.is_ascii() && is_emoji(char))
                });
                let tag = rest[..end.unwrap_or(rest.len())].trim_end_matches(['/', '-']);
                let is_tag = tag.chars().any(|char| !char.is_numeric())
                    && tag.chars().take(MAX_TAG_CHARS + 1).count() <= MAX_TAG_CHARS;
                if is_tag && self.tags.len() < MAX_TAGS && !self.tags.iter().any(|known| known == tag) {
                    self.tags.push(tag.to_owned());
                }
            }
            before = char;
        }
    }
}

fn is_emoji(char: char) -> bool {
    matches!(u32::from(char), 0x1f300..=0x1faff | 0x2600..=0x27bf | 0xfe0f | 0x200d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_words_behind_a_hash() {
        let found = marks(
            "#lisbon and #trip/2026, not#this, #2026 `#code` #été (#aside) #lisbon\n\n```\n#block\n```\n# Heading #in-it\n#日本",
        );
        assert_eq!(found.tags, ["lisbon", "trip/2026", "été", "aside", "in-it", "日本"]);
        assert_eq!(found.heading.as_deref(), Some("Heading #in-it"));
    }

    #[test]
    fn files_are_named_in_brackets() {
        let found = marks(
            "![[a b.png|300]] [[Note#Part|words]] ![x](img/c%20d.jpg) [y](<e f.pdf>) <https://x.y> `![[no.png]]` ![z][r]\n\n[r]: g.png",
        );
        let named: Vec<_> =
            found.files.iter().map(|file| (file.target.as_str(), file.is_shown, file.is_wiki)).collect();
        assert_eq!(
            named,
            [
                ("a b.png", true, true),
                ("Note#Part", false, true),
                ("img/c%20d.jpg", true, false),
                ("e f.pdf", false, false),
                ("g.png", true, false),
            ]
        );
    }

    #[test]
    fn headings_may_be_underlined() {
        assert_eq!(marks("## No\n\nYes *and* `no`\n===\n\n# Later").heading.as_deref(), Some("Yes and no"));
    }
}
