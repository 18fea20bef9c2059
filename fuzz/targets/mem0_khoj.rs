//! Memories of mem0 and of Khoj.
#![no_main]

use app_domain::ImportFormat;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::read(bytes, ImportFormat::Mem0);
    fuzz::read(bytes, ImportFormat::Khoj);
});
