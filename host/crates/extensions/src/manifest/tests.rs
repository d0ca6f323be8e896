//! Manifests as their authors meet them. Each row changes one line of a manifest that is accepted.

use settings::Kind;

use super::keys::{HOSTS, KEYS, SCHEMA, VERSION};
use super::*;
use crate::fixtures::{Folder, PROVIDER, SCREENER, shown, with};
use crate::grant::NotAHost;
use crate::record_kind::RecordKind;
use crate::version::NotAVersion;

fn read(manifest: &str) -> Result<Manifest, String> {
    let folder = Folder::with(manifest);
    Manifest::read(&folder.path()).map_err(|error| shown(&error, &folder.path()))
}

#[track_caller]
fn refused(manifest: &str, expected: &str) {
    assert_eq!(read(manifest).unwrap_err(), format!("extension.toml{expected}"), "{manifest}");
}

#[test]
fn the_manual_lists_every_key() {
    let rows = SCHEMA.manual_rows(|world| match world {
        "screening-extension" => "screeners",
        _ => "meeting providers",
    });
    let page = include_str!("../../../../../docs/extensions.md");
    let section = page.split("\n### ").find(|section| section.starts_with("Every key of a manifest\n")).unwrap();
    let listed: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(listed, rows, "docs/extensions.md should list:\n{}", rows.join("\n"));
}

#[test]
fn the_table_describes_versions_and_hosts_as_their_parsers_do() {
    assert_eq!(NotAVersion.to_string(), format!("it must be {}", VERSION.allowed()));
    let hosts = NotAHost.to_string().replacen("it must be a host", "a list of hosts", 1);
    assert_eq!(hosts, HOSTS.allowed());
}

#[test]
fn every_key_of_a_manifest_is_read() {
    let manifest = read(SCREENER).unwrap();
    assert_eq!((manifest.name.as_str(), manifest.version.as_str()), ("sample", "1.0.0"));
    assert!(manifest.component.ends_with("sample/screening.wasm") && manifest.path.ends_with("sample/extension.toml"));
    assert_eq!(manifest.proof, Proof::Digest([10; 32]));
    assert_eq!((manifest.world(), manifest.api.to_string()), (World::Screening, "0.1.0".to_owned()));
    let records = BTreeSet::from([RecordKind::KycDocument, RecordKind::KycMedia]);
    assert_eq!(manifest.records(), records);
    assert_eq!(manifest.role, Role::Screener { records, order: 50, on_failure: OnFailure::Skip });
    let Limits { memory_bytes_max, running_ms_max, waiting_ms_max, log_lines_max } = manifest.limits;
    assert_eq!((memory_bytes_max, running_ms_max, waiting_ms_max, log_lines_max), (131_072, 100, 2000, 100));
    let outbound = &manifest.outbound;
    let hosts: Vec<_> = outbound.hosts.iter().map(ToString::to_string).collect();
    assert_eq!(hosts, ["https://api.acme.example:443", "http://10.1.2.3:8080"]);
    assert!(outbound.private_addresses);
    assert_eq!((outbound.calls_max, outbound.request_bytes_max, outbound.reply_bytes_max), (4, 65_536, 1_048_576));
    let settings = [("greeting", "hello"), ("minimum_age", "18"), ("strict", "false")];
    assert!(manifest.settings.iter().map(|(name, text)| (name.as_str(), text.as_str())).eq(settings));
    assert_eq!(manifest.secrets["api_key"], SecretSource::Environment("ACME_API_KEY".to_owned()));
    for (key, line) in [("name", Some(1)), ("limits", Some(12)), ("secrets.api_key", Some(25)), ("limits.x", None)] {
        assert_eq!(manifest.line_of(key), line, "{key}");
    }
    assert_eq!(manifest.refuse("limits.log_lines_max", String::new(), String::new()).line, Some(3));
}

#[test]
fn a_missing_key_has_its_default() {
    let manifest = read(PROVIDER).unwrap();
    let signature = Box::new([0; 64]);
    assert_eq!(manifest.proof, Proof::Signature { publisher: "acme".to_owned(), signature });
    let provider_ids = ["acme-video", "acme.2"].map(str::to_owned).into();
    assert_eq!(manifest.role, Role::MeetingProvider { provider_ids });
    assert_eq!(manifest.limits.memory_bytes_max, 16 << 20);
    assert_eq!((manifest.outbound.hosts.len(), manifest.outbound.private_addresses), (0, false));
    assert!(manifest.settings.is_empty() && manifest.secrets.is_empty());
    assert!(read(&format!("{PROVIDER}[limits]\n[outbound]\n[settings]\n[secrets]")).is_ok());
    assert!(manifest.records().is_empty(), "a meeting provider gets no records");
    let Role::Screener { order, .. } = read(&with(SCREENER, "order", "")).unwrap().role else { panic!("no screener") };
    assert_eq!(order, 100);
}

