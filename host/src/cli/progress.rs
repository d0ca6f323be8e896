//! Progress of long commands, for people at a terminal.

use std::io::{IsTerminal as _, Write as _, stderr};

/// One line on the terminal, which each step replaces. Removed when the value is dropped.
pub(super) struct Progress {
    is_shown: bool,
}

impl Progress {
    /// Shows nothing if standard error is no terminal, or if a program reads the result.
    pub(super) fn new(json: bool) -> Self {
        Self { is_shown: stderr().is_terminal() && !json }
    }

    pub(super) fn show(&self, step: &str) {
        if self.is_shown {
            // A terminal that is gone does not matter.
            let _ = write!(stderr(), "\r\x1b[K{step}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.show("");
    }
}
