//! Words and lines by where their letters stand: a PDF file has letters at places, and often neither spaces nor ends of lines.

use super::object::Object;
use crate::error::Flow;
use crate::writer::Writer;

/// So far from the end of the last letter, in parts of the size, another word begins; if widths are guessed, so far.
const WORD_GAP: f32 = 0.15;
const GUESSED_WORD_GAP: f32 = 0.35;

/// So far above or below the last letter, in parts of the size, it is another line. Exponents are nearer.
const LINE_GAP: f32 = 0.6;

/// A matrix as PDF writes them (ISO 32000-2, 8.3.3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Matrix(pub(super) [f32; 6]);

impl Matrix {
    pub(super) const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// The six numbers of an operator.
    pub(super) fn of(operands: &[Object]) -> Self {
        let mut matrix = Self::ONE;
        if operands.len() >= 6 {
            for (number, operand) in matrix.0.iter_mut().zip(operands) {
                *number = operand.number().unwrap_or(0.0);
            }
        }
        matrix
    }

    pub(super) fn moved(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First this, then the other.
    pub(super) fn then(self, other: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, other.0);
        Self([
            a * g + b * i,
            a * h + b * j,
            c * g + d * i,
            c * h + d * j,
            e * g + f * i + k,
            e * h + f * j + l,
        ])
    }

    /// Where a point goes.
    fn at(self, x: f32, y: f32) -> (f32, f32) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }
}

/// How letters of a string stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stand {
    /// From text to page, for the size of the font.
    pub(super) matrix: Matrix,
    pub(super) knows_widths: bool,
    pub(super) is_vertical: bool,
}

/// Where the last letter ended.
#[derive(Debug, Default)]
pub(super) struct Placing {
    end: Option<(f32, f32)>,
    direction: (f32, f32),
    size: f32,
}

impl Placing {
    /// Separates what comes next from what was last, if it is apart from it.
    pub(super) fn begin(&mut self, writer: &mut Writer, stand: Stand) {
        let (x, y) = stand.matrix.at(0.0, 0.0);
        let (x1, y1) = if stand.is_vertical { stand.matrix.at(0.0, -1.0) } else { stand.matrix.at(1.0, 0.0) };
        let length = (x1 - x).hypot(y1 - y);
        let (x2, y2) = stand.matrix.at(0.0, 1.0);
        let height = if stand.is_vertical { length } else { (x2 - x).hypot(y2 - y) };
        if !(length.is_finite() && length > 0.0 && height.is_finite()) {
            return;
        }
        let direction = ((x1 - x) / length, (y1 - y) / length);
        if let Some((end_x, end_y)) = self.end {
            let (dx, dy) = (x - end_x, y - end_y);
            let along = dx * self.direction.0 + dy * self.direction.1;
            let across = dx * self.direction.1 - dy * self.direction.0;
            let turned = direction.0 * self.direction.0 + direction.1 * self.direction.1 < 0.9;
            let size = self.size.max(height);
            let gap = if stand.knows_widths { WORD_GAP } else { GUESSED_WORD_GAP };
            // Back to a place where something stands: the next column, or the same again for a shadow.
            let is_back = along < -size.max(length);
            if turned || across.abs() > LINE_GAP * size || is_back {
                writer.line();
            } else if along > gap * length {
                writer.space();
            }
        }
        self.direction = direction;
        self.size = height;
    }

    /// Notes where a string ended.
    pub(super) fn end(&mut self, stand: Stand) {
        let (x, y) = stand.matrix.at(0.0, 0.0);
        self.end = (x.is_finite() && y.is_finite()).then_some((x, y));
    }

    pub(super) fn write(writer: &mut Writer, text: &str) -> Flow {
        // Names of glyphs in the private area say nothing to others.
        text.chars()
            .filter(|char| !matches!(char, '\u{e000}'..='\u{f8ff}'))
            .try_for_each(|char| writer.push(char))
    }
}
