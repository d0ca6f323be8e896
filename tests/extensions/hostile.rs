//! Extensions that do what they must not. Each fails alone: a clear answer to that request, one line in the log, nothing
//! written, and everybody else is served.

use std::sync::Arc;

use reqwest::Method;

use crate::support::apart::{Apart, ordinary};
use crate::support::extensions::{Answer, DOCUMENT, ask, document, documents, notes, put_document, server, with};
use crate::support::peer::Peer;
use crate::support::{TestApp, try_put};

/// May do everything that is done here. `PORT` is the peer's.
const GENEROUS: &str = r#"name = "hostile"
version = "1.0.0"
component = "component.wasm"
sha256 = "DIGEST"
world = "screening-extension"
api = "0.1.0"
banks = ["bank-1"]
on_failure = "reject"

[limits]
memory_bytes_max = 67108864
running_ms_max = 10000
waiting_ms_max = 20000
outbound_calls_max = 10
outbound_request_bytes_max = 200000
outbound_reply_bytes_max = 200000
log_lines_max = 20

[outbound]
hosts = ["http://api.example:PORT", "http://other.example:PORT", "http://metadata.example:PORT", "http://127.0.0.1:PORT", "http://169.254.169.254", "http://[::ffff:a9fe:a9fe]"]
private_addresses = true
"#;

/// A service outside lies, in a test, on this machine.
const NAMES: [(&str, &str); 3] =
    [("api.example", "127.0.0.1"), ("other.example", "127.0.0.1"), ("metadata.example", "169.254.169.254")];

/// Something that is not allowed.
struct Case {
    deed: &'static str,
    /// The lines of the manifest that do not allow it.
    limit: &'static str,
    /// What the log says.
    cause: &'static str,
    /// What is accepted where everything is allowed.
    control: &'static str,
}

const fn case(deed: &'static str, limit: &'static str, cause: &'static str) -> Case {
    Case { deed, limit, cause, control: deed }
}

/// One whose control is not itself: it never ends, or would leave this machine.
const fn beyond(deed: &'static str, limit: &'static str, cause: &'static str, control: &'static str) -> Case {
    Case { deed, limit, cause, control }
}

const TOO_MUCH_COPIED: &str = "it trapped: too much data is being copied between the host and the guest: fuel allocated for hostcalls has been exhausted";
const ONLY_API: &str = "hosts = [\"http://api.example:PORT\"]";
const OUTSIDE: &str = "private_addresses = false";

