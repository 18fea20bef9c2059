//! `GET /docs` and `GET /docs/{file}`: the API, shown by Swagger UI. Everything that the page needs is in the function.

use app_http::{ApiError, PathId};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::kept::has_it;
use crate::reference_files::{FILES, PAGE, Served};

/// The page runs and shows what comes from here, and asks this API; pictures are part of the styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A file is called by what is in it, so that it is never another one.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The page says what the files are called, so that it is asked about each time.
const ASK_FIRST: &str = "no-cache";

/// Read the API's reference: a page for people, on which the operations can be tried.
#[utoipa::path(
    get, operation_id = "readReference", path = "/docs", tag = "ops",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the page you have.")),
    responses(
        (
            status = 200, description = "The page.", body = String, content_type = "text/html",
            headers(("ETag" = String, description = "Changes when the page does.")),
        ),
        (status = 304, description = "You have it."),
    ),
)]
pub(crate) async fn page(headers: HeaderMap) -> Response {
    let policy = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::REFERRER_POLICY, "no-referrer")];
    (policy, answer(&PAGE, &headers, ASK_FIRST)).into_response()
}

/// Read a file that the reference's page names: its scripts, its styles.
#[utoipa::path(
    get, operation_id = "readReferenceFile", path = "/docs/{file}", tag = "ops",
    params(
        ("file" = String, Path, description = "As the page names it."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the file you have."),
    ),
    responses(
        (
            status = 200, description = "The file.",
            content((String = "text/javascript"), (String = "text/css")),
            headers(("ETag" = String, description = "Changes when the file does, and so does its name.")),
        ),
        (status = 304, description = "You have it."),
        (status = 404, description = "The page names no such file.", body = app_http::ErrorBody),
    ),
)]
pub(crate) async fn file(PathId(name): PathId<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    let file = FILES.iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| ApiError::not_found("file of the reference"))?;
    Ok(answer(file, &headers, FOR_EVER))
}

fn answer(served: &'static Served, headers: &HeaderMap, caching: &'static str) -> Response {
    let caching = [(header::ETAG, served.etag.as_str()), (header::CACHE_CONTROL, caching)];
    if has_it(headers, &served.etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, served.content_type)], served.content.as_ref()).into_response()
}

#[cfg(test)]
mod tests {
    use app_testing::{Call, Reply, event};
    use axum::http::Method;

    use super::*;
    use crate::reference_files::{CSS, HTML, JAVASCRIPT};
    use crate::{App, Check, Checks, Health, router};

    async fn answered(call: Call) -> Reply {
        let checks = Checks::all(&Check::new(async || Ok(())));
        call.send(&router(App::of(Health::new(checks)), "*")).await
    }

    fn header(reply: &Reply, name: &str) -> String {
        reply.headers[name].to_str().unwrap().to_owned()
    }

    /// What the page has the browser fetch.
    fn fetched(page: &str) -> Vec<&str> {
        let starts = ["<script defer src=\"", "<link rel=\"stylesheet\" href=\""];
        let after = starts.iter().flat_map(|start| page.split(start).skip(1));
        after.map(|rest| rest.split('"').next().unwrap()).collect()
    }

    #[tokio::test]
    async fn the_page_may_load_what_comes_from_here_and_nothing_else() {
        let reply = answered(Call::of_event(&event("ops/docs.json"))).await;
        assert_eq!((reply.status.as_u16(), header(&reply, "content-type").as_str()), (200, HTML));
        assert_eq!(header(&reply, "cache-control"), "no-cache");
        assert_eq!(reply.headers.get_all("content-security-policy").iter().collect::<Vec<_>>(), [POLICY]);
        assert!(!POLICY.contains("unsafe") && !POLICY.contains("http") && !POLICY.contains('*'), "{POLICY}");
        for place in fetched(&reply.text).iter().chain(["openapi.json"].iter()) {
            assert!(
                reply.text.contains(place) && !place.contains("//") && !place.starts_with('/'),
                "{place}"
            );
        }
        assert!(!reply.text.contains("//") && !reply.text.contains('{'), "{}", reply.text);
        assert!(!reply.text.contains("<style") && !reply.text.contains("style="), "{}", reply.text);
        assert!(!reply.text.contains("<script>"), "{}", reply.text);
    }

    #[tokio::test]
    async fn every_file_that_the_page_names_is_served_and_may_be_kept() {
        let page = answered(Call::get("/docs")).await.text;
        let files = fetched(&page);
        assert_eq!(files.len(), FILES.len(), "{files:?}");
        for file in files {
            let reply = answered(Call::get(&format!("/{file}"))).await;
            let expected = if file.ends_with(".css") { CSS } else { JAVASCRIPT };
            assert_eq!(
                (reply.status.as_u16(), header(&reply, "content-type").as_str()),
                (200, expected),
                "{file}"
            );
            assert_eq!(header(&reply, "cache-control"), FOR_EVER, "{file}");
            assert_eq!(header(&reply, "x-content-type-options"), "nosniff", "{file}");
            // Lambda answers up to 6 MB.
            assert!((500..4_000_000).contains(&reply.text.len()), "{file} has {} bytes", reply.text.len());
        }
    }

    /// Styles load pictures and other styles by themselves. What scripts ask for, only a browser can tell: the policy holds them.
    #[test]
    fn no_style_loads_from_elsewhere() {
        for file in FILES.iter().filter(|file| file.content_type == CSS) {
            assert!(!file.content.contains("@import"), "{}", file.name);
            for place in file.content.split("url(").skip(1) {
                let place = place.trim_start_matches(['"', '\'']);
                assert!(place.starts_with("data:"), "{}: {place:.60}", file.name);
            }
        }
    }

    #[tokio::test]
    async fn who_has_it_is_not_sent_it_again() {
        for path in ["/docs".to_owned(), format!("/docs/{}", FILES[0].name)] {
            let tag = header(&answered(Call::get(&path)).await, "etag");
            let again = answered(Call::get(&path).header("if-none-match", &tag)).await;
            assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""), "{path}");
            assert_eq!(header(&again, "etag"), tag);
            assert_eq!(answered(Call::get(&path).header("if-none-match", "\"other\"")).await.status, 200);
        }
    }

    #[tokio::test]
    async fn nothing_else_is_there() {
        let others = [
            "swagger-ui.css",
            "page.html",
            "..",
            "%2e%2e",
            "..%2fopenapi.json",
            "%2fetc%2fpasswd",
            "..%5c..%5cpasswd",
            "show.js%00",
            "%ff",
            "index.html",
            "show.00000000.js",
        ];
        for name in others {
            let reply = answered(Call::get(&format!("/docs/{name}"))).await;
            assert_eq!(
                (reply.status.as_u16(), &reply.json()["error"]["type"]),
                (404, &"NotFound".into()),
                "{name}"
            );
            assert_eq!(header(&reply, "cache-control"), "no-store", "{name}");
        }
    }

    #[tokio::test]
    async fn it_is_read_and_nothing_else() {
        for path in ["/docs".to_owned(), format!("/docs/{}", FILES[0].name)] {
            let head = answered(Call::new(Method::HEAD, &path)).await;
            assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""), "{path}");
            let posted = answered(Call::new(Method::POST, &path)).await;
            assert_eq!(
                (posted.status.as_u16(), &posted.json()["error"]["type"]),
                (405, &"MethodNotAllowed".into())
            );
        }
    }
}
