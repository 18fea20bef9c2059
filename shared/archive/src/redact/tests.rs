use app_domain::{MemorySource, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn clean(said: &str) -> String {
    without_spans(said, REDACTED).unwrap_or_else(|| said.to_owned())
}

#[test]
fn addresses_are_taken_out_however_they_are_written() {
    for (said, expected) in [
        ("Write to ada@example.com.", "Write to [redacted]."),
        ("<Ada.Lovelace+x@mail.example.co.uk>", "<[redacted]>"),
        ("ada@example.com,bob@example.com", "[redacted],[redacted]"),
        ("mailto:ada@example.com?subject=x", "mailto:[redacted]?subject=x"),
        ("jörg@müller.example und 用户@例子.广告", "[redacted] und [redacted]"),
        ("\"ada lovelace\"@example.com!", "[redacted]!"),
        ("say \"hi\" to \"ada@work\"@example.com", "say \"hi\" to [redacted]"),
        ("root@[192.0.2.1] ok", "[redacted] ok"),
        ("4915550002222@s.whatsapp.net", "[redacted]"),
        ("ada＠example.com", "[redacted]"),
        ("wamid.HBgNNDkxNTU1MDAwMjIyMhUCABEYEjk= was it", "[redacted] was it"),
        ("2 kg @ 3 each, @ada", "2 kg @ 3 each, @ada"),
    ] {
        assert_eq!(clean(said), expected, "{said}");
    }
}

#[test]
fn phone_numbers_are_taken_out_however_they_are_written() {
    for said in [
        "+4915550002222",
        "+49 155 5000-2222",
        "+49 (0) 155 / 50 00 22 22",
        "0049 155 50002222",
        "0155-50002222",
        "(020) 7946 0958",
        "555-0123",
        "202.555.0123",
        "1 202 555 0123",
        "+1\u{a0}202\u{a0}555\u{a0}0123",
        "+49\u{200b}155\u{2011}50002222",
        "＋４９１５５５０００２２２２",
        "٠١٢٣٤٥٦٧٨٩",
        "4915550002222",
    ] {
        assert_eq!(clean(&format!("Call {said}, please")), format!("Call {REDACTED}, please"), "{said}");
        assert_eq!(clean(&format!("https://wa.me/{said}")), format!("https://wa.me/{REDACTED}"), "{said}");
    }
}

#[test]
fn dates_amounts_and_short_numbers_stay() {
    for said in [
        "On 2026-11-22 14:05 and 22.11.2026, 14:05:33",
        "11/22/2026 at 9",
        "1.234.567 people, 12,50 each, 1 000 000",
        "PIN 123456, room 42, 3.14159",
        "2026-11-22T14:05:00.000Z",
        "bread 500 g\n2 eggs\n100 ml",
        "c0ffee12345678901234567890",
    ] {
        assert_eq!(clean(said), said);
    }
}

#[test]
fn the_record_of_a_chat_names_nobody() {
    let at: Timestamp = "2026-11-22T14:05:00Z".parse().unwrap();
    let fields: MemoryFields = serde_json::from_value(json!({
        "title": "Mail of ada@example.com", "description": "call +49 155 50002222",
        "content": {"text": "ring 0155 50002222", "contacts": [{"name": {"first": "Ada"}, "phones": [4_915_550_002_222_u64]}], "name": "Bread"},
        "tags": ["ada@example.com"],
        "metadata": {"contact": "Ada", "phoneNumber": "+4915550002222", "nested": {"sender_name": "Ada", "name": "Ada"},
            "ada@example.com": 1, "sentAt": 1_795_000_000_000_u64, "direction": "in", "number": 4_915_550_002_222_u64},
        "source": MemorySource::Whatsapp, "provenance": {"messageId": "wamid.HBgN", "origin": "whatsapp:ada@example.com"},
        "media": {"kind": "document", "state": "stored", "fileName": "ada@example.com.pdf"},
        "version": 1, "createdAt": at, "updatedAt": at,
    }))
    .unwrap();
    let id = app_domain::MemoryId::new(at);
    let record = Record::Memory(crate::MemoryRecord { id, fields, message_count: 0 });
    let written = serde_json::to_string(&redacted(record)).unwrap();
    for gone in ["Ada", "ada@", "0155", "155 5000", "4915550002222", "wamid"] {
        assert!(!written.contains(gone), "{gone}: {written}");
    }
    for kept in ["Bread", "1795000000000", "\"direction\":\"in\"", id.to_string().as_str()] {
        assert!(written.contains(kept), "{kept}: {written}");
    }
}

#[test]
fn the_owners_account_stays() {
    let at: Timestamp = "2026-11-22T14:05:00Z".parse().unwrap();
    let account = Record::Account(crate::AccountRecord {
        id: app_domain::UserId::new(at),
        email: "ada@example.com".to_owned(),
        username: None,
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        created_at: at,
    });
    assert_eq!(redacted(account.clone()), account);
}

proptest! {
    #[test]
    fn a_number_is_gone_whatever_stands_around_it(before in "[ a-zäß.,:;!?\\n]{0,20}", after in "[ .,:;!?\\n]{0,20}", number in "\\+[1-9][0-9]{7,14}") {
        let said = format!("{before} {number}{after}");
        prop_assert!(!clean(&said).contains(&number[1..]), "{}", clean(&said));
    }

    #[test]
    fn nothing_is_found_twice(said in "\\PC{0,60}") {
        let once = clean(&said);
        prop_assert_eq!(clean(&once), once);
    }

    #[test]
    fn an_address_is_gone_whatever_stands_around_it(before in "\\PC{0,20}", name in "[a-z]{1,8}", after in "[ ,;:!?)>\\n]{0,10}") {
        let said = format!("{before} {name}@example.com{after}");
        prop_assert!(!clean(&said).contains("@example.com"), "{}", clean(&said));
    }
}
