//! Wires the function; the work is in the library.

use app_http::{Authenticator, KeySource};
use app_runtime::{EnvError, Secrets, now, run_http};
use app_store::{AccessGate, Table, WhatsappLinks};
use sync::{App, BusinessNumber, router};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_http(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let keys = Secrets::new(aws.clone()).reader(env.required("JWT_PUBLIC_KEYS_SECRET")?);
        let app = App {
            links: WhatsappLinks::new(table.clone()),
            business_number: BusinessNumber(env.optional("WHATSAPP_PHONE_NUMBER")),
            authenticator: Authenticator::new(
                KeySource::new(keys),
                AccessGate::new(table, now),
                env.parsed("RATE_LIMITS")?,
            ),
        };
        Ok(router(app, &env.required("ALLOWED_ORIGIN")?))
    })
}
