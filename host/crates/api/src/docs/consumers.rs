//! What is said of the operations on consumers.

use guest::access::Action;
use guest::refusals::RefusalCode::{ConsumerUnknown, RolesMissing, UserUnknown};

use super::fields::Field;
use super::fields::Shape::{Email, OneOf, Text};
use super::{Doc, own, rule};
use crate::error_codes::Code::{JsonIncorrect, NotLoggedIn, Unknown};

const LIST: &str = r#"{"consumers":[{"consumer_id":"7c1d0b4f-9b67-4d2c-8f6e-1d9c0f7a5e21","app_name":"Onboarding","app_type":"Public","description":"Opens accounts","developer_email":"robert.x.0.gh@example.com","redirect_url":"https://www.example.com/callback","created_by_user":{"user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","email":"robert.x.0.gh@example.com","provider_id":"robert.x.0.gh","provider":"OBP","username":"robert.x.0.gh","entitlements":{"list":[]}},"enabled":true,"created":"2017-09-19T00:00:00Z"}]}"#;

const CREATED: &str = r#"{"consumer_id":"7c1d0b4f-9b67-4d2c-8f6e-1d9c0f7a5e21","key":"0c9t3gk5xmb2w8r4q7y1v6hzp0d5ns3ja8fe2lu4","secret":"4ul2ef8aj3sn5d0pzh6v1y7q4r8w2bmx5kg3t9c0","app_name":"Onboarding","app_type":"Public","description":"Opens accounts","developer_email":"robert.x.0.gh@example.com","redirect_url":"https://www.example.com/callback","created_by_user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","created_by_user":{"user_id":"5995d6a2-01b3-423c-a173-5481df49bdaf","email":"robert.x.0.gh@example.com","provider_id":"robert.x.0.gh","provider":"OBP","username":"robert.x.0.gh","entitlements":{"list":[]}},"enabled":true,"created":"2017-09-19T00:00:00Z"}"#;

/// createConsumer.
pub static CREATE: Doc = Doc {
    summary: "Create Consumer",
    description: "Registers an application that calls this API. The answer has its key, which a DirectLogin gives as `consumer_key`, and its secret, which is told this once.\n\n`app_type` is `Confidential` or `Public`. Where `created_by_user_id` is empty, the application is the caller's; to name another user takes CanGetAnyUser too. `created` must be a date and is not used: the server's clock dates the application.\n\nA login is needed, and the role.",
    implemented_in: "2_2_0",
    request: Some(
        r#"{"app_name":"Onboarding","app_type":"Public","description":"Opens accounts","developer_email":"robert.x.0.gh@example.com","redirect_url":"https://www.example.com/callback","created_by_user_id":"","enabled":true,"created":"2017-09-19T00:00:00Z"}"#,
    ),
    response: Some(CREATED),
    actions: &[Action::CreateConsumer],
    errors: &[own(NotLoggedIn), own(JsonIncorrect), rule(RolesMissing), rule(UserUnknown), own(Unknown)],
    fields: DESCRIBED,
    ..CONSUMERS
};

/// createMyConsumer.
pub static REGISTER: Doc = Doc {
    summary: "Create my Consumer",
    description: "Registers an application of the caller's own, which may call this API at once. The answer has its key, which a DirectLogin gives as `consumer_key`, and its secret, which is told this once.\n\n`app_type` is `Confidential` or `Public`.\n\nA login is needed.",
    request: Some(
        r#"{"app_name":"Onboarding","app_type":"Public","description":"Opens accounts","developer_email":"robert.x.0.gh@example.com","redirect_url":"https://www.example.com/callback"}"#,
    ),
    response: Some(CREATED),
    errors: &[own(NotLoggedIn), own(JsonIncorrect), rule(UserUnknown), own(Unknown)],
    fields: DESCRIBED,
    ..CONSUMERS
};

/// getConsumersForCurrentUser.
pub static MINE: Doc = Doc {
    summary: "Get Consumers (logged in User)",
    description: "The applications that belong to the caller, oldest first, without their keys.\n\nA login is needed.",
    response: Some(LIST),
    errors: &[own(NotLoggedIn), own(Unknown)],
    ..CONSUMERS
};

/// getConsumers.
pub static ALL: Doc = Doc {
    summary: "Get Consumers",
    description: "All applications, oldest first, without their keys.\n\nA login is needed, and the role.",
    response: Some(LIST),
    actions: &[Action::ReadConsumers],
    errors: &[own(NotLoggedIn), rule(RolesMissing), own(Unknown)],
    ..CONSUMERS
};

/// enableDisableConsumers.
pub static SET_ENABLED: Doc = Doc {
    summary: "Enable or Disable Consumers",
    description: "Switches an application on or off. While it is off its key opens nothing, and neither do the tokens it has been given.\n\nA login is needed. To switch on takes CanEnableConsumers, to switch off CanDisableConsumers.",
    request: Some(r#"{"enabled":true}"#),
    response: Some(r#"{"enabled":true}"#),
    actions: &[Action::EnableConsumer, Action::DisableConsumer],
    errors: &[own(NotLoggedIn), own(JsonIncorrect), rule(RolesMissing), rule(ConsumerUnknown), own(Unknown)],
    ..CONSUMERS
};

const CONSUMERS: Doc = Doc { tags: &["Consumer"], implemented_in: "3_1_0", ..Doc::PLAIN };

/// What an application is described by.
const DESCRIBED: &[Field] = &[
    ("app_name", Text(3, 255)),
    ("app_type", OneOf(&["Confidential", "Public"])),
    ("description", Text(0, 255)),
    ("developer_email", Email(255)),
    ("redirect_url", Text(0, 255)),
];
