//! How extensions come, change and go: what the commands say, that a server takes them whole or not at all, and that nobody
//! who is being served notices.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use obp_host::app;
use obp_host::extensions::compiler::{CompilerLimits, Isolation};
use obp_host::extensions::outbound::OutboundClients;
use reqwest::{Client, Method};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::Command;
use wasm_encoder::{ComponentBuilder, ComponentExportKind, ComponentTypeRef, InstanceType};

use crate::support::app::config;
use crate::support::gate::Gate;
use crate::support::operator::{Edits, Operator, example, laborious, said, variant, with_component};
use crate::support::process::{Server, obp_host};
use crate::support::{TestApp, send};

const SCREENER: &str = "expired-documents";
const DOCUMENT: &str = "/banks/bank-1/customers/c-1/kyc_documents/d-1";
const EXPIRED: &str = r#"{"customer_number":"1","type":"passport","number":"7","issue_date":"2009-05-01T00:00:00Z","issue_place":"Berlin","expiry_date":"2019-05-01T00:00:00Z"}"#;

/// Whether the screener rejects.
async fn screened(server: &Server) -> bool {
    let (status, body) =
        send(&Client::new(), Method::PUT, "kim", server.url(DOCUMENT), EXPIRED.to_owned()).await.unwrap();
    assert!(status == 200 || body.contains("The document expired on 2019-05-01."), "{body}");
    status == 400
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A screener in name only, that imports this.
fn importing(import: &str) -> Vec<u8> {
    let mut builder = ComponentBuilder::default();
    let nothing = builder.type_instance(None, &InstanceType::new());
    builder.import(import, ComponentTypeRef::Instance(nothing));
    let empty = builder.component(None, ComponentBuilder::default());
    let screening = builder.instantiate(None, empty, Vec::<(&str, ComponentExportKind, u32)>::new());
    builder.export("obp:onboarding/screening@0.1.0", ComponentExportKind::Instance, screening, None);
    builder.finish()
}

#[tokio::test]
async fn inspect_says_what_a_component_is_without_a_manifest() {
    let component = example(SCREENER).join("component.wasm");
    let told = said(&["extension", "inspect", text(&component)]).await;
    assert_eq!(told.code, 0, "{told:?}");
    let bytes = fs::metadata(&component).unwrap().len();
    for line in [
        "world     screening-extension\n",
        "built for obp:onboarding@0.1.0\n",
        &format!("size      {bytes} bytes\n"),
        "sha256    ",
        "imports   obp:onboarding/settings@0.1.0\n",
        "exports   obp:onboarding/screening@0.1.0\n",
    ] {
        assert!(told.out.contains(line), "{line}: {}", told.out);
    }
    let manifest = example(SCREENER).join("extension.toml");
    let told = said(&["extension", "inspect", text(&manifest)]).await;
    assert!(told.code == 1 && told.err.contains("is no WebAssembly, not a component"), "{told:?}");
}

/// Each with the line of the manifest that is wrong, and what is wrong with it.
const WRONG: &[(Edits<'_>, usize, &str)] = &[
    (&[("sha256 = \"", "sha256 = \"00")], 4, "it must be 64 hexadecimal digits"),
    (&[("warn_days = 30", "warn_days = 30\n[limts]\nrunning_ms_max = 1")], 14, "unknown key `limts.running_ms_max`"),
    (&[("on_failure", "on_failur")], 8, "unknown key `on_failur`, the nearest known one is `on_failure`"),
    (&[("api = \"0.1.0\"", "api = \"0.2.0\"")], 6, "this server speaks version 0.1.0 of obp:onboarding, not 0.2.0"),
    (
        &[("screening-ext", "meeting-provider-ext"), ("on_failure = \"reject\"", "provider_ids = [\"a\"]")],
        5,
        "it exports no",
    ),
    (&[("version = \"1.0.0\"", "publisher = \"acme\"\nversion = \"1.0.0\"")], 2, "`sha256` is, too"),
];

#[tokio::test]
async fn check_tries_what_is_right_and_names_the_line_of_what_is_not() {
    let told = said(&["extension", "check", text(&example(SCREENER))]).await;
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.contains("compiled and called once, without outbound calls: {\"accept\":true}"), "{told:?}");

    let folder = tempfile::tempdir().unwrap();
    let refused = async |place: &Path, line: usize, reason: &str| {
        let told = said(&["extension", "check", text(place)]).await;
        let begin = format!("error: {}, line {line}: ", place.join("extension.toml").display());
        assert!(told.code == 1 && told.err.starts_with(&begin), "{begin}: {told:?}");
        assert!(told.err.contains(reason) && told.err.contains("\nhint: "), "{reason}: {told:?}");
    };
    for (edits, line, reason) in WRONG {
        refused(&variant(SCREENER, folder.path(), edits), *line, reason).await;
    }
    let other = with_component(SCREENER, folder.path(), b"something else", &[]);
    refused(&other, 3, "component.wasm is no WebAssembly, not a component").await;
    fs::copy(example("jitsi-provider").join("component.wasm"), other.join("component.wasm")).unwrap();
    refused(&other, 4, "not the one that `sha256` names").await;
    let imports = importing("wasi:filesystem/types@0.2.0");
    refused(&with_component(SCREENER, folder.path(), &imports, &[]), 3, "wasi:filesystem/types@0.2.0").await;
    let imports = importing("wasi:http/outgoing-handler@0.2.0");
    refused(&with_component(SCREENER, folder.path(), &imports, &[]), 3, "imports wasi:http/outgoing-handler, but")
        .await;
}

#[tokio::test]
async fn diff_ends_with_3_if_the_new_one_asks_for_more() {
    let folder = tempfile::tempdir().unwrap();
    let with_host = "warn_days = 30\n[outbound]\nhosts = [\"api.acme.example\"]";
    // The setting after it would be one of [outbound].
    let host: Edits<'_> = &[("birth_marker = \"date_of_birth=\"\n", ""), ("warn_days = 30", with_host)];
    for (edits, there, back) in [
        (&[][..], (0, ""), (0, "")),
        (host, (3, "+ outbound host https://api.acme.example:443\n"), (3, "+ setting birth_marker\n")),
        (&[("\"reject\"", "\"skip\"")], (3, "~ on_failure reject -> skip (more)\n"), (0, "(less)\n")),
        (&[("[\"*\"]", "[\"bank-1\"]")], (0, "- banks all"), (3, "+ banks all")),
    ] {
        let new = variant(SCREENER, folder.path(), edits);
        for (old, new, (code, line)) in
            [(example(SCREENER), new.clone(), there), (new.clone(), example(SCREENER), back)]
        {
            let told = said(&["extension", "diff", text(&old), text(&new)]).await;
            assert_eq!(told.code, code, "{edits:?}: {told:?}");
            assert!(told.out.contains(line), "{line}: {told:?}");
        }
    }
}

#[tokio::test]
async fn without_a_server_the_commands_work_on_the_folder() {
    let operator = Operator::new().await;
    assert_eq!(operator.extension(&["reload"]).await.code, 1);
    assert!(operator.add(&example(SCREENER)).await.contains("it takes effect at the next start"));
    // Secrets are the server's: this command has none.
    operator.add(&example("jitsi-provider")).await;
    variant("disposable-mail", &operator.extensions(), &[("\"reject\"", "\"rejct\"")]);
    let told = operator.extension(&["list"]).await;
    assert_eq!(told.code, 0, "{told:?}");
    for line in
        ["what it would load:", "jitsi-provider           1.0.0", "extension.toml, line 8: `on_failure` cannot be"]
    {
        assert!(told.out.contains(line), "{line}: {told:?}");
    }
    for name in ["nobody", "", ".", "..", "../data"] {
        let told = operator.extension(&["remove", name]).await;
        assert!(told.code == 1 && told.err.contains("there is no extension"), "{told:?}");
    }
    assert_eq!(operator.extension(&["remove", "disposable-mail"]).await.code, 0);
    let server = operator.serve().await;
    assert!(screened(&server).await);
}

#[tokio::test]
async fn one_takes_the_place_of_another_only_when_told_to_and_shows_what_it_asks_for() {
    let operator = Operator::new().await;
    let server = operator.serve().await;
    operator.add(&example(SCREENER)).await;
    let new = variant(SCREENER, &operator.elsewhere("new"), &[("1.0.0", "2.0.0"), ("\"*\"", "\"bank-2\"")]);
    let told = operator.extension(&["add", text(&new)]).await;
    assert!(told.code == 1 && told.err.contains("say --replace"), "{told:?}");
    assert!(screened(&server).await);
    let told = operator.extension(&["add", "--replace", text(&new)]).await;
    assert!(told.code == 0 && told.out.contains("- banks all"), "{told:?}");
    assert_eq!(operator.row(SCREENER).await[1], "2.0.0");
    assert!(!screened(&server).await, "it screens at another bank only");
}

/// What lies in a folder: paths and bytes.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn what_the_server_does_not_take_is_not_left_on_the_disk() {
    let operator = Operator::new().await;
    // Without the provider's secret.
    let server = operator.serve_with(&[]).await;
    operator.add(&example(SCREENER)).await;
    let before = contents(&operator.extensions());
    let slow = variant(
        SCREENER,
        &operator.elsewhere("slow"),
        &[("[settings]", "[limits]\nrunning_ms_max = 10000\n[settings]")],
    );
    for (arguments, reason) in [
        (&["add", text(&example("jitsi-provider"))][..], "environment variable JITSI_JWT_SECRET is not set"),
        (&["add", "--replace", text(&slow)], "line 11: a call may take 10000 ms, and a request waits for 9500"),
    ] {
        let told = operator.extension(arguments).await;
        assert!(told.code == 1 && told.err.contains("nothing was changed: "), "{told:?}");
        assert!(told.err.contains("extension.toml, line ") && told.err.contains(reason), "{told:?}");
        assert_eq!(contents(&operator.extensions()), before);
    }
    assert!(screened(&server).await, "the old set serves");
    // A command that means another folder than the server does.
    let elsewhere = operator.elsewhere("other");
    fs::create_dir_all(&elsewhere).unwrap();
    let mut command = Command::new(obp_host());
    command.args(["extension", "add", text(&example("disposable-mail")), "--data", text(&operator.data)]);
    let output = command.env("OBP_HOST_EXTENSIONS__FOLDER", &elsewhere).output().await.unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("is its `extensions.folder` another?"), "{told}");
    assert_eq!(contents(&elsewhere), []);
    // A folder that is gone is not begun anew: the server would lose those that were in it.
    let (extensions, gone) = (operator.extensions(), operator.elsewhere("gone"));
    fs::rename(&extensions, &gone).unwrap();
    let told = operator.extension(&["add", text(&example("disposable-mail"))]).await;
    assert!(
        told.code == 1 && told.err.contains("is gone, and the server that runs has extensions from it"),
        "{told:?}"
    );
    fs::rename(&gone, &extensions).unwrap();
    assert!(screened(&server).await);
}

