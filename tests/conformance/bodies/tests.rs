//! The text that a reference expands to. Each slip is a failure that names file and line.

use super::{Bodies, expand};
use crate::conformance::scenario::parse;

const DEFINITIONS: &str = r#"
# A comment.
body check = {"how":"letter","satisfied":true,"at":{"bank":"b","branch":1}}
body stored_check = {"id":"k-1",{{...check}}}
text roles = CanFly, CanSwim
"#;

fn bodies() -> Bodies {
    Bodies::parse("bodies.txt", DEFINITIONS).unwrap()
}

/// The text that a line expands to.
fn expanded(line: &str) -> String {
    expand(line, &[&bodies()]).unwrap()
}

/// Why a line cannot be expanded.
fn failure(line: &str) -> String {
    expand(line, &[&bodies()]).unwrap_err()
}

#[test]
fn a_reference_is_the_body_with_its_members_in_order() {
    let check = r#"{"how":"letter","satisfied":true,"at":{"bank":"b","branch":1}}"#;
    assert_eq!(expanded("> {{check}}"), format!("> {check}"));
    assert_eq!(expanded("< 200 [{{check}},{{check}}]"), format!("< 200 [{check},{check}]"));
    assert_eq!(expanded("{{stored_check}}"), check.replacen('{', r#"{"id":"k-1","#, 1));
}

#[test]
fn a_reference_says_what_differs() {
    let cases = [
        (r#"{{check with how="x"}}"#, r#"{"how":"x","satisfied":true,"at":{"bank":"b","branch":1}}"#),
        (
            r#"{{check with how={"a":{"b":"}}, c"}}, at=-0e5}}"#,
            r#"{"how":{"a":{"b":"}}, c"}},"satisfied":true,"at":-0e5}"#,
        ),
        (r#"{{check with at.bank="c"}}"#, r#"{"how":"letter","satisfied":true,"at":{"bank":"c","branch":1}}"#),
        ("{{check without how, at.bank}}", r#"{"satisfied":true,"at":{"branch":1}}"#),
        (r#"{{check without at plus how="\ud800"}}"#, r#"{"how":"letter","satisfied":true,"how":"\ud800"}"#),
        (r#"{{check without at naming how="h\u006fw"}}"#, r#"{"h\u006fw":"letter","satisfied":true}"#),
        ("{{check without at reversed}}", r#"{ "satisfied" : true , "how" : "letter" }"#),
    ];
    for (reference, body) in cases {
        assert_eq!(expanded(reference), body, "{reference}");
    }
}

#[test]
fn members_stand_without_their_braces() {
    assert_eq!(expanded(r#"{"a":1,{{...check without at}}}"#), r#"{"a":1,"how":"letter","satisfied":true}"#);
    assert_eq!(expanded("{{{...check without at}},}"), r#"{"how":"letter","satisfied":true,}"#);
}

#[test]
fn references_and_repetitions_stand_inside_a_reference() {
    assert_eq!(expanded(r#"{{check with how="{{x*3}}" without at}}"#), r#"{"how":"xxx","satisfied":true}"#);
    let nested = r#"{{check with at={{check without at}}, how="<how>"}}"#;
    assert_eq!(expanded(nested), r#"{"how":"<how>","satisfied":true,"at":{"how":"letter","satisfied":true}}"#);
    assert_eq!(expanded("{{[*2}}{{]*2}} {{%20*2}}"), "[[]] %20%20");
}

#[test]
fn a_text_has_a_name_too() {
    assert_eq!(expanded(r#"{"message":"Roles are {{roles}}."}"#), r#"{"message":"Roles are CanFly, CanSwim."}"#);
    assert_eq!(failure("{{roles with a=1}}"), "`roles` is a text, it has no members");
}

#[test]
fn a_slip_in_a_reference_is_a_failure() {
    assert_eq!(failure("{{chek}}"), "no body has the name `chek`");
    assert_eq!(failure(r#"{{check with why="x"}}"#), "`check`: there is no member `why`");
    assert_eq!(failure("{{check without why}}"), "`check`: there is no member `why`");
    assert_eq!(failure("{{check without at.why}}"), "`check`: there is no member `why`");
    assert_eq!(failure(r#"{{check naming why="x"}}"#), "`check`: there is no member `why`");
    assert!(failure("{{check with how.long=1}}").starts_with("`check`: not a JSON object"));
    assert!(failure("{{check with how=x}}").starts_with("`check`: not a JSON value: x}}"));
    assert!(failure("{{check with how}}").starts_with("`check`: cannot be read: with how}}"));
    assert!(failure("{{check but how=1}}").starts_with("`check`: cannot be read"));
    assert_eq!(failure("{{check"), "`check` is not closed by `}}`");
    assert_eq!(failure("{{check, how}}"), "`check` is not closed by `}}`");
}

#[test]
fn a_slip_in_a_definition_is_a_failure_that_names_file_and_line() {
    let failure = |text: &str| Bodies::parse("b.txt", text).err().unwrap();
    assert_eq!(failure("body a = {}\nbody a = {}"), "b.txt:2: `a` is already defined at b.txt:1");
    assert_eq!(failure("\nbody a = {{b}}"), "b.txt:2: no body has the name `b`");
    assert_eq!(failure("body a={}"), "b.txt:1: expected `body name = value`");
    assert_eq!(failure("body a b = {}"), "b.txt:1: `a b` is not a name");
    assert!(failure("body a = []").starts_with("b.txt:1: `a`: not a JSON object"));
    assert_eq!(failure("== a scenario"), "b.txt:1: not a definition: == a scenario");
}

#[test]
fn a_slip_in_a_file_of_scenarios_is_a_failure_that_names_file_and_line() {
    let failure = |text: &str| parse("s.txt", text, &bodies()).err().unwrap();
    assert_eq!(failure("body a = {}\n== title"), "s.txt:1: no scenario uses `a`");
    assert_eq!(failure("body check = {}"), "s.txt:1: `check` is already defined at bodies.txt:3");
    assert_eq!(failure("== title\n> - PUT /a\n> {{a}}"), "s.txt:3: no body has the name `a`");
    assert_eq!(failure("== title\n> - PUT /a\nbody a = {}"), "s.txt:3: cannot be read: body a = {}");
    assert_eq!(failure("> - GET /a"), "s.txt:1: neither a definition nor a scenario: > - GET /a");
    assert_eq!(failure("== title\n< 200"), "s.txt:2: no call yet");
}

#[test]
fn a_body_is_used_if_a_scenario_or_another_body_names_it() {
    let bodies = bodies();
    assert_eq!(
        bodies.unused(),
        ["bodies.txt:5: no scenario uses `roles`", "bodies.txt:4: no scenario uses `stored_check`"]
    );
    let text = "body mine = {{check}}\n== title\n> - PUT /a\n> {{mine}}\n< 200 {{stored_check}}{{roles}}";
    assert_eq!(parse("s.txt", text, &bodies).map(|scenarios| scenarios.len()), Ok(1));
    assert_eq!(bodies.unused(), Vec::<String>::new());
}
