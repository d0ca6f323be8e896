//! A store in memory: the reads of the imports, and the effects of the changes.

use std::collections::BTreeMap;

use wasmtime::component::Val;

use crate::timeline;

/// A change's table, and its preconditions in `wit/changes.wit`: records that must exist, as a table with paths in its records and in
/// the change, and values that must be new, as paths in the change.
type Rule = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static [(&'static str, &'static str)])],
    &'static [&'static [&'static str]],
);

const BANK: (&str, &[(&str, &str)]) = ("banks", &[("id", "bank-id")]);
const USER: (&str, &[(&str, &str)]) = ("users", &[("user.user-id", "user-id")]);
const CUSTOMER: (&str, &[(&str, &str)]) = ("customers", &[("bank-id", "bank-id"), ("customer-id", "customer-id")]);
const RULES: [Rule; 11] = [
    ("create-bank", "banks", &[], &[&["id"]]),
    ("create-user", "users", &[], &[&["user.user-id"], &["user.username"]]),
    ("create-customer", "customers", &[BANK], &[&["bank-id", "customer-id"], &["bank-id", "customer-number"]]),
    ("create-account", "accounts", &[BANK, USER], &[&["bank-id", "account-id"], &["bank-id", "number"]]),
    (
        "grant-view",
        "views",
        &[USER, ("accounts", &[("bank-id", "bank-id"), ("account-id", "account-id")])],
        &[&["bank-id", "account-id", "view-id", "user-id"]],
    ),
    ("grant-entitlement", "roles", &[USER], &[&["user-id", "entitlement.role-name", "entitlement.bank-id"]]),
    ("put-kyc-check", "checks", &[CUSTOMER], &[]),
    ("put-kyc-document", "documents", &[CUSTOMER], &[]),
    ("put-kyc-media", "medias", &[CUSTOMER], &[]),
    (
        "create-meeting",
        "meetings",
        &[BANK, ("users", &[("user.user-id", "present.customer-user-id")])],
        &[&["bank-id", "meeting-id"]],
    ),
    ("note-screening", "notes", &[], &[]),
];
/// A put replaces the record with the same key.
const KEY: [&str; 3] = ["bank-id", "customer-id", "id"];

