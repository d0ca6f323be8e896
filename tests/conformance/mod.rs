//! The HTTP contract, as data: each file beside this one is a list of scenarios, each on a server of its own.
//!
//! ```text
//! == a check is answered as it is stored          a scenario; the world is support/world.rs
//! with OBP_HOST_MEETINGS__ENABLED=true            a setting (optional, before the first call)
//! > kim PUT /banks/bank-1/…                       a call, by a user of the world, or `-` for an anonymous one
//! > Accept: text/html                             a header of it (optional)
//! > {"customer_number":"1"}                       its body (optional); a Content-Type comes with it
//! < 200 {"bank_id":"bank-1"}                      the status and the whole body, to the letter
//! < Allow: GET                                    a header that must be there (optional)
//! ```
//!
//! `{{x*2001}}` is 2,001 times `x`. Paths are below `/obp/v3.1.0`, unless they begin with `/obp/`, or with `~`, which is the
//! root. The body `…` matches any body that is not empty: the tests in `documents/` look into it.
//!
//! `<name>` in an expected text takes the text up to the next quote, at least one character. Every other `<name>` of the
//! scenario, in a call or in an answer, is that same text. Two names never have the same value. `<git_commit>` is the
//! commit of the build, which may be empty.

mod coverage;
mod placeholders;
mod scenario;
mod tls;

use crate::support::TestApp;

use self::scenario::{Scenario, parse};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance");

/// The scenarios of a file.
fn read(file: &str) -> Vec<Scenario> {
    parse(file, &std::fs::read_to_string(format!("{FOLDER}/{file}")).unwrap())
}

/// All files, with their scenarios.
fn scenarios() -> Vec<(String, Vec<Scenario>)> {
    let files = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter(|file| file.ends_with(".txt")).map(|file| (file.clone(), read(&file))).collect()
}

async fn conform(file: &str) {
    let only = std::env::var("SCENARIO").unwrap_or_default();
    let scenarios: Vec<Scenario> = read(file).into_iter().filter(|scenario| scenario.title.contains(&only)).collect();
    let mut failures = Vec::new();
    for scenario in &scenarios {
        let settings: Vec<_> = scenario.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let app = TestApp::with(&settings).await;
        if let Err(failure) = scenario.play(&app, &reqwest::Client::new()).await {
            failures.push(failure);
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} scenarios failed\n\n{}",
        failures.len(),
        scenarios.len(),
        failures.join("\n\n")
    );
}

macro_rules! conformance {
    ($($name:ident),* $(,)?) => {
        const PLAYED: &[&str] = &[$(stringify!($name)),*];
        $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            conform(concat!(stringify!($name), ".txt")).await;
        }
        )*
    };
}

conformance! { accounts, banks, consumers, customers, documents, entitlements, http, kyc, login, meetings, users }

/// A file that no test plays promises nothing.
#[test]
fn every_file_is_played() {
    let mut files: Vec<_> = scenarios().into_iter().map(|(file, _)| file).collect();
    files.sort();
    let mut played: Vec<_> = PLAYED.iter().map(|name| format!("{name}.txt")).collect();
    played.sort();
    assert_eq!(files, played);
}
