//! The explanations of the rules' codes.

use guest::refusals::RefusalCode as Code;

use super::{Words, host_errors};
use crate::error_codes;

pub(super) fn words(code: Code) -> Words {
    let (meaning, when, what_to_do) = match code {
        // One code, two who answer it: one explanation.
        Code::JsonIncorrect => return host_errors::words(error_codes::Code::JsonIncorrect),
        Code::AccountIdMalformed => (
            "The account id in the path is not one.",
            "ACCOUNT_ID is longer than 255 characters, or has others than letters, digits, hyphen, dot and underscore.",
            "Choose another id for the account; a UUID will do.",
        ),
        Code::AccountIdTaken => (
            "The bank has an account of that id already. It was not touched.",
            "The same createAccount is sent twice, or another client has chosen the same id.",
            "Choose another ACCOUNT_ID; a UUID is never taken. If your own call was sent twice, the account is there.",
        ),
        Code::AccountUnknown => (
            "The bank has no account of that id.",
            "ACCOUNT_ID is misspelt, or is an id of another bank.",
            "Compare with GET /my/accounts, which lists bank and account ids.",
        ),
        Code::BalanceNotZero => (
            "A new account must be empty.",
            "balance.amount is another number than zero.",
            "Send \"amount\":\"0\". Money comes onto an account by transactions, which are not this server's.",
        ),
        Code::BalanceNotNumber => (
            "The amount is not a number.",
            "balance.amount has blanks, a currency sign or a decimal comma in it.",
            "Send \"amount\":\"0\".",
        ),
        Code::BalanceAmountInvalid => (
            "There is no amount.",
            "balance is null, or balance.amount is an empty text.",
            "Send \"balance\":{\"currency\":\"EUR\",\"amount\":\"0\"}.",
        ),
        Code::BalanceCurrencyInvalid => (
            "The currency is none.",
            "balance.currency is not a code of ISO 4217 that is in use, or is not in upper case.",
            "Send a code such as EUR, USD or GBP.",
        ),
        Code::BankIdMalformed => (
            "The bank id is not one, so that no bank can have it.",
            "BANK_ID is longer than 255 characters, or has others than letters, digits, hyphen, dot and underscore; often the placeholder or a name of the bank was sent, or a brace was left in the path.",
            "Take an id from GET /banks.",
        ),
        Code::BankUnknown => (
            "There is no bank of that id on this server.",
            "BANK_ID is misspelt, or is an id of another server; bank ids are case-sensitive.",
            "Take an id from GET /banks.",
        ),
        Code::ConsumerUnknown => (
            "There is no application of that id.",
            "CONSUMER_ID is misspelt, or the consumer key was given in its place.",
            "Take the consumer_id from GET /management/consumers.",
        ),
        Code::CustomerUnknown => (
            "There is no such customer at that bank; or, in a path without a bank, at any.",
            "CUSTOMER_ID is misspelt, is a customer of another bank, or is a customer number instead of an id.",
            "Use the customer_id that createCustomer answered. An id is found by its number by POST /banks/BANK_ID/customers/customer-number.",
        ),
        Code::CustomerNumberTaken => (
            "Another customer of the bank has that number.",
            "A customer is given a number that is in use.",
            "Choose another number.",
        ),
        Code::DependantsDiffer => (
            "The customer's dependants and their dates of birth are not as many.",
            "dependants says another number than dob_of_dependants has dates.",
            "Give one date for each dependant; for none, 0 and an empty list.",
        ),
        Code::EmailInvalid => (
            "The e-mail address is none.",
            "email lacks the @, has blanks in it, or has a domain that cannot be.",
            "Send one address, such as robert@example.com.",
        ),
        Code::EntitlementUnknown => (
            "That user has no entitlement of that id.",
            "ENTITLEMENT_ID is misspelt, has been deleted, or is another user's.",
            "Take the id from GET /users/USER_ID/entitlements.",
        ),
        Code::EntitlementTaken => (
            "The user holds that role there already.",
            "A role is granted or asked for a second time.",
            "Nothing needs to be done.",
        ),
        Code::EntitlementRequestUnknown => (
            "There is no request of that id.",
            "ENTITLEMENT_REQUEST_ID is misspelt, or somebody else has dealt with the request.",
            "Take the id from GET /entitlement-requests.",
        ),
        Code::EntitlementRequestTaken => (
            "You have asked for that role there already.",
            "The same request is made before the first has been dealt with.",
            "Wait until somebody decides. GET /my/entitlement-requests shows what is open.",
        ),
        Code::JsonScreened => (
            "An extension of this server has rejected the record, for the reason that follows in the message.",
            "The operator runs extensions that screen what is written, such as one that rejects expired documents.",
            "Mend what the message says; if it is wrong, ask the operator, whose extension it is.",
        ),
        Code::MayNotGrant => (
            "You may not grant that role.",
            "You are no super admin, and hold neither of the roles that the message names.",
            "Ask a super admin. The operator names one by `obp-host super-admin add USERNAME`, while the server runs.",
        ),
        Code::MeetingUnknown => (
            "The bank has no meeting of that id.",
            "MEETING_ID is misspelt, or is a meeting of another bank.",
            "Take the id from GET /banks/BANK_ID/meetings.",
        ),
        Code::MeetingsNotSupported => (
            "The server cannot arrange that meeting.",
            "Meetings are switched off on this server, or no provider has the id in provider_id.",
            "Ask the operator which providers are configured: meetings.enabled and meetings.providers in its configuration.",
        ),
        Code::MeetingKeyMissing => (
            "The meeting provider cannot be used: its key is not configured.",
            "The operator has configured the provider without its API key or app id.",
            "Have the operator complete meetings.providers in the configuration.",
        ),
        Code::MeetingSecretMissing => (
            "The meeting provider cannot be used: its secret is not configured.",
            "The operator has configured the provider without its secret.",
            "Have the operator complete meetings.providers in the configuration.",
        ),
        Code::PasswordInvalid => (
            "The password is too weak, or cannot be sent in a login's header.",
            "It has fewer than 10 characters; or 10 to 16 without a digit, a lower-case letter, an upper-case letter or a special character, or with something else, such as a blank; or control characters; or more than 512 bytes.",
            "Take more than 16 characters, such as four words, or 10 and more of all four kinds.",
        ),
        Code::RoleNeedsBank => (
            "The role is held at a bank, and no bank is named.",
            "bank_id is empty for a bank role, such as CanCreateCustomer.",
            "Put the bank's id into bank_id. GET /roles says which roles need one.",
        ),
        Code::RoleTakesNoBank => (
            "The role is held everywhere, and a bank is named.",
            "bank_id is not empty for a system role, such as CanCreateBank.",
            "Send \"bank_id\":\"\". GET /roles says which roles need a bank.",
        ),
        Code::RoleUnknown => (
            "This server knows no role of that name.",
            "role_name is misspelt, or is a role of another version of OBP.",
            "Take one of the names that the message lists; they are case-sensitive.",
        ),
        Code::RolesMissing => (
            "You hold none of the roles of which one is needed: those that the message names.",
            "The role has not been granted to you, or for another bank than the one in the path.",
            "Ask for it by POST /entitlement-requests, or have a super admin grant it.",
        ),
        Code::UserIdMalformed => (
            "The user id in the body is not one.",
            "user_id has others than letters, digits, hyphen, dot and underscore; often a user name or an e-mail address was sent.",
            "Send the user_id that createUser answered, or an empty text for an account of your own.",
        ),
        Code::UserLinked => (
            "The user has a customer at that bank already.",
            "A second customer of the same bank is linked to a user.",
            "Nothing needs to be done if it is the same customer. GET /banks/BANK_ID/customers shows the user's own.",
        ),
        Code::UsernameTaken => (
            "Somebody has registered under that name.",
            "A registration is sent twice, or another user has chosen the same name.",
            "Choose another user name. If your own call was sent twice, the user is there and can log in.",
        ),
        Code::UsernameUnknown => (
            "There is no user of that name.",
            "USERNAME is misspelt; user names are case-sensitive.",
            "Check the name, percent-encoded in the path where it has blanks.",
        ),
        Code::UserUnknown => (
            "There is no user of that id.",
            "USER_ID is misspelt, or a user name was given in its place.",
            "Use the user_id that createUser answered, or that of GET /users/username/USERNAME.",
        ),
        Code::ViewDenied => (
            "The account exists, but not for your eyes.",
            "You do not hold the account, so that you have no view of it.",
            "Ask the account's holder. GET /my/accounts lists what you may see.",
        ),
    };
    Words { meaning, when, what_to_do }
}
