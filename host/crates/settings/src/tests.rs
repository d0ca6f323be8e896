//! Tests of the framework with a small table of its own.

use std::path::Path;

use toml::Value;

use crate::Fallback::{Absent, Computed, Is, Items, Required};
use crate::{Entries, Key, Kind, List, NameRule, Schema, SettingError, key};

const SCHEMA: &Schema = &Schema {
    keys: &[
        key("name", Kind::text("a word", |text| text.chars().all(char::is_alphabetic)), Required, "A name."),
        key("size", Kind::Count(1, 9), Is("3"), "A size."),
        key("cores", Kind::Count(1, 9), Computed(|| 7, "many"), "Some cores."),
        key("pair.one", Kind::Switch, Absent, "One."),
        key("pair.other", Kind::Switch, Absent, "Another."),
        key("tags", TAGS, Absent, "Tags."),
        key("marks", TAGS, Items(&["a", "b"]), "Marks."),
        key("shape", Kind::OneOf(&["disc", "box"]), Absent, "A shape."),
        key("radius", Kind::Count(1, 9), Is("1"), "A radius.").only("disc"),
        key("width", Kind::Count(1, 9), Required, "A width.").only("box"),
        key("users.NAME.password", Kind::secret("a long text", |text| text.len() > 9), Required, "A password."),
        key("users.NAME.age", Kind::Count(0, 150), Is("18"), "An age."),
    ],
    names: &[NameRule {
        path: "users.NAME",
        takes: |name| name.len() < 6,
        wrong: |name| SettingError::new(format!("{name} is too long"), "use a short name"),
    }],
    variant_key: "shape",
    other_variant: Some(|key, shape| SettingError::new(format!("a {shape} has no {}", key.path), "remove it")),
    missing: |_, names| SettingError::new(format!("{} is missing", names.join(".")), "add it"),
    prefix: Some("T_"),
    manual: Some("the manual"),
};

const TAGS: Kind =
    Kind::List(List { allowed: "a list", item: |text| text.len() == 1, may_be_empty: false, only: Some("all") });

fn entries(file: &str, variables: &[(&str, &str)]) -> Result<Entries, SettingError> {
    let mut entries = Entries::new(SCHEMA);
    entries.add_file(Path::new("f"), file).unwrap();
    entries.add_variables(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))?;
    Ok(entries)
}

fn checked(file: &str, variables: &[(&str, &str)]) -> Result<String, String> {
    let table = entries(file, variables).and_then(|entries| entries.checked());
    table.map(|table| toml::Value::Table(table).to_string()).map_err(|error| error.to_string())
}

#[test]
fn the_environment_wins_over_the_file_and_defaults_fill_the_rest() {
    let file = "name = \"a\"\nsize = 4\n[users.ann]\npassword = \"1234567890\"";
    let variables = [("T_SIZE", "5"), ("T_USERS__BOB__PASSWORD", "0987654321"), ("OTHER", "x")];
    let expected = "{ cores = 7, marks = [\"a\", \"b\"], name = \"a\", size = 5, users = { ann = { age = 18, password = \"1234567890\" }, \
                    bob = { age = 18, password = \"0987654321\" } } }";
    assert_eq!(checked(file, &variables).unwrap(), expected);
}

#[test]
fn an_error_names_the_place_and_the_reason() {
    for (file, expected) in [
        ("name = \"a\"\nsiz = 1", "f, line 2: unknown key `siz`, the nearest known one is `size`"),
        ("name = 1", "f, line 1: `name` cannot be `1`: it must be a word"),
        ("size = 10", "f, line 1: `size` cannot be `10`: it must be a whole number from 1 to 9"),
        ("tags = []", "f, line 1: `tags` cannot be `[]`: it must be a list"),
        ("tags = [\"a\", \"all\"]", "f, line 1: `tags` cannot hold `\"all\"`: it must be a list"),
        ("shape = \"box\"\nradius = 1", "f, line 2: a box has no radius"),
        ("name = \"a\"\nshape = \"box\"", "f, line 2: width is missing"),
        ("size = 1", "name is missing"),
        ("name = \"a\"\n[users.ann]", "f, line 2: users.ann.password is missing"),
        ("users.annabel.age = 1", "f, line 1: annabel is too long"),
        ("users.ann.agee = 1", "f, line 1: unknown key `users.ann.agee`, the nearest known one is `users.ann.age`"),
        (
            "users.ann.password = \"hush\"",
            "f, line 1: `users.ann.password` has the wrong type (value not shown): it must be a long text",
        ),
    ] {
        assert_eq!(checked(file, &[]).unwrap_err(), expected);
    }
    let error = entries("", &[("T_SIZ", "1")]).unwrap().checked().unwrap_err();
    assert_eq!(error.to_string(), "environment variable T_SIZ: unknown key `T_SIZ`, the nearest known one is `T_SIZE`");
    assert_eq!(error.hint, "rename `T_SIZ` to `T_SIZE`, or unset it; the manual lists every variable");
}

