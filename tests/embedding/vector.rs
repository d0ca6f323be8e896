//! The parts of a vector. `README.md` in this folder describes them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A file of vectors.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct File {
    pub(crate) operation: String,
    pub(crate) vectors: Vec<Vector>,
}

/// Input and expected answers for a host.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) given: Vec<Value>,
    pub(crate) steps: Vec<Step>,
}

/// A step: a call or a commit.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Step {
    #[serde(flatten)]
    pub(crate) what: What,
    pub(crate) answer: Answer,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "there are a few hundred, most of them calls")]
pub(crate) enum What {
    /// A call, and its surroundings.
    Call {
        host: Host,
        call: Call,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        meanwhile: Vec<Value>,
    },
    /// A commit of these changes.
    Commit { commit: Vec<Value> },
}

/// Answers of the imports that do not read the store.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Host {
    pub(crate) now: Now,
    pub(crate) random: Vec<String>,
    pub(crate) password_hash: String,
    pub(crate) screening: Value,
    pub(crate) readiness: Value,
    pub(crate) session: Value,
    pub(crate) access: Value,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Now {
    pub(crate) seconds: i64,
    pub(crate) nanoseconds: u32,
}

/// An export by the WIT's names, and its arguments.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Call {
    pub(crate) interface: String,
    pub(crate) function: String,
    pub(crate) arguments: Vec<Value>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    Committed { committed: bool },
    Problem { problem: Value },
    Reply { reply: Value, changes: Vec<Value> },
}
