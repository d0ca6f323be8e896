//! The explanations of the rules' refusals. OBP-10001 is missing: both tables have it, and the host's explanation covers it.

use super::Words;
use crate::error_codes::RefusalCode as Code;

pub(super) static WORDS: &[(Code, Words)] = &[
    (
        Code::AccountIdMalformed,
        Words {
            meaning: "The account id in the path is not valid.",
            when: "ACCOUNT_ID is longer than 254 characters, is `.` or `..`, or contains others than letters, digits, hyphen, dot and underscore.",
            what_to_do: "Choose another id for the account, such as a UUID.",
        },
    ),
    (
        Code::AccountIdTaken,
        Words {
            meaning: "The bank already has an account with this id. The account was not changed.",
            when: "The same createAccount is sent twice, or another client has chosen the same id.",
            what_to_do: "Choose another ACCOUNT_ID; a UUID is always free. If your own call was sent twice, the account exists.",
        },
    ),
    (
        Code::AccountUnknown,
        Words {
            meaning: "The bank has no account with this id.",
            when: "ACCOUNT_ID is misspelt, or belongs to another bank.",
            what_to_do: "Compare with GET /my/accounts, which lists bank and account ids.",
        },
    ),
    (
        Code::BalanceNotZero,
        Words {
            meaning: "A new account must be empty.",
            when: "balance.amount is another number than zero.",
            what_to_do: "Send \"amount\":\"0\". Transactions bring money to an account; this server has none.",
        },
    ),
    (
        Code::BalanceNotNumber,
        Words {
            meaning: "The amount is not a number.",
            when: "balance.amount contains spaces, a currency sign or a decimal comma.",
            what_to_do: "Send \"amount\":\"0\".",
        },
    ),
    (
        Code::BalanceAmountInvalid,
        Words {
            meaning: "The amount is missing.",
            when: "balance is null, or balance.amount is an empty text.",
            what_to_do: "Send \"balance\":{\"currency\":\"EUR\",\"amount\":\"0\"}.",
        },
    ),
    (
        Code::BalanceCurrencyInvalid,
        Words {
            meaning: "The currency is not valid.",
            when: "balance.currency is not an ISO 4217 code in use, or is not in upper case.",
            what_to_do: "Send a code such as EUR, USD or GBP.",
        },
    ),
    (
        Code::BankIdMalformed,
        Words {
            meaning: "The bank id is not valid, so no bank can have it.",
            when: "BANK_ID is longer than 254 characters, is `.` or `..`, or contains others than letters, digits, hyphen, dot and underscore. Often the request contains the placeholder, a bank's name, or a brace from the documentation.",
            what_to_do: "Take an id from GET /banks.",
        },
    ),
    (
        Code::BankUnknown,
        Words {
            meaning: "This server has no bank with this id.",
            when: "BANK_ID is misspelt, or belongs to another server. Bank ids are case-sensitive.",
            what_to_do: "Take an id from GET /banks.",
        },
    ),
    (
        Code::ConsumerUnknown,
        Words {
            meaning: "No application has this id.",
            when: "CONSUMER_ID is misspelt, or is the consumer key.",
            what_to_do: "Take the consumer_id from GET /management/consumers.",
        },
    ),
    (
        Code::CustomerUnknown,
        Words {
            meaning: "The bank has no such customer. If the path names no bank, no bank has one.",
            when: "CUSTOMER_ID is misspelt, belongs to another bank, or is a customer number.",
            what_to_do: "Use the customer_id from the answer of createCustomer. POST /banks/BANK_ID/customers/customer-number finds the id for a number.",
        },
    ),
    (
        Code::CustomerNumberTaken,
        Words {
            meaning: "Another customer of the bank has this number.",
            when: "The request gives a customer a number that is in use.",
            what_to_do: "Choose another number.",
        },
    ),
    (
        Code::DependantsDiffer,
        Words {
            meaning: "`dependants` must equal the number of dates.",
            when: "dependants is not the number of dates in dob_of_dependants.",
            what_to_do: "Give one date for each dependant. Without dependants send 0 and an empty list.",
        },
    ),
    (
        Code::EmailInvalid,
        Words {
            meaning: "This is not an e-mail address.",
            when: "email lacks the @, contains spaces, or has an invalid domain.",
            what_to_do: "Send one address, such as robert@example.com.",
        },
    ),
    (
        Code::EntitlementUnknown,
        Words {
            meaning: "The user has no entitlement with this id.",
            when: "ENTITLEMENT_ID is misspelt, was deleted, or belongs to another user.",
            what_to_do: "Take the id from GET /users/USER_ID/entitlements.",
        },
    ),
    (
        Code::EntitlementTaken,
        Words {
            meaning: "The user already holds this role at this bank, or this system role.",
            when: "A role is granted or requested a second time.",
            what_to_do: "You need not do anything.",
        },
    ),
    (
        Code::EntitlementRequestUnknown,
        Words {
            meaning: "No request has this id.",
            when: "ENTITLEMENT_REQUEST_ID is misspelt, or another user has already deleted the request.",
            what_to_do: "Take the id from GET /entitlement-requests.",
        },
    ),
    (
        Code::EntitlementRequestTaken,
        Words {
            meaning: "You have already requested this role.",
            when: "The same request is sent before the first one is decided.",
            what_to_do: "Wait for the decision. GET /my/entitlement-requests shows your pending requests.",
        },
    ),
    (
        Code::JsonScreened,
        Words {
            meaning: "An extension of this server has rejected the record. The message gives its reason.",
            when: "The operator runs extensions that screen records, such as one that rejects expired documents.",
            what_to_do: "Correct the value that the message names. If the reason is wrong, ask the operator, who runs the extension.",
        },
    ),
    (
        Code::MayNotGrant,
        Words {
            meaning: "You may not grant this role.",
            when: "You are not a super admin, and hold neither of the roles in the message.",
            what_to_do: "Ask a super admin. The operator adds one by `obp-host super-admin add USERNAME`, while the server runs.",
        },
    ),
    (
        Code::MeetingUnknown,
        Words {
            meaning: "The bank has no meeting with this id.",
            when: "MEETING_ID is misspelt, or belongs to another bank.",
            what_to_do: "Take the id from GET /banks/BANK_ID/meetings.",
        },
    ),
    (
        Code::MeetingsNotSupported,
        Words {
            meaning: "The server cannot arrange this meeting.",
            when: "Meetings are switched off on this server, or no provider has the id in provider_id.",
            what_to_do: "Ask the operator for the configured providers: meetings.enabled and meetings.providers in the configuration.",
        },
    ),
    (
        Code::MeetingKeyMissing,
        Words {
            meaning: "The meeting provider has no key.",
            when: "The operator has configured the provider without its API key or app id.",
            what_to_do: "Ask the operator to complete meetings.providers in the configuration.",
        },
    ),
    (
        Code::MeetingSecretMissing,
        Words {
            meaning: "The meeting provider has no secret.",
            when: "The operator has configured the provider without its secret.",
            what_to_do: "Ask the operator to complete meetings.providers in the configuration.",
        },
    ),
    (
        Code::PasswordInvalid,
        Words {
            meaning: "The password is too weak or too long, or has a character that no client can send undamaged. The message says which.",
            when: "It has fewer than 10 characters; or 10 to 16 without a digit, a lower-case letter, an upper-case letter or a special character; or a control character or U+FFFD; or more than 512 bytes.",
            what_to_do: "Choose more than 16 characters, such as four words, or at least 10 of all four kinds.",
        },
    ),
    (
        Code::RoleNeedsBank,
        Words {
            meaning: "The role is a bank role, and the request names no bank.",
            when: "bank_id is empty for a bank role, such as CanCreateCustomer.",
            what_to_do: "Put the id of the bank into bank_id. GET /roles says which roles need one.",
        },
    ),
    (
        Code::RoleTakesNoBank,
        Words {
            meaning: "The role is a system role, and the request names a bank.",
            when: "bank_id is not empty for a system role, such as CanCreateBank.",
            what_to_do: "Send \"bank_id\":\"\". GET /roles says which roles need a bank.",
        },
    ),
    (
        Code::RoleUnknown,
        Words {
            meaning: "This server knows no role with this name.",
            when: "role_name is misspelt, or is a role of another version of OBP.",
            what_to_do: "Take a name from the message. Names are case-sensitive.",
        },
    ),
    (
        Code::RolesMissing,
        Words {
            meaning: "You need one of the roles in the message, and hold none of them.",
            when: "The role was not granted to you, or was granted for another bank than the one in the path.",
            what_to_do: "Request it by POST /entitlement-requests, or ask a super admin to grant it.",
        },
    ),
    (
        Code::UserIdMalformed,
        Words {
            meaning: "The user id in the body is not valid.",
            when: "user_id contains others than letters, digits, hyphen, dot and underscore. Often it is a user name or an e-mail address.",
            what_to_do: "Send the user_id from the answer of createUser, or an empty text for an account of your own.",
        },
    ),
    (
        Code::UserLinked,
        Words {
            meaning: "The user already has a customer at this bank.",
            when: "The request links a second customer of the same bank to a user.",
            what_to_do: "If it is the same customer, you need not do anything. GET /banks/BANK_ID/customers shows the user's own.",
        },
    ),
    (
        Code::UsernameTaken,
        Words {
            meaning: "This user name is taken.",
            when: "A registration is sent twice, or another user has chosen the same name.",
            what_to_do: "Choose another user name. If your own call was sent twice, the user exists and can log in.",
        },
    ),
    (
        Code::UsernameUnknown,
        Words {
            meaning: "No user has this name.",
            when: "USERNAME is misspelt. User names are case-sensitive.",
            what_to_do: "Check the name. In the path, its spaces must be percent-encoded.",
        },
    ),
    (
        Code::UserUnknown,
        Words {
            meaning: "No user has this id.",
            when: "USER_ID is misspelt, or is a user name.",
            what_to_do: "Use the user_id from the answer of createUser, or from GET /users/username/USERNAME.",
        },
    ),
    (
        Code::ViewDenied,
        Words {
            meaning: "The account exists, but you may not see it.",
            when: "You do not hold the account, so you have no view of it.",
            what_to_do: "Ask the account's holder. GET /my/accounts lists the accounts that you may see.",
        },
    ),
];
