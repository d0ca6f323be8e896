//! The rules for values of requests, for the documents. The rules' component decides; a test sends values at each limit and
//! one character beyond it, and compares.

/// A value of a body: its place, with dots (`balance.amount`), and its shape.
pub type Field = (&'static str, Shape);

/// The shape of a value.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text. The numbers are its smallest and greatest length in characters.
    Text(usize, usize),
    /// A text of [visible characters](VISIBLE). The numbers are its smallest and greatest length in characters.
    Visible(usize, usize),
    /// A text that matches this regular expression (ECMA 262, without lookaround), up to this length in characters.
    Pattern(&'static str, usize),
    /// The id of a new bank. The numbers are its smallest and greatest length in characters.
    BankId(usize, usize),
    /// An e-mail address, up to this length in characters.
    Email(usize),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// An ISO 4217 currency in use.
    Currency,
    /// Zero, as a text up to this length in characters, or as a number.
    Zero(usize),
    /// A decimal number, as a text up to this length in characters, or as a number.
    Decimal(usize),
    /// A list whose length is another value of the body. The documents allow at most this many items.
    AsMany(&'static str, usize),
    /// A password that satisfies the password rule.
    Password,
    /// A role. The value at this key is a bank for a bank role, and empty for a system role.
    RoleWithBank(&'static str),
}

/// A parameter of the query. A client may leave out every one.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// Its name.
    pub name: &'static str,
    /// Its effect.
    pub description: &'static str,
    /// The shape of its value.
    pub shape: QueryShape,
}

/// The shape of a query parameter.
#[derive(Clone, Copy, Debug)]
pub enum QueryShape {
    /// A whole number, at least this one.
    Number(u32),
    /// The name of a role.
    Role,
    /// Names, separated by commas.
    List,
    /// Any text. The server ignores it.
    Any,
}

/// Letters, digits, `-`, `.` and `_`, and neither `.` nor `..`: ids of banks and accounts.
pub const ID: &str = "^(\\.?[A-Za-z0-9_-][A-Za-z0-9._-]*|\\.\\.[A-Za-z0-9._-]+)$";
/// The same, or nothing: the id of an account's owner.
pub const ID_OR_EMPTY: &str = "^(\\.?[A-Za-z0-9_-][A-Za-z0-9._-]*|\\.\\.[A-Za-z0-9._-]+)?$";
/// Characters that a reader can see, with single spaces of the common kind between them. The rule knows characters above U+FFFF
/// too, which tools write in patterns in different ways.
pub const VISIBLE: &str = "^[^\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8]+( +[^\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8]+)*$";
/// Characters that need no escaping in a URL.
pub const URL_FRIENDLY: &str = "^[A-Za-z0-9._~-]+$";
/// The pattern of [`Shape::Email`]: an address, which may have spaces around it.
pub const EMAIL: &str = "^[ ]*[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*[ ]*$";
/// Text without control characters and without the character that stands for damage.
pub const PASSWORD_CHARACTERS: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f\\ufffd]*$";
/// A user name: the characters of an e-mail address, and neither `.` nor `..`. A test compares it with the rule.
pub const USERNAME: &str =
    "^(\\.?[A-Za-z0-9!#$%&'*+/=?^_`{|}~@-][A-Za-z0-9.!#$%&'*+/=?^_`{|}~@-]*|\\.\\.[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@-]+)$";

#[cfg(test)]
mod tests {
    use guest::users::USERNAME_SPECIAL_CHARS;

    use super::USERNAME;

    #[test]
    fn the_pattern_of_a_user_name_has_the_characters_of_the_rule() {
        let others: String = USERNAME_SPECIAL_CHARS.chars().filter(|character| !".-@".contains(*character)).collect();
        let (first, all) = (format!("[A-Za-z0-9{others}@-]"), format!("[A-Za-z0-9.{others}@-]"));
        assert_eq!(USERNAME, format!("^(\\.?{first}{all}*|\\.\\.{all}+)$"));
    }
}
