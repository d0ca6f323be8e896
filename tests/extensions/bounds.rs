//! Limits that no manifest raises: an extension cannot take time, memory or requests from the server and from others.

use std::fs;

use reqwest::Method;

use crate::support::TestApp;
use crate::support::extensions::{Manifest, ask, clients, deploy, document, notes, put_document, server, server_over};

/// The screener `first` of `bank-1`. It may run for a short time only.
fn screener() -> Manifest {
    let screener = Manifest::screener("first").bank("bank-1").host("api.example");
    screener.limit("running_ms_max", 300).limit("waiting_ms_max", 20_000).limit("memory_bytes_max", 64 << 20)
}

const FAILED: &str = "OBP-50000: Unknown Error. The extension first failed, and nothing was written.";

/// The extension may run for 300 ms and the rules for 50 ms. The rules' time stops while they wait for the extension.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_running_time_of_an_extension_does_not_count_as_the_rules_time() {
    let settings = [("OBP_HOST_LIMITS__GUEST_MS_MAX", "50")];
    let app = server_over(&[screener()], &[], &settings, |store| store).await;
    assert_eq!(put_document(&app, "run 150").await.status, 200);
    let answer = put_document(&app, "loop").await;
    answer.is(503, FAILED);
    assert!(answer.logged()[0].contains("it ran for more than 300 ms"), "{:?}", answer.logged());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn extensions_share_their_memory_and_one_fails_if_none_is_left() {
    for (all, status) in [("1048576", 503), ("1073741824", 200)] {
        let settings = [("OBP_HOST_LIMITS__EXTENSIONS_MEMORY_BYTES_MAX", all)];
        let app = server_over(&[screener()], &[], &settings, |store| store).await;
        for _ in 0..3 {
            let answer = put_document(&app, "take-memory 4").await;
            assert_eq!(answer.status, status, "{}", answer.body);
            let short = answer.logged().iter().any(|line| line.contains("extensions have no memory left"));
            assert_eq!(short, status == 503, "{:?}", answer.logged());
        }
        // Each call frees its memory, so one page is enough each time.
        assert_eq!(put_document(&app, "nothing").await.status, 200);
    }
}

/// Clients of the waiting extension get an error. Most of the requests stay free for all others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_extension_occupies_only_a_part_of_the_requests() {
    let settings = [("OBP_HOST_LIMITS__REQUESTS_IN_FLIGHT_MAX", "8")];
    let app = server_over(&[screener()], &[], &settings, |store| store).await;
    let app = std::sync::Arc::new(app);
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let app = std::sync::Arc::clone(&app);
            tokio::spawn(async move { put_document(&app, "wait-for-ever").await.status })
        })
        .collect();
    app.at_work(2).await;
    let figures = || app.app.onboarding.extensions.current().extensions()[0].metrics.snapshot();
    // The two requests may not have reached the extension yet.
    let refused = loop {
        let answer = put_document(&app, "nothing").await;
        if answer.status != 200 {
            break answer;
        }
    };
    refused.is(503, FAILED);
    assert!(refused.logged()[0].contains("it has reached its number of calls"), "{:?}", refused.logged());
    assert!(figures().failures > 0);
    let elsewhere = ask(&app, Method::PUT, "/banks/bank-2/customers/c-2/kyc_documents/d-2", &document("")).await;
    assert_eq!(elsewhere.status, 200, "no screener is for that bank");
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screeners_that_together_exceed_the_time_of_a_request_are_not_loaded_together() {
    let first = screener().limit("waiting_ms_max", 29_000);
    let (second, elsewhere) = (first.clone().named("second"), first.clone().named("third").bank("bank-2"));
    let settings = [("OBP_HOST_LIMITS__HOST_MS_MAX", "50000")];
    let all = [first, second, elsewhere];
    let app = server_over(&all, &[], &settings, |store| store).await;
    let set = app.app.onboarding.extensions.current();
    let refused: Vec<_> = set.not_loaded().iter().map(ToString::to_string).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].ends_with("second/extension.toml, line 12: with the screeners before it a request could take 58600 ms, and it waits for 49500"), "{refused:?}");
    put_document(&app, "nothing")
        .await
        .is(503, "OBP-50000: Unknown Error. The extension second failed, and nothing was written.");
    // The control: a server whose requests may take longer.
    let app = server_over(&all, &[], &[("OBP_HOST_LIMITS__HOST_MS_MAX", "60000")], |store| store).await;
    assert_eq!(put_document(&app, "nothing").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_folder_of_extensions_is_an_error_and_not_an_empty_folder() {
    let folder = crate::support::folder().unwrap();
    let extensions = folder.path().join("extensions");
    fs::create_dir(&extensions).unwrap();
    deploy(&extensions, &screener());
    let app =
        TestApp::extended(&extensions, clients(&[]), &[("OBP_HOST_LIMITS__HOST_MS_MAX", "60000")], |store| store).await;
    fs::rename(&extensions, folder.path().join("elsewhere")).unwrap();
    let why = app.app.onboarding.extensions.reload().await.err().unwrap().to_string();
    assert!(why.contains("extensions: there is no such folder (hint: "), "{why}");
    assert_eq!(put_document(&app, "loop").await.status, 503, "the screener is still called");
    assert!(app.app.onboarding.extensions.start().await.is_err(), "and a server would not start");
    fs::rename(folder.path().join("elsewhere"), &extensions).unwrap();
    fs::remove_dir_all(extensions.join("first")).unwrap();
    app.app.onboarding.extensions.reload().await.unwrap();
    assert_eq!(put_document(&app, "loop").await.status, 200, "the control: an empty folder");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_is_asked_once_per_bank_for_its_readiness() {
    let provider = Manifest::provider("first", "acme").host("api.example");
    let provider = provider.limit("running_ms_max", 300).limit("waiting_ms_max", 20_000);
    let provider = provider.limit("memory_bytes_max", 64 << 20);
    let app = server_over(&[provider], &[], &[("OBP_HOST_MEETINGS__ENABLED", "true")], |store| store).await;
    for bank in ["bank-1", "bank-2", "bank-1", "bank-2"] {
        assert_eq!(ask(&app, Method::GET, &format!("/banks/{bank}/meetings"), "").await.status, 200);
    }
    assert_eq!(app.app.onboarding.extensions.current().extensions()[0].metrics.snapshot().calls, 2);
}

/// The timeline already has the repeated status. Nothing is written, so nothing is screened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_status_is_screened_once() {
    let app = server(&[screener().setting("deed", "note seen")], &[]).await;
    let status = r#"{"customer_number":"1","ok":true,"date":"2017-09-19T00:00:00Z"}"#;
    for _ in 0..3 {
        let answer = ask(&app, Method::PUT, "/banks/bank-1/customers/c-1/kyc_statuses", status).await;
        assert!([200, 201].contains(&answer.status), "{}", answer.body);
    }
    assert_eq!(notes(&app), [["bank-1", "addKycStatus", "c-1", "first: seen"]]);
}
