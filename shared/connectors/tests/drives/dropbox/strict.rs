//! What the Dropbox that is played refuses, as the real one does.

use app_testing::drives::{FakeDropbox, PlayedDrive};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Raw, summary, told};

#[tokio::test]
async fn who_has_no_good_token_is_refused() {
    let mut raw = Raw::new();
    let anonymous = reqwest::Client::new().post(format!("{}/2/users/get_space_usage", raw.played.origin()));
    let (status, _) = told(anonymous.send().await.unwrap()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    for (token, wanted) in [
        ("unknown".to_owned(), "invalid_access_token/.."),
        (raw.played.grant("files.metadata.read").0, "missing_scope/.."),
    ] {
        raw.token = token;
        let (status, told) = raw.upload("files/upload", r#"{"path":"/a"}"#, b"x").await;
        assert_eq!((status, summary(&told)), (StatusCode::UNAUTHORIZED, wanted));
    }
    let (_, told) = raw.upload("files/upload", r#"{"path":"/a"}"#, b"x").await;
    assert_eq!(told["error"], json!({ ".tag": "missing_scope", "required_scope": "files.content.write" }));
    raw.token = raw.played.grant(FakeDropbox::SCOPES).0;
    raw.played.pass(std::time::Duration::from_secs(14_400));
    let (status, told) = raw.rpc("files/get_metadata", r#"{"path":"/a"}"#).await;
    assert_eq!((status, summary(&told)), (StatusCode::UNAUTHORIZED, "expired_access_token/.."));
    assert!(raw.played.files().is_empty());
}

#[tokio::test]
async fn calls_that_make_no_sense_are_refused_in_words() {
    let raw = Raw::new();
    let words = |(status, told): (StatusCode, Value)| {
        assert_eq!(status, StatusCode::BAD_REQUEST, "{told}");
        assert!(summary(&told).starts_with("Error in call to API function"), "{told}");
    };
    for (route, body) in [
        ("files/get_metadata", ""),
        ("files/get_metadata", "null"),
        ("files/get_metadata", "{"),
        ("files/get_metadata", "{}"),
        ("files/get_metadata", r#"{"path":""}"#),
        ("files/get_metadata", r#"{"path":"a"}"#),
        ("files/get_metadata", r#"{"path":"/a","extra":1}"#),
        ("files/get_metadata", r#"{"path":"/a","include_deleted":"yes"}"#),
        ("files/list_folder", r#"{"path":"/"}"#),
        ("files/list_folder", r#"{"path":"","limit":2001}"#),
        ("files/list_folder", r#"{"path":"","limit":0}"#),
        ("files/list_folder/continue", r#"{"cursor":"AAxx"}"#),
        ("files/delete_v2", r#"{"path":"/a","parent_rev":"short"}"#),
        ("files/upload", r#"{"path":"/a"}"#),
        ("files/unknown", "{}"),
        ("users/get_current_account", "{}"),
    ] {
        words(raw.rpc(route, body).await);
    }
    for arg in [
        r#"{"path":"/Jörg"}"#,
        r#"{"path":""}"#,
        r#"{"path":"id:abcd"}"#,
        r#"{"path":"/a","mode":"replace"}"#,
        r#"{"path":"/a","mode":{".tag":"update","update":"x"}}"#,
        r#"{"path":"/a","mode":{".tag":"update"}}"#,
        r#"{"path":"/a","client_modified":"2026-11-20T10:00:00.123Z"}"#,
        r#"{"path":"/a","content_hash":"ABC"}"#,
        r#"{"path":"/a","autorename":1}"#,
        "",
    ] {
        words(raw.upload("files/upload", arg, b"x").await);
    }
    words(raw.upload("files/get_metadata", r#"{"path":"/a"}"#, b"").await);
    assert!(raw.played.files().is_empty());
}

#[tokio::test]
async fn headers_that_are_wrong_are_refused() {
    let raw = Raw::new();
    let arg = r#"{"path":"/a"}"#;
    let content = "application/octet-stream";
    let upload = || raw.request("/content/2/files/upload").body("x");
    let rpc = || raw.request("/2/files/get_metadata").body(arg);
    let download = || raw.request("/content/2/files/download").header("dropbox-api-arg", arg);
    for request in [
        upload().header("content-type", content),
        upload().header("dropbox-api-arg", arg),
        upload().header("dropbox-api-arg", arg).header("content-type", "application/json"),
        rpc(),
        rpc().header("content-type", "text/plain"),
        rpc().header("content-type", "application/json").header("dropbox-api-arg", arg),
        raw.request("/2/users/get_space_usage").header("content-type", "application/json; charset=latin1"),
        download().body("x"),
        download().header("content-type", "application/json"),
        raw.request("/content/2/files/download"),
    ] {
        let (status, told) = told(request.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{told}");
        assert!(told.is_string(), "{told}");
    }
    assert!(raw.played.files().is_empty());
}

#[tokio::test]
async fn routes_refuse_in_tags() {
    let raw = Raw::new();
    raw.played.put_by_hand("file", b"text");
    raw.played.make_folder_by_hand("folder");
    for (route, body, wanted) in [
        ("files/get_metadata", r#"{"path":"/none"}"#, "path/not_found/.."),
        ("files/get_metadata", r#"{"path":"/a//b"}"#, "path/malformed_path/.."),
        ("files/get_metadata", r#"{"path":"id:none"}"#, "path/not_found/.."),
        ("files/list_folder", r#"{"path":"/none"}"#, "path/not_found/.."),
        ("files/list_folder", r#"{"path":"/file"}"#, "path/not_folder/.."),
        ("files/delete_v2", r#"{"path":"/none"}"#, "path_lookup/not_found/.."),
        ("files/delete_v2", r#"{"path":"/file","parent_rev":"012345678"}"#, "path_write/conflict/file/.."),
        ("files/create_folder_v2", r#"{"path":"/folder"}"#, "path/conflict/folder/.."),
        ("files/create_folder_v2", r#"{"path":"/file"}"#, "path/conflict/file/.."),
        ("files/move_v2", r#"{"from_path":"/none","to_path":"/b"}"#, "from_lookup/not_found/.."),
        ("files/move_v2", r#"{"from_path":"/file","to_path":"/folder"}"#, "to/conflict/folder/.."),
    ] {
        let (status, told) = raw.rpc(route, body).await;
        assert_eq!((status, summary(&told)), (StatusCode::CONFLICT, wanted), "{route} {body}");
    }
    let zeros = format!(r#"{{"path":"/a","content_hash":"{}"}}"#, "0".repeat(64));
    for (arg, wanted) in [
        (r#"{"path":"/file"}"#, "path/conflict/file/.."),
        (r#"{"path":"/file","mode":{".tag":"update","update":"012345678"}}"#, "path/conflict/file/.."),
        (
            r#"{"path":"/none","mode":{".tag":"update","update":"012345678"},"strict_conflict":true}"#,
            "path/conflict/file/..",
        ),
        (r#"{"path":"/folder","mode":"overwrite"}"#, "path/conflict/folder/.."),
        (r#"{"path":"/file/a","mode":"overwrite"}"#, "path/conflict/file_ancestor/.."),
        (r#"{"path":"/a\\b"}"#, "path/malformed_path/.."),
        (r#"{"path":"/a/"}"#, "path/malformed_path/.."),
        (r#"{"path":"/Thumbs.db"}"#, "path/disallowed_name/.."),
        (zeros.as_str(), "content_hash_mismatch/.."),
    ] {
        let (status, told) = raw.upload("files/upload", arg, b"other").await;
        assert_eq!((status, summary(&told)), (StatusCode::CONFLICT, wanted), "{arg}");
    }
    assert_eq!(raw.played.files().len(), 1);
    assert_eq!(raw.played.files()["file"], b"text");
}

#[tokio::test]
async fn the_same_bytes_conflict_only_where_that_is_wanted() {
    let raw = Raw::new();
    let (_, first) = raw.upload("files/upload", r#"{"path":"/a"}"#, b"text").await;
    let (_, again) = raw.upload("files/upload", r#"{"path":"/A"}"#, b"text").await;
    assert_eq!((&again["rev"], &again["path_display"]), (&first["rev"], &json!("/a")));
    assert!(first.get(".tag").is_none());
    let strict = r#"{"path":"/a","strict_conflict":true}"#;
    let (status, told) = raw.upload("files/upload", strict, b"text").await;
    assert_eq!((status, summary(&told)), (StatusCode::CONFLICT, "path/conflict/file/.."));
    let (status, _) = raw.rpc("files/delete_v2", r#"{"path":"/a"}"#).await;
    assert_eq!(status, StatusCode::OK);
    let gone = format!(r#"{{"path":"/a","mode":{{".tag":"update","update":{}}}}}"#, first["rev"]);
    let (status, _) = raw.upload("files/upload", &gone, b"other").await;
    assert_eq!(status, StatusCode::OK, "a file that is gone is no conflict");
}

#[tokio::test]
async fn ranges_are_kept_to_and_what_is_told_of_a_file_fits_a_header() {
    let raw = Raw::new();
    raw.played.put_by_hand("Jörg 😀.txt", b"0123456789");
    let arg = r#"{"path":"/J\u00f6rg \ud83d\ude00.txt"}"#;
    for (range, status, wanted) in [
        ("bytes=2-4", 206, "234"),
        ("bytes=8-100", 206, "89"),
        ("bytes=9-", 206, "9"),
        ("bytes=10-12", 416, "Requested range not satisfiable"),
        ("lines=1-2", 200, "0123456789"),
    ] {
        let response = raw.download(arg, range).await;
        assert_eq!(response.status().as_u16(), status, "{range}");
        if status != 416 {
            let result = response.headers()["dropbox-api-result"].to_str().unwrap();
            let result: Value = serde_json::from_str(result).unwrap();
            assert_eq!((&result["name"], &result["size"]), (&json!("Jörg 😀.txt"), &json!(10)));
        }
        assert_eq!(response.text().await.unwrap(), wanted, "{range}");
    }
    let missing = raw.download(r#"{"path":"/none"}"#, "bytes=0-1").await;
    assert_eq!(summary(&told(missing).await.1), "path/not_found/..");
}
