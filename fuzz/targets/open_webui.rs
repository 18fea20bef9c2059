//! Open WebUI's exports.
#![no_main]

use app_domain::ImportFormat;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::read(bytes, ImportFormat::OpenWebui);
});
