use std::collections::BTreeSet;

use app_domain::ExportFormat;
use html5gum::{Token, Tokenizer};

use crate::render::samples::{HOSTILE, account, entries, head, joined, ordinary};

/// The elements of a page with the names of their attributes, in order, and the texts of what leads or loads.
fn structure(html: &str) -> (Vec<String>, Vec<String>) {
    let (mut elements, mut targets) = (Vec::new(), Vec::new());
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let name = text(&tag.name);
                let names: Vec<String> = tag.attributes.keys().map(|name| text(name)).collect();
                for (name, value) in &tag.attributes {
                    if matches!(text(name).as_str(), "href" | "src" | "action" | "data") {
                        targets.push(text(value));
                    }
                }
                elements.push(format!("{name} {}", names.join(" ")));
            }
            Token::EndTag(tag) => elements.push(format!("/{}", String::from_utf8_lossy(&tag.name))),
            Token::Comment(_) => elements.push("comment".to_owned()),
            Token::Doctype(_) => elements.push("doctype".to_owned()),
            Token::String(_) | Token::Error(_) => {}
        }
    }
    (elements, targets)
}

/// An account whose texts have no lines of their own, so that only their markup could change a page.
fn plain() -> Vec<crate::Record> {
    account(&|_| "plain".to_owned())
}

#[test]
fn no_text_in_any_field_becomes_an_element_or_an_attribute() {
    let head = head(ExportFormat::Html, "en");
    let expected = entries(&head, &plain());
    // What pages consist of, whatever files are called.
    let ordinary = entries(&head, &ordinary());
    let pages = expected.values().chain(ordinary.values());
    let known: BTreeSet<String> = pages.flat_map(|page| structure(page).0).collect();
    for hostile in HOSTILE {
        for said in [hostile.to_owned(), format!("a {hostile} b"), format!("{hostile}{hostile}")] {
            let found = entries(&head, &account(&|_| said.clone()));
            assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
            for (name, page) in found.iter().filter(|(name, _)| name.ends_with(".html")) {
                let (elements, targets) = structure(page);
                let added: Vec<&String> =
                    elements.iter().filter(|element| !known.contains(*element)).collect();
                assert!(added.is_empty(), "{said:?} in {name}: {added:?}");
                for target in targets {
                    let relative = [
                        "../",
                        "#",
                        "index.html",
                        "memories/",
                        "conversations/",
                        "about/",
                        "files/",
                        "reminders/",
                        "contacts/",
                    ];
                    assert!(
                        relative.iter().any(|begin| target.starts_with(begin)),
                        "{said:?} in {name}: {target}"
                    );
                    assert!(!target.contains(':') && !target.contains("..%"), "{said:?} in {name}: {target}");
                }
            }
        }
    }
}

#[test]
fn a_page_has_as_many_elements_whatever_is_written_in_one_field() {
    // One field at a time: what one field does must not hide behind another.
    let head = head(ExportFormat::Html, "en");
    let fields = std::cell::RefCell::new(BTreeSet::new());
    account(&|field| {
        fields.borrow_mut().insert(field.to_owned());
        field.to_owned()
    });
    let ordinary = entries(&head, &ordinary());
    for field in fields.into_inner() {
        let said = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";
        let found =
            entries(&head, &account(&|here| if here == field { said.to_owned() } else { here.to_owned() }));
        for (name, page) in found.iter().filter(|(name, _)| name.ends_with(".html")) {
            let ((elements, _), (before, _)) = (structure(page), structure(&ordinary[name]));
            let kinds = |elements: &[String]| elements.iter().cloned().collect::<BTreeSet<_>>();
            let added: Vec<String> = kinds(&elements).difference(&kinds(&before)).cloned().collect();
            assert!(added.is_empty(), "{field}: {added:?}");
            assert!(elements.len() <= before.len(), "{field} in {name}");
        }
    }
}

#[test]
fn search_data_are_one_call_with_json_that_means_nothing_to_html() {
    let head = head(ExportFormat::Html, "en");
    for hostile in HOSTILE {
        let found = entries(&head, &account(&|_| hostile.to_owned()));
        let data = &found["search/00001.js"];
        for wrong in ['<', '>', '&', '\u{2028}', '\u{2029}', '\0'] {
            assert!(!data.contains(wrong), "{hostile:?}: {wrong:?}");
        }
        let json = data.strip_prefix("archiveFound(").and_then(|data| data.strip_suffix(");\n")).unwrap();
        let items: Vec<[String; 4]> = serde_json::from_str(json).unwrap();
        assert_eq!(items.len(), plain().len());
    }
}

#[test]
fn whatever_is_found_leads_to_where_it_is() {
    let head = head(ExportFormat::Html, "en");
    let found = entries(&head, &ordinary());
    let json = found["search/00001.js"].strip_prefix("archiveFound(").unwrap().strip_suffix(");\n").unwrap();
    for [href, ..] in serde_json::from_str::<Vec<[String; 4]>>(json).unwrap() {
        let (page, anchor) = href.split_once('#').unwrap();
        assert!(found[page].contains(&format!("id=\"{anchor}\"")), "{href}");
    }
}

