//! The log that all servers in this process share. The lines of a request have its correlation id.

use std::io;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use tracing_subscriber::filter::LevelFilter;

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::INFO).without_time().with_target(false);
    subscriber.with_ansi(false).with_writer(move || writer.clone()).init();
    log
});

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

/// Each line is written at once, so that lines of several threads do not mix.
impl io::Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts to keep the log.
pub fn keep() {
    LazyLock::force(&LOG);
}

/// The lines that contain this text, without line ends.
pub fn lines_with(text: &str) -> Vec<String> {
    LOG.text().lines().filter(|line| line.contains(text)).map(|line| line.trim_start().to_owned()).collect()
}
