//! The writer: one thread, one connection. It takes all commits that wait, puts them into one transaction with a
//! savepoint each, syncs once, and answers. What loses its precondition is rolled back alone.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, ToSql};
use tokio::sync::oneshot;

use super::super::{CommitError, Expect, Statement, StoreError, Value};
use super::Options;

type Answer = Result<(), CommitError>;

struct Job {
    statements: Vec<Statement>,
    answer: oneshot::Sender<Answer>,
}

/// The way to the writer's thread, which ends when this is dropped.
pub(super) struct Writer {
    jobs: SyncSender<Job>,
}

impl Writer {
    pub(super) fn start(connection: Connection, options: Options) -> Result<Self, StoreError> {
        let (jobs, waiting) = sync_channel(options.commits_waiting_max);
        thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || run(&connection, &waiting, options.commit_group_max))
            .map_err(|error| StoreError::Failed(format!("cannot start the writer: {error}")))?;
        Ok(Self { jobs })
    }

    pub(super) async fn commit(&self, statements: Vec<Statement>) -> Answer {
        if statements.is_empty() {
            return Ok(());
        }
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job { statements, answer }).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Unavailable("too many commits wait".to_owned()),
            TrySendError::Disconnected(_) => StoreError::Failed("the writer has ended".to_owned()),
        })?;
        answered.await.unwrap_or_else(|_| Err(StoreError::Failed("the writer has ended".to_owned()).into()))
    }
}

/// The longest the writer waits for others to join a group.
const PATIENCE_MAX: Duration = Duration::from_millis(1);

fn run(connection: &Connection, waiting: &Receiver<Job>, group_max: usize) {
    let mut expected = 1;
    let mut patience = Duration::ZERO;
    while let Ok(first) = waiting.recv() {
        let group = gather(first, waiting, expected, group_max, patience);
        expected = group.len();
        let begun = Instant::now();
        commit_group(connection, group);
        // A fraction of what a commit costs, so that waiting can cost no more than it saves.
        patience = (begun.elapsed() / 8).min(PATIENCE_MAX);
    }
}

/// All that wait, and, for a moment, those who are about to: whoever was answered together with others comes back together
/// with them, and would otherwise find the writer gone with the first of them. Who writes alone waits for nobody.
///
/// The moment is one sleep: a writer that waited for each would have to be woken by each.
fn gather(first: Job, waiting: &Receiver<Job>, expected: usize, max: usize, patience: Duration) -> Vec<Job> {
    let mut group = vec![first];
    group.extend(waiting.try_iter().take(max.saturating_sub(1)));
    if group.len() < expected {
        thread::sleep(patience);
        group.extend(waiting.try_iter().take(max.saturating_sub(group.len())));
    }
    group
}

/// Answers every job of the group, those that were done only after the commit is on disk.
fn commit_group(connection: &Connection, group: Vec<Job>) {
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
        let failed = failure(error);
        return group.into_iter().for_each(|job| send(job.answer, failed()));
    }
    let mut answers = Vec::with_capacity(group.len());
    let mut jobs = group.into_iter();
    for job in jobs.by_ref() {
        let answer = savepoint(connection, &job.statements);
        answers.push((job.answer, answer));
        // Some failures (a full disk) end the whole transaction, and with it what the others of the group did.
        if connection.is_autocommit() {
            break;
        }
    }
    if connection.is_autocommit() {
        let rest = jobs.map(|job| job.answer);
        let lost =
            || Err(StoreError::Unavailable("another commit of the group ended the transaction".to_owned()).into());
        answers.into_iter().for_each(|(sender, answer)| send(sender, answer.and_then(|()| lost())));
        return rest.for_each(|sender| send(sender, lost()));
    }
    if let Err(error) = execute(connection, "COMMIT") {
        if !connection.is_autocommit() {
            // Nothing can be answered but the failure; the next BEGIN tells if this did not help.
            let _ = execute(connection, "ROLLBACK");
        }
        let failed = failure(error);
        return answers.into_iter().for_each(|(sender, answer)| send(sender, answer.and_then(|()| failed())));
    }
    for (sender, answer) in answers {
        send(sender, answer);
    }
}

/// Does one job's statements, or undoes them. If they cannot be undone, nothing of the group may stay.
fn savepoint(connection: &Connection, statements: &[Statement]) -> Answer {
    execute(connection, "SAVEPOINT job").map_err(StoreError::from)?;
    let done = statements.iter().try_for_each(|statement| step(connection, statement));
    if connection.is_autocommit() {
        return done;
    }
    let undone = if done.is_err() { execute(connection, "ROLLBACK TO job").map(drop) } else { Ok(()) };
    if let Err(error) = undone.and_then(|()| execute(connection, "RELEASE job").map(drop)) {
        // The group sees that its transaction has ended.
        execute(connection, "ROLLBACK").map_err(StoreError::from)?;
        return Err(StoreError::from(error).into());
    }
    done
}

fn step(connection: &Connection, statement: &Statement) -> Answer {
    let touched = touch(connection, statement).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => CommitError::Conflict,
        _ => StoreError::from(error).into(),
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

/// The same failure for every job of a group.
fn failure(error: rusqlite::Error) -> impl Fn() -> Answer {
    let error = StoreError::from(error);
    move || Err(error.clone().into())
}

/// Whoever asked may have gone; the commit stands all the same.
fn send(sender: oneshot::Sender<Answer>, answer: Answer) {
    let _ = sender.send(answer);
}
