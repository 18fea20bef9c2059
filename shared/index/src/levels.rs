//! Which segments are merged when a new one comes.
//!
//! A person has at most one segment of each level: the newest few hundred documents, some thousands before them, and the rest. What is
//! new is merged into the lowest level; when that is full, it is merged into the next. So an index is read from at most three objects
//! (two, up to about 16,000 documents), and what a new document costs in rewriting grows with the logarithm of the index.

use app_store::SegmentEntry;

/// How many documents the levels hold, and how many bytes, but for the last, which holds any number.
const FULL: [(u64, u64); 2] = [(256, 1 << 20), (16_384, 16 << 20)];

fn level(documents: u64, bytes: u64) -> usize {
    FULL.iter().take_while(|full| documents > full.0 || bytes > full.1).count()
}

/// How many of the newest segments are merged with a new one of so many documents and bytes: the others stay.
pub(crate) fn merged(segments: &[SegmentEntry], mut documents: u64, mut bytes: u64) -> usize {
    let mut count = 0;
    for segment in segments.iter().rev() {
        if level(segment.documents, segment.bytes) > level(documents, bytes) {
            break;
        }
        documents += segment.documents;
        bytes += segment.bytes;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// The sizes of the segments after documents came in portions.
    fn after(portions: impl IntoIterator<Item = u64>) -> (Vec<u64>, u64) {
        let mut segments: Vec<SegmentEntry> = Vec::new();
        let mut written = 0;
        for new in portions {
            let kept = segments.len() - merged(&segments, new, 0);
            let documents = new + segments.drain(kept..).map(|segment| segment.documents).sum::<u64>();
            written += documents;
            segments.push(SegmentEntry { id: Uuid::nil(), documents, bytes: 0 });
        }
        (segments.iter().map(|segment| segment.documents).collect(), written)
    }

    #[test]
    fn there_is_at_most_one_segment_of_a_level() {
        for count in [0, 1, 256, 257, 300, 16_640, 16_641, 20_000] {
            let (sizes, _) = after(std::iter::repeat_n(1, count));
            assert_eq!(sizes.iter().sum::<u64>(), count as u64);
            assert!(sizes.is_sorted_by(|one, other| level(*one, 0) > level(*other, 0)), "{sizes:?}");
        }
        assert_eq!(after(std::iter::repeat_n(1, 300)).0, [257, 43]);
    }

    #[test]
    fn many_at_once_go_where_many_are() {
        assert_eq!(after([5_000]).0, [5_000]);
        assert_eq!(after([5_000, 1, 1_000]).0, [6_001]);
        assert_eq!(after([100_000, 5_000, 10]).0, [100_000, 5_000, 10]);
        assert_eq!(after([100_000, 16_000, 200, 300]).0, [116_500]);
    }

    #[test]
    fn large_documents_fill_a_level_sooner() {
        let large = |documents, bytes| SegmentEntry { id: Uuid::nil(), documents, bytes };
        assert_eq!(merged(&[large(20, 3 << 20)], 1, 1_000), 0);
        assert_eq!(merged(&[large(20, 3 << 20)], 1, 2 << 20), 1);
        assert_eq!(merged(&[large(100, 100 << 20), large(20, 3 << 20)], 1, 2 << 20), 1);
    }

    #[test]
    fn a_document_is_rewritten_a_bounded_number_of_times() {
        let (_, written) = after(std::iter::repeat_n(1, 100_000));
        // Half a lowest level each time, half a middle one every 257th, and the whole rarely.
        assert!(written / 100_000 < 200, "{written}");
    }
}
