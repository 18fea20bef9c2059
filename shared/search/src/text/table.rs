//! A sorted list of texts, each with a number. For what is only looked up whole: unlike an `fst` it costs nothing to begin,
//! which matters for the small segments that a search makes of what was written just now.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::codec::item;

/// Texts with their numbers. In bytes: how many there are, where each text ends, each number (4 bytes each), the texts.
#[derive(Debug, Clone)]
pub(super) struct Table {
    count: u32,
    ends: Bytes,
    numbers: Bytes,
    texts: Bytes,
}

impl Table {
    /// The bytes of a table.
    pub(super) fn write(texts: &BTreeMap<impl AsRef<str> + Ord, u32>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 + 16 * texts.len());
        bytes.extend((texts.len() as u32).to_le_bytes());
        let mut end = 0;
        for text in texts.keys() {
            end += text.as_ref().len() as u32;
            bytes.extend(end.to_le_bytes());
        }
        bytes.extend(texts.values().flat_map(|number| number.to_le_bytes()));
        bytes.extend(texts.keys().flat_map(|text| text.as_ref().as_bytes()));
        bytes
    }

    /// The table that was written as these bytes, if they are one.
    pub(super) fn read(bytes: &Bytes) -> Option<Self> {
        let count = u32::from_le_bytes(*bytes.first_chunk()?);
        let column = (count as usize).checked_mul(4)?;
        let texts = column.checked_mul(2)?.checked_add(4)?;
        if texts > bytes.len() {
            return None;
        }
        let (ends, numbers) = (bytes.slice(4..4 + column), bytes.slice(4 + column..texts));
        let table = Self { count, ends, numbers, texts: bytes.slice(texts..) };
        let mut ends = (0..count).map(|index| table.end(index));
        let is_whole = ends.by_ref().is_sorted() && table.end_of(count) == table.texts.len();
        is_whole.then_some(table)
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> u32 {
        self.count
    }

    /// The number of a text.
    pub(super) fn get(&self, text: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.text(middle).cmp(text.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(u32::from_le_bytes(item(&self.numbers, middle))),
            }
        }
        None
    }

    /// The text at a place of the list.
    pub(super) fn text(&self, index: u32) -> &[u8] {
        self.texts.get(self.end_of(index)..self.end_of(index + 1)).unwrap_or_default()
    }

    /// Where so many texts end.
    fn end_of(&self, count: u32) -> usize {
        count.checked_sub(1).map_or(0, |last| self.end(last))
    }

    fn end(&self, index: u32) -> usize {
        u32::from_le_bytes(item(&self.ends, index)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(texts: &[(&str, u32)]) -> Vec<u8> {
        Table::write(&texts.iter().copied().collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn texts_have_their_numbers() {
        let table = Table::read(&table(&[("b", 7), ("", 1), ("été", 9), ("ba", 3)]).into()).unwrap();
        let found = ["", "a", "b", "ba", "bb", "été", "z"].map(|text| table.get(text));
        assert_eq!(found, [Some(1), None, Some(7), Some(3), None, Some(9), None]);
        assert_eq!((table.len(), table.text(1)), (4, &b"b"[..]));
        assert!(Table::read(&Bytes::from(Table::write(&BTreeMap::<&str, u32>::new()))).is_some());
    }

    #[test]
    fn what_is_no_table_is_not_read() {
        let bytes = table(&[("a", 1), ("b", 2)]);
        for end in 0..bytes.len() {
            assert!(Table::read(&bytes[..end].to_vec().into()).is_none(), "{end}");
        }
        assert!(Table::read(&[bytes.clone(), vec![0]].concat().into()).is_none());
        let mut unsorted = bytes;
        unsorted[4] = 2;
        unsorted[8] = 1;
        assert!(Table::read(&unsorted.into()).is_none());
    }
}
