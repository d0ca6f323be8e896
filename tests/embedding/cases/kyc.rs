//! Cases of the four KYC writes.

use obp_host::component::samples;
use obp_host::obp::docs::fields::Shape;
use obp_host::obp::routes::ROUTES;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Case, End, bank, call, caller, change, customer, date, noted, rejected, with};
use crate::names::to_wit;
use crate::vector::Call;

/// A kind of record, by the operation that writes it.
pub(super) struct Kind {
    pub(super) operation: &'static str,
    write: &'static str,
    pub(super) list: &'static str,
    put: &'static str,
}

pub(super) const CHECK: Kind =
    Kind { operation: "addKycCheck", write: "add-check", list: "checks", put: "put-kyc-check" };
pub(super) const DOCUMENT: Kind =
    Kind { operation: "addKycDocument", write: "add-document", list: "documents", put: "put-kyc-document" };
pub(super) const MEDIA: Kind =
    Kind { operation: "addKycMedia", write: "add-media", list: "medias", put: "put-kyc-media" };
const STATUS: &str = "addKycStatus";

/// A sample by the names of the WIT.
fn sample(draft: &impl Serialize) -> Value {
    to_wit(&serde_json::to_value(draft).unwrap_or_default())
}

impl Kind {
    /// The body that a client sends.
    fn draft(&self) -> Value {
        match self.operation {
            "addKycCheck" => with(sample(&samples::kyc_check_draft()), "date", date(0)),
            "addKycDocument" => {
                let draft = sample(&samples::kyc_document_draft());
                with(with(draft, "issue-date", date(-1)), "expiry-date", date(1))
            }
            _ => with(sample(&samples::kyc_media_draft()), "date", date(0)),
        }
    }

    fn written(&self, bank_id: &str, customer_id: &str, id: &str, draft: Value) -> Call {
        call("kyc", self.write, [caller("kim"), bank_id.into(), customer_id.into(), id.into(), draft])
    }

    pub(super) fn listed(&self, customer_id: &str) -> Call {
        call("kyc", self.list, [caller("kim"), customer_id.into()])
    }

    /// The texts of the body, as the operation documents them, with the largest number of characters of each.
    fn texts(&self) -> Vec<(String, usize)> {
        let route = ROUTES.iter().find(|route| route.operation == self.operation);
        let fields = route.map_or(&[][..], |route| route.doc.fields).iter();
        let texts = fields.filter_map(|(field, shape)| match shape {
            Shape::Text(_, max) => Some((field.replace('_', "-"), *max)),
            _ => None,
        });
        texts.collect()
    }

    /// The change that writes such a record.
    pub(super) fn record(&self, bank_id: &str, customer_id: &str, id: &str) -> Value {
        let record = with(self.draft(), "bank-id", bank_id);
        change(self.put, with(with(record, "customer-id", customer_id), "id", id))
    }

