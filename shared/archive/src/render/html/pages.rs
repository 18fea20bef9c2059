//! The pieces of pages. Templates escape everything that they are given, but for the style and the script, which are the archive's own.

use std::sync::LazyLock;

use app_domain::Timestamp;
use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::data::{Article, folder, id_of};
use crate::render::sheet::{Body, Sheet};
use crate::render::target::target;
use crate::render::view::{Named, View};
use crate::words::Words;
use crate::{Kind, Record};

const STYLE: &str = include_str!("../../../templates/style.css");
const SCRIPT: &str = include_str!("../../../templates/search.js");

/// What browsers show or hand to another program, and never run: by what a name ends in, which is all that they go by where there is no
/// server. Pages, drawings and what has no ending are named, not linked.
const LINKED: [&str; 47] = [
    "7z", "aac", "amr", "avif", "bmp", "csv", "doc", "docx", "eml", "epub", "flac", "gif", "gz", "heic",
    "heif", "ics", "jpeg", "jpg", "json", "m4a", "m4v", "md", "mkv", "mov", "mp3", "mp4", "odp", "ods",
    "odt", "oga", "ogg", "ogv", "opus", "pdf", "png", "ppt", "pptx", "rtf", "tif", "tiff", "txt", "vcf",
    "wav", "webm", "webp", "xlsx", "zip",
];
/// Pictures that every browser draws.
const PICTURES: [&str; 7] = ["avif", "bmp", "gif", "jpeg", "jpg", "png", "webp"];

/// What pages without a script may do. Hashes hold wherever the archive lies, also where a file has no origin.
static READING: LazyLock<String> = LazyLock::new(|| policy(""));
/// What the page that searches may do: its own script, and what that loads.
static SEARCHING: LazyLock<String> =
    LazyLock::new(|| policy(&format!(" script-src '{}' 'strict-dynamic' 'self';", hash(SCRIPT))));

fn policy(scripts: &str) -> String {
    let style = hash(STYLE);
    format!(
        "default-src 'none';{scripts} style-src '{style}'; img-src 'self' file:; base-uri 'none'; form-action 'none'"
    )
}

pub(super) fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text.as_bytes())))
}

/// Where a page is.
pub(super) fn page_path(part: Kind, number: u32) -> String {
    format!("{}/{number:05}.html", folder(part))
}

struct Page<'a> {
    lang: &'a str,
    policy: &'a str,
    style: &'a str,
    title: String,
    heading: &'a str,
    home: &'a str,
    previous: Option<String>,
    words: &'a Words,
}

#[derive(Template)]
#[template(path = "begin.html")]
struct Begin<'a> {
    page: Page<'a>,
}

#[derive(Template)]
#[template(path = "end.html")]
struct End<'a> {
    next: Option<String>,
    words: &'a Words,
    made: String,
}

/// A template as text.
#[expect(
    clippy::expect_used,
    reason = "a template fails where a value does, and all of them are text and numbers"
)]
fn set(template: &impl Template) -> String {
    template.render().expect("text can be put into a template")
}

/// The beginning of a page of a part.
pub(super) fn begin(view: &View, heading: &str, previous: Option<String>) -> String {
    let title = format!("{heading} · {}", view.words.heading);
    set(&Begin {
        page: Page {
            lang: view.words.tag,
            policy: &READING,
            style: STYLE,
            title,
            heading,
            home: "../index.html",
            previous,
            words: view.words,
        },
    })
}

/// The end of a page.
pub(super) fn end(view: &View, next: Option<String>) -> String {
    set(&End { next, words: view.words, made: view.made() })
}

#[derive(Template)]
#[template(
    source = "<h2{% if let Some(anchor) = anchor %} id=\"{{ anchor }}\"{% endif %}>{{ heading }}</h2>\n",
    ext = "html"
)]
struct SubHeading<'a> {
    heading: &'a str,
    anchor: Option<&'a str>,
}

/// A heading over articles, and where links to it lead.
pub(super) fn sub_heading(heading: &str, anchor: Option<&str>) -> String {
    set(&SubHeading { heading, anchor })
}

#[derive(Template)]
#[template(source = "<section>\n<h4>{{ heading }}</h4>\n", ext = "html")]
struct Group<'a> {
    heading: &'a str,
}

