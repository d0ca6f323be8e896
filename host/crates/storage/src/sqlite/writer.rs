//! The writer: one thread with one connection. It takes all pending commits as a batch, puts them into one transaction
//! with a savepoint for each, syncs once, and answers. A commit whose precondition does not hold is rolled back alone.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

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
/// Is told when the connection is closed.
type Closing = oneshot::Sender<Result<(), StoreError>>;

/// One pending commit.
struct Job {
    statements: Vec<Statement>,
    answer: oneshot::Sender<Answer>,
}

/// A message to the writer's thread.
enum Message {
    Commit(Job),
    /// Close the connection after the commits before this message.
    Close(Closing),
}

/// The sending end of the writer's queue. The writer's thread ends when this is dropped.
pub(super) struct Writer {
    messages: SyncSender<Message>,
    health: Arc<Health>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        mut log: Log,
        options: Options,
        health: Arc<Health>,
    ) -> Result<Self, StoreError> {
        let (messages, pending) = sync_channel(options.commits_waiting_max);
        let written = Arc::clone(&health);
        thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || {
                let closing = run(&connection, &mut log, &pending, options.commit_group_max, &written);
                let closed = closed(connection);
                if let Some(closing) = closing {
                    let _ = closing.send(closed);
                }
            })
            .map_err(|error| StoreError::Failed(format!("cannot start the writer: {error}")))?;
        Ok(Self { messages, health })
    }

    pub(super) async fn commit(&self, statements: Vec<Statement>) -> Answer {
        if statements.is_empty() {
            return Ok(());
        }
        self.health.verdict()?;
        let (answer, answered) = oneshot::channel();
        self.messages.try_send(Message::Commit(Job { statements, answer })).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Unavailable("too many commits are pending".to_owned()),
            TrySendError::Disconnected(_) => StoreError::Failed("the writer has ended".to_owned()),
        })?;
        let answer =
            answered.await.unwrap_or_else(|_| Err(StoreError::Failed("the writer has ended".to_owned()).into()));
        answer.map_err(|error| error.in_file(&self.health.file))
    }

    /// Closes the connection after the pending commits.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        let (closing, closed) = oneshot::channel();
        let messages = self.messages.clone();
        // The queue may be full, and the writer empties it.
        let sent = tokio::task::spawn_blocking(move || messages.send(Message::Close(closing))).await;
        let ended = || StoreError::Failed("the writer has ended".to_owned());
        sent.ok().and_then(Result::ok).ok_or_else(ended)?;
        closed.await.unwrap_or_else(|_| Err(ended())).map_err(|error| error.in_file(&self.health.file))
    }
}

/// Closes the connection. If it is the last one, SQLite puts the log into the file and removes it.
fn closed(connection: Connection) -> Result<(), StoreError> {
    connection.close().map_err(|(_, error)| error.into())
}

/// The longest time the writer sleeps before it collects the rest of a batch.
const SLEEP_MAX: Duration = Duration::from_millis(1);

/// Commits until the store is closed, or no sender is left.
fn run(
    connection: &Connection,
    log: &mut Log,
    pending: &Receiver<Message>,
    batch_max: usize,
    health: &Health,
) -> Option<Closing> {
    let mut last_len = 1;
    let mut sleep = Duration::ZERO;
    while let Ok(message) = pending.recv() {
        let first = match message {
            Message::Commit(job) => job,
            Message::Close(closing) => return Some(closing),
        };
        let (batch, closing) = collect(first, pending, last_len, batch_max, sleep);
        last_len = batch.len();
        let begun = Instant::now();
        commit_batch(connection, log, batch, health);
        if closing.is_some() {
            return closing;
        }
        // A fraction of the time of a commit: the sleep cannot cost more than it saves.
        sleep = (begun.elapsed() / 8).min(SLEEP_MAX);
    }
    None
}

/// Collects a batch. If it is smaller than the last, sleeps once: clients answered together write together again. A
/// lone writer never waits.
///
/// The writer does not wait for each commit singly: each one would then have to wake it.
fn collect(
    first: Job,
    pending: &Receiver<Message>,
    last_len: usize,
    max: usize,
    sleep: Duration,
) -> (Vec<Job>, Option<Closing>) {
    let mut batch = vec![first];
    let mut closing = take(pending, max, &mut batch);
    if closing.is_none() && batch.len() < last_len {
        thread::sleep(sleep);
        closing = take(pending, max, &mut batch);
    }
    (batch, closing)
}

/// Adds the waiting commits to the batch, up to the end of the store.
fn take(pending: &Receiver<Message>, max: usize, batch: &mut Vec<Job>) -> Option<Closing> {
    while batch.len() < max {
        match pending.try_recv() {
            Ok(Message::Commit(job)) => batch.push(job),
            Ok(Message::Close(closing)) => return Some(closing),
            Err(_) => break,
        }
    }
    None
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
