//! Tokens of RTF, and what its control words mean.

use encoding_rs::Encoding;

/// A control word or symbol, such as `\par` or `\'e9`.
pub(super) struct Control<'a> {
    pub(super) name: &'a [u8],
    /// The number behind it, which of `\'` is the byte.
    pub(super) number: Option<i32>,
}

pub(super) enum Token<'a> {
    Open,
    Close,
    Byte(u8),
    Control(Control<'a>),
}

pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, is_taken: impl Fn(&u8) -> bool) -> &'a [u8] {
        let length = self.rest.iter().take_while(|byte| is_taken(byte)).count();
        self.take(length)
    }

    fn control(&mut self) -> Control<'a> {
        let name = self.take_while(u8::is_ascii_alphabetic);
        if name.is_empty() {
            let symbol = self.take(1);
            let number = (symbol == b"'").then(|| {
                let digits = std::str::from_utf8(self.take(2)).unwrap_or_default();
                i32::from_str_radix(digits, 16).unwrap_or(i32::from(b'?'))
            });
            return Control { name: symbol, number };
        }
        let is_negative = self.rest.starts_with(b"-") && self.rest.get(1).is_some_and(u8::is_ascii_digit);
        self.take(usize::from(is_negative));
        let digits = self.take_while(u8::is_ascii_digit);
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<i32>().ok());
        self.take(usize::from(self.rest.starts_with(b" ")));
        let number = number.map(|number| if is_negative { -number } else { number });
        // Bytes as they are: so many of them belong to the word.
        if name == b"bin" {
            self.take(usize::try_from(number.unwrap_or(0)).unwrap_or(0));
        }
        Control { name, number }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.take(1).first()?;
            return Some(match byte {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\\' => Token::Control(self.control()),
                b'\r' | b'\n' | 0 => continue,
                byte => Token::Byte(byte),
            });
        }
    }
}

/// What is written for a control word that stands for text.
pub(super) fn text_of(name: &[u8]) -> &'static str {
    match name {
        b"par" | b"line" | b"row" | b"sect" | b"page" | b"column" | b"\r" | b"\n" | b"softline" => "\n",
        b"tab" | b"cell" | b"nestcell" => "\t",
        b"emdash" => "—",
        b"endash" => "–",
        b"lquote" => "‘",
        b"rquote" => "’",
        b"ldblquote" => "“",
        b"rdblquote" => "”",
        b"bullet" => "•",
        b"~" | b"emspace" | b"enspace" | b"qmspace" => " ",
        b"_" => "-",
        b"\\" => "\\",
        b"{" => "{",
        b"}" => "}",
        _ => "",
    }
}

/// The charset of a code page of Windows or DOS.
pub(super) fn of_code_page(number: i32) -> Option<&'static Encoding> {
    let label = match number {
        866 => "ibm866".to_owned(),
        874 => "windows-874".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        10000 => "macintosh".to_owned(),
        65001 => "utf-8".to_owned(),
        number => format!("windows-{number}"),
    };
    Encoding::for_label(label.as_bytes())
}

/// The charset of a font, by the number that fonts have for it.
pub(super) fn of_font(number: i32) -> Option<&'static Encoding> {
    of_code_page(match number {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}
