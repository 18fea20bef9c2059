//! Each function's role lets it do its work and nothing else. The local cloud enforces IAM as AWS does.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use e2e::Stack;

crate::trials!(a_call_outside_a_functions_role_is_denied);

/// A call to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    ReadTable,
    WriteTable,
    DeleteFromTable,
    ScanTable,
    SendInbound,
    SendJobs,
    SendImports,
    SendDrives,
    SendMail,
    SendChores,
    SendIndexJobs,
    SendMedia,
    SendOutbound,
    SearchVectors,
    ReadFile,
    WriteFile,
    WriteExport,
    WriteImport,
    WriteDriveState,
    WriteSegment,
    WriteInbound,
    ReadSigningKey,
    ReadAppSecret,
    ReadAccessToken,
    ReadDriveProviders,
}

use Probe::{
    DeleteFromTable, ReadAccessToken, ReadAppSecret, ReadDriveProviders, ReadFile, ReadSigningKey, ReadTable,
    ScanTable, SearchVectors, SendChores, SendDrives, SendImports, SendInbound, SendIndexJobs, SendJobs,
    SendMail, SendMedia, SendOutbound, WriteDriveState, WriteExport, WriteFile, WriteImport, WriteInbound,
    WriteSegment, WriteTable,
};

const ALL: [Probe; 25] = [
    ReadTable,
    WriteTable,
    DeleteFromTable,
    ScanTable,
    SendInbound,
    SendJobs,
    SendImports,
    SendDrives,
    SendMail,
    SendChores,
    SendIndexJobs,
    SendMedia,
    SendOutbound,
    SearchVectors,
    ReadFile,
    WriteFile,
    WriteExport,
    WriteImport,
    WriteDriveState,
    WriteSegment,
    WriteInbound,
    ReadSigningKey,
    ReadAppSecret,
    ReadAccessToken,
    ReadDriveProviders,
];

/// What each function may do of it.
const ALLOWED: [(&str, &[Probe]); 21] = [
    ("AuthFunctionName", &[ReadTable, WriteTable, DeleteFromTable, SendMail, ReadSigningKey]),
    ("UsersFunctionName", &[ReadTable, WriteTable]),
    ("MemoriesFunctionName", &[ReadTable, WriteTable, DeleteFromTable, SendChores, SendOutbound]),
    ("SearchFunctionName", &[ReadTable, WriteTable, SendIndexJobs, SearchVectors]),
    ("IndexerFunctionName", &[ReadTable, WriteTable, SendIndexJobs, ReadFile, WriteSegment]),
    ("WhatsappFunctionName", &[SendInbound, WriteInbound, ReadAppSecret]),
    (
        "SyncFunctionName",
        &[
            ReadTable,
            WriteTable,
            DeleteFromTable,
            SendMedia,
            SendChores,
            SendDrives,
            SendMail,
            ReadAppSecret,
            ReadDriveProviders,
        ],
    ),
    (
        "SyncWorkerFunctionName",
        &[ReadTable, WriteTable, DeleteFromTable, SendMedia, SendOutbound, SendChores],
    ),
    (
        "MediaWorkerFunctionName",
        &[
            ReadTable,
            WriteTable,
            DeleteFromTable,
            SendMedia,
            SendOutbound,
            ReadFile,
            WriteFile,
            ReadAccessToken,
        ],
    ),
    (
        "OutboundWorkerFunctionName",
        &[ReadTable, WriteTable, DeleteFromTable, SearchVectors, SendJobs, ReadAccessToken],
    ),
    ("FilesFunctionName", &[ReadTable, WriteTable, DeleteFromTable, ReadFile, WriteFile]),
    ("ExportsFunctionName", &[ReadTable, WriteTable, DeleteFromTable, SendJobs, SendImports, WriteImport]),
    ("ExportWorkerFunctionName", &[ReadTable, SendJobs, ReadFile, WriteExport]),
    (
        "ImportWorkerFunctionName",
        &[ReadTable, WriteTable, DeleteFromTable, SendImports, ReadFile, WriteFile, WriteImport],
    ),
    (
        "BackupWorkerFunctionName",
        &[
            ReadTable,
            WriteTable,
            DeleteFromTable,
            SendDrives,
            SendImports,
            SendMail,
            ReadFile,
            WriteImport,
            WriteDriveState,
            ReadDriveProviders,
        ],
    ),
    // It asks what is due, and opens nothing.
    ("SchedulerFunctionName", &[SendDrives]),
    ("MailWorkerFunctionName", &[ReadTable, WriteTable, DeleteFromTable]),
    (
        "ChoresWorkerFunctionName",
        &[ReadTable, WriteTable, DeleteFromTable, SendMail, SendChores, SendInbound],
    ),
    ("AiFunctionName", &[ReadTable, WriteTable, DeleteFromTable, SendChores, SearchVectors]),
    ("AiStreamFunctionName", &[ReadTable, WriteTable, DeleteFromTable, SearchVectors]),
    ("OpsFunctionName", &[ReadTable]),
];

async fn a_call_outside_a_functions_role_is_denied(stack: Arc<Stack>) {
    let known: Vec<&str> = ALLOWED.iter().map(|(function, _)| *function).collect();
    for function in stack.functions() {
        assert!(known.contains(&function.as_str()), "what {function} may do is not listed");
    }
    for (function, allowed) in ALLOWED {
        let role = with_the_role_of(&stack, stack.output(function)).await;
        for probe in ALL {
            let expected = allowed.contains(&probe);
            let answer = tried(&stack, &role, probe).await;
            assert_eq!(answer.is_ok(), expected, "{function} {probe:?}: {answer:?}");
            if let Err(code) = answer {
                assert!(code.contains("AccessDenied"), "{function} {probe:?}: {code}");
            }
        }
    }
}

