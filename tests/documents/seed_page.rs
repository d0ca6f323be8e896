//! The resource docs with the tags of the seed page have the page's content, in its order.

use obp_host::obp::routes::ROUTES;
use serde_json::Value;

use crate::support::TestApp;

const PAGE: &str = include_str!("../fixtures/seed-page.tsv");
const ERRORS: &str = include_str!("../fixtures/seed-errors.tsv");

/// Name, version, title, roles, response.
fn page() -> Vec<[&'static str; 5]> {
    let rows = PAGE.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| line.split('\t').collect::<Vec<_>>().try_into().unwrap()).collect()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resource_docs_with_the_tags_of_the_seed_page_have_its_content() {
    let app = TestApp::start().await;
    let url = app.url("/resource-docs/v3.1.0/obp?tags=KYC,Onboarding");
    let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let docs = answer["resource_docs"].as_array().unwrap();
    assert_eq!(docs.len(), page().len());
    for (doc, [name, version, title, roles, response]) in docs.iter().zip(page()) {
        assert_eq!(doc["implemented_by"]["function"], name);
        assert_eq!(doc["implemented_by"]["version"], format!("OBPv{}", version.replace('_', ".")));
        assert_eq!(doc["summary"], title);
        let shown: Vec<_> =
            doc["roles"].as_array().unwrap().iter().map(|role| role["role"].as_str().unwrap()).collect();
        assert_eq!(shown.join(","), roles, "{name}");
        assert_eq!(doc["success_response_body"], serde_json::from_str::<Value>(response).unwrap(), "{name}");
        let errors: Vec<_> = ERRORS
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter(|(of, _)| *of == name)
            .map(|(_, text)| text)
            .collect();
        // The errors of the page come first, in its order.
        assert_eq!(texts(&doc["error_response_bodies"]).get(..errors.len()), Some(errors.as_slice()), "{name}");
    }
}

/// Compares the texts: reading them as JSON would lose the order of the keys.
#[test]
fn example_answers_have_the_text_of_the_seed_page() {
    for [name, _, _, _, response] in page() {
        let route = ROUTES.iter().find(|route| route.operation == name).unwrap();
        assert_eq!(route.doc.response().as_deref(), Some(response), "{name}");
    }
}

/// Explorers fail without these objects, lists and markup (surface §2.9).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn explorers_find_objects_lists_and_markup_where_they_look_for_them() {
    let app = TestApp::start().await;
    let answer: Value = reqwest::get(app.url("/resource-docs/v3.1.0/obp")).await.unwrap().json().await.unwrap();
    for doc in answer["resource_docs"].as_array().unwrap() {
        for body in
            ["example_request_body", "success_response_body", "typed_request_body", "typed_success_response_body"]
        {
            assert!(doc[body].is_object(), "{doc}");
        }
        for list in ["error_response_bodies", "tags", "roles", "connector_methods"] {
            assert!(doc[list].is_array(), "{doc}");
        }
        for flag in ["is_core", "is_psd2", "is_obwg", "is_featured"] {
            assert!(doc[flag].is_boolean(), "{doc}");
        }
        assert!(!doc["tags"].as_array().unwrap().is_empty(), "{doc}");
        for markup in ["description", "special_instructions"] {
            let markup = doc[markup].as_str().unwrap();
            assert_eq!(unclosed(markup), Some(vec![]), "{markup}");
        }
    }
}

/// The open elements at the end of a fragment, which has no attributes. `None` if it is not well-formed.
fn unclosed(markup: &str) -> Option<Vec<&str>> {
    let mut open = Vec::new();
    for (position, _) in markup.match_indices('&') {
        ["&amp;", "&lt;", "&gt;"].iter().any(|entity| markup[position..].starts_with(entity)).then_some(())?;
    }
    for tag in markup.split('<').skip(1) {
        let (name, _) = tag.split_once('>')?;
        match name.strip_prefix('/') {
            Some(name) => (open.pop()? == name).then_some(())?,
            None => open.push(name),
        }
    }
    Some(open)
}

#[test]
fn malformed_markup_is_found() {
    assert_eq!(unclosed("<p>a <code>b</code> &lt; c</p>"), Some(vec![]));
    assert_eq!(unclosed("<p>a<p>"), Some(vec!["p", "p"]));
    for broken in ["<p>a</ul>", "a & b", "a < b", "</p>"] {
        assert_eq!(unclosed(broken), None, "{broken}");
    }
}
