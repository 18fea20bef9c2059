//! The page of the API reference, as a browser fetches it.

use std::sync::Arc;

use e2e::{Person, Stack};
use serde_json::json;

crate::trials!(the_page_finds_its_files_from_where_it_is, nothing_beside_the_pages_files_is_served);

/// What the page has the browser fetch, as it names it.
fn fetched(page: &str) -> Vec<String> {
    let starts = ["<script defer src=\"", "<link rel=\"stylesheet\" href=\""];
    let after = starts.iter().flat_map(|start| page.split(start).skip(1));
    after.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The API's path has a stage in it, and here more, so that only a relative address comes out right.
async fn the_page_finds_its_files_from_where_it_is(stack: Arc<Stack>) {
    let anyone = Person::stranger(&stack);
    let page = anyone.get("/docs").await;
    assert_eq!(
        (page.status.as_u16(), &page.headers["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    let policies: Vec<_> = page.headers.get_all("content-security-policy").iter().collect();
    assert!(
        policies.len() == 1 && policies[0].to_str().unwrap().contains("script-src 'self'"),
        "{policies:?}"
    );
    let files = fetched(page.body.as_str().unwrap());
    assert_eq!(files.len(), 3, "{files:?}");
    let address = reqwest::Url::parse(&stack.url("/docs")).unwrap();
    for file in files {
        let place = address.join(&file).unwrap();
        let path = place
            .as_str()
            .strip_prefix(&stack.url(""))
            .unwrap_or_else(|| panic!("{place} is not of the API"));
        let served = anyone.get(path).await;
        assert_eq!(served.status, 200, "{path}");
        let expected =
            if file.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
        assert_eq!(served.headers["content-type"], expected, "{path}");
        assert_eq!(served.headers["cache-control"], "public, max-age=31536000, immutable", "{path}");
    }
}

async fn nothing_beside_the_pages_files_is_served(stack: Arc<Stack>) {
    let anyone = Person::stranger(&stack);
    for name in
        ["swagger-ui.css", "..%2fopenapi.json", "%2e%2e%2fbootstrap", "..%5cbootstrap", "%2fetc%2fpasswd"]
    {
        let reply = anyone.get(&format!("/docs/{name}")).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (404, &json!("NotFound")), "{name}");
    }
}
