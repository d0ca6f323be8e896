//! Tests of the configuration: values, defaults and messages.

use std::io::Write;

use settings::{Fallback, Key, Kind};

use super::keys::{KEYS, SCHEMA};
use super::*;

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, SettingError> {
    let mut at = tempfile::Builder::new().prefix("host").suffix(".toml").tempfile().unwrap();
    at.write_all(file.as_bytes()).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    // The file's name differs from test to test.
    Config::load(Some(at.path()), variables).map(|config| Config { file: None, ..config })
}

/// The error's text with the file's name left out, and its hint.
#[track_caller]
fn error(file: &str, variables: &[(&str, &str)]) -> (String, String) {
    let error = load(file, variables).unwrap_err();
    assert!(!error.hint.is_empty());
    let text = error.to_string();
    let from = text.find(".toml, ").map_or(0, |at| at + ".toml, ".len());
    (text[from..].to_owned(), error.hint)
}

/// A value that is not the default, as in the environment.
fn another(key: &Key) -> String {
    match key.kind {
        Kind::Switch => (!matches!(key.default, Fallback::Is("true"))).to_string(),
        Kind::Count(min, _) => (min + 776).to_string(),
        Kind::OneOf(words) => words.last().copied().unwrap().to_owned(),
        _ => {
            let texts = [
                "other",
                "192.0.2.0/24",
                "[::1]:9999",
                "https://other.example/",
                &"0a".repeat(32),
                &PublicKey([7; 32]).to_string(),
            ];
            texts.into_iter().find(|text| key.kind.takes(&key.kind.read(text))).unwrap().to_owned()
        }
    }
}

/// The names of a key, and the lines and variables that it needs around it.
fn in_place(key: &Key) -> (Vec<String>, String) {
    let id = key.variant.unwrap_or("video");
    let around = match (key.variant, key.path) {
        (Some(kind), _) => format!("[meetings.providers.{kind}]\nkind = \"{kind}\"\n"),
        (None, "tls.certificate") => "tls.key = \"key.pem\"\n".to_owned(),
        (None, "tls.key") => "tls.certificate = \"chain.pem\"\n".to_owned(),
        (None, _) => String::new(),
    };
    (key.names(id), around)
}

#[test]
fn every_key_is_reachable_by_file_and_by_environment() {
    for key in KEYS {
        let (names, around) = in_place(key);
        let value = another(key);
        let before = load(if key.variant.is_some() { &around } else { "" }, &[]).unwrap();
        let by_variable = load(&around, &[(&SCHEMA.variable(&names), &value)]).unwrap();
        let line = match key.kind.read(&value) {
            toml::Value::String(text) => format!("\"{text}\""),
            other => other.to_string(),
        };
        // A provider's section is open already; any other key is written out from the top.
        let line = match key.variant {
            Some(_) => format!("{around}{} = {line}", names.last().unwrap()),
            None => format!("{around}{} = {line}", names.join(".")),
        };
        let by_file = load(&line, &[]).unwrap();
        assert_ne!(by_variable, before, "{} changes nothing", key.path);
        assert_eq!(by_file, by_variable, "{}", key.path);
    }
}

/// The structures refuse unknown and missing fields, so that loading every kind of thing proves them equal to the list.
#[test]
fn the_defaults_fit_the_structures_and_are_allowed() {
    let file = "[meetings.providers.a]\nkind = \"jitsi\"\n[meetings.providers.b]\nkind = \"tokbox\"";
    let Config { listen, data, limits, meetings, access, component, .. } = load(file, &[]).unwrap();
    assert_eq!((listen.to_string(), data.to_str()), ("127.0.0.1:8080".to_owned(), Some("./data")));
    assert_eq!((limits.body_bytes_max, limits.guest_memory_bytes_max), (65_536, 64 << 20));
    assert!(limits.password_hashes_at_once_max >= 1);
    assert_eq!((meetings.enabled, meetings.providers.len(), component), (false, 2, None));
    assert_eq!(access, Access { profile: Profile::Seed, profile_is_named: false });
    for key in KEYS {
        if let Fallback::Is(text) = key.default {
            assert!(key.kind.takes(&key.kind.read(text)), "{}", key.path);
        }
        if let Kind::OneOf(words) = key.kind {
            for word in words {
                let (names, around) = in_place(key);
                load(&around, &[(&SCHEMA.variable(&names), word)]).unwrap();
            }
        }
    }
}

