//! A failing extension has the effect on the request that the manifest sets.

use std::fs;

use reqwest::Method;

use crate::support::extensions::{
    DOCUMENT, Manifest, ask, clients, deploy, document, documents, notes, put_document, server, server_over,
};
use crate::support::{TestApp, log};

/// The screener `first` of `bank-1`.
fn screener() -> Manifest {
    let screener = Manifest::screener("first").bank("bank-1").host("api.example");
    screener.limit("running_ms_max", 50).limit("log_lines_max", 10)
}

/// A deed, and the cause of its failure in the log.
const FAILURES: [(&str, &str); 4] = [
    ("trap", "it trapped: wasm trap: wasm `unreachable` instruction executed"),
    ("run 300", "it ran for more than 50 ms"),
    ("log 11", "it logged more than 10 lines"),
    ("call http://elsewhere.example/", "it called http://elsewhere.example:80, which `outbound.hosts` does not allow"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_screener_fails_the_request_or_is_skipped_with_a_note() {
    for (deed, cause) in FAILURES {
        let app = server(&[screener()], &[]).await;
        let answer = put_document(&app, deed).await;
        answer.is(503, "OBP-50000: Unknown Error. The extension first failed, and nothing was written.");
        assert_eq!(answer.retry_after.as_deref(), Some("1"));
        assert_eq!((documents(&app).await.as_str(), notes(&app).len()), (r#"{"documents":[]}"#, 0), "{deed}");

        let app = server(&[screener().on_failure("skip")], &[]).await;
        let answer = put_document(&app, deed).await;
        assert_eq!(answer.status, 200, "{deed}: {}", answer.body);
        assert!(documents(&app).await.contains(r#""id":"d-1""#));
        let note = format!("first: did not screen, and was skipped: {cause}");
        assert_eq!(notes(&app), [["bank-1", "addKycDocument", "c-1/d-1", &note]]);
        let mut logged = answer.logged();
        logged.retain(|line| !line.starts_with("INFO"));
        let id = &answer.correlation_id;
        let line = format!("accepted without the verdict of a screener: the extension first failed: {cause}");
        assert_eq!(logged, [format!("WARN {line} correlation_id=\"{id}\"")]);
    }
}

/// A wrong key of the manifest, its value, and a part of the log line about it.
const NOT_LOADED: [(&str, &str, &str); 3] = [
    ("sha256", "0000000000000000000000000000000000000000000000000000000000000000", "sha256"),
    ("colour", "blue", "colour"),
    ("api", "0.9.0", "0.9.0"),
];

/// The screener of another bank, which works.
fn other() -> Manifest {
    screener().named("second").bank("bank-2").setting("deed", "note seen")
}

async fn put_elsewhere(app: &TestApp) {
    let answer = ask(app, Method::PUT, "/banks/bank-2/customers/c-2/kyc_documents/d-2", &document("")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screener_that_cannot_be_loaded_fails_for_its_banks_only() {
    for (key, value, said) in NOT_LOADED {
        let wrong = screener().key(key, value);
        let app = server(&[wrong.clone(), other()], &[]).await;
        let answer = put_document(&app, "").await;
        answer.is(503, "OBP-50000: Unknown Error. The extension first failed, and nothing was written.");
        let logged = answer.logged();
        assert_eq!(logged.len(), 1, "{logged:#?}");
        assert!(logged[0].contains("the extension first failed: it is not loaded:"), "{logged:#?}");
        assert!(logged[0].contains(said), "{said}: {logged:#?}");
        put_elsewhere(&app).await;
        assert_eq!(notes(&app), [["bank-2", "addKycDocument", "c-2/d-2", "second: seen"]]);

        let app = server(&[wrong.on_failure("skip"), other()], &[]).await;
        assert_eq!(put_document(&app, "").await.status, 200);
        put_elsewhere(&app).await;
        let stored = notes(&app);
        assert_eq!(stored.len(), 2);
        assert!(stored[0][3].starts_with("first: did not screen, and was skipped: it is not loaded:"), "{stored:?}");
        assert_eq!(stored[1][3], "second: seen");
    }
    // The control: a correct screener is called and accepts.
    let app = server(&[screener(), other()], &[]).await;
    assert_eq!(put_document(&app, "").await.status, 200);
}

/// Something in the folder of extensions, as its files, and whether it may be a damaged screener.
const LEFT_OVER: [(&[&str], bool); 9] = [
    (&["first/component.wasm"], true),
    (&["first/readme"], true),
    (&["first/inner/extension.toml"], true),
    (&["old.bak/.hidden"], true),
    (&["first/"], false),
    (&["first/inner/"], false),
    (&[".first/component.wasm"], false),
    (&["lost+found/#12"], false),
    (&["component.wasm"], false),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_with_files_and_without_a_manifest_fails_the_writes_of_every_bank() {
    const USER: &str =
        r#"{"email":"z@example.com","username":"zoe","password":"Abcdefg12!","first_name":"Z","last_name":"T"}"#;
    log::keep();
    for (paths, fails) in LEFT_OVER {
        let folder = crate::support::folder().unwrap();
        // The other screener works, and is for another bank.
        deploy(folder.path(), &other());
        for path in paths {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if path.to_str().is_some_and(|path| path.ends_with('/')) {
                fs::create_dir_all(path).unwrap();
            } else {
                fs::write(path, "").unwrap();
            }
        }
        let app = TestApp::extended(
            folder.path(),
            clients(&[]),
            &[("OBP_HOST_LIMITS__REQUESTS_IN_FLIGHT_MAX", "64")],
            |store| store,
        )
        .await;
        let place = folder.path().to_str().unwrap().to_owned();
        let errors = log::lines_with(&place).into_iter().filter(|line| line.starts_with("ERROR")).count();
        assert_eq!(errors, usize::from(fails), "{paths:?}");
        let answers = [
            put_document(&app, "").await,
            ask(&app, Method::PUT, "/banks/bank-2/customers/c-2/kyc_documents/d-2", &document("")).await,
            ask(&app, Method::POST, "/users", USER).await,
        ];
        for (answer, success) in answers.iter().zip([200, 200, 201]) {
            let expected = if fails { 503 } else { success };
            assert_eq!(answer.status, expected, "{paths:?}: {}", answer.body);
        }
        // Reads, and writes that no screener gets, continue.
        assert!(documents(&app).await.starts_with(r#"{"documents":"#));
        if let Some(name) = paths[0].split('/').next().filter(|_| fails) {
            let text = format!("OBP-50000: Unknown Error. The extension {name} failed, and nothing was written.");
            answers[0].is(503, &text);
            assert!(app.app.onboarding.extensions.reload().await.is_ok(), "it was broken before");
            fs::remove_dir_all(folder.path().join(name)).unwrap();
            assert!(app.app.onboarding.extensions.reload().await.is_ok());
            assert_eq!(put_document(&app, "").await.status, 200, "the control");
        }
    }
}

/// A screener that still cannot be loaded does not fail a reload. A repaired one is loaded by a reload.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repaired_screener_screens_after_a_reload() {
    let folder = crate::support::folder().unwrap();
    let damaged = folder.path().join("first/component.wasm");
    deploy(folder.path(), &screener());
    let component = fs::read(&damaged).unwrap();
    fs::write(&damaged, b"damaged").unwrap();
    let app =
        TestApp::extended(folder.path(), clients(&[]), &[("OBP_HOST_LIMITS__REQUESTS_IN_FLIGHT_MAX", "64")], |store| {
            store
        });
    let app = app.await;
    assert_eq!(put_document(&app, "note seen").await.status, 503);
    assert!(app.app.onboarding.extensions.reload().await.is_ok_and(|set| set.not_loaded().len() == 1));
    assert_eq!(put_document(&app, "note seen").await.status, 503);
    fs::write(&damaged, component).unwrap();
    assert!(app.app.onboarding.extensions.reload().await.is_ok());
    assert_eq!(put_document(&app, "note seen").await.status, 200);
    assert_eq!(notes(&app), [["bank-1", "addKycDocument", "c-1/d-1", "first: seen"]]);
}

const MEETINGS: &str = "/banks/bank-1/meetings";

/// A server whose meeting provider `video` has these settings.
async fn with_provider(settings: &[(&str, &str)]) -> TestApp {
    let provider = Manifest::provider("video", "acme").bank("bank-1").host("api.example").limit("running_ms_max", 50);
    let provider = settings.iter().fold(provider, |provider, (key, value)| provider.setting(key, value));
    server_over(&[provider], &[], &[("OBP_HOST_MEETINGS__ENABLED", "true")], |store| store).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_meeting_provider_creates_no_meeting() {
    const DRAFT: &str = r#"{"provider_id":"acme","purpose_id":"onboarding"}"#;
    let fine = with_provider(&[]).await;
    for (method, setting, cause) in [
        (Method::POST, ("session", "trap"), "it trapped: wasm trap: wasm `unreachable` instruction executed"),
        (Method::POST, ("session", "loop"), "it ran for more than 50 ms"),
        (Method::POST, ("session", "without-id"), "its answer is not valid: a session without an id"),
        (Method::POST, ("session", "id-of 8193"), "its answer is not valid: a session's id of more than 8192 bytes"),
        (Method::POST, ("access", "trap"), "it trapped: wasm trap: wasm `unreachable` instruction executed"),
        (Method::POST, ("access", "none"), "its answer is not valid: another number of accesses than of participants"),
        (Method::POST, ("access", "token-of 8193"), "its answer is not valid: a token of more than 8192 bytes"),
        (Method::POST, ("access", "url-of 8185"), "its answer is not valid: a URL of more than 8192 bytes"),
        (
            Method::POST,
            ("access", "url javascript:alert(1)"),
            "its answer is not valid: a URL that is not http or https",
        ),
        (Method::GET, ("readiness", "loop"), "it ran for more than 50 ms"),
        (Method::GET, ("readiness", "trap"), "it trapped: wasm trap: wasm `unreachable` instruction executed"),
    ] {
        let app = with_provider(&[setting]).await;
        let (answer, unharmed) =
            tokio::join!(ask(&app, method.clone(), MEETINGS, DRAFT), put_document(&app, "no screener"));
        assert_eq!(unharmed.status, 200);
        answer.is(503, "OBP-50000: Unknown Error. The extension video failed, and nothing was written.");
        assert_eq!(answer.retry_after.as_deref(), Some("1"), "{setting:?}");
        let logged = answer.logged();
        assert_eq!(logged.len(), 1, "{logged:#?}");
        assert!(logged[0].ends_with(&format!("cause=\"the extension video failed: {cause}\"")), "{logged:#?}");
        if method == Method::POST {
            assert_eq!(ask(&app, Method::GET, MEETINGS, "").await.body, r#"{"meetings":[]}"#);
        }
        assert!([200, 201].contains(&ask(&fine, method, MEETINGS, DRAFT).await.status), "the control");
    }
    for (setting, status) in [
        (("session", "id-of 8192"), 201),
        (("session", "no-key"), 403),
        (("access", "token-of 8192"), 201),
        (("access", "url-of 8184"), 201),
    ] {
        assert_eq!(
            ask(&with_provider(&[setting]).await, Method::POST, MEETINGS, DRAFT).await.status,
            status,
            "{setting:?}"
        );
    }
    assert_eq!(ask(&fine, Method::PUT, DOCUMENT, &document("")).await.status, 200);
}
