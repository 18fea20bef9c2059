//! Reading that stops goes on where it stopped.

use std::io::Cursor;
use std::ops::ControlFlow;

use app_domain::{ExportFormat, ImportFormat};
use app_import::{Item, Options, Place};
use proptest::prelude::*;

use crate::ours::{export, in_parts, records};
use crate::support::{assert_goes_on, given, zip};

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn however_often_reading_stops_each_item_comes_once(stops in proptest::collection::vec(1_usize..9, 1..12), sizes in proptest::collection::vec(0_usize..9, 1..6)) {
        let records = records(10);
        for bytes in [in_parts(&records, &sizes, ""), export(ExportFormat::Jsonl, &records)] {
            let options = Options::default();
            let all: Vec<Item> = given(&bytes, ImportFormat::MemoryApp, &options, Place::default()).unwrap().into_iter().map(|given| given.item).collect();
            let (mut from, mut found, mut stops) = (Place::default(), Vec::new(), stops.iter().copied().cycle());
            loop {
                let (mut left, mut has_stopped) = (stops.next().unwrap(), false);
                app_import::read(&mut Cursor::new(&bytes), ImportFormat::MemoryApp, &options, from, &mut |given| {
                    from = given.next;
                    found.push(given.item);
                    left -= 1;
                    has_stopped = left == 0;
                    if has_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                }).unwrap();
                if !has_stopped {
                    break;
                }
            }
            prop_assert_eq!(&found, &all);
        }
    }
}

#[test]
fn archives_of_many_entries_go_on_between_and_within_them() {
    let bytes = zip(&[
        ("1.json", br#"[{"text":"a"},7,{"text":"b"}]"#),
        ("2.json", b"[]"),
        ("3.jsonl", b"{\"text\":\"c\"}\n{\"text\":\"d\"}\nx\n"),
        ("4.zip", b"PK"),
        ("5.json", br#"{"text":"e"}"#),
    ]);
    assert_goes_on(&bytes, ImportFormat::Json, &Options::default());
    let bytes = zip(&[
        ("1.csv", b"title,content\na,b\n,\n"),
        ("2.csv", b"x,y\n1,2\n3,4\n5,6\n"),
        ("3.csv", b"title,date\na,01/02/2024\n"),
    ]);
    assert_goes_on(&bytes, ImportFormat::Csv, &Options::default());
}

#[test]
fn a_place_behind_everything_gives_nothing() {
    let bytes = export(ExportFormat::Json, &records(3));
    for place in
        [Place { entry: 0, item: u64::MAX }, Place { entry: u32::MAX, item: 0 }, Place { entry: 7, item: 7 }]
    {
        assert_eq!(given(&bytes, ImportFormat::MemoryApp, &Options::default(), place).unwrap(), []);
    }
}
