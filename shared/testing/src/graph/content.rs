//! What a message says.

use serde_json::Value;

use super::fields::Fields;
use super::refusal::Refusal;
use super::rules::Rules;

const MAX_TEXT_CHARS: usize = 4096;
/// The longest body of a template with its parameters in it.
const MAX_TEMPLATE_CHARS: usize = 1024;

/// What a message of a kind says, in words.
pub(super) fn read(kind: &str, content: &Value, rules: &Rules) -> Result<String, Refusal> {
    match kind {
        "text" => text(content),
        "template" => template(content, rules),
        _ => reaction(content),
    }
}

fn text(content: &Value) -> Result<String, Refusal> {
    let fields = Fields::of("text", content, &["body", "preview_url"])?;
    fields.is_optional_bool("preview_url")?;
    Ok(fields.text("body", MAX_TEXT_CHARS)?.to_owned())
}

fn reaction(content: &Value) -> Result<String, Refusal> {
    let fields = Fields::of("reaction", content, &["message_id", "emoji"])?;
    fields.wamid("message_id")?;
    let emoji = fields.value("emoji")?.as_str();
    let emoji = emoji.filter(|emoji| emoji.chars().count() <= 16);
    Ok(emoji.ok_or_else(|| Refusal::value("reaction['emoji']", "it is no emoji"))?.to_owned())
}

fn template(content: &Value, rules: &Rules) -> Result<String, Refusal> {
    let fields = Fields::of("template", content, &["name", "language", "components"])?;
    let name = fields.text("name", 512)?;
    let language = Fields::of("template['language']", fields.value("language")?, &["code", "policy"])?
        .text("code", 20)?;
    let known = rules.templates.iter().find(|known| known.name == name && known.language == language);
    let known = known.ok_or_else(|| {
        Refusal::of(132_001, format!("Template name ({name}) does not exist in the translation ({language})"))
    })?;
    if known.is_paused {
        return Err(Refusal::of(132_015, format!("Template {name} is paused.")));
    }
    let mut parameters = Vec::new();
    if fields.has("components") {
        for component in array("template['components']", fields.value("components")?)? {
            let component = Fields::of("components", component, &["type", "parameters"])?;
            component.exactly("type", "body")?;
            for parameter in array("components['parameters']", component.value("parameters")?)? {
                let parameter = Fields::of("parameters", parameter, &["type", "text"])?;
                parameter.exactly("type", "text")?;
                parameters.push(parameter.text("text", 32_768)?);
            }
        }
    }
    if parameters.len() != known.parameters {
        let details =
            format!("body: number of localizable_params ({}) is not {}", parameters.len(), known.parameters);
        return Err(Refusal::of(132_000, details));
    }
    if parameters.iter().any(|text| text.contains(['\n', '\r', '\t']) || text.contains("     ")) {
        let details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
        return Err(Refusal::of(132_012, details));
    }
    if parameters.iter().map(|text| text.chars().count()).sum::<usize>() > MAX_TEMPLATE_CHARS {
        return Err(Refusal::of(132_005, "The translated text is too long."));
    }
    Ok(parameters.join("\n"))
}

fn array<'a>(name: &str, value: &'a Value) -> Result<&'a Vec<Value>, Refusal> {
    value.as_array().ok_or_else(|| Refusal::value(name, "it is no array"))
}