#[test]
fn the_manual_lists_every_key() {
    let rows = SCHEMA.manual_rows(|provider| provider);
    let page = include_str!("../../../docs/configuration.md");
    let listed: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(listed, rows, "docs/configuration.md should list:\n{}", rows.join("\n"));
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = "listen = \"127.0.0.1:1\"\ndata = \"here\"";
    let config = load(file, &[("OBP_HOST_LISTEN", "127.0.0.1:2"), ("PATH", "/bin"), ("OBP_HOSTNAME", "x")]).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.data, Path::new("here"));
    assert_eq!(config.hostname, "localhost");
}

#[test]
fn a_provider_is_made_of_file_and_environment_together() {
    let file = "[meetings]\nenabled = true\nproviders.video = { kind = \"jitsi\", app_id = \"bank\" }";
    let config = load(file, &[("OBP_HOST_MEETINGS__PROVIDERS__VIDEO__SECRET", "hush")]).unwrap();
    let base_url = "https://meet.jit.si".parse().unwrap();
    let jitsi = Jitsi { app_id: "bank".to_owned(), secret: Secret::new("hush"), base_url };
    assert_eq!(config.meetings.providers, BTreeMap::from([("video".to_owned(), Provider::Jitsi(jitsi))]));
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest_known_one_if_one_is_near() {
    for (file, at, key, nearest) in [
        ("\nlistn = \"127.0.0.1:1\"", 2, "listn", "listen"),
        ("[limits]\n\nbody_byte_max = 5", 3, "limits.body_byte_max", "limits.body_bytes_max"),
        ("[limit]\nconnections_max = 5", 2, "limit.connections_max", "limits.connections_max"),
        ("profile = \"seed\"", 1, "profile", "access.profile"),
        ("[listen]\nport = 80", 2, "listen.port", "listen"),
        ("log = \"debug\"", 1, "log", "log.level"),
        ("[[limits]]\nconnections_max = 5", 1, "limits", "limits.login_lock_ms"),
        (
            "[meetings.providers.v]\nkind = \"tokbox\"\napp_id = \"x\"",
            3,
            "meetings.providers.v.app_id",
            "meetings.providers.v.api_key",
        ),
        (
            "[meetings.providers.v]\nkind = \"jitsi\"\nsecrets = \"x\"",
            3,
            "meetings.providers.v.secrets",
            "meetings.providers.v.secret",
        ),
    ] {
        let (text, hint) = error(file, &[]);
        assert_eq!(text, format!("line {at}: unknown key `{key}`, the nearest known one is `{nearest}`"));
        assert!(hint.contains(&format!("`{nearest}`")), "{hint}");
    }
    for (name, nearest) in [
        ("OBP_HOST_LISTN", "OBP_HOST_LISTEN"),
        ("OBP_HOST_listen", "OBP_HOST_LISTEN"),
        ("OBP_HOST_LIMITS_BODY_BYTES_MAX", "OBP_HOST_LIMITS__BODY_BYTES_MAX"),
        ("OBP_HOST_MEETINGS__PROVIDERS__V__SECRT", "OBP_HOST_MEETINGS__PROVIDERS__V__SECRET"),
    ] {
        let (text, hint) = error("", &[(name, "hush")]);
        let expected =
            format!("environment variable {name}: unknown key `{name}`, the nearest known one is `{nearest}`");
        assert_eq!(text, expected);
        assert!(hint.contains(nearest), "{hint}");
    }
    let (text, hint) = error("", &[("OBP_HOST_FOO", "1")]);
    assert_eq!(text, "environment variable OBP_HOST_FOO: unknown key `OBP_HOST_FOO`");
    assert_eq!(hint, "unset `OBP_HOST_FOO`; docs/configuration.md lists every variable");
    let (text, hint) = error("[weather]\nsky = 5", &[]);
    assert_eq!(text, "line 2: unknown key `weather.sky`");
    assert_eq!(hint, "remove `weather.sky`; docs/configuration.md lists every key");
}

#[test]
fn a_value_of_the_wrong_kind_is_named_with_what_is_allowed() {
    for (file, expected) in [
        ("listen = 8080", "`listen` cannot be `8080`: it must be an IP address and a port, like \"127.0.0.1:8080\""),
        ("data = \"\"", "`data` cannot be `\"\"`: it must be a path (a string that is not empty)"),
        ("meetings.enabled = \"yes\"", "`meetings.enabled` cannot be `\"yes\"`: it must be true or false"),
        (
            "limits.head_bytes_max = 8191",
            "`limits.head_bytes_max` cannot be `8191`: it must be a whole number from 8192 to 1048576",
        ),
        (
            "limits.connections_max = 99999999999999999999",
            "`limits.connections_max` cannot be `99999999999999999999`: it must be a whole number from 1 to 1000000",
        ),
        (
            "limits.connections_max = \"5\"",
            "`limits.connections_max` cannot be `\"5\"`: it must be a whole number from 1 to 1000000",
        ),
        (
            "component_sha256 = \"0a1b\"",
            "`component_sha256` cannot be `\"0a1b\"`: it must be 64 hexadecimal digits (a string)",
        ),
        ("log.format = \"xml\"", "`log.format` cannot be `\"xml\"`: it must be \"text\" or \"json\""),
        ("access.profile = \"none\"", "`access.profile` cannot be `\"none\"`: it must be \"seed\""),
        (
            "hostname = 'a\"b'",
            "`hostname` cannot be `'a\"b'`: it must be 1 to 255 printable ASCII characters without `\"` and `\\` \
             (a string)",
        ),
        ("[listen]", "`listen` cannot be `[listen]`: it must be an IP address and a port, like \"127.0.0.1:8080\""),
        (
            "meetings.providers.v.kind = \"zoom\"",
            "`meetings.providers.v.kind` cannot be `\"zoom\"`: it must be \"jitsi\" or \"tokbox\"",
        ),
        (
            "meetings.providers.\"a b\".kind = \"jitsi\"",
            "`meetings.providers.ID` cannot be `a b`: it must be 1 to 64 letters, digits, `-`, `.`, `_` or `~`",
        ),
    ] {
        assert_eq!(error(file, &[]).0, format!("line 1: {expected}"));
    }
    let (text, hint) = error("", &[("OBP_HOST_LIMITS__CONNECTIONS_MAX", "many")]);
    let place = "environment variable OBP_HOST_LIMITS__CONNECTIONS_MAX";
    let expected = "`limits.connections_max` cannot be `many`: it must be a whole number from 1 to 1000000";
    assert_eq!(text, format!("{place}: {expected}"));
    assert_eq!(hint, "set `limits.connections_max` to a whole number from 1 to 1000000 (Connections open at once)");
}

#[test]
fn a_limit_takes_its_bounds_and_nothing_beyond() {
    for key in KEYS {
        let Kind::Count(min, max) = key.kind else { continue };
        for (count, allowed) in [(min - 1, false), (min, true), (max, true), (max + 1, false)] {
            assert_eq!(load(&format!("{} = {count}", key.path), &[]).is_ok(), allowed, "{} = {count}", key.path);
        }
    }
}

#[test]
fn a_provider_without_a_kind_is_an_error() {
    let expected = "the meeting provider `video` has no `kind`";
    assert_eq!(error("[meetings.providers.video]", &[]).0, format!("line 1: {expected}"));
    assert_eq!(error("[meetings.providers.video]\napp_id = \"bank\"", &[]).0, format!("line 2: {expected}"));
    // In the environment an id has no upper case, so this is not the file's provider.
    let name = "OBP_HOST_MEETINGS__PROVIDERS__VIDEO__SECRET";
    let (text, hint) = error("[meetings.providers.Video]\nkind = \"jitsi\"", &[(name, "hush")]);
    assert_eq!(text, format!("environment variable {name}: {expected}"));
    assert!(hint.contains("lower case"), "{hint}");
}

#[test]
fn a_certificate_needs_its_key_and_a_key_its_certificate() {
    for (set, missing) in [("certificate", "key"), ("key", "certificate")] {
        let (text, hint) = error(&format!("[tls]\n{set} = \"a.pem\""), &[]);
        assert_eq!(text, format!("line 2: `tls.{set}` is set, but `tls.{missing}` is not"));
        assert!(hint.starts_with(&format!("set `tls.{missing}` too, or remove `tls.{set}` (")), "{hint}");
    }
    assert_eq!(load("[tls]", &[]).unwrap().tls, None);
    let both = load("tls.certificate = \"a.pem\"", &[("OBP_HOST_TLS__KEY", "b.pem")]).unwrap();
    assert_eq!(both.tls, Some(Tls { certificate: "a.pem".into(), key: "b.pem".into() }));
}

#[test]
fn a_file_that_is_named_must_be_there_and_be_toml() {
    let missing = Config::load(Some(Path::new("no/such/file.toml")), std::iter::empty()).unwrap_err();
    assert!(missing.to_string().starts_with("cannot read the configuration file no/such/file.toml: "), "{missing}");
    assert!(missing.hint.contains("no/such/file.toml"));
    assert!(error("\nlisten = ", &[]).0.starts_with("line 2: not valid TOML: "));
    assert!(error("listen = \"a\"\nlisten = \"b\"", &[]).0.starts_with("line 2: not valid TOML: "));
}

#[test]
fn no_message_and_no_debug_output_shows_a_secret() {
    const HUSH: &str = "hush4711";
    let provider = "[meetings.providers.v]\nkind = \"tokbox\"\n";
    let line = |line: &str| format!("{provider}{line}");
    for file in [
        line("secret = hush4711"),
        line("secret = \"hush4711"),
        line("secret = [\"hush4711\"]"),
        line("secret = \"hush4711\\u0001\""),
        line("secret = \"hush4711\" \"hush4711\""),
        line("secret.hidden = \"hush4711\""),
        line("secrt = \"hush4711\""),
        line("base_url = \"https://me:hush4711@api.example\""),
        "[meetings.providers.v]\nsecret = \"hush4711\"".to_owned(),
    ] {
        let error = load(&file, &[]).unwrap_err();
        let shown = format!("{error} {error:?} {}", error.hint);
        assert!(!shown.contains(HUSH), "{file}\n{shown}");
    }
    let config = load(&line("secret = \"hush4711\""), &[]).unwrap();
    assert!(!format!("{config:?}").contains(HUSH));
    let Some(Provider::Tokbox(tokbox)) = config.meetings.providers.get("v") else { panic!("no tokbox") };
    assert_eq!(tokbox.secret.expose(), HUSH);
}

#[test]
fn publishers_are_listed_by_name_and_the_data_folder_is_the_default_place_of_extensions() {
    let key = PublicKey([7; 32]);
    let file = format!("data = \"here\"\nextensions.publishers.acme-video = \"{key}\"");
    let config = load(&file, &[("OBP_HOST_EXTENSIONS__PUBLISHERS__KYC_INC", &key.to_string())]).unwrap();
    let names: Vec<_> = config.extensions.publishers.iter().map(|(name, key)| (name.as_str(), key.0)).collect();
    assert_eq!(names, [("acme-video", [7; 32]), ("kyc_inc", [7; 32])]);
    assert_eq!(config.extensions_folder(), Path::new("here/extensions"));
    let config = load("", &[("OBP_HOST_EXTENSIONS__FOLDER", "/srv/extensions")]).unwrap();
    assert_eq!(config.extensions_folder(), Path::new("/srv/extensions"));
    assert_eq!(load("[extensions.publishers]", &[]).unwrap().extensions, Extensions::default());

    let allowed = "it must be the base64 of the 32 bytes of an Ed25519 public key";
    for (file, expected) in [
        ("a = \"AAAA\"", format!("line 2: `extensions.publishers.a` cannot be `\"AAAA\"`: {allowed}")),
        ("a = 7", format!("line 2: `extensions.publishers.a` cannot be `7`: {allowed}")),
        (
            "ACME = \"\"",
            "line 2: `extensions.publishers.NAME` cannot be `ACME`: it must be 1 to 64 lower-case letters, digits, `-` or `_`"
                .to_owned(),
        ),
        (
            "a.key = \"\"",
            "line 2: unknown key `extensions.publishers.a.key`, the nearest known one is `extensions.publishers.a`"
                .to_owned(),
        ),
    ] {
        assert_eq!(error(&format!("[extensions.publishers]\n{file}"), &[]).0, expected);
    }
}

#[test]
fn beyond_loopback_the_profile_must_be_named() {
    let unnamed = load("", &[]).unwrap();
    let named = [load("access.profile = \"seed\"", &[]), load("", &[("OBP_HOST_ACCESS__PROFILE", "seed")])];
    for loopback in ["127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
        assert_eq!(unnamed.refuses_to_listen(loopback.parse().unwrap()), None, "{loopback}");
    }
    for beyond in ["0.0.0.0:80", "[::]:80", "192.0.2.1:80", "[::ffff:192.0.2.1]:80"] {
        let beyond = beyond.parse().unwrap();
        let error = unnamed.refuses_to_listen(beyond).unwrap();
        assert!(error.reason.starts_with(&format!("not listening on {beyond}: ")), "{error}");
        assert!(error.hint.contains("OBP_HOST_ACCESS__PROFILE=seed"), "{}", error.hint);
        for named in &named {
            assert_eq!(named.as_ref().unwrap().refuses_to_listen(beyond), None);
        }
    }
}
