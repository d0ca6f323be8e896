//! Every refusal of the rules, and the code, status and text that the client gets for it.
//!
//! A text begins exactly as the seed page words it. Where the page is silent, it begins as the reference implementation words
//! it. Details follow after one space (decision 2). The statuses are those of decision 1. The host's own errors (routing, login,
//! overload) are not here.

use std::fmt::Write as _;

use crate::error_codes;
use crate::passwords::{PASSWORD_BYTES_MAX, PasswordFault};
use crate::problem::Problem;
use crate::roles::Role;

error_codes! {
    /// The code of a refusal, without the details that differ from case to case.
    pub enum RefusalCode {
        /// The account id in the path is malformed.
        AccountIdMalformed [400] "OBP-30110" "Invalid Account Id. The ACCOUNT_ID should only contain 0-9/a-z/A-Z/'-'/'.'/'_', the length should be smaller than 255.";
        /// The bank already has an account with this id.
        AccountIdTaken [400] "OBP-30208" "Account_ID already exists at the Bank.";
        /// The bank has no account with this id.
        AccountUnknown [404] "OBP-30018" "Bank Account not found. Please specify valid values for BANK_ID and ACCOUNT_ID.";
        /// The opening balance is not zero.
        BalanceNotZero [400] "OBP-30109" "Initial Balance of Account must be Zero (0).";
        /// The opening balance is not a number.
        BalanceNotNumber [400] "OBP-30112" "Invalid Number. Initial balance must be a number, e.g 1000.00";
        /// The opening balance is null, or its amount is empty.
        BalanceAmountInvalid [400] "OBP-30106" "Invalid Balance Amount.";
        /// The currency of a new account is not an ISO 4217 code in upper case.
        BalanceCurrencyInvalid [400] "OBP-30105" "Invalid Balance Currency.";
        /// The bank id is malformed.
        BankIdMalformed [400] "OBP-30111" "Invalid Bank Id. The BANK_ID should only contain 0-9/a-z/A-Z/'-'/'.'/'_', the length should be smaller than 255.";
        /// No bank has this id.
        BankUnknown [404] "OBP-30001" "Bank not found. Please specify a valid value for BANK_ID.";
        /// No consumer has this id.
        ConsumerUnknown [404] "OBP-20024" "Consumer not found. Please specify a valid value for CONSUMER_ID.";
        /// No customer has this id or number.
        CustomerUnknown [404] "OBP-30046" "Customer not found. Please specify a valid value for CUSTOMER_ID.";
        /// The bank already has a customer with this number.
        CustomerNumberTaken [400] "OBP-30006" "Customer Number already exists. Please specify a different value for BANK_ID or CUSTOMER_NUMBER.";
        /// The number of dependants differs from the number of their dates of birth.
        DependantsDiffer [400] "OBP-10020" "Incorrect json. dependants must be the number of dates in dob_of_dependants.";
        /// The text is not an e-mail address.
        EmailInvalid [400] "" "Invalid email address";
        /// The user has no entitlement with this id.
        EntitlementUnknown [404] "OBP-30212" "EntitlementId not found";
        /// The user already holds this role at this bank, or this system role.
        EntitlementTaken [400] "OBP-30216" "Entitlement already exists for the user.";
        /// No request for a role has this id.
        EntitlementRequestUnknown [404] "OBP-30215" "EntitlementRequestId not found";
        /// The user has already requested this role at this bank, or this system role.
        EntitlementRequestTaken [400] "OBP-30214" "Entitlement Request already exists for the user.";
        /// The body breaks a rule. The host answers with the same code if the body is not JSON of the right types.
        JsonIncorrect [400] "OBP-10001" "Incorrect json format.";
        /// An extension rejected the record.
        JsonScreened [400] "OBP-10035" "Incorrect json value.";
        /// The caller may not grant this role.
        MayNotGrant [403] "OBP-20050" "Current User is not a Super Admin!";
        /// The bank has no meeting with this id.
        MeetingUnknown [404] "OBP-30104" "Meeting not found.";
        /// Meetings are switched off, or no provider has this id.
        MeetingsNotSupported [400] "OBP-30101" "Meetings are not supported on this server.";
        /// The meeting provider has no API key.
        MeetingKeyMissing [403] "OBP-30102" "Meeting provider API Key is not configured.";
        /// The meeting provider has no secret.
        MeetingSecretMissing [403] "OBP-30103" "Meeting provider Secret is not configured.";
        /// The password breaks the password rule.
        PasswordInvalid [400] "OBP-30207" PASSWORD_RULE;
        /// A bank role was named without a bank.
        RoleNeedsBank [400] "OBP-30205" "This entitlement is a Bank Role. Please set bank_id to a valid bank id.";
        /// A system role was named with a bank.
        RoleTakesNoBank [400] "OBP-30206" "This entitlement is a System Role. Please set bank_id to empty string.";
        /// No role has this name.
        RoleUnknown [400] "OBP-10007" "Incorrect Role name:";
        /// The caller holds none of the roles that allow this action.
        RolesMissing [403] "OBP-20006" "User is missing one or more roles:";
        /// The user id of a new account's owner is malformed.
        UserIdMalformed [400] "OBP-30107" "Invalid User Id.";
        /// The user is already linked to a customer of the bank.
        UserLinked [400] "OBP-30007" "The User is already linked to a Customer at the bank specified by BANK_ID";
        /// The user name is taken.
        UsernameTaken [409] "" "User with the same username already exists.";
        /// No user has this name.
        UsernameUnknown [404] "OBP-20027" "User not found by username.";
        /// No user has this id.
        UserUnknown [404] "OBP-20005" "User not found. Please specify a valid value for USER_ID.";
        /// The caller may not use a view of the account.
        ViewDenied [403] "OBP-20017" "Current user does not have access to the view. Please specify a valid value for VIEW_ID.";
    }
}

