//! What values of requests must look like, as the documents tell it. The rules decide; a test sends what is told here,
//! and a little more, and compares.

/// A value of a body: where it is, with dots (`balance.amount`), and what it must be.
pub type Field = (&'static str, Shape);

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text of at least and at most so many characters.
    Text(usize, usize),
    /// A text that this regular expression (ECMA 262, without lookaround) matches, of at most so many characters.
    Pattern(&'static str, usize),
    /// The id of a new bank, of at least and at most so many characters.
    BankId(usize, usize),
    /// An e-mail address of at most so many characters.
    Email(usize),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// An ISO 4217 currency in use.
    Currency,
    /// Zero, as a text or as a number.
    Zero,
    /// A decimal number of at most so many characters, as a text or as a number.
    Decimal(usize),
    /// As long a list as another value says, at most so long in the documents.
    AsMany(&'static str, usize),
    /// The password rule.
    Password,
    /// A role, and beside it, under this key, a bank exactly where it is a bank role.
    RoleWithBank(&'static str),
}

/// A parameter of the query; all may be left out.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What it must be.
    pub shape: QueryShape,
}

/// What a parameter of the query must be.
#[derive(Clone, Copy, Debug)]
pub enum QueryShape {
    /// A whole number, from there on.
    Number(u32),
    /// The name of a role.
    Role,
    /// Names, separated by commas.
    List,
    /// It is accepted and not looked at.
    Any,
}

/// Letters, digits, `-`, `.` and `_`: ids of banks and accounts.
pub const ID: &str = "^[A-Za-z0-9._-]+$";
/// What can stand in a URL as it is.
pub const URL_FRIENDLY: &str = "^[A-Za-z0-9._~-]+$";
/// What [`Shape::Email`] matches: an address, which may have blanks around it.
pub const EMAIL: &str = "^[ ]*[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*[ ]*$";
/// A user name that DirectLogin can carry.
pub const USERNAME: &str = "^[A-Za-z0-9._@-]([A-Za-z0-9._@ -]*[A-Za-z0-9._@-])?$";
