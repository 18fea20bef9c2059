//! Orders from a catalog.

use serde_json::Value;

use super::Said;
use super::parts::{camel, joined, labelled, lines, list, plain, text};

pub(super) fn said(order: &Value) -> Said {
    let items = list(&order["product_items"]).map(item);
    let words = lines([text(&order["text"])].into_iter().chain(items));
    Said::default().say(labelled("Order", words)).with("order", camel(order))
}

/// Such as `2 × sku-1 at 9.5 EUR`.
fn item(item: &Value) -> Option<String> {
    let product = plain(&item["product_retailer_id"])?;
    let quantity = plain(&item["quantity"]).map(|quantity| format!("{quantity} ×"));
    let price = joined([plain(&item["item_price"]), text(&item["currency"])], " ");
    joined([quantity, Some(product), price.map(|price| format!("at {price}"))], " ")
}
