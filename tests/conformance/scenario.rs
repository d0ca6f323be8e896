//! Reads scenarios and plays them against a server.

use std::fmt::Write as _;

use hyper::Method;
use reqwest::Client;

use super::placeholders::Placeholders;
use crate::support::{TestApp, world};

/// A title, settings, calls.
pub struct Scenario {
    pub title: String,
    pub settings: Vec<(String, String)>,
    pub exchanges: Vec<Exchange>,
}

/// A call and what is expected.
pub struct Exchange {
    /// Where it stands, for failures: `kyc.txt:12`.
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

/// Reads a file of scenarios; a line that cannot be read is a failure of the test.
pub fn parse(file: &str, text: &str) -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let place = format!("{file}:{}", index + 1);
        let line = repeated(line.trim_end());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(title) = line.strip_prefix("== ") {
            scenarios.push(Scenario { title: title.to_owned(), settings: vec![], exchanges: vec![] });
            continue;
        }
        let scenario = scenarios.last_mut().unwrap_or_else(|| panic!("{place}: no scenario yet"));
        if let Some((name, value)) = line.strip_prefix("with ").and_then(|setting| setting.split_once('=')) {
            scenario.settings.push((name.to_owned(), value.to_owned()));
        } else if let Some(asked) = line.strip_prefix("> ") {
            scenario.ask(&place, asked);
        } else if let Some(expected) = line.strip_prefix("< ") {
            scenario.expect(&place, expected);
        } else {
            panic!("{place}: cannot be read: {line}");
        }
    }
    scenarios
}

impl Scenario {
    fn ask(&mut self, place: &str, asked: &str) {
        let words: Vec<_> = asked.split(' ').collect();
        if let [user, method, path] = words[..]
            && let Ok(method) = Method::from_bytes(method.as_bytes())
            && (path.starts_with('/') || path.starts_with('~'))
        {
            self.exchanges.push(Exchange {
                place: place.to_owned(),
                user: user.to_owned(),
                method,
                path: path.to_owned(),
                headers: vec![],
                body: None,
                status: 0,
                answer: String::new(),
                answer_headers: vec![],
            });
            return;
        }
        let exchange = self.exchanges.last_mut().unwrap_or_else(|| panic!("{place}: no call yet"));
        match header(asked) {
            Some(header) => exchange.headers.push(header),
            None => exchange.body = Some(asked.to_owned()),
        }
    }

    fn expect(&mut self, place: &str, expected: &str) {
        let exchange = self.exchanges.last_mut().unwrap_or_else(|| panic!("{place}: no call yet"));
        let (status, answer) = expected.split_once(' ').unwrap_or((expected, ""));
        match status.parse() {
            Ok(status) => (exchange.status, exchange.answer) = (status, answer.to_owned()),
            Err(_) => {
                let header = header(expected).unwrap_or_else(|| panic!("{place}: neither a status nor a header"));
                exchange.answer_headers.push(header);
            }
        }
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

impl Exchange {
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

/// `Name: value`; a body begins with a brace, a bracket or a quote, or is no header at all.
fn header(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once(": ")?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| (name.to_owned(), value.to_owned()))
}

/// Replaces `{{x*3}}` by `xxx`.
fn repeated(line: &str) -> String {
    let mut parts = line.split("{{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("}}").and_then(|(what, rest)| Some((what.rsplit_once('*')?, rest))) {
            Some(((what, times), rest)) if times.parse::<usize>().is_ok() => {
                text.push_str(&what.repeat(times.parse().unwrap_or(0)));
                text.push_str(rest);
            }
            _ => {
                text.push_str("{{");
                text.push_str(part);
            }
        }
    }
    text
}