#[test]
fn a_screener_gets_the_records_that_it_names_and_by_default_all() {
    let records = |line: &str, banks: &str| {
        let manifest = with(&with(SCREENER, "records", line), "banks", &format!("banks = [{banks}]"));
        read(&manifest).map(|manifest| manifest.records().into_iter().map(RecordKind::name).collect::<Vec<_>>())
    };
    assert_eq!(records("", "\"*\"").unwrap(), RecordKind::NAMES);
    assert_eq!(records("records = [\"kyc-status\", \"user\", \"user\"]", "\"*\"").unwrap(), ["user", "kyc-status"]);
    // A user belongs to no bank.
    assert_eq!(records("", "\"b\"").unwrap(), RecordKind::NAMES[1..]);
    assert_eq!(records("records = [\"user\", \"account\"]", "\"b\"").unwrap(), ["account"]);
    let never =
        "extension.toml, line 10: `records` has only `user`, which belongs to no bank, and `banks` has single banks";
    assert_eq!(records("records = [\"user\"]", "\"b\"").unwrap_err(), never);
    assert_eq!(records("records = [\"user\"]", "\"*\"").unwrap(), ["user"], "the control");
}

#[test]
fn a_list_of_records_that_is_empty_or_has_an_unknown_kind_is_refused() {
    let allowed = "a list that is not empty, of user, account, kyc-check, kyc-document, kyc-media and kyc-status";
    for (instead, what) in [
        ("[]", "be `[]`"),
        ("\"user\"", "be `\"user\"`"),
        ("[\"*\"]", "hold `\"*\"`"),
        ("[\"user\", \"kyc_check\"]", "hold `\"kyc_check\"`"),
        ("[\"Account\"]", "hold `\"Account\"`"),
        ("[7]", "hold `7`"),
    ] {
        let manifest = with(SCREENER, "records", &format!("records = {instead}"));
        refused(&manifest, &format!(", line 10: `records` cannot {what}: it must be {allowed}"));
    }
}

#[test]
fn only_a_manifest_for_all_banks_includes_records_of_no_bank() {
    let some = read(SCREENER).unwrap().banks;
    let all = read(PROVIDER).unwrap().banks;
    for (bank, of_some) in [(Some("gh.29.uk"), true), (Some("*"), false), (Some("other"), false), (None, false)] {
        assert_eq!((some.include(bank), all.include(bank)), (of_some, true), "{bank:?}");
    }
}

