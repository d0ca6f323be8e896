//! The lengths in the documents are those of the rules: a text of that length is accepted, one more character is not.

use obp_host::obp::docs::fields::Shape;
use serde_json::Value;

use super::{Documented, in_order};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_may_have_the_documented_length_and_no_more() {
    let mut server = Documented::start().await;
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for route in in_order() {
        for (field, shape) in route.doc.fields {
            let (Shape::Text(min, max) | Shape::Visible(min, max)) = *shape else { continue };
            tried += 1;
            let too_long = format!("The value of {field} must have at most {max} characters.");
            let too_short = format!("The value of {field} must have at least {min} characters.");
            let mut cases = vec![(max, &too_long, false), (max + 1, &too_long, true), (min, &too_short, false)];
            if min > 0 {
                cases.push((min - 1, &too_short, true));
            }
            for (chars, message, refused) in cases {
                let body = with(&route.doc.request().unwrap(), field, &"ü".repeat(chars));
                let (status, answer) = server.send(route, Some(&body)).await;
                if (status == 400 && answer.contains(message)) != refused {
                    wrong.push(format!("{} {field} of {chars}: {status} {answer}", route.operation));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 40, "only {tried} fields were tried");
}

/// The example with another text at this place.
fn with(example: &str, field: &str, text: &str) -> String {
    let mut body: Value = serde_json::from_str(example).unwrap();
    let place = body.pointer_mut(&format!("/{}", field.replace('.', "/"))).expect("the example has the field");
    *place = Value::String(text.to_owned());
    body.to_string()
}
