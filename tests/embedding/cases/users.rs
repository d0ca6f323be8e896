//! Cases of createUser.

use serde_json::{Value, json};

use super::{Case, End, call, noted, rejected, user, with};
use crate::vector::Call;

const OPERATION: &str = "createUser";
const TAKEN: &str = "User with the same username already exists.";

fn draft() -> Value {
    json!({
        "email": "zoe@example.com", "username": "zoe", "password": "Abcdefg12!", "first-name": "Zoe", "last-name": "Test"
    })
}

fn create(draft: Value) -> Call {
    call("users", "create", ["OBP".into(), draft])
}

pub(super) fn cases() -> Vec<Case> {
    let case = |name: &str| Case::new(OPERATION, name, [user("kim")]);
    let x = |count: usize| "x".repeat(count);
    let good = [
        ("is registered", draft()),
        ("the address is trimmed and in lower case", with(draft(), "email", " Zoe@Example.COM ")),
        ("a password of more than 16 characters needs no mixture", with(draft(), "password", x(17))),
        ("a password as long as it may be", with(draft(), "password", x(512))),
        ("a user name as long as it may be", with(draft(), "username", x(254))),
        ("a user name of every kind of character", with(draft(), "username", "Zoe-1.!#$%&'*+/=?^_`{|}~@Z")),
        ("a password of ten characters may have any special character", with(draft(), "password", "Äbc ef[12€")),
        ("the same user name in other letters is another", with(draft(), "username", "Kim")),
        ("names may be empty", with(with(draft(), "first-name", ""), "last-name", "")),
    ];
    let mut cases: Vec<_> =
        good.into_iter().map(|(name, draft)| case(name).then(create(draft), End::Reply(1))).collect();
    let faulty = [
        ("email is too long", "email", format!("{}@example.com", x(243)), "OBP-10001"),
        ("username is empty", "username", String::new(), "OBP-10001"),
        ("username is too long", "username", x(255), "OBP-10001"),
        ("username has a character that could not log in", "username", "zoë".to_owned(), "OBP-10001"),
        ("username has a space", "username", "zoe z".to_owned(), "OBP-10001"),
        ("username is two dots", "username", "..".to_owned(), "OBP-10001"),
        ("first-name is too long", "first-name", x(101), "OBP-10001"),
        ("last-name is too long", "last-name", x(101), "OBP-10001"),
        ("password is too short", "password", "Abcdef12!".to_owned(), "OBP-30207"),
        ("password has no digit", "password", "Abcdefghi!".to_owned(), "OBP-30207"),
        ("password has no capital", "password", "abcdefg12!".to_owned(), "OBP-30207"),
        ("password has no small letter", "password", "ABCDEFG12!".to_owned(), "OBP-30207"),
        ("password has no special character", "password", "Abcdefg123".to_owned(), "OBP-30207"),
        ("password of 16 characters needs the mixture", "password", x(16), "OBP-30207"),
        ("password is longer than 512 bytes", "password", x(513), "OBP-30207"),
        ("password has a control character", "password", format!("{}\u{7}", x(17)), "OBP-30207"),
        ("password has a character that stands for damage", "password", format!("{}\u{fffd}", x(17)), "OBP-30207"),
        ("username is taken", "username", "kim".to_owned(), TAKEN),
        ("email is no address", "email", "zoe".to_owned(), "Invalid email address"),
    ];
    cases.extend(
        faulty
            .into_iter()
            .map(|(name, field, value, code)| case(name).then(create(with(draft(), field, value)), End::Refusal(code))),
    );
    let all_wrong = with(with(with(draft(), "password", "x"), "username", "kim"), "email", "zoe");
    cases.extend([
        case("every fault at once is the first of them")
            .then(create(with(all_wrong.clone(), "first-name", x(101))), End::Refusal("OBP-10001"))
            .then(create(all_wrong.clone()), End::Refusal("OBP-30207"))
            .then(create(with(all_wrong.clone(), "password", x(17))), End::Refusal(TAKEN))
            .then(
                create(with(with(all_wrong, "password", x(17)), "username", "zoe")),
                End::Refusal("Invalid email address"),
            ),
        case("the user name is taken once it is registered")
            .then(create(draft()), End::Reply(1))
            .then(create(draft()), End::Refusal(TAKEN)),
        case("a screener rejects, and the user name stays free")
            .then(create(draft()), End::Refusal("OBP-10035"))
            .screened(rejected())
            .then(create(draft()), End::Reply(1)),
        case("a screener accepts with a note").then(create(draft()), End::Reply(2)).screened(noted()),
        case("of two that take the same user name at once, the second is refused")
            .then(create(draft()), End::Refusal(TAKEN))
            .meanwhile([user("zoe")]),
    ]);
    cases
}
