//! Recordings as the vendor takes them.

use crate::Audio;
use crate::openai::failure::Failure;

/// The largest recording that is taken.
pub(super) const MAX_BYTES: usize = 25 * 1024 * 1024;

/// What the vendor reads: the ending of a file's name, by which it tells, and the type that belongs to it.
const READ: &[(&str, &str)] = &[
    ("flac", "audio/flac"),
    ("mp3", "audio/mpeg"),
    ("mp4", "audio/mp4"),
    ("mpeg", "audio/mpeg"),
    ("mpga", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("ogg", "audio/ogg"),
    ("wav", "audio/wav"),
    ("webm", "audio/webm"),
];

/// Other names for those types.
const ALSO: &[(&str, &str)] = &[
    ("audio/m4a", "m4a"),
    ("audio/mp3", "mp3"),
    ("audio/x-flac", "flac"),
    ("audio/x-m4a", "m4a"),
    ("audio/x-wav", "wav"),
    ("audio/wave", "wav"),
    ("video/mp4", "mp4"),
    ("video/mpeg", "mpeg"),
    ("video/webm", "webm"),
];

/// The ending and the type under which a recording is sent. Its own name stays here: it may say something about somebody.
///
/// # Errors
/// If it is none that the vendor takes.
pub(super) fn kind(audio: &Audio) -> Result<(&'static str, &'static str), Failure> {
    if audio.bytes.is_empty() {
        return Err(Failure::Unfit("the recording is empty"));
    }
    if audio.bytes.len() > MAX_BYTES {
        return Err(Failure::Unfit("the recording is larger than 25 MiB"));
    }
    let by_ending = |ending: &str| READ.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).copied();
    let said = audio.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let by_type = || {
        let also = ALSO.iter().find(|(name, _)| *name == said).and_then(|(_, ending)| by_ending(ending));
        also.or_else(|| READ.iter().find(|(_, kind)| *kind == said).copied())
    };
    let ending = audio.file_name.rsplit_once('.').map_or("", |(_, ending)| ending);
    by_ending(ending).or_else(by_type).ok_or(Failure::Unfit("no recording of a kind that it reads"))
}

/// The code of two letters that the vendor takes, of a code that may also name a country or a script.
pub(super) fn language(audio: &Audio) -> Option<String> {
    let code = audio.language.as_deref()?.split(['-', '_']).next()?;
    (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .then(|| code.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio(file_name: &str, content_type: &str, language: Option<&str>) -> Audio {
        Audio {
            bytes: b"OggS".to_vec().into(),
            file_name: file_name.to_owned(),
            content_type: content_type.to_owned(),
            language: language.map(str::to_owned),
        }
    }

    #[test]
    fn a_recording_is_known_by_its_ending_or_else_by_its_type() {
        for (name, content_type, expected) in [
            ("voice.OGG", "", ("ogg", "audio/ogg")),
            ("voice.opus", "audio/ogg; codecs=opus", ("ogg", "audio/ogg")),
            ("voice", "Audio/X-M4A", ("m4a", "audio/mp4")),
            ("a.b/c.mp3", "audio/ogg", ("mp3", "audio/mpeg")),
            ("", "video/webm;codecs=vp8", ("webm", "audio/webm")),
            ("", "audio/mpeg", ("mp3", "audio/mpeg")),
        ] {
            assert_eq!(kind(&audio(name, content_type, None)), Ok(expected), "{name} {content_type}");
        }
        for (name, content_type) in
            [("", ""), ("ogg", ""), ("voice.amr", "audio/amr"), ("notes.pdf", "text/plain")]
        {
            assert!(matches!(kind(&audio(name, content_type, None)), Err(Failure::Unfit(_))), "{name}");
        }
    }

    #[test]
    fn sizes_are_bounded() {
        for (bytes, is_taken) in [(0, false), (1, true), (MAX_BYTES, true), (MAX_BYTES + 1, false)] {
            let audio = Audio { bytes: vec![0; bytes].into(), ..audio("a.wav", "", None) };
            assert_eq!(kind(&audio).is_ok(), is_taken, "{bytes}");
        }
    }

    #[test]
    fn only_codes_of_two_letters_are_sent() {
        for (said, sent) in [
            ("de", Some("de")),
            ("pt-BR", Some("pt")),
            ("ZH_Hant", Some("zh")),
            ("german", None),
            ("", None),
            ("é", None),
            ("1a", None),
        ] {
            assert_eq!(language(&audio("", "", Some(said))).as_deref(), sent, "{said}");
        }
        assert_eq!(language(&audio("", "", None)), None);
    }
}
