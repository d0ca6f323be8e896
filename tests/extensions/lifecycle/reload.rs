//! A running server reloads the extensions: it loads all of them or keeps the old set.

use std::fs;

use reqwest::{Client, Method};
use tokio::process::Command;

use super::{SCREENER, screened, text};
use crate::support::gate::Gate;
use crate::support::operator::{Operator, example, variant};
use crate::support::{TestApp, send};

/// Reloads with the command and with the signal. The signal must not end a server without TLS.
#[tokio::test]
async fn a_reload_loads_all_extensions_or_none() {
    let operator = Operator::new().await;
    let server = operator.serve().await;
    operator.add(&example("jitsi-provider")).await;
    let hangup = async || {
        let kill = Command::new("kill").args(["-HUP", &server.pid().to_string()]).status().await.unwrap();
        assert!(kill.success());
    };
    let mut reloads = 0;
    for by_signal in [false, true] {
        assert!(!screened(&server).await);
        variant(SCREENER, &operator.extensions(), &[]);
        variant("disposable-mail", &operator.extensions(), &[("sha256", "sha265")]);
        let reason = "disposable-mail/extension.toml, line 4: unknown key `sha265`";
        if by_signal {
            hangup().await;
            operator.logged(reason, 2).await;
        } else {
            let told = operator.extension(&["reload"]).await;
            assert!(told.code == 1 && told.err.contains(reason), "{told:?}");
            assert!(told.err.contains("the extensions were not changed"), "{told:?}");
        }
        assert!(!screened(&server).await, "the old set is loaded");
        fs::remove_dir_all(operator.extensions().join("disposable-mail")).unwrap();
        if by_signal {
            hangup().await;
            reloads += 1;
            operator.logged("reloaded certificate and extensions", reloads).await;
        } else {
            let told = operator.extension(&["reload"]).await;
            assert!(told.code == 0 && told.out.contains(SCREENER), "{told:?}");
        }
        assert!(screened(&server).await);
        // The provider is unchanged and keeps its metrics. The screener's metrics start again.
        let row = operator.row(SCREENER).await;
        assert_eq!(row[2..4], ["1", "1"], "{row:?}");
        operator.extension(&["reload"]).await;
        let row = operator.row(SCREENER).await;
        assert_eq!(row[2..4], ["1", "1"], "a reload keeps the metrics of an unchanged extension: {row:?}");
        assert_eq!(operator.extension(&["remove", SCREENER]).await.code, 0);
    }
}

#[tokio::test]
async fn extensions_that_are_broken_at_startup_are_logged_and_can_be_removed() {
    let operator = Operator::new().await;
    variant(SCREENER, &operator.extensions(), &[]);
    // The broken screeners are for other banks only.
    let elsewhere = ("\"*\"", "\"bank-9\"");
    variant("disposable-mail", &operator.extensions(), &[elsewhere, ("\"1.0.0\"", "\"\"")]);
    variant("template-rust", &operator.extensions(), &[elsewhere, ("api = \"0.1.0\"", "api = \"9.1.0\"")]);
    let server = operator.serve().await;
    for reason in
        ["disposable-mail/extension.toml, line 2: `version`", "template-rust/extension.toml, line 6: this server"]
    {
        operator.logged(reason, 1).await;
        assert!(operator.extension(&["list"]).await.out.contains(reason));
    }
    assert!(screened(&server).await);
    let told = operator.extension(&["reload"]).await;
    assert!(told.code == 1 && told.err.contains("not all of them are loaded"), "{told:?}");
    for name in ["disposable-mail", "template-rust"] {
        let told = operator.extension(&["remove", name]).await;
        assert_eq!(told.code, 0, "{told:?}");
    }
    assert_eq!(operator.extension(&["reload"]).await.code, 0);
    assert!(screened(&server).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_keeps_the_set_of_extensions_that_it_began_with() {
    let folder = crate::support::folder().unwrap();
    let extension = variant("disposable-mail", folder.path(), &[]);
    let gate = Gate::new();
    let settings = [("OBP_HOST_EXTENSIONS__FOLDER", text(folder.path()))];
    let app = TestApp::with_over(&settings, |store| gate.before(store)).await;
    app.app.onboarding.extensions.start().await.unwrap();
    let register = |name: &str| {
        let body = format!(
            r#"{{"email":"{name}@mailinator.com","username":"{name}","password":"Abcdefg12!","first_name":"Z","last_name":"T"}}"#
        );
        let url = app.url("/users");
        tokio::spawn(async move { send(&Client::new(), Method::POST, "kim", url, body).await.unwrap().0 })
    };
    // The request waits for the first read of the rules.
    let held = register("zoe");
    gate.arrived(1).await;
    fs::remove_dir_all(extension).unwrap();
    assert_eq!(app.app.onboarding.extensions.reload().await.unwrap().extensions().len(), 0);
    gate.open();
    assert_eq!(held.await.unwrap(), 400);
    assert_eq!(register("yan").await.unwrap(), 201, "the control");
}
