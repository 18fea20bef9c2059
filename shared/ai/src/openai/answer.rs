//! The answer to a request for vectors.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::failure::Failure;
use crate::{Embedding, ModelError};

/// What a number costs at most, written out, and what stands around it.
const MAX_NUMBER_BYTES: usize = 32;
const MAX_REST_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
struct Answer {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    index: usize,
    embedding: Numbers,
}

/// A vector, as numbers or as the base64 of little-endian 32-bit floats. Servers are free to ignore which one was asked for.
struct Numbers(Vec<f32>);

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Numbers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("numbers, or their base64")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Numbers, E> {
                let bytes = STANDARD.decode(text).map_err(|_| E::custom("no base64"))?;
                let (numbers, rest) = bytes.as_chunks();
                if !rest.is_empty() {
                    return Err(E::custom("part of a number"));
                }
                Ok(Numbers(numbers.iter().map(|&number| f32::from_le_bytes(number)).collect()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Numbers, A::Error> {
                let mut read = Vec::new();
                // Of 64 bits, so that a number too large for 32 is a fault of its vector alone.
                while let Some(number) = numbers.next_element::<f64>()? {
                    read.push(number as f32);
                }
                Ok(Numbers(read))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// The most that a sensible answer has.
pub(super) fn max_bytes(inputs: usize, dimensions: usize) -> usize {
    MAX_REST_BYTES + inputs * (dimensions * MAX_NUMBER_BYTES + 256)
}

/// One vector for each input, in their order, or what is wrong with it.
///
/// # Errors
/// If it cannot be told which vector belongs to which input.
pub(super) fn read(body: &[u8], inputs: usize, dimensions: usize) -> Result<Vec<Embedding>, Failure> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| Failure::Corrupt("it cannot be read"))?;
    if answer.data.len() != inputs {
        return Err(Failure::Corrupt("it has another number of vectors than there were texts"));
    }
    let mut vectors = vec![None; inputs];
    for Item { index, embedding } in answer.data {
        let place = vectors.get_mut(index).ok_or(Failure::Corrupt("it has a vector of no text"))?;
        if place.replace(checked(&embedding.0, dimensions)).is_some() {
            return Err(Failure::Corrupt("it has two vectors of one text"));
        }
    }
    // There were as many as places, each at another one.
    Ok(vectors.into_iter().flatten().collect())
}

/// The vector, brought to length 1.
fn checked(vector: &[f32], dimensions: usize) -> Embedding {
    let corrupt = |what: &str| Err(ModelError::Corrupt(what.to_owned()));
    if vector.len() != dimensions {
        return corrupt("a vector of other dimensions");
    }
    if !vector.iter().all(|number| number.is_finite()) {
        return corrupt("a vector that holds what is not a number");
    }
    let length = vector.iter().map(|&number| f64::from(number) * f64::from(number)).sum::<f64>().sqrt();
    if length == 0.0 {
        return corrupt("a vector without direction");
    }
    Ok(vector.iter().map(|&number| (f64::from(number) / length) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data: &str, inputs: usize) -> Result<Vec<Embedding>, Failure> {
        super::read(format!(r#"{{"object":"list","data":{data}}}"#).as_bytes(), inputs, 4)
    }

    #[test]
    fn vectors_come_in_the_order_of_their_texts_and_of_length_one() {
        let data =
            r#"[{"index":1,"embedding":[0,0,0,5e-30]},{"index":0,"embedding":"AACAPgAAAL8AAIA/AAAAPg=="}]"#;
        let vectors: Vec<_> = read(data, 2).unwrap().into_iter().map(Result::unwrap).collect();
        let length = 1.328_125_f32.sqrt();
        assert_eq!(vectors[0], [0.25, -0.5, 1.0, 0.125].map(|number: f32| number / length));
        assert_eq!(vectors[1], [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn one_bad_vector_spoils_no_other() {
        let data = r#"[{"index":0,"embedding":[1,0,0,0]},{"index":1,"embedding":[1,0,0]},
            {"index":2,"embedding":[1e39,0,0,0]},{"index":3,"embedding":"AADAfwAAAAAAAAAAAAAAAA=="},
            {"index":4,"embedding":[0,0,0,0]},{"index":5,"embedding":[0,0,-1,0]}]"#;
        let good: Vec<_> = read(data, 6).unwrap().iter().map(Result::is_ok).collect();
        assert_eq!(good, [true, false, false, false, false, true]);
    }

    #[test]
    fn an_answer_that_does_not_fit_the_question_is_none() {
        let one = r#"{"index":0,"embedding":[1,0,0,0]}"#;
        for data in [
            "[]",
            &format!("[{one}]"),
            &format!("[{one},{one}]"),
            r#"[{"index":0,"embedding":[1,0,0,0]},{"index":2,"embedding":[1,0,0,0]}]"#,
            r#"[{"index":0,"embedding":[1,0,0,0]},{"index":-1,"embedding":[1,0,0,0]}]"#,
            r#"[{"index":0,"embedding":[1,0,0,0]},{"embedding":[1,0,0,0]}]"#,
            r#"[{"index":0,"embedding":[1,0,0,0]},{"index":1,"embedding":null}]"#,
            r#"[{"index":0,"embedding":[1,0,0,0]},{"index":1,"embedding":[null]}]"#,
            r#"[{"index":0,"embedding":[1,0,0,0]},{"index":1,"embedding":"AACAPgA"}]"#,
            r#"[{"index":0,"embedding":[1,0,0,0]},{"index":1,"embedding":"AACA"}]"#,
            "null",
            "[",
        ] {
            assert!(matches!(read(data, 2), Err(Failure::Corrupt(_))), "{data}");
        }
    }
}
