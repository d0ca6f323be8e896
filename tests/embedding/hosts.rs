//! The hosts that run the vectors: the product's own in this process, and other programs with the interface that README.md describes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::native::Native;
use crate::vector::{File, Vector};

/// The duration of the measurement of speed.
const MEASURED: Duration = Duration::from_secs(1);
/// The measured vector. Its first step is called.
const MEASURED_OPERATION: &str = "addKycCheck";

/// The results of a host.
pub(crate) struct Report {
    pub(crate) host: String,
    /// The failure of each vector by `operation/name`, or `None` if it passed.
    pub(crate) vectors: BTreeMap<String, Option<String>>,
    /// Instances per second, each with one call.
    pub(crate) per_second: f64,
}

impl Report {
    /// The report of a host that could not run. All its vectors fail with this error.
    pub(crate) fn of_none(named: &str, error: &anyhow::Error) -> Self {
        eprintln!("{error:#}");
        let host = named.split_once('=').map_or(named, |(host, _)| host).to_owned();
        Self { host, vectors: BTreeMap::new(), per_second: 0.0 }
    }
}

/// A line that a runner prints.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Vector {
        vector: String,
        ok: bool,
        #[serde(default)]
        why: String,
    },
    Speed {
        calls: u64,
        seconds: f64,
    },
}

/// The product's own host.
pub(crate) async fn native(files: &[File]) -> Result<Report> {
    let steps = files.iter().flat_map(|file| &file.vectors).flat_map(|vector| &vector.steps);
    let native = Native::new(steps.map(|step| &step.what)).await?;
    let mut vectors = BTreeMap::new();
    for file in files {
        for vector in &file.vectors {
            vectors.insert(id(file, vector), failure(&native, vector).await);
        }
    }
    let measured = files.iter().find(|file| file.operation == MEASURED_OPERATION).and_then(|file| file.vectors.first());
    let (calls, seconds) = native.measure(measured.context("nothing to measure")?, MEASURED).await?;
    Ok(Report { host: "obp-host".to_owned(), vectors, per_second: calls as f64 / seconds })
}

async fn failure(native: &Native, vector: &Vector) -> Option<String> {
    let answers = match native.play(&vector.given, vector.steps.iter().map(|step| &step.what)).await {
        Ok(answers) => answers,
        Err(error) => return Some(format!("{error:#}")),
    };
    let mut different = vector.steps.iter().zip(&answers).filter(|(step, answer)| step.answer != **answer);
    different.next().map(|(step, answer)| format!("expected {:?}, got {answer:?}", step.answer))
}

/// Runs another host, which is given as NAME=COMMAND.
pub(crate) fn other(named: &str, component: &Path, vectors: &Path) -> Result<Report> {
    let (host, command) = named.split_once('=').context("a host is given as NAME=COMMAND")?;
    let mut words = command.split_whitespace();
    let program = words.next().with_context(|| format!("{host} has no command"))?;
    let output = Command::new(program)
        .args(words)
        .arg("--component")
        .arg(component)
        .arg("--vectors")
        .arg(vectors)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{host}: cannot start {program}"))?;
    ensure!(output.status.success(), "{host}: {program} ended with {}", output.status);
    let mut report = Report { host: host.to_owned(), vectors: BTreeMap::new(), per_second: 0.0 };
    for line in String::from_utf8(output.stdout).with_context(|| format!("{host} prints no text"))?.lines() {
        match serde_json::from_str(line)
            .with_context(|| format!("{host} prints {line:?}, which is not a line of a runner"))?
        {
            Line::Vector { vector, ok, why } => {
                let failure = (!ok).then_some(why);
                if report.vectors.insert(vector.clone(), failure).is_some() {
                    bail!("{host} reports {vector} twice");
                }
            }
            Line::Speed { calls, seconds } => report.per_second = calls as f64 / seconds,
        }
    }
    Ok(report)
}

/// The full name of a vector.
pub(crate) fn id(file: &File, vector: &Vector) -> String {
    format!("{}/{}", file.operation, vector.name)
}
