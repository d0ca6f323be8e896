//! The HTTP contract, as data: each `.txt` file beside this one is a list of scenarios. Each scenario has its own server.
//!
//! ```text
//! == a check is returned as it is stored          a scenario; its world is support/world.rs
//! with OBP_HOST_MEETINGS__ENABLED=true            a setting (optional, before the first call)
//! > kim PUT /banks/bank-1/…                       a call by a user of the world; `-` is an anonymous caller
//! > Accept: text/html                             a header of the call (optional)
//! > {"customer_number":"1"}                       its body (optional); a Content-Type comes with it
//! < 200 {"bank_id":"bank-1"}                      the expected status and the whole body, to the letter
//! < Allow: GET                                    an expected header (optional)
//! ```
//!
//! Paths are below `/obp/v3.1.0`, unless they begin with `/obp/`, or with `~`, which is the root. `{{x*2001}}` is 2,001
//! times `x`. The body `…` matches any body that is not empty: the tests in `documents/` look into it.
//!
//! # Placeholders
//!
//! `<name>` in an expected text takes the text up to the next quote, at least one character. Every other `<name>` of the
//! scenario, in a call or in an answer, is that same text. Two names never have the same value. `<git_commit>` is the
//! commit of the build, which may be empty.
//!
//! # Named bodies
//!
//! The head of a file defines the JSON bodies that its scenarios use; `bodies.txt` defines the bodies that several
//! files use. A definition may use earlier ones. Each body has a use. The order of the members is kept.
//!
//! ```text
//! body check = {"how":"letter","satisfied":true}
//! body stored_check = {"id":"k-1",{{...check}}}
//!
//! {{check}}                                       {"how":"letter","satisfied":true}
//! {{check with how="{{x*33}}", satisfied=null}}   replaces values
//! {{check without how}}                           removes members
//! {{check plus note=1}}                           adds a member at the end, even if its key is already there
//! {{check naming how="How"}}                      renames a key
//! {{check reversed}}                              { "satisfied" : true , "how" : "letter" }
//! {{...check}}                                    the members without the braces: "how":"letter","satisfied":true
//! {{account with balance.amount="1"}}             a member of a member
//! {{check with how="" without satisfied}}         several changes, from left to right
//! ```
//!
//! The value of a change is JSON, and may be a reference itself. In `{{{...check}}` the first brace is text. `text name =
//! …` defines a text that is no JSON object; `{{name}}` is that text.

mod bodies;
mod coverage;
mod placeholders;
mod scenario;
mod tls;

use crate::support::TestApp;

use self::bodies::Bodies;
use self::scenario::{Scenario, parse};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance");

/// Definitions for all files.
const SHARED: &str = "bodies.txt";

fn text(file: &str) -> String {
    std::fs::read_to_string(format!("{FOLDER}/{file}")).unwrap()
}

fn shared_bodies() -> Bodies {
    Bodies::parse(SHARED, &text(SHARED)).unwrap_or_else(|failure| panic!("{failure}"))
}

fn read_with(file: &str, shared: &Bodies) -> Vec<Scenario> {
    parse(file, &text(file), shared).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Reads the scenarios of a file.
fn read(file: &str) -> Vec<Scenario> {
    read_with(file, &shared_bodies())
}

/// The names of all files of scenarios, sorted.
fn files() -> Vec<String> {
    let names = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = names.filter(|name| name.ends_with(".txt") && name != SHARED).collect();
    files.sort();
    files
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

conformance! { accounts, banks, consumers, customers, documents, entitlements, http, kyc, login, meetings, users, versions }

/// A file without a test would promise nothing.
#[test]
fn every_file_is_played() {
    let mut played: Vec<_> = PLAYED.iter().map(|name| format!("{name}.txt")).collect();
    played.sort();
    assert_eq!(files(), played);
}

#[test]
fn every_shared_body_is_used() {
    let shared = shared_bodies();
    for file in files() {
        read_with(&file, &shared);
    }
    assert_eq!(shared.unused(), Vec::<String>::new());
}
