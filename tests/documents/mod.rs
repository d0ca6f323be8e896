//! The documents for programs: the content of the seed page, examples that work, correct limits, and checks by public tools.

mod examples;
mod limits;
mod public_tools;
mod seed_page;

use std::collections::BTreeMap;

use hyper::Method;
use obp_host::obp::routes::{Body, Login, Route};
use serde_json::Value;

use crate::support::{TestApp, world};

/// A server that has the users, banks and records that the examples name, so every example can be sent as printed.
struct Documented {
    app: TestApp,
    client: reqwest::Client,
    /// The values of the path's parameters. An answer with a new id replaces the value.
    real: BTreeMap<&'static str, String>,
}

impl Documented {
    async fn start() -> Self {
        let app = TestApp::with(&[
            ("OBP_HOST_MEETINGS__ENABLED", "true"),
            ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__KIND", "jitsi"),
            ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__APP_ID", "bank"),
            ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__SECRET", "hush"),
        ])
        .await;
        world::add_documented(&*app.app.onboarding.store).await;
        let real = [
            ("BANK_ID", "gh.29.uk"),
            ("ACCOUNT_ID", "account-1"),
            ("CUSTOMER_ID", "7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"),
            ("KYC_CHECK_ID", "check-1"),
            ("KYC_DOCUMENT_ID", "document-1"),
            ("KYC_MEDIA_ID", "image-1"),
            ("CONSUMER_ID", "consumer-1"),
            ("USER_ID", "u-kim"),
            ("PROVIDER", "OBP"),
            ("USERNAME", "kim"),
            ("VERSION", "v3.1.0"),
        ];
        let real = real.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Self { app, client: reqwest::Client::new(), real }
    }

    /// A token of the user that the example of createUser registers.
    async fn log_in(&self) -> String {
        let request = self.client.post(self.app.url("~/my/logins/direct")).header("DirectLogin", LOGIN);
        let answer: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        answer["token"].as_str().unwrap().to_owned()
    }

    /// Sends a body to an operation, with real ids in its path. Returns status and answer.
    async fn send(&mut self, route: &Route, body: Option<&str>) -> (u16, String) {
        let segments = route.path.split('/').map(|segment| self.real.get(segment).map_or(segment, String::as_str));
        let path = segments.collect::<Vec<_>>().join("/");
        let base = if route.path_under("v3.1.0") == route.path { "~" } else { "" };
        let mut request = self.client.request(route.method.clone(), self.app.url(&format!("{base}{path}")));
        if route.login == Login::Needed {
            // Kim requests a role that she does not hold. Ada holds every role and does everything else.
            let token = match route.operation {
                "addEntitlementRequest" => world::token("kim"),
                "changeMyPassword" => self.log_in().await,
                _ => world::token("ada"),
            };
            request = request.header("DirectLogin", format!("token={token}"));
        }
        if route.operation == "directLogin" {
            request = request.header("DirectLogin", LOGIN);
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_owned());
        }
        let response = request.send().await.unwrap();
        let answer = (response.status().as_u16(), response.text().await.unwrap());
        if let Ok(Value::Object(answer)) = serde_json::from_str(&answer.1) {
            for (key, name) in [
                ("meeting_id", "MEETING_ID"),
                ("entitlement_id", "ENTITLEMENT_ID"),
                ("entitlement_request_id", "ENTITLEMENT_REQUEST_ID"),
            ] {
                if let Some(Value::String(value)) = answer.get(key) {
                    self.real.insert(name, value.clone());
                }
            }
        }
        answer
    }
}

/// The login of the user that the example of createUser registers.
const LOGIN: &str = r#"username="robert.x.0.gh", password="Example-Password-1", consumer_key="key-1""#;

/// The routes in an order in which each finds the records it needs: first those that write, then read, then delete.
fn in_order() -> Vec<&'static Route> {
    let rank = |route: &&&'static Route| match (&route.method, route.operation, route.body) {
        (_, "createBank" | "createUser" | "addEntitlementRequest", _) => 0,
        // The user of the examples logs in before the password changes.
        (_, "changeMyPassword", _) => 3,
        (_, _, Body::Json) => 1,
        (&Method::DELETE, ..) => 4,
        _ => 2,
    };
    let mut routes: Vec<_> = obp_host::obp::routes::ROUTES.iter().collect();
    routes.sort_by_key(|route| rank(&route));
    routes
}
