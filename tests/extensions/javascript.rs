//! Extensions in JavaScript: mistakes that the builder finds, and exceptions in the server's log.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use reqwest::Method;
use tokio::process::Command;

use crate::support::TestApp;
use crate::support::extensions::{Manifest, ask, clients, put_document};
use crate::support::log;
use crate::support::process::obp_host;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The limits of the server: it accepts few requests, so that each has a slot of the largest memory.
const FEW_REQUESTS: [(&str, &str); 1] = [("OBP_HOST_LIMITS__REQUESTS_IN_FLIGHT_MAX", "64")];
/// A world without logging. The builder adds it.
const WORLD: &str = "package local:thrower;
world extension {
  import obp:onboarding/settings@0.1.0;
  export obp:onboarding/screening@0.1.0;
  export obp:onboarding/meeting-provider@0.1.0;
}
";
/// A screener and provider that throws what its setting says.
const THROWER: &str = "import { get } from 'obp:onboarding/settings@0.1.0';
import { deeds } from './deeds.js';
export const screening = {
  screen: () => deeds[get('deed')](),
};
export const meetingProvider = {
  readiness: () => deeds[get('deed')](),
  createSession: () => deeds[get('deed')](),
  grantAccess: () => deeds[get('deed')](),
};
";
const DEEDS: &str = "const inner = () => {
  const nothing = undefined;
  return nothing.deeper;
};
export const deeds = {
  accept: () => ({ tag: 'accept' }),
  reject: () => ({ tag: 'reject', val: 'no' }),
  mistake: () => inner(),
  range: () => { throw new RangeError('the limit is 3\\n\\u202eforged'); },
  cause: () => { throw new Error('outer', { cause: new SyntaxError('inner') }); },
  text: () => { throw 'plain text'; },
  object: () => { throw { code: 7 }; },
  promise: async () => ({ tag: 'accept' }),
  missing: () => { throw 'key-missing'; },
};
";

/// Builds an extension as its author does. Returns the component, or the message of the builder.
async fn build(folder: &Path, files: &[(&str, &str)]) -> Result<Vec<u8>, String> {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let host = obp_host();
    let mut tools = Command::new("scripts/extension-tools.sh");
    tools.current_dir(ROOT).env("CARGO_TARGET_DIR", host.ancestors().nth(2).unwrap()).stderr(Stdio::inherit());
    let tools = String::from_utf8(tools.output().await.unwrap().stdout).unwrap();
    let out = folder.join("out.wasm");
    let mut node = Command::new("node");
    node.arg(PathBuf::from(tools.trim()).join("build.mjs")).arg(folder).arg(format!("{ROOT}/wit")).arg(&out);
    let built = node.output().await.unwrap();
    let message = String::from_utf8(built.stderr).unwrap().replace(&format!("{}: ", folder.display()), "");
    if built.status.success() { Ok(fs::read(out).unwrap()) } else { Err(message) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_or_missing_export_fails_the_build_with_the_right_name() {
    const WORLD: &str = "package local:x;\nworld extension { export obp:onboarding/screening@0.1.0; }\n";
    const NEEDED: &str =
        "it must export the object `screening` with `screen` for obp:onboarding/screening@0.1.0, and it exports";
    let misfit = |reason: &str| Err(format!("src/extension.js does not fit world.wit: {reason}\n"));
    for (source, expected) in [
        ("export const screeing = { screen() {} };", misfit(&format!("{NEEDED} screeing"))),
        ("export function screen() {}", misfit(&format!("{NEEDED} screen"))),
        ("", misfit(&format!("{NEEDED} nothing"))),
        (
            "export const screening = { Screen() {} };",
            misfit("`screening` must have the function `screen` for obp:onboarding/screening@0.1.0, and it has Screen"),
        ),
        ("export const screening = { screen() {} };", Ok(())),
    ] {
        let folder = crate::support::folder().unwrap();
        let built = build(folder.path(), &[("world.wit", WORLD), ("src/extension.js", source)]).await;
        assert_eq!(built.map(drop), expected, "{source}");
        assert_eq!(folder.path().join("out.wasm").exists(), expected.is_ok(), "a failed build leaves no component");
    }
}

/// A server with the component in this role, whose setting is this deed.
async fn server(manifest: Manifest, component: &[u8], deed: &str) -> TestApp {
    log::keep();
    let folder = crate::support::folder().unwrap();
    let manifest = manifest.limit("running_ms_max", 5_000).setting("deed", deed);
    manifest.deploy(folder.path(), component).unwrap();
    let settings = [&FEW_REQUESTS[..], &[("OBP_HOST_MEETINGS__ENABLED", "true")]].concat();
    TestApp::extended(folder.path(), clients(&[]), &settings, |store| store).await
}

/// The beginning of the line in the log, and the parts that follow, for a deed that throws.
const EXCEPTIONS: [(&str, &str, &[&str]); 6] = [
    (
        "mistake",
        "TypeError: cannot read property 'deeper' of undefined",
        &["at inner (/src/deeds.js:", "at screen (/src/extension.js:4:"],
    ),
    ("range", "RangeError: the limit is 3 \u{fffd}forged", &["at range (/src/deeds.js:9:"]),
    ("cause", "Error: outer", &["at cause (/src/deeds.js:10:", "caused by SyntaxError: inner"]),
    ("text", "it threw plain text", &[]),
    ("object", "it threw {\"code\":7}", &[]),
    ("promise", "TypeError: it returned a promise; a function must not be async", &[]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exception_is_logged_with_message_and_stack_and_an_answer_is_not() {
    let folder = crate::support::folder().unwrap();
    let files = [("world.wit", WORLD), ("src/extension.js", THROWER), ("src/deeds.js", DEEDS)];
    let component = build(folder.path(), &files).await.unwrap();
    let screener = || Manifest::screener("thrower");
    for (deed, begin, parts) in EXCEPTIONS {
        let app = server(screener(), &component, deed).await;
        let answer = put_document(&app, "").await;
        answer.is(503, "OBP-50000: Unknown Error. The extension thrower failed, and nothing was written.");
        let lines: Vec<_> = answer.logged().into_iter().filter(|line| line.contains("extension=\"thrower\"")).collect();
        let [line] = &lines[..] else { panic!("{deed}: {:#?}", answer.logged()) };
        assert!(line.starts_with(&format!("ERROR {begin}")), "{deed}: {line}");
        assert!(line.contains("context=\"screening.screen\""), "{deed}: {line}");
        for part in parts {
            assert!(line.contains(part), "{part}: {line}");
        }
    }
    for (deed, status) in [("accept", 200), ("reject", 400)] {
        let answer = put_document(&server(screener(), &component, deed).await, "").await;
        assert_eq!((answer.status, answer.logged()), (status, Vec::new()), "the control");
    }
    // An answer of a provider can be an error. It is thrown, but is no exception.
    let draft = r#"{"provider_id":"acme","purpose_id":"onboarding"}"#;
    for (deed, status, lines) in [("missing", 403, 0), ("mistake", 503, 1), ("text", 503, 1)] {
        let app = server(Manifest::provider("thrower", "acme"), &component, deed).await;
        let answer = ask(&app, Method::POST, "/banks/bank-1/meetings", draft).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let logged = answer.logged().into_iter().filter(|line| line.contains("context=\"meetingProvider.")).count();
        assert_eq!(logged, lines, "{deed}: {:#?}", answer.logged());
    }
}