#[test]
fn a_value_that_a_key_cannot_have_is_refused_at_its_line() {
    for manifest in [SCREENER, PROVIDER] {
        read(manifest).unwrap();
    }
    let name = "1 to 64 lower-case letters, digits or `-`";
    let file = "the name of a file in this folder, without a path";
    let banks = "a list of bank ids (letters, digits, `-`, `.`, `_`) that is not empty, or [\"*\"]";
    let hosts = "a list of hosts with or without a port, such as `api.example` or `http://api.example:8080`, without path \
                 or wildcard";
    let ids = "a list that is not empty, of ids of 1 to 64 letters, digits, `-`, `.`, `_` or `~`";
    for (manifest, line, key, instead, what, allowed) in [
        (SCREENER, 1, "name", "7", "be `7`", name),
        (SCREENER, 1, "name", "\"\"", "be `\"\"`", name),
        (SCREENER, 1, "name", "\"Sample\"", "be `\"Sample\"`", name),
        (SCREENER, 2, "version", "\"\"", "be `\"\"`", "a line of 1 to 64 characters"),
        (SCREENER, 3, "component", "\"../a.wasm\"", "be `\"../a.wasm\"`", file),
        (SCREENER, 3, "component", "\"/a.wasm\"", "be `\"/a.wasm\"`", file),
        (SCREENER, 3, "component", "\"a/b.wasm\"", "be `\"a/b.wasm\"`", file),
        (SCREENER, 3, "component", "\"a/\"", "be `\"a/\"`", file),
        (SCREENER, 3, "component", "'a\\b'", "be `'a\\b'`", file),
        (SCREENER, 3, "component", "\"..\"", "be `\"..\"`", file),
        (SCREENER, 3, "component", "\".\"", "be `\".\"`", file),
        (SCREENER, 3, "component", "\"\"", "be `\"\"`", file),
        (SCREENER, 3, "component", "\"a\\nb\"", "be `\"a\\nb\"`", file),
        (SCREENER, 4, "sha256", "\"0a\"", "be `\"0a\"`", "64 hexadecimal digits"),
        (PROVIDER, 4, "publisher", "\"A\"", "be `\"A\"`", "1 to 64 lower-case letters, digits, `-` or `_`"),
        (PROVIDER, 5, "signature", "\"AAAA\"", "be `\"AAAA\"`", "the base64 of the 64 bytes of an Ed25519 signature"),
        (
            SCREENER,
            5,
            "world",
            "\"screening\"",
            "be `\"screening\"`",
            "\"screening-extension\" or \"meeting-provider-extension\"",
        ),
        (SCREENER, 6, "api", "\"0.1\"", "be `\"0.1\"`", "a version of three numbers, such as `0.1.0`"),
        (SCREENER, 7, "banks", "[]", "be `[]`", banks),
        (SCREENER, 7, "banks", "\"*\"", "be `\"*\"`", banks),
        (SCREENER, 7, "banks", "[\"*\", \"a\"]", "hold `\"*\"`", banks),
        (SCREENER, 7, "banks", "[\"a\", \"b c\"]", "hold `\"b c\"`", banks),
        (SCREENER, 8, "order", "-1", "be `-1`", "a whole number from 0 to 1000000"),
        (SCREENER, 9, "on_failure", "\"ignore\"", "be `\"ignore\"`", "\"reject\" or \"skip\""),
        (PROVIDER, 9, "provider_ids", "[]", "be `[]`", ids),
        (PROVIDER, 9, "provider_ids", "[\"a b\"]", "hold `\"a b\"`", ids),
        (PROVIDER, 9, "provider_ids", "[7]", "hold `7`", ids),
    ] {
        let manifest = with(manifest, key, &format!("{key} = {instead}"));
        refused(&manifest, &format!(", line {line}: `{key}` cannot {what}: it must be {allowed}"));
    }
    for (line, section, key, instead, what, allowed) in [
        (
            12,
            "limits",
            "memory_bytes_max",
            "9999999999999999999999",
            "be `9999999999999999999999`",
            "a whole number from 65536 to 268435456",
        ),
        (13, "limits", "running_ms_max", "\"100\"", "be `\"100\"`", "a whole number from 1 to 10000"),
        (16, "outbound", "hosts", "[\"*.example\"]", "hold `\"*.example\"`", hosts),
        (16, "outbound", "hosts", "[\"a.example\", \"https://b.example/\"]", "hold `\"https://b.example/\"`", hosts),
        (16, "outbound", "hosts", "\"a.example\"", "be `\"a.example\"`", hosts),
        (17, "outbound", "private_addresses", "\"no\"", "be `\"no\"`", "true or false"),
        (20, "settings", "minimum_age", "1.5", "be `1.5`", "a text, a whole number, or true or false"),
    ] {
        let manifest = with(SCREENER, key, &format!("{key} = {instead}"));
        refused(&manifest, &format!(", line {line}: `{section}.{key}` cannot {what}: it must be {allowed}"));
    }
}

#[test]
fn a_number_takes_its_bounds_and_nothing_beyond() {
    let plain = SCREENER.split("[limits]").next().unwrap();
    for key in KEYS.iter().filter(|key| key.path != "order") {
        let Kind::Count(min, max) = key.kind else { continue };
        for (count, allowed) in [(min - 1, false), (min, true), (max, true), (max + 1, false)] {
            let found = read(&format!("{plain}{} = {count}", key.path));
            assert_eq!(found.is_ok(), allowed, "{} = {count}", key.path);
        }
    }
}

#[test]
fn a_key_that_is_unknown_or_of_another_world_is_named() {
    for (manifest, line, extra, expected) in [
        (SCREENER, 6, "apis = \"0.1.0\"", "unknown key `apis`, the nearest known one is `api`"),
        (
            SCREENER,
            12,
            "running_ms = 1",
            "unknown key `limits.running_ms`, the nearest known one is `limits.running_ms_max`",
        ),
        (SCREENER, 16, "host = []", "unknown key `outbound.host`, the nearest known one is `outbound.hosts`"),
        (
            SCREENER,
            9,
            "provider_ids = [\"a\"]",
            "an extension of the world `screening-extension` has no `provider_ids`",
        ),
        (
            PROVIDER,
            9,
            "records = [\"user\"]",
            "an extension of the world `meeting-provider-extension` has no `records`",
        ),
        (PROVIDER, 9, "order = 1", "an extension of the world `meeting-provider-extension` has no `order`"),
        (
            PROVIDER,
            9,
            "on_failure = \"skip\"",
            "an extension of the world `meeting-provider-extension` has no `on_failure`",
        ),
    ] {
        // The line is put before the one that has its number.
        let mut lines: Vec<_> = manifest.lines().collect();
        lines.insert(line - 1, extra);
        refused(&lines.join("\n"), &format!(", line {line}: {expected}"));
    }
    let expected = ", line 25: unknown key `secrets.api_key`, the nearest known one is `secrets.NAME.file`";
    refused(&with(SCREENER, "api_key", "api_key = \"hush4711\""), expected);
}

