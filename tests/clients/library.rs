//! The host as a library: another server that mounts the API, and calls without HTTP.

use std::sync::Arc;

use obp_host::ambient::Ambient;
use obp_host::app::{App, open_store};
use obp_host::calls::{Error, Session as Calls};
use obp_host::component::bindings::caller::{AccessProfile, Caller};
use obp_host::component::bindings::calls::meetings;
use obp_host::component::bindings::meetings_types::MeetingDraft;
use obp_host::providers::{Access, MeetingProvider, Participant, ProviderFuture, SessionRequest, Unavailable};
use tokio::process::Command;

use crate::support::app::config;
use crate::support::process::{Server, obp_host};
use crate::support::world;

/// `host/examples/mount.rs`, which `cargo test` has built.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_can_be_mounted_in_another_server() {
    let data = tempfile::tempdir().unwrap();
    let program = obp_host().with_file_name("examples").join("mount");
    assert!(program.exists(), "{} is missing: run the tests by `make test`", program.display());
    let server = Server::start(Command::new(program).arg(data.path()).arg("127.0.0.1:0")).await;
    let get = async |path: &str| {
        let response = reqwest::get(format!("{}{path}", server.url)).await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    assert_eq!(get("/health").await, (200, "well\n".to_owned()));
    assert_eq!(get("/obp/v3.1.0/banks").await, (200, r#"{"banks":[]}"#.to_owned()));
    let (status, body) = get("/obp/v3.1.0/users/current").await;
    assert_eq!((status, body.contains("not logged in")), (401, true), "{body}");
    let user =
        r#"{"email":"zoe@example.com","username":"zoe","password":"Abcdefg12!","first_name":"Zoe","last_name":"T"}"#;
    let users = reqwest::Client::new().post(format!("{}/obp/v3.1.0/users", server.url));
    let made = users.header("Content-Type", "application/json").body(user).send().await.unwrap();
    assert_eq!(made.status().as_u16(), 201);
}

/// A provider that creates no sessions or is not ready.
struct Desk(Result<(), Unavailable>);

impl MeetingProvider for Desk {
    fn readiness(&self) -> Result<(), Unavailable> {
        self.0
    }

    fn create_session<'a>(&'a self, request: &'a SessionRequest, _: &'a Ambient) -> ProviderFuture<'a, String> {
        Box::pin(std::future::ready(Ok(format!("session of {}", request.purpose_id))))
    }

    fn grant_access<'a>(&'a self, participant: &'a Participant, _: &'a Ambient) -> ProviderFuture<'a, Access> {
        let Participant { session_id, username, .. } = participant;
        Box::pin(std::future::ready(Ok(Access { token: format!("{session_id} for {username}"), url: None })))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn typed_calls_work_with_custom_providers_and_a_custom_store() {
    let data = tempfile::tempdir().unwrap();
    let mut config = config::<&str>(&[]);
    config.data = data.path().to_owned();
    let store = open_store(&config).unwrap();
    world::create(&*store).await;
    let app = App::builder(store)
        .meeting_provider("desk", Desk(Ok(())))
        .meeting_provider("closed", Desk(Err(Unavailable::SecretMissing)))
        .limits(|limits| limits.requests_in_flight_max = 4)
        .build()
        .unwrap();
    let kim = Caller {
        user_id: "u-kim".to_owned(),
        username: "kim".to_owned(),
        super_admin: false,
        profile: AccessProfile::Seed,
    };
    let make = async |provider: &str| {
        let session = Calls::new(Arc::clone(&app.onboarding), "a test".to_owned());
        let draft = MeetingDraft { provider_id: provider.to_owned(), purpose_id: "onboarding".to_owned() };
        session.write(meetings::create(&kim, "bank-1", "", &draft)).await
    };
    let meeting = make("desk").await.unwrap();
    assert_eq!(
        (meeting.keys.session_id.as_str(), meeting.keys.customer_token.as_str()),
        ("session of onboarding", "session of onboarding for kim")
    );
    let session = Calls::new(Arc::clone(&app.onboarding), "a test".to_owned());
    let listed = session.query(meetings::at_bank(&kim, "bank-1")).await.unwrap();
    assert_eq!(listed.meetings, [meeting], "it was committed");
    for (provider, code) in [("closed", "OBP-30103"), ("missing", "OBP-30101")] {
        let Err(Error::Refused(problem)) = make(provider).await else { panic!("{provider} serves") };
        assert_eq!(problem.code, code, "{provider}");
    }
}
