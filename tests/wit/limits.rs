//! The limits in the WIT's documentation are the constants that the rules use. Neither may be stated without the other.

use std::collections::BTreeMap;

use guest::limits::{ID_CHARS_MAX, URL_CHARS_MAX};
use guest::passwords::{PASSWORD_LONG_CHARS_MIN, PASSWORD_SHORT_CHARS_MIN};
use obp_host::component::WIT;
use wit_parser::{Resolve, TypeDefKind};

use super::{ROOT, parsed, version_in};

/// A limit of the documentation, by the name of the constant that it must equal, such as `kyc::check::HOW_CHARS_MAX`.
type Limits = BTreeMap<String, usize>;

const UNITS: [(&str, &str); 2] = [("characters", "CHARS"), ("bytes", "BYTES")];

/// The limits in a text, such as "5 to 16 characters" and "`scheme`: at most 32 characters": the subject, if the text names one;
/// the end of the constant's name; the limit.
fn limits_in(text: &str) -> Vec<(Option<String>, String, usize)> {
    let words: Vec<_> = text.split_whitespace().collect();
    let number = |place: usize| words[place].replace(',', "").parse::<usize>().ok();
    let mut limits = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let Some((_, unit)) = UNITS.iter().find(|(name, _)| word.trim_end_matches([',', '.', ':', ';']) == *name)
        else {
            continue;
        };
        let Some(max) = place.checked_sub(1).and_then(number) else { continue };
        let before = &words[..place - 1];
        let (subject, min) = match before {
            [.., "to"] => (before.len() - 2, number(before.len() - 2)),
            [.., at, "most"] if at.eq_ignore_ascii_case("at") => (before.len() - 2, None),
            _ => panic!("this sentence about a limit is not understood: {text}"),
        };
        let subject = subject.checked_sub(1).and_then(|place| words[place].strip_suffix("`:")?.strip_prefix('`'));
        limits.push((subject.map(str::to_owned), format!("{unit}_MAX"), max));
        // A text of at least one character is one that is not empty: that has no constant.
        if let Some(min) = min.filter(|min| *min > 1) {
            limits.push((subject.map(str::to_owned), format!("{unit}_MIN"), min));
        }
    }
    limits
}

/// The limits that the records of the package state, checked against `constants`.
fn stated(wit: &str, constants: &Limits) -> (Limits, Vec<String>) {
    let (mut stated, mut wrong) = (Limits::new(), Vec::new());
    let (resolve, _) = parsed(wit, version_in(wit));
    for (module, field, docs) in documented(&resolve) {
        for (subject, end, limit) in limits_in(&docs) {
            let field = field.iter().cloned().chain(subject).collect::<Vec<_>>().join("_");
            let field = if field.is_empty() { "text".to_owned() } else { field };
            let constant = |field: &str| format!("{module}::{}_{end}", field.replace('-', "_").to_uppercase());
            // The limit of all texts of a record holds for a field that states only a lower limit of its own.
            let names = [
                constant(&field),
                constant("text"),
                format!("kyc::RECORD_{}_{end}", field.to_uppercase()),
                format!("passwords::{}_{end}", field.to_uppercase()),
            ];
            match names.iter().find_map(|name| Some((name, constants.get(name)?))) {
                Some((name, value)) if *value == limit => {
                    stated.insert(name.clone(), limit);
                }
                Some((name, value)) => wrong.push(format!("{name} is {value}, the WIT says {limit}: {docs}")),
                None => wrong.push(format!("the WIT states a limit without a constant {}: {docs}", names[0])),
            }
        }
    }
    (stated, wrong)
}

/// The documentation of each record and field: the guest's module with its limits, the field, the text.
fn documented(resolve: &Resolve) -> Vec<(String, Option<String>, String)> {
    let mut documented = Vec::new();
    for interface in resolve.interfaces.iter().map(|(_, interface)| interface) {
        let Some(noun) = interface.name.as_deref().and_then(|name| name.strip_suffix("-types")) else { continue };
        for (name, id) in &interface.types {
            let definition = &resolve.types[*id];
            let TypeDefKind::Record(record) = &definition.kind else { continue };
            let module = match name.strip_prefix("kyc-") {
                Some(kind) => format!("kyc::{}", kind.trim_end_matches("-draft")),
                None => noun.to_owned(),
            };
            documented.push((module.clone(), None, definition.docs.contents.clone().unwrap_or_default()));
            for field in &record.fields {
                let docs = field.docs.contents.clone().unwrap_or_default();
                documented.push((module.clone(), Some(field.name.clone()), docs));
            }
        }
    }
    documented
}

