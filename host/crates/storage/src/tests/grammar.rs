//! Every SQL text and every migration is accepted by PostgreSQL's grammar.

use std::fs;
use std::path::{Path, PathBuf};

use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::everything::{read_about_all, read_about_one_subject, write_about_one_subject};
use super::populated;
use crate::migrations::MIGRATIONS;

/// Counts the statements of a text, if PostgreSQL's grammar accepts it.
///
/// The parser accepts some clauses of SQLite in every dialect, so this function refuses them itself.
fn postgresql(sql: &str) -> Result<usize, String> {
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, sql).map_err(|error| error.to_string())?;
    let only_sqlite = statements.iter().find(|statement| match statement {
        Statement::Insert(insert) => insert.or.is_some(),
        Statement::Update(update) => update.or.is_some(),
        Statement::CreateTable(table) => !table.sqlite_table_options.options.is_empty(),
        Statement::Pragma { .. } => true,
        _ => false,
    });
    only_sqlite.map_or(Ok(statements.len()), |statement| Err(format!("only SQLite accepts {statement}")))
}

#[tokio::test]
async fn every_sql_text_is_accepted_by_the_grammar_of_postgresql() {
    let store = populated().await;
    write_about_one_subject(&store).await;
    read_about_one_subject(&store).await;
    read_about_all(&store).await;
    let texts = store.texts();
    for sql in &texts {
        assert_eq!(postgresql(sql), Ok(1), "{sql}");
    }
    let templates = sources()
        .into_iter()
        .flat_map(|(path, source)| templates(&source).into_iter().map(move |template| (path.clone(), template)));
    let templates: Vec<_> = templates.collect();
    assert!(templates.len() > 60, "the sources have {} texts", templates.len());
    let missing = templates.iter().filter(|(_, template)| !texts.iter().any(|sql| template.describes(sql)));
    let missing: Vec<_> = missing.collect();
    assert!(missing.is_empty(), "texts that were not sent: {missing:#?}");
}

#[test]
fn every_migration_is_accepted_by_the_grammar_of_postgresql() {
    for (name, sql) in MIGRATIONS {
        assert!(postgresql(sql).is_ok_and(|statements| statements > 0), "{name}: {:?}", postgresql(sql));
    }
}

#[test]
fn texts_that_only_sqlite_accepts_are_refused() {
    for sql in [
        "INSERT OR REPLACE INTO banks (bank_id) VALUES ($1)",
        "UPDATE OR IGNORE banks SET bank_id = $1",
        "REPLACE INTO banks (bank_id) VALUES ($1)",
        "SELECT `bank_id` FROM banks",
        "CREATE TABLE banks (bank_id TEXT) STRICT",
        "CREATE TABLE banks (bank_id TEXT PRIMARY KEY) WITHOUT ROWID",
        "PRAGMA foreign_keys = 1",
    ] {
        assert!(postgresql(sql).is_err(), "{sql}: {:?}", postgresql(sql));
    }
}

/// The literal parts of an SQL text in the sources. Macros fill the gaps between them.
#[derive(Debug)]
struct Template {
    parts: Vec<String>,
    place: Place,
}

/// Where a template stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// A literal that is the whole text.
    Literal,
    /// An argument of `concat!`: its first part begins the text.
    Concat,
    /// An argument of another macro, which puts it inside a text.
    Inside,
}

impl Template {
    fn describes(&self, sql: &str) -> bool {
        let mut rest = sql;
        let in_order = self.parts.iter().all(|part| {
            let Some((_, after)) = rest.split_once(part.as_str()) else { return false };
            rest = after;
            true
        });
        in_order
            && match self.place {
                Place::Literal => self.parts == [sql],
                Place::Concat => sql.starts_with(&self.parts[0]),
                Place::Inside => true,
            }
    }
}

/// The source files of the crate, without the tests and the check for damage, whose SQL asks SQLite about itself.
fn sources() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let paths = [folder.clone(), folder.join("sqlite")].into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = paths.map(|entry| entry.unwrap().path());
    let rust = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.filter(|path| !path.ends_with("tests.rs") && !path.ends_with("check.rs"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// The SQL texts of a source file: each begins with a literal whose first word is a verb of SQL.
fn templates(source: &str) -> Vec<Template> {
    const VERBS: [&str; 5] = ["\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE ", "\"WITH "];
    let begins = VERBS.iter().flat_map(|verb| source.match_indices(verb).map(|(at, _)| at));
    begins.map(|at| template(&source[..at], &source[at..])).collect()
}

fn template(before: &str, mut source: &str) -> Template {
    let before = before.trim_end();
    let place = match (before.ends_with("concat!("), before.ends_with("!(")) {
        (true, _) => Place::Concat,
        (false, true) => Place::Inside,
        (false, false) => Place::Literal,
    };
    let mut parts = Vec::new();
    let mut depth = 0;
    loop {
        let (part, after) = literal(source);
        parts.push(part);
        // To the next literal of the same macro call.
        let next = after.char_indices().find(|(_, character)| {
            depth += match character {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            *character == '"' || depth < 0
        });
        match next {
            Some((at, '"')) if place != Place::Literal => source = &after[at..],
            _ => return Template { parts, place },
        }
    }
}

/// Splits a source into the value of the string literal that it begins with, and the rest.
fn literal(source: &str) -> (String, &str) {
    let (text, rest) = source[1..].split_once('"').unwrap();
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let text = lines.fold(first, |text, line| text + line.trim_start());
    assert!(!text.contains('\\'), "an escape that this test does not read: {text}");
    (text, rest)
}

#[test]
fn a_text_that_is_not_sent_is_found() {
    let source = r#"
        const ONE: &str = "SELECT 1 FROM banks \
            WHERE bank_id = $1";
        const ALL: &str = concat!("SELECT ", bank!(columns), " FROM banks", list_limit!());
        const OF_ALL: &str = roles_of_users!("SELECT user_id FROM consumers", list_limit!());
    "#;
    let [one, all, of_all] = templates(source).try_into().unwrap();
    assert!(one.describes("SELECT 1 FROM banks WHERE bank_id = $1"));
    assert!(!one.describes("SELECT EXISTS (SELECT 1 FROM banks WHERE bank_id = $1)"));
    assert!(all.describes("SELECT banks.bank_id FROM banks LIMIT 10000"));
    assert!(!all.describes("SELECT users.user_id FROM users"));
    assert!(
        of_all.describes("SELECT 1 FROM entitlements WHERE user_id IN (SELECT user_id FROM consumers LIMIT 10000)")
    );
    assert!(!of_all.describes("SELECT user_id FROM users"));
}
