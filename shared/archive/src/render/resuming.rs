//! Every format can be put away between any two records and comes out the same.

use app_domain::ExportFormat;
use proptest::prelude::*;
use serde_json::json;

use super::samples::{HOSTILE, account, file, head, ordinary};
use crate::{Kind, Record};

#[test]
fn a_renderer_that_is_made_anew_after_every_record_gives_the_same_bytes() {
    for format in ExportFormat::ALL {
        let head = head(format, "de");
        for records in [ordinary(), account(&|_| HOSTILE[0].to_owned()), Vec::new()] {
            assert!(file(&head, &records, false) == file(&head, &records, true), "{format:?}");
        }
    }
}

/// Pages and notes that go on in others.
fn long() -> Vec<Record> {
    let mut records = ordinary();
    let place = records.iter().position(|record| record.kind() == Kind::Message).unwrap();
    let Record::Message(message) = records[place].clone() else { panic!("it is a message") };
    let many = (0..400_u32).map(|number| {
        let id = format!("019a9b2e-4c00-7000-9000-{number:012x}").parse().unwrap();
        let content = Some(format!("{number} {}", "many words ".repeat(500)));
        Record::Message(crate::MessageRecord { id, content, ..message.clone() })
    });
    records.splice(place + 1..place + 1, many);
    records
}

#[test]
fn what_goes_on_on_other_pages_does_so_in_another_process_too() {
    for format in [ExportFormat::Md, ExportFormat::Html, ExportFormat::Txt, ExportFormat::Csv] {
        let head = head(format, "en");
        let records = long();
        assert!(file(&head, &records, false) == file(&head, &records, true), "{format:?}");
    }
}

#[test]
fn what_is_kept_of_a_renderer_does_not_grow_with_the_export() {
    for format in ExportFormat::ALL {
        let head = head(format, "en");
        let mut renderer = super::renderer(&head, None).unwrap();
        let mut container = crate::Container::new(crate::Shape::Archive);
        let mut index = Vec::new();
        let mut out = super::Output { container: &mut container, index: &mut index };
        renderer.begin(0, &mut out);
        let template = ordinary();
        let mut largest = 0;
        for number in 0..600_u32 {
            for record in &template {
                if !renderer.passes()[0].contains(&record.kind()) {
                    continue;
                }
                let mut record = record.clone();
                if let Record::File(file) = &mut record {
                    file.id = format!("019a9b2e-4c00-7000-9000-{number:012x}").parse().unwrap();
                }
                if let Record::Category(category) = &mut record {
                    category.id = format!("019a9b2e-4c00-7000-9000-{number:012x}").parse().unwrap();
                }
                if let Record::Memory(memory) = &mut record {
                    let day = i64::from(number) * 86_400_000 * 31;
                    memory.fields.created_at = app_domain::Timestamp::from_millis(day).unwrap();
                }
                let mut out = super::Output { container: &mut container, index: &mut Vec::new() };
                renderer.record(&record, &mut out);
                container.settle();
                container.take();
                container.spooled();
            }
            largest = largest.max(renderer.state().to_string().len());
        }
        assert!(largest < 128 * 1024, "{format:?}: {largest}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_anywhere_comes_out_the_same_after_a_break(said in "\\PC{0,40}", seed in 0_usize..56) {
        let hostile = HOSTILE[seed];
        let records = account(&|field| json!([field, said, hostile]).to_string());
        for format in [ExportFormat::Md, ExportFormat::Html, ExportFormat::Txt, ExportFormat::Csv] {
            let head = head(format, "fr");
            prop_assert!(file(&head, &records, false) == file(&head, &records, true));
        }
    }
}
