//! Tables.

use std::collections::BTreeMap;

use app_domain::{ExportFormat, ImportFormat};
use app_import::{Item, Options};

use crate::ours::{export, records};
use crate::support::{assert_goes_on, detected, items, memories, said, with, zip};

fn read(table: &str) -> Vec<Item> {
    assert_eq!(detected(table.as_bytes()).unwrap(), ImportFormat::Csv, "{table}");
    assert_goes_on(table.as_bytes(), ImportFormat::Csv, &Options::default());
    items(table.as_bytes(), ImportFormat::Csv)
}

#[test]
fn columns_are_known_by_their_names_whatever_is_between_them() {
    for mark in [",", ";", "\t", "|"] {
        let table = "\u{feff}Titel*Notiz*Datum*Schlagwörter*Ort\r\n\"Ein*Weg\"*\"Er sagte \"\"ja\"\".\nDann nicht.\"*05.03.2024 10:00*\"a, b\"*Bonn\r\nZwei*b***\r\n";
        let items = read(&table.replace('*', mark));
        let memory = memories(&items)[0];
        assert_eq!(memory.title, Some(format!("Ein{mark}Weg")));
        assert_eq!(memory.text.as_deref(), Some("Er sagte \"ja\".\nDann nicht."));
        assert_eq!(memory.created_at.unwrap().to_string(), "2024-03-05T10:00:00.000Z");
        assert_eq!(memory.tags, ["a", "b"]);
        assert_eq!(memory.metadata["Ort"], "Bonn");
        assert_eq!(memories(&items)[1].created_at, None);
        assert_eq!(said(&items), Vec::<String>::new(), "{mark:?}");
    }
}

#[test]
fn rows_without_anything_are_said() {
    let items = read("title,content\na,b\n,\n \t, \nc,\n");
    assert_eq!(memories(&items).len(), 2);
    assert_eq!(
        said(&items),
        ["memory line 3: There is nothing in this row.", "memory line 4: There is nothing in this row."]
    );
}

