//! The check of a store's file for damage: pages, rows, indexes, and the schema.
//!
//! `PRAGMA quick_check` reads all pages and rows in one transaction. `PRAGMA integrity_check` then compares the indexes of one
//! table after the other with their table: a damaged index would answer with a row of another key. Each of these is a
//! transaction of its own, so that a running server can reset its log in between.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rusqlite::{Connection, InterruptHandle, Row};
use tokio::sync::oneshot;

use super::connection::{connect_to_look, is_damage, is_refused};
use super::health::{Health, with_suffix};
use crate::errors::StoreError;
use crate::migrations::MIGRATIONS;

/// Findings of one check. It ends with the table in which it reaches this number.
pub const FINDINGS_MAX: usize = 100;
/// Findings in a message; the command `check` prints all.
const FINDINGS_SHOWN: usize = 3;

/// The result of a check.
#[derive(Debug)]
pub struct CheckReport {
    /// The file of the store.
    pub file: PathBuf,
    /// Its size together with that of its log.
    pub bytes: u64,
    /// The tables that were checked.
    pub tables: usize,
    /// One sentence for each damage, at most [`FINDINGS_MAX`]. None contains data.
    pub findings: Vec<String>,
}

impl CheckReport {
    /// The error of a store with findings: the file, and the first of them.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if there are findings.
    pub fn verdict(&self) -> Result<(), StoreError> {
        let shown: Vec<_> = self.findings.iter().take(FINDINGS_SHOWN).map(String::as_str).collect();
        let more = match self.findings.len().saturating_sub(shown.len()) {
            0 => String::new(),
            _ if self.findings.len() >= FINDINGS_MAX => "; and many more".to_owned(),
            more => format!("; and {more} more"),
        };
        let damage = || StoreError::Damaged(format!("{}{more}", shown.join("; "))).in_file(&self.file);
        if shown.is_empty() { Ok(()) } else { Err(damage()) }
    }
}

/// A step of a check, of which the check tells its caller.
#[derive(Clone, Copy, Debug)]
pub struct CheckStep<'a> {
    /// The number of the step; the first is 1.
    pub number: usize,
    /// The number of all steps, as far as it is known.
    pub of: usize,
    /// The part of the file that is checked now.
    pub part: &'a str,
}

/// Checks a store's file, also while a server uses it. Calls `progress` before each step.
///
/// # Errors
/// If there is no such file, or it cannot be read. Damage is no error: it is in the report.
pub fn check(file: &Path, busy_ms_max: u64, progress: impl FnMut(CheckStep<'_>)) -> Result<CheckReport, StoreError> {
    Check::open(file, busy_ms_max)?.run(progress)
}

/// The size of the file and its log. The newest changes are only in the log.
pub(super) fn bytes(file: &Path) -> u64 {
    bytes_of(file).saturating_add(bytes_of(&with_suffix(file, "-wal")))
}

/// The size of one file; 0 if it does not exist.
pub(super) fn bytes_of(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |metadata| metadata.len())
}

/// A connection of its own for one check.
pub(super) struct Check {
    file: PathBuf,
    connection: Connection,
    stopped: Arc<AtomicBool>,
}

impl Check {
    pub(super) fn open(file: &Path, busy_ms_max: u64) -> Result<Self, StoreError> {
        let connection = connect_to_look(file, busy_ms_max)?;
        Ok(Self { file: file.to_owned(), connection, stopped: Arc::default() })
    }