/// A refusal of the rules. It carries values; [`Refusal::problem`] makes sentences of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account id in the path is malformed.
    AccountIdMalformed,
    /// createAccount: the bank already has an account with this id.
    AccountIdTaken,
    /// The bank has no account with this id.
    AccountUnknown,
    /// createAccount: the opening balance is not zero.
    BalanceNotZero,
    /// createAccount: the opening balance is not a number.
    BalanceNotNumber,
    /// createAccount: the opening balance is null, or its amount is empty.
    BalanceAmountInvalid,
    /// createAccount: the currency is not an ISO 4217 code in upper case.
    BalanceCurrencyInvalid,
    /// The bank id is malformed: the one in the path, or that of a new bank.
    BankIdMalformed,
    /// No bank has this id.
    BankUnknown,
    /// No consumer has this id.
    ConsumerUnknown,
    /// The bank has no customer with this id or number. In lists of KYC records: no bank has one.
    CustomerUnknown,
    /// The bank already has a customer with this number.
    CustomerNumberTaken,
    /// createCustomer: the number of dependants differs from the number of their dates of birth.
    DependantsDiffer,
    /// createUser: the text is not an e-mail address.
    EmailInvalid,
    /// The user has no entitlement with this id.
    EntitlementUnknown,
    /// The user already holds this role at this bank, or this system role.
    EntitlementTaken,
    /// No request for a role has this id.
    EntitlementRequestUnknown,
    /// The user has already requested this role at this bank, or this system role.
    EntitlementRequestTaken,
    /// The caller may not grant this role: the caller is not a super admin and holds none of these roles.
    MayNotGrant(&'static [Role]),
    /// The bank has no meeting with this id.
    MeetingUnknown,
    /// Meetings are switched off, or no provider has this id.
    MeetingsNotSupported,
    /// The meeting provider has no API key.
    MeetingKeyMissing,
    /// The meeting provider has no secret.
    MeetingSecretMissing,
    /// A new password breaks the password rule. The value says how.
    PasswordInvalid(PasswordFault),
    /// A bank role was named without a bank.
    RoleNeedsBank,
    /// A system role was named with a bank.
    RoleTakesNoBank,
    /// No role has this name. The value is the name.
    RoleUnknown(String),
    /// The caller holds none of these roles.
    RolesMissing(&'static [Role]),
    /// An extension rejected the record. The value is its reason.
    Screened(String),
    /// A text breaks a rule of its field. The values are the field and the rule.
    TextMalformed(&'static str, &'static str),
    /// A text is too short. The values are the field and the smallest number of characters.
    TextMissing(&'static str, usize),
    /// A text is too long. The values are the field and the greatest number of characters.
    TextTooLong(&'static str, usize),
    /// createAccount: the user id in the body is malformed.
    UserIdMalformed,
    /// The user is already linked to a customer of the bank.
    UserLinked,
    /// createUser: the user name is taken.
    UsernameTaken,
    /// No user has this name.
    UsernameUnknown,
    /// No user has this id.
    UserUnknown,
    /// The caller may not use a view of the account.
    ViewDenied,
}

impl Refusal {
    /// The code, status and text for the client.
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

    /// The code of this refusal.
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
            Self::PasswordInvalid(_) => RefusalCode::PasswordInvalid,
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

    /// The details that follow the text of the code. Empty for most refusals.
    fn detail(&self) -> String {
        match self {
            Self::MayNotGrant(roles) => format!("Or {} {}", RefusalCode::RolesMissing.message(), one_of(roles)),
            Self::PasswordInvalid(fault) => password_detail(fault),
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

fn password_detail(fault: &PasswordFault) -> String {
    match fault {
        PasswordFault::Weak { chars, missing } => {
            let unit = if *chars == 1 { "character" } else { "characters" };
            let missing: Vec<_> = missing.iter().map(|part| part.name()).collect();
            match missing.split_last() {
                None => format!("It has {chars} {unit}."),
                Some((last, [])) => format!("It has {chars} {unit}, and lacks {last}."),
                Some((last, others)) => format!("It has {chars} {unit}, and lacks {} and {last}.", others.join(", ")),
            }
        }
        PasswordFault::TooLong(bytes) => format!("It has {bytes} bytes; at most {PASSWORD_BYTES_MAX} are allowed."),
        PasswordFault::Unusable(character) => {
            format!("It contains the character U+{:04X}, which no client can send undamaged.", u32::from(*character))
        }
    }
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
