//! Heads of requests that are written to cost the server time. The cost of each is bounded before the login.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};

use crate::support::flood::{Flood, Honest};
use crate::support::process::{Server, store};
use crate::support::sizes::sized;
use crate::support::world::{self, token};

/// The processor time that a head may cost beyond an ordinary head for the same path.
const COST_NS_MAX: u64 = 1_000_000;
/// The server refuses longer heads.
const HEAD_BYTES: usize = 15_000;

/// Places in a head that a client fills as it likes: the method, the path up to the text, and the header with the text.
const PLACES: &[(&str, &str, &str)] = &[
    ("GET", "/obp/v3.1.0/users/current", "directlogin"),
    ("GET", "/obp/v3.1.0/users/current", "authorization"),
    ("POST", "/my/logins/direct", "directlogin"),
    ("POST", "/my/logins/direct", "authorization"),
    ("GET", "/obp/v3.1.0/banks", "if-none-match"),
    ("GET", "/obp/v3.1.0/banks", "x-unknown"),
    ("POST", "/obp/v3.1.0/users", "content-type"),
    ("GET", "/obp/v3.1.0/", ""),
    ("GET", "/obp/v3.1.0/banks/", ""),
    ("GET", "/obp/v3.1.0/banks?limit=", ""),
    ("GET", "/nowhere", "accept"),
    ("GET", "/sign-in", "cookie"),
    ("GET", "/sign-in?next=", ""),
    ("GET", "/sign-in?username=", ""),
    ("GET", "/explain/", ""),
    ("GET", "/?q=", ""),
    ("GET", "/?tags=", ""),
    ("GET", "/?bank_id=", ""),
    ("GET", "/kyc?customer_id=", ""),
];

const PIECES: &[&str] = &[
    "\"",
    "\",",
    "=",
    ",",
    ";",
    "token=",
    "password=\"",
    "a",
    "x=\"",
    "session=",
    "q=",
    "*/*",
    "W/\"",
    "\\",
    "%",
    "%2F",
    "%C3%28",
    "/",
    "+",
    "&",
    "text/html",
    "charset=",
    "..",
    "OBP-",
];

/// A text of a few pieces that are repeated.
fn pattern(random: &mut StdRng) -> String {
    let chosen: String = (0..random.random_range(1..5)).map(|_| PIECES[random.random_range(0..PIECES.len())]).collect();
    chosen.repeat(HEAD_BYTES / chosen.len())
}

fn request(client: &Client, url: &str, place: (&str, &str, &str), text: &str) -> RequestBuilder {
    let (method, path, header) = place;
    let method: Method = method.parse().unwrap();
    if header.is_empty() {
        // Characters that a client must encode are left out.
        let text: String = text.chars().filter(|character| !"\"\\ ".contains(*character)).collect();
        return client.request(method, format!("{url}{path}{text}"));
    }
    let name: HeaderName = header.parse().unwrap();
    client.request(method, format!("{url}{path}")).header(name, HeaderValue::from_str(text).unwrap())
}

/// The processor time of all threads of a process, in nanoseconds.
fn processor_ns(server: &Server) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", server.pid())).unwrap();
    let of_task = |task: std::io::Result<std::fs::DirEntry>| {
        let statistics = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        statistics.split(' ').next()?.parse::<u64>().ok()
    };
    tasks.filter_map(of_task).sum()
}

/// The least processor time that this head took in a few tries.
async fn cost_ns(server: &Server, client: &Client, place: (&str, &str, &str), text: &str) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..3 {
        let before = processor_ns(server);
        let answer = request(client, &server.url, place, text).send().await.unwrap();
        answer.bytes().await.unwrap();
        least = least.min(processor_ns(server) - before);
    }
    least
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_head_costs_more_than_a_millisecond_before_the_login() {
    let data = crate::support::folder().unwrap();
    world::create(&store(data.path())).await;
    let server = Server::serve(data.path()).await;
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let seed = StdRng::from_rng(&mut rand::rng()).random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let (mut worst, mut most) = ((PLACES[0], String::new()), 0);
    for place in PLACES {
        // Without a text, some pages show more than with one.
        let ordinary = cost_ns(&server, &client, *place, "x").await.max(cost_ns(&server, &client, *place, "").await);
        for _ in 0..sized(300_usize, 10_000).div_ceil(PLACES.len()) {
            let text = pattern(&mut random);
            let cost = cost_ns(&server, &client, *place, &text).await.saturating_sub(ordinary);
            let start = &text[..40];
            assert!(cost <= COST_NS_MAX, "seed {seed}: {} µs for {place:?} with {start:?}…", cost / 1000);
            if cost > most {
                (worst, most) = ((*place, text), cost);
            }
        }
    }
    println!("the worst head costs {} µs: {:?} with {:?}…", most / 1000, worst.0, &worst.1[..40]);

    // Many connections that send the worst head leave honest requests alone.
    let url = server.url.clone();
    let flood = Flood::start(64, move |_, _| {
        let request = request(&client, &url, worst.0, &worst.1);
        async move { drop(request.send().await) }
    });
    flood.is_under_way().await;
    let (honest_client, mut honest) = (Client::new(), Honest::default());
    for _ in 0..sized(50, 1000) {
        let read = honest_client.get(server.url("/customers/c-1/kyc_checks"));
        honest.expect(200, read.header("DirectLogin", format!("token={}", token("kim")))).await;
    }
    println!("{} honest requests meanwhile, the slowest took {:?}", honest.answered, honest.slowest);
    assert!(honest.failed.is_empty(), "{:?}", honest.failed);
    flood.stop().await;
}