#[test]
fn every_page_lets_no_script_through_but_the_archives_own() {
    let found = entries(&head(ExportFormat::Html, "en"), &ordinary());
    for (name, page) in found.iter().filter(|(name, _)| name.ends_with(".html")) {
        let page_before_policy = page.split("Content-Security-Policy").next().unwrap();
        assert!(!page_before_policy.contains("<script") && !page_before_policy.contains("<style"), "{name}");
        assert_eq!(page.matches("<script>").count(), usize::from(name == "index.html"), "{name}");
        for (element, text) in [("style", None), ("script", Some(()))] {
            let Some((_, rest)) = page.split_once(&format!("<{element}>")) else {
                assert!(text.is_some(), "{name}");
                continue;
            };
            let text = rest.split_once(&format!("</{element}>")).unwrap().0;
            // As it stands in an attribute.
            let hash = super::pages::hash(text).replace('+', "&#43;");
            let shown = page.replace('+', "&#43;");
            assert!(shown.contains(&hash), "{name}: {element} is not let through");
        }
        assert!(
            !page.contains(" onclick=") && !page.contains("http://") && !page.contains("https://"),
            "{name}"
        );
    }
}

#[test]
fn every_page_can_be_read_with_a_screen_reader_and_a_keyboard() {
    for (locale, lang) in [("de-AT", "de"), ("pt-BR", "pt"), ("ja", "en")] {
        for (name, page) in entries(&head(ExportFormat::Html, locale), &ordinary()) {
            if !name.ends_with(".html") {
                continue;
            }
            let (elements, _) = structure(&page);
            assert!(page.contains(&format!("<html lang=\"{lang}\" dir=\"ltr\">")), "{name}");
            for (element, times) in
                [("main id tabindex", 1), ("h1 ", 1), ("title ", 1), ("header ", 1), ("footer ", 1)]
            {
                assert_eq!(
                    elements.iter().filter(|found| found.as_str() == element).count(),
                    times,
                    "{name}: {element}"
                );
            }
            assert!(page.contains("<a class=\"skip\" href=\"#content\">"), "{name}");
            let ids: Vec<&str> =
                page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name} has an id twice");
            let mut level = 1;
            for heading in
                elements.iter().filter_map(|element| element.strip_prefix('h')?.chars().next()?.to_digit(10))
            {
                assert!(heading <= level + 1, "{name}: a heading of level {heading} below one of {level}");
                level = heading;
            }
        }
    }
}

#[test]
fn files_that_browsers_run_are_named_and_not_linked() {
    let head = head(ExportFormat::Html, "en");
    for name in ["page.html", "drawing.SVG", "feed.xml", "old.mht", "noending", "double.png.xhtml", "a.hta"] {
        let found = entries(
            &head,
            &account(&|field| {
                if field == "tickets.pdf" || field == "train.jpg" {
                    name.to_owned()
                } else {
                    field.to_owned()
                }
            }),
        );
        for page in found.values() {
            assert!(!page.contains("href=\"../files/019") && !page.contains("<img"), "{name}");
        }
    }
    let found = entries(&head, &ordinary());
    assert!(found["memories/00001.html"].contains("<img loading=\"lazy\" src=\"../files/"));
}

#[test]
fn pages_and_search_data_have_a_bounded_size() {
    let mut records = ordinary();
    let place = records.iter().position(|record| record.kind() == crate::Kind::Message).unwrap();
    let crate::Record::Message(message) = records[place].clone() else { panic!("it is a message") };
    records.splice(
        place..place,
        (0..2_000_u32).map(|number| {
            let id = format!("019a9b2e-4c00-7000-9000-{number:012x}").parse().unwrap();
            let content = Some(format!("{number} {}", "words to be found ".repeat(60)));
            crate::Record::Message(crate::MessageRecord { id, content, ..message.clone() })
        }),
    );
    let found = entries(&head(ExportFormat::Html, "en"), &records);
    assert!(found.keys().filter(|name| name.starts_with("memories/")).count() > 5);
    assert!(found.keys().filter(|name| name.starts_with("search/")).count() > 1);
    for (name, text) in &found {
        let bound = if name.starts_with("search/") { 1_100_000 } else { 260_000 };
        assert!(text.len() < bound, "{name}: {}", text.len());
    }
    assert!(found["memories/00002.html"].contains("href=\"../memories/00003.html\""));
    assert!(found["memories/00002.html"].contains("(continued)"));
}

#[test]
fn the_pages_of_a_rich_account() {
    insta::assert_snapshot!(joined(&entries(&head(ExportFormat::Html, "en-GB"), &ordinary())));
}

#[test]
fn months_that_come_again_are_led_to_once() {
    let mut records = ordinary();
    let place = records.iter().rposition(|record| record.kind() == crate::Kind::Memory).unwrap();
    let crate::Record::Memory(memory) = records[place].clone() else { panic!("it is a memory") };
    let more = (0..6_u32).map(|number| {
        let mut memory = memory.clone();
        memory.id = format!("019a9b2e-4c00-7000-9000-{number:012x}").parse().unwrap();
        let month = if number % 2 == 0 { "2024-05" } else { "2024-06" };
        memory.fields.created_at = format!("{month}-10T10:00:00.000Z").parse().unwrap();
        crate::Record::Memory(memory)
    });
    records.splice(place + 1..place + 1, more);
    let pages = entries(&head(ExportFormat::Html, "en"), &records);
    let page = &pages["memories/00001.html"];
    assert_eq!(page.matches("id=\"month-2024-05\"").count(), 1);
    assert_eq!(page.matches(">May 2024</h2>").count(), 3, "{page}");
    assert_eq!(pages["index.html"].matches("#month-2024-05").count(), 1);
}
