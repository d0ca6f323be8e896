//! Values, as a driver binds and fetches them.

use bindings::timestamp::Timestamp;

/// A stored value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The absence of a value.
    Null,
    /// A number, a point in time in milliseconds, or a truth value (0 or 1).
    Int(i64),
    /// An id or a text.
    Text(String),
}

impl Value {
    /// How many bytes this value counts for [`ROWS_BYTES_MAX`](crate::ROWS_BYTES_MAX).
    #[must_use]
    pub const fn bytes(&self) -> usize {
        match self {
            Self::Null | Self::Int(_) => 8,
            Self::Text(text) => text.len(),
        }
    }
}

/// A parameter of a query.
#[derive(Clone, Copy, Debug)]
pub enum Param<'a> {
    /// See [`Value::Int`].
    Int(i64),
    /// See [`Value::Text`].
    Text(&'a str),
}

/// Makes the values of a statement from texts, numbers, times and truth values.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Value::from($value)),*] };
}
pub(crate) use values;

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

/// A number above the largest that a store can have is stored as that one. No row has it, so a precondition with it fails.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Int(truth.into())
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Int(time.milliseconds)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A list of times is one text: milliseconds, separated by commas.
impl From<Vec<Timestamp>> for Value {
    fn from(times: Vec<Timestamp>) -> Self {
        let times: Vec<_> = times.iter().map(|time| time.milliseconds.to_string()).collect();
        Self::Text(times.join(","))
    }
}
