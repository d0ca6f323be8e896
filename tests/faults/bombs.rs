//! Guests that ask for too much of a resource. Each fails only its own request.

use std::path::Path;

use obp_host::component::Bounds;
use reqwest::Client;

use crate::support::app::{FAULTY, config};
use crate::support::process::{Server, store};
use crate::support::{TestApp, check_body, get, try_put, unknown_error, world};

/// The demand of a guest, and the status of its request if the demand is met.
const TOO_MUCH: [(&str, u16); 7] = [
    ("memory 128", 200),
    ("table 50", 200),
    ("calls 100000", 200),
    ("text 20971520", 400),
    ("handles 1000", 200),
    ("random 65537", 200),
    // No limit applies here: nothing outside the guest's memory can be read.
    ("forged-text 4294901760", 500),
];
/// Demands without an end, and faults that always fail.
const ENDLESS: [&str; 9] = [
    "memory 1000000",
    "table 1000000",
    "calls 4294967295",
    "frames 4294967295",
    "text 67000000",
    "handles 1000000",
    "random 4294967295",
    "forged-text 1048576",
    "trap",
];

async fn put(url: String, id: &str, comments: &str) -> (u16, String) {
    let url = format!("{url}/banks/bank-1/customers/c-1/kyc_check/{id}");
    try_put(&Client::new(), "kim", url, check_body(comments)).await.expect("an answer")
}

/// Sends a request with this fault, and two without: one at the same time and one after it.
async fn put_bomb(url: &str, fault: &str) -> (u16, String) {
    let comments = format!("fault: {fault}");
    let (bomb, beside) = tokio::join!(put(url.to_owned(), "bomb", &comments), put(url.to_owned(), "beside", ""));
    let after = put(url.to_owned(), "after", "").await;
    assert_eq!((beside.0, after.0), (200, 200), "{fault}");
    bomb
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_asks_for_too_much_fails_alone() {
    let app = TestApp::faulty(|limits| limits.guest_ms_max = 60_000, |store| store).await;
    for (fault, _) in TOO_MUCH {
        assert_eq!(put_bomb(&app.url(""), fault).await, unknown_error(500), "{fault}");
    }
    let listed = get(&Client::new(), "kim", app.url("/customers/c-1/kyc_checks")).await;
    assert!(!listed.contains("bomb"), "{listed}");
}

/// The control: without limits, guests get what they ask for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_without_limits_gets_what_it_asks_for() {
    let bounds = Bounds {
        stack_bytes_max: 64 << 20,
        table_elements_max: 100_000,
        lists_max: 10_000,
        host_call_bytes_max: 1 << 30,
        random_bytes_max: 1 << 20,
    };
    let app = TestApp::faulty(
        |limits| {
            (limits.bounds, limits.guest_ms_max) = (bounds, 60_000);
            (limits.guest_memory_bytes_max, limits.instances_max) = (512 << 20, 4);
        },
        |store| store,
    )
    .await;
    for (fault, answered) in TOO_MUCH {
        let (status, body) = put_bomb(&app.url(""), fault).await;
        assert_eq!(status, answered, "{fault}: {}", body.chars().take(100).collect::<String>());
    }
}

/// A server process on this folder, with this much memory per instance.
async fn server(data: &Path, memory_mib: u64) -> Server {
    world::create(&store(data)).await;
    let memory = (memory_mib << 20).to_string();
    let settings = [
        ("OBP_HOST_COMPONENT", FAULTY),
        ("OBP_HOST_COMPILED_CACHE", "false"),
        ("OBP_HOST_LIMITS__GUEST_MEMORY_BYTES_MAX", &memory),
        ("OBP_HOST_LIMITS__GUEST_MS_MAX", "60000"),
        ("OBP_HOST_LOG__LEVEL", "off"),
    ];
    let server = Server::serve_with(data, &settings).await;
    put(server.url(""), "first", "").await;
    server
}

const MIB: u64 = 1 << 10;
/// Memory beside that of the guests: stacks, pools of the allocators, SQLite.
const MARGIN_KIB: u64 = 64 * MIB;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_with_endless_demands_do_not_make_the_server_grow() {
    let data = crate::support::folder().unwrap();
    let server = server(data.path(), 64).await;
    let (before, _) = server.resident_kib();
    for round in 0..3 {
        for fault in ENDLESS {
            assert_eq!(put_bomb(&server.url(""), fault).await, unknown_error(500), "{fault}");
        }
        let (now, peak) = server.resident_kib();
        println!("round {round}: {before} KiB before, {now} KiB now, {peak} KiB at most");
        assert!(peak < before + 64 * MIB + MARGIN_KIB);
    }
    let bombs: Vec<_> = (0..8).map(|_| tokio::spawn(put(server.url(""), "bomb", "fault: memory 1000000"))).collect();
    for bomb in bombs {
        assert_eq!(bomb.await.unwrap(), unknown_error(500));
    }
    put(server.url(""), "last", "").await;
    let (now, peak) = server.resident_kib();
    println!("8 at once: {now} KiB now, {peak} KiB at most");
    assert!(peak < before + 8 * 64 * MIB + MARGIN_KIB);
    assert!(now < before + MARGIN_KIB);
}

/// The control of the measurement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_with_a_higher_memory_limit_makes_the_server_grow() {
    let data = crate::support::folder().unwrap();
    let server = server(data.path(), 512).await;
    let (before, _) = server.resident_kib();
    assert_eq!(put_bomb(&server.url(""), "memory 1000000").await, unknown_error(500));
    let (now, peak) = server.resident_kib();
    println!("{before} KiB before, {now} KiB now, {peak} KiB at most");
    assert!(peak > before + 64 * MIB + MARGIN_KIB);
}

#[test]
fn a_component_that_starts_with_too_much_is_refused_by_name() {
    for (name, reason) in [("large-memory.wasm", "memory"), ("large-table.wasm", "table")] {
        let file = Path::new(FAULTY).with_file_name(name);
        let settings = [("OBP_HOST_COMPONENT", file.to_str().unwrap())];
        let Err(error) = obp_host::app::compile(&config(&settings)) else { panic!("{name} fits") };
        println!("{error}");
        assert!(error.to_string().contains(name) && error.to_string().contains(reason), "{error}");
    }
}
