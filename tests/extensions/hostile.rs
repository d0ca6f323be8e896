//! Hostile extensions. Each fails alone: its request gets a clear error, the log gets one line, nothing is written, and all other
//! requests are served.

use std::sync::Arc;

use reqwest::Method;

use self::Restriction::{Fixed, Limit, OnlyApi, OnlyPublic};
use crate::support::apart::{Apart, ordinary};
use crate::support::extensions::{Answer, DOCUMENT, Manifest, ask, document, documents, notes, put_document, server};
use crate::support::peer::Peer;
use crate::support::{TestApp, try_put};

/// A screener whose manifest allows everything that the deeds here need. `port` is the peer's.
fn generous(port: u16) -> Manifest {
    const LIMITS: [(&str, u64); 7] = [
        ("memory_bytes_max", 64 << 20),
        ("running_ms_max", 10_000),
        ("waiting_ms_max", 20_000),
        ("outbound_calls_max", 10),
        ("outbound_request_bytes_max", 200_000),
        ("outbound_reply_bytes_max", 200_000),
        ("log_lines_max", 20),
    ];
    let hosts = ["api.example", "other.example", "metadata.example", "127.0.0.1"];
    let hosts = hosts.map(|host| format!("http://{host}:{port}"));
    let [api, other, metadata, local] = hosts.each_ref().map(String::as_str);
    let manifest = Manifest::screener("hostile").bank("bank-1").private_addresses(true);
    let manifest =
        manifest.hosts(&[api, other, metadata, local, "http://169.254.169.254", "http://[::ffff:a9fe:a9fe]"]);
    LIMITS.into_iter().fold(manifest, |manifest, (key, value)| manifest.limit(key, value))
}

/// The services on the internet are on this machine in a test.
const NAMES: [(&str, &str); 3] =
    [("api.example", "127.0.0.1"), ("other.example", "127.0.0.1"), ("metadata.example", "169.254.169.254")];

