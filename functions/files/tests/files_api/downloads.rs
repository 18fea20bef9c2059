//! Links to read files.

use app_domain::Timestamp;
use serde_json::json;

use crate::{PNG, Stage, failed, failure, now, path};

#[tokio::test]
async fn a_ready_file_can_be_downloaded_for_a_quarter_of_an_hour() {
    let stage = Stage::new().await;
    let file = stage.ready("Été à Lisbonne.png").await;
    let link = stage.get(&format!("{}/download", path(&file))).await.json();
    let expires_at: Timestamp = link["expiresAt"].as_str().unwrap().parse().unwrap();
    assert!((890..=900).contains(&expires_at.since(now()).as_secs()), "{expires_at}");
    let url = link["url"].as_str().unwrap();
    assert!(url.contains("X-Amz-Expires=900"), "{url}");
    let download = stage.http.get(url).send().await.unwrap();
    assert_eq!(download.status(), 200);
    assert_eq!(
        download.headers()["content-disposition"],
        "attachment; filename=\"_t_ _ Lisbonne.png\"; filename*=UTF-8''%C3%89t%C3%A9%20%C3%A0%20Lisbonne.png"
    );
    assert_eq!(download.headers()["content-type"], "image/png");
    assert_eq!(download.bytes().await.unwrap(), PNG);

    let as_page = url.replace("response-content-type=image%2Fpng", "response-content-type=text%2Fhtml");
    assert_eq!(stage.http.get(as_page).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_picture_is_shown_and_a_page_never_runs() {
    let stage = Stage::new().await;
    let picture = stage.ready("a.png").await;
    let page =
        stage.uploaded("a.html", "text/html", b"<script>alert(1)</script>").await.json()["file"].clone();
    let svg =
        stage.uploaded("a.svg", "image/svg+xml", b"<svg onload='alert(1)'/>").await.json()["file"].clone();
    for (file, kind, content_type) in [
        (&picture, "inline", "image/png"),
        (&page, "attachment", "application/octet-stream"),
        (&svg, "attachment", "application/octet-stream"),
    ] {
        let link = stage.get(&format!("{}/download?disposition=inline", path(file))).await.json();
        let download = stage.http.get(link["url"].as_str().unwrap()).send().await.unwrap();
        let disposition = download.headers()["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with(&format!("{kind}; ")), "{disposition}");
        assert_eq!(download.headers()["content-type"], content_type);
    }
    let reply = stage.get(&format!("{}/download?disposition=popup", path(&picture))).await;
    assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec!["disposition".to_owned()]));
}

#[tokio::test]
async fn hostile_names_are_kept_and_harmless_to_save() {
    let stage = Stage::new().await;
    let file = stage.ready("a.png").await;
    for (name, saved) in [
        ("../../etc/passwd", "filename=\"___.._etc_passwd\""),
        ("\"; filename=\"evil.exe", "filename=\"_; filename=_evil.exe\""),
        ("..\\..\\con.txt", "filename=\"___.._con.txt\""),
        ("%2e%2e%2f.bashrc", "filename=\"_2e_2e_2f.bashrc\""),
    ] {
        let reply = stage.patch(&path(&file), &json!({"filename": name})).await;
        assert_eq!(reply.json()["file"]["filename"], name);
        let link = stage.get(&format!("{}/download", path(&file))).await.json();
        let download = stage.http.get(link["url"].as_str().unwrap()).send().await.unwrap();
        let disposition = download.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(disposition.contains(saved), "{name}: {disposition}");
        let parameters = disposition.matches("filename").count() - name.matches("filename").count() * 2;
        assert_eq!(parameters, 2, "{disposition}");
    }
    for name in ["a\r\nSet-Cookie: x=y", "a\u{0}.png", "cod\u{202e}gnp.exe", ""] {
        let reply = stage.patch(&path(&file), &json!({"filename": name})).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec!["filename".to_owned()]));
    }
}

#[tokio::test]
async fn what_is_not_ready_cannot_be_downloaded() {
    let stage = Stage::new().await;
    let begun = stage.begun("a.png", "image/png", PNG).await;
    let reply = stage.get(&format!("{}/download", path(&begun["file"]))).await;
    assert_eq!(failure(&reply), failed(409, "FileNotReady"));
}
