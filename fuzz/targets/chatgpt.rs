//! ChatGPT's export.
#![no_main]

use app_domain::ImportFormat;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::read(bytes, ImportFormat::Chatgpt);
    fuzz::read(&fuzz::zip(&["conversations.json", "files/a.png"], bytes), ImportFormat::Chatgpt);
});