const CASES: &[Case] = &[
    case("run 300", "running_ms_max = 50", "it ran for more than 50 ms"),
    beyond("loop", "running_ms_max = 50", "it ran for more than 50 ms", "run 300"),
    case("wait 300", "waiting_ms_max = 50", "it waited for more than 50 ms"),
    beyond("wait-for-ever", "waiting_ms_max = 50", "it waited for more than 50 ms", "wait 300"),
    beyond("wait 1", "waiting_ms_max = 0", "it waited for more than 0 ms", "wait 1"),
    case("call http://api.example:PORT/after/300", "waiting_ms_max = 50", "it waited for more than 50 ms"),
    case("take-memory 4", "memory_bytes_max = 1048576", "it wanted more than 1048576 bytes of memory"),
    beyond(
        "take-memory-for-ever",
        "memory_bytes_max = 1048576",
        "it wanted more than 1048576 bytes of memory",
        "take-memory 4",
    ),
    case("log 20", "log_lines_max = 10", "it logged more than 10 lines"),
    beyond("log-for-ever", "log_lines_max = 10", "it logged more than 10 lines", "log 20"),
    case("log 1", "log_lines_max = 0", "it logged more than 0 lines"),
    case("calls 3 http://api.example:PORT/ok", "outbound_calls_max = 2", "it made more than 2 outbound calls"),
    case("call http://api.example:PORT/ok", "outbound_calls_max = 0", "it made more than 0 outbound calls"),
    beyond(
        "call-for-ever http://api.example:PORT/ok",
        "outbound_calls_max = 10\nrunning_ms_max = 50",
        "it made more than 10 outbound calls",
        "calls 3 http://api.example:PORT/ok",
    ),
    case(
        "call http://other.example:PORT/ok",
        ONLY_API,
        "it called http://other.example:PORT, which `outbound.hosts` does not allow",
    ),
    case(
        "call http://127.0.0.1:PORT/ok",
        ONLY_API,
        "it called http://127.0.0.1:PORT, which `outbound.hosts` does not allow",
    ),
    case(
        "call http://127.0.0.1:PORT/ok",
        OUTSIDE,
        "it called 127.0.0.1, whose address 127.0.0.1 is inside the network; `outbound.private_addresses` is not set",
    ),
    case(
        "call http://0x7f.1:PORT/ok",
        OUTSIDE,
        "it called 127.0.0.1, whose address 127.0.0.1 is inside the network; `outbound.private_addresses` is not set",
    ),
    case(
        "call http://api.example:PORT/ok",
        OUTSIDE,
        "it called api.example, whose address 127.0.0.1 is inside the network; `outbound.private_addresses` is not set",
    ),
    beyond(
        "call http://169.254.169.254/latest/meta-data",
        OUTSIDE,
        "it called 169.254.169.254, whose address 169.254.169.254 is inside the network; `outbound.private_addresses` is not set",
        "call http://127.0.0.1:PORT/ok",
    ),
    beyond(
        "call http://[::ffff:169.254.169.254]/latest/meta-data",
        OUTSIDE,
        "it called [::ffff:a9fe:a9fe], whose address ::ffff:169.254.169.254 is inside the network; `outbound.private_addresses` is not set",
        "call http://127.0.0.1:PORT/ok",
    ),
    beyond(
        "call http://metadata.example:PORT/latest/meta-data",
        OUTSIDE,
        "it called metadata.example, whose address 169.254.169.254 is inside the network; `outbound.private_addresses` is not set",
        "call http://other.example:PORT/latest/meta-data",
    ),
    beyond(
        "follow http://api.example:PORT/redirect/169.254.169.254/latest/meta-data",
        ONLY_API,
        "it called http://169.254.169.254:80, which `outbound.hosts` does not allow",
        "follow http://api.example:PORT/redirect/127.0.0.1:PORT/latest/meta-data",
    ),
    case(
        "call http://api.example:PORT/long/100000",
        "outbound_reply_bytes_max = 65536",
        "the replies to its outbound calls have more than 65536 bytes",
    ),
    case(
        "call http://api.example:PORT/endless/100000",
        "outbound_reply_bytes_max = 65536",
        "the replies to its outbound calls have more than 65536 bytes",
    ),
    case(
        "calls 3 http://api.example:PORT/long/30000",
        "outbound_reply_bytes_max = 65536",
        "the replies to its outbound calls have more than 65536 bytes",
    ),
    case(
        "send 100000 http://api.example:PORT/ok",
        "outbound_request_bytes_max = 65536",
        "its outbound calls have more than 65536 bytes",
    ),
    // Limits that no manifest raises.
    beyond("trap", "", "it trapped: wasm trap: wasm `unreachable` instruction executed", ""),
    beyond("descend 100000000", "", "it trapped: wasm trap: call stack exhausted", "descend 100"),
    beyond(
        "descend-with-baggage 100000000",
        "",
        "it trapped: wasm trap: out of bounds memory access",
        "descend-with-baggage 100",
    ),
    beyond("random 65537", "", "it trapped: more than 65536 random bytes at once", "random 65536"),
    beyond("hold-pollables 257", "", "it trapped: resource table has no free keys", "hold-pollables 100"),
    beyond("hold-texts 257", "", "it trapped: resource table has no free keys", "hold-texts 100"),
    beyond("poll 0", "", "it trapped: empty poll list", "poll 1000"),
    beyond("poll 1000000", "", TOO_MUCH_COPIED, "poll 1000"),
    beyond("log-line 200000", "", TOO_MUCH_COPIED, "log-line 60000"),
    beyond("reject-at-length 1000000", "", TOO_MUCH_COPIED, ""),
];

const UNHARMED: &str = "/banks/bank-2/customers/c-2/kyc_documents/d-2";

/// What others ask for meanwhile.
async fn others_are_served(app: &TestApp) {
    let document = document("trap");
    let (written, read) = tokio::join!(ask(app, Method::PUT, UNHARMED, &document), ask(app, Method::GET, "/banks", ""));
    assert_eq!((written.status, read.status), (200, 200), "{} {}", written.body, read.body);
}

