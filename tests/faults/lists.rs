//! Honest requests for the longest lists, many at once, while other processes keep every core busy.
//!
//! The accounts cross the boundary behind a handle. The rule reads the meetings, so they are copied into the guest and back. The
//! unit tests of the call budget have the control with the old charging, by the clock.

use std::path::Path;

use obp_host::component::bindings::Change;
use obp_host::component::bindings::accounts_types::{Account, AccountDraft, ViewGrant};
use obp_host::component::bindings::meetings_types::{MeetingDraft, Present, StoredMeeting};
use obp_host::component::samples::{self, DATE};
use obp_host::storage::{Store, statement};
use reqwest::{Client, Method};
use tokio::process::{Child, Command};

use crate::support::process::{Server, store};
use crate::support::sizes::sized;
use crate::support::{send, unknown_error, world};

const RECORDS: usize = 10_000;

/// The path of a list, and a key that each of its records has once.
const LISTS: [(&str, &str); 2] = [("/my/accounts", "\"account_type\":"), ("/banks/bank-1/meetings", "\"meeting_id\":")];

/// An account of `kim`, which she may see.
fn account(number: usize) -> [Change; 2] {
    let AccountDraft { label, type_, branch_id, account_routing, balance, .. } = samples::account_draft();
    let [bank_id, account_id, user_id] = ["bank-1", &format!("a-{number}"), "u-kim"].map(str::to_owned);
    let account = Account {
        bank_id: bank_id.clone(),
        account_id: account_id.clone(),
        number: format!("{:010}", 1_000_000_000 + number),
        user_id: user_id.clone(),
        provider: String::new(),
        username: String::new(),
        label,
        type_,
        balance: balance.expect("the sample has a balance"),
        branch_id,
        account_routing,
    };
    let grant = ViewGrant { bank_id, account_id, view_id: "owner".to_owned(), user_id };
    [Change::CreateAccount(account), Change::GrantView(grant)]
}

fn meeting(number: usize) -> Change {
    let MeetingDraft { provider_id, purpose_id } = samples::meeting_draft();
    Change::CreateMeeting(StoredMeeting {
        meeting_id: format!("00000000-0000-4000-8000-{number:012}"),
        provider_id,
        purpose_id,
        bank_id: "bank-1".to_owned(),
        present: Present { staff_user_id: String::new(), customer_user_id: "u-kim".to_owned() },
        session_id: format!("session-{number}"),
        when: DATE,
    })
}

/// A server process whose lists have [`RECORDS`] records. A guest may run for `guest_ms_max`.
async fn server(data: &Path, guest_ms_max: &str) -> Server {
    {
        let store = store(data);
        world::create(&store).await;
        let changes = (0..RECORDS).flat_map(account).chain((0..RECORDS).map(meeting));
        store.commit(changes.map(statement).collect()).await.expect("the records are stored");
    }
    let settings = [
        ("OBP_HOST_LIMITS__GUEST_MS_MAX", guest_ms_max),
        ("OBP_HOST_LOG__LEVEL", "off"),
        ("OBP_HOST_MEETINGS__ENABLED", "true"),
        ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__KIND", "jitsi"),
        ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__APP_ID", "tests"),
        ("OBP_HOST_MEETINGS__PROVIDERS__JITSI__SECRET", "secret"),
    ];
    Server::serve_with(data, &settings).await
}

/// Processes that keep every core busy. They are killed when these are dropped.
fn busy_cores() -> Vec<Child> {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let busy = || Command::new("sh").args(["-c", "while :; do :; done"]).kill_on_drop(true).spawn();
    (0..cores).map(|_| busy().expect("a process")).collect()
}

async fn list(client: Client, url: String) -> (u16, String) {
    send(&client, Method::GET, "kim", url, String::new()).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_requests_for_long_lists_are_answered_while_all_cores_are_busy() {
    let (at_once, rounds) = sized((16, 2), (64, 10));
    let data = crate::support::folder().unwrap();
    let server = server(data.path(), "500").await;
    let _busy = busy_cores();
    let client = Client::new();
    for round in 0..rounds {
        let requests: Vec<_> = (0..at_once)
            .map(|number| {
                let (path, key) = LISTS[number % LISTS.len()];
                (key, tokio::spawn(list(client.clone(), server.url(path))))
            })
            .collect();
        for (key, request) in requests {
            let (status, body) = request.await.unwrap();
            let begin: String = body.chars().take(200).collect();
            assert_eq!((status, body.matches(key).count()), (200, RECORDS), "round {round}: {begin}");
        }
    }
}

/// The limit still holds, and only for the list that the guest copies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_copies_a_long_list_is_charged_for_it() {
    let data = crate::support::folder().unwrap();
    let server = server(data.path(), "1").await;
    let [(accounts, key), (meetings, _)] = LISTS;
    assert_eq!(list(Client::new(), server.url(meetings)).await, unknown_error(504));
    let (status, body) = list(Client::new(), server.url(accounts)).await;
    assert_eq!((status, body.matches(key).count()), (200, RECORDS));
}
