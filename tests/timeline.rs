//! Generated timelines: order, newest entry and the customer's status are those of decision 8.

use std::fmt::Write as _;
use std::sync::Arc;

use guest::roles::Role;
use obp_host::ambient::Ambient;
use obp_host::component::bindings::Change;
use obp_host::component::samples::{self, seed};
use obp_host::storage::{Store, statement};
use reqwest::Client;
use serde_json::{Value, json};

use crate::support::chance::{below, chance};
use crate::support::sizes::sized;
use crate::support::{TestApp, get, try_put, world};

const DATES: [&str; 3] = ["2019-09-19T00:00:00Z", "2025-01-02T03:04:05Z", "2031-05-02T00:00:00Z"];
const BANKS: [&str; 2] = ["bank-1", "bank-2"];
const ENTRIES_MAX: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    bank: usize,
    date: usize,
    ok: bool,
    number: usize,
}

impl Entry {
    fn any(chance: &Ambient) -> Self {
        // Most entries have the same number, so that repeats are frequent.
        let number = usize::from(below(chance, 6) == 0);
        Self { bank: below(chance, BANKS.len()), date: below(chance, DATES.len()), ok: below(chance, 2) == 0, number }
    }

    fn body(self) -> Value {
        json!({"customer_number": self.number.to_string(), "ok": self.ok, "date": DATES[self.date]})
    }

    fn shown(self, customer: &str) -> Value {
        json!({"customer_id": customer, "customer_number": self.number.to_string(), "ok": self.ok, "date": DATES[self.date]})
    }
}

/// The entries that decision 8 keeps, in the order of writing: all but those that repeat the last one of their bank.
fn kept(sent: &[Entry]) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::new();
    for entry in sent {
        if kept.iter().rfind(|earlier| earlier.bank == entry.bank) != Some(entry) {
            kept.push(*entry);
        }
    }
    kept
}

/// The order of the list: the newest date first, and of one date the entry that was written last.
fn listed(kept: &[Entry]) -> Vec<Entry> {
    (0..DATES.len()).rev().flat_map(|date| kept.iter().rev().filter(move |entry| entry.date == date)).copied().collect()
}

/// `kyc_status` and `last_ok_date` of the customer at a bank. The world's customers begin with true and the samples' date.
fn status_at(bank: usize, kept: &[Entry]) -> (bool, String) {
    let of_bank: Vec<_> = listed(kept).into_iter().filter(|entry| entry.bank == bank).collect();
    let last_ok = of_bank.iter().find(|entry| entry.ok).map(|entry| DATES[entry.date].to_owned());
    (of_bank.first().is_none_or(|newest| newest.ok), last_ok.unwrap_or_else(|| samples::DATE.format()))
}

async fn runs(app: &TestApp, store: &dyn Store, client: &Client, customer: &str, sent: &[Entry]) {
    let created = BANKS.map(|bank| statement(customer_of(bank, customer)));
    store.commit(created.into()).await.unwrap();
    for entry in sent {
        let path = format!("/banks/{}/customers/{customer}/kyc_statuses", BANKS[entry.bank]);
        let (status, body) = try_put(client, "kim", app.url(&path), entry.body().to_string()).await.unwrap();
        let answer: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, answer), (200, entry.shown(customer)), "{sent:?}");
    }
    let kept = kept(sent);
    let read = async |user: &str, path: String| -> Value {
        serde_json::from_str(&get(client, user, app.url(&path)).await).unwrap()
    };
    let statuses = read("kim", format!("/customers/{customer}/kyc_statuses")).await;
    let expected: Vec<_> = listed(&kept).into_iter().map(|entry| entry.shown(customer)).collect();
    assert_eq!(statuses["statuses"], Value::from(expected), "{sent:?}");
    for (index, bank) in BANKS.iter().enumerate() {
        let shown = read("ada", format!("/banks/{bank}/customers/{customer}")).await;
        let (kyc_status, last_ok_date) = status_at(index, &kept);
        let follows = (&shown["kyc_status"], &shown["last_ok_date"]);
        assert_eq!(follows, (&kyc_status.into(), &last_ok_date.into()), "{bank}: {sent:?}");
    }
}

fn customer_of(bank: &str, customer: &str) -> Change {
    seed::customer(bank, customer, customer, samples::customer_draft())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generated_timelines_have_the_order_and_the_status_of_the_contract() {
    let sequences = sized(500, 2000);
    let chance = chance();
    let mut stores = Vec::new();
    let app = TestApp::over(|store| {
        stores.push(Arc::clone(&store));
        store
    })
    .await;
    let store = &*stores[0];
    store.commit(vec![statement(world::grant_at("ada", Role::CanGetCustomer, "bank-2"))]).await.unwrap();
    let client = Client::new();
    let (mut entries, mut unlike) = (0, [0; 3]);
    for number in 0..sequences {
        let sent: Vec<_> = (0..=below(&chance, ENTRIES_MAX)).map(|_| Entry::any(&chance)).collect();
        runs(&app, store, &client, &format!("t-{number}"), &sent).await;
        let kept = kept(&sent);
        entries += sent.len();
        unlike[0] += usize::from(kept.len() < sent.len());
        unlike[1] += usize::from(listed(&kept) != kept.iter().rev().copied().collect::<Vec<_>>());
        unlike[2] += usize::from((1..kept.len()).any(|index| kept[..index].contains(&kept[index])));
    }
    let mut said = format!("{sequences} timelines, {entries} entries");
    // Each rule must have made a difference, or the sequences prove nothing.
    for (count, rule) in
        unlike.into_iter().zip(["a repeat", "another order than that of writing", "an entry said again"])
    {
        let _ = write!(said, ", {count} with {rule}");
        assert_ne!(count, 0, "{rule}");
    }
    println!("{said}");
}
