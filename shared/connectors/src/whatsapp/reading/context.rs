//! What stands around a message: what it answers, where it comes from.

use serde_json::Value;

use super::Said;
use super::parts::{camel, id, labelled, lines, plain, text};
use super::unsupported::reasons;

/// Adds it to what is known, and to the words where they are not understood without it.
pub(super) fn add(said: &mut Said, message: &Value) {
    let (context, referral) = (&message["context"], &message["referral"]);
    said.reply_to = id(&context["id"]);
    said.is_frequently_forwarded = context["frequently_forwarded"] == true;
    said.is_forwarded = said.is_frequently_forwarded || context["forwarded"] == true;
    let product = &context["referred_product"];
    let missing = reasons(&message["errors"]).filter(|_| said.kind != "unsupported");
    said.text = lines([said.text.take(), missing, about(product), seen(referral)]);
    said.know("product", camel(product));
    said.know("referral", camel(referral));
    said.know("identity", camel(&message["identity"]));
    said.know("errors", camel(&message["errors"]));
    said.know("groupId", camel(&message["group_id"]));
    said.know("historyStatus", camel(&message["history_context"]["status"]));
}

fn about(product: &Value) -> Option<String> {
    let catalog = plain(&product["catalog_id"]).map(|catalog| format!(" of catalog {catalog}"));
    let product = plain(&product["product_retailer_id"])?;
    Some(format!("About the product {product}{}", catalog.unwrap_or_default()))
}

/// The ad or post that brought somebody here.
fn seen(referral: &Value) -> Option<String> {
    let label = if referral["source_type"] == "post" { "From a post" } else { "From an ad" };
    labelled(label, lines(["headline", "body", "source_url"].map(|name| text(&referral[name]))))
}