#[test]
fn a_mapping_overrules_names_and_missing_columns_are_said() {
    let table = "title,remark,when\nx,Words,31/12/2023\ny,More,01/02/2024\n";
    let pairs = [("content", "Remark"), ("createdAt", "when"), ("title", ""), ("tags", "nowhere")];
    let mapping = pairs.map(|(of, name)| (of.to_owned(), name.to_owned()));
    let options = Options { mapping: BTreeMap::from(mapping), ..Options::default() };
    let items = with(table.as_bytes(), ImportFormat::Csv, &options);
    let read = memories(&items);
    assert_eq!((read[0].title.as_deref(), read[0].text.as_deref()), (None, Some("Words")));
    assert_eq!(read[0].metadata["title"], "x");
    // The first date shows how the second is meant.
    assert_eq!(read[1].created_at.unwrap().to_string(), "2024-02-01T00:00:00.000Z");
    assert_eq!(said(&items), ["There is no column “nowhere”, which the mapping names."]);
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_said() {
    let table = "title,date\na,01/02/2024\nb,03/04/2024\n";
    let items = read(table);
    assert_eq!(memories(&items)[0].created_at.unwrap().to_string(), "2024-01-02T00:00:00.000Z");
    assert!(said(&items)[0].contains("two ways"));
    let told =
        with(table.as_bytes(), ImportFormat::Csv, &Options { day_first: Some(true), ..Options::default() });
    assert_eq!(memories(&told)[0].created_at.unwrap().to_string(), "2024-02-01T00:00:00.000Z");
    assert_eq!(said(&told), Vec::<String>::new());
}

#[test]
fn a_date_that_is_none_is_kept_as_it_is_written() {
    let items = read("title,date\na,yesterday\nb,2024-01-01\n");
    let memory = memories(&items)[0];
    assert_eq!((memory.created_at, &memory.metadata["date"]), (None, &serde_json::json!("yesterday")));
}

#[test]
fn unknown_columns_make_a_text_of_the_whole_row() {
    let items = read("Species,Place\nWren,Garden\nOwl,Barn\nFinch,Hedge\n");
    assert_eq!(memories(&items)[0].text.as_deref(), Some("Species: Wren\nPlace: Garden"));
    assert_eq!(said(&items).len(), 1);
}

#[test]
fn cells_that_were_kept_from_being_formulas_are_what_they_were() {
    let items = read("title,content\n'=1+1,'-dash\n'' =x,'quoted'\n");
    let read: Vec<_> =
        memories(&items).iter().map(|memory| (memory.title.as_deref(), memory.text.as_deref())).collect();
    assert_eq!(read, [(Some("=1+1"), Some("-dash")), (Some("' =x"), Some("'quoted'"))]);
}

#[test]
fn a_quote_that_nothing_closes_is_said() {
    let items = read("title,content,tags\na,b,c\nd,\"e,f\ng,h,i\nj,k,l\n");
    assert_eq!(memories(&items).len(), 2);
    assert!(said(&items)[0].contains("line 3 a quote may not be closed"), "{:?}", said(&items));
}

#[test]
fn a_row_that_is_too_large_ends_the_table_and_not_the_process() {
    let table = format!("title,content\na,b\nc,\"{}", "x\n".repeat(17 * 1024 * 1024));
    let items = items(table.as_bytes(), ImportFormat::Csv);
    assert_eq!(memories(&items).len(), 1);
    assert!(said(&items)[0].contains("larger than 32 MiB"), "{:?}", said(&items));
}

#[test]
fn tables_come_in_many_charsets() {
    let table = "title;content\nZürich;schöne Grüße\nMünchen;früher\n";
    let utf16: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = encoding_rs::WINDOWS_1252.encode(table).0.into_owned();
    for bytes in [[b"\xff\xfe", utf16.as_slice()].concat(), latin] {
        assert_eq!(detected(&bytes).unwrap(), ImportFormat::Csv);
        let items = items(&bytes, ImportFormat::Csv);
        assert_eq!(memories(&items)[0].title.as_deref(), Some("Zürich"));
        assert_eq!(memories(&items)[1].text.as_deref(), Some("früher"));
    }
}

#[test]
fn prose_with_commas_is_no_table() {
    let prose = "Dear Ada, how are you?\nI am well, thank you.\nYours, Charles\n";
    assert_ne!(detected(prose.as_bytes()).ok(), Some(ImportFormat::Csv));
}

#[test]
fn of_our_own_export_as_tables_the_memories_are_read() {
    let records = records(3);
    let bytes = export(ExportFormat::Csv, &records);
    assert_eq!(detected(&bytes).unwrap(), ImportFormat::Csv);
    let items = items(&bytes, ImportFormat::Csv);
    let read = memories(&items);
    assert_eq!(read.len(), 3);
    assert_eq!(read[0].key, format!("id/{}", crate::ours::id(1)));
    assert_eq!(read[0].tags, ["a"]);
    assert!(read[0].created_at.is_some());
    assert!(said(&items)[0].contains("An export as zip or json brings everything"));
    let one =
        zip(&[("a.csv", b"title,content\na,b\n"), ("b.tsv", b"title\tcontent\nc\td\n"), ("c.txt", b"x")]);
    assert_eq!(memories(&crate::support::items(&one, ImportFormat::Csv)).len(), 2);
}

#[test]
fn a_row_of_a_million_cells_costs_itself_only() {
    let table = format!("id,title,content\n1,a,b\n2,c,d{}\n3,e,f\n", ",x".repeat(1_000_000));
    let items = items(table.as_bytes(), ImportFormat::Csv);
    let memories = items.iter().filter(|item| matches!(item, Item::Memory(_))).count();
    let said = items.iter().filter(|item| matches!(item, Item::Trouble(trouble) if trouble.key == "line 3"));
    assert_eq!((memories, said.count()), (3, 1));
}
