//! The writer: one thread with one connection. It takes all pending commits as a batch, puts them into one transaction
//! with a savepoint for each, syncs once, and answers. A commit whose precondition does not hold is rolled back alone.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::types::Null;
use rusqlite::{Connection, ErrorCode, ToSql};
use tokio::sync::oneshot;

use super::connection::of_statement;
use super::health::Health;
use super::log::Log;
use super::options::Options;
use crate::errors::{CommitError, StoreError};
use crate::store::{Expect, Statement};
use crate::value::Value;

type Answer = Result<(), CommitError>;

/// One pending commit.
struct Job {
    statements: Vec<Statement>,
    answer: oneshot::Sender<Answer>,
}

/// The sending end of the writer's queue. The writer's thread ends when it is dropped, and closes its connection.
pub(super) struct Writer {
    /// `None` after the end of the store.
    jobs: Mutex<Option<SyncSender<Job>>>,
    /// Is told how the connection was closed.
    closed: Mutex<Option<oneshot::Receiver<Result<(), StoreError>>>>,
    health: Arc<Health>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        mut log: Log,
        options: Options,
        health: Arc<Health>,
    ) -> Result<Self, StoreError> {
        let (jobs, pending) = sync_channel(options.commits_waiting_max);
        let (closing, closed) = oneshot::channel();
        let written = Arc::clone(&health);
        thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || {
                run(&connection, &mut log, &pending, options.commit_group_max, &written);
                // If it is the last connection, SQLite puts the log into the file and removes it. The receiver may be gone.
                let _ = closing.send(connection.close().map_err(|(_, error)| error.into()));
            })
            .map_err(|error| StoreError::Failed(format!("cannot start the writer: {error}")))?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), closed: Mutex::new(Some(closed)), health })
    }

    pub(super) async fn commit(&self, statements: Vec<Statement>) -> Answer {
        if statements.is_empty() {
            return Ok(());
        }
        self.health.verdict()?;
        let (answer, answered) = oneshot::channel();
        self.send(Job { statements, answer })?;
        let answer = answered.await.unwrap_or_else(|_| Err(ended().into()));
        answer.map_err(|error| error.in_file(&self.health.file))
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.as_ref().ok_or_else(ended)?.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Unavailable("too many commits are pending".to_owned()),
            TrySendError::Disconnected(_) => ended(),
        })
    }

    /// Closes the connection after the pending commits.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner).take();
        let closed = closed.ok_or_else(ended)?.await.unwrap_or_else(|_| Err(ended()));
        closed.map_err(|error| error.in_file(&self.health.file))
    }
}

fn ended() -> StoreError {
    StoreError::Failed("the writer has ended".to_owned())
}

/// The longest time the writer sleeps before it collects the rest of a batch.
const SLEEP_MAX: Duration = Duration::from_millis(1);

/// Commits until the sending end is dropped.
fn run(connection: &Connection, log: &mut Log, pending: &Receiver<Job>, batch_max: usize, health: &Health) {
    let mut last_len = 1;
    let mut sleep = Duration::ZERO;
    while let Ok(first) = pending.recv() {
        let batch = collect(first, pending, last_len, batch_max, sleep);
        last_len = batch.len();
        let begun = Instant::now();
        commit_batch(connection, log, batch, health);
        // A fraction of the time of a commit: the sleep cannot cost more than it saves.
        sleep = (begun.elapsed() / 8).min(SLEEP_MAX);
    }
}

/// Collects a batch. If it is smaller than the last, sleeps once: clients answered together write together again. A
/// lone writer never waits.
///
/// The writer does not wait for each commit singly: each one would then have to wake it.
fn collect(first: Job, pending: &Receiver<Job>, last_len: usize, max: usize, sleep: Duration) -> Vec<Job> {
    let mut batch = vec![first];
    batch.extend(pending.try_iter().take(max.saturating_sub(1)));
    if batch.len() < last_len {
        thread::sleep(sleep);
        batch.extend(pending.try_iter().take(max.saturating_sub(batch.len())));
    }
    batch
}

