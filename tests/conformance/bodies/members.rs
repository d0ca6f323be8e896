//! The members of a JSON object, in their order and as they are written: answers are compared to the letter.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

#[derive(Clone)]
pub(super) struct Members {
    list: Vec<Member>,
    /// Whether the tokens have spaces between them.
    spaced: bool,
}

#[derive(Clone)]
struct Member {
    /// JSON text, with its quotes.
    key: String,
    /// JSON text.
    value: String,
}

/// A change of one member. The texts are JSON.
pub(super) enum Change {
    Replace(String),
    Remove,
    /// Adds a member at the end, even if its key is already there.
    Add(String),
    Rename(String),
}

impl Members {
    /// Reads a JSON object.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("not a JSON object ({error}): {text}"))
    }

    /// Changes the member at a path: `balance.amount` is the member `amount` of the member `balance`.
    pub(super) fn change(&mut self, path: &str, change: &Change) -> Result<(), String> {
        if let Some((outer, inner)) = path.split_once('.') {
            let index = self.index(outer)?;
            let mut object = Self::parse(&self.list[index].value)?;
            object.change(inner, change)?;
            self.list[index].value = object.written(false);
            return Ok(());
        }
        match change {
            Change::Replace(value) => {
                let index = self.index(path)?;
                self.list[index].value.clone_from(value);
            }
            Change::Remove => {
                let index = self.index(path)?;
                self.list.remove(index);
            }
            Change::Add(value) => self.list.push(Member { key: quoted(path), value: value.clone() }),
            Change::Rename(key) => {
                let index = self.index(path)?;
                self.list[index].key.clone_from(key);
            }
        }
        Ok(())
    }

    /// Reverses the order, and puts spaces between the tokens.
    pub(super) fn reverse(&mut self) {
        self.list.reverse();
        self.spaced = true;
    }

    /// The JSON text, without the object's own braces if only the members are wanted.
    pub(super) fn written(&self, members_only: bool) -> String {
        let (space, colon, comma) = if self.spaced { (" ", " : ", " , ") } else { ("", ":", ",") };
        let members: Vec<_> = self.list.iter().map(|member| format!("{}{colon}{}", member.key, member.value)).collect();
        let members = members.join(comma);
        if members_only { members } else { format!("{{{space}{members}{space}}}") }
    }

    fn index(&self, key: &str) -> Result<usize, String> {
        let found = self.list.iter().position(|member| member.key == quoted(key));
        found.ok_or_else(|| format!("there is no member `{key}`"))
    }
}

fn quoted(key: &str) -> String {
    format!("\"{key}\"")
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut list = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
            list.push(Member { key: quoted(&key), value: value.get().to_owned() });
        }
        Ok(Members { list, spaced: false })
    }
}
