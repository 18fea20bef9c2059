//! What operators set, and what holds until it is changed (ISO 32000-2, 8.4 and 9.3).

use std::rc::Rc;

use super::font::Font;
use super::placing::Matrix;

#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) matrix: Matrix,
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f32,
    pub(super) char_space: f32,
    pub(super) word_space: f32,
    pub(super) scale: f32,
    pub(super) leading: f32,
    pub(super) rise: f32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            matrix: Matrix::ONE,
            font: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}
