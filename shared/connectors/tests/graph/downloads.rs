//! Whom tokens are sent to, and what is not taken for media.

use app_connectors::graph::ErrorClass;
use app_testing::graph::{Fault, GraphCall, Media, MediaFault};

use crate::media::whole;
use crate::support::{client, failed, ms, secret, start, token};

#[tokio::test]
async fn redirects_are_followed_and_the_token_stays_at_home() {
    let ((fake, graph), (other, at_other)) = (start(), start());
    let id = fake.put_media(Media::new("image/png", b"moved").with(MediaFault::Moved));
    let url = fake.media_url(&id).unwrap();
    assert_eq!(whole(graph.download(&token(), &url).await.unwrap()).await.unwrap(), b"moved");
    assert_eq!(fake.calls(GraphCall::Download), 2);

    // Another server would hand out its media for this token, but gets none.
    let abroad = other.media_url(&other.keep_media("image/png", b"abroad")).unwrap();
    assert_eq!(whole(at_other.download(&token(), &abroad).await.unwrap()).await.unwrap(), b"abroad");
    let here = fake.media_url(&fake.keep_media("image/png", b"here")).unwrap();
    fake.fail(GraphCall::Download, Fault::Redirect(abroad.clone()));
    assert_eq!(failed(graph.download(&token(), &here).await).0, ErrorClass::Token);
    assert_eq!(other.calls(GraphCall::Download), 2);

    // To begin with, the address has to be one of the vendor's.
    for foreign in [abroad.as_str(), "https://example.org/x", "ftp://lookaside.fbsbx.com/x", "x"] {
        assert_eq!(failed(graph.download(&token(), foreign).await), (ErrorClass::Request, None), "{foreign}");
    }
    assert_eq!(other.calls(GraphCall::Download), 2);
}

#[tokio::test]
async fn redirects_that_lead_nowhere_are_given_up() {
    let (fake, graph) = start();
    let url = fake.media_url(&fake.keep_media("image/png", b"x")).unwrap();
    (0..6).for_each(|_| fake.fail(GraphCall::Download, Fault::Redirect(url.clone())));
    assert_eq!(failed(graph.download(&token(), &url).await).0, ErrorClass::Request);
    assert_eq!(fake.calls(GraphCall::Download), 6);
    for nowhere in ["file:///etc/passwd", "https://169.254.169.254/", "http://example.org/"] {
        fake.fail(GraphCall::Download, Fault::Redirect(nowhere.to_owned()));
        assert_eq!(failed(graph.download(&token(), &url).await).0, ErrorClass::Request, "{nowhere}");
    }
    (0..5).for_each(|_| fake.fail(GraphCall::Download, Fault::Redirect(url.clone())));
    assert_eq!(whole(graph.download(&token(), &url).await.unwrap()).await.unwrap(), b"x");
}

#[tokio::test]
async fn pages_are_not_taken_for_media() {
    let (fake, graph) = start();
    let page = fake.put_media(Media::new("image/png", b"x").with(MediaFault::Page));
    let url = fake.media_url(&page).unwrap();
    assert_eq!(failed(graph.download(&token(), &url).await).0, ErrorClass::NotFound);
    assert_eq!(failed(graph.download(&secret("EAAG-x"), &url).await).0, ErrorClass::Token);
    let good = fake.media_url(&fake.keep_media("image/png", b"x")).unwrap();
    for (fault, class) in [
        (Fault::Code(190), ErrorClass::Token),
        (Fault::Page(404), ErrorClass::NotFound),
        (Fault::Page(429), ErrorClass::Throttled),
        (Fault::Page(503), ErrorClass::Transient),
    ] {
        fake.fail(GraphCall::Download, fault.clone());
        assert_eq!(failed(graph.download(&token(), &good).await).0, class, "{fault:?}");
    }
    // Somebody's own page or JSON is, if the message says that it is one.
    for (content_type, bytes) in [("text/html", &b"<p>mine"[..]), ("application/json", b"{}")] {
        let url = fake.media_url(&fake.keep_media(content_type, bytes)).unwrap();
        assert_eq!(failed(graph.download(&token(), &url).await).0, ErrorClass::NotFound);
        let download = graph.download_as(&token(), &url, content_type).await.unwrap();
        assert_eq!(whole(download).await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn downloads_end_when_they_are_too_long_or_stand_still() {
    let (fake, graph) = start();
    let url = fake.media_url(&fake.keep_media("image/png", vec![0; 1000])).unwrap();
    let small = client(&fake.base_url()).max_download_bytes(999);
    assert_eq!(failed(small.download(&token(), &url).await).0, ErrorClass::TooLarge);
    // Without a length there is nothing to go by but what comes.
    fake.fail(GraphCall::Download, Fault::Truncated);
    let tiny = client(&fake.base_url()).max_download_bytes(499);
    assert_eq!(failed(whole(tiny.download(&token(), &url).await.unwrap()).await).0, ErrorClass::TooLarge);

    fake.fail(GraphCall::Download, Fault::Truncated);
    let cut = graph.download(&token(), &url).await.unwrap();
    assert_eq!(failed(whole(cut).await).0, ErrorClass::Uncertain);
    for fault in [Fault::CutAfter, Fault::Late(ms(900)), Fault::Silence] {
        fake.fail(GraphCall::Download, fault.clone());
        let result = async { whole(graph.download(&token(), &url).await?).await };
        assert_eq!(failed(result.await).0, ErrorClass::Uncertain, "{fault:?}");
    }
    let graph = client(&fake.base_url()).max_download_bytes(1000);
    assert_eq!(whole(graph.download(&token(), &url).await.unwrap()).await.unwrap().len(), 1000);
}