/// By the command and by the signal, which must not end a server without TLS.
#[tokio::test]
async fn a_reload_takes_everything_or_nothing() {
    let operator = Operator::new().await;
    let server = operator.serve().await;
    operator.add(&example("jitsi-provider")).await;
    let hangup = async || {
        let kill = Command::new("kill").args(["-HUP", &server.pid().to_string()]).status().await.unwrap();
        assert!(kill.success());
    };
    let mut reloads = 0;
    for by_signal in [false, true] {
        assert!(!screened(&server).await);
        variant(SCREENER, &operator.extensions(), &[]);
        variant("disposable-mail", &operator.extensions(), &[("sha256", "sha265")]);
        let reason = "disposable-mail/extension.toml, line 4: unknown key `sha265`";
        if by_signal {
            hangup().await;
            operator.logged(reason, 2).await;
        } else {
            let told = operator.extension(&["reload"]).await;
            assert!(told.code == 1 && told.err.contains(reason), "{told:?}");
            assert!(told.err.contains("the extensions stay what they were"), "{told:?}");
        }
        assert!(!screened(&server).await, "the old set serves");
        fs::remove_dir_all(operator.extensions().join("disposable-mail")).unwrap();
        if by_signal {
            hangup().await;
            reloads += 1;
            operator.logged("reloaded certificate and extensions", reloads).await;
        } else {
            let told = operator.extension(&["reload"]).await;
            assert!(told.code == 0 && told.out.contains(SCREENER), "{told:?}");
        }
        assert!(screened(&server).await);
        // The provider is what it was, and so are its figures; the screener's begin anew.
        let row = operator.row(SCREENER).await;
        assert_eq!(row[2..4], ["1", "1"], "{row:?}");
        operator.extension(&["reload"]).await;
        let row = operator.row(SCREENER).await;
        assert_eq!(row[2..4], ["1", "1"], "a reload of what has not changed keeps its figures: {row:?}");
        assert_eq!(operator.extension(&["remove", SCREENER]).await.code, 0);
    }
}

