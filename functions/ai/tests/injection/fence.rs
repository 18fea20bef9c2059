//! What a model was asked, and what of it stands between the marks.

use serde_json::Value;

/// The words of a request.
pub(crate) struct Asked {
    /// What the marks of this request have in them.
    pub(crate) fence: String,
    pub(crate) instructions: String,
    /// What is no instruction and was not said by the model: what stands between marks, and what does not.
    pub(crate) inside: String,
    pub(crate) outside: String,
}

impl Asked {
    pub(crate) fn read(body: &Value) -> Self {
        let content = |message: &Value| message["content"].as_str().unwrap_or_default().to_owned();
        let messages = body["messages"].as_array().unwrap();
        let instructions = content(&messages[0]);
        assert!(matches!(messages[0]["role"].as_str(), Some("system" | "developer")), "{body}");
        let fence = instructions.split("<<memory ").nth(1).unwrap().split(">>").next().unwrap().to_owned();
        let [begin, end] = [format!("<<memory {fence}>>\n"), format!("\n<<end of memory {fence}>>")];
        let (mut inside, mut outside) = (String::new(), String::new());
        for message in messages.iter().skip(1).filter(|message| message["role"] != "assistant") {
            let text = content(message);
            let mut parts = text.split(&begin);
            outside += parts.next().unwrap();
            for part in parts {
                let (within, behind) = part.split_once(&end).unwrap();
                inside += within;
                inside.push('\n');
                outside += behind;
            }
        }
        Self { fence, instructions, inside, outside }
    }
}
