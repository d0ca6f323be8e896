//! Rows, as a driver fetched them. Their columns are read in the order of the query's list.

use bindings::timestamp::Timestamp;

use crate::errors::StoreError;
use crate::value::Value;

/// All rows of a query.
pub type Rows = Vec<Row>;

/// One row.
#[derive(Debug)]
pub struct Row {
    columns: std::vec::IntoIter<Value>,
}

/// A value that is read from one or more columns of a row.
pub trait FromRow: Sized {
    /// Reads the next columns.
    ///
    /// # Errors
    /// If a column is missing or has another type: query and schema disagree.
    fn from_row(row: &mut Row) -> Result<Self, StoreError>;
}

impl Row {
    /// Makes a row of these columns.
    #[must_use]
    pub fn new(columns: Vec<Value>) -> Self {
        Self { columns: columns.into_iter() }
    }

    /// Reads the next columns. See [`FromRow::from_row`] for the errors.
    pub(crate) fn read<T: FromRow>(&mut self) -> Result<T, StoreError> {
        T::from_row(self)
    }

    fn int(&mut self) -> Result<i64, StoreError> {
        match self.columns.next() {
            Some(Value::Int(number)) => Ok(number),
            other => Err(mismatch("a number", other)),
        }
    }
}

fn mismatch(expected: &str, found: Option<Value>) -> StoreError {
    // The message names the type only: the value itself can be personal data.
    let found = match found {
        None => "no column",
        Some(Value::Int(_)) => "a number",
        Some(Value::Text(_)) => "a text",
    };
    StoreError::Failed(format!("a query returned {found} instead of {expected}"))
}

impl FromRow for String {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        match row.columns.next() {
            Some(Value::Text(text)) => Ok(text),
            other => Err(mismatch("a text", other)),
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
        row.int()?.try_into().map_err(|_| out_of_range())
    }
}

impl FromRow for u32 {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        row.int()?.try_into().map_err(|_| out_of_range())
    }
}

fn out_of_range() -> StoreError {
    StoreError::Failed("a stored number is out of range".to_owned())
}

impl FromRow for bool {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(row.int()? != 0)
    }
}

impl FromRow for Timestamp {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self { milliseconds: row.int()? })
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
        times.map_err(|_| StoreError::Failed("a stored list of times is not valid".to_owned()))
    }
}
