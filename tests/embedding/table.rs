//! The table of results: the passed vectors and the speed of each host.

use std::fmt::Write as _;

use crate::hosts::{Report, id};
use crate::vector::File;

/// Returns the table, and one line per failure.
pub(crate) fn table(files: &[File], reports: &[Report]) -> (String, Vec<String>) {
    let mut text = format!("{:<18}", "vectors");
    for report in reports {
        let _ = write!(text, "{:>12}", report.host);
    }
    let mut wrong = Vec::new();
    let mut totals = vec![0; reports.len()];
    for file in files {
        let _ = write!(text, "\n{:<18}", file.operation);
        for (report, total) in reports.iter().zip(&mut totals) {
            let ids = file.vectors.iter().map(|vector| id(file, vector));
            let passed = ids.filter(|id| passes(report, id, &mut wrong)).count();
            let _ = write!(text, "{:>12}", format!("{passed}/{}", file.vectors.len()));
            *total += passed;
        }
    }
    let all: usize = files.iter().map(|file| file.vectors.len()).sum();
    let _ = write!(text, "\n{:<18}", "all");
    for (report, total) in reports.iter().zip(totals) {
        let _ = write!(text, "{:>12}", format!("{total}/{all}"));
        if report.vectors.len() > all {
            wrong.push(format!("{}: plays {} vectors of {all}", report.host, report.vectors.len()));
        }
    }
    let _ = write!(text, "\n{:<18}", "instances/s");
    for report in reports {
        let _ = write!(text, "{:>12.0}", report.per_second);
        if report.per_second <= 0.0 {
            wrong.push(format!("{}: prints no speed", report.host));
        }
    }
    (text, wrong)
}

fn passes(report: &Report, id: &str, wrong: &mut Vec<String>) -> bool {
    match report.vectors.get(id) {
        Some(None) => return true,
        Some(Some(why)) => wrong.push(format!("{}: {id}: {why}", report.host)),
        None => wrong.push(format!("{}: {id}: not played", report.host)),
    }
    false
}
