//! Recordings, and what is made of what a server hears in them.

use app_ai::openai::{OpenAiTranscriber, OpenAiTranscriberConfig};
use app_ai::{Audio, ModelError, Transcriber, Transcript, Usage};
use serde_json::{Value, json};

use crate::openai::{FakeOpenAi, Fault};
use crate::played::ms;

fn config(fake: &FakeOpenAi, model: &str) -> OpenAiTranscriberConfig {
    let key = Some(FakeOpenAi::KEY.to_owned().into());
    OpenAiTranscriberConfig::new(&fake.base_url(), key, model)
        .unwrap()
        .patience(ms(20_000), ms(500))
        .retries(3, ms(2))
}

fn transcriber(fake: &FakeOpenAi) -> OpenAiTranscriber {
    OpenAiTranscriber::new(config(fake, "gpt-transcribe")).unwrap()
}

fn audio(bytes: usize) -> Audio {
    Audio {
        bytes: vec![7; bytes].into(),
        file_name: "ada at the doctor's.opus".to_owned(),
        content_type: "audio/ogg; codecs=opus".to_owned(),
        language: Some("de-AT".to_owned()),
    }
}

#[tokio::test]
async fn a_recording_becomes_words() {
    let fake = FakeOpenAi::start();
    fake.hear(" Der Schlüssel hängt hinter der Tür. ");
    let model = transcriber(&fake);
    let heard = model.transcribe(audio(32_000)).await.unwrap();
    assert_eq!(heard.text, "Der Schlüssel hängt hinter der Tür.");
    assert_eq!(heard.usage, Some(Usage { prompt_tokens: 20, completion_tokens: 10 }));
    assert_eq!((heard.language, heard.seconds), (None, None));
    let seen = fake.take_seen();
    let expected = json!({
        "model": "gpt-transcribe",
        "response_format": "json",
        "language": "de",
        "file": { "name": "audio.ogg", "type": "audio/ogg", "bytes": 32_000 },
    });
    assert_eq!((seen.len(), seen[0].path, &seen[0].body), (1, "audio/transcriptions", &expected));
    assert_eq!(model.name(), "gpt-transcribe");
}

#[tokio::test]
async fn the_model_that_tells_language_and_length_is_asked_for_them() {
    let fake = FakeOpenAi::start();
    fake.hear("");
    let model = OpenAiTranscriber::new(config(&fake, "whisper-1")).unwrap();
    let heard = model.transcribe(Audio { language: None, ..audio(24_000) }).await.unwrap();
    let (language, seconds) = (Some("english".to_owned()), Some(1.5));
    assert_eq!(heard, Transcript { text: String::new(), language, seconds, usage: None });
    let body = &fake.take_seen()[0].body;
    assert_eq!((&body["response_format"], &body["language"]), (&json!("verbose_json"), &Value::Null));
}

#[tokio::test]
async fn what_passes_is_tried_again_with_the_whole_recording() {
    let fake = FakeOpenAi::start();
    for fault in
        [Fault::RateLimit(None), Fault::Status(500), Fault::Page(502), Fault::Truncated, Fault::Silence]
    {
        fake.fail(fault.clone());
        let heard = transcriber(&fake).transcribe(audio(1_000_000)).await;
        assert_eq!(heard.unwrap().text, "I hear 1000000 bytes.", "{fault:?}");
        let seen = fake.take_seen();
        assert_eq!((seen.len(), &seen[0].body), (2, &seen[1].body), "{fault:?}");
    }
    for fault in [Fault::NoFunds, Fault::Status(400), Fault::Status(401), Fault::Body("{}".to_owned())] {
        fake.fail(fault.clone());
        assert!(transcriber(&fake).transcribe(audio(10)).await.is_err(), "{fault:?}");
        assert_eq!(fake.take_seen().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn what_no_server_takes_is_not_sent() {
    let fake = FakeOpenAi::start();
    let model = transcriber(&fake);
    for bad in [
        audio(0),
        audio(25 * 1024 * 1024 + 1),
        Audio { file_name: "notes.pdf".to_owned(), content_type: "application/pdf".to_owned(), ..audio(10) },
    ] {
        let shown = format!("{bad:?}");
        assert!(!shown.contains("ada") && !shown.contains("notes"), "{shown}");
        assert!(matches!(model.transcribe(bad).await, Err(ModelError::Rejected(_))));
    }
    assert!(fake.take_seen().is_empty());
    fake.change(|rules| rules.max_audio_bytes = 1000);
    assert_eq!(model.transcribe(audio(1001)).await, Err(ModelError::TooLong));
    fake.change(|rules| rules.max_audio_bytes = 25 * 1024 * 1024);
    let config = config(&fake, "gpt-transcribe").patience(ms(60_000), ms(30_000));
    let patient = OpenAiTranscriber::new(config).unwrap();
    assert_eq!(patient.transcribe(audio(25 * 1024 * 1024)).await.unwrap().text, "I hear 26214400 bytes.");
}

#[tokio::test]
async fn everybody_can_have_a_key_of_their_own_and_no_key_is_shown() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| rules.further_keys.push("sk-of-ada".to_owned()));
    let model =
        OpenAiTranscriber::new(config(&fake, "gpt-transcribe").key("sk-bad".to_owned().into()).unwrap());
    let model = model.unwrap();
    let refused = model.transcribe(audio(10)).await;
    let why = "it refuses every request, status 401, invalid_api_key".to_owned();
    assert_eq!(refused, Err(ModelError::Unavailable(why)));
    let of_ada = model.with_key("sk-of-ada".to_owned().into()).unwrap();
    assert!(of_ada.transcribe(audio(10)).await.is_ok());
    let shown = format!("{model:?} {of_ada:?} {:?}", config(&fake, "gpt-transcribe"));
    assert!(!shown.contains("sk-"), "{shown}");
}
