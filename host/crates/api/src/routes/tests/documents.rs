//! The documents agree with the table and with each other.

use serde_json::Value;

use crate::api_documents::{DerivedDocuments, Selection};
use crate::call::body_of;
use crate::routes::ROUTES;

fn documents() -> DerivedDocuments {
    DerivedDocuments::new(ROUTES.iter().collect(), None)
}

fn resource_docs(tags: &str, functions: &str) -> Vec<Value> {
    let document = documents().selected_resource_docs("v3.1.0", &Selection::new(tags, functions));
    let mut document: Value = serde_json::from_str(&body_of(document)).unwrap();
    let docs = document["resource_docs"].take();
    serde_json::from_value(docs).unwrap()
}

#[test]
fn every_operation_is_once_in_each_document() {
    assert_eq!(resource_docs("", "").len(), ROUTES.len());
    let swagger = documents().selected_swagger("v3.1.0", &Selection::default());
    let openapi = documents().selected_openapi("v3.1.0", &Selection::default());
    for document in [swagger, openapi] {
        let document: Value = serde_json::from_str(&body_of(document)).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let operations: usize = paths.values().map(|verbs| verbs.as_object().unwrap().len()).sum();
        assert_eq!(operations, ROUTES.len());
    }
}

#[test]
fn a_selection_has_one_of_its_tags_and_one_of_its_functions() {
    let functions = |docs: Vec<Value>| -> Vec<String> {
        docs.iter().map(|doc| doc["implemented_by"]["function"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(functions(resource_docs("KYC,Onboarding", "")).len(), 13);
    assert_eq!(functions(resource_docs("KYC", "")).len(), 11);
    assert_eq!(functions(resource_docs("Onboarding", "createUser,getBanks")), ["createUser"]);
    assert_eq!(functions(resource_docs("", "getBanks,createUser,getBanks")), ["getBanks", "createUser"]);
    assert_eq!(functions(resource_docs("kyc", "")), [""; 0], "tags are case-sensitive");
}
