//! Wires the function; the work is in the library.

use app_runtime::{EnvError, Secrets, run_http};
use whatsapp::{App, InboundQueue, Secret, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let (secrets, aws) = (Secrets::new(aws.clone()), aws.clone());
        let app = App {
            app_secret: Secret::kept_in(&secrets, env.required("WHATSAPP_APP_SECRET")?),
            verify_token: Secret::kept_in(&secrets, env.required("WHATSAPP_VERIFY_TOKEN")?),
            queue: InboundQueue::new(env.required("INBOUND_QUEUE_URL")?, move || aws.sqs()),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