async fn put_hostile(app: &TestApp, deed: &str) -> Answer {
    let (answer, ()) = tokio::join!(put_document(app, deed), others_are_served(app));
    others_are_served(app).await;
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extension_that_oversteps_a_limit_fails_alone_and_one_that_may_do_the_same_is_heard() {
    let peer = Peer::start().await;
    let here = |text: &str| text.replace("PORT", &peer.port.to_string());
    let generous = server(&[("hostile", &here(GENEROUS))], &NAMES).await;
    let mut wrong = Vec::new();
    for Case { deed, limit, cause, control } in CASES {
        let manifest = with(GENEROUS, &limit.lines().collect::<Vec<_>>());
        let app = server(&[("hostile", &here(&manifest))], &NAMES).await;
        let answer = put_hostile(&app, &here(deed)).await;
        answer.is(503, "OBP-50000: Unknown Error. The extension hostile failed, and nothing was written.");
        assert_eq!(answer.retry_after.as_deref(), Some("1"), "{deed}");
        assert_eq!((documents(&app).await.as_str(), notes(&app).len()), (r#"{"documents":[]}"#, 0), "{deed}");
        let mut logged = answer.logged();
        logged.retain(|line| !line.starts_with("INFO"));
        let (id, cause) = (&answer.correlation_id, here(cause));
        let line = format!(
            "ERROR correlation_id=\"{id}\" request=\"PUT /obp/v3.1.0{DOCUMENT}\" status=503 cause=\"the extension hostile failed: {cause}\""
        );
        if logged != [line.clone()] {
            wrong.push(format!("{deed}\n  expected {line}\n  logged   {logged:#?}"));
        }
        let before = notes(&generous).len();
        let answer = put_hostile(&generous, &here(control)).await;
        if answer.status != 200 || notes(&generous)[before..].iter().map(|note| &note[3]).ne(["hostile: done"]) {
            wrong.push(format!(
                "{control} should be accepted: {answer:?} {:?} {:?}",
                notes(&generous),
                answer.logged()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is refused is refused as an answer, not as a failure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extension_that_stays_within_its_limits_is_heard_however_strange_it_is() {
    for (deed, lines, note) in [
        ("log 10", "log_lines_max = 10", "done"),
        // It asks for memory, gets none and goes on without.
        ("ask-for-memory 32", "memory_bytes_max = 1048576", ""),
        // It calls nobody, and so waits for nobody.
        ("nothing", "waiting_ms_max = 0", "done"),
        // There is nobody of that name, and it does not mind.
        ("call http://nobody.example:80/", "hosts = [\"http://nobody.example\"]", ""),
    ] {
        let app = server(&[("hostile", &with(GENEROUS, &[lines]).replace("PORT", "80"))], &NAMES).await;
        let answer = put_hostile(&app, deed).await;
        assert_eq!(answer.status, 200, "{deed}: {} {:?}", answer.body, answer.logged());
        let stored = notes(&app).into_iter().map(|[.., note]| note).collect::<String>();
        assert_eq!(stored, if note.is_empty() { String::new() } else { format!("hostile: {note}") }, "{deed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_panics_says_why_in_the_log() {
    let app = server(&[("hostile", &GENEROUS.replace("PORT", "80"))], &NAMES).await;
    let logged = put_hostile(&app, "panic").await.logged();
    assert_eq!(logged.len(), 2, "{logged:#?}");
    assert!(logged[0].contains("on purpose") && logged[0].contains("extension=\"hostile\""), "{logged:#?}");
    assert!(logged[1].contains("it trapped: wasm trap: wasm `unreachable` instruction executed"), "{logged:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_not_allowed_is_not_asked() {
    let peer = Peer::start().await;
    let here = |text: &str| text.replace("PORT", &peer.port.to_string());
    for (limit, asked) in [(OUTSIDE, 0), ("hosts = [\"http://api.example\"]", 0), ("private_addresses = true", 1)] {
        let app = server(&[("hostile", &here(&with(GENEROUS, &[limit])))], &NAMES).await;
        put_document(&app, &here("call http://api.example:PORT/ok")).await;
        put_document(&app, &here("call http://127.0.0.1:PORT/ok")).await;
        assert_eq!(peer.asked(), 2 * asked, "{limit}");
    }
}

/// By turns they run and wait.
const DEEDS: [&str; 2] = ["loop", "wait-for-ever"];
/// As many calls as one extension may be at work on: a quarter of the requests.
const AT_ONCE: usize = 16;

/// How long they go on is no matter of how fast the machine is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn extensions_that_never_end_hold_up_nobody() {
    let manifest = with(GENEROUS, &["banks = [\"bank-2\"]"]).replace("PORT", "80");
    let server = Apart::start(2, async move { server(&[("hostile", &manifest)], &NAMES).await }).await;
    let http = reqwest::Client::new();
    let hostile: Vec<_> = (0..AT_ONCE)
        .map(|number| {
            let url = server.app.url(&format!("/banks/bank-2/customers/c-2/kyc_documents/d-{number}"));
            let (http, body) = (http.clone(), document(DEEDS[number % DEEDS.len()]));
            tokio::spawn(async move { try_put(&http, "kim", url, body).await })
        })
        .collect();
    server.app.at_work(AT_ONCE).await;
    ordinary(&server.app, 4, 5, &Arc::default()).await;
    assert!(hostile.iter().all(|request| !request.is_finished()), "all the while they were at work");
    drop(server);
    for request in hostile {
        assert_eq!(request.await.unwrap(), None, "the server went before it answered");
    }
}
