//! Wires the function; the work is in the library.

use app_runtime::{EnvError, now, run_worker};
use app_store::Table;
use app_vault::Vault;
use aws_lambda_events::sqs::SqsEvent;
use sync_worker::{App, handle};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, EnvError> {
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let app = App::new(table, vault);
        Ok(move |event: SqsEvent| {
            let app = app.clone();
            async move { Ok(handle(&app, event, now()).await) }
        })
    })
}
