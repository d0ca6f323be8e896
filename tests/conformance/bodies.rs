//! Named bodies: a scenario names a body and says only what differs. The notation is documented in `conformance`.

mod members;
mod tests;

use std::cell::Cell;
use std::collections::BTreeMap;

use self::members::{Change, Members};

/// Definitions, by name.
#[derive(Default)]
pub struct Bodies(BTreeMap<String, Definition>);

struct Definition {
    /// File and line, for failures: `kyc.txt:3`.
    place: String,
    value: Value,
    used: Cell<bool>,
}

enum Value {
    Body(Members),
    Text(String),
}

impl Bodies {
    /// Reads a file that holds definitions only.
    pub fn parse(file: &str, text: &str) -> Result<Self, String> {
        let mut bodies = Self::default();
        for (place, line) in lines(file, text) {
            let line = expand(line, &[&bodies]).map_err(|failure| format!("{place}: {failure}"))?;
            let defined = bodies.define(&place, &line, &Self::default())?;
            defined.then_some(()).ok_or_else(|| format!("{place}: not a definition: {line}"))?;
        }
        Ok(bodies)
    }

    /// Adds the definition in a line whose references are already expanded. Returns false for another kind of line.
    pub fn define(&mut self, place: &str, line: &str, shared: &Self) -> Result<bool, String> {
        let Some((kind @ ("body" | "text"), definition)) = line.split_once(' ') else { return Ok(false) };
        let Some((name, value)) = definition.split_once(" = ") else {
            return Err(format!("{place}: expected `{kind} name = value`"));
        };
        if name.is_empty() || word(name) != (name, "") {
            return Err(format!("{place}: `{name}` is not a name"));
        }
        if let Some(earlier) = self.0.get(name).or_else(|| shared.0.get(name)) {
            return Err(format!("{place}: `{name}` is already defined at {}", earlier.place));
        }
        let value = match kind {
            "body" => Value::Body(Members::parse(value).map_err(|failure| format!("{place}: `{name}`: {failure}"))?),
            _ => Value::Text(value.to_owned()),
        };
        self.0.insert(name.to_owned(), Definition { place: place.to_owned(), value, used: Cell::new(false) });
        Ok(true)
    }

    /// A failure for each definition without a use.
    pub fn unused(&self) -> Vec<String> {
        let unused = self.0.iter().filter(|(_, definition)| !definition.used.get());
        unused.map(|(name, definition)| format!("{}: no scenario uses `{name}`", definition.place)).collect()
    }
}

/// The lines that are neither empty nor comments (`# …`), each with its place.
pub fn lines<'t>(file: &str, text: &'t str) -> impl Iterator<Item = (String, &'t str)> {
    let placed = text.lines().enumerate().map(move |(index, line)| (format!("{file}:{}", index + 1), line.trim_end()));
    placed.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// Replaces the repetitions and references of a line. The first scope that knows a name wins.
pub fn expand(line: &str, scopes: &[&Bodies]) -> Result<String, String> {
    let mut text = line.to_owned();
    let mut end = text.len();
    // The rightmost braces are never around others. The text right of `end` is already expanded.
    while let Some(start) = text[..end].rfind("{{") {
        let inside = &text[start + 2..];
        let (expanded, rest) = match repeated(inside) {
            Some(repeated) => repeated,
            None => referenced(inside, scopes)?,
        };
        text = format!("{}{expanded}{rest}", &text[..start]);
        end = start;
    }
    Ok(text)
}

/// Reads `x*3}}`: returns `xxx` and the text after the braces.
fn repeated(inside: &str) -> Option<(String, &str)> {
    let (repetition, rest) = inside.split_once("}}")?;
    let (what, times) = repetition.rsplit_once('*')?;
    Some((what.repeat(times.parse().ok()?), rest))
}

/// Reads `name with key=value}}`: returns the changed body and the text after the braces.
fn referenced<'t>(inside: &'t str, scopes: &[&Bodies]) -> Result<(String, &'t str), String> {
    let (members_only, inside) = inside.strip_prefix("...").map_or((false, inside), |inside| (true, inside));
    let (name, mut rest) = word(inside);
    let definition = scopes.iter().find_map(|bodies| bodies.0.get(name));
    let definition = definition.ok_or_else(|| format!("no body has the name `{name}`"))?;
    definition.used.set(true);
    let mut members = match &definition.value {
        Value::Body(members) => members.clone(),
        Value::Text(text) => {
            let after = rest.strip_prefix("}}").ok_or_else(|| format!("`{name}` is a text, it has no members"))?;
            return Ok((text.clone(), after));
        }
    };
    loop {
        if let Some(after) = rest.strip_prefix("}}") {
            return Ok((members.written(members_only), after));
        }
        let clause = rest.strip_prefix(' ').ok_or_else(|| format!("`{name}` is not closed by `}}}}`"))?;
        rest = apply(clause, &mut members).map_err(|failure| format!("`{name}`: {failure}"))?;
    }
}

/// Applies a clause such as `with how="letter", date=null`. Returns the text after it.
fn apply<'t>(clause: &'t str, members: &mut Members) -> Result<&'t str, String> {
    let (keyword, mut rest) = word(clause);
    if keyword == "reversed" {
        members.reverse();
        return Ok(rest);
    }
    loop {
        let (path, after) = word(rest.strip_prefix(' ').unwrap_or(rest));
        let (change, after) = match (keyword, after.strip_prefix('=')) {
            ("without", None) => (Change::Remove, after),
            ("with", Some(after)) => json(after).map(|(value, after)| (Change::Replace(value), after))?,
            ("plus", Some(after)) => json(after).map(|(value, after)| (Change::Add(value), after))?,
            ("naming", Some(after)) => json(after).map(|(key, after)| (Change::Rename(key), after))?,
            _ => return Err(format!("cannot be read: {clause}")),
        };
        members.change(path, &change)?;
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None => return Ok(after),
        }
    }
}

/// Splits a name or a path such as `balance.amount` from the text after it.
fn word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len());
    text.split_at(end)
}

/// Splits one JSON value, as it is written, from the text after it.
fn json(text: &str) -> Result<(String, &str), String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Box<serde_json::value::RawValue>>();
    match values.next() {
        Some(Ok(value)) => Ok((value.get().to_owned(), &text[values.byte_offset()..])),
        _ => Err(format!("not a JSON value: {text}")),
    }
}