/// The limits in the guest's source.
fn constants() -> Limits {
    let mut constants = Limits::new();
    for file in std::fs::read_dir(format!("{ROOT}/guest/src")).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(source) = std::fs::read_to_string(&file) else { continue };
        let noun = file.file_stem().unwrap().to_str().unwrap();
        let mut module = noun.to_owned();
        for line in source.lines() {
            if let Some(name) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(" {")) {
                module = format!("{noun}::{name}");
            } else if line == "}" {
                noun.clone_into(&mut module);
            }
            let constant = line.trim_start().strip_prefix("pub const ").and_then(|rest| rest.split_once(": usize = "));
            let Some((name, value)) = constant else { continue };
            if UNITS.iter().any(|(_, unit)| name.contains(&format!("_{unit}_"))) {
                constants
                    .insert(format!("{module}::{name}"), value.trim_end_matches(';').replace('_', "").parse().unwrap());
            }
        }
    }
    constants
}

#[test]
fn every_limit_of_a_text_is_documented_as_the_rules_have_it() {
    let mut constants = constants();
    assert!(WIT.contains(&format!("ids of banks, accounts and users have 1 to {ID_CHARS_MAX} characters")));
    assert_eq!(constants.remove("limits::ID_CHARS_MAX"), Some(ID_CHARS_MAX));
    assert!(WIT.contains("URLs have at most 2,048 characters"));
    assert_eq!((constants.remove("limits::URL_CHARS_MAX"), URL_CHARS_MAX), (Some(URL_CHARS_MAX), 2048));
    let short = format!("{PASSWORD_SHORT_CHARS_MIN} to {} Unicode characters", PASSWORD_LONG_CHARS_MIN - 1);
    assert!(WIT.contains(&short) && WIT.contains(&format!("or {PASSWORD_LONG_CHARS_MIN} Unicode characters or more")));
    assert_eq!(constants.remove("passwords::PASSWORD_SHORT_CHARS_MIN"), Some(PASSWORD_SHORT_CHARS_MIN));
    assert_eq!(constants.remove("passwords::PASSWORD_LONG_CHARS_MIN"), Some(PASSWORD_LONG_CHARS_MIN));
    assert_eq!(
        constants["kyc::check::HOW_CHARS_MAX"],
        guest::kyc::check::HOW_CHARS_MAX,
        "the source is read as it compiles"
    );
    let (stated, wrong) = stated(WIT, &constants);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(stated, constants, "a limit has no sentence in the WIT");
    assert!(stated.len() > 30, "{stated:#?}");
}

/// The control: an edit on either side is found.
#[test]
fn a_limit_that_is_documented_wrongly_or_not_at_all_is_found() {
    let constants = constants();
    let found = |from: &str, to: &str| {
        assert!(WIT.contains(from), "{from}");
        stated(&WIT.replacen(from, to, 1), &constants)
    };
    const HOW: &str = "At most 32 characters. May be empty.\n    how: string";
    let (_, wrong) = found(HOW, &HOW.replace("32", "33"));
    assert!(
        matches!(&*wrong, [one] if one.starts_with("kyc::check::HOW_CHARS_MAX is 32, the WIT says 33")),
        "{wrong:?}"
    );
    let (stated, _) = found(HOW, &HOW.replace("At most 32 characters. ", ""));
    assert!(!stated.contains_key("kyc::check::HOW_CHARS_MAX"));
    let (_, wrong) = found("/// 5 to 16 characters", "/// 4 to 16 characters");
    assert!(matches!(&*wrong, [one] if one.starts_with("banks::ID_CHARS_MIN is 5")), "{wrong:?}");
    let (_, wrong) = found("`scheme`: at most 32 characters", "`address`: at most 32 characters");
    assert!(matches!(&*wrong, [one] if one.contains("ACCOUNT_ROUTING_ADDRESS_CHARS_MAX is 128")), "{wrong:?}");
    let (_, wrong) = found("/// Whether the customer passed the check.", "/// At most 5 characters.");
    assert!(
        matches!(&*wrong, [one] if one.contains("a limit without a constant kyc::check::SATISFIED_CHARS_MAX")),
        "{wrong:?}"
    );
}
