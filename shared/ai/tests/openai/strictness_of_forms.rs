//! The played vendor refuses recordings as the vendor refuses them.

use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::openai::FakeOpenAi;

async fn post(fake: &FakeOpenAi, form: Form) -> (u16, Value) {
    let url = format!("{}/audio/transcriptions", fake.base_url());
    let request = reqwest::Client::new().post(url).bearer_auth(FakeOpenAi::KEY).multipart(form);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

/// A recording, sent under a name.
fn file(name: &'static str, bytes: usize) -> Part {
    Part::bytes(vec![7; bytes]).file_name(name)
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_said() {
    let fake = FakeOpenAi::start();
    fake.change(|rules| rules.max_audio_bytes = 100);
    let form = || Form::new().text("model", "gpt-transcribe");
    let voice = || form().part("file", file("voice.ogg", 100));
    for (form, status, param) in [
        (voice(), 200, None),
        (voice().text("response_format", "json").text("language", "de"), 200, None),
        (form(), 400, Some("file")),
        (Form::new().part("file", file("voice.ogg", 9)), 400, Some("model")),
        (Form::new().text("model", "gpt-0").part("file", file("voice.ogg", 9)), 404, None),
        (form().part("file", file("voice.amr", 9)), 400, Some("file")),
        (form().part("file", file("voice", 9)), 400, Some("file")),
        (form().part("file", file("voice.ogg", 0)), 400, Some("file")),
        (form().part("file", file("voice.ogg", 101)), 413, None),
        (voice().text("language", "german"), 400, Some("language")),
        (voice().text("response_format", "verbose_json"), 400, Some("response_format")),
        (voice().text("colour", "red"), 400, Some("colour")),
    ] {
        let (answered, answer) = post(&fake, form).await;
        assert_eq!((answered, answer["error"]["param"].as_str()), (status, param), "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let fake = FakeOpenAi::start();
    let url = format!("{}/audio/transcriptions", fake.base_url());
    for (kind, body) in [
        ("application/json", "{}"),
        ("multipart/form-data; boundary=x", ""),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1",
        ),
    ] {
        let request = reqwest::Client::new().post(&url).bearer_auth(FakeOpenAi::KEY);
        let response = request.header("content-type", kind).body(body).send().await.unwrap();
        assert_eq!(response.status(), 400, "{kind} {body}");
    }
}
