//! Chats of WhatsApp.
#![no_main]

use app_domain::ImportFormat;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::read(bytes, ImportFormat::Whatsapp);
    fuzz::read(&fuzz::zip(&["WhatsApp Chat with Ada.txt", "files/a.png"], bytes), ImportFormat::Whatsapp);
});
