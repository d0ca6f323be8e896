//! Tests of the rules of customers.

use super::*;
use crate::access::testing::{kim, kim_with};
use crate::customers_types::{Amount, CreditRating, FaceImage};
use crate::roles::Role;

/// Selects a text of the body.
type Text = fn(&mut CustomerDraft) -> &mut String;

const DATE: Timestamp = Timestamp { milliseconds: 1_505_779_200_000 };

fn draft() -> CustomerDraft {
    let text = str::to_owned;
    CustomerDraft {
        legal_name: text("Ada Lovelace"),
        mobile_phone_number: text("+44 7911 123456"),
        email: text("ada@example.com"),
        face_image: FaceImage { url: text("https://example.com/ada.png"), date: DATE },
        date_of_birth: DATE,
        relationship_status: text("married"),
        dependants: 2,
        dob_of_dependants: vec![DATE, DATE],
        credit_rating: CreditRating { rating: text("OBP"), source: text("OBP") },
        credit_limit: Amount { currency: text("EUR"), amount: text("100.00") },
        highest_education_attained: text("self-taught"),
        employment_status: text("employed"),
        kyc_status: false,
        last_ok_date: DATE,
        title: text("Countess"),
        branch_id: text("DERBY6"),
        name_suffix: String::new(),
    }
}

fn ada() -> Customer {
    Customer {
        bank_id: "b".to_owned(),
        customer_id: "c1".to_owned(),
        customer_number: "1234567890".to_owned(),
        details: draft(),
    }
}

fn numbered(number: &str) -> CustomerNumberDraft {
    CustomerNumberDraft { customer_number: number.to_owned() }
}

fn teller() -> Actor {
    kim_with(&[(Role::CanCreateCustomer, "b"), (Role::CanGetCustomer, "b"), (Role::CanUpdateCustomerNumber, "b")])
}

fn add(
    actor: &Actor,
    bank_exists: bool,
    bank_id: &str,
    draft: CustomerDraft,
) -> Result<(Customer, Vec<Change>), Refusal> {
    create(actor, bank_exists, bank_id.to_owned(), "c1".to_owned(), "1234567890".to_owned(), draft)
}

#[test]
fn the_answer_is_the_customer_that_is_stored() {
    for actor in [teller(), kim_with(&[(Role::CanCreateCustomerAtAnyBank, "")])] {
        let (customer, changes) = add(&actor, true, "b", draft()).unwrap();
        assert_eq!(customer, ada());
        assert_eq!(changes, [Change::CreateCustomer(ada())]);
    }
}

#[test]
fn create_refuses_in_the_order_of_the_contract() {
    let roles = &[Role::CanCreateCustomer, Role::CanCreateCustomerAtAnyBank];
    let few = CustomerDraft { dependants: 1, ..draft() };
    let amount = Amount { currency: "EUR".to_owned(), amount: "much".to_owned() };
    let rich = CustomerDraft { credit_limit: amount, ..few.clone() };
    let worst = CustomerDraft { name_suffix: "x".repeat(256), ..rich.clone() };
    // First every fault at once, then one fewer in each case.
    let cases = [
        (kim(), false, "b b", worst.clone(), Refusal::BankIdMalformed),
        (kim(), false, "b", worst.clone(), Refusal::BankUnknown),
        (kim(), true, "b", worst.clone(), Refusal::RolesMissing(roles)),
        (teller(), true, "b", worst, Refusal::TextTooLong("nameSuffix", 255)),
        (teller(), true, "b", rich, Refusal::TextMalformed("credit_limit.amount", "must be a number")),
        (teller(), true, "b", few, Refusal::DependantsDiffer),
    ];
    for (actor, bank_exists, bank_id, draft, refusal) in cases {
        assert_eq!(add(&actor, bank_exists, bank_id, draft), Err(refusal));
    }
}

