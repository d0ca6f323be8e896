//! Runs an HTTP/1.1 connection to its end: deadlines of heads and idle connections, the stop, and a last answer.
//!
//! HTTP/1.1 cannot tell a client that no further request is answered. So a client that is about to send one when the connection
//! ends gets an answer in any case: one to a request that arrives before the end, and otherwise one that says that none arrived.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::HeaderMap;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::Application;
use super::closing::close;
use super::connection::{Answering, Broken, Protocols, Served};
use super::http1_io::Http1Io;
use super::message_error::MessageError;
use super::progress::{Due, Progress};

type Connection<T, S> = http1::Connection<TokioIo<Http1Io<T>>, S>;

/// Serves HTTP/1.1 on a stream until it ends by itself, is idle, or is asked to end.
pub(super) async fn serve<T, S, A>(
    protocols: &Protocols,
    stream: T,
    builder: &http1::Builder,
    answer: S,
    served: &Served<A>,
    progress: Arc<Progress>,
) -> Result<(), Broken>
where
    T: AsyncRead + AsyncWrite + Unpin,
    S: HttpService<Incoming, ResBody = Full<Bytes>, Future = Answering, Error = Infallible> + Unpin,
    A: Application,
{
    let io = TokioIo::new(Http1Io::new(stream, Arc::clone(&progress)));
    let mut connection = builder.serve_connection(io, answer);
    let refused = drive(protocols, &mut connection, served, &progress).await?;
    let last = refused.map(|refused| A::refuse(&served.service, &refused, &HeaderMap::new()));
    close(connection.into_parts().io.into_inner().into_stream(), last).await;
    Ok(())
}

/// Runs a connection until no request can follow. Returns the reason to tell the client in a last answer, if there is one.
async fn drive<T, S, A>(
    protocols: &Protocols,
    connection: &mut Connection<T, S>,
    served: &Served<A>,
    progress: &Progress,
) -> Result<Option<MessageError>, Broken>
where
    T: AsyncRead + AsyncWrite + Unpin,
    S: HttpService<Incoming, ResBody = Full<Bytes>, Future = Answering, Error = Infallible> + Unpin,
    A: Application,
{
    let (limits, times, mut drain) = (&protocols.limits, protocols.times, served.drain.clone());
    let (mut draining, mut ending) = (false, false);
    let mut seen = served.activity.snapshot();
    let mut checks = tokio::time::interval(times.head);
    checks.reset();
    let mut grace = pin!(tokio::time::sleep(Duration::ZERO));
    loop {
        let deadline = progress.deadline(times);
        // Without a deadline the next one is at least as far away as this.
        let wake = deadline.map_or_else(|| Instant::now() + times.head.min(times.idle), |(at, _)| at);
        tokio::select! {
            // A request that has arrived comes before the end of its connection.
            biased;
            ended = poll_fn(|context| connection.poll_without_shutdown(context)) => return match (ended, progress.refused()) {
                (Ok(()), _) => Ok(None),
                (Err(error), Some(status)) => Ok(Some(MessageError::of_library(status, &error, limits.head_bytes_max))),
                (Err(error), None) => Err(error.into()),
            },
            _ = drain.changed(), if !draining => {
                draining = true;
                grace.as_mut().reset(Instant::now() + protocols.drain_grace);
            }
            () = &mut grace, if draining && !ending => {
                if progress.is_quiet() && !progress.is_blocked() {
                    return Ok((!progress.is_unused()).then_some(MessageError::Stopping));
                }
                ending = true;
                end_after_answer(connection);
            }
            _ = checks.tick() => {
                let before = std::mem::replace(&mut seen, served.activity.snapshot());
                if !progress.is_blocked() || !seen.is_idle_since(before) {
                    continue;
                }
                if ending {
                    return Err(Broken::Idle);
                }
                ending = true;
                end_after_answer(connection);
            }
            () = progress.head_begins.notified() => {}
            () = tokio::time::sleep_until(wake) => {
                match progress.deadline(times).filter(|(at, _)| *at <= Instant::now()) {
                    None => {}
                    Some((_, Due::End)) => return Ok(None),
                    Some((_, Due::Head)) => return Ok(Some(MessageError::HeadTooSlow(limits.head_read_ms_max))),
                    Some((_, Due::Idle)) => return Ok(Some(MessageError::Idle(limits.idle_ms_max))),
                }
            }
        }
    }
}

/// Ends the connection after the answer that it is at work on.
fn end_after_answer<T, S>(connection: &mut Connection<T, S>)
where
    T: AsyncRead + AsyncWrite + Unpin,
    S: HttpService<Incoming, ResBody = Full<Bytes>, Error = Infallible> + Unpin,
{
    Pin::new(connection).graceful_shutdown();
}
