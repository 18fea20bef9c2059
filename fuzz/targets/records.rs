//! Records of archives, which become what we keep.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = serde_json::from_slice::<app_archive::Record>(bytes) {
        fuzz::bring(record);
    }
});
