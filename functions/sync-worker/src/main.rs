//! Wires the function; the work is in the library.

use app_runtime::{EnvError, OutboundQueue, Queue, now, run_worker};
use app_store::Table;
use app_vault::Vault;
use aws_lambda_events::sqs::SqsEvent;
use sync_worker::{App, Queues, handle};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, EnvError> {
        let (for_media, for_outbound, for_chores) = (aws.clone(), aws.clone(), aws.clone());
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let queues = Queues {
            media: Queue::new(env.required("MEDIA_QUEUE_URL")?, move || for_media.sqs()),
            outbound: OutboundQueue::new(env.required("OUTBOUND_QUEUE_URL")?, move || for_outbound.sqs()),
            chores: Queue::new(env.required("CHORES_QUEUE_URL")?, move || for_chores.sqs()),
        };
        let app = App::new(&table, vault, queues, env.optional("WHATSAPP_PHONE_NUMBER_ID"));
        Ok(move |event: SqsEvent| {
            let app = app.clone();
            async move { Ok(handle(&app, event, now()).await) }
        })
    })
}