    fn cases(&self) -> Vec<Case> {
        let world = || [bank("bank-1"), bank("bank-2"), customer("bank-1", "c-1"), customer("bank-2", "c-2")];
        let case = |name: &str| Case::new(self.operation, name, world());
        let put = |id: &str| self.written("bank-1", "c-1", id, self.draft());
        let first = |name: &str| case(name).then(put("r-1"), End::Reply(1));
        let refused = |name: &str, bank: &str, customer: &str, id: &str, code| {
            case(name).then(self.written(bank, customer, id, self.draft()), End::Refusal(code))
        };
        let texts = self.texts();
        let long = |draft: Value, (field, max): &(String, usize)| with(draft, field, "x".repeat(max + 1));
        let all_long = texts.iter().fold(self.draft(), long);
        let at_limit = texts.iter().fold(self.draft(), |draft, (field, max)| with(draft, field, "ü".repeat(*max)));
        let empty = texts.iter().fold(self.draft(), |draft, (field, _)| with(draft, field, ""));
        // A byte order mark, a character of more than 16 bits, a control character, and quotes.
        let strange =
            texts.iter().fold(self.draft(), |draft, text| with(draft, &text.0, "\u{feff}a\u{1f600}\u{1}\"\\'"));
        let mut cases = vec![
            first("is recorded"),
            refused("the bank id is malformed", "bank 1", "c-1", "r-1", "OBP-30111"),
            refused("the bank id is empty", "", "c-1", "r-1", "OBP-30111"),
            refused("there is no such bank", "bank-3", "c-1", "r-1", "OBP-30001"),
            refused("there is no such customer", "bank-1", "c-3", "r-1", "OBP-30046"),
            refused("the customer is another bank's", "bank-2", "c-1", "r-1", "OBP-30046"),
            case("every fault at once is the first of them")
                .then(self.written("bank 3", "c-3", "", all_long.clone()), End::Refusal("OBP-30111"))
                .then(self.written("bank-3", "c-3", "", all_long.clone()), End::Refusal("OBP-10001"))
                .then(self.written("bank-3", "c-3", "r-1", all_long.clone()), End::Refusal("OBP-30001"))
                .then(self.written("bank-1", "c-3", "r-1", all_long.clone()), End::Refusal("OBP-30046"))
                .then(self.written("bank-1", "c-1", "r-1", all_long), End::Refusal("OBP-10001")),
            case("every text as long as it may be, counted in characters")
                .then(self.written("bank-1", "c-1", &"ü".repeat(44), at_limit), End::Reply(1)),
            case("every text empty").then(self.written("bank-1", "c-1", "r-1", empty), End::Reply(1)),
            case("a text is kept as it is, whatever is in it")
                .then(self.written("bank-1", "c-1", "r-1", strange), End::Reply(1))
                .then(self.listed("c-1"), End::Reply(0)),
            case("a put of the same id replaces and moves to the front")
                .then(put("r-1"), End::Reply(1))
                .then(put("r-2"), End::Reply(1))
                .then(self.written("bank-1", "c-1", "r-1", with(self.draft(), "customer-number", "2")), End::Reply(1))
                .then(self.listed("c-1"), End::Reply(0)),
            case("the same id of another customer is another record")
                .then(put("r-1"), End::Reply(1))
                .then(self.written("bank-2", "c-2", "r-1", with(self.draft(), "customer-number", "2")), End::Reply(1))
                .then(self.listed("c-1"), End::Reply(0))
                .then(self.listed("c-2"), End::Reply(0)),
            case("a screener rejects")
                .then(put("r-1"), End::Refusal("OBP-10035"))
                .screened(rejected())
                .then(self.listed("c-1"), End::Reply(0)),
            case("a screener accepts with a note").then(put("r-1"), End::Reply(2)).screened(noted()),
            case("a rule refuses before a screener is asked")
                .then(self.written("bank-3", "c-1", "r-1", self.draft()), End::Refusal("OBP-30001"))
                .screened(rejected()),
        ];
        cases.extend(
            wrong_ids()
                .into_iter()
                .map(|(wrong, id)| refused(&format!("the record id {wrong}"), "bank-1", "c-1", &id, "OBP-10001")),
        );
        cases.extend(texts.iter().map(|text| {
            case(&format!("{} is too long", text.0))
                .then(self.written("bank-1", "c-1", "r-1", long(self.draft(), text)), End::Refusal("OBP-10001"))
        }));
        cases
    }
}

