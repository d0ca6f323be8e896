//! Generated passwords, registered and used through the clients of users: curl, Python's `requests`, Node's `fetch`, the pages.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::support::process::{Server, store};
use crate::support::sizes::sized;
use crate::support::world;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");
const CLIENTS: [&str; 4] = ["curl", "requests", "fetch", "page"];

/// Kinds of characters. A password has characters of one kind and of ASCII.
const KINDS: [(&str, &str); 5] = [
    ("Latin-1", "éÈüßñÅçøþÿ£§¿×÷Ãâ©\u{a0}\u{ad}"),
    ("quotes", "\"\"\"'`"),
    ("backslashes", "\\\\\\\""),
    ("commas", ",,=\" ;"),
    ("astral", "🚀𝔘𐍈😀漢€Ж"),
];

/// A generated password that follows the rule.
fn password(random: &mut StdRng, kind: &str) -> String {
    const OTHERS: &str = "abcxyzABCXYZ0189 !#$%&()*+-./:;<=>?@[]^_{|}~";
    let mut pick = |alphabet: &str| *alphabet.chars().collect::<Vec<_>>().choose(random).unwrap();
    let mut characters = vec![pick("abc"), pick("XYZ"), pick("0123456789"), pick("!?-_"), pick(kind), pick(kind)];
    for _ in 0..random.random_range(4..30) {
        let alphabet = if random.random_bool(0.4) { kind } else { OTHERS };
        characters.push(*alphabet.chars().collect::<Vec<_>>().choose(random).unwrap());
    }
    characters.shuffle(random);
    characters.into_iter().collect()
}

/// A user with a password, and the two ways to write it into a header.
struct Person {
    username: String,
    password: String,
    /// Whether the client writes quotes and backslashes as HTTP says, or as they are.
    escapes: bool,
}

impl Person {
    fn header(&self) -> String {
        let Self { username, password, escapes } = self;
        let password = if *escapes { password.replace('\\', "\\\\").replace('"', "\\\"") } else { password.clone() };
        format!("username=\"{username}\", password=\"{password}\", consumer_key=\"key-1\"")
    }

    fn json(&self) -> Value {
        let Self { username, password, .. } = self;
        json!({
            "header": self.header(),
            "login": {"username": username, "password": password, "consumer_key": "key-1"},
            "registration":
                {"email": username, "username": username, "password": password, "first_name": "F", "last_name": "L"},
        })
    }

    /// The password that versions before this test read from the header, if the client sends it in that encoding.
    fn read_before(&self, is_latin1: bool) -> Option<String> {
        let header = self.header();
        let bytes = match is_latin1 {
            true => header.chars().map(u8::try_from).collect::<Result<Vec<_>, _>>().ok()?,
            false => header.into_bytes(),
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (_, rest) = text.split_once("password=\"")?;
        rest.rsplit_once("\", consumer_key=").map(|(password, _)| password.to_owned())
    }
}

/// Lets a client register these users or log them in. Returns an outcome for each.
async fn run(server: &Server, client: &str, task: &str, people: &[&Person]) -> Vec<String> {
    if client == "curl" {
        let mut outcomes = Vec::new();
        for person in people {
            outcomes.push(curl(server, task, person).await);
        }
        return outcomes;
    }
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let python: PathBuf = target.join("test-tools/bin/python");
    let mut command = match client {
        "requests" => Command::new(python),
        _ => Command::new("node"),
    };
    match client {
        "requests" => command.args(["passwords.py", task]),
        _ => command.args(["passwords.mjs", client, task]),
    };
    command.current_dir(HERE).env("SERVER", &server.url).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{client}: {error}; run make test-tools"));
    let users: Vec<_> = people.iter().map(|person| person.json()).collect();
    let mut input = child.stdin.take().unwrap();
    input.write_all(serde_json::to_string(&users).unwrap().as_bytes()).await.unwrap();
    drop(input);
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{client} failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn curl(server: &Server, task: &str, person: &Person) -> String {
    let mut command = Command::new("curl");
    command.args(["--silent", "--write-out", " %{http_code}", "--request", "POST"]);
    if task == "register" {
        let body = person.json()["registration"].to_string();
        command.arg(server.url("/users")).args(["--header", "Content-Type: application/json", "--data-raw", &body]);
    } else {
        let header = format!("DirectLogin: {}", person.header());
        command.arg(format!("{}/my/logins/direct", server.url)).args(["--header", &header]);
    }
    let output = command.output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    if said.ends_with(" 201") { "in".to_owned() } else { said }
}

/// Control: the reading of earlier versions is compared with the passwords.
fn control(people: &[Person]) {
    let wrong = |is_latin1| {
        let read = people.iter().filter_map(move |person| Some((person.read_before(is_latin1)?, &person.password)));
        read.filter(|(read, password)| read != *password).count()
    };
    let (utf8, latin1) = (wrong(false), wrong(true));
    println!("earlier versions would have read {utf8} in UTF-8 and {latin1} in ISO-8859-1 wrongly");
    assert!(utf8 > 0 && latin1 > utf8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_password_opens_a_login_through_every_client_and_none_counts_as_failed() {
    let seed: u64 = StdRng::from_rng(&mut rand::rng()).random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let people: Vec<_> = (0..sized(100, 500))
        .map(|number| {
            let (_, kind) = KINDS[number % KINDS.len()];
            let password = password(&mut random, kind);
            Person { username: format!("user+{number}@example.com"), password, escapes: random.random_bool(0.5) }
        })
        .collect();
    control(&people);

    let data = crate::support::folder().unwrap();
    world::create(&store(data.path())).await;
    let server = Server::serve(data.path()).await;
    for (place, client) in CLIENTS.into_iter().enumerate() {
        let own: Vec<_> = people.iter().skip(place).step_by(CLIENTS.len()).collect();
        for (outcome, person) in run(&server, client, "register", &own).await.iter().zip(own) {
            assert_eq!(outcome, "in", "{client} registers {:?}", person.password);
        }
    }
    for client in CLIENTS {
        let mut outcomes = BTreeMap::<String, usize>::new();
        let all: Vec<_> = people.iter().collect();
        for (outcome, person) in run(&server, client, "log in", &all).await.into_iter().zip(all) {
            // A client that reads headers as ISO-8859-1 refuses other characters. Those users log in by the body.
            let is_beyond = person.password.chars().any(|character| u32::from(character) > 0xff);
            let by_body = is_beyond && ["requests", "fetch"].contains(&client);
            let expected = if by_body { "body: in" } else { "in" };
            assert_eq!(outcome, expected, "{client} logs in with {}", person.header());
            *outcomes.entry(outcome).or_default() += 1;
        }
        println!("{client}: {outcomes:?}");
    }
    assert!(server.stop().await.success());
    let store = rusqlite::Connection::open(data.path().join("onboarding.db")).unwrap();
    let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT COUNT(*) FROM failed_logins"), 0, "failures are counted");
}
