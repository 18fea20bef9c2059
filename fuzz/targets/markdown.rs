//! Notes in Markdown.
#![no_main]

use app_domain::ImportFormat;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::read(bytes, ImportFormat::Markdown);
    fuzz::read(&fuzz::zip(&["Notes/note.md", "files/a.png"], bytes), ImportFormat::Markdown);
});
