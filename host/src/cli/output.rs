//! The output of commands. A write that fails is an error like any other, and never a panic.

use std::io::{self, Write as _};
use std::sync::mpsc::channel;
use std::time::Duration;

use settings::visible::one_line;

/// The time in which standard error must take an error message. The exit code says the same.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(1);

/// Standard output takes no more.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output")]
pub(crate) struct OutputError(#[source] io::Error);

impl OutputError {
    /// Whether the reader has gone, as in `obp-host explain | head -1`. Then no message is printed.
    pub(crate) fn is_reader_gone(&self) -> bool {
        self.0.kind() == io::ErrorKind::BrokenPipe
    }
}

/// Writes text to standard output.
///
/// # Errors
/// [`OutputError`].
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    write(text.as_bytes())
}

/// Writes lines to standard output. Invisible characters are escaped, line breaks too: a text of a third party in a line cannot
/// forge another line, or control the terminal.
///
/// # Errors
/// [`OutputError`].
pub(super) fn print_lines(lines: &[impl AsRef<str>]) -> anyhow::Result<()> {
    print(&lines.iter().map(|line| one_line(line.as_ref()) + "\n").collect::<String>())
}

/// Writes bytes to standard output.
///
/// # Errors
/// [`OutputError`].
pub(super) fn write(bytes: &[u8]) -> anyhow::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(bytes).and_then(|()| output.flush()).map_err(|error| OutputError(error).into())
}

/// Writes an error message of one or more lines to standard error, with escaped invisible characters. If a full pipe blocks, the
/// message is lost after a second.
pub(crate) fn complain(message: &str) {
    let (done, written) = channel();
    let message: String = message.lines().map(|line| one_line(line) + "\n").collect();
    let copy = message.clone();
    let writing = std::thread::Builder::new().spawn(move || {
        let _ = io::stderr().write_all(copy.as_bytes());
        let _ = done.send(());
    });
    match writing {
        Ok(_) => drop(written.recv_timeout(MESSAGE_TIMEOUT)),
        // A process without memory for a thread, such as one that compiles within limits, says so itself.
        Err(_) => drop(io::stderr().write_all(message.as_bytes())),
    }
}
