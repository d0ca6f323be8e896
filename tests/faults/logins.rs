//! Logins under attack. Strangers cannot stop other requests, lock users out, or find out which users exist.

use std::time::{Duration, Instant};

use obp_host::storage::failed_logins::{self, FailedLogins, LoginPlace};
use obp_host::storage::{Store as _, users};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::{Client, RequestBuilder};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::flood::{Flood, Honest, client_from};
use crate::support::process::{Server, store};
use crate::support::sizes::sized;
use crate::support::world::{self, token};
use crate::support::{check_body, get};

const PASSWORD: &str = "Abcdefg12!";
/// Attempts of an honest user to get through at a login that is answered with 503.
const RETRIES_MAX: usize = 20;

struct Bank {
    server: Server,
    data: TempDir,
}

impl Bank {
    /// A server with the world's data and a user `owner` who has a password.
    async fn open(settings: &[(&str, &str)]) -> Self {
        let data = crate::support::folder().unwrap();
        world::create(&store(data.path())).await;
        let server = Server::serve_with(data.path(), settings).await;
        let bank = Self { server, data };
        assert_eq!(register(&bank, "owner").send().await.unwrap().status(), 201);
        bank
    }

    fn login(&self, client: &Client, username: &str, password: &str) -> RequestBuilder {
        let value = format!(r#"username="{username}", password="{password}", consumer_key="key-1""#);
        client.post(format!("{}/my/logins/direct", self.server.url)).header("DirectLogin", value)
    }

    /// Logs in as often as the server is busy. Returns the status of the last answer, and the number of attempts.
    async fn log_in(&self, client: &Client, username: &str) -> (u16, usize) {
        for attempt in 1..=RETRIES_MAX {
            let status = self.login(client, username, PASSWORD).send().await.unwrap().status().as_u16();
            if status != 503 {
                return (status, attempt);
            }
        }
        (503, RETRIES_MAX)
    }

    /// The failed logins of a user.
    async fn failures(&self, username: &str) -> i64 {
        let url = self.server.url(&format!("/users/{username}/lock-status"));
        let status = get(&Client::new(), "ada", url).await;
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        status["bad_attempts_since_last_success_or_reset"].as_i64().unwrap()
    }
}

fn register(bank: &Bank, username: &str) -> RequestBuilder {
    let body = format!(
        r#"{{"email":"a@example.com","username":"{username}","password":"{PASSWORD}","first_name":"F","last_name":"L"}}"#
    );
    Client::new().post(bank.server.url("/users")).header("Content-Type", "application/json").body(body)
}

/// A flood, by its name.
fn flood(bank: &Bank, kind: &'static str, clients: usize) -> Flood {
    let (url, users) = (bank.server.url.clone(), bank.server.url("/users"));
    let address = url.strip_prefix("http://").unwrap().to_owned();
    // A stranger who guesses locks the name for the stranger's address. The other floods share the honest clients' address.
    let elsewhere = ["guesses at a known name", "logins under many names elsewhere"].contains(&kind);
    let source = if elsewhere { [127, 0, 0, 2] } else { [127, 0, 0, 1] };
    let connections: Vec<_> = (0..clients).map(|_| client_from(source)).collect();
    let login = move |client: &Client, url: &str, name: String, password: &str| {
        let value = format!(r#"username="{name}", password="{password}", consumer_key="key-1""#);
        client.post(format!("{url}/my/logins/direct")).header("DirectLogin", value).send()
    };
    Flood::start(clients, move |number, request| {
        let client = connections[number].clone();
        let (url, users, address) = (url.clone(), users.clone(), address.clone());
        async move {
            match kind {
                "registrations" => {
                    let body = format!(
                        r#"{{"email":"a@example.com","username":"u{number}-{request}","password":"{PASSWORD}","first_name":"F","last_name":"L"}}"#
                    );
                    let _ = client.post(users).header("Content-Type", "application/json").body(body).send().await;
                }
                "logins under one name" => drop(login(&client, &url, "made-up".to_owned(), "wrong").await),
                "logins under many names" | "logins under many names elsewhere" => {
                    drop(login(&client, &url, format!("made-up-{number}-{request}"), "wrong").await);
                }
                "guesses at a known name" => drop(login(&client, &url, "owner".to_owned(), "wrong").await),
                "sign-in forms" => drop(sign_in(&client, &url, "made-up", "wrong").await),
                _ => {
                    let mut stream = TcpStream::connect(&address).await.unwrap();
                    let head = format!(
                        "POST /my/logins/direct HTTP/1.1\r\nHost: {address}\r\nDirectLogin: username=owner, \
                         password=\"{PASSWORD}\", consumer_key=key-1\r\nContent-Length: 0\r\n\r\n"
                    );
                    let _ = stream.write_all(head.as_bytes()).await;
                }
            }
        }
    })
}

/// Sends the form of the sign-in page, as a browser does. Returns the status.
async fn sign_in(client: &Client, url: &str, username: &str, password: &str) -> Option<u16> {
    let page = client.get(format!("{url}/sign-in")).send().await.ok()?;
    let cookie = page.headers().get("set-cookie")?.to_str().ok()?.split(';').next()?.to_owned();
    let page = page.text().await.ok()?;
    let token = page.split_once(r#"name="form_token" value=""#)?.1.split('"').next()?.to_owned();
    let form = format!("form_token={token}&next=%2F&username={username}&password={password}");
    let request = client.post(format!("{url}/sign-in")).header("Cookie", cookie).header("Origin", url);
    let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(form);
    Some(request.send().await.ok()?.status().as_u16())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_before_login_leave_honest_requests_alone() {
    let time = sized(Duration::from_secs(2), Duration::from_secs(30));
    for kind in [
        "registrations",
        "logins under one name",
        "logins under many names",
        "guesses at a known name",
        "sign-in forms",
        "right passwords of clients that leave",
    ] {
        let bank = Bank::open(&[("OBP_HOST_LOG__LEVEL", "error")]).await;
        let client = Client::new();
        let flood = flood(&bank, kind, sized(100, 300));
        flood.is_under_way().await;
        let (mut honest, mut attempts, mut rounds) = (Honest::default(), 0, 0);
        let begun = Instant::now();
        while begun.elapsed() < time || rounds < 3 {
            rounds += 1;
            let as_kim = |request: RequestBuilder| request.header("DirectLogin", format!("token={}", token("kim")));
            honest.expect(200, as_kim(client.get(bank.server.url("/customers/c-1/kyc_checks")))).await;
            let write = client.put(bank.server.url(&format!("/banks/bank-1/customers/c-1/kyc_check/{rounds}")));
            let write = write.header("Content-Type", "application/json").body(check_body("honest"));
            honest.expect(200, as_kim(write)).await;
            let (status, tried) = bank.log_in(&client, "owner").await;
            assert_eq!(status, 201, "{kind}: the right password, after {tried} attempts");
            attempts += tried;
        }
        let sent = flood.stop().await;
        println!(
            "{kind}: {sent} requests; {rounds} rounds of honest ones, {attempts} logins, the slowest read or write {:?}",
            honest.slowest
        );
        assert!(honest.failed.is_empty(), "{kind}: {:?}", honest.failed);
        // Only the guesses at the owner's name are failures, and they are the stranger's.
        assert!(bank.log_in(&client_from([127, 0, 0, 3]), "owner").await.0 == 201, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_up_names_at_one_address_do_not_hold_up_the_logins_of_others() {
    const LOGINS: usize = 5;
    let bank = Bank::open(&[("OBP_HOST_LOG__LEVEL", "error")]).await;
    let flood = flood(&bank, "logins under many names elsewhere", sized(300, 1500));
    flood.is_under_way().await;
    let client = Client::new();
    for _ in 0..LOGINS {
        let answer = bank.login(&client, "owner", PASSWORD).send().await.unwrap();
        assert_eq!(answer.status(), 201, "at the first attempt");
    }
    println!("{LOGINS} logins at the first attempt, beside {} others", flood.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_of_the_server_or_a_client_that_leaves_is_not_counted_against_a_user() {
    let settings =
        [("OBP_HOST_LIMITS__PASSWORD_HASHES_AT_ONCE_MAX", "1"), ("OBP_HOST_LIMITS__PASSWORD_HASHES_WAITING_MAX", "1")];
    let bank = Bank::open(&settings).await;
    let flood = flood(&bank, "right passwords of clients that leave", 40);
    flood.is_under_way().await;
    flood.stop().await;
    let flood = self::flood(&bank, "logins under many names", 60);
    flood.is_under_way().await;
    let client = Client::new();
    let logins = (0..12).map(|_| tokio::spawn(bank.login(&client, "owner", PASSWORD).send()));
    for login in logins.collect::<Vec<_>>() {
        let status = login.await.unwrap().unwrap().status().as_u16();
        assert!([201, 503].contains(&status), "{status}");
    }
    flood.stop().await;
    assert_eq!(bank.failures("owner").await, 0);
    // The control: a wrong password counts.
    bank.login(&client, "owner", "wrong").send().await.unwrap();
    assert_eq!(bank.failures("owner").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_gets_in_while_a_stranger_guesses_without_pause() {
    let settings = [("OBP_HOST_LIMITS__LOGIN_LOCK_MS", "1000"), ("OBP_HOST_LIMITS__LOGIN_LOCK_MS_MAX", "4000")];
    let bank = Bank::open(&settings).await;
    let stranger = flood(&bank, "guesses at a known name", 4);
    while bank.failures("owner").await < 6 {
        tokio::task::yield_now().await;
    }
    // At once, from an address of their own.
    let client = Client::new();
    let own = bank.login(&client, "owner", PASSWORD).send().await.unwrap();
    assert_eq!(own.status(), 201);
    // Within the delay, from the stranger's address: the answer says how long it lasts.
    let shared = client_from([127, 0, 0, 2]);
    let mut refusals = 0;
    loop {
        let answer = bank.login(&shared, "owner", PASSWORD).send().await.unwrap();
        if answer.status() == 201 {
            break;
        }
        let text = answer.text().await.unwrap();
        let left = text.split_once("The lock ends in ").unwrap_or_else(|| panic!("{text}")).1;
        let seconds: u64 = left.split(' ').next().unwrap().parse().unwrap();
        assert!((1..=4).contains(&seconds), "{text}");
        refusals += 1;
        assert!(refusals <= 2, "the owner waits as told, and is refused again: {text}");
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
    println!("{} guesses; the owner was refused {refusals} times at the stranger's address", stranger.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn known_unknown_and_locked_names_cannot_be_told_apart() {
    const NAMES: [&str; 3] = ["known", "unknown", "locked"];
    let settings = [("OBP_HOST_LIMITS__FAILED_LOGINS_MAX", "1000000")];
    let bank = Bank::open(&settings).await;
    for name in ["known", "locked"] {
        assert_eq!(register(&bank, name).send().await.unwrap().status(), 201);
    }
    lock(&bank, "locked").await;
    let seed = StdRng::from_rng(&mut rand::rng()).random();
    println!("seed {seed}");
    let mut tries: Vec<_> = (0..NAMES.len()).cycle().take(NAMES.len() * sized(100, 2000)).collect();
    tries.shuffle(&mut StdRng::seed_from_u64(seed));
    let (client, mut times) = (Client::new(), [vec![], vec![], vec![]]);
    for name in tries {
        let begun = Instant::now();
        let answer = bank.login(&client, NAMES[name], "wrong").send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        times[name].push(begun.elapsed());
        let refused = r#"{"code":401,"message":"OBP-20004: Invalid login credentials. Check username/password."}"#;
        assert_eq!((status.as_u16(), text.as_str()), (401, refused), "{}", NAMES[name]);
    }
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        let z = mann_whitney(&times[one], &times[other]);
        println!("{} and {}: z = {z:.2} over {} tries each", NAMES[one], NAMES[other], times[one].len());
        assert!(z.abs() < 5.0, "{} and {} differ: z = {z:.2}", NAMES[one], NAMES[other]);
    }
    // The controls: the locked name is locked, and the statistic sees a login that is refused without hashing.
    let locked = bank.login(&client, "locked", PASSWORD).send().await.unwrap().text().await.unwrap();
    assert!(locked.contains("OBP-20013: "), "{locked}");
    let mut unhashed = Vec::new();
    for _ in 0..times[0].len() {
        let begun = Instant::now();
        bank.login(&client, "", "wrong").send().await.unwrap().text().await.unwrap();
        unhashed.push(begun.elapsed());
    }
    assert!(mann_whitney(&times[0], &unhashed).abs() >= 5.0);
}

/// Locks a user at the address of the tests' clients.
async fn lock(bank: &Bank, username: &str) {
    let store = store(bank.data.path());
    let mut snapshot = store.read().await.unwrap();
    let user = users::by_username(snapshot.as_mut(), username).await.unwrap().unwrap();
    drop(snapshot);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now_ms = i64::try_from(now.as_millis()).unwrap();
    let place = LoginPlace::of_user(&user.user_id, "127.0.0.1");
    let failed = FailedLogins { failures: 6, locked_until_ms: now_ms + 3_500_000, admitted_ms: 0 };
    store.commit(vec![failed_logins::put(&place, 0, failed, now_ms, now_ms + 9_000_000)]).await.unwrap();
}

/// The standard score of the Mann-Whitney test of two samples. Equal distributions exceed 5 once in two million times.
fn mann_whitney(one: &[Duration], other: &[Duration]) -> f64 {
    let mut all: Vec<_> = one.iter().map(|time| (time, true)).chain(other.iter().map(|time| (time, false))).collect();
    all.sort_unstable();
    let ranks: usize = (1..).zip(&all).filter(|(_, (_, is_one))| *is_one).map(|(rank, _)| rank).sum();
    let [n, m] = [one.len() as f64, other.len() as f64];
    let u = ranks as f64 - n * (n + 1.0) / 2.0;
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}
