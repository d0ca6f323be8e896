//! The report of the measured figures: standard output for machines, standard error for people.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};

use crate::figures::{FIGURES, Figure};

/// The requested figures and the measured ones.
#[derive(Debug)]
pub(crate) struct Report {
    only: String,
    found: Vec<(&'static Figure, f64)>,
}

impl Report {
    /// Requests the figures whose names begin with one of these texts.
    pub(crate) fn new(only: String) -> anyhow::Result<Self> {
        let report = Self { only, found: Vec::new() };
        ensure!(report.wants(|_| true), "no figure begins with {:?}; bench --list shows them all", report.only);
        Ok(report)
    }

    /// Whether any matching figure is requested.
    pub(crate) fn wants(&self, kind: impl Fn(&str) -> bool) -> bool {
        FIGURES.iter().any(|figure| figure.name.starts_with(&self.only) && kind(figure.name))
    }

    /// Reports a figure.
    pub(crate) fn tell(&mut self, name: &str, value: f64) -> anyhow::Result<()> {
        let figure = FIGURES.iter().find(|figure| figure.name == name).with_context(|| format!("no figure {name}"))?;
        ensure!(value.is_finite(), "{name} is not a number");
        println!("{name} {} {}", short(value), figure.unit);
        std::io::stdout().flush()?;
        let reached = match figure.aim.reached(value) {
            Some(true) => "reached",
            Some(false) => "NOT REACHED",
            None => "for context",
        };
        eprintln!("  {name:<38} {:>10} {:<10} aim {:<7} {reached}", short(value), figure.unit, figure.aim.to_string());
        self.found.push((figure, value));
        Ok(())
    }

    /// Ends the report. Every requested figure must have been measured.
    pub(crate) fn end(self, json: Option<&Path>) -> anyhow::Result<()> {
        let missing = |figure: &&Figure| !self.found.iter().any(|(found, _)| found.name == figure.name);
        if let Some(figure) = FIGURES.iter().filter(|figure| figure.name.starts_with(&self.only)).find(missing) {
            bail!("{} was not measured", figure.name);
        }
        if let Some(path) = json {
            let figures = self.found.iter().map(|(figure, value)| {
                (figure.name.to_owned(), serde_json::json!({ "value": value, "unit": figure.unit }))
            });
            let figures = serde_json::Value::Object(figures.collect());
            let text = format!("{}\n", serde_json::to_string_pretty(&figures)?);
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        let missed = self.found.iter().filter(|(figure, value)| figure.aim.reached(*value) == Some(false)).count();
        let aims = self.found.iter().filter(|(figure, value)| figure.aim.reached(*value).is_some()).count();
        eprintln!("{} of {aims} aims reached", aims - missed);
        Ok(())
    }
}

/// Prints the current step.
pub(crate) fn progress(what: &str) {
    eprintln!("- {what}");
}

/// Prints all figures with unit, aim and meaning.
pub(crate) fn list() -> anyhow::Result<()> {
    let mut to = std::io::stdout().lock();
    for Figure { name, unit, aim, meaning } in FIGURES {
        writeln!(to, "{name:<38} {unit:<10} {:<8} {meaning}", aim.to_string())?;
    }
    Ok(())
}

/// The significant digits of a value.
fn short(value: f64) -> String {
    match value.abs() {
        1000.0.. => format!("{value:.0}"),
        100.0.. => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}