#[tokio::test]
async fn what_is_broken_at_the_start_is_told_and_can_be_removed_while_the_others_serve() {
    let operator = Operator::new().await;
    variant(SCREENER, &operator.extensions(), &[]);
    // They would screen other banks only.
    let elsewhere = ("\"*\"", "\"bank-9\"");
    variant("disposable-mail", &operator.extensions(), &[elsewhere, ("\"1.0.0\"", "\"\"")]);
    variant("template-rust", &operator.extensions(), &[elsewhere, ("api = \"0.1.0\"", "api = \"9.1.0\"")]);
    let server = operator.serve().await;
    for reason in
        ["disposable-mail/extension.toml, line 2: `version`", "template-rust/extension.toml, line 6: this server"]
    {
        assert!(operator.log().contains(reason), "{}", operator.log());
        assert!(operator.extension(&["list"]).await.out.contains(reason));
    }
    assert!(screened(&server).await);
    let told = operator.extension(&["reload"]).await;
    assert!(told.code == 1 && told.err.contains("not all of them are loaded"), "{told:?}");
    for name in ["disposable-mail", "template-rust"] {
        let told = operator.extension(&["remove", name]).await;
        assert_eq!(told.code, 0, "{told:?}");
    }
    assert_eq!(operator.extension(&["reload"]).await.code, 0);
    assert!(screened(&server).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_finishes_on_the_set_it_began_with() {
    let folder = tempfile::tempdir().unwrap();
    let extension = variant("disposable-mail", folder.path(), &[]);
    let gate = Gate::new();
    let settings = [("OBP_HOST_EXTENSIONS__FOLDER", text(folder.path()))];
    let app = TestApp::with_over(&settings, |store| gate.before(store)).await;
    app.app.onboarding.extensions.start().await.unwrap();
    let register = |name: &str| {
        let body = format!(
            r#"{{"email":"{name}@mailinator.com","username":"{name}","password":"Abcdefg12!","first_name":"Z","last_name":"T"}}"#
        );
        let url = app.url("/users");
        tokio::spawn(async move { send(&Client::new(), Method::POST, "kim", url, body).await.unwrap().0 })
    };
    // It waits for the first thing that the rules want to know.
    let held = register("zoe");
    gate.arrived(1).await;
    fs::remove_dir_all(extension).unwrap();
    assert_eq!(app.app.onboarding.extensions.reload().await.unwrap().extensions().len(), 0);
    gate.open();
    assert_eq!(held.await.unwrap(), 400);
    assert_eq!(register("yan").await.unwrap(), 201, "the control");
}

/// The processes that a server has started.
fn children(server: &Server) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{}/task", server.pid())).unwrap();
    let of_task = |task: std::io::Result<fs::DirEntry>| fs::read_to_string(task.unwrap().path().join("children"));
    let all: String = tasks.filter_map(|task| of_task(task).ok()).collect();
    all.split_whitespace().map(str::to_owned).collect()
}

/// Whether it runs: nobody may have asked yet how it ended.
fn runs(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap().starts_with(" Z"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_set_serves_while_the_new_one_compiles_in_a_process_that_ends_with_the_server() {
    let operator = Operator::new().await;
    let new = with_component(SCREENER, &operator.elsewhere("new"), &laborious(SCREENER), &[]);
    for how in ["-TERM", "-KILL"] {
        let server = operator.serve().await;
        if how == "-TERM" {
            operator.add(&example(SCREENER)).await;
        }
        let add = async { operator.extension(&["add", "--replace", text(&new)]).await };
        let meanwhile = async {
            let compiles = loop {
                if let [process] = &children(&server)[..] {
                    break process.clone();
                }
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            };
            for _ in 0..20 {
                assert!(screened(&server).await);
            }
            assert!(runs(&compiles), "it was done before the requests were");
            let kill = Command::new("kill").args([how, &server.pid().to_string()]).status().await.unwrap();
            assert!(kill.success());
            server.ended().await;
            while runs(&compiles) {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        };
        let (told, ()) = tokio::join!(add, meanwhile);
        assert!(told.code == 1 && told.err.contains("the server ended before it answered"), "{told:?}");
        // What the command left half-done is put right by the next one.
        let told = operator.extension(&["add", "--replace", text(&example(SCREENER))]).await;
        assert_eq!(told.code, 0, "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_component_that_takes_too_much_to_compile_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    with_component(SCREENER, folder.path(), &laborious(SCREENER), &[]);
    let config = config(&[("OBP_HOST_EXTENSIONS__FOLDER", text(folder.path()))]);
    for (limits, reason) in [
        (CompilerLimits { seconds_max: 1, ..CompilerLimits::DEFAULT }, "compiling it "),
        // Too little for any.
        (CompilerLimits { data_bytes_max: 64 << 20, ..CompilerLimits::DEFAULT }, "Cannot allocate memory"),
    ] {
        let isolation = Isolation::Process(obp_host(), limits);
        let extensions = app::extensions(&config, isolation, OutboundClients::default()).unwrap();
        extensions.start().await.unwrap();
        let set = extensions.current();
        let refused = set.not_loaded().first().unwrap();
        assert!(refused.path.ends_with("expired-documents/extension.toml") && refused.line == Some(3), "{refused}");
        assert!(refused.reason.contains(reason), "{refused}");
        assert!(set.extensions().is_empty());
    }
}

#[tokio::test]
async fn the_control_socket_is_the_operators_alone_and_belongs_to_one_server() {
    // Longer than a socket's address may be.
    let operator = Operator::at(&"deep/".repeat(40)).await;
    let socket = operator.data.join("control.sock");
    assert!(text(&socket).len() > 108);
    let killed = operator.serve().await;
    killed.kill().await;
    assert!(socket.exists(), "the control: nobody took it away");
    let server = operator.serve().await;
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    operator.add(&example(SCREENER)).await;
    assert!(screened(&server).await);

    let second = operator.serve().await;
    operator.logged("another server answers through", 1).await;
    assert_eq!(operator.extension(&["remove", SCREENER]).await.code, 0);
    assert!(!screened(&server).await, "the first is still the one that is told");
    assert!(screened(&second).await, "the control: the second is not");
    second.kill().await;

    let near = operator.elsewhere("near");
    std::os::unix::fs::symlink(&operator.data, &near).unwrap();
    for garbage in [&b"\n"[..], b"{}\n", b"\xff\xfe\0\n", b"\"format_the_disk\"\n", &[b'x'; 8192]] {
        let mut stream = UnixStream::connect(near.join("control.sock")).await.unwrap();
        // More than a question can be long is not taken.
        let _ = stream.write_all(garbage).await;
        let mut answer = String::new();
        BufReader::new(&mut stream).read_line(&mut answer).await.unwrap();
        assert!(answer.starts_with("{\"refused\":\"not a question: ") && answer.ends_with("}\n"), "{answer:?}");
    }
    let mute = UnixStream::connect(near.join("control.sock")).await.unwrap();
    assert_eq!(operator.extension(&["list"]).await.out, "no extensions\n");
    drop(mute);
    assert!(!screened(&server).await);
}