#[test]
fn a_missing_required_key_is_named() {
    for key in ["name", "version", "component", "world", "api", "banks"] {
        let manifest = with(SCREENER, key, "");
        let manifest = if key == "world" { with(&with(&manifest, "order", ""), "on_failure", "") } else { manifest };
        refused(&manifest, &format!(": there is no `{key}`"));
    }
    let needs = "which the world `screening-extension` needs";
    refused(&with(SCREENER, "on_failure", ""), &format!(", line 5: there is no `on_failure`, {needs}"));
    let needs = "which the world `meeting-provider-extension` needs";
    refused(&with(PROVIDER, "provider_ids", ""), &format!(", line 6: there is no `provider_ids`, {needs}"));
    refused("", ": there is no `name`");
}

#[test]
fn a_component_is_pinned_in_exactly_one_way() {
    let key = format!("sha256 = \"{}\"", "0b".repeat(32));
    for (manifest, line, instead, expected) in [
        (SCREENER, "sha256", "", ", line 3: neither `sha256` nor `publisher` and `signature` say what it must be"),
        (SCREENER, "sha256", "publisher = \"acme\"", ", line 4: `publisher` is set, but `signature` is not"),
        (PROVIDER, "publisher", "", ", line 5: `signature` is set, but `publisher` is not"),
        (PROVIDER, "publisher", key.as_str(), ", line 5: `signature` is set, but `sha256` is, too"),
        (PROVIDER, "signature", key.as_str(), ", line 4: `publisher` is set, but `sha256` is, too"),
    ] {
        refused(&with(manifest, line, instead), expected);
    }
}

#[test]
fn a_secret_has_one_place_and_is_never_shown() {
    let line = |secret: &str| with(SCREENER, "api_key", secret);
    for right in ["api_key = { file = \"/run/secrets/acme\" }", "[secrets.api_key]\nenvironment = \"_A1\"", ""] {
        read(&line(right)).unwrap();
    }
    let place = "the name of an environment variable (letters, digits and `_`)";
    for (secret, at, expected) in [
        (
            "api_key = { file = \"/a\", environment = \"A\" }",
            25,
            "`secrets.api_key` has both of `environment` and `file`",
        ),
        ("api_key = {}", 25, "`secrets.api_key` has neither of `environment` and `file`"),
        (
            "\napi_key.file = \"a\"",
            26,
            "`secrets.api_key.file` has the wrong type (value not shown): it must be an absolute path",
        ),
        (
            "api_key.environment = \"hush-4711\"",
            25,
            &format!("`secrets.api_key.environment` has the wrong type (value not shown): it must be {place}"),
        ),
        ("\"a.b\".environment = \"A\"", 25, "`a.b` is no name for a setting or secret"),
    ] {
        refused(&line(secret), &format!(", line {at}: {expected}"));
    }
    for secret in ["hush4711", "\"hush4711", "[\"hush4711\"]", "\"hush4711\" \"\"", "{ file = [\"hush4711\"] }"] {
        let text = read(&line(&format!("api_key = {secret}"))).unwrap_err();
        assert!(text.starts_with("extension.toml, line 25: ") && !text.contains("hush"), "{text}");
    }
}

#[test]
fn a_file_that_is_no_manifest_is_refused() {
    let folder = Folder::with(SCREENER);
    let read = |bytes: &[u8]| {
        folder.put("extension.toml", bytes);
        Manifest::read(&folder.path()).map_err(|error| shown(&error, &folder.path()))
    };
    let full = format!("{PROVIDER}#{}\n", "x".repeat((64 << 10) - PROVIDER.len() - 2));
    let full = full.replace("SIGNATURE", &format!("{}==", "A".repeat(86)));
    let full = full.get(..64 << 10).unwrap();
    assert!(read(full.as_bytes()).is_ok());
    let text = read(format!("{full}x").as_bytes()).unwrap_err();
    assert_eq!(text, "extension.toml: the manifest has more than 65536 bytes");
    assert_eq!(read(b"a = 1\n\xff").unwrap_err(), "extension.toml, line 2: the manifest is not UTF-8");
    let text = read(b"name = \"a\"\nname = \"b\"").unwrap_err();
    assert!(text.starts_with("extension.toml, line 2: not valid TOML: "), "{text}");
    std::fs::remove_file(folder.path().join("extension.toml")).unwrap();
    let missing = Manifest::read(&folder.path()).unwrap_err();
    assert!(missing.reason.starts_with("the manifest cannot be read: ") && missing.line.is_none(), "{missing}");
    std::fs::create_dir(folder.path().join("extension.toml")).unwrap();
    assert_eq!(Manifest::read(&folder.path()).unwrap_err().reason, "the manifest is no regular file");
}
