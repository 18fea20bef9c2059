//! Summaries: what is asked for, and what comes of it.

/// A text that is to be made shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryRequest {
    /// The text.
    pub text: String,
    /// How it shall be told.
    pub style: SummaryStyle,
    /// The longest summary, in words as [`Summary::word_count`] counts them.
    pub max_words: Option<u32>,
}

/// How a summary is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SummaryStyle {
    /// About three sentences.
    #[default]
    Brief,
    /// About a third of the text, of a long one a dozen sentences.
    Detailed,
    /// A line for each point, each beginning with `• `.
    BulletPoints,
}

/// What a text says, in fewer words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The summary, lines separated by `\n`. Empty if the text has no words.
    pub summary: String,
    /// Up to five things it says, each on one line and shorter than 120 characters, in the order of the text.
    pub key_points: Vec<String>,
    /// How many words the summary has, as a reader counts: in Chinese and Japanese, characters.
    pub word_count: u32,
}