/// The change of the manifest that forbids a deed.
#[derive(Clone, Copy, Debug)]
enum Restriction {
    /// No manifest allows the deed.
    Fixed,
    Limit(&'static str, u64),
    /// Only the host `api.example` is allowed.
    OnlyApi,
    /// No address inside the network is allowed.
    OnlyPublic,
}

impl Restriction {
    fn applied(self, manifest: Manifest, port: u16) -> Manifest {
        match self {
            Self::Fixed => manifest,
            Self::Limit(key, value) => manifest.limit(key, value),
            Self::OnlyApi => manifest.host(&format!("http://api.example:{port}")),
            Self::OnlyPublic => manifest.private_addresses(false),
        }
    }
}

/// A forbidden deed.
struct Case {
    deed: &'static str,
    restriction: Restriction,
    /// The cause in the log.
    cause: &'static str,
    /// A deed that is accepted where everything is allowed.
    control: &'static str,
}

const fn case(deed: &'static str, restriction: Restriction, cause: &'static str) -> Case {
    Case { deed, restriction, cause, control: deed }
}

/// A case with another control, because the deed never ends or would leave this machine.
const fn beyond(deed: &'static str, restriction: Restriction, cause: &'static str, control: &'static str) -> Case {
    Case { deed, restriction, cause, control }
}

const TOO_MUCH_COPIED: &str = "it trapped: too much data is being copied between the host and the guest: fuel allocated for hostcalls has been exhausted";

const CASES: &[Case] = &[
    // The deed ends by the clock, and the limit is processor time, of which a busy machine gives it a part only.
    case("run 300", Limit("running_ms_max", 5), "it ran for more than 5 ms"),
    beyond("loop", Limit("running_ms_max", 50), "it ran for more than 50 ms", "run 300"),
    case("wait 300", Limit("waiting_ms_max", 50), "it waited for more than 50 ms"),
    beyond("wait-for-ever", Limit("waiting_ms_max", 50), "it waited for more than 50 ms", "wait 300"),
    beyond("wait 1", Limit("waiting_ms_max", 0), "it waited for more than 0 ms", "wait 1"),
    case("call http://api.example:PORT/after/300", Limit("waiting_ms_max", 50), "it waited for more than 50 ms"),
    case("take-memory 4", Limit("memory_bytes_max", 1_048_576), "it needs more than 1048576 bytes of memory"),
    beyond(
        "take-memory-for-ever",
        Limit("memory_bytes_max", 1_048_576),
        "it needs more than 1048576 bytes of memory",
        "take-memory 4",
    ),
    case("log 20", Limit("log_lines_max", 10), "it logged more than 10 lines"),
    beyond("log-for-ever", Limit("log_lines_max", 10), "it logged more than 10 lines", "log 20"),
    case("log 1", Limit("log_lines_max", 0), "it logged more than 0 lines"),
    case("calls 3 http://api.example:PORT/ok", Limit("outbound_calls_max", 2), "it made more than 2 outbound calls"),
    case("call http://api.example:PORT/ok", Limit("outbound_calls_max", 0), "it made more than 0 outbound calls"),
    beyond(
        "call-for-ever http://api.example:PORT/ok",
        Limit("running_ms_max", 50),
        "it made more than 10 outbound calls",
        "calls 3 http://api.example:PORT/ok",
    ),
    case(
        "call http://other.example:PORT/ok",
        OnlyApi,
        "it called http://other.example:PORT, which `outbound.hosts` does not allow",
    ),
    case(
        "call http://127.0.0.1:PORT/ok",
        OnlyApi,
        "it called http://127.0.0.1:PORT, which `outbound.hosts` does not allow",
    ),
    case(
        "call http://127.0.0.1:PORT/ok",
        OnlyPublic,
        "it called 127.0.0.1, whose address 127.0.0.1 is inside the network; `outbound.private_addresses` is not set",
    ),
    case(
        "call http://0x7f.1:PORT/ok",
        OnlyPublic,
        "it called 127.0.0.1, whose address 127.0.0.1 is inside the network; `outbound.private_addresses` is not set",
    ),
    case(
        "call http://api.example:PORT/ok",
        OnlyPublic,
        "it called api.example, whose address 127.0.0.1 is inside the network; `outbound.private_addresses` is not set",
    ),
    beyond(
        "call http://169.254.169.254/latest/meta-data",
        OnlyPublic,
        "it called 169.254.169.254, whose address 169.254.169.254 is inside the network; `outbound.private_addresses` is not set",
        "call http://127.0.0.1:PORT/ok",
    ),
    beyond(
        "call http://[::ffff:169.254.169.254]/latest/meta-data",
        OnlyPublic,
        "it called [::ffff:a9fe:a9fe], whose address ::ffff:169.254.169.254 is inside the network; `outbound.private_addresses` is not set",
        "call http://127.0.0.1:PORT/ok",
    ),
    beyond(
        "call http://metadata.example:PORT/latest/meta-data",
        OnlyPublic,
        "it called metadata.example, whose address 169.254.169.254 is inside the network; `outbound.private_addresses` is not set",
        "call http://other.example:PORT/latest/meta-data",
    ),
    beyond(
        "follow http://api.example:PORT/redirect/169.254.169.254/latest/meta-data",
        OnlyApi,
        "it called http://169.254.169.254:80, which `outbound.hosts` does not allow",
        "follow http://api.example:PORT/redirect/127.0.0.1:PORT/latest/meta-data",
    ),
    case(
        "call http://api.example:PORT/long/100000",
        Limit("outbound_reply_bytes_max", 65_536),
        "the replies to its outbound calls have more than 65536 bytes",
    ),
    case(
        "call http://api.example:PORT/endless/100000",
        Limit("outbound_reply_bytes_max", 65_536),
        "the replies to its outbound calls have more than 65536 bytes",
    ),
    case(
        "calls 3 http://api.example:PORT/long/30000",
        Limit("outbound_reply_bytes_max", 65_536),
        "the replies to its outbound calls have more than 65536 bytes",
    ),
    case(
        "send 100000 http://api.example:PORT/ok",
        Limit("outbound_request_bytes_max", 65_536),
        "its outbound calls have more than 65536 bytes",
    ),
    // Limits that no manifest raises.
    beyond("trap", Fixed, "it trapped: wasm trap: wasm `unreachable` instruction executed", ""),
    beyond("descend 100000000", Fixed, "it trapped: wasm trap: call stack exhausted", "descend 100"),
    beyond(
        "descend-with-baggage 100000000",
        Fixed,
        "it trapped: wasm trap: out of bounds memory access",
        "descend-with-baggage 100",
    ),
    beyond("random 65537", Fixed, "it trapped: more than 65536 random bytes at once", "random 65536"),
    beyond("hold-pollables 257", Fixed, "it trapped: resource table has no free keys", "hold-pollables 100"),
    beyond("hold-texts 257", Fixed, "it trapped: resource table has no free keys", "hold-texts 100"),
    beyond("poll 0", Fixed, "it trapped: empty poll list", "poll 1000"),
    beyond("poll 1000000", Fixed, TOO_MUCH_COPIED, "poll 1000"),
    beyond("log-line 200000", Fixed, TOO_MUCH_COPIED, "log-line 60000"),
    beyond("reject-at-length 1000000", Fixed, TOO_MUCH_COPIED, ""),
];

const UNHARMED: &str = "/banks/bank-2/customers/c-2/kyc_documents/d-2";

/// Requests of other clients, which must succeed meanwhile.
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
async fn an_extension_that_exceeds_a_limit_fails_alone_and_succeeds_with_a_higher_limit() {
    let peer = Peer::start().await;
    let here = |text: &str| text.replace("PORT", &peer.port.to_string());
    let unrestricted = server(&[generous(peer.port)], &NAMES).await;
    let mut wrong = Vec::new();
    for Case { deed, restriction, cause, control } in CASES {
        let app = server(&[restriction.applied(generous(peer.port), peer.port)], &NAMES).await;
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
        let before = notes(&unrestricted).len();
        let answer = put_hostile(&unrestricted, &here(control)).await;
        if answer.status != 200 || notes(&unrestricted)[before..].iter().map(|note| &note[3]).ne(["hostile: done"]) {
            wrong.push(format!(
                "{control} should be accepted: {answer:?} {:?} {:?}",
                notes(&unrestricted),
                answer.logged()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A refused import returns an error to the extension, which may go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extension_within_its_limits_succeeds_whatever_it_does() {
    let generous = generous(80);
    for (deed, manifest, note) in [
        ("log 10", generous.clone().limit("log_lines_max", 10), "done"),
        // It asks for memory, gets none and goes on without.
        ("ask-for-memory 32", generous.clone().limit("memory_bytes_max", 1_048_576), ""),
        // It makes no call, so it never waits.
        ("nothing", generous.clone().limit("waiting_ms_max", 0), "done"),
        // No host has that name. The extension ignores the error.
        ("call http://missing.example:80/", generous.host("http://missing.example"), ""),
    ] {
        let app = server(&[manifest], &NAMES).await;
        let answer = put_hostile(&app, deed).await;
        assert_eq!(answer.status, 200, "{deed}: {} {:?}", answer.body, answer.logged());
        let stored = notes(&app).into_iter().map(|[.., note]| note).collect::<String>();
        assert_eq!(stored, if note.is_empty() { String::new() } else { format!("hostile: {note}") }, "{deed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_message_of_a_panic_is_logged() {
    let app = server(&[generous(80)], &NAMES).await;
    let logged = put_hostile(&app, "panic").await.logged();
    assert_eq!(logged.len(), 2, "{logged:#?}");
    assert!(logged[0].contains("on purpose") && logged[0].contains("extension=\"hostile\""), "{logged:#?}");
    assert!(logged[1].contains("it trapped: wasm trap: wasm `unreachable` instruction executed"), "{logged:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_not_allowed_is_not_called() {
    let peer = Peer::start().await;
    let here = |text: &str| text.replace("PORT", &peer.port.to_string());
    let generous = generous(peer.port);
    for (manifest, asked) in [
        (generous.clone().private_addresses(false), 0),
        (generous.clone().host("http://api.example"), 0),
        (generous, 1),
    ] {
        let app = server(std::slice::from_ref(&manifest), &NAMES).await;
        put_document(&app, &here("call http://api.example:PORT/ok")).await;
        put_document(&app, &here("call http://127.0.0.1:PORT/ok")).await;
        assert_eq!(peer.asked(), 2 * asked, "{manifest}");
    }
}

/// The calls use these deeds in turn: one runs, one waits.
const DEEDS: [&str; 2] = ["loop", "wait-for-ever"];
/// The calls that one extension may have in progress: a quarter of the requests.
const AT_ONCE: usize = 16;

/// The calls last longer than the other requests on any machine, because they never end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn extensions_that_never_end_do_not_delay_other_requests() {
    let manifest = generous(80).bank("bank-2");
    let server = Apart::start(2, async move { server(&[manifest], &NAMES).await }).await;
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
    assert!(hostile.iter().all(|request| !request.is_finished()), "they were in progress all the time");
    drop(server);
    for request in hostile {
        assert_eq!(request.await.unwrap(), None, "the server ended before the response");
    }
}
