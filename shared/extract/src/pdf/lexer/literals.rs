//! Names, strings and pictures among operators, and how characters are written in them that have a meaning of their own.

use super::{Lexer, hex, is_blank, is_regular};

impl Lexer<'_> {
    pub(super) fn name(&mut self) -> Vec<u8> {
        let raw = self.take_while(is_regular);
        if !raw.contains(&b'#') {
            return raw.to_vec();
        }
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((byte, behind)) = rest.split_first() {
            let digits = behind.get(..2).map(|digits| (hex(digits[0]), hex(digits[1])));
            match (byte, digits) {
                (b'#', Some((Some(high), Some(low)))) => {
                    name.push(high << 4 | low);
                    rest = &behind[2..];
                }
                _ => {
                    name.push(*byte);
                    rest = behind;
                }
            }
        }
        name
    }

    pub(super) fn string(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut string = Vec::new();
        let mut open = 1_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    self.escape(&mut string);
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                break;
            }
            string.push(byte);
        }
        string
    }

    fn escape(&mut self, string: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        if matches!(byte, b'0'..=b'7') {
            let start = self.at;
            let digits = self.take_while(|byte| matches!(byte, b'0'..=b'7'));
            let length = digits.len().min(3);
            self.at = start + length;
            let code = digits[..length].iter().fold(0_u32, |code, digit| code * 8 + u32::from(digit - b'0'));
            string.push(code as u8);
            return;
        }
        self.at += 1;
        match byte {
            b'n' => string.push(b'\n'),
            b'r' => string.push(b'\r'),
            b't' => string.push(b'\t'),
            b'b' | b'f' => string.push(b' '),
            // The string goes on in the next line.
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'\n' => {}
            byte => string.push(byte),
        }
    }

    pub(super) fn hex_string(&mut self) -> Vec<u8> {
        self.at += 1;
        let digits: Vec<u8> =
            self.take_while(|byte| byte != b'>').iter().filter_map(|byte| hex(*byte)).collect();
        self.skip(1);
        digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
    }

    /// Goes behind the bytes of a picture that is among the operators: an `EI` between blanks.
    pub(in crate::pdf) fn skip_picture(&mut self) {
        let rest = self.rest();
        let end = memchr::memmem::find_iter(rest, b"EI").find(|at| {
            let is_apart = |byte: Option<&u8>| byte.is_none_or(|byte| is_blank(*byte));
            is_apart(at.checked_sub(1).and_then(|before| rest.get(before))) && is_apart(rest.get(at + 2))
        });
        self.skip(end.map_or(rest.len(), |at| at + 2));
    }
}
