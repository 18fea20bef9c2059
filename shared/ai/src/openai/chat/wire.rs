//! The events of an answer as they come: bounded in time and size.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, try_unfold};
use reqwest::Response;
use sse_stream::{Error, SseByteStream};
use tokio::time::{Instant, timeout_at};

use crate::openai::failure::Failure;

/// Longer events make no sense.
const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// An answer that comes event by event. Dropping it closes the connection.
pub(super) struct Wire {
    events: SseByteStream<BoxStream<'static, Result<Bytes, Failure>>>,
}

/// How long an answer may be waited for, and how long it may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// When its first byte must be there.
    pub(super) first_byte: Instant,
    /// The longest wait between two bytes.
    pub(super) idle: Duration,
    /// When its last byte must be there.
    pub(super) end: Instant,
    /// The most that it has, with everything that stands around its words.
    pub(super) max_bytes: usize,
}

impl Wire {
    /// What is left of an answer of which nothing has been read.
    pub(super) fn new(response: Response, bounds: Bounds) -> Self {
        let start = (response, bounds.max_bytes, bounds.first_byte);
        let bytes = try_unfold(start, move |(mut response, left, until)| async move {
            let chunk = timeout_at(until.min(bounds.end), response.chunk()).await;
            let Some(bytes) = chunk.map_err(|_| Failure::TIMED_OUT)?.map_err(|_| Failure::CUT_OFF)? else {
                return Ok(None);
            };
            let left = left.checked_sub(bytes.len()).ok_or(Failure::TOO_MUCH)?;
            Ok(Some((bytes, (response, left, Instant::now() + bounds.idle))))
        });
        Self::of(bytes.boxed())
    }

    fn of(bytes: BoxStream<'static, Result<Bytes, Failure>>) -> Self {
        Self { events: SseByteStream::new(bytes) }
    }

    /// What the next event says, or `None` at the end.
    ///
    /// # Errors
    /// If it does not come, or is not what it should be.
    pub(super) async fn next(&mut self) -> Result<Option<String>, Failure> {
        while let Some(event) = self.events.next().await {
            let data = event.map_err(failure)?.data.unwrap_or_default();
            if data.len() > MAX_EVENT_BYTES {
                return Err(Failure::TOO_MUCH);
            }
            // An event may do no more than keep the connection open.
            if !data.trim_ascii().is_empty() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Body(source) => source.downcast().map_or(Failure::CUT_OFF, |failure| *failure),
        _ => Failure::Corrupt("it is no text"),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: Vec<Vec<u8>>) -> Result<Vec<String>, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut wire = Wire::of(stream::iter(pieces).map(|piece| Ok(piece.into())).boxed());
            let mut events = Vec::new();
            while let Some(event) = wire.next().await? {
                events.push(event);
            }
            Ok(events)
        })
    }

    #[test]
    fn comments_and_events_without_data_say_nothing() {
        let sent = ": keep-alive\n\nevent: ping\n\ndata:\n\ndata: one\nid: 7\n\n:\n\ndata:two\r\n\r\n\r\nretry: 5\n\n";
        assert_eq!(read(vec![sent.into()]).unwrap(), ["one", "two"]);
    }

    #[test]
    fn what_has_no_end_is_no_event() {
        assert_eq!(read(vec!["data: one\n\ndata: tw".into()]).unwrap(), ["one"]);
    }

    #[test]
    fn events_are_bounded_and_text() {
        let event = |bytes: usize| format!("data:{}\n\n", "x".repeat(bytes)).into_bytes();
        assert_eq!(read(vec![event(MAX_EVENT_BYTES)]).unwrap()[0].len(), MAX_EVENT_BYTES);
        assert_eq!(read(vec![event(MAX_EVENT_BYTES + 1)]), Err(Failure::TOO_MUCH));
        assert!(matches!(read(vec![b"data: \xff\xfe\n\n".to_vec()]), Err(Failure::Corrupt(_))));
    }

    proptest! {
        #[test]
        fn events_are_the_same_however_they_are_cut(
            events in proptest::collection::vec("[^\r\n\0 \u{feff}][^\r\n\0]{0,20}", 0..6),
            ends in prop::sample::select(vec!["\n", "\r\n", "\r"]),
            cuts in proptest::collection::vec(1_usize..9, 1..40),
        ) {
            let event = |event: &String| format!(": 🎉{ends}data: {event}{ends}{ends}");
            let sent = events.iter().map(event).collect::<String>().into_bytes();
            let mut rest = &sent[..];
            let mut pieces = Vec::new();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, others) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece.to_vec());
                rest = others;
            }
            let spoken: Vec<_> = events.into_iter().filter(|event| !event.trim_ascii().is_empty()).collect();
            prop_assert_eq!(read(pieces), Ok(spoken));
        }
    }
}
