//! The page of the API reference and its files: Swagger UI, which `build.rs` takes out of its crate, and what starts it.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::kept::fingerprint;

pub(crate) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
pub(crate) const CSS: &str = "text/css; charset=utf-8";
pub(crate) const HTML: &str = "text/html; charset=utf-8";

const TEMPLATE: &str = include_str!("../reference/page.html");

/// Each file's name in the page's template, its type and its content.
const SOURCES: [(&str, &str, &str); 3] = [
    ("swagger-ui.css", CSS, include_str!(concat!(env!("OUT_DIR"), "/swagger-ui.css"))),
    ("swagger-ui-bundle.js", JAVASCRIPT, include_str!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js"))),
    ("show.js", JAVASCRIPT, include_str!("../reference/show.js")),
];

/// Something that is served as it stands.
pub(crate) struct Served {
    pub(crate) name: String,
    pub(crate) content_type: &'static str,
    pub(crate) content: Cow<'static, str>,
    pub(crate) etag: String,
}

impl Served {
    fn new(name: &str, content_type: &'static str, content: Cow<'static, str>) -> Self {
        let fingerprint = fingerprint(&content);
        // The type stays at the end, for people who look at what was loaded.
        let name = match name.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem}.{}.{extension}", &fingerprint[..8]),
            None => name.to_owned(),
        };
        Self { name, content_type, content, etag: format!("\"{fingerprint}\"") }
    }
}

/// The files, under the names that the page gives them. Hashed when they are first asked for: other starts do not pay for it.
pub(crate) static FILES: LazyLock<[Served; 3]> = LazyLock::new(|| {
    SOURCES.map(|(name, content_type, content)| Served::new(name, content_type, Cow::Borrowed(content)))
});

/// The page, which names the files as they are now.
pub(crate) static PAGE: LazyLock<Served> = LazyLock::new(|| {
    let named = SOURCES.iter().zip(FILES.iter());
    let page = named.fold(TEMPLATE.to_owned(), |page, ((name, ..), file)| {
        page.replace(&format!("{{{name}}}"), &file.name)
    });
    Served::new("docs", HTML, Cow::Owned(page))
});
