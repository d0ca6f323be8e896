//! The example of every operation works as printed, and the answer has the shape of the example.

use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::{Method, Request};
use obp_host::api::routes::{ROUTES, Route};
use obp_host::api::{Service, reply};
use obp_host::app::api_settings;
use serde_json::Value;

use super::{Documented, in_order};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_succeeds_as_printed_and_its_answer_has_the_documented_shape() {
    let mut server = Documented::start().await;
    let mut wrong = Vec::new();
    for route in in_order() {
        let (status, answer) = server.send(route, route.doc.request().as_deref()).await;
        if status != route.success.as_u16() {
            wrong.push(format!("{}: {status} {answer}", route.operation));
            continue;
        }
        let Some(example) = route.doc.response() else {
            assert_eq!(answer, "", "{}", route.operation);
            continue;
        };
        let (example, answer) = (serde_json::from_str(&example).unwrap(), serde_json::from_str(&answer).unwrap());
        differences("", &example, &answer, &mut wrong, route.operation);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The operations whose answers are documents of the whole API.
const DOCUMENTS: [&str; 3] = ["getOpenApi", "getResourceDocsOpenApi", "getResourceDocsSwagger"];

/// Finds the places where an answer has other keys or types than the example. Of a list it compares the first item.
fn differences(place: &str, example: &Value, answer: &Value, wrong: &mut Vec<String>, operation: &str) {
    match (example, answer) {
        // The examples of documents show the outermost keys only.
        (Value::Object(_), Value::Object(_)) if DOCUMENTS.contains(&operation) => {}
        (Value::Object(example), Value::Object(answer)) => {
            // An empty object stands for any schema and any example.
            if example.is_empty() {
                return;
            }
            let keys = |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
            if keys(example) != keys(answer) {
                wrong.push(format!("{operation}: {place} has {:?}, not {:?}", keys(answer), keys(example)));
            }
            for (key, example) in example {
                if let Some(answer) = answer.get(key) {
                    differences(&format!("{place}.{key}"), example, answer, wrong, operation);
                }
            }
        }
        (Value::Array(example), Value::Array(answer)) => {
            if let (Some(example), Some(answer)) = (example.first(), answer.first()) {
                differences(&format!("{place}[]"), example, answer, wrong, operation);
            }
        }
        _ if std::mem::discriminant(example) == std::mem::discriminant(answer) => {}
        _ => wrong.push(format!("{operation}: {place} is {answer}, not like {example}")),
    }
}

/// The control of the test above: a missing key, another type and another item of a list are found.
#[test]
fn an_answer_of_another_shape_is_found() {
    let example: Value = serde_json::from_str(r#"{"a":[{"b":"x","c":true}],"d":1}"#).unwrap();
    for (answer, differs) in [
        (r#"{"a":[{"b":"y","c":false}],"d":2}"#, false),
        (r#"{"a":[],"d":2}"#, false),
        (r#"{"a":[{"b":"y"}],"d":2}"#, true),
        (r#"{"a":[{"b":"y","c":"false"}],"d":2}"#, true),
        (r#"{"a":{},"d":2}"#, true),
        (r#"{"a":[]}"#, true),
    ] {
        let mut wrong = Vec::new();
        differences("", &example, &serde_json::from_str(answer).unwrap(), &mut wrong, "x");
        assert_eq!(!wrong.is_empty(), differs, "{answer}");
    }
}

/// The tests above call every operation, and deletions come last.
#[test]
fn the_order_has_every_operation() {
    assert_eq!(in_order().len(), ROUTES.len());
    assert_eq!(in_order().last().map(|route| &route.method), Some(&Method::DELETE));
}

/// The control for the names of path parameters: the test of the examples calls every handler, and a handler that asks for a
/// parameter that its path does not have fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_asks_for_a_parameter_that_its_path_lacks_fails() {
    let server = Documented::start().await;
    let bank = ROUTES.iter().find(|route| route.operation == "getBank").unwrap();
    let with_handler = |handler| &*Box::leak(Box::new([Route { handler, ..bank.clone() }]));
    let right = with_handler(|call| Box::pin(async move { reply(call.path("BANK_ID")?.to_owned()) }));
    let wrong = with_handler(|call| Box::pin(async move { reply(call.path("ACCOUNT_ID")?.to_owned()) }));
    for (routes, status, body) in [(right, 200, r#""gh.29.uk""#), (wrong, 500, "OBP-50000")] {
        let (onboarding, settings) = (Arc::clone(&server.app.app.onboarding), api_settings(&server.app.app.config));
        let service = Service::with_routes(onboarding, settings, routes).unwrap();
        let request = Request::get("/obp/v3.1.0/banks/gh.29.uk").body(Empty::<Bytes>::new()).unwrap();
        let answer = service.answer(request).await;
        assert_eq!(answer.status(), status);
        let answer = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&answer).contains(body), "{answer:?}");
    }
}
