//! The status timelines of the store in memory. An entry is kept with its number: the order in which the customer's entries were
//! written.

use std::cmp::Reverse;

use wasmtime::component::Val;

use crate::store::{Facts, at, option, record};

/// Applies `add-kyc-status`. `None` if its precondition does not hold.
pub(crate) fn add(facts: &mut Facts, new: &Val) -> Option<()> {
    let (bank, customer) = (at(new, "entry.bank-id"), at(new, "entry.status.customer-id"));
    let known = facts.find("customers", &[("bank-id", bank), ("customer-id", customer)]).next().is_some();
    let last = last_written_first(facts, Some(bank), customer).next().map(|entry| at(entry, "number").clone());
    if !known || *at(new, "after") != option(last) {
        return None;
    }
    let number = last_written_first(facts, None, customer).map(number).next().unwrap_or(0) + 1;
    let entry = record([("entry", at(new, "entry").clone()), ("number", Val::U64(number))]);
    facts.table("statuses").push(entry);
    Some(())
}

/// Applies `set-customer-kyc-status`. `None` if the bank has no such customer.
pub(crate) fn follow(facts: &mut Facts, new: &Val) -> Option<()> {
    let is_meant = |it: &&mut Val| ["bank-id", "customer-id"].iter().all(|id| at(it, id) == at(new, id));
    let Val::Record(fields) = facts.table("customers").iter_mut().find(is_meant)? else { return None };
    let Val::Record(details) = &mut fields.iter_mut().find(|(name, _)| name == "details")?.1 else { return None };
    for (name, value) in details {
        match (name.as_str(), at(new, "last-ok-date")) {
            ("kyc-status", _) => *value = at(new, "kyc-status").clone(),
            ("last-ok-date", Val::Option(Some(date))) => *value = (**date).clone(),
            _ => {}
        }
    }
    Some(())
}

/// The answer of `kyc-storage.timeline`, without its `option`.
pub(crate) fn of_bank(facts: &Facts, bank: &Val, customer: &Val) -> Option<Val> {
    let last = last_written_first(facts, Some(bank), customer).next()?;
    let statuses = by_date(last_written_first(facts, Some(bank), customer));
    let ok = statuses.iter().find(|status| *at(status, "ok") == Val::Bool(true));
    Some(record([
        ("last-written", at(last, "entry.status").clone()),
        ("last-number", at(last, "number").clone()),
        ("newest", statuses.first()?.clone()),
        ("last-ok-date", option(ok.map(|status| at(status, "date").clone()))),
    ]))
}

/// The customer's statuses at all banks, in the order of the list.
pub(crate) fn of_customer(facts: &Facts, customer: &Val) -> Vec<Val> {
    by_date(last_written_first(facts, None, customer))
}

/// The customer's entries, at one bank or at all.
fn last_written_first<'a>(facts: &'a Facts, bank: Option<&Val>, customer: &Val) -> impl Iterator<Item = &'a Val> {
    let mut key = vec![("entry.status.customer-id", customer)];
    key.extend(bank.map(|bank| ("entry.bank-id", bank)));
    let entries: Vec<_> = facts.find("statuses", &key).collect();
    entries.into_iter().rev()
}

/// Statuses by date, newest first. Entries of the same date keep their order.
fn by_date<'a>(entries: impl Iterator<Item = &'a Val>) -> Vec<Val> {
    let mut statuses: Vec<_> = entries.map(|entry| at(entry, "entry.status").clone()).collect();
    statuses.sort_by_key(|status| match at(status, "date.milliseconds") {
        Val::S64(milliseconds) => Reverse(*milliseconds),
        _ => Reverse(i64::MIN),
    });
    statuses
}

fn number(entry: &Val) -> u64 {
    if let Val::U64(number) = at(entry, "number") { *number } else { 0 }
}
