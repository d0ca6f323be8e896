//! The macro `record!`: the columns of a record, listed once.
//!
//! A record is declared as its Rust struct. The names of its fields, or those after the colons, are the columns:
//!
//! ```ignore
//! record! {
//!     check: kyc_checks => KycCheck {
//!         key(bank_id, customer_id, id),
//!         customer_number,
//!         date: date_ms,
//!         satisfied,
//!     }
//! }
//! ```
//!
//! This implements [`FromRow`] and [`Record`] for `KycCheck`, and makes a macro of the name before the colon, for the parts
//! of SQL that follow from the list:
//!
//! | macro | text |
//! |---|---|
//! | `check!(columns)` | `kyc_checks.bank_id, kyc_checks.customer_id, …`: the list of a `SELECT` |
//! | `check!(columns_or_empty)` | `COALESCE(kyc_checks.bank_id, ''), …`: the same in an outer join, for columns of text |
//! | `check!(names)` | `bank_id, customer_id, …`: the list of an `INSERT` |
//! | `check!(placeholders)` | `$1, $2, …`: the placeholders of [`Record::values`] |
//! | `check!(next)` | `$6`: the placeholder after those |
//! | `check!(replaced)` | `customer_number = excluded.customer_number, …`: the `SET` of an upsert, without the key |
//!
//! A struct inside the struct has its own braces. Fields in `then { … }` after the struct are read from columns that
//! the query appends to its list, and are not written; each field before it then ends with a comma.

use crate::rows::FromRow;
use crate::value::Value;

/// A record whose columns are listed with `record!`.
pub trait Record: FromRow {
    /// The values of the columns, in the order of the list.
    #[must_use]
    fn values(self) -> Vec<Value>;
}

macro_rules! record {
    ($name:ident: $table:ident => $record:ident { key($($key:tt)*), $($field:tt)* }
        $(then { $($then:ident),* $(,)? })?) => {
        $crate::record::record! {
            @number [$name $table $record { $($key)*, $($field)* } [$($($then)*)?]] $($key)*; $($field)*
        }
    };
    ($name:ident: $table:ident => $record:ident { $($field:tt)* } $(then { $($then:ident),* $(,)? })?) => {
        $crate::record::record! { @number [$name $table $record { $($field)* } [$($($then)*)?]] $($field)* }
    };
    (@number $record:tt $($fields:tt)*) => {
        $crate::record::record! {
            @columns $record
            [] [] [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32]
            $($fields)*
        }
    };
    // Each step takes one field. The lists are: all columns with their numbers, and those after the key.
    (@columns $record:tt [$($all:tt)*] [$($rest:tt)*] $numbers:tt) => {
        $crate::record::record! { @define $record $numbers [$($rest)*] $($all)* }
    };
    (@columns $record:tt $all:tt $rest:tt $numbers:tt , $($more:tt)*) => {
        $crate::record::record! { @columns $record $all $rest $numbers $($more)* }
    };
    (@columns $record:tt $all:tt $key:tt $numbers:tt ; $($more:tt)*) => {
        $crate::record::record! { @columns $record $all [] $numbers $($more)* }
    };
    (@columns $record:tt $all:tt $rest:tt $numbers:tt $field:ident: $inner:ident { $($fields:tt)* } $($more:tt)*) => {
        $crate::record::record! { @columns $record $all $rest $numbers $($fields)*, $($more)* }
    };
    (@columns $record:tt $all:tt $rest:tt $numbers:tt $field:ident: $column:ident $($more:tt)*) => {
        $crate::record::record! { @columns $record $all $rest $numbers $column $($more)* }
    };
    (@columns $record:tt [$($all:tt)*] [$($rest:tt)*] [$number:tt $($numbers:tt)*] $column:ident $($more:tt)*) => {
        $crate::record::record! {
            @columns $record [$($all)* ($column $number)] [$($rest)* $column] [$($numbers)*] $($more)*
        }
    };
    (@define [$name:ident $table:ident $record:ident { $($field:tt)* } [$($then:ident)*]] [$next:tt $($free:tt)*]
        [$other:ident $($others:ident)*] ($first:ident $one:tt) $(($column:ident $number:tt))*) => {
        macro_rules! $name {
            (columns) => {
                concat!(
                    stringify!($table), ".", $crate::record::column_name!($first)
                    $(, ", ", stringify!($table), ".", $crate::record::column_name!($column))*
                )
            };
            (columns_or_empty) => {
                concat!(
                    "COALESCE(", stringify!($table), ".", $crate::record::column_name!($first), ", '')"
                    $(, ", COALESCE(", stringify!($table), ".", $crate::record::column_name!($column), ", '')")*
                )
            };
            (names) => {
                concat!($crate::record::column_name!($first) $(, ", ", $crate::record::column_name!($column))*)
            };
            (placeholders) => { concat!("$", $one $(, ", $", $number)*) };
            (next) => { concat!("$", $next) };
            (replaced) => {
                concat!(
                    $crate::record::column_name!($other), " = excluded.", $crate::record::column_name!($other)
                    $(, ", ", $crate::record::column_name!($others), " = excluded.",
                        $crate::record::column_name!($others))*
                )
            };
        }

        impl $crate::rows::FromRow for $record {
            fn from_row(row: &mut $crate::rows::Row) -> Result<Self, $crate::errors::StoreError> {
                let $first = row.read()?;
                $(let $column = row.read()?;)*
                $(let $then = row.read()?;)*
                Ok($record { $($field)* $($then),* })
            }
        }

        impl $crate::record::Record for $record {
            fn values(self) -> Vec<$crate::value::Value> {
                let $record { $($field)* $($then: _),* } = self;
                $crate::value::values![$first $(, $column)*]
            }
        }
    };
}
pub(crate) use record;

/// The name of a column. `type` is a keyword of Rust: its field and its variable are called `type_`.
macro_rules! column_name {
    (type_) => {
        "type"
    };
    ($column:ident) => {
        stringify!($column)
    };
}
pub(crate) use column_name;
