//! Where media are, and what they are.

use std::time::Duration;

use app_connectors::graph::{Download, ErrorClass, Graph, GraphError};
use app_testing::graph::{FakeGraph, Fault, GraphCall, Media, MediaFault, Token};
use aws_lc_rs::digest::{SHA256, digest};

use crate::support::{failed, secret, start, token};

/// All bytes of a download.
pub(crate) async fn whole(mut download: Download) -> Result<Vec<u8>, GraphError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn fetch(graph: &Graph, token: &str, id: &str) -> Result<Vec<u8>, GraphError> {
    let info = graph.media(&secret(token), id, Some(FakeGraph::NUMBER)).await?;
    whole(graph.download(&secret(token), &info.url).await?).await
}

#[tokio::test]
async fn media_come_as_they_were_sent() {
    let (fake, graph) = start();
    let bytes = vec![7; 300_000];
    let id = fake.keep_media("audio/ogg; codecs=opus", bytes.clone());
    let info = graph.media(&token(), &id, Some(FakeGraph::NUMBER)).await.unwrap();
    assert_eq!(info.content_type.as_deref(), Some("audio/ogg; codecs=opus"));
    assert_eq!(info.size_bytes, Some(300_000));
    let hash: String = digest(&SHA256, &bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(info.sha256, Some(hash));
    let download = graph.download(&token(), &info.url).await.unwrap();
    assert_eq!(download.content_type.as_deref(), Some("audio/ogg; codecs=opus"));
    assert_eq!(download.size_bytes, Some(300_000));
    assert_eq!(whole(download).await.unwrap(), bytes);

    let untold = fake.put_media(Media::new("image/png", b"x").with(MediaFault::Untold));
    let info = graph.media(&token(), &untold, None).await.unwrap();
    assert_eq!((info.sha256, info.size_bytes), (None, None));
}

#[tokio::test]
async fn media_belong_to_a_number_and_are_kept_for_a_week() {
    let (fake, graph) = start();
    let id = fake.keep_media("image/png", b"x");
    let other = graph.media(&token(), &id, Some(FakeGraph::OWN_NUMBER)).await;
    assert_eq!(failed(other), (ErrorClass::Request, Some(100)));
    let stranger = graph.media(&secret(FakeGraph::OWN_TOKEN), &id, None).await;
    assert_eq!(failed(stranger), (ErrorClass::NotFound, Some(100)));
    assert_eq!(failed(graph.media(&token(), "8800110022003300", None).await).0, ErrorClass::NotFound);
    fake.pass(Duration::from_secs(7 * 24 * 60 * 60));
    assert_eq!(failed(graph.media(&token(), &id, None).await), (ErrorClass::NotFound, Some(100)));
    let large = fake.put_media(Media::new("video/mp4", b"x").with(MediaFault::TooLarge));
    assert_eq!(failed(graph.media(&token(), &large, None).await), (ErrorClass::TooLarge, Some(131_052)));
}

#[tokio::test]
async fn an_address_that_is_too_old_is_asked_for_again() {
    let (fake, graph) = start();
    let id = fake.keep_media("image/png", b"x");
    let url = graph.media(&token(), &id, None).await.unwrap().url;
    fake.pass(Duration::from_secs(5 * 60));
    assert_eq!(failed(graph.download(&token(), &url).await).0, ErrorClass::NotFound);
    assert_eq!(fetch(&graph, FakeGraph::TOKEN, &id).await.unwrap(), b"x");

    let id = fake.put_media(Media::new("image/png", b"y").with(MediaFault::ExpiredOnce));
    assert_eq!(failed(fetch(&graph, FakeGraph::TOKEN, &id).await).0, ErrorClass::NotFound);
    assert_eq!(fetch(&graph, FakeGraph::TOKEN, &id).await.unwrap(), b"y");
    // The address that a message brings along.
    let url = fake.media_url(&id).unwrap();
    assert_eq!(whole(graph.download(&token(), &url).await.unwrap()).await.unwrap(), b"y");
}

#[tokio::test]
async fn a_backlog_goes_on_with_a_new_token() {
    let (fake, graph) = start();
    let ids: Vec<String> = (0..4_u8).map(|number| fake.keep_media("image/png", [number])).collect();
    let mut fetched = Vec::new();
    for id in &ids[..2] {
        fetched.extend(fetch(&graph, FakeGraph::TOKEN, id).await.unwrap());
    }
    fake.change(|rules| rules.token(FakeGraph::TOKEN).unwrap().is_valid = false);
    assert_eq!(failed(fetch(&graph, FakeGraph::TOKEN, &ids[2]).await), (ErrorClass::Token, Some(190)));
    fake.change(|rules| rules.tokens.push(Token::new("EAAG-new", FakeGraph::ACCOUNT)));
    for id in &ids[2..] {
        fetched.extend(fetch(&graph, "EAAG-new", id).await.unwrap());
    }
    assert_eq!(fetched, [0, 1, 2, 3]);

    // The same as a fault of the third of three calls.
    for fault in [Fault::Nothing, Fault::Nothing, Fault::Code(190)] {
        fake.fail(GraphCall::Media, fault);
    }
    let mut classes = Vec::new();
    for id in &ids {
        classes.push(fetch(&graph, "EAAG-new", id).await.map_err(|error| error.class).err());
    }
    assert_eq!(classes, [None, None, Some(ErrorClass::Token), None]);
}

#[tokio::test]
async fn other_bytes_can_be_told_by_their_hash() {
    let (fake, graph) = start();
    let media = Media::new("image/png", b"abc").with(MediaFault::WrongHash);
    let expected = media.sha256();
    let id = fake.put_media(media);
    let bytes = fetch(&graph, FakeGraph::TOKEN, &id).await.unwrap();
    assert_eq!(bytes.len(), 3);
    assert_ne!(Media::new("image/png", bytes).sha256(), expected);
}