    /// Runs the check.
    ///
    /// # Errors
    /// If the file cannot be read, or the check was stopped.
    pub(super) fn run(&self, mut progress: impl FnMut(CheckStep<'_>)) -> Result<CheckReport, StoreError> {
        let in_file = |error: rusqlite::Error| StoreError::from(error).in_file(&self.file);
        let bytes = bytes(&self.file);
        let mut findings = BTreeSet::new();
        progress(CheckStep { number: 1, of: 1, part: "all pages and rows" });
        let mut tables = Vec::new();
        noted(schema(&self.connection, &mut findings), &mut findings).map_err(in_file)?;
        noted(pragma(&self.connection, &format!("quick_check({FINDINGS_MAX})"), &mut findings), &mut findings)
            .map_err(in_file)?;
        noted(names(&self.connection, &mut tables), &mut findings).map_err(in_file)?;
        for (number, table) in (2..).zip(&tables) {
            if findings.len() >= FINDINGS_MAX {
                break;
            }
            if self.stopped.load(Ordering::Relaxed) {
                return Err(StoreError::Unavailable("the check was stopped".to_owned()));
            }
            progress(CheckStep { number, of: tables.len() + 1, part: table });
            let of_table = format!("integrity_check(\"{}\")", table.replace('"', "\"\""));
            noted(pragma(&self.connection, &of_table, &mut findings), &mut findings).map_err(in_file)?;
        }
        let findings = findings.into_iter().take(FINDINGS_MAX).collect();
        Ok(CheckReport { file: self.file.clone(), bytes, tables: tables.len(), findings })
    }

    /// Runs the check on a thread of low priority. It notes damage in `health`, and stops when the value is dropped.
    pub(super) fn in_background(self, health: Arc<Health>) -> Result<BackgroundCheck, StoreError> {
        let (stopped, handle) = (Arc::clone(&self.stopped), self.connection.get_interrupt_handle());
        let run = move || {
            // Linux counts niceness by thread. Without the lower priority the check is only less polite.
            let _ = rustix::process::nice(19);
            match self.run(|_| {}).and_then(|report| report.verdict()) {
                Ok(()) => tracing::info!("no damage was found in {}", self.file.display()),
                Err(_) if self.stopped.load(Ordering::Relaxed) => {}
                Err(damage @ StoreError::Damaged(_)) => {
                    tracing::error!("{damage}. Every request is answered with 500 until the server is restarted");
                    health.set_damaged(damage);
                }
                Err(error) => tracing::warn!("the store was not checked for damage: {error}"),
            }
        };
        // The sender is dropped with the thread's connection.
        let (running, ended) = oneshot::channel::<()>();
        let spawned = thread::Builder::new().name("sqlite-check".to_owned()).spawn(move || {
            run();
            drop(running);
        });
        spawned.map_err(|error| StoreError::Failed(format!("cannot start the check: {error}")))?;
        Ok(BackgroundCheck { stopped, handle, ended: Some(ended) })
    }
}

/// A check that runs until this is dropped.
pub(super) struct BackgroundCheck {
    stopped: Arc<AtomicBool>,
    handle: InterruptHandle,
    ended: Option<oneshot::Receiver<()>>,
}

impl BackgroundCheck {
    /// Stops the check, and waits until its connection is closed.
    pub(super) async fn stopped(mut self) {
        let ended = self.ended.take();
        drop(self);
        if let Some(ended) = ended {
            // The sender never sends.
            let _ = ended.await;
        }
    }
}

impl Drop for BackgroundCheck {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.handle.interrupt();
    }
}

/// Turns the error of a damaged file into a finding.
fn noted(done: rusqlite::Result<()>, findings: &mut BTreeSet<String>) -> rusqlite::Result<()> {
    let Err(error) = done else { return Ok(()) };
    if !is_refused(&error) && !is_damage(&error) {
        return Err(error);
    }
    findings.insert(error.to_string());
    Ok(())
}

/// Adds the findings of a pragma.
fn pragma(connection: &Connection, pragma: &str, findings: &mut BTreeSet<String>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("PRAGMA {pragma}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let found = text(row, 0)?;
        if found != "ok" {
            findings.insert(found);
        }
    }
    Ok(())
}

/// Adds the names of all tables.
fn names(connection: &Connection, tables: &mut Vec<String>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names = statement.query_map([], |row| text(row, 0))?;
    tables.extend(names.collect::<rusqlite::Result<Vec<_>>>()?);
    Ok(())
}

/// Compares the schema with that of the migrations up to the version of the file. A damaged definition can still be valid SQL,
/// and give columns and indexes another meaning. Tables and indexes that the operator has added do not count.
fn schema(connection: &Connection, findings: &mut BTreeSet<String>) -> rusqlite::Result<()> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // A newer version is refused when the store is opened.
    let migrations = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(..version)).unwrap_or_default();
    let made = Connection::open_in_memory()?;
    for (_, sql) in migrations {
        made.execute_batch(sql)?;
    }
    let found = definitions(connection)?;
    let missing = definitions(&made)?.into_iter().filter(|definition| !found.contains(definition));
    findings.extend(missing.map(|(name, _)| format!("the definition of {name} is not the one that this server makes")));
    Ok(())
}

/// Name and definition of every table and index.
fn definitions(connection: &Connection) -> rusqlite::Result<BTreeSet<(String, String)>> {
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    statement.query_map([], |row| Ok((text(row, 0)?, text(row, 1)?)))?.collect()
}

/// A text that need not be UTF-8: the file can be damaged there.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(row
        .get_ref(column)?
        .as_bytes_or_null()?
        .map_or_else(String::new, |text| String::from_utf8_lossy(text).into_owned()))
}
