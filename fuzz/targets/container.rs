//! ZIPs, what an archive is found to be, and the files in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(format) = fuzz::detect(bytes) {
        fuzz::read(bytes, format);
    }
    for path in ["a.png", "files/a.png", "../a.png", ""] {
        fuzz::attachment(bytes, path);
    }
});
