//! Runs an HTTP/2 connection, and ends it when it is idle or the server stops.

use std::pin::Pin;
use std::time::Duration;

use hyper_util::server::graceful::GracefulConnection;
use tokio::sync::watch;

use super::activity::Activity;
use super::connection::Broken;

/// Asks a connection to end if it is idle or the server drains. If it then stays idle, cuts it. HTTP/2 tells the client which
/// requests are answered, so that no request is lost.
pub(super) async fn drive<C>(
    mut connection: Pin<&mut C>,
    activity: &Activity,
    mut drain: watch::Receiver<()>,
    idle: Duration,
) -> Result<(), Broken>
where
    C: GracefulConnection<Error = hyper::Error>,
{
    let (mut draining, mut ending) = (false, false);
    let mut seen = activity.snapshot();
    let mut checks = tokio::time::interval(idle);
    checks.reset();
    loop {
        tokio::select! {
            // A request that has arrived comes before the end of its connection.
            biased;
            ended = connection.as_mut() => return Ok(ended?),
            _ = drain.changed(), if !draining => draining = true,
            _ = checks.tick() => {
                let before = std::mem::replace(&mut seen, activity.snapshot());
                if !seen.is_idle_since(before) {
                    continue;
                }
                if ending {
                    return Err(Broken::Idle);
                }
            }
        }
        ending = true;
        connection.as_mut().graceful_shutdown();
    }
}
