//! Every refusal of the rules, and what a client is told: code, status and text, in one exhaustive match.
//!
//! Texts begin exactly as the seed page words them, or, where the page is silent, as the reference does; detail follows
//! after one space (decision 2). Statuses are decision 1's. The host's own faults (routing, login, overload) are not here.

use std::fmt::Write as _;

use crate::problem::Problem;
use crate::roles::Role;

/// A "no" of the rules. It carries values, never sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// createAccount: the id in the path is malformed.
    AccountIdMalformed,
    /// createAccount: the bank has an account of that id.
    AccountIdTaken,
    /// No account of that id at the bank.
    AccountUnknown,
    /// createAccount: the amount is not zero.
    BalanceNotZero,
    /// createAccount: the amount is not a number.
    BalanceNotNumber,
    /// createAccount: the balance is null or the amount is empty.
    BalanceAmountInvalid,
    /// createAccount: the currency is not an ISO 4217 code in upper case.
    BalanceCurrencyInvalid,
    /// The bank id in the path, or of a new bank, is malformed.
    BankIdMalformed,
    /// No bank of that id.
    BankUnknown,
    /// No consumer of that id.
    ConsumerUnknown,
    /// No customer of that id or number at the bank, or at any bank.
    CustomerUnknown,
    /// The bank has a customer of that number.
    CustomerNumberTaken,
    /// createCustomer: as many dates of birth as dependants are wanted.
    DependantsDiffer,
    /// createUser: not an e-mail address.
    EmailInvalid,
    /// No entitlement of that id.
    EntitlementUnknown,
    /// The user holds that role there.
    EntitlementTaken,
    /// No request of that id.
    EntitlementRequestUnknown,
    /// The user has asked for that role there.
    EntitlementRequestTaken,
    /// The caller may not grant that role: neither super admin nor holder of one of these roles.
    MayNotGrant(&'static [Role]),
    /// No meeting of that id at the bank.
    MeetingUnknown,
    /// Meetings are switched off, or nobody serves that provider id.
    MeetingsNotSupported,
    /// The meeting provider has no key.
    MeetingKeyMissing,
    /// The meeting provider has no secret.
    MeetingSecretMissing,
    /// createUser: the password rule.
    PasswordInvalid,
    /// createUser: a password that no DirectLogin header could carry.
    PasswordUnusable,
    /// A bank role was named without a bank.
    RoleNeedsBank,
    /// A system role was named with a bank.
    RoleTakesNoBank,
    /// No role of that name.
    RoleUnknown(String),
    /// The caller holds none of these roles.
    RolesMissing(&'static [Role]),
    /// An extension rejected the record, for this reason.
    Screened(String),
    /// A text breaks a rule of its field: the field, what it must be.
    TextMalformed(&'static str, &'static str),
    /// A text is too short: the field, the least number of characters.
    TextMissing(&'static str, usize),
    /// A text is too long: the field, the greatest number of characters.
    TextTooLong(&'static str, usize),
    /// createAccount: the user id in the body is malformed.
    UserIdMalformed,
    /// The user is linked to a customer at the bank.
    UserLinked,
    /// createUser: the user name is taken.
    UsernameTaken,
    /// No user of that name.
    UsernameUnknown,
    /// No user of that id.
    UserUnknown,
    /// The caller may not use a view of the account.
    ViewDenied,
}

/// Code, status, text and detail of a refusal.
struct Row(&'static str, u16, &'static str, String);

impl Refusal {
    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let Row(code, status, text, detail) = self.row();
        let mut message = String::with_capacity(code.len() + text.len() + detail.len() + 3);
        if !code.is_empty() {
            message.push_str(code);
            message.push_str(": ");
        }
        message.push_str(text);
        if !detail.is_empty() {
            message.push(' ');
            message.push_str(&detail);
        }
        Problem { code: code.to_owned(), status, message }
    }

    fn row(&self) -> Row {
        match self {
            Self::AccountIdMalformed => row(
                400,
                "OBP-30110",
                "Invalid Account Id. The ACCOUNT_ID should only contain 0-9/a-z/A-Z/'-'/'.'/'_', the length should be smaller than 255.",
            ),
            Self::AccountIdTaken => row(400, "OBP-30208", "Account_ID already exists at the Bank."),
            Self::AccountUnknown => {
                row(404, "OBP-30018", "Bank Account not found. Please specify valid values for BANK_ID and ACCOUNT_ID.")
            }
            Self::BalanceNotZero => row(400, "OBP-30109", "Initial Balance of Account must be Zero (0)."),
            Self::BalanceNotNumber => {
                row(400, "OBP-30112", "Invalid Number. Initial balance must be a number, e.g 1000.00")
            }
            Self::BalanceAmountInvalid => row(400, "OBP-30106", "Invalid Balance Amount."),
            Self::BalanceCurrencyInvalid => row(400, "OBP-30105", "Invalid Balance Currency."),
            Self::BankIdMalformed => row(
                400,
                "OBP-30111",
                "Invalid Bank Id. The BANK_ID should only contain 0-9/a-z/A-Z/'-'/'.'/'_', the length should be smaller than 255.",
            ),
            Self::BankUnknown => row(404, "OBP-30001", "Bank not found. Please specify a valid value for BANK_ID."),
            Self::ConsumerUnknown => {
                row(404, "OBP-20024", "Consumer not found. Please specify a valid value for CONSUMER_ID.")
            }
            Self::CustomerUnknown => {
                row(404, "OBP-30046", "Customer not found. Please specify a valid value for CUSTOMER_ID.")
            }
            Self::CustomerNumberTaken => row(
                400,
                "OBP-30006",
                "Customer Number already exists. Please specify a different value for BANK_ID or CUSTOMER_NUMBER.",
            ),
            Self::DependantsDiffer => {
                row(400, "OBP-10020", "Incorrect json. dependants must be the number of dates in dob_of_dependants.")
            }
            Self::EmailInvalid => row(400, "", "Invalid email address"),
            Self::EntitlementUnknown => row(404, "OBP-30212", "EntitlementId not found"),
            Self::EntitlementTaken => row(400, "OBP-30216", "Entitlement already exists for the user."),
            Self::EntitlementRequestUnknown => row(404, "OBP-30215", "EntitlementRequestId not found"),
            Self::EntitlementRequestTaken => row(400, "OBP-30214", "Entitlement Request already exists for the user."),
            Self::MayNotGrant(roles) => detailed(
                403,
                "OBP-20050",
                "Current User is not a Super Admin!",
                format!("Or OBP-20006: User is missing one or more roles: {}", one_of(roles)),
            ),
            Self::MeetingUnknown => row(404, "OBP-30104", "Meeting not found."),
            Self::MeetingsNotSupported => row(400, "OBP-30101", "Meetings are not supported on this server."),
            Self::MeetingKeyMissing => row(403, "OBP-30102", "Meeting provider API Key is not configured."),
            Self::MeetingSecretMissing => row(403, "OBP-30103", "Meeting provider Secret is not configured."),
            Self::PasswordInvalid => row(400, "OBP-30207", PASSWORD_RULE),
            Self::PasswordUnusable => detailed(
                400,
                "OBP-30207",
                PASSWORD_RULE,
                "It must not contain control characters and must be at most 512 bytes.".to_owned(),
            ),
            Self::RoleNeedsBank => {
                row(400, "OBP-30205", "This entitlement is a Bank Role. Please set bank_id to a valid bank id.")
            }
            Self::RoleTakesNoBank => {
                row(400, "OBP-30206", "This entitlement is a System Role. Please set bank_id to empty string.")
            }
            Self::RoleUnknown(name) => detailed(
                400,
                "OBP-10007",
                "Incorrect Role name:",
                format!("{name}. Possible roles are {}", joined(Role::ALL, ", ")),
            ),
            Self::RolesMissing(roles) => {
                detailed(403, "OBP-20006", "User is missing one or more roles:", one_of(roles))
            }
            Self::Screened(reason) => detailed(400, "OBP-10035", "Incorrect json value.", reason.clone()),
            Self::TextMalformed(field, what) => {
                detailed(400, "OBP-10001", INCORRECT_JSON, format!("The value of {field} {what}."))
            }
            Self::TextMissing(field, min) => detailed(
                400,
                "OBP-10001",
                INCORRECT_JSON,
                format!("The value of {field} must have at least {min} characters."),
            ),
            Self::TextTooLong(field, max) => detailed(
                400,
                "OBP-10001",
                INCORRECT_JSON,
                format!("The value of {field} must have at most {max} characters."),
            ),
            Self::UserIdMalformed => row(400, "OBP-30107", "Invalid User Id."),
            Self::UserLinked => {
                row(400, "OBP-30007", "The User is already linked to a Customer at the bank specified by BANK_ID")
            }
            Self::UsernameTaken => row(409, "", "User with the same username already exists."),
            Self::UsernameUnknown => row(404, "OBP-20027", "User not found by username."),
            Self::UserUnknown => row(404, "OBP-20005", "User not found. Please specify a valid value for USER_ID."),
            Self::ViewDenied => row(
                403,
                "OBP-20017",
                "Current user does not have access to the view. Please specify a valid value for VIEW_ID.",
            ),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        refusal.problem()
    }
}

/// The text of OBP-10001, which the host answers too, for what is not even JSON of the right types.
pub const INCORRECT_JSON: &str = "Incorrect json format.";

const PASSWORD_RULE: &str = "Invalid Password Format. Your password should EITHER be at least 10 characters long and contain mixed numbers and both upper and lower case letters and at least one special character, OR be longer than 16 characters.";

fn row(status: u16, code: &'static str, text: &'static str) -> Row {
    Row(code, status, text, String::new())
}

fn detailed(status: u16, code: &'static str, text: &'static str, detail: String) -> Row {
    Row(code, status, text, detail)
}

fn one_of(roles: &[Role]) -> String {
    joined(roles, " or ")
}

fn joined(roles: &[Role], separator: &str) -> String {
    let mut names = String::new();
    for role in roles {
        if !names.is_empty() {
            names.push_str(separator);
        }
        let _ = write!(names, "{}", role.name());
    }
    names
}
