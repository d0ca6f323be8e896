//! Rows, as a driver fetched them. Their columns are read in the order of the query's list.

use std::path::Path;
use std::sync::Arc;

use bindings::timestamp::Timestamp;

use crate::errors::StoreError;
use crate::value::Value;

/// All rows of a query.
pub type Rows = Vec<Row>;

/// One row.
#[derive(Debug)]
pub struct Row {
    columns: std::vec::IntoIter<Value>,
    /// The file that the row was read from, for errors.
    file: Option<Arc<Path>>,
}

/// A value that is read from one or more columns of a row.
pub trait FromRow: Sized {
    /// Reads the next columns.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a column is missing, or does not have the type and range that the server writes.
    fn from_row(row: &mut Row) -> Result<Self, StoreError>;
}

impl Row {
    /// Makes a row of these columns.
    #[must_use]
    pub fn new(columns: Vec<Value>) -> Self {
        Self { columns: columns.into_iter(), file: None }
    }

    /// Makes a row of these columns, which were read from that file.
    #[must_use]
    pub fn from_file(columns: Vec<Value>, file: Arc<Path>) -> Self {
        Self { columns: columns.into_iter(), file: Some(file) }
    }

    /// Reads the next columns. See [`FromRow::from_row`] for the errors.
    pub(crate) fn read<T: FromRow>(&mut self) -> Result<T, StoreError> {
        T::from_row(self)
    }

    fn int(&mut self) -> Result<i64, StoreError> {
        match self.columns.next() {
            Some(Value::Int(number)) => Ok(number),
            other => Err(self.mismatch("a number", other)),
        }
    }

    fn mismatch(&self, expected: &str, found: Option<Value>) -> StoreError {
        // The message names the type only: the value itself can be personal data.
        let found = match found {
            None => "no column",
            Some(Value::Null) => "no value",
            Some(Value::Int(_)) => "a number",
            Some(Value::Text(_)) => "a text",
        };
        self.damaged(&format!("a query returned {found} instead of {expected}"))
    }

    fn damaged(&self, reason: &str) -> StoreError {
        let error = StoreError::Damaged(reason.to_owned());
        match &self.file {
            Some(file) => error.in_file(file),
            None => error,
        }
    }
}

impl FromRow for String {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        match row.columns.next() {
            Some(Value::Text(text)) => Ok(text),
            other => Err(row.mismatch("a text", other)),
        }
    }
}

impl FromRow for i64 {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        row.int()
    }
}

impl FromRow for i32 {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        row.int()?.try_into().map_err(|_| row.damaged(OUT_OF_RANGE))
    }
}

impl FromRow for u32 {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        row.int()?.try_into().map_err(|_| row.damaged(OUT_OF_RANGE))
    }
}

impl FromRow for u64 {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        row.int()?.try_into().map_err(|_| row.damaged(OUT_OF_RANGE))
    }
}

const OUT_OF_RANGE: &str = "a stored number is out of range";

impl FromRow for bool {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        match row.int()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(row.damaged("a stored truth value is neither 0 nor 1")),
        }
    }
}

impl FromRow for Timestamp {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        let milliseconds = row.int()?;
        if Self::RANGE_MS.contains(&milliseconds) { Ok(Self { milliseconds }) } else { Err(row.damaged(OUT_OF_RANGE)) }
    }
}

/// A value of one column that may be absent.
impl FromRow for Option<Timestamp> {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        if let [Value::Null, ..] = row.columns.as_slice() {
            row.columns.next();
            return Ok(None);
        }
        row.read().map(Some)
    }
}

/// A list of times is one text: milliseconds, separated by commas.
impl FromRow for Vec<Timestamp> {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        let text: String = row.read()?;
        if text.is_empty() {
            return Ok(Self::new());
        }
        let time = |text: &str| text.parse().map(|milliseconds| Timestamp { milliseconds });
        let times = text.split(',').map(time).collect::<Result<_, _>>();
        times.map_err(|_| row.damaged("a stored list of times is not valid"))
    }
}
