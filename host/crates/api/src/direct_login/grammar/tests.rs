//! Tests of the grammar, and of the work that reading takes.

use std::cell::Cell;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

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
fn old_parts(text: &str) -> Vec<(String, String)> {
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
fn a_header_that_is_not_http_s_is_read_as_earlier_versions_read_it() {
    let seed = random_seed();
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..20_000 {
        let bytes = random.random_range(8..80);
        let text = generated(&mut random, bytes);
        let read = lenient(&text).into_iter().map(|part| (part.name.to_owned(), part.value.to_owned()));
        assert_eq!(read.collect::<Vec<_>>(), old_parts(&text), "seed {seed}: {text}");
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
    let [once, twice] = work(|text| _ = parts(text));
    assert!(once >= LENGTH && twice <= 3 * once, "seed {seed}: {once}, then {twice}");
    // The control: the earlier grammar is quadratic.
    let [once, twice] = work(|text| _ = old_parts(text));
    assert!(twice > 3 * once, "seed {seed}: {once}, then {twice}");
}

/// A value as a client that knows HTTP's grammar writes it.
fn escaped(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[test]
fn every_value_that_is_escaped_as_http_says_is_read_back() {
    const PIECES: &[&str] =
        &["\"", "\\", ",", "=", " ", "\", token=\"", "\\\"", "a", "password=", "é", "\u{a0}", "🚀", "\t"];
    let seed = random_seed();
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..20_000 {
        let pieces = (0..random.random_range(0..12)).map(|_| PIECES[random.random_range(0..PIECES.len())]);
        let password = pieces.collect::<String>();
        let text = format!("username=\"kim\", password={} ,consumer_key=k1", escaped(&password));
        let read: Vec<_> = parts(&text).iter().map(|part| (part.name.to_owned(), part.unescaped())).collect();
        let expected = [("username", "kim"), ("password", password.as_str()), ("consumer_key", "k1")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read, expected, "seed {seed}: {text}");
        // The control: the grammar of earlier versions reads the backslashes as part of the password.
        let old = lenient(&text).into_iter().find(|part| part.name == "password").map(|part| part.value.to_owned());
        assert!(!password.contains(['"', '\\']) || old != Some(password), "seed {seed}: {text}");
    }
}
