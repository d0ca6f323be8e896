//! A real store in a folder of its own. It checks and records each SQL text that it receives.

use std::sync::{Arc, Mutex};

use bindings::Change;
use tempfile::TempDir;

use crate::sqlite::{DamageCheck, Durability, FILE_NAME, Options, SqliteStore};
use crate::{CommitError, Param, Pending, Rows, Snapshot, Statement, Store, StoreError, statement};

const OPTIONS: Options = Options {
    readers_max: 4,
    readers_kept_max: 2,
    commits_waiting_max: 64,
    commit_group_max: 64,
    busy_ms_max: 1000,
    durability: Durability::ProcessExit,
    damage_check: DamageCheck::DEFAULT,
};

pub(super) struct Watched {
    store: SqliteStore,
    /// All texts since the last [`Watched::texts`].
    texts: Arc<Mutex<Vec<&'static str>>>,
    folder: TempDir,
}

impl Watched {
    pub(super) fn open() -> Self {
        Self::open_in(tempfile::tempdir().unwrap())
    }

    pub(super) fn open_in(folder: TempDir) -> Self {
        let store = SqliteStore::open(folder.path(), OPTIONS).unwrap();
        Self { store, texts: Arc::default(), folder }
    }

    /// Commits the changes, all or nothing.
    pub(super) async fn change(&self, changes: impl IntoIterator<Item = Change>) -> Result<(), CommitError> {
        self.commit(changes.into_iter().map(statement).collect()).await
    }

    pub(super) async fn snapshot(&self) -> Box<dyn Snapshot> {
        self.read().await.unwrap()
    }

    /// The texts since the last call.
    pub(super) fn texts(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.texts.lock().unwrap())
    }

    /// The texts since the last call, each with SQLite's plan for it.
    pub(super) fn plans(&self) -> Vec<(&'static str, String)> {
        let connection = rusqlite::Connection::open(self.folder.path().join(FILE_NAME)).unwrap();
        let plan = |sql| {
            let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let lines = explained.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>();
            (sql, lines.unwrap().join("\n"))
        };
        self.texts().into_iter().map(plan).collect()
    }

    /// The rows, one text each, of a query that this crate does not have.
    pub(super) fn raw(&self, sql: &str) -> Vec<String> {
        let connection = rusqlite::Connection::open(self.folder.path().join(FILE_NAME)).unwrap();
        let mut prepared = connection.prepare(sql).unwrap();
        prepared.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }
}

impl Store for Watched {
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(async {
            let snapshot = self.store.read().await?;
            Ok(Box::new(WatchedSnapshot { snapshot, texts: Arc::clone(&self.texts) }) as Box<dyn Snapshot>)
        })
    }

    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>> {
        for statement in &statements {
            assert_portable(statement.sql, statement.values.len());
            self.texts.lock().unwrap().push(statement.sql);
        }
        self.store.commit(statements)
    }
}

struct WatchedSnapshot {
    snapshot: Box<dyn Snapshot>,
    texts: Arc<Mutex<Vec<&'static str>>>,
}

impl Snapshot for WatchedSnapshot {
    fn rows<'a>(&'a mut self, sql: &'static str, params: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>> {
        assert_portable(sql, params.len());
        self.texts.lock().unwrap().push(sql);
        self.snapshot.rows(sql, params)
    }
}

/// Checks the placeholders. SQLite numbers `$n` by first use, PostgreSQL by n: they agree only if the first uses are
/// 1, 2, 3, …. The number of values must be the same.
fn assert_portable(sql: &str, values: usize) {
    let mut first_uses: Vec<usize> = Vec::new();
    for rest in sql.split('$').skip(1) {
        let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest[..digits].parse().unwrap();
        if !first_uses.contains(&number) {
            first_uses.push(number);
        }
    }
    assert_eq!(first_uses, (1..=values).collect::<Vec<_>>(), "{sql}");
    for dialect in ["INSERT OR ", "rowid", " IS $", "?"] {
        assert!(!sql.contains(dialect), "{dialect} in {sql}");
    }
}

#[test]
#[should_panic(expected = "left: [2, 1]")]
fn placeholders_out_of_order_are_found() {
    assert_portable("SELECT 1 WHERE $2 = $1 AND $2 > 0", 2);
}