/// The records of each table in the order of writing.
#[derive(Clone, Default)]
pub(crate) struct Facts(BTreeMap<&'static str, Vec<Val>>);

/// The result of a read.
pub(crate) enum Answer {
    Value(Val),
    /// A list that is returned as a handle. `None` if there is no such customer.
    List(Option<Vec<Val>>),
}

impl Facts {
    /// Applies a change. `None` if its precondition does not hold, or if none of the thirteen operations returns such a change.
    pub(crate) fn apply(&mut self, change: &Val) -> Option<()> {
        let Val::Variant(case, Some(new)) = change else { return None };
        match case.as_str() {
            "add-kyc-status" => return timeline::add(self, new),
            "set-customer-kyc-status" => return timeline::follow(self, new),
            _ => {}
        }
        let (_, table, exist, are_new) = RULES.iter().find(|rule| rule.0 == case)?;
        let exists = |(table, paths): &(&str, &[(&str, &str)])| {
            let key: Vec<_> = paths.iter().map(|(of, from)| (*of, at(new, from))).collect();
            self.find(table, &key).next().is_some()
        };
        let is_new = |paths: &&[&str]| {
            let key: Vec<_> = paths.iter().map(|path| (*path, at(new, path))).collect();
            self.find(table, &key).next().is_none()
        };
        if !exist.iter().all(exists) || !are_new.iter().all(is_new) {
            return None;
        }
        let records = self.0.entry(table).or_default();
        if case.starts_with("put-") {
            records.retain(|record| KEY.iter().any(|name| at(record, name) != at(new, name)));
        }
        records.push((**new).clone());
        Some(())
    }

    /// The answer of an import, or `None` if it does not read the store.
    pub(crate) fn read(&self, import: &str, arguments: &[Val]) -> Option<Answer> {
        let has = |table: &str, key: &[(&str, &Val)]| Val::Bool(self.find(table, key).next().is_some());
        let last_written_first =
            |table: &str, key: &[(&str, &Val)]| self.find(table, key).rev().cloned().collect::<Vec<_>>();
        let value = match (import, arguments) {
            ("accounts-storage.facts-for-create", [bank, account, owner]) => {
                let owner = self
                    .find("users", &[("user.user-id", owner)])
                    .next()
                    .map(|it| Val::Tuple(["user.provider", "user.username"].map(|path| at(it, path).clone()).to_vec()));
                record([
                    ("bank-exists", has("banks", &[("id", bank)])),
                    ("owner", option(owner)),
                    ("account-exists", has("accounts", &[("bank-id", bank), ("account-id", account)])),
                ])
            }
            ("banks-storage.exists", [bank]) => has("banks", &[("id", bank)]),
            ("entitlements-storage.of-user", [user]) => {
                Val::List(self.find("roles", &[("user-id", user)]).map(|it| at(it, "entitlement").clone()).collect())
            }
            ("kyc-storage.facts-for-write", [bank, customer]) => record([
                ("bank-exists", has("banks", &[("id", bank)])),
                ("customer-exists", has("customers", &[("bank-id", bank), ("customer-id", customer)])),
            ]),
            ("kyc-storage.timeline", [bank, customer]) => option(timeline::of_bank(self, bank, customer)),
            ("kyc-storage.checks" | "kyc-storage.documents" | "kyc-storage.medias", [customer]) => {
                let key = [("customer-id", customer)];
                let known = self.find("customers", &key).next().is_some();
                return Some(Answer::List(
                    known.then(|| last_written_first(import.trim_start_matches("kyc-storage."), &key)),
                ));
            }
            ("kyc-storage.statuses", [customer]) => {
                let known = self.find("customers", &[("customer-id", customer)]).next().is_some();
                return Some(Answer::List(known.then(|| timeline::of_customer(self, customer))));
            }
            ("meetings-storage.find", [bank, meeting]) => {
                option(self.find("meetings", &[("bank-id", bank), ("meeting-id", meeting)]).next().cloned())
            }
            ("meetings-storage.at-bank", [bank]) => Val::List(last_written_first("meetings", &[("bank-id", bank)])),
            ("users-storage.by-username", [username]) => option(self.user("user.username", username)),
            ("users-storage.by-id", [user_id]) => option(self.user("user.user-id", user_id)),
            _ => return None,
        };
        Some(Answer::Value(value))
    }

    /// The details of the user with this value at this path.
    fn user(&self, path: &str, value: &Val) -> Option<Val> {
        let user = self.find("users", &[(path, value)]).next()?;
        let Val::Record(mut details) = at(user, "user").clone() else { return None };
        details.push(("entitlements".to_owned(), record([("list", Val::List(Vec::new()))])));
        Some(Val::Record(details))
    }

    /// The table with that name.
    pub(crate) fn table(&mut self, name: &'static str) -> &mut Vec<Val> {
        self.0.entry(name).or_default()
    }

    /// The records of a table that have these values at these paths.
    pub(crate) fn find(&self, table: &str, key: &[(&str, &Val)]) -> impl DoubleEndedIterator<Item = &Val> {
        let of_key = move |record: &&Val| key.iter().all(|(path, value)| at(record, path) == *value);
        self.0.get(table).map_or(&[][..], Vec::as_slice).iter().filter(of_key)
    }
}

/// The value at a path of a record, such as `user.username`.
pub(crate) fn at<'a>(record: &'a Val, path: &str) -> &'a Val {
    path.split('.').fold(record, |record, name| match record {
        Val::Record(fields) => fields.iter().find(|(field, _)| field == name).map_or(record, |(_, value)| value),
        other => other,
    })
}

pub(crate) fn option(value: Option<Val>) -> Val {
    Val::Option(value.map(Box::new))
}

pub(crate) fn record<const N: usize>(fields: [(&str, Val); N]) -> Val {
    Val::Record(fields.map(|(name, value)| (name.to_owned(), value)).to_vec())
}
