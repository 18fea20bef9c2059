//! Exports of our own, and how they are verified.
#![no_main]

use app_domain::ImportFormat;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::read(bytes, ImportFormat::MemoryApp);
    let _ = app_archive::verify(std::io::Cursor::new(bytes));
});
