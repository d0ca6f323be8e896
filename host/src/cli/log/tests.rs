//! The log before outputs that block, fail and recover.

use std::sync::{Condvar, Mutex};
use std::thread;

use super::lines::{LINE_BYTES_MAX, LINES_WAITING_MAX};
use super::*;

/// An output that a test stops, breaks and repairs.
#[derive(Clone, Default)]
struct Output(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    text: String,
    /// Whether writes block.
    is_full: bool,
    /// The number of writes that block now.
    blocked: usize,
    /// Bytes that are written before every write fails; `None` if none fails.
    space: Option<usize>,
}

impl Output {
    fn full() -> Self {
        let output = Self::default();
        output.change(|state| state.is_full = true);
        output
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
        changed
    }

    /// Waits until the state is as wanted.
    fn wait(&self, wanted: impl Fn(&State) -> bool) {
        drop(self.0.1.wait_while(self.0.0.lock().unwrap(), |state| !wanted(state)).unwrap());
    }

    fn text(&self) -> String {
        self.change(|state| state.text.clone())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        state.blocked += 1;
        changed.notify_all();
        let mut state = changed.wait_while(state, |state| state.is_full).unwrap();
        state.blocked -= 1;
        let fit = state.space.map_or(bytes.len(), |space| space.min(bytes.len()));
        if fit == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.space = state.space.map(|space| space - fit);
        state.text.push_str(std::str::from_utf8(&bytes[..fit]).unwrap());
        changed.notify_all();
        Ok(fit)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log(output: &Output, format: LogFormat) -> Log {
    Log::to(output.clone(), Form { level: LevelFilter::INFO, format, has_colours: false }).unwrap()
}

/// Waits until every line is written or counted.
fn drain(log: &Log) {
    while !log.counts.is_drained() {
        thread::yield_now();
    }
}

/// The number before this text in all lines together.
fn stated(text: &str, after: &str) -> u64 {
    let numbers = text.lines().filter_map(|line| line.split_once(after)?.0.rsplit(' ').next()?.parse::<u64>().ok());
    numbers.sum()
}

const DROPPED: &str = " log lines were dropped";

#[test]
fn threads_that_log_do_not_wait_for_a_blocked_output_and_every_line_is_written_or_counted() {
    const LINES: usize = 3 * LINES_WAITING_MAX;
    let output = Output::full();
    let log = log(&output, LogFormat::Text);
    with_default(&log.dispatch, || {
        tracing::info!("line");
        output.wait(|state| state.blocked == 1);
        // This ends although nothing is written.
        (1..LINES).for_each(|_| tracing::info!("line"));
    });
    assert_eq!(output.text(), "");
    output.change(|state| state.is_full = false);
    drain(&log);
    drop(log);
    let text = output.text();
    let written = text.lines().filter(|line| line.ends_with(": line")).count();
    assert_eq!(written, LINES_WAITING_MAX + 1);
    assert_eq!(stated(&text, DROPPED), (LINES - written) as u64, "{text:.300}");
}

/// The control: the writer that the log had before.
#[test]
fn a_thread_that_writes_by_itself_waits_for_a_blocked_output() {
    let output = Output::full();
    let writer = output.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let dispatch = Dispatch::new(subscriber);
    let logging = thread::spawn(move || with_default(&dispatch, || tracing::info!("line")));
    output.wait(|state| state.blocked == 1);
    assert!(!logging.is_finished());
    output.change(|state| state.is_full = false);
    logging.join().unwrap();
    assert!(output.text().ends_with(": line\n"));
}

#[test]
fn the_log_ends_although_its_output_is_blocked() {
    let output = Output::full();
    let log = log(&output, LogFormat::Text);
    with_default(&log.dispatch, || (0..2 * LINES_WAITING_MAX).for_each(|_| tracing::info!("line")));
    drop(log);
    assert_eq!(output.text(), "");
    output.change(|state| state.is_full = false);
}

#[test]
fn lines_that_a_full_disk_does_not_take_are_counted_and_the_next_one_begins_on_a_line_of_its_own() {
    let output = Output::default();
    output.change(|state| state.space = Some(20));
    let log = log(&output, LogFormat::Text);
    with_default(&log.dispatch, || (0..9).for_each(|_| tracing::info!("lost")));
    drain(&log);
    assert_eq!(output.text().len(), 20, "the beginning of the first line fits");
    output.change(|state| state.space = None);
    with_default(&log.dispatch, || tracing::info!("kept"));
    drop(log);
    let text = output.text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[1].ends_with("9 log lines were dropped") && lines[2].ends_with(": kept"), "{text}");
}

#[test]
fn an_idle_log_states_dropped_lines_by_itself() {
    let output = Output::default();
    output.change(|state| state.space = Some(0));
    let log = log(&output, LogFormat::Text);
    with_default(&log.dispatch, || tracing::info!("lost"));
    drain(&log);
    output.change(|state| state.space = None);
    output.wait(|state| state.text.contains("1 log lines were dropped"));
}

#[test]
fn a_line_that_is_too_long_is_counted() {
    let output = Output::default();
    let log = log(&output, LogFormat::Json);
    with_default(&log.dispatch, || {
        tracing::info!("{}", "x".repeat(LINE_BYTES_MAX));
        tracing::info!("kept");
    });
    drop(log);
    let lines: Vec<serde_json::Value> = output.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line["timestamp"].is_string() && line["level"].is_string()), "{lines:?}");
    let notice = lines.iter().find(|line| line["fields"]["dropped"] == 1).unwrap();
    assert_eq!((&notice["level"], &notice["fields"]["message"]), (&"WARN".into(), &"1 log lines were dropped".into()));
}

#[test]
fn the_same_failure_of_many_requests_is_logged_once_with_a_count() {
    const REQUESTS: u64 = 1000;
    let output = Output::default();
    let log = log(&output, LogFormat::Text);
    let fail = |request: u64, cause: &str| {
        let correlation_id = format!("id-{request}");
        tracing::error!(correlation_id, request = format!("PUT /checks/{request}"), status = 503, cause);
    };
    with_default(&log.dispatch, || {
        (0..REQUESTS).for_each(|request| fail(request, "too many passwords wait"));
        fail(REQUESTS, "the disk is full");
        (0..3).for_each(|_| tracing::info!("rare"));
    });
    drop(log);
    let text = output.text();
    let first = text.lines().find(|line| line.contains("id-0")).unwrap();
    assert!(first.contains("PUT /checks/0") && first.contains("ERROR"), "{text:.500}");
    assert!(text.contains("the disk is full"), "{text:.500}");
    assert_eq!(text.lines().filter(|line| line.ends_with(": rare")).count(), 3, "information is not an error");
    let counted = stated(&text, " times: status=503 cause=\"too many passwords wait\"");
    let whole = text.lines().filter(|line| line.contains("PUT /checks/")).count() as u64 - 1;
    assert_eq!(whole + counted, REQUESTS, "{text:.900}");
    // A slow machine may take a few seconds, each of which has a first line.
    assert!(whole < 30, "{text:.900}");
}
