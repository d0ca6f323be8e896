//! The macro that makes both tables of error codes: the refusals of the rules and the errors of the host.
//!
//! A table states each code, its HTTP statuses and its text once. Everything else reads them from the table.

/// Declares an enumeration of error codes from a table.
///
/// A row has a name, the HTTP statuses, the code and the text. The first status is the usual one. The code is empty for the
/// few texts of the contract that have none.
///
/// ```
/// guest::error_codes! {
///     /// The errors of a bakery.
///     pub enum BakeryCode {
///         /// The oven is off.
///         OvenOff [503 500] "BAKE-1" "The oven is off.";
///         /// Everything is sold.
///         SoldOut [404] "" "Come back tomorrow.";
///     }
/// }
/// assert_eq!(BakeryCode::ALL, [BakeryCode::OvenOff, BakeryCode::SoldOut]);
/// assert_eq!(BakeryCode::OvenOff.message(), "BAKE-1: The oven is off.");
/// assert_eq!((BakeryCode::OvenOff.status(), BakeryCode::OvenOff.statuses()), (503, &[503, 500][..]));
/// assert_eq!(BakeryCode::SoldOut.message(), "Come back tomorrow.");
/// ```
#[macro_export]
macro_rules! error_codes {
    (
        $(#[doc = $about:literal])+
        pub enum $Codes:ident {
            $($(#[doc = $doc:literal])+ $name:ident [$status:literal $($other_status:literal)*] $number:literal $text:expr;)*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $Codes { $($(#[doc = $doc])+ $name,)* }

        impl $Codes {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code that clients see, such as `OBP-30001`. Empty where the contract has a text without a code.
            #[must_use]
            pub const fn number(self) -> &'static str {
                match self { $(Self::$name => $number,)* }
            }

            /// The usual HTTP status: the first one of the row.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// Every HTTP status that this code can have, the usual one first.
            #[must_use]
            pub const fn statuses(self) -> &'static [u16] {
                match self { $(Self::$name => &[$status $(, $other_status)*],)* }
            }

            /// The text after the code.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The beginning of every message with this code: the code and the text. The documents list it.
            #[must_use]
            pub fn message(self) -> String {
                $crate::error_codes::message(self.number(), self.text())
            }
        }
    };
}

/// `number: text`, or only the text where there is no number.
#[must_use]
pub fn message(number: &str, text: &str) -> String {
    if number.is_empty() { text.to_owned() } else { format!("{number}: {text}") }
}
