//! Every refusal of the rules, and what a client is told: code, status and text, in one table.
//!
//! Texts begin exactly as the seed page words them, or, where the page is silent, as the reference does; detail follows
//! after one space (decision 2). Statuses are decision 1's. The host's own faults (routing, login, overload) are not here.

use std::fmt::Write as _;

use crate::problem::Problem;
use crate::roles::Role;

/// Lists the codes: status, code and text. A text without a code is the reference's own doing.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident $status:literal $number:literal $text:expr;)*) => {
        /// What a refusal is called: its code and its text, without what differs from case to case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum RefusalCode { $($(#[doc = $doc])+ $name,)* }

        impl RefusalCode {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// `OBP-30001`, or nothing where the text stands alone.
            #[must_use]
            pub const fn number(self) -> &'static str {
                match self { $(Self::$name => $number,)* }
            }

            /// The status it is answered with.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The text after the code.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// The id of a new account is malformed.
    AccountIdMalformed 400 "OBP-30110" "Invalid Account Id. The ACCOUNT_ID should only contain 0-9/a-z/A-Z/'-'/'.'/'_', the length should be smaller than 255.";
    /// The bank has an account of that id.
    AccountIdTaken 400 "OBP-30208" "Account_ID already exists at the Bank.";
    /// No account of that id at the bank.
    AccountUnknown 404 "OBP-30018" "Bank Account not found. Please specify valid values for BANK_ID and ACCOUNT_ID.";
    /// A new account's amount is not zero.
    BalanceNotZero 400 "OBP-30109" "Initial Balance of Account must be Zero (0).";
    /// A new account's amount is not a number.
    BalanceNotNumber 400 "OBP-30112" "Invalid Number. Initial balance must be a number, e.g 1000.00";
    /// A new account's balance is null or its amount empty.
    BalanceAmountInvalid 400 "OBP-30106" "Invalid Balance Amount.";
    /// A new account's currency is not an ISO 4217 code in upper case.
    BalanceCurrencyInvalid 400 "OBP-30105" "Invalid Balance Currency.";
    /// A bank id is malformed.
    BankIdMalformed 400 "OBP-30111" "Invalid Bank Id. The BANK_ID should only contain 0-9/a-z/A-Z/'-'/'.'/'_', the length should be smaller than 255.";
    /// No bank of that id.
    BankUnknown 404 "OBP-30001" "Bank not found. Please specify a valid value for BANK_ID.";
    /// No consumer of that id.
    ConsumerUnknown 404 "OBP-20024" "Consumer not found. Please specify a valid value for CONSUMER_ID.";
    /// No customer of that id or number.
    CustomerUnknown 404 "OBP-30046" "Customer not found. Please specify a valid value for CUSTOMER_ID.";
    /// The bank has a customer of that number.
    CustomerNumberTaken 400 "OBP-30006" "Customer Number already exists. Please specify a different value for BANK_ID or CUSTOMER_NUMBER.";
    /// Another number of dates of birth than of dependants.
    DependantsDiffer 400 "OBP-10020" "Incorrect json. dependants must be the number of dates in dob_of_dependants.";
    /// Not an e-mail address.
    EmailInvalid 400 "" "Invalid email address";
    /// No entitlement of that id.
    EntitlementUnknown 404 "OBP-30212" "EntitlementId not found";
    /// The user holds that role there.
    EntitlementTaken 400 "OBP-30216" "Entitlement already exists for the user.";
    /// No request of that id.
    EntitlementRequestUnknown 404 "OBP-30215" "EntitlementRequestId not found";
    /// The user has asked for that role there.
    EntitlementRequestTaken 400 "OBP-30214" "Entitlement Request already exists for the user.";
    /// The body breaks a rule; the host answers it too, for what is not even JSON of the right types.
    JsonIncorrect 400 "OBP-10001" "Incorrect json format.";
    /// An extension rejected the record.
    JsonScreened 400 "OBP-10035" "Incorrect json value.";
    /// The caller may not grant that role.
    MayNotGrant 403 "OBP-20050" "Current User is not a Super Admin!";
    /// No meeting of that id at the bank.
    MeetingUnknown 404 "OBP-30104" "Meeting not found.";
    /// Meetings are switched off, or nobody serves that provider id.
    MeetingsNotSupported 400 "OBP-30101" "Meetings are not supported on this server.";
    /// The meeting provider has no key.
    MeetingKeyMissing 403 "OBP-30102" "Meeting provider API Key is not configured.";
    /// The meeting provider has no secret.
    MeetingSecretMissing 403 "OBP-30103" "Meeting provider Secret is not configured.";
    /// The password breaks the rule.
    PasswordInvalid 400 "OBP-30207" PASSWORD_RULE;
    /// A bank role was named without a bank.
    RoleNeedsBank 400 "OBP-30205" "This entitlement is a Bank Role. Please set bank_id to a valid bank id.";
    /// A system role was named with a bank.
    RoleTakesNoBank 400 "OBP-30206" "This entitlement is a System Role. Please set bank_id to empty string.";
    /// No role of that name.
    RoleUnknown 400 "OBP-10007" "Incorrect Role name:";
    /// The caller holds none of the roles that would do.
    RolesMissing 403 "OBP-20006" "User is missing one or more roles:";
    /// The id of a new account's owner is malformed.
    UserIdMalformed 400 "OBP-30107" "Invalid User Id.";
    /// The user is linked to a customer at the bank.
    UserLinked 400 "OBP-30007" "The User is already linked to a Customer at the bank specified by BANK_ID";
    /// The user name is taken.
    UsernameTaken 409 "" "User with the same username already exists.";
    /// No user of that name.
    UsernameUnknown 404 "OBP-20027" "User not found by username.";
    /// No user of that id.
    UserUnknown 404 "OBP-20005" "User not found. Please specify a valid value for USER_ID.";
    /// The caller may not use a view of the account.
    ViewDenied 403 "OBP-20017" "Current user does not have access to the view. Please specify a valid value for VIEW_ID.";
}