/// Ids that a record must not have.
fn wrong_ids() -> [(&'static str, String); 6] {
    [
        ("is empty", String::new()),
        ("is too long", "r".repeat(45)),
        ("has a control character", "r\n1".to_owned()),
        ("has a character that a reader cannot see", "r\u{200f}1".to_owned()),
        ("ends with a space", "r ".to_owned()),
        ("is a step in a path", "..".to_owned()),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in [CHECK, DOCUMENT, MEDIA] {
        cases.extend(kind.cases());
    }
    let endless = with(DOCUMENT.draft(), "expiry-date", Value::Null);
    let world = [bank("bank-1"), customer("bank-1", "c-1")];
    let case = Case::new(DOCUMENT.operation, "may never expire", world);
    let case = case.then(DOCUMENT.written("bank-1", "c-1", "r-1", endless), End::Reply(1));
    cases.push(case.then(DOCUMENT.listed("c-1"), End::Reply(0)));
    cases.extend(statuses());
    cases
}

fn status(bank_id: &str, customer_id: &str, number: &str, ok: bool, days_later: i64) -> Call {
    let draft = json!({"customer-number": number, "ok": ok, "date": date(days_later)});
    call("kyc", "add-status", [caller("kim"), bank_id.into(), customer_id.into(), draft])
}

/// The change that adds an entry to a timeline.
pub(super) fn entry(
    bank_id: &str,
    customer_id: &str,
    number: &str,
    ok: bool,
    days_later: i64,
    after: Option<u64>,
) -> Value {
    let status = json!({"customer-id": customer_id, "customer-number": number, "ok": ok, "date": date(days_later)});
    change("add-kyc-status", json!({"entry": {"bank-id": bank_id, "status": status}, "after": after}))
}

/// The change with which a customer follows a timeline.
pub(super) fn follow(bank_id: &str, customer_id: &str, kyc_status: bool) -> Value {
    let follows = json!({"bank-id": bank_id, "customer-id": customer_id, "kyc-status": kyc_status});
    change("set-customer-kyc-status", with(follows, "last-ok-date", date(0)))
}

fn statuses() -> Vec<Case> {
    let world = || [bank("bank-1"), bank("bank-2"), customer("bank-1", "c-1")];
    let case = |name: &str| Case::new(STATUS, name, world());
    let case_with =
        |name: &str, more: Value| Case::new(STATUS, name, world().into_iter().chain([more]).collect::<Vec<_>>());
    let put = |ok, days| status("bank-1", "c-1", "1", ok, days);
    let list = || call("kyc", "statuses", [caller("kim"), "c-1".into()]);
    let refused = |name: &str, bank: &str, customer: &str, code| {
        case(name).then(status(bank, customer, "1", true, 0), End::Refusal(code))
    };
    vec![
        case("is recorded").then(put(true, 0), End::Reply(2)),
        refused("the bank id is malformed", "bank 1", "c-1", "OBP-30111"),
        refused("there is no such bank", "bank-3", "c-1", "OBP-30001"),
        refused("there is no such customer", "bank-1", "c-3", "OBP-30046"),
        refused("the customer is another bank's", "bank-2", "c-1", "OBP-30046"),
        case("customer-number is too long")
            .then(status("bank-1", "c-1", &"x".repeat(65), true, 0), End::Refusal("OBP-10001")),
        case("customer-number is as long as it may be")
            .then(status("bank-1", "c-1", &"ü".repeat(64), true, 0), End::Reply(2)),
        case("every fault at once is the first of them")
            .then(status("bank 3", "c-3", &"x".repeat(65), true, 0), End::Refusal("OBP-30111"))
            .then(status("bank-3", "c-3", &"x".repeat(65), true, 0), End::Refusal("OBP-30001"))
            .then(status("bank-1", "c-3", &"x".repeat(65), true, 0), End::Refusal("OBP-30046")),
        case("each adds to the timeline, whatever its date")
            .then(put(true, 2), End::Reply(2))
            .then(put(false, 1), End::Reply(2))
            .then(put(true, 3), End::Reply(2))
            .then(list(), End::Reply(0)),
        case("a repeat of the entry that was written last changes nothing")
            .then(put(true, 0), End::Reply(2))
            .then(put(true, 0), End::Reply(0))
            .then(list(), End::Reply(0)),
        case("an earlier entry can be said again")
            .then(put(true, 0), End::Reply(2))
            .then(put(false, 0), End::Reply(2))
            .then(put(true, 0), End::Reply(2))
            .then(status("bank-1", "c-1", "2", true, 0), End::Reply(2))
            .then(list(), End::Reply(0)),
        case_with("the entry of another bank is no repeat", customer("bank-2", "c-1"))
            .then(put(true, 0), End::Reply(2))
            .then(status("bank-2", "c-1", "1", true, 0), End::Reply(2))
            .then(put(true, 0), End::Reply(0))
            .then(list(), End::Reply(0)),
        case("of two that add the same entry at once, the second finds it there")
            .then(put(true, 0), End::Reply(0))
            .meanwhile([entry("bank-1", "c-1", "1", true, 0, None)])
            .then(list(), End::Reply(0)),
        case("a screener rejects")
            .then(put(true, 0), End::Refusal("OBP-10035"))
            .screened(rejected())
            .then(list(), End::Reply(0)),
        case("a screener accepts with a note").then(put(true, 0), End::Reply(3)).screened(noted()),
        case("a repeat is not screened")
            .then(put(true, 0), End::Reply(2))
            .then(put(true, 0), End::Reply(0))
            .screened(rejected()),
    ]
}
