//! Words in many languages and scripts.

use crate::support::{bodies, corpus, found, found_in};

/// Each text with what must find it among all the others, and first.
const CASES: &[(&str, &[&str])] = &[
    // German: forms, umlauts, compounds by their beginning.
    (
        "Der Zahnarzttermin wurde auf Donnerstag verschoben, bitte die Versichertenkarte mitnehmen.",
        &[
            "Zahnarzt",
            "zahnarzttermin",
            "Zahnarzt Donnerstag ",
            "versichertenkarten ",
            "verschobene Zahnarzttermine ",
        ],
    ),
    (
        "Die Schlüssel für das Gartenhaus liegen bei Frau Köhler.",
        &["schluessel koehler", "schlussel ", "Köhler", "gartenhäuser "],
    ),
    // French: elision, accents, plurals.
    (
        "L'immeuble d'Éloïse est à côté de l'école maternelle.",
        &["immeuble ", "eloise ", "école", "immeubles ", "l'ecole"],
    ),
    ("J'ai prêté mon vélo à Margaux jusqu'à dimanche.", &["velo margaux", "vélos ", "dimanche"]),
    // Spanish, Portuguese, Italian.
    ("Las llaves del coche están en el cajón de la cocina.", &["llave coche ", "cajon", "cajones "]),
    ("A reunião com o corretor ficou para terça-feira.", &["reuniao", "corretores ", "terça-feira"]),
    ("Ho prenotato il ristorante vicino al mercato per sabato.", &["ristoranti ", "mercati ", "prenotato"]),
    // Dutch, Polish, Swedish, Turkish.
    ("De sleutels van het fietsenhok hangen naast de voordeur.", &["sleutel ", "fietsenhok", "voordeur"]),
    ("Umówiłem wizytę u dentysty w Łodzi na środę.", &["lodzi", "dentysty", "środę", "sroda "]),
    ("Nycklarna till sommarstugan ligger under krukan.", &["sommarstuga", "nycklarna"]),
    (
        "İstanbul'daki kapıcının telefonu dolapta yazılı.",
        &["istanbul", "ISTANBUL", "İSTANBUL", "kapıcı", "kapici"],
    ),
    // Cyrillic and Greek.
    ("Ключи от дачи лежат в верхнем ящике комода.", &["ключ ", "ключи", "ящик ", "дача "]),
    ("Το διαβατήριο λήγει τον Μάρτιο.", &["διαβατηριο", "μαρτιος ", "ΔΙΑΒΑΤΉΡΙΟ"]),
    // Unspaced scripts.
    ("护照放在书房的第二个抽屉里。", &["护照", "我的护照在哪里", "抽屉", "书房"]),
    ("地下停车场的车位是B2层47号。", &["停车场", "停车", "车位", "b2"]),
    (
        "猫のワクチンは四月に動物病院で打ちました。",
        &["ワクチン", "動物病院", "猫のワクチンはいつですか", "病院"],
    ),
    ("鍵は玄関の植木鉢の下にあります。", &["鍵", "植木鉢", "玄関"]),
    ("여권은 안방 서랍에 있습니다.", &["여권", "서랍", "여권이 "]),
    ("กุญแจสำรองอยู่ในลิ้นชักห้องครัว", &["กุญแจ", "ลิ้นชัก"]),
    // From right to left.
    ("مفتاح السيارة الاحتياطي في درج المكتب عند أحمد.", &["احمد", "السيارة", "السياره", "مفتاح"]),
    ("המפתח הרזרבי אצל השכנה בקומה השלישית.", &["המפתח", "השכנה"]),
    // Indian scripts and digits.
    ("बिजली मीटर का नंबर ४७११ है।", &["मीटर", "4711", "बिजली"]),
    // Mixed.
    ("Wi-Fi の password は maple-leaf です", &["wifi", "wi-fi", "maple", "password maple"]),
    ("🎂 Lena turned six", &["🎂", "lena", "six lena"]),
];

#[test]
fn each_is_found_first_by_what_people_type() {
    let texts: Vec<&str> = CASES.iter().map(|(text, _)| *text).collect();
    let corpus = corpus(&bodies(&texts));
    let mut missed = Vec::new();
    for (number, (_, queries)) in (1..).zip(CASES) {
        for query in *queries {
            let hits = found(&corpus, query);
            if hits.first() != Some(&number) {
                missed.push(format!("{query}: {number} is not first of {hits:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_short_note_is_stemmed_although_its_language_cannot_be_told() {
    assert_eq!(found_in(&["Dentist appointments", "Dentist"], "appointment "), [1]);
    assert_eq!(found_in(&["Zahnärzte", "Termin"], "zahnarzt"), [1]);
}

#[test]
fn stems_of_one_language_do_not_join_words_of_another() {
    // Stemmed as Spanish, `sea` would be `se`.
    let texts =
        ["the sea was very cold when we were there in may", "mi hermana se llama Ana y vive en el centro"];
    assert_eq!(found_in(&texts, "sea "), [1]);
}

#[test]
fn wide_letters_hidden_characters_and_ligatures_do_not_hide_a_word() {
    let texts = ["ｐａｓｓｗｏｒｄ：ｍａｐｌｅ", "pass\u{200b}code of the oﬃce", "straße"];
    for (query, hit) in [("password ", 1), ("maple", 1), ("passcode ", 2), ("office", 2), ("strasse", 3)] {
        assert_eq!(found_in(&texts, query), [hit], "{query}");
    }
}

#[test]
fn a_single_ideograph_is_found_inside_words() {
    assert_eq!(found_in(&["停车场在左边", "公园"], "车"), [1]);
    assert_eq!(found_in(&["都市計画", "市"], "都市"), [1, 2]);
}

#[test]
fn phrases_work_without_spaces() {
    let texts = ["地下停车场的车位", "车位在停车的地下场"];
    assert_eq!(found_in(&texts, "“地下停车场”"), [1]);
    assert_eq!(found_in(&texts, "「的车位」"), [1]);
}
