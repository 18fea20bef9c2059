//! What pages show (ISO 32000-2, 9.4): the operators that concern text, of pages and of the forms on them.

use super::file::File;
use super::font::Font;
use super::lexer::{Lexer, Token};
use super::names::{Fonts, Names};
use super::object::{Dict, Object};
use super::placing::{Matrix, Placing, Stand};
use super::state::State;
use super::string::text_of;
use crate::Reading;
use crate::error::Flow;

/// Forms on forms are shown so deep.
const MAX_DEPTH: usize = 8;

/// States are remembered so deep; more than twice what the standard asks of readers.
const MAX_STATES: usize = 64;

/// No operator has more operands.
const MAX_OPERANDS: usize = 64;

/// One page being read, or a form on it.
pub(super) struct Shower<'a, 'b> {
    file: &'a File<'b>,
    fonts: &'a mut Fonts,
    placing: Placing,
    state: State,
    states: Vec<State>,
    line: Matrix,
    text: Matrix,
    /// Within how many marks that stand for something else, whose text was written.
    replaced: usize,
    marks: usize,
    /// Forms that are being shown: none shows itself.
    open: Vec<u32>,
}

impl<'a, 'b> Shower<'a, 'b> {
    pub(super) fn new(file: &'a File<'b>, fonts: &'a mut Fonts) -> Self {
        Self {
            file,
            fonts,
            placing: Placing::default(),
            state: State::default(),
            states: Vec::new(),
            line: Matrix::ONE,
            text: Matrix::ONE,
            replaced: 0,
            marks: 0,
            open: Vec::new(),
        }
    }

    /// Shows a stream of operators.
    pub(super) fn show(&mut self, reading: &mut Reading, bytes: &[u8], resources: &Dict) -> Flow {
        let mut names = Names::new(self.file, resources, &mut reading.budget)?;
        let mut lexer = Lexer::of_page(bytes);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(token) = lexer.token(&mut reading.budget)? {
            match token {
                Token::Object(object) => {
                    if operands.len() == MAX_OPERANDS {
                        operands.clear();
                    }
                    operands.push(object);
                    continue;
                }
                Token::Word(b"ID") => lexer.skip_picture(),
                Token::Word(b"Do") => {
                    let name = operands.first().and_then(Object::name).unwrap_or_default();
                    if let Some(id) = names.form(name) {
                        self.form(reading, id, resources)?;
                    }
                }
                Token::Word(word) => self.operator(reading, word, &operands, &mut names)?,
            }
            operands.clear();
        }
        Ok(())
    }

