//! What the built-in embedder does of its own.

use app_ai::{BuiltIn, Embedder};

/// Stored vectors depend on it. If this fails although it was meant to, the number in [`BuiltIn::SPACE`] must grow: then
/// everybody's vectors are made anew.
#[test]
fn vectors_are_the_same_on_every_machine_and_in_every_release() {
    assert_eq!(BuiltIn.name(), "built-in-1/256");
    let texts = [
        "Anna's birthday is on 14 May",
        "The spare key hangs behind the blue door in the garage",
        "Der Schlüssel für die Gartenhütte liegt unter dem Blumentopf",
        "¿Dónde está la receta de la abuela para el arroz con leche?",
        "Où est la clé de la voiture de maman ?",
        "Przepis na pierogi od babci Zosi",
        "Где лежит мой паспорт?",
        "Το διαβατήριό μου είναι στο συρτάρι",
        "护照在书房的第二个抽屉里",
        "パスポートは机の引き出しの中にあります",
        "여권은 서랍에 있어요",
        "جواز السفر في الدرج الثاني",
        "דרכון במגירה של השולחן",
        "पासपोर्ट दराज में है",
        "หนังสือเดินทางอยู่ในลิ้นชัก",
        "Wi-Fi: heron-42 / p4ssw0rd 🎉 2026-11-21",
    ];
    // Quantised, so that this asks no more than what a search can tell apart.
    let quantised = |number: f32| ((number * 127.0).round() as i8).to_le_bytes()[0];
    let hashes =
        texts.map(|text| BuiltIn.vector(text).into_iter().map(quantised).fold(0xcbf2_9ce4_8422_2325, fnv));
    let known = [
        2940659134, 2463692318, 3347114110, 3578034524, 1817912805, 3007022336, 1091349486, 2101110539,
        588424288, 3897509672, 1646403319, 3840635677, 2946147579, 245713985, 1474708571, 1480514618,
    ];
    assert_eq!(hashes.map(|hash: u64| hash as u32), known);
}

fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
}
