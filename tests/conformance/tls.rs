//! The same scenarios over TLS: all of them with HTTP/2, which has its own code, and two files with HTTP/1.1.

use hyper::Version;

use super::{PLAYED, read};
use crate::support::TestApp;
use crate::support::tls::{Files, Pair};

async fn conforms_over_tls(version: Version, names: &[&str]) {
    let pair = Pair::new();
    let files = Files::of(&pair);
    let mut failures = Vec::new();
    for scenario in names.iter().flat_map(|name| read(&format!("{name}.txt"))) {
        let settings: Vec<_> = scenario.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let app = TestApp::with(&files.settings(&settings)).await;
        let client = match version {
            Version::HTTP_11 => pair.client().http1_only(),
            _ => pair.client(),
        };
        let client = client.build().unwrap();
        assert_eq!(client.get(app.url("/root")).send().await.unwrap().version(), version);
        if let Err(failure) = scenario.play(&app, &client).await {
            failures.push(failure);
        }
    }
    assert!(failures.is_empty(), "{} scenarios failed\n\n{}", failures.len(), failures.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scenarios_of_http_and_kyc_hold_over_tls_with_http_1() {
    conforms_over_tls(Version::HTTP_11, &["http", "kyc"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_holds_over_tls_with_http_2() {
    conforms_over_tls(Version::HTTP_2, PLAYED).await;
}
