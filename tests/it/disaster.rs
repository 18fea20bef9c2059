//! The runbooks, followed on the deployed stack: their own programs, with the deployer's credentials, on data that was harmed first. One by one: they stop
//! the whole stack, and end everybody's sessions. `aws` commands of the runbooks are the same calls here.

mod dead_letters;
mod keys;
mod search_bucket;
mod table;

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

use aws_sdk_lambda::Client as Lambda;
use aws_sdk_lambda::types::Environment;
use dead_letters::{
    a_dead_mail_is_sent_once_when_it_is_sent_back, a_dead_whatsapp_message_becomes_one_memory,
    what_nobody_can_read_is_dropped_and_kept,
};
use e2e::{Person, Stack, repository};
use keys::{a_leaked_key_is_worth_nothing, keys_rotate_without_signing_anybody_out};
use search_bucket::{a_lost_search_bucket_is_made_again, a_wiped_search_bucket_is_filled_again};
use serde_json::json;
use table::{
    a_copy_of_a_moment_puts_back_what_was_harmed, an_emptied_table_is_filled_from_an_export,
    one_person_gets_their_memories_back, wrapped_keys_are_wrapped_again,
};

crate::trials!(
    a_dead_mail_is_sent_once_when_it_is_sent_back,
    a_dead_whatsapp_message_becomes_one_memory,
    what_nobody_can_read_is_dropped_and_kept,
    keys_rotate_without_signing_anybody_out,
    a_leaked_key_is_worth_nothing,
    a_wiped_search_bucket_is_filled_again,
    a_lost_search_bucket_is_made_again,
    one_person_gets_their_memories_back,
    a_copy_of_a_moment_puts_back_what_was_harmed,
    wrapped_keys_are_wrapped_again,
    an_emptied_table_is_filled_from_an_export,
);

/// Runs a program of the runbooks on the stack, and gives what it printed.
fn tool(stack: &Stack, script: &str, arguments: &[&str]) -> String {
    let (is_well, said) = tried(stack, script, arguments);
    assert!(is_well, "{script} {arguments:?}: {said}");
    said
}

/// Runs a program that may refuse: whether it did what it was asked, and what it said.
fn tried(stack: &Stack, script: &str, arguments: &[&str]) -> (bool, String) {
    let mut program = Command::new(repository().join(".local/venv/bin/python"));
    program.current_dir(repository()).arg(script).args(arguments).args(["--stack", "memory-app"]);
    let ended = program.envs(stack.environment()).output().unwrap();
    let said = [ended.stdout, ended.stderr].concat();
    (ended.status.success(), String::from_utf8(said).unwrap())
}

/// Sets a variable of a function, which makes it forget everything it holds. Returns what was there.
async fn set(stack: &Stack, function: &str, name: &str, value: Option<&str>) -> Option<String> {
    let lambda = Lambda::new(&stack.aws());
    let function = stack.output(function);
    let found = lambda.get_function_configuration().function_name(function).send().await.unwrap();
    let mut variables: HashMap<String, String> = found.environment.unwrap().variables.unwrap();
    let was = match value {
        Some(value) => variables.insert(name.to_owned(), value.to_owned()),
        None => variables.remove(name),
    };
    let environment = Environment::builder().set_variables(Some(variables)).build();
    lambda
        .update_function_configuration()
        .function_name(function)
        .environment(environment)
        .send()
        .await
        .unwrap();
    was
}

/// Has every function forget what it holds, as the loop in rotate-keys.md does.
async fn renewed(stack: &Stack) {
    let now = jiff::Timestamp::now().as_millisecond().to_string();
    for function in stack.functions() {
        set(stack, &function, "RESTARTED_AT", Some(&now)).await;
    }
}

/// The same person, who has signed in anew.
async fn signed_in(person: &Person) -> Person {
    let credentials = json!({"email": person.email, "password": person.password});
    let reply = person.post("/auth/login", &credentials).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    person.with_token(reply.body["accessToken"].as_str().unwrap())
}

/// Asks again and again until there is an answer, for five minutes: the indexes of everybody whom all tests have registered are made again meanwhile.
async fn patiently<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    for _ in 0..1_500 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("waited five minutes for {what}")
}

/// Sends a job to the indexer's queue.
async fn index_job(stack: &Stack, job: &str) {
    let queue = aws_sdk_sqs::Client::new(&stack.aws());
    let message = queue.send_message().queue_url(stack.output("IndexQueueUrl"));
    message.message_body(json!({"job": job}).to_string()).send().await.unwrap();
}