/// `code: text`, or the text where there is no code: how every message begins.
#[must_use]
pub fn worded(number: &str, text: &str) -> String {
    if number.is_empty() { text.to_owned() } else { format!("{number}: {text}") }
}

impl RefusalCode {
    /// How every message of it begins, and what the documents list.
    #[must_use]
    pub fn message(self) -> String {
        worded(self.number(), self.text())
    }
}

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

impl Refusal {
    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (code, detail) = (self.code(), self.detail());
        let mut message = code.message();
        if !detail.is_empty() {
            message.push(' ');
            message.push_str(&detail);
        }
        Problem { code: code.number().to_owned(), status: code.status(), message }
    }

    /// What it is called.
    #[must_use]
    pub const fn code(&self) -> RefusalCode {
        match self {
            Self::AccountIdMalformed => RefusalCode::AccountIdMalformed,
            Self::AccountIdTaken => RefusalCode::AccountIdTaken,
            Self::AccountUnknown => RefusalCode::AccountUnknown,
            Self::BalanceNotZero => RefusalCode::BalanceNotZero,
            Self::BalanceNotNumber => RefusalCode::BalanceNotNumber,
            Self::BalanceAmountInvalid => RefusalCode::BalanceAmountInvalid,
            Self::BalanceCurrencyInvalid => RefusalCode::BalanceCurrencyInvalid,
            Self::BankIdMalformed => RefusalCode::BankIdMalformed,
            Self::BankUnknown => RefusalCode::BankUnknown,
            Self::ConsumerUnknown => RefusalCode::ConsumerUnknown,
            Self::CustomerUnknown => RefusalCode::CustomerUnknown,
            Self::CustomerNumberTaken => RefusalCode::CustomerNumberTaken,
            Self::DependantsDiffer => RefusalCode::DependantsDiffer,
            Self::EmailInvalid => RefusalCode::EmailInvalid,
            Self::EntitlementUnknown => RefusalCode::EntitlementUnknown,
            Self::EntitlementTaken => RefusalCode::EntitlementTaken,
            Self::EntitlementRequestUnknown => RefusalCode::EntitlementRequestUnknown,
            Self::EntitlementRequestTaken => RefusalCode::EntitlementRequestTaken,
            Self::MayNotGrant(_) => RefusalCode::MayNotGrant,
            Self::MeetingUnknown => RefusalCode::MeetingUnknown,
            Self::MeetingsNotSupported => RefusalCode::MeetingsNotSupported,
            Self::MeetingKeyMissing => RefusalCode::MeetingKeyMissing,
            Self::MeetingSecretMissing => RefusalCode::MeetingSecretMissing,
            Self::PasswordInvalid | Self::PasswordUnusable => RefusalCode::PasswordInvalid,
            Self::RoleNeedsBank => RefusalCode::RoleNeedsBank,
            Self::RoleTakesNoBank => RefusalCode::RoleTakesNoBank,
            Self::RoleUnknown(_) => RefusalCode::RoleUnknown,
            Self::RolesMissing(_) => RefusalCode::RolesMissing,
            Self::Screened(_) => RefusalCode::JsonScreened,
            Self::TextMalformed(..) | Self::TextMissing(..) | Self::TextTooLong(..) => RefusalCode::JsonIncorrect,
            Self::UserIdMalformed => RefusalCode::UserIdMalformed,
            Self::UserLinked => RefusalCode::UserLinked,
            Self::UsernameTaken => RefusalCode::UsernameTaken,
            Self::UsernameUnknown => RefusalCode::UsernameUnknown,
            Self::UserUnknown => RefusalCode::UserUnknown,
            Self::ViewDenied => RefusalCode::ViewDenied,
        }
    }

    /// What differs from case to case; mostly nothing.
    fn detail(&self) -> String {
        match self {
            Self::MayNotGrant(roles) => format!("Or {} {}", RefusalCode::RolesMissing.message(), one_of(roles)),
            Self::PasswordUnusable => {
                "It must not contain control characters and must be at most 512 bytes.".to_owned()
            }
            Self::RoleUnknown(name) => format!("{name}. Possible roles are {}", joined(Role::ALL, ", ")),
            Self::RolesMissing(roles) => one_of(roles),
            Self::Screened(reason) => reason.clone(),
            Self::TextMalformed(field, what) => format!("The value of {field} {what}."),
            Self::TextMissing(field, min) => format!("The value of {field} must have at least {min} characters."),
            Self::TextTooLong(field, max) => format!("The value of {field} must have at most {max} characters."),
            _ => String::new(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        refusal.problem()
    }
}

const PASSWORD_RULE: &str = "Invalid Password Format. Your password should EITHER be at least 10 characters long and contain mixed numbers and both upper and lower case letters and at least one special character, OR be longer than 16 characters.";

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
