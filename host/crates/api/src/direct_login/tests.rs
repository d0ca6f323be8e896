//! Tests of the grammar, and of the work that reading takes.

use std::cell::Cell;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

fn read(text: &str) -> (String, String, String, String) {
    let Parameters { username, password, consumer_key, token } = parameters(text);
    (
        username.unwrap_or_default(),
        password.unwrap_or_default(),
        consumer_key.unwrap_or_default(),
        token.unwrap_or_default(),
    )
}

#[test]
fn every_spelling_seen_in_public_clients_is_read() {
    let cases = [
        r#"username="kim", password="Abc,1 =", consumer_key="k1""#,
        r#"username="kim",password="Abc,1 =",consumer_key="k1""#,
        r#"  consumer_key=k1,   password="Abc,1 =" , username=kim"#,
        r#"username="kim" ,  password = "Abc,1 =",  consumer_key= "k1", "#,
    ];
    for text in cases {
        assert_eq!(read(text), ("kim".to_owned(), "Abc,1 =".to_owned(), "k1".to_owned(), String::new()), "{text}");
    }
}

#[test]
fn a_quoted_value_may_contain_quotes_and_commas() {
    for password in [r#"G!y"k9GHD$D"#, r#"a",b"#, r#"","#, "a=b,c=d", r#"x"y", z"#] {
        let text = format!(r#"username="kim", password="{password}", consumer_key="k1""#);
        assert_eq!(read(&text).1, password);
    }
    assert_eq!(read(r#"password=G!y"k9GHD$D,username=kim"#).1, r#"G!y"k9GHD$D"#);
}

#[test]
fn an_empty_parameter_counts_as_missing() {
    assert_eq!(parameters(r#"username="", password=, consumer_key=k"#).username, None);
    assert_eq!(parameters(r#"username="", password=, consumer_key=k"#).password, None);
    assert_eq!(parameters(""), Parameters::default());
}

#[test]
fn the_scheme_is_read_in_any_case_and_other_schemes_are_recognised() {
    for (name, value, expected) in [
        ("authorization", "DirectLogin token=\"T\"", Some("T")),
        ("authorization", "directlogin token=T", Some("T")),
        ("directlogin", "token=T", Some("T")),
        ("directlogin", "DirectLogin token=T", Some("T")),
        ("authorization", "Basic 123456", None),
        ("authorization", "DirectLoginX token=T", None),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        match (seen(&headers), expected) {
            (Seen::Parameters(parameters, header), Some(token)) => {
                assert_eq!(parameters.token.as_deref(), Some(token));
                assert_eq!(header == LoginHeader::DirectLogin, name == "directlogin");
            }
            (Seen::OtherScheme(scheme), None) => assert_eq!(scheme.is_some(), value.starts_with("Basic")),
            _ => panic!("{name}: {value}"),
        }
    }
}

fn random_seed() -> u64 {
    std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0)
}

/// The grammar of earlier versions. It reads up to the next equals sign from each quote.
fn old_quoted(text: &str) -> Option<(&str, &str)> {
    for (position, _) in text.match_indices('"') {
        let (value, rest) = text.split_at(position);
        let rest = without_leading_space(rest.strip_prefix('"')?);
        if rest.is_empty() {
            return Some((value, ""));
        }
        let Some(next) = rest.strip_prefix(',') else { continue };
        let (name, after) = split_at_first(next, '=').unwrap_or_default();
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_known = ["username", "password", "consumer_key", "token"].contains(&name.trim());
        if next.trim().is_empty() || is_known || (is_name(name.trim()) && after.trim_start().starts_with('"')) {
            return Some((value, next));
        }
    }
    None
}

/// The reading of earlier versions.
fn old_parameters(text: &str) -> Vec<(String, String)> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((name, after)) = split_at_first(rest, '=') {
        let after = without_leading_space(after);
        let (value, next) = after.strip_prefix('"').and_then(old_quoted).unwrap_or_else(|| unquoted(after));
        found.push((name.trim_matches(|c: char| c.is_whitespace() || c == ',').to_owned(), value.to_owned()));
        rest = next;
    }
    found
}

/// A header of pieces that matter to the grammar.
fn generated(random: &mut StdRng, bytes: usize) -> String {
    const PIECES: &[&str] =
        &["\"", "\",", "=", ",", " ", "username=", "password=\"", "a", "x=\"", "\\", "\", b", "\" ,", "token", "\t"];
    let chosen: Vec<_> = (0..random.random_range(1..5)).map(|_| PIECES[random.random_range(0..PIECES.len())]).collect();
    let pattern = chosen.concat();
    let start = PIECES[random.random_range(0..PIECES.len())];
    format!("password=\"{start}{}", pattern.repeat(bytes / pattern.len()))
}

#[test]
fn the_grammar_reads_as_earlier_versions_did() {
    let seed = random_seed();
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..20_000 {
        let bytes = random.random_range(8..80);
        let text = generated(&mut random, bytes);
        let mut expected = Parameters::default();
        for (name, value) in old_parameters(&text) {
            let slot = match name.as_str() {
                "username" => &mut expected.username,
                "password" => &mut expected.password,
                "consumer_key" => &mut expected.consumer_key,
                "token" => &mut expected.token,
                _ => continue,
            };
            *slot = (!value.is_empty()).then_some(value);
        }
        assert_eq!(parameters(&text), expected, "seed {seed}: {text}");
    }
}

thread_local! {
    static BYTES_READ: Cell<usize> = const { Cell::new(0) };
}

/// Counts bytes that the grammar reads.
pub(super) fn count(bytes: usize) {
    BYTES_READ.set(BYTES_READ.get() + bytes);
}

/// The bytes that the grammar reads. A byte that is read twice counts twice.
fn bytes_read(read: impl FnOnce()) -> usize {
    BYTES_READ.set(0);
    read();
    BYTES_READ.get()
}

/// The most bytes that a reading of a generated header of this length reads. The same seed generates the same patterns.
fn most_bytes_read(seed: u64, length: usize, read: impl Fn(&str)) -> usize {
    let mut random = StdRng::seed_from_u64(seed);
    let headers = (0..300).map(|_| generated(&mut random, length));
    headers.map(|text| bytes_read(|| read(&text))).max().unwrap_or_default()
}

/// The work is counted, not timed: other programs on the machine change times, but not counts.
#[test]
fn reading_a_header_twice_as_long_takes_at_most_three_times_the_work() {
    const LENGTH: usize = 1 << 12;
    let seed = random_seed();
    let work = |read: fn(&str)| [LENGTH, 2 * LENGTH].map(|length| most_bytes_read(seed, length, read));
    let [once, twice] = work(|text| _ = parameters(text));
    assert!(once >= LENGTH && twice <= 3 * once, "seed {seed}: {once}, then {twice}");
    // The control: the earlier grammar is quadratic.
    let [once, twice] = work(|text| _ = old_parameters(text));
    assert!(twice > 3 * once, "seed {seed}: {once}, then {twice}");
}

#[test]
fn a_header_above_the_limit_is_not_read() {
    for name in ["directlogin", "authorization"] {
        let with = |bytes: usize| {
            let mut value = "DirectLogin token=".to_owned();
            value.push_str(&"x".repeat(bytes - value.len()));
            seen(&[(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect::<HeaderMap>())
        };
        assert!(matches!(with(HEADER_BYTES_MAX), Seen::Parameters(..)));
        assert!(matches!(with(HEADER_BYTES_MAX + 1), Seen::TooLong(_)));
    }
}
