//! The grammar of the parameters in a DirectLogin header (surface §2.1). Pure, and proportional to the length of the header.
//!
//! A header is first read as HTTP writes parameters: a quoted value ends at the next quote, and `\"` and `\\` stand for a quote
//! and a backslash. Many clients write quotes and backslashes into a quoted value as they are. A header that is not HTTP's is
//! read as theirs.

/// A parameter as it stands in the header.
#[derive(Debug, PartialEq)]
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    /// The value, without the quotes around it.
    pub(super) value: &'a str,
    pub(super) is_quoted: bool,
}

impl Part<'_> {
    /// The value without the backslashes that HTTP puts before quotes and backslashes.
    pub(super) fn unescaped(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut characters = self.value.chars().peekable();
        while let Some(character) = characters.next() {
            let escaped = characters.next_if(|next| self.is_quoted && character == '\\' && matches!(next, '"' | '\\'));
            text.push(escaped.unwrap_or(character));
        }
        text
    }
}

/// White space in a header: spaces and tabs. Others, such as U+00A0, may belong to a password.
const SPACE: [char; 2] = [' ', '\t'];
/// White space and empty parameters.
const SEPARATORS: [char; 3] = [' ', '\t', ','];

/// Reads the parameters of a header.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    strict(text).unwrap_or_else(|| lenient(text))
}

/// Reads parameters as HTTP writes them (RFC 9110 §5.6). `None` if the text is anything else.
fn strict(text: &str) -> Option<Vec<Part<'_>>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches(SEPARATORS);
    while !rest.is_empty() {
        let (name, after) = split_at_first(rest, '=')?;
        let name = name.trim_end_matches(SPACE);
        let after = without_leading_space(after);
        let (value, is_quoted, next) = match after.strip_prefix('"') {
            Some(inner) => quoted_string(inner).map(|(value, next)| (value, true, next))?,
            None => {
                let end = first(after, &[',', '"']).unwrap_or(after.len());
                (after[..end].trim_end_matches(SPACE), false, &after[end..])
            }
        };
        if !is_name(name) {
            return None;
        }
        found.push(Part { name, value, is_quoted });
        let next = without_leading_space(next);
        if !next.is_empty() && !next.starts_with(',') {
            return None;
        }
        rest = next.trim_start_matches(SEPARATORS);
    }
    Some(found)
}

/// Splits the text after an opening quote at the next quote without a backslash before it.
fn quoted_string(text: &str) -> Option<(&str, &str)> {
    let mut rest = text;
    loop {
        let after = &rest[first(rest, &['"', '\\'])?..];
        if let Some(next) = after.strip_prefix('"') {
            return Some((&text[..text.len() - after.len()], next));
        }
        let after = after.strip_prefix('\\').unwrap_or(after);
        rest = after.strip_prefix(['"', '\\']).unwrap_or(after);
    }
}

/// Reads `key=value` parts, separated by commas. A quoted value ends at the quote before the next part or the end, so it may
/// contain commas and quotes. An unquoted value ends at the comma.
///
/// The work is proportional to the length: a text without a closing quote is searched for one only once.
pub(super) fn lenient(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut can_close = true;
    while let Some((name, after)) = split_at_first(rest, '=') {
        let after = without_leading_space(after);
        let quoted = after.strip_prefix('"').filter(|_| can_close).map(quoted);
        can_close &= quoted != Some(None);
        let is_quoted = quoted.flatten().is_some();
        let (value, next) = quoted.flatten().unwrap_or_else(|| unquoted(after));
        found.push(Part { name: name.trim_matches(SEPARATORS), value, is_quoted });
        rest = next;
    }
    found
}

/// Splits the text at the next comma, and removes one quote at each end of the value.
fn unquoted(text: &str) -> (&str, &str) {
    let (value, next) = split_at_first(text, ',').unwrap_or((text, ""));
    let value = value.trim_matches(SPACE);
    let value = value.strip_prefix('"').unwrap_or(value);
    (value.strip_suffix('"').unwrap_or(value), next)
}

/// Splits the text after an opening quote at the closing quote. After it comes the end, or a comma and a name.
///
/// The text after a quote is read up to the next quote at most, so that the work is proportional to the length.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut rest = text;
    while let Some(position) = first(rest, &['"']) {
        let after = &rest[position + 1..];
        let value = &text[..text.len() - after.len() - 1];
        let part = without_leading_space(after);
        if part.is_empty() {
            return Some((value, ""));
        }
        if let Some(next) = part.strip_prefix(',')
            && (without_leading_space(next).is_empty() || begins_with_part(next))
        {
            return Some((value, next));
        }
        rest = after;
    }
    None
}

/// Whether the text begins with `name=`. A password may contain text that looks like a part, so a part with an unknown name
/// counts only if its value is quoted.
fn begins_with_part(text: &str) -> bool {
    let end = first(text, &['=', '"']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.strip_prefix('=') else { return false };
    let name = name.trim_matches(SPACE);
    let is_known = ["username", "password", "consumer_key", "token"].contains(&name);
    is_known || (is_name(name) && without_leading_space(value).starts_with('"'))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The position of the first of these characters. All searches of the grammar are this one, so that a test counts their work.
fn first(text: &str, characters: &[char]) -> Option<usize> {
    let position = text.find(characters);
    #[cfg(test)]
    tests::count(position.map_or(text.len(), |position| position + 1));
    position
}

/// The text before and after the first such character.
fn split_at_first(text: &str, character: char) -> Option<(&str, &str)> {
    let position = first(text, &[character])?;
    Some((&text[..position], &text[position + character.len_utf8()..]))
}

fn without_leading_space(text: &str) -> &str {
    let rest = text.trim_start_matches(SPACE);
    #[cfg(test)]
    tests::count(text.len() - rest.len() + 1);
    rest
}

#[cfg(test)]
mod tests;
