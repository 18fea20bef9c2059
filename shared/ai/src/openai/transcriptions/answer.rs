//! The answer to a request for a transcript.

use serde::Deserialize;
use serde_json::Value;

use crate::openai::failure::Failure;
use crate::{Transcript, Usage};

/// Of hours of speech, with each of its sentences described.
pub(super) const MAX_BYTES: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
struct Answer {
    text: String,
    language: Option<String>,
    languages: Option<Vec<String>>,
    duration: Option<f64>,
    usage: Option<Value>,
}

/// The transcript in an answer.
///
/// # Errors
/// If there is none.
pub(super) fn read(body: &[u8]) -> Result<Transcript, Failure> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| Failure::Corrupt("it cannot be read"))?;
    let usage = answer.usage.unwrap_or_default();
    let tokens = |field: &str| usage[field].as_u64().map(|tokens| u32::try_from(tokens).unwrap_or(u32::MAX));
    let cost = tokens("input_tokens").map(|prompt_tokens| Usage {
        prompt_tokens,
        completion_tokens: tokens("output_tokens").unwrap_or_default(),
    });
    let seconds = answer.duration.or_else(|| usage["seconds"].as_f64());
    Ok(Transcript {
        text: answer.text.trim().to_owned(),
        language: answer.language.or_else(|| answer.languages?.into_iter().next()),
        seconds: seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0),
        usage: cost,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_answer_is_read() {
        let by_tokens = r#"{"text":" Hallo ","languages":["de","en"],"usage":{"type":"tokens","input_tokens":33,
            "input_token_details":{"text_tokens":2,"audio_tokens":31},"output_tokens":9,"total_tokens":42}}"#;
        let usage = Some(Usage { prompt_tokens: 33, completion_tokens: 9 });
        let language = Some("de".to_owned());
        assert_eq!(
            read(by_tokens.as_bytes()),
            Ok(Transcript { text: "Hallo".into(), language, seconds: None, usage })
        );
        let verbose = r#"{"task":"transcribe","language":"german","duration":3.2,"text":"Hallo","segments":[],
            "usage":{"type":"duration","seconds":4}}"#;
        let language = Some("german".to_owned());
        let seconds = Some(3.2);
        assert_eq!(
            read(verbose.as_bytes()),
            Ok(Transcript { text: "Hallo".into(), language, seconds, usage: None })
        );
        let by_seconds = r#"{"text":"","usage":{"type":"duration","seconds":7}}"#;
        assert_eq!(
            read(by_seconds.as_bytes()),
            Ok(Transcript { text: String::new(), language: None, seconds: Some(7.0), usage: None })
        );
    }

    #[test]
    fn what_holds_no_transcript_is_corrupt_and_a_senseless_length_is_none() {
        for bad in ["", "{}", "[]", r#"{"text":null}"#, r#"{"text":"a","duration":"long"}"#] {
            assert!(matches!(read(bad.as_bytes()), Err(Failure::Corrupt(_))), "{bad}");
        }
        assert_eq!(read(br#"{"text":"a","duration":-1}"#).unwrap().seconds, None);
    }
}
