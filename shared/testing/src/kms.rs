//! KMS, played strictly: one key, which unwraps what it wrapped, for the context it was wrapped for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use app_store::{DataKeys, Table};
use app_vault::{Kms, Vault};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{Request, Response};
use serde_json::{Value, json};

use crate::aws;

/// The one key.
pub const KEY_ID: &str = "arn:aws:kms:us-east-1:000000000000:key/field-key";

/// A vault whose keys are in `table`.
pub fn vault(table: &Table) -> Vault {
    Vault::new(DataKeys::new(table.clone()), PlayedKms::default().port())
}

/// What happened in KMS, and how it behaves. Cloning shares it.
#[derive(Clone, Default)]
pub struct PlayedKms(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    wrapped: HashMap<String, (Value, Vec<u8>)>,
    generated: usize,
    decrypted: usize,
    refuses_with: Option<&'static str>,
}

impl PlayedKms {
    /// The port to it.
    pub fn port(&self) -> Kms {
        self.port_to(KEY_ID)
    }

    /// The port to it by another key's id.
    pub fn port_to(&self, key_id: &str) -> Kms {
        let kms = self.clone();
        Kms::new(key_id, move || aws_sdk_kms::Client::new(&aws(move |request| kms.answer(&request))))
    }

    /// How often data keys were made and unwrapped.
    pub fn calls(&self) -> (usize, usize) {
        let state = self.0.lock().expect("KMS to be asked as it wants to be");
        (state.generated, state.decrypted)
    }

    /// From now on it answers every call with this error, or none.
    pub fn refuse_with(&self, code: Option<&'static str>) {
        self.0.lock().expect("KMS to be asked as it wants to be").refuses_with = code;
    }

    /// Every data key it made, in the clear.
    pub fn plain_keys(&self) -> Vec<Vec<u8>> {
        self.0
            .lock()
            .expect("KMS to be asked as it wants to be")
            .wrapped
            .values()
            .map(|(_, plain)| plain.clone())
            .collect()
    }

    fn answer(&self, request: &Request<Vec<u8>>) -> Response<String> {
        let body: Value = serde_json::from_slice(request.body()).expect("KMS to be asked as it wants to be");
        let mut state = self.0.lock().expect("KMS to be asked as it wants to be");
        let answer = match (
            state.refuses_with,
            request.headers()["x-amz-target"].to_str().expect("KMS to be asked as it wants to be"),
        ) {
            (Some(code), _) => Err(code),
            (None, "TrentService.GenerateDataKey") => state.generate(&body),
            (None, "TrentService.Decrypt") => state.decrypt(&body),
            (None, target) => panic!("nobody should call {target}"),
        };
        let (status, body) = match answer {
            Ok(body) => (200, body),
            Err("") => (200, json!("no object")),
            Err(code) => (400, json!({"__type": code, "message": format!("not on {KEY_ID}")})),
        };
        let response =
            Response::builder().status(status).header("content-type", "application/x-amz-json-1.1");
        response.body(body.to_string()).expect("KMS to be asked as it wants to be")
    }
}

impl State {
    fn generate(&mut self, body: &Value) -> Result<Value, &'static str> {
        self.generated += 1;
        allowed(body)?;
        assert_eq!(body["KeySpec"], "AES_256");
        let mut plain = vec![0; 32];
        aws_lc_rs::rand::fill(&mut plain).expect("KMS to be asked as it wants to be");
        let wrapped = BASE64_STANDARD.encode(format!("wrapped data key {}", self.generated));
        self.wrapped.insert(wrapped.clone(), (body["EncryptionContext"].clone(), plain.clone()));
        let plain = BASE64_STANDARD.encode(plain);
        Ok(json!({"KeyId": KEY_ID, "CiphertextBlob": wrapped, "Plaintext": plain}))
    }

    fn decrypt(&mut self, body: &Value) -> Result<Value, &'static str> {
        self.decrypted += 1;
        allowed(body)?;
        let (context, plain) = body["CiphertextBlob"]
            .as_str()
            .and_then(|wrapped| self.wrapped.get(wrapped))
            .ok_or("InvalidCiphertextException")?;
        if *context != body["EncryptionContext"] {
            return Err("InvalidCiphertextException");
        }
        Ok(json!({"KeyId": KEY_ID, "Plaintext": BASE64_STANDARD.encode(plain)}))
    }
}

/// What the key's policy says: this key only, for this purpose only, for a person.
fn allowed(body: &Value) -> Result<(), &'static str> {
    let context = &body["EncryptionContext"];
    let fits = body["KeyId"] == KEY_ID
        && context["purpose"] == "memory-app field key"
        && context["userId"].is_string()
        && context.as_object().is_some_and(|pairs| pairs.len() == 2);
    if fits { Ok(()) } else { Err("AccessDeniedException") }
}