#[test]
fn a_text_may_have_255_characters_and_a_url_2048_and_not_one_more() {
    let texts: [(&str, Text); 14] = [
        ("legal_name", |draft| &mut draft.legal_name),
        ("mobile_phone_number", |draft| &mut draft.mobile_phone_number),
        ("email", |draft| &mut draft.email),
        ("face_image.url", |draft| &mut draft.face_image.url),
        ("relationship_status", |draft| &mut draft.relationship_status),
        ("credit_rating.rating", |draft| &mut draft.credit_rating.rating),
        ("credit_rating.source", |draft| &mut draft.credit_rating.source),
        ("credit_limit.currency", |draft| &mut draft.credit_limit.currency),
        ("credit_limit.amount", |draft| &mut draft.credit_limit.amount),
        ("highest_education_attained", |draft| &mut draft.highest_education_attained),
        ("employment_status", |draft| &mut draft.employment_status),
        ("title", |draft| &mut draft.title),
        ("branchId", |draft| &mut draft.branch_id),
        ("nameSuffix", |draft| &mut draft.name_suffix),
    ];
    for (name, text) in texts {
        let mut draft = draft();
        let max = if name == "face_image.url" { 2048 } else { 255 };
        *text(&mut draft) = "1".repeat(max);
        assert!(add(&teller(), true, "b", draft.clone()).is_ok(), "{name}");
        text(&mut draft).push('1');
        assert_eq!(add(&teller(), true, "b", draft), Err(Refusal::TextTooLong(name, max)));
    }
}

#[test]
fn the_number_of_dependants_must_equal_the_number_of_dates_of_birth() {
    for (dependants, dates, fits) in
        [(0, 0, true), (1, 1, true), (1, 0, false), (0, 1, false), (-1, 0, false), (-1, 1, false)]
    {
        let draft = CustomerDraft { dependants, dob_of_dependants: vec![DATE; dates], ..draft() };
        assert_eq!(add(&teller(), true, "b", draft).is_ok(), fits, "{dependants} of {dates}");
    }
}

#[test]
fn only_users_with_the_role_read_a_customer() {
    let role = Refusal::RolesMissing(&[Role::CanGetCustomer]);
    let cases = [
        (kim(), false, "b b", None, Err(Refusal::BankIdMalformed)),
        (kim(), false, "b", None, Err(Refusal::BankUnknown)),
        (kim(), true, "b", None, Err(Refusal::CustomerUnknown)),
        (kim(), true, "b", Some(ada()), Err(role)),
        (teller(), true, "b", Some(ada()), Ok(ada())),
    ];
    for (actor, bank_exists, bank_id, customer, answer) in cases {
        assert_eq!(get(&actor, bank_exists, bank_id, customer), answer);
    }
}

#[test]
fn only_users_with_the_role_find_a_customer_by_number() {
    let role = Refusal::RolesMissing(&[Role::CanGetCustomer]);
    let cases = [
        (kim(), false, "b b", "", None, Err(Refusal::BankIdMalformed)),
        (kim(), false, "b", "", None, Err(Refusal::BankUnknown)),
        (kim(), true, "b", "", None, Err(role)),
        (teller(), true, "b", "", None, Err(Refusal::TextMissing("customer_number", 1))),
        (teller(), true, "b", "1", None, Err(Refusal::CustomerUnknown)),
        (teller(), true, "b", "1234567890", Some(ada()), Ok(ada())),
    ];
    for (actor, bank_exists, bank_id, number, customer, answer) in cases {
        assert_eq!(by_number(&actor, bank_exists, bank_id, &numbered(number), customer), answer);
    }
    let long = numbered(&"1".repeat(51));
    assert_eq!(by_number(&teller(), true, "b", &long, None), Err(Refusal::TextTooLong("customer_number", 50)));
}

#[test]
fn update_number_refuses_in_the_order_of_the_contract() {
    let role = Refusal::RolesMissing(&[Role::CanUpdateCustomerNumber]);
    let facts = |bank_exists, customer| NumberFacts { bank_exists, customer, number_exists: true };
    let too_long = "1".repeat(51);
    let cases = [
        (kim(), facts(false, None), "b b", "", Refusal::BankIdMalformed),
        (kim(), facts(false, None), "b", "", Refusal::BankUnknown),
        (kim(), facts(true, None), "b", "", Refusal::CustomerUnknown),
        (kim(), facts(true, Some(ada())), "b", "", role),
        (teller(), facts(true, Some(ada())), "b", "", Refusal::TextMissing("customer_number", 1)),
        (teller(), facts(true, Some(ada())), "b", &too_long, Refusal::TextTooLong("customer_number", 50)),
        (teller(), facts(true, Some(ada())), "b", "77", Refusal::CustomerNumberTaken),
    ];
    for (actor, facts, bank_id, number, refusal) in cases {
        assert_eq!(update_number(&actor, facts, bank_id, numbered(number)), Err(refusal));
    }
}