/// The beginning of a section of an article.
pub(super) fn group(heading: &str) -> String {
    set(&Group { heading })
}

/// The beginning of an article.
#[derive(Template)]
#[template(path = "top.html")]
pub(super) struct Top<'a> {
    id: String,
    title: &'a str,
    is_continued: bool,
    dir: &'a str,
    at: Option<(String, String)>,
    words: &'a Words,
}

impl<'a> Top<'a> {
    pub(super) fn of(article: &'a Article, sheet: &Sheet, view: &'a View) -> Self {
        let at = sheet.at.map(|at| time(at, view));
        Self {
            id: article.id.clone(),
            title: &article.title,
            is_continued: false,
            dir: "ltr",
            at,
            words: view.words,
        }
    }

    /// Of one that goes on on a page.
    pub(super) fn continued(article: &'a Article, page: u32, view: &'a View) -> Self {
        let id = format!("{}-{page}", article.id);
        Self { id, title: &article.title, is_continued: true, dir: "ltr", at: None, words: view.words }
    }

    pub(super) fn text(&self) -> String {
        set(self)
    }
}

/// The beginning of an entry of a section.
#[derive(Template)]
#[template(path = "below.html")]
pub(super) struct Below<'a> {
    id: String,
    title: &'a str,
    is_memo: bool,
    at: Option<(String, String)>,
    branch: Option<(String, Option<String>)>,
}

impl<'a> Below<'a> {
    pub(super) fn of(
        record: &Record,
        sheet: &'a Sheet,
        branch: Option<(String, Option<String>)>,
        view: &View,
    ) -> Self {
        let is_memo = match record {
            Record::Message(message) => message.is_ai_generated,
            Record::Turn(turn) => turn.question.is_none(),
            _ => false,
        };
        let at = sheet.at.map(|at| time(at, view));
        Self { id: id_of(record), title: &sheet.title, is_memo, at, branch }
    }

    pub(super) fn text(&self) -> String {
        set(self)
    }
}

/// What a record says.
#[derive(Template)]
#[template(path = "sheet.html")]
pub(super) struct Piece<'a> {
    sheet: &'a Sheet,
    picture: Option<String>,
}

impl<'a> Piece<'a> {
    pub(super) fn of(record: &Record, sheet: &'a Sheet) -> Self {
        let picture = match record {
            Record::File(file) if file.content_type.starts_with("image/") => file
                .path
                .as_deref()
                .filter(|path| ends_in(path, &PICTURES))
                .and_then(|path| target("../", path)),
            _ => None,
        };
        Self { sheet, picture }
    }

    pub(super) fn text(&self) -> String {
        set(self)
    }

    fn link(&self, value: &Named) -> Option<String> {
        value.path.as_deref().filter(|path| ends_in(path, &LINKED)).and_then(|path| target("../", path))
    }
}

fn ends_in(path: &str, endings: &[&str]) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn time(at: Timestamp, view: &View) -> (String, String) {
    (view.times.precise(at), view.times.full(at))
}

/// A part, as the index leads to it.
pub(super) struct Part {
    pub(super) first: String,
    pub(super) heading: &'static str,
    pub(super) months: Vec<(String, String)>,
}

/// The page that everything begins with.
pub(super) struct Index<'a> {
    pub(super) view: &'a View,
    pub(super) shards: u32,
    pub(super) parts: Vec<Part>,
    pub(super) counts: Vec<(&'static str, u64)>,
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexBody<'a> {
    made: String,
    shards: u32,
    parts: &'a [Part],
    counts: &'a [(&'static str, u64)],
    words: &'a Words,
    script: &'a str,
}

impl Index<'_> {
    pub(super) fn text(&self) -> String {
        let words = self.view.words;
        let page = Page {
            lang: words.tag,
            policy: &SEARCHING,
            style: STYLE,
            title: words.heading.to_owned(),
            heading: words.heading,
            home: "index.html",
            previous: None,
            words,
        };
        let (parts, counts, shards) = (&self.parts, &self.counts, self.shards);
        let body = IndexBody { made: self.view.made(), shards, parts, counts, words, script: SCRIPT };
        format!("{}{}{}", set(&Begin { page }), set(&body), end(self.view, None))
    }
}