async fn with_the_role_of(stack: &Stack, function: &str) -> SdkConfig {
    let lambda = aws_sdk_lambda::Client::new(&stack.aws());
    let configuration = lambda.get_function_configuration().function_name(function).send().await.unwrap();
    let assume = aws_sdk_sts::Client::new(&stack.aws()).assume_role();
    let session =
        assume.role_arn(configuration.role().unwrap()).role_session_name("end-to-end-test").send().await;
    let key = session.unwrap().credentials.unwrap();
    stack.aws_as(Credentials::new(
        key.access_key_id,
        key.secret_access_key,
        Some(key.session_token),
        None,
        "role",
    ))
}

/// The error's code if the call fails.
async fn tried(stack: &Stack, role: &SdkConfig, probe: Probe) -> Result<(), String> {
    let table = aws_sdk_dynamodb::Client::new(role);
    let queues = aws_sdk_sqs::Client::new(role);
    let secrets = aws_sdk_secretsmanager::Client::new(role);
    let (name, key) = (stack.output("TableName"), || AttributeValue::S("PROBE".to_owned()));
    // A probe that gets through is refused by the worker and ends in the dead-letter queue, like any message that is none.
    let send = |queue: &str| queues.send_message().queue_url(stack.output(queue)).message_body("probe");
    let read = |secret: &str| secrets.get_secret_value().secret_id(stack.output(secret));
    let config = aws_sdk_s3::config::Builder::from(role).force_path_style(true).build();
    let bucket = aws_sdk_s3::Client::from_conf(config);
    let put = bucket.put_object().key("PROBE");
    match probe {
        ReadTable => code(table.get_item().table_name(name).key("pk", key()).key("sk", key()).send().await),
        WriteTable => {
            code(table.put_item().table_name(name).item("pk", key()).item("sk", key()).send().await)
        }
        DeleteFromTable => {
            code(table.delete_item().table_name(name).key("pk", key()).key("sk", key()).send().await)
        }
        ScanTable => code(table.scan().table_name(name).send().await),
        SendInbound => {
            let message = send("InboundQueueUrl").message_group_id("probe").message_deduplication_id("probe");
            code(message.send().await)
        }
        SendJobs => code(send("JobsQueueUrl").send().await),
        SendImports => code(send("ImportsQueueUrl").send().await),
        SendDrives => code(send("DrivesQueueUrl").send().await),
        SendMail => code(send("MailQueueUrl").send().await),
        SendChores => code(send("ChoresQueueUrl").send().await),
        SendIndexJobs => code(send("IndexQueueUrl").send().await),
        SendMedia => code(send("MediaQueueUrl").send().await),
        SendOutbound => {
            let message = send("OutboundQueueUrl").message_group_id("probe");
            code(message.message_deduplication_id("probe").send().await)
        }
        SearchVectors => {
            let vector = vec![AttributeValue::N("1".to_owned()); 256];
            let search = table.search_vectors().table_name(name).index_name("vectors").top_k(1);
            let search = search.set_search_vector(Some(vector));
            let search = search.search_condition_expression("vectorOwner = :owner");
            code(search.expression_attribute_values(":owner", key()).send().await)
        }
        ReadFile => {
            let get = bucket.get_object().key("PROBE").bucket(stack.output("FilesBucketName"));
            // There is no such file, which only those are told who may read.
            code(get.send().await).or_else(|code| if code == "NoSuchKey" { Ok(()) } else { Err(code) })
        }
        WriteFile => code(put.bucket(stack.output("FilesBucketName")).send().await),
        WriteExport => code(put.bucket(stack.output("ExportsBucketName")).send().await),
        WriteImport => code(put.bucket(stack.output("ImportsBucketName")).send().await),
        WriteDriveState => code(put.bucket(stack.output("DrivesBucketName")).send().await),
        WriteSegment => code(put.bucket(stack.output("SearchBucketName")).send().await),
        WriteInbound => code(put.bucket(stack.output("InboundBucketName")).send().await),
        ReadSigningKey => code(read("JwtSigningKeySecretArn").send().await),
        ReadAppSecret => code(read("WhatsAppAppSecretArn").send().await),
        ReadAccessToken => {
            let secret = variable(stack, "MediaWorkerFunctionName", "WHATSAPP_ACCESS_TOKEN").await;
            code(secrets.get_secret_value().secret_id(secret).send().await)
        }
        ReadDriveProviders => {
            let secret = variable(stack, "BackupWorkerFunctionName", "DRIVE_PROVIDERS_SECRET").await;
            code(secrets.get_secret_value().secret_id(secret).send().await)
        }
    }
}

/// A variable of a function.
async fn variable(stack: &Stack, function: &str, name: &str) -> String {
    let function = aws_sdk_lambda::Client::new(&stack.aws())
        .get_function_configuration()
        .function_name(stack.output(function));
    let function = function.send().await.unwrap();
    function.environment().unwrap().variables().unwrap()[name].clone()
}

fn code<T, E: ProvideErrorMetadata>(answer: Result<T, E>) -> Result<(), String> {
    answer.map(drop).map_err(|error| error.code().unwrap_or("no code").to_owned())
}
