//! The operations on consumers, which are the applications that call this API, over HTTP.

use bindings::calls::consumers;
use bindings::consumers_types::{Consumer, ConsumerCreated, ConsumerDraft, ConsumerEnabled, ConsumerRegistration};
use bindings::samples;
use guest::access::Action;
use guest::consumers::{APP_NAME_CHARS_MIN, TEXT_CHARS_MAX};
use guest::limits::URL_CHARS_MAX;
use serde::{Deserialize, Serialize};

use crate::call::{Answer, Call, reply};
use crate::docs::fields::Field;
use crate::docs::fields::Shape::{Email, OneOf, Text, Visible};
use crate::docs::{Doc, example, host, rule};
use crate::error_codes::HostErrorCode::{JsonIncorrect, NotLoggedIn, Unknown};
use crate::error_codes::RefusalCode::{ConsumerUnknown, RolesMissing, UserUnknown};
use crate::route::Route;

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/management/consumers",
        operation: "createConsumer",
        handler: |call| Box::pin(create(call)),
        doc: &Doc {
            summary: "Create Consumer",
            description: "Registers an application that calls this API. The answer contains its key, which a DirectLogin sends as `consumer_key`, and its secret, which no other answer repeats.\n\n`app_type` is `Confidential` or `Public`. If `created_by_user_id` is empty, the application belongs to you. Naming another user also requires CanGetAnyUser. `created` must be a date, but the server ignores it and takes its own time.\n\nYou need a login and the role.",
            implemented_in: "2_2_0",
            request: Some(|| example(&samples::consumer_draft())),
            response: Some(|| example(&created())),
            actions: &[Action::CreateConsumer],
            errors: &[host(NotLoggedIn), host(JsonIncorrect), rule(RolesMissing), rule(UserUnknown), host(Unknown)],
            fields: FIELDS,
            ..CONSUMERS
        },
        ..Route::POST
    },
    Route {
        path: "/my/consumers",
        operation: "createMyConsumer",
        handler: |call| Box::pin(register(call)),
        doc: &Doc {
            summary: "Create my Consumer",
            description: "Registers an application of your own. It may call this API at once. The answer contains its key, which a DirectLogin sends as `consumer_key`, and its secret, which no other answer repeats.\n\n`app_type` is `Confidential` or `Public`.\n\nYou need a login.",
            request: Some(|| example(&samples::consumer_registration())),
            response: Some(|| example(&created())),
            errors: &[host(NotLoggedIn), host(JsonIncorrect), rule(UserUnknown), host(Unknown)],
            fields: FIELDS,
            ..CONSUMERS
        },
        ..Route::POST
    },
    Route {
        path: "/management/users/current/consumers",
        operation: "getConsumersForCurrentUser",
        handler: |call| Box::pin(mine(call)),
        doc: &Doc {
            summary: "Get Consumers (logged in User)",
            description: "Your own applications, oldest first, without their keys.\n\nYou need a login.",
            response: Some(|| example(&Consumers { consumers: vec![consumer()] })),
            errors: &[host(NotLoggedIn), host(Unknown)],
            ..CONSUMERS
        },
        ..Route::GET
    },
    Route {
        path: "/management/consumers",
        operation: "getConsumers",
        handler: |call| Box::pin(all(call)),
        doc: &Doc {
            summary: "Get Consumers",
            description: "All applications, oldest first, without their keys.\n\nYou need a login and the role.",
            response: Some(|| example(&Consumers { consumers: vec![consumer()] })),
            actions: &[Action::ReadConsumers],
            errors: &[host(NotLoggedIn), rule(RolesMissing), host(Unknown)],
            ..CONSUMERS
        },
        ..Route::GET
    },
    Route {
        path: "/management/consumers/CONSUMER_ID",
        operation: "enableDisableConsumers",
        handler: |call| Box::pin(set_enabled(call)),
        doc: &Doc {
            summary: "Enable or Disable Consumers",
            description: "Enables or disables an application. The server accepts neither the key nor the tokens of a disabled application.\n\nYou need a login. Enabling requires CanEnableConsumers, disabling requires CanDisableConsumers.",
            request: Some(|| example(&samples::consumer_enabled())),
            response: Some(|| example(&samples::consumer_enabled())),
            actions: &[Action::EnableConsumer, Action::DisableConsumer],
            errors: &[host(NotLoggedIn), host(JsonIncorrect), rule(RolesMissing), rule(ConsumerUnknown), host(Unknown)],
            ..CONSUMERS
        },
        ..Route::PUT
    },
];

const CONSUMERS: Doc = Doc { tags: &["Consumer"], implemented_in: "3_1_0", ..Doc::EMPTY };

/// The fields of both registrations.
const FIELDS: &[Field] = &[
    ("app_name", Visible(APP_NAME_CHARS_MIN, TEXT_CHARS_MAX)),
    ("app_type", OneOf(&["Confidential", "Public"])),
    ("description", Text(0, TEXT_CHARS_MAX)),
    ("developer_email", Email(TEXT_CHARS_MAX)),
    ("redirect_url", Text(0, URL_CHARS_MAX)),
];

/// The answer of the two lists of consumers.
#[derive(Debug, Deserialize, Serialize)]
pub struct Consumers {
    /// The records, in the order of the API.
    pub consumers: Vec<Consumer>,
}

async fn create(call: Call) -> Answer {
    let draft: ConsumerDraft = call.body()?;
    let caller = call.caller()?;
    reply(call.session.write(consumers::create(caller, &draft)).await?)
}

async fn register(call: Call) -> Answer {
    let draft: ConsumerRegistration = call.body()?;
    let caller = call.caller()?;
    reply(call.session.write(consumers::register(caller, &draft)).await?)
}

async fn mine(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(Consumers { consumers: call.session.reveal(consumers::mine(caller)).await? })
}

async fn all(call: Call) -> Answer {
    let caller = call.caller()?;
    reply(Consumers { consumers: call.session.reveal(consumers::all(caller)).await? })
}

async fn set_enabled(call: Call) -> Answer {
    let draft: ConsumerEnabled = call.body()?;
    let (caller, consumer) = (call.caller()?, call.path("CONSUMER_ID")?);
    reply(call.session.write(consumers::set_enabled(caller, consumer, &draft)).await?)
}

const CONSUMER_ID: &str = "7c1d0b4f-9b67-4d2c-8f6e-1d9c0f7a5e21";

fn consumer() -> Consumer {
    let ConsumerRegistration { app_name, app_type, description, developer_email, redirect_url } =
        samples::consumer_registration();
    Consumer {
        consumer_id: CONSUMER_ID.to_owned(),
        app_name,
        app_type,
        description,
        developer_email,
        redirect_url,
        created_by_user: samples::user_details(),
        enabled: true,
        created: samples::DATE,
    }
}

fn created() -> ConsumerCreated {
    let ConsumerRegistration { app_name, app_type, description, developer_email, redirect_url } =
        samples::consumer_registration();
    ConsumerCreated {
        consumer_id: CONSUMER_ID.to_owned(),
        key: "0c9t3gk5xmb2w8r4q7y1v6hzp0d5ns3ja8fe2lu4".to_owned(),
        secret: "4ul2ef8aj3sn5d0pzh6v1y7q4r8w2bmx5kg3t9c0".to_owned(),
        app_name,
        app_type,
        description,
        developer_email,
        redirect_url,
        created_by_user_id: samples::user_details().user_id,
        created_by_user: samples::user_details(),
        enabled: true,
        created: samples::DATE,
    }
}
