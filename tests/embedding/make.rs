//! Makes vectors from cases: runs each step in the product's own host, records the answer, and checks that it ends as the case demands.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::cases::{self, COMMITS, Case, End, OPERATIONS};
use crate::native::{Native, randoms};
use crate::vector::{Answer, File, Step, Vector, What};

/// The password hash of steps that do not ask for one.
const NO_HASH: &str = "$argon2id$nobody-asks";

/// The vectors of all cases, one file per operation.
pub(crate) async fn files() -> Result<Vec<File>> {
    let cases = cases::all();
    let native = Native::new(cases.iter().flat_map(|case| &case.steps).map(|step| &step.what)).await?;
    let names = OPERATIONS.iter().map(|operation| operation.name).chain([COMMITS]);
    let mut files: Vec<_> = names.map(|name| File { operation: name.to_owned(), vectors: Vec::new() }).collect();
    for case in cases {
        let (operation, name) = (case.operation, case.name.clone());
        let vector = vector(&native, case).await.with_context(|| format!("{operation}/{name}"))?;
        let file = files.iter_mut().find(|file| file.operation == operation).context("no such operation")?;
        ensure!(file.vectors.iter().all(|other| other.name != name), "{operation} has two cases {name}");
        file.vectors.push(vector);
    }
    Ok(files)
}

async fn vector(native: &Native, case: Case) -> Result<Vector> {
    let answers = native.play(&case.given, case.steps.iter().map(|step| &step.what)).await?;
    let random = randoms()?;
    let mut recorded = Vec::new();
    for (step, answer) in case.steps.into_iter().zip(answers) {
        let end = end(&answer)?;
        ensure!(told(step.end) == end, "it ends with {end}, and not with {}: {answer:?}", told(step.end));
        let mut what = step.what;
        if let What::Call { host, .. } = &mut what {
            host.random.clone_from(&random);
            host.password_hash = hash(&answer).unwrap_or(NO_HASH).to_owned();
        }
        recorded.push(Step { what, answer });
    }
    Ok(Vector { name: case.name, given: case.given, steps: recorded })
}

fn told(end: End) -> String {
    match end {
        End::Reply(changes) => format!("a reply and {changes} changes"),
        End::Refusal(code) => code.to_owned(),
        End::Commit(true) => "a commit".to_owned(),
        End::Commit(false) => "no commit".to_owned(),
    }
}

fn end(answer: &Answer) -> Result<String> {
    match answer {
        Answer::Reply { changes, .. } => Ok(told(End::Reply(changes.len()))),
        Answer::Problem { problem } => Ok(code(problem)?.to_owned()),
        Answer::Committed { committed } => Ok(told(End::Commit(*committed))),
    }
}

/// A problem's code, or its message where it has none.
fn code(problem: &Value) -> Result<&str> {
    let text = |key: &str| problem.get(key).and_then(Value::as_str).with_context(|| format!("a problem has a {key}"));
    Ok(match text("code")? {
        "" => text("message")?,
        code => code,
    })
}

fn hash(answer: &Answer) -> Option<&str> {
    let Answer::Reply { changes, .. } = answer else { return None };
    changes.iter().find_map(|change| change.pointer("/val/password-hash")?.as_str())
}

/// Checks that the vectors are complete: each operation succeeds once at least, and shows each refusal of its function and no other.
pub(crate) fn cover(files: &[File]) -> Result<()> {
    for (file, operation) in files.iter().zip(&OPERATIONS) {
        let steps = || file.vectors.iter().flat_map(|vector| &vector.steps);
        let is_own = |step: &&Step| match &step.what {
            What::Call { call, .. } => {
                (call.interface.as_str(), call.function.as_str()) == (operation.interface, operation.function)
            }
            What::Commit { .. } => false,
        };
        let mut seen = BTreeSet::new();
        for step in steps().filter(is_own) {
            if let Answer::Problem { problem } = &step.answer {
                seen.insert(code(problem)?);
            }
        }
        let wanted: BTreeSet<_> = operation.errors.iter().copied().collect();
        ensure!(seen == wanted, "{} is refused with {seen:?}, and can be with {wanted:?}", operation.name);
        let answers = |step: &Step| matches!(step.answer, Answer::Reply { .. });
        ensure!(steps().filter(is_own).any(answers), "{} never succeeds", operation.name);
    }
    Ok(())
}

/// The JSON text of a file.
pub(crate) fn text(file: &File) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(file)?))
}

/// Writes the files of vectors.
pub(crate) fn write(folder: &Path, files: &[File]) -> Result<()> {
    for file in files {
        let path = folder.join(format!("{}.json", file.operation));
        fs::write(&path, text(file)?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Checks that the files in the folder equal the vectors of the cases, byte by byte.
pub(crate) fn compare(folder: &Path, files: &[File]) -> Result<()> {
    for file in files {
        let path = folder.join(format!("{}.json", file.operation));
        let there = fs::read_to_string(&path).unwrap_or_default();
        ensure!(
            there == text(file)?,
            "{} differs from the component's answer. Run `make vectors`, and review the differences.",
            path.display()
        );
    }
    Ok(())
}
