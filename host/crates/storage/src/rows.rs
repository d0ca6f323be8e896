//! Rows as a driver fetched them, read column by column in the order of the query's list.

use bindings::timestamp::Timestamp;

use crate::errors::StoreError;
use crate::value::Value;

/// All rows of a query.
pub type Rows = Vec<Row>;

/// One row; each call takes the next column.
#[derive(Debug)]
pub struct Row {
    columns: std::vec::IntoIter<Value>,
}

impl Row {
    /// A row of these columns.
    #[must_use]
    pub fn new(columns: Vec<Value>) -> Self {
        Self { columns: columns.into_iter() }
    }

    /// The next column, a text.
    ///
    /// # Errors
    /// If there is none, or it is no text: query and schema disagree.
    pub fn text(&mut self) -> Result<String, StoreError> {
        match self.columns.next() {
            Some(Value::Text(text)) => Ok(text),
            other => Err(mismatch("a text", other)),
        }
    }

    /// The next column, a number.
    ///
    /// # Errors
    /// As [`Row::text`].
    pub fn int(&mut self) -> Result<i64, StoreError> {
        match self.columns.next() {
            Some(Value::Int(number)) => Ok(number),
            other => Err(mismatch("a number", other)),
        }
    }

    /// The next column, a number of a smaller range.
    ///
    /// # Errors
    /// As [`Row::text`], or if the number is out of that range.
    pub fn number<T: TryFrom<i64>>(&mut self) -> Result<T, StoreError> {
        T::try_from(self.int()?).map_err(|_| StoreError::Failed("a number is out of its range".to_owned()))
    }

    /// The next column, 0 or 1.
    ///
    /// # Errors
    /// As [`Row::text`].
    pub fn truth(&mut self) -> Result<bool, StoreError> {
        Ok(self.int()? != 0)
    }

    /// The next column, a point in time.
    ///
    /// # Errors
    /// As [`Row::text`].
    pub fn time(&mut self) -> Result<Timestamp, StoreError> {
        Ok(Timestamp { milliseconds: self.int()? })
    }
}

fn mismatch(expected: &str, found: Option<Value>) -> StoreError {
    // The value itself may be personal data: only its kind is told.
    let found = match found {
        None => "no column",
        Some(Value::Int(_)) => "a number",
        Some(Value::Text(_)) => "a text",
    };
    StoreError::Failed(format!("a query answers {found} where {expected} was expected"))
}
