//! Every operation's example works as it is printed, and its answer is as the example says.

use hyper::Method;
use obp_host::obp::routes::ROUTES;
use serde_json::Value;

use super::{Documented, in_order};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_succeeds_as_it_is_printed_and_is_answered_as_the_docs_say() {
    let mut server = Documented::start().await;
    let mut wrong = Vec::new();
    for route in in_order() {
        let (status, answer) = server.send(route, route.doc.request).await;
        if status != route.success.as_u16() {
            wrong.push(format!("{}: {status} {answer}", route.operation));
            continue;
        }
        let Some(example) = route.doc.response else {
            assert_eq!(answer, "", "{}", route.operation);
            continue;
        };
        let (example, answer) = (serde_json::from_str(example).unwrap(), serde_json::from_str(&answer).unwrap());
        differences("", &example, &answer, &mut wrong, route.operation);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Where an answer has another shape than the example: keys and types, the first item of a list.
fn differences(place: &str, example: &Value, answer: &Value, wrong: &mut Vec<String>, operation: &str) {
    match (example, answer) {
        // Of documents, the examples show the outermost keys.
        (Value::Object(_), Value::Object(_)) if ["getOpenApi", "getResourceDocsSwagger"].contains(&operation) => {}
        (Value::Object(example), Value::Object(answer)) => {
            // Any schema, any example.
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

/// The control of the test above: it tells a missing key, another type, and what a list holds.
#[test]
fn another_shape_is_a_difference() {
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

/// What the coverage of scenarios is for rows, this is for parameters: no path goes untried for want of a real id.
#[test]
fn every_row_is_in_the_order() {
    assert_eq!(in_order().len(), ROUTES.len());
    assert_eq!(in_order().last().map(|route| &route.method), Some(&Method::DELETE));
}
