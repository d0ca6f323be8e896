//! The Explorer: what its filter searches, its tables of fields, and its descriptions.

use super::http::get;
use crate::support::TestApp;

/// The operations on the page, by the names in their footers.
fn operations(page: &str) -> Vec<&str> {
    let parts = page.split(" by <code>").skip(1);
    parts.map(|rest| rest.split("</code>").next().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_filter_searches_all_that_is_said_about_all_operations() {
    let app = TestApp::start().await;
    for (query, found) in [
        ("q=createbank", "createBank"),
        ("q=/obp/v3.1.0/management/consumers", "getConsumers"),
        ("q=Get+all+Users", "getUsers"),
        // A word of the description, a field of the body, a field of the answer, a tag, a role, whatever the tags are.
        ("q=another+number", "updateCustomerNumber"),
        ("q=highest_education_attained", "createCustomer"),
        ("q=hide_metadata_if_alias_used", "getViewsForBankAccount"),
        ("q=Experimental", "createMeeting"),
        ("q=CanDeleteEntitlementAtAnyBank", "deleteEntitlement"),
        ("q=getroles&tags=KYC", "getRoles"),
    ] {
        let page = get(&app, &format!("/?{query}"), &[]).await.body;
        let shown = operations(&page);
        assert!(shown.contains(&found) && shown.len() < 30, "{query}: {shown:?}");
    }
    assert!(get(&app, "/?q=no+operation+says+this", &[]).await.body.contains("No operation matches."));
    // The control: without a filter, the tags choose.
    let page = get(&app, "/?tags=KYC", &[]).await.body;
    assert!(!operations(&page).contains(&"getRoles"), "{:?}", operations(&page));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_has_tables_of_its_fields_and_no_markdown() {
    let app = TestApp::start().await;
    let page = get(&app, "/?tags=", &[]).await.body;
    let (_, check) = page.split_once("aria-label=\"Fields of the body of Add KYC Check\"").expect("a table");
    let check = check.split("</table>").next().unwrap();
    for text in
        [">how<", ">text<", "At most 32 characters.", "The method of the check, e.g. <code>online_meeting</code>."]
    {
        assert!(check.contains(text), "{text}: {check}");
    }
    assert!(page.contains("aria-label=\"Parameters of Add KYC Check\""));
    assert!(page.contains("aria-label=\"Fields of the answer of Get Customer KYC Checks\""));
    assert!(page.contains("<em>about</em>") && !page.contains("*about*"), "emphasis is not printed with its stars");
}
