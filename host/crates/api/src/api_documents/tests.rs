//! The documents agree with the table and with each other.

use serde_json::Value;

use super::*;

fn resource_docs(tags: &str, functions: &str) -> Vec<Value> {
    let list = |text: &str| text.split(',').filter(|item| !item.is_empty()).map(str::to_owned).collect();
    let selection = Selection { tags: list(tags), functions: list(functions) };
    let document = resource::document(DOCUMENTED, &selection).unwrap();
    let mut document: Value = serde_json::from_slice(&document).unwrap();
    let docs = document["resource_docs"].take();
    serde_json::from_value(docs).unwrap()
}

#[test]
fn every_row_is_documented_once_in_each_document() {
    assert_eq!(resource_docs("", "").len(), ROUTES.len());
    let swagger = swagger::document(DOCUMENTED, &Selection::default()).unwrap();
    for document in [swagger, openapi::document().unwrap()] {
        let document: Value = serde_json::from_slice(&document).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let operations: usize = paths.values().map(|verbs| verbs.as_object().unwrap().len()).sum();
        assert_eq!(operations, ROUTES.len());
    }
}

#[test]
fn tags_are_alternatives_and_functions_narrow_them() {
    let functions = |docs: Vec<Value>| -> Vec<String> {
        docs.iter().map(|doc| doc["implemented_by"]["function"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(functions(resource_docs("KYC,Onboarding", "")).len(), 13);
    assert_eq!(functions(resource_docs("KYC", "")).len(), 11);
    assert_eq!(functions(resource_docs("Onboarding", "createUser,getBanks")), ["createUser"]);
    assert_eq!(functions(resource_docs("", "getBanks,createUser,getBanks")), ["getBanks", "createUser"]);
    assert_eq!(functions(resource_docs("kyc", "")), [""; 0], "tags are written as they are");
}
