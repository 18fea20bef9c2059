//! Lines of a text: wrapped, indented, underlined.

use textwrap::{Options, WordSplitter, WrapAlgorithm};

/// The width of a page, in columns of a terminal.
const WIDTH: usize = 80;
/// What stands for a character that is no text.
const REPLACED: char = '\u{fffd}';

/// A piece of the text.
#[derive(Debug, Default)]
pub(super) struct Setting {
    text: String,
}

impl Setting {
    /// Everything that was set.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A heading of a part.
    pub(super) fn part(&mut self, heading: &str) {
        let heading = one_line(heading).to_uppercase();
        self.text.push_str("\n\n");
        self.underlined(0, &heading, '=');
        self.text.push('\n');
    }

    /// A heading of a group of records below another.
    pub(super) fn group(&mut self, indent: usize, heading: &str) {
        self.text.push('\n');
        self.underlined(indent, &one_line(heading), '-');
    }

    /// The title of a record, below a rule unless a heading stands there.
    pub(super) fn title(&mut self, title: Option<&String>) {
        if self.text.is_empty() {
            self.text.push_str(&format!("\n{}\n", "-".repeat(WIDTH)));
        }
        if let Some(title) = title {
            self.wrapped(INSIDE, INSIDE, &one_line(title));
        }
    }

    /// A line between others.
    pub(super) fn space(&mut self) {
        self.text.push('\n');
    }

    /// Words on one line, or as many as they take.
    pub(super) fn line(&mut self, indent: usize, said: &str) {
        self.wrapped(indent, indent, &one_line(said));
    }

    /// A label and its values, each on a line of its own if there are several.
    pub(super) fn row(&mut self, indent: usize, label: &str, values: &[&str]) {
        if let &[value] = values {
            return self.wrapped(indent, indent + INSIDE, &format!("{label}: {}", one_line(value)));
        }
        self.wrapped(indent, indent, &format!("{label}:"));
        for value in values {
            self.wrapped(indent + INSIDE, indent + 2 * INSIDE, &format!("- {}", one_line(value)));
        }
    }

    /// What somebody wrote: their lines, wrapped where they are too long.
    pub(super) fn prose(&mut self, indent: usize, said: &str) {
        for line in clean(said).trim_matches('\n').split('\n') {
            let own = line.chars().take_while(|c| *c == ' ').count().min(WIDTH / 4);
            match line.trim() {
                "" => self.text.push('\n'),
                words => self.wrapped(indent + own, indent + own, words),
            }
        }
    }

    /// What is not wrapped.
    pub(super) fn code(&mut self, indent: usize, code: &str) {
        for line in clean(code).split('\n') {
            self.text.push_str(&" ".repeat(indent));
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    fn underlined(&mut self, indent: usize, heading: &str, with: char) {
        let length = textwrap::core::display_width(heading).min(WIDTH - indent);
        let (space, rule) = (" ".repeat(indent), with.to_string().repeat(length));
        self.text.push_str(&format!("{space}{heading}\n{space}{rule}\n"));
    }

    fn wrapped(&mut self, first: usize, rest: usize, words: &str) {
        let (first, rest) = (" ".repeat(first), " ".repeat(rest));
        // Long words, such as addresses of pages, stay whole.
        let options = Options::new(WIDTH)
            .initial_indent(&first)
            .subsequent_indent(&rest)
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        for line in textwrap::wrap(words, options) {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}

/// How far a second line, or something inside another, is moved in.
const INSIDE: usize = 2;

/// On one line.
fn one_line(said: &str) -> String {
    clean(said).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without what steers a terminal or a printer, and with the line breaks of this format alone.
fn clean(said: &str) -> String {
    let said =
        said.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let said = said.replace('\t', "    ");
    said.chars().map(|c| if c.is_control() && c != '\n' { REPLACED } else { c }).collect()
}