/// Answers every job of the batch. A job that succeeded is answered only after its changes are on disk.
fn commit_batch(connection: &Connection, log: &mut Log, batch: Vec<Job>, health: &Health) {
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE").and_then(|_| log.begin(connection)) {
        let _ = execute(connection, "ROLLBACK");
        let failed = failure(error);
        return batch.into_iter().for_each(|job| send(job.answer, failed()));
    }
    let mut answers = Vec::with_capacity(batch.len());
    let mut jobs = batch.into_iter();
    for job in jobs.by_ref() {
        let answer = savepoint(connection, &job.statements);
        answers.push((job.answer, answer));
        // Some failures (a full disk) end the whole transaction and undo the batch's other jobs.
        if connection.is_autocommit() {
            break;
        }
    }
    if connection.is_autocommit() {
        let rest = jobs.map(|job| job.answer);
        let lost =
            || Err(StoreError::Unavailable("another commit of the batch ended the transaction".to_owned()).into());
        answers.into_iter().for_each(|(sender, answer)| send(sender, answer.and_then(|()| lost())));
        return rest.for_each(|sender| send(sender, lost()));
    }
    if let Err(error) = execute(connection, "COMMIT") {
        if !connection.is_autocommit() {
            // The answer is the failure of the commit. If the rollback fails too, the next BEGIN reports it.
            let _ = execute(connection, "ROLLBACK");
        }
        let failed = failure(error);
        return answers.into_iter().for_each(|(sender, answer)| send(sender, answer.and_then(|()| failed())));
    }
    // The batch is on disk. If the log cannot be put into the file now, the next batch tries again.
    let _ = log.committed(connection);
    let in_place = health.is_in_place();
    for (sender, answer) in answers {
        send(sender, answer.and_then(|()| Ok(in_place.clone()?)));
    }
}

/// Executes one job's statements, or undoes them. If they cannot be undone, ends the transaction of the whole batch.
fn savepoint(connection: &Connection, statements: &[Statement]) -> Answer {
    execute(connection, "SAVEPOINT job").map_err(StoreError::from)?;
    let done = statements.iter().try_for_each(|statement| step(connection, statement));
    if connection.is_autocommit() {
        return done;
    }
    let undone = if done.is_err() { execute(connection, "ROLLBACK TO job").map(drop) } else { Ok(()) };
    if let Err(error) = undone.and_then(|()| execute(connection, "RELEASE job").map(drop)) {
        // `commit_batch` sees that its transaction has ended.
        execute(connection, "ROLLBACK").map_err(StoreError::from)?;
        return Err(StoreError::from(error).into());
    }
    done
}

fn step(connection: &Connection, statement: &Statement) -> Answer {
    let touched = touch(connection, statement).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => CommitError::Conflict,
        _ => of_statement(error).into(),
    })?;
    match statement.expect {
        Expect::One if touched != 1 => Err(CommitError::Conflict),
        Expect::One | Expect::Any => Ok(()),
    }
}

fn touch(connection: &Connection, statement: &Statement) -> rusqlite::Result<usize> {
    let mut prepared = connection.prepare_cached(statement.sql)?;
    for (index, value) in statement.values.iter().enumerate() {
        let value: &dyn ToSql = match value {
            Value::Null => &Null,
            Value::Int(number) => number,
            Value::Text(text) => text,
        };
        prepared.raw_bind_parameter(index + 1, value)?;
    }
    prepared.raw_execute()
}

fn execute(connection: &Connection, sql: &'static str) -> rusqlite::Result<usize> {
    connection.prepare_cached(sql)?.execute([])
}

/// Makes the same failure for every job of a batch.
fn failure(error: rusqlite::Error) -> impl Fn() -> Answer {
    let error = StoreError::from(error);
    move || Err(error.clone().into())
}

/// A receiver that is gone does not matter: the commit stands.
fn send(sender: oneshot::Sender<Answer>, answer: Answer) {
    let _ = sender.send(answer);
}
