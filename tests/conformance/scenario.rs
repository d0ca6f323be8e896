//! Reads scenarios and plays them against a server.

use std::fmt::Write as _;

use hyper::Method;
use reqwest::Client;

use super::bodies::{Bodies, expand, lines};
use super::placeholders::Placeholders;
use crate::support::{TestApp, world};

pub struct Scenario {
    pub title: String,
    pub settings: Vec<(String, String)>,
    pub exchanges: Vec<Exchange>,
}

/// A call and the expected answer.
pub struct Exchange {
    /// File and line, for failures: `kyc.txt:12`.
    place: String,
    pub user: String,
    pub method: Method,
    pub path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    pub status: u16,
    pub answer: String,
    answer_headers: Vec<(String, String)>,
}

/// Reads a file of scenarios.
///
/// # Errors
///
/// A line cannot be read, or a body of the file has no use. The text begins with file and line.
pub fn parse(file: &str, text: &str, shared: &Bodies) -> Result<Vec<Scenario>, String> {
    let mut bodies = Bodies::default();
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (place, line) in lines(file, text) {
        let line = expand(line, &[&bodies, shared]).map_err(|failure| format!("{place}: {failure}"))?;
        if let Some(title) = line.strip_prefix("== ") {
            scenarios.push(Scenario { title: title.to_owned(), settings: vec![], exchanges: vec![] });
            continue;
        }
        let Some(scenario) = scenarios.last_mut() else {
            let defined = bodies.define(&place, &line, shared)?;
            defined.then_some(()).ok_or_else(|| format!("{place}: neither a definition nor a scenario: {line}"))?;
            continue;
        };
        scenario.read(&place, &line).map_err(|failure| format!("{place}: {failure}"))?;
    }
    match bodies.unused() {
        unused if unused.is_empty() => Ok(scenarios),
        unused => Err(unused.join("\n")),
    }
}

impl Scenario {
    fn read(&mut self, place: &str, line: &str) -> Result<(), String> {
        if let Some((name, value)) = line.strip_prefix("with ").and_then(|setting| setting.split_once('=')) {
            self.settings.push((name.to_owned(), value.to_owned()));
            return Ok(());
        }
        if let Some(call) = line.strip_prefix("> ").and_then(|asked| call(place, asked)) {
            self.exchanges.push(call);
            return Ok(());
        }
        let exchange = self.exchanges.last_mut().ok_or("no call yet")?;
        match line.split_once(' ') {
            Some((">", asked)) => exchange.ask(asked),
            Some(("<", expected)) => exchange.expect(expected)?,
            _ => return Err(format!("cannot be read: {line}")),
        }
        Ok(())
    }

    /// Plays the calls until the first answer that is not the expected one.
    pub async fn play(&self, app: &TestApp, client: &Client) -> Result<(), String> {
        // The host reports the same variable of the build.
        let mut placeholders = Placeholders::with("git_commit", option_env!("OBP_GIT_COMMIT").unwrap_or_default());
        for exchange in &self.exchanges {
            let played = exchange.play(app, client, &mut placeholders).await;
            played.map_err(|failure| format!("== {}\n{failure}", self.title))?;
        }
        Ok(())
    }
}

/// Reads the first line of a call: `kim GET /banks`.
fn call(place: &str, asked: &str) -> Option<Exchange> {
    let words: Vec<_> = asked.split(' ').collect();
    let [user, method, path] = words[..] else { return None };
    let method = Method::from_bytes(method.as_bytes()).ok()?;
    (path.starts_with('/') || path.starts_with('~')).then(|| Exchange {
        place: place.to_owned(),
        user: user.to_owned(),
        method,
        path: path.to_owned(),
        headers: vec![],
        body: None,
        status: 0,
        answer: String::new(),
        answer_headers: vec![],
    })
}

impl Exchange {
    fn ask(&mut self, asked: &str) {
        match header(asked) {
            Some(header) => self.headers.push(header),
            None => self.body = Some(asked.to_owned()),
        }
    }

    fn expect(&mut self, expected: &str) -> Result<(), String> {
        let (status, answer) = expected.split_once(' ').unwrap_or((expected, ""));
        match status.parse() {
            Ok(status) => (self.status, self.answer) = (status, answer.to_owned()),
            Err(_) => self.answer_headers.push(header(expected).ok_or("neither a status nor a header")?),
        }
        Ok(())
    }

    async fn play(&self, app: &TestApp, client: &Client, placeholders: &mut Placeholders) -> Result<(), String> {
        let mut request = client.request(self.method.clone(), app.url(&placeholders.fill(&self.path)));
        if self.user != "-" {
            request = request.header("DirectLogin", format!("token={}", world::token(&self.user)));
        }
        let typed = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        for (name, value) in &self.headers {
            request = request.header(name, placeholders.fill(value));
        }
        if let Some(body) = &self.body {
            request = request.body(placeholders.fill(body));
            if !typed {
                request = request.header("Content-Type", "application/json");
            }
        }
        let response = request.send().await.map_err(|error| format!("{}: {error:?}", self.place))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let answer = response.text().await.map_err(|error| format!("{}: {error:?}", self.place))?;

        let mut failure = String::new();
        let compared = placeholders.compare(&self.answer, &answer);
        if status != self.status || compared.is_err() {
            let _ = write!(
                failure,
                "{}\nexpected {} {}\nanswered {status} {answer}\n{}",
                self.place,
                self.status,
                placeholders.fill(&self.answer),
                compared.err().unwrap_or_default()
            );
        }
        for (name, value) in &self.answer_headers {
            let found = headers.get(name).map(|found| String::from_utf8_lossy(found.as_bytes()).into_owned());
            let compared = found.as_deref().ok_or_else(|| "no such header".to_owned());
            if let Err(why) = compared.and_then(|found| placeholders.compare(value, found)) {
                let _ = write!(failure, "{}\nexpected {name}: {value}\nanswered {name}: {found:?}\n{why}", self.place);
            }
        }
        if failure.is_empty() { Ok(()) } else { Err(failure) }
    }
}

/// Reads `Name: value`. The name of a header never begins a body: it holds letters, digits and hyphens only.
fn header(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once(": ")?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| (name.to_owned(), value.to_owned()))
}
