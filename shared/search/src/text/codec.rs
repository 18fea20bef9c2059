//! Numbers as bytes, small ones in few.

/// Appends a number in 7 bits a byte, the lowest first; the top bit of a byte says that more follow.
pub(super) fn put_varint(into: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

/// Reads numbers off bytes. Past the end there are only zeros: what is read was checked as a whole before, and whoever
/// reads bounds what it does by other things than what it reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    #[inline]
    pub(super) fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte
    }

    #[inline]
    pub(super) fn varint(&mut self) -> u32 {
        let first = self.byte();
        if first < 0x80 {
            return u32::from(first);
        }
        let mut number = u32::from(first & 0x7f);
        for shift in [7, 14, 21, 28] {
            let byte = self.byte();
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        number
    }

    pub(super) fn skip(&mut self, bytes: u32) {
        self.at = self.at.saturating_add(bytes as usize);
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }
}

/// The `index`th item of a table whose items have `N` bytes, or zeros.
#[inline]
pub(super) fn item<const N: usize>(table: &[u8], index: u32) -> [u8; N] {
    let start = index as usize * N;
    table.get(start..start + N).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_small_ones_are_small() {
        let numbers = [0, 1, 127, 128, 16_383, 16_384, 1 << 21, 1 << 28, u32::MAX];
        let mut bytes = Vec::new();
        numbers.into_iter().for_each(|number| put_varint(&mut bytes, number));
        let mut reader = Reader::new(&bytes, 0);
        assert_eq!(numbers.map(|_| reader.varint()), numbers);
        assert!(reader.is_at_end() && bytes[..3] == [0, 1, 127]);
    }

    #[test]
    fn there_is_nothing_past_the_end() {
        let mut reader = Reader::new(&[0xff], 0);
        assert_eq!((reader.varint(), reader.varint(), reader.byte()), (0x7f, 0, 0));
        assert_eq!(item::<4>(&[1, 0, 0, 0, 2], 1), [0; 4]);
    }
}
