//! Filing: what is known about a text and the person's categories, and where it may belong.

/// A text that is to be filed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryRequest {
    /// Its words.
    pub text: String,
    /// Its title; empty if it has none.
    pub title: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Where it may be filed.
    pub categories: Vec<CategoryProfile>,
}

/// What is known about a category.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryProfile {
    /// Its id, for the caller: it is not read.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What belongs into it; empty if nobody said.
    pub description: String,
    /// Texts that the person filed there, the newest first. Those behind the first twenty are not read.
    pub examples: Vec<String>,
}

/// A category where a text may belong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CategoryGuess {
    /// Its place in [`CategoryRequest::categories`].
    pub category: usize,
    /// How likely the person would file it there, from 0 to 1. Those of all categories sum up to at most 1.
    pub confidence: f32,
}