#[test]
fn the_answer_has_the_new_number_and_the_present_number_changes_nothing() {
    let number = "1".repeat(50);
    let facts = NumberFacts { bank_exists: true, customer: Some(ada()), number_exists: false };
    let (customer, changes) = update_number(&teller(), facts, "b", numbered(&number)).unwrap();
    assert_eq!(customer, Customer { customer_number: number.clone(), ..ada() });
    let change =
        CustomerNumberChange { bank_id: "b".to_owned(), customer_id: "c1".to_owned(), customer_number: number };
    assert_eq!(changes, [Change::ChangeCustomerNumber(change)]);

    let facts = NumberFacts { bank_exists: true, customer: Some(ada()), number_exists: true };
    assert_eq!(update_number(&teller(), facts, "b", numbered("1234567890")), Ok((ada(), vec![])));
}

#[test]
fn a_users_own_customers_need_no_role_but_an_existing_bank() {
    assert_eq!(mine(None, true, vec![ada()]), Ok(vec![ada()]));
    assert_eq!(mine(Some("b"), true, vec![]), Ok(vec![]));
    assert_eq!(mine(Some("b b"), false, vec![]), Err(Refusal::BankIdMalformed));
    assert_eq!(mine(Some("b"), false, vec![]), Err(Refusal::BankUnknown));
}

fn join(actor: &Actor, facts: LinkFacts, bank_id: &str) -> Result<(UserCustomerLink, Vec<Change>), Refusal> {
    let draft = LinkDraft { user_id: "u-ada".to_owned(), customer_id: "c1".to_owned() };
    link(actor, facts, bank_id.to_owned(), "l1".to_owned(), DATE, draft)
}

#[test]
fn link_refuses_in_the_order_of_the_contract() {
    let roles = &[Role::CanCreateUserCustomerLink, Role::CanCreateUserCustomerLinkAtAnyBank];
    let linker = || kim_with(&[(Role::CanCreateUserCustomerLink, "b")]);
    let nothing = LinkFacts { bank_exists: false, customer_exists: false, user_exists: false, user_linked: true };
    let bank = LinkFacts { bank_exists: true, ..nothing };
    let customer = LinkFacts { customer_exists: true, ..bank };
    let user = LinkFacts { user_exists: true, ..customer };
    let cases = [
        (kim(), nothing, "b b", Refusal::BankIdMalformed),
        (kim(), nothing, "b", Refusal::BankUnknown),
        (kim(), bank, "b", Refusal::CustomerUnknown),
        (kim(), customer, "b", Refusal::RolesMissing(roles)),
        (linker(), customer, "b", Refusal::UserUnknown),
        (linker(), user, "b", Refusal::UserLinked),
    ];
    for (actor, facts, bank_id, refusal) in cases {
        assert_eq!(join(&actor, facts, bank_id), Err(refusal));
    }
}

#[test]
fn a_new_link_is_active_and_stored_with_its_bank() {
    let facts = LinkFacts { bank_exists: true, customer_exists: true, user_exists: true, user_linked: false };
    let expected = UserCustomerLink {
        user_customer_link_id: "l1".to_owned(),
        customer_id: "c1".to_owned(),
        user_id: "u-ada".to_owned(),
        date_inserted: DATE,
        is_active: true,
    };
    let linker = kim_with(&[(Role::CanCreateUserCustomerLinkAtAnyBank, "")]);
    let (link, changes) = join(&linker, facts, "b").unwrap();
    assert_eq!(link, expected);
    assert_eq!(changes, [Change::LinkUserToCustomer(NewLink { bank_id: "b".to_owned(), link: expected })]);
}