    fn operator(
        &mut self,
        reading: &mut Reading,
        word: &[u8],
        operands: &[Object],
        names: &mut Names,
    ) -> Flow {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
        match word {
            b"q" if self.states.len() < MAX_STATES => self.states.push(self.state.clone()),
            b"Q" => self.state = self.states.pop().unwrap_or_else(|| self.state.clone()),
            b"cm" => self.state.matrix = Matrix::of(operands).then(self.state.matrix),
            b"BT" => (self.line, self.text) = (Matrix::ONE, Matrix::ONE),
            b"Tf" => {
                self.state.size = number(1);
                if let Some(Object::Name(name)) = operands.first() {
                    self.state.font = names.font(self.file, self.fonts, &mut reading.budget, name)?;
                }
            }
            b"Tc" => self.state.char_space = number(0),
            b"Tw" => self.state.word_space = number(0),
            b"Tz" => self.state.scale = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Td" => self.next_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            b"Tm" => (self.line, self.text) = (Matrix::of(operands), Matrix::of(operands)),
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tj" => self.strings(reading, operands)?,
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.strings(reading, operands)?;
            }
            b"\"" => {
                (self.state.word_space, self.state.char_space) = (number(0), number(1));
                self.next_line(0.0, -self.state.leading);
                self.strings(reading, operands.get(2..).unwrap_or_default())?;
            }
            b"TJ" => self.strings(reading, operands.first().and_then(Object::array).unwrap_or_default())?,
            b"BMC" | b"BDC" => self.mark(reading, operands)?,
            b"EMC" => {
                self.marks = self.marks.saturating_sub(1);
                if self.marks < self.replaced {
                    self.replaced = 0;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn next_line(&mut self, x: f32, y: f32) {
        self.line = Matrix::moved(x, y).then(self.line);
        self.text = self.line;
    }

    /// Shows strings, and moves by the numbers between them.
    fn strings(&mut self, reading: &mut Reading, items: &[Object]) -> Flow {
        let Some(font) = self.state.font.clone() else { return Ok(()) };
        for item in items {
            reading.budget.step()?;
            match item {
                Object::String(string) => self.string(reading, &font, string)?,
                item => {
                    let moved = -item.number().unwrap_or(0.0) / 1000.0 * self.state.size;
                    self.advance(&font, moved);
                }
            }
        }
        Ok(())
    }

    fn string(&mut self, reading: &mut Reading, font: &Font, string: &[u8]) -> Flow {
        if self.replaced == 0 && !string.is_empty() {
            self.placing.begin(&mut reading.writer, self.stand(font));
        }
        let mut rest = string;
        while !rest.is_empty() {
            reading.budget.step()?;
            let (shown, length) = font.next(rest);
            rest = &rest[length..];
            if self.replaced == 0 {
                Placing::write(&mut reading.writer, &shown.text)?;
            }
            let word_space = if shown.is_space { self.state.word_space } else { 0.0 };
            let width = if font.is_vertical { 1.0 } else { shown.width };
            self.advance(font, width * self.state.size + self.state.char_space + word_space);
        }
        if self.replaced == 0 && !string.is_empty() {
            self.placing.end(self.stand(font));
        }
        Ok(())
    }

    fn advance(&mut self, font: &Font, by: f32) {
        let moved = if font.is_vertical {
            Matrix::moved(0.0, -by)
        } else {
            Matrix::moved(by * self.state.scale, 0.0)
        };
        self.text = moved.then(self.text);
    }

    fn stand(&self, font: &Font) -> Stand {
        let size = if self.state.size == 0.0 { 1.0 } else { self.state.size };
        let sized = Matrix([size * self.state.scale, 0.0, 0.0, size, 0.0, self.state.rise]);
        Stand {
            matrix: sized.then(self.text).then(self.state.matrix),
            knows_widths: font.knows_widths,
            is_vertical: font.is_vertical,
        }
    }

    /// What is marked may say which text it stands for (ISO 32000-2, 14.9.4).
    fn mark(&mut self, reading: &mut Reading, operands: &[Object]) -> Flow {
        self.marks = self.marks.saturating_add(1);
        let said = operands.get(1).and_then(Object::dict).and_then(|dict| dict.get("ActualText"));
        if let Some(Object::String(said)) = said
            && self.replaced == 0
        {
            if let Some(font) = self.state.font.clone() {
                self.placing.begin(&mut reading.writer, self.stand(&font));
            }
            reading.writer.push_str(&text_of(said))?;
            self.replaced = self.marks;
        }
        Ok(())
    }

    /// Shows a form: operators of their own, which may be on many pages.
    pub(super) fn form(&mut self, reading: &mut Reading, id: u32, resources: &Dict) -> Flow {
        if self.open.len() >= MAX_DEPTH || self.open.contains(&id) {
            return Ok(());
        }
        let Some(form) = self.file.stream(id, &mut reading.budget)? else { return Ok(()) };
        if form.dict.name("Subtype") == Some(b"Image") {
            return Ok(());
        }
        let own = self.file.dict_at(&form.dict, "Resources", &mut reading.budget)?;
        let moved = self.file.at(&form.dict, "Matrix", &mut reading.budget)?;
        let bytes = self.file.unpacked(&form, &mut reading.budget)?;
        let (state, states) = (self.state.clone(), std::mem::take(&mut self.states));
        let (line, text) = (self.line, self.text);
        if let Object::Array(moved) = moved {
            self.state.matrix = Matrix::of(&moved).then(self.state.matrix);
        }
        self.open.push(id);
        let flow = self.show(reading, &bytes, own.as_ref().unwrap_or(resources));
        self.open.pop();
        (self.state, self.states) = (state, states);
        (self.line, self.text) = (line, text);
        flow
    }
}