#[test]
fn a_key_that_is_like_no_other_gets_no_suggestion() {
    for (file, reason, hint) in [
        ("colour = 1", "f, line 1: unknown key `colour`", "remove `colour`; the manual lists every key"),
        ("[door]", "f, line 1: unknown key `door`", "remove `door`; the manual lists every key"),
        // The controls: one letter is missing, the section is wrong, the key is a section.
        ("shap = 1", "f, line 1: unknown key `shap`, the nearest known one is `shape`", "replace `shap` by `shape`, "),
        ("x.width = 1", "f, line 1: unknown key `x.width`, the nearest known one is `width`", "replace `x.width` by "),
        (
            "size.x = 1",
            "f, line 1: unknown key `size.x`, the nearest known one is `size`",
            "replace `size.x` by `size`",
        ),
    ] {
        let error = entries(file, &[]).unwrap().checked().unwrap_err();
        assert_eq!(error.to_string(), reason);
        assert!(error.hint.starts_with(hint), "{}", error.hint);
    }
    let error = entries("", &[("T_FOO", "1")]).unwrap().checked().unwrap_err();
    assert_eq!(error.to_string(), "environment variable T_FOO: unknown key `T_FOO`");
    assert_eq!(error.hint, "unset `T_FOO`; the manual lists every variable");
}

#[test]
fn a_list_takes_its_only_item_alone() {
    for (file, takes) in [("tags = [\"all\"]", true), ("tags = [\"a\", \"b\"]", true), ("tags = \"all\"", false)] {
        assert_eq!(checked(&format!("name = \"a\"\n{file}"), &[]).is_ok(), takes, "{file}");
    }
}

#[test]
fn one_key_of_a_pair_is_not_enough() {
    let pair = |file| entries(file, &[]).unwrap().both_or_neither("pair.one", "pair.other");
    assert!(pair("").is_ok() && pair("pair.one = true\npair.other = true").is_ok());
    let error = pair("pair.other = true").unwrap_err();
    assert_eq!(error.to_string(), "f, line 1: `pair.other` is set, but `pair.one` is not");
    assert_eq!(error.hint, "set `pair.one` too, or remove `pair.other` (One)");
}

#[test]
fn a_damaged_file_still_gives_its_valid_values() {
    let mut entries = Entries::new(SCHEMA);
    assert!(!entries.add_damaged_file(Path::new("f"), "size = 4\ncores = 11\nname = 7\nshape ="));
    let value = |path| entries.valid_or_default(path);
    assert_eq!((value("size"), value("cores")), (Some(Value::Integer(4)), Some(Value::Integer(7))));
    assert_eq!(value("name"), None);
}

#[test]
fn the_manual_shows_a_row_for_each_key() {
    let rows = SCHEMA.manual_rows(|variant| variant);
    assert_eq!(rows.len(), SCHEMA.keys.len());
    for row in [
        "| `size` | `T_SIZE` | `3` | A size. Must be a whole number from 1 to 9. |",
        "| `cores` | `T_CORES` | many | Some cores. Must be a whole number from 1 to 9. |",
        "| `marks` | `T_MARKS` | `[\"a\", \"b\"]` | Marks. Must be a list. |",
        "| `width` (box) | `T_WIDTH` | required | A width. Must be a whole number from 1 to 9. |",
        "| `users.NAME.age` | `T_USERS__NAME__AGE` | `18` | An age. Must be a whole number from 0 to 150. |",
    ] {
        assert!(rows.iter().any(|listed| listed == row), "{row}\n{rows:#?}");
    }
}

#[test]
fn open_names_lead_to_their_key() {
    let key: &Key = SCHEMA.keys.last().unwrap();
    assert_eq!(key.names("ann"), ["users", "ann", "age"]);
}
