//! A local cloud of the tests' own, with the product deployed to it.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use app_testing::drives::{FakeDropbox, FakeGoogleDrive, FakeOneDrive, PlayedDrive};
use app_testing::graph::FakeGraph;
use app_testing::openai::FakeOpenAi;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use serde_json::{Value, json};

/// The deployed stack. It ends when this is dropped, unless somebody else started it.
pub struct Stack {
    outputs: Value,
    /// The port of a local cloud that is the tests' own.
    port: Option<u16>,
    /// The models on a server that the stack may ask.
    models: FakeOpenAi,
    /// Meta's Graph API, which the stack sends through and fetches media from.
    graph: FakeGraph,
    /// People's drives. Each is one person's, whoever connects it.
    drives: Drives,
}

/// One drive of each provider.
pub struct Drives {
    /// Google Drive.
    pub google: FakeGoogleDrive,
    /// Dropbox.
    pub dropbox: FakeDropbox,
    /// OneDrive.
    pub onedrive: FakeOneDrive,
}

impl Drives {
    fn start() -> Self {
        Self {
            google: FakeGoogleDrive::start(),
            dropbox: FakeDropbox::start(),
            onedrive: FakeOneDrive::start(),
        }
    }

    /// The drive of a provider.
    pub fn of(&self, provider: &str) -> &dyn PlayedDrive {
        match provider {
            "google-drive" => &self.google,
            "dropbox" => &self.dropbox,
            "onedrive" => &self.onedrive,
            other => panic!("nobody plays {other}"),
        }
    }

    /// How they know the product.
    fn registrations(&self) -> Value {
        let registration = |provider: &str, id: &str, secret: &str| json!({"clientId": id, "clientSecret": secret, "origin": self.of(provider).origin()});
        json!({
            "google-drive": registration("google-drive", FakeGoogleDrive::CLIENT_ID, FakeGoogleDrive::CLIENT_SECRET),
            "dropbox": registration("dropbox", FakeDropbox::CLIENT_ID, FakeDropbox::CLIENT_SECRET),
            "onedrive": registration("onedrive", FakeOneDrive::CLIENT_ID, FakeOneDrive::CLIENT_SECRET),
        })
    }
}

/// The folder that holds `Cargo.toml` and `template.yaml`.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests' folder is in the repository")
}

impl Stack {
    /// A model on a server that the stack may ask, besides the built-in one, which answers unless told.
    pub const SERVED_MODEL: &str = "gpt-6-luna";
    /// The model on that server that writes voice notes down.
    pub const TRANSCRIBER: &str = "whisper-1";

    /// Starts a local cloud on a free port and deploys to it. With `MEMORY_APP_OUTPUTS`, uses the stack whose outputs that
    /// file holds, and leaves it running: faster while writing a test.
    pub fn start() -> anyhow::Result<Self> {
        if let Some(path) = std::env::var_os("MEMORY_APP_OUTPUTS") {
            let outputs = read(Path::new(&path))?;
            let (models, graph) = (FakeOpenAi::start(), FakeGraph::start());
            return Ok(Self { outputs, port: None, models, graph, drives: Drives::start() });
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let outputs = repository().join(format!(".local/e2e-{port}.json"));
        // Made before the start, so that a start that fails half-way is cleaned up as well.
        let (models, graph) = (FakeOpenAi::start(), FakeGraph::start());
        // It does not hear who writes to us.
        graph.open_windows();
        let drives = Drives::start();
        let mut stack = Self { outputs: Value::Null, port: Some(port), models, graph, drives };
        let mut start = script("start", port);
        start.arg("--outputs").arg(&outputs);
        for (name, value) in [
            ("OpenAiBaseUrl", stack.models.base_url().as_str()),
            ("OpenAiApiKey", FakeOpenAi::KEY),
            ("ChatModels", &format!("built-in,{}", Self::SERVED_MODEL)),
            ("TranscriptionModel", Self::TRANSCRIBER),
            ("WhatsAppBaseUrl", stack.graph.base_url().as_str()),
            ("DriveProviders", &stack.drives.registrations().to_string()),
            ("DriveAddresses", "any"),
        ] {
            start.arg("--parameter").arg(format!("{name}={value}"));
        }
        let started = start.status()?;
        ensure!(started.success(), "the local cloud did not start");
        stack.outputs = read(&outputs)?;
        std::fs::remove_file(&outputs)?;
        Ok(stack)
    }

    /// An output of the stack, such as `TableName`.
    pub fn output(&self, name: &str) -> &str {
        self.outputs[name].as_str().unwrap_or_else(|| panic!("the stack has no output {name}"))
    }

    /// The outputs that name functions.
    pub fn functions(&self) -> Vec<String> {
        let names = self.outputs.as_object().into_iter().flat_map(|outputs| outputs.keys());
        names.filter(|name| name.ends_with("FunctionName")).cloned().collect()
    }

    /// The server of the models. It is not that of a stack that somebody else started.
    pub fn models(&self) -> Option<&FakeOpenAi> {
        self.port.map(|_| &self.models)
    }

    /// Meta's Graph API. It is not that of a stack that somebody else started.
    pub fn graph(&self) -> Option<&FakeGraph> {
        self.port.map(|_| &self.graph)
    }

    /// People's drives. They are not those of a stack that somebody else started.
    pub fn drives(&self) -> Option<&Drives> {
        self.port.map(|_| &self.drives)
    }

    /// The process of the local cloud, which starts those of the functions.
    pub fn process(&self) -> anyhow::Result<u32> {
        let port = self.output("CloudEndpoint").rsplit(':').next().context("the local cloud has a port")?;
        let process = repository().join(format!(".local/stacks/{port}/process"));
        Ok(std::fs::read_to_string(process)?.trim().parse()?)
    }

    /// The URL of a path of the API.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.output("ApiUrl"))
    }

    /// The variables with which a tool of the deployer's works on this stack.
    pub fn environment(&self) -> Vec<(String, String)> {
        let variables = self.outputs["env"].as_object().into_iter().flatten();
        variables.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
    }

    /// The configuration of AWS clients with the deployer's rights.
    pub fn aws(&self) -> SdkConfig {
        let variable = |name: &str| self.outputs["env"][name].as_str().unwrap_or_default().to_owned();
        let credentials = Credentials::new(
            variable("AWS_ACCESS_KEY_ID"),
            variable("AWS_SECRET_ACCESS_KEY"),
            None,
            None,
            "deployer",
        );
        self.aws_as(credentials)
    }

    /// The configuration of AWS clients with anyone's rights.
    pub fn aws_as(&self, credentials: Credentials) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(self.output("CloudEndpoint"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build()
    }

    /// Everything that the functions have logged so far.
    pub fn logs(&self) -> anyhow::Result<String> {
        let port = self.output("CloudEndpoint").rsplit(':').next().context("the local cloud has a port")?;
        Ok(std::fs::read_to_string(repository().join(format!(".local/stacks/{port}/cloud.log")))?)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if let Some(port) = self.port {
            let stopped = script("stop", port).status();
            assert!(
                stopped.is_ok_and(|status| status.success()),
                "the local cloud on port {port} did not stop"
            );
        }
    }
}

fn script(command: &str, port: u16) -> Command {
    let mut script = Command::new("python3");
    script.current_dir(repository()).args(["infra/local/stack.py", command, "--port", &port.to_string()]);
    script
}

fn read(path: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("no outputs at {}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}
