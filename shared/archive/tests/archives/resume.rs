//! A worker that is killed leaves nothing behind but what it settled: whoever goes on writes the same bytes.

use std::io::Cursor;

use app_archive::{Container, ContainerState, Shape, verify};
use app_domain::ExportFormat;
use proptest::prelude::*;

use crate::people::at;
use crate::written::{Export, Safe, noise};

fn exports() -> Vec<Export> {
    let formats = [ExportFormat::Json, ExportFormat::Jsonl, ExportFormat::Zip];
    let plain = formats.into_iter().map(Export::of);
    let archives = formats.into_iter().map(|format| Export::of(format).with_files());
    plain.chain(archives).collect()
}

#[test]
fn the_same_bytes_come_of_it_wherever_it_dies() {
    for export in exports() {
        for every in 1..8 {
            let settled = export.write(Safe::Settles(every));
            assert!(settled == export.write(Safe::Dies(every)), "{:?} {every}", export.head.spec.format);
            verify(Cursor::new(settled)).unwrap();
        }
    }
}

#[test]
fn where_it_settles_changes_nothing_for_who_reads() {
    for export in exports() {
        let whole = verify(Cursor::new(export.write(Safe::Never))).unwrap();
        assert_eq!(verify(Cursor::new(export.write(Safe::Dies(1)))).unwrap(), whole);
    }
}

#[test]
fn a_state_that_was_damaged_is_refused() {
    let mut container = Container::new(Shape::Archive);
    container.open("a", at(0));
    container.write(b"some text");
    let state = serde_json::to_value(container.settle()).unwrap();
    assert!(serde_json::from_value::<ContainerState>(state.clone()).is_ok());
    for (member, value) in [("sha256", "AAAA"), ("sha256", "no"), ("written", "x"), ("shape", "x")] {
        let mut damaged = state.clone();
        damaged[member] = value.into();
        assert!(serde_json::from_value::<ContainerState>(damaged).is_err(), "{member} {value}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Pieces of any size, compressed or not, with the process gone after some of them.
    #[test]
    fn what_is_written_in_pieces_is_read_as_a_whole(
        pieces in prop::collection::vec((0..400_000_usize, any::<bool>(), any::<bool>(), any::<bool>()), 0..8),
    ) {
        let mut container = Container::new(Shape::Archive);
        let (mut bytes, mut whole) = (Vec::new(), Vec::new());
        container.open("a", at(0));
        for (length, is_noise, is_stored, dies) in pieces {
            let piece = if is_noise { noise(length) } else { vec![b'x'; length] };
            if is_stored { container.store(&piece) } else { container.write(&piece) }
            whole.extend(piece);
            prop_assert_eq!(container.entry_bytes(), whole.len() as u64);
            if dies {
                let state = container.settle();
                bytes.extend(container.take());
                container = Container::resume(state);
            }
        }
        container.close();
        let directory = container.spooled().remove(1).1;
        container.directory(&directory);
        container.end();
        bytes.extend(container.take());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut read = Vec::new();
        std::io::copy(&mut archive.by_index(0).unwrap(), &mut read).unwrap();
        prop_assert!(read == whole);
    }
}
