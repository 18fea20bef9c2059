//! Wires the function; the work is in the library.

use app_runtime::{EnvError, OrderedQueue, Secrets, run_warm_http};
use whatsapp::{App, InboundBucket, Secret, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_warm_http(|env, aws| -> Result<_, EnvError> {
        let (secrets, for_bucket, for_queue) = (Secrets::new(aws.clone()), aws.clone(), aws.clone());
        let app = App {
            app_secret: Secret::kept_in(&secrets, env.required("WHATSAPP_APP_SECRET")?),
            verify_token: Secret::kept_in(&secrets, env.required("WHATSAPP_VERIFY_TOKEN")?),
            bucket: InboundBucket::new(env.required("INBOUND_BUCKET")?, move || for_bucket.s3()),
            queue: OrderedQueue::new(env.required("INBOUND_QUEUE_URL")?, move || for_queue.sqs()),
        };
        Ok((router(app.clone(), &env.required("ALLOWED_ORIGIN")?), app.warm()))
    })
}
