//! The differences that an operator sees between two versions of one extension.

use super::*;
use crate::fixtures::{Folder, PROVIDER, SCREENER, SCREENING, component};

fn authority(manifest: &str, component: &[u8]) -> Authority {
    let manifest = Manifest::read(&Folder::with(manifest).path()).unwrap();
    Authority::of(&manifest, &Inspection::of(component).unwrap())
}

fn lines(lines: &[Line]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

#[test]
fn equal_versions_have_no_difference() {
    let bytes = component(&[], &[SCREENING], &[]);
    for manifest in [SCREENER, PROVIDER] {
        assert_eq!(diff(&authority(manifest, &bytes), &authority(manifest, &bytes)), []);
    }
}

/// A changed text of a manifest (manifest, old, new), its lines, and the lines of the reverse change.
type Change = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const CHANGES: &[Change] = &[
    (
        SCREENER,
        "\"http://10.1.2.3:8080\"",
        "",
        &["- outbound host http://10.1.2.3:8080"],
        &["+ outbound host http://10.1.2.3:8080"],
    ),
    (SCREENER, "private_addresses = true", "", &["- outbound private addresses"], &["+ outbound private addresses"]),
    (SCREENER, "\"gh.29.uk\"", "\"gh.29.uk\", \"b\"", &["+ bank b"], &["- bank b"]),
    (
        SCREENER,
        "\"kyc-media\"",
        "\"kyc-status\", \"account\"",
        &["+ record account", "+ record kyc-status", "- record kyc-media"],
        &["+ record kyc-media", "- record account", "- record kyc-status"],
    ),
    (
        SCREENER,
        "records = [\"kyc-document\", \"kyc-media\"]\n",
        "",
        &["+ record account", "+ record kyc-check", "+ record kyc-status"],
        &["- record account", "- record kyc-check", "- record kyc-status"],
    ),
    (
        SCREENER,
        "\"gh.29.uk\"",
        "\"*\"",
        &["+ banks all, and records without a bank"],
        &["- banks all, and records without a bank"],
    ),
    (
        PROVIDER,
        "\"acme.2\"",
        "\"acme.3\"",
        &["+ provider id acme.3", "- provider id acme.2"],
        &["+ provider id acme.2", "- provider id acme.3"],
    ),
    (
        SCREENER,
        "greeting",
        "farewell",
        &["+ setting farewell", "- setting greeting"],
        &["+ setting greeting", "- setting farewell"],
    ),
    (
        SCREENER,
        "\"hello\"",
        "\"bye\"",
        &["~ setting greeting \"hello\" -> \"bye\""],
        &["~ setting greeting \"bye\" -> \"hello\""],
    ),
    (
        SCREENER,
        "environment = \"ACME_API_KEY\"",
        "file = \"/a\"",
        &["+ secret api_key from file /a", "- secret api_key from environment variable ACME_API_KEY"],
        &["+ secret api_key from environment variable ACME_API_KEY", "- secret api_key from file /a"],
    ),
    (
        SCREENER,
        "= 131072",
        "= 262144",
        &["~ limit memory_bytes_max 131072 -> 262144 (more)"],
        &["~ limit memory_bytes_max 262144 -> 131072 (less)"],
    ),
    (
        SCREENER,
        "\"skip\"",
        "\"reject\"",
        &["~ on_failure skip -> reject (less)"],
        &["~ on_failure reject -> skip (more)"],
    ),
    (
        PROVIDER,
        "\"acme\"",
        "\"other\"",
        &["~ trusted by publisher acme -> publisher other (more)"],
        &["~ trusted by publisher other -> publisher acme (more)"],
    ),
    (
        SCREENER,
        "sha256 = \"DIGEST\"",
        "publisher = \"acme\"\nsignature = \"SIGNATURE\"",
        &["~ trusted by its digest -> publisher acme (more)"],
        &["~ trusted by publisher acme -> its digest (less)"],
    ),
];

#[test]
fn every_right_is_shown_in_both_directions() {
    let bytes = component(&[], &[SCREENING], &[]);
    for (manifest, old, new, there, back) in CHANGES {
        assert!(manifest.contains(old), "{old}");
        let [old, new] = [(*manifest).to_owned(), manifest.replace(old, new)].map(|text| authority(&text, &bytes));
        assert_eq!(lines(&diff(&old, &new)), *there);
        assert_eq!(lines(&diff(&new, &old)), *back);
    }
}

#[test]
fn the_first_installation_shows_every_kind_of_record() {
    let bytes = component(&[], &[SCREENING], &[]);
    let records = |manifest: &str| {
        let lines = lines(&asked_for(&authority(manifest, &bytes)));
        lines.iter().filter_map(|line| line.strip_prefix("+ record ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(records(SCREENER), ["kyc-document", "kyc-media"]);
    let all = SCREENER.replace("records =", "#").replace("gh.29.uk", "*");
    let mut names = crate::record_kind::RecordKind::NAMES;
    names.sort_unstable();
    assert_eq!(records(&all), names);
    assert!(records(PROVIDER).is_empty());
}

#[test]
fn a_higher_limit_is_shown_as_more() {
    let bytes = component(&[], &[SCREENING], &[]);
    for limit in
        ["running_ms", "waiting_ms", "outbound_calls", "outbound_request_bytes", "outbound_reply_bytes", "log_lines"]
    {
        let with = |count| authority(&format!("{PROVIDER}limits.{limit}_max = {count}"), &bytes);
        assert_eq!(lines(&diff(&with(1), &with(2))), [format!("~ limit {limit}_max 1 -> 2 (more)")]);
    }
}

#[test]
fn another_component_is_shown_with_its_imports() {
    let [old, new] = [&["wasi:random/random@0.2.0"], &["wasi:http/types@0.2.0"]]
        .map(|imports| component(imports.as_slice(), &[SCREENING], &[]));
    let [one, two] = [&old, &new].map(|bytes| hex::encode(Inspection::of(bytes).unwrap().about.sha256));
    let found = diff(&authority(SCREENER, &old), &authority(SCREENER, &new));
    assert_eq!(
        lines(&found),
        [
            format!("~ component {one} -> {two}"),
            "+ import wasi:http/types@0.2.0".to_owned(),
            "- import wasi:random/random@0.2.0".to_owned(),
        ]
    );
    let more: Vec<_> = found.iter().map(Line::asks_for_more).collect();
    assert_eq!(more, [false, true, false]);
}

#[test]
fn only_an_addition_requests_more() {
    let changed = |way| Line::Changed { what: String::new(), old: String::new(), new: String::new(), way };
    for (line, more) in [
        (Line::Gained(String::new()), true),
        (Line::Lost(String::new()), false),
        (changed(Way::More), true),
        (changed(Way::Less), false),
        (changed(Way::Other), false),
    ] {
        assert_eq!(line.asks_for_more(), more, "{line}");
    }
}
