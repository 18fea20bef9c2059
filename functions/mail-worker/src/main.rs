//! Wires the function; the work is in the library.

use app_runtime::{EnvError, now, run_worker};
use app_store::Table;
use app_vault::Vault;
use aws_lambda_events::sqs::SqsEvent;
use mail_worker::{App, Sender, handle};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, EnvError> {
        let for_mail = aws.clone();
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let sender = Sender::new(env.parsed("MAIL_FROM")?, move || for_mail.sesv2());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let app = App::new(&table, vault, sender, env.parsed("APP_URL")?);
        Ok(move |event: SqsEvent| {
            let app = app.clone();
            async move { Ok(handle(&app, event, now()).await) }
        })
    })
}
