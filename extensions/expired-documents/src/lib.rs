//! Two rules: an identity document must not have expired, and a check on a customer under age must not be satisfied.

use onboarding_extension::{
    Date, KycDocument, Screener, Subject, Timestamp, Verdict, export_screening, log, now, number, setting,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The screener.
pub struct ExpiredDocuments;

impl Screener for ExpiredDocuments {
    fn screen(subject: Subject) -> Verdict {
        let verdict = match subject {
            Subject::KycDocument(document) => screen_document(&document, now(), number("warn_days", 30)),
            Subject::KycCheck(check) => {
                let marker = setting("birth_marker").unwrap_or_else(|| "date_of_birth=".to_owned());
                screen_check(check.satisfied, &check.comments, Date::of(now()), &marker, number("minimum_age", 18))
            }
            _ => Verdict::Accept,
        };
        if matches!(verdict, Verdict::Reject(_)) {
            // The correlation id of this line leads to the customer in the server's log.
            log::info("rejected");
        }
        verdict
    }
}

export_screening!(ExpiredDocuments);

/// Rejects a document that expired before today. It is valid until the end of the day of expiry. One that never expires is accepted.
fn screen_document(document: &KycDocument, now: Timestamp, warn_days: i64) -> Verdict {
    let Some(expiry_date) = document.expiry_date else { return Verdict::Accept };
    let expiry = Date::of(expiry_date);
    if expiry < Date::of(now) {
        return Verdict::Reject(format!("The document expired on {expiry}."));
    }
    let left_ms = expiry_date.milliseconds.saturating_sub(now.milliseconds);
    if left_ms <= warn_days.saturating_mul(DAY_MS) {
        return Verdict::AcceptWithNote(format!("The document expires on {expiry}."));
    }
    Verdict::Accept
}

/// Rejects a satisfied check on a customer under age. A check that is not satisfied gives no rights, so it is accepted.
fn screen_check(satisfied: bool, comments: &str, today: Date, marker: &str, minimum_age: i64) -> Verdict {
    let Some((_, birth)) = comments.split_once(marker).filter(|_| satisfied) else {
        return Verdict::Accept;
    };
    let birth = birth.split(|c: char| c.is_whitespace() || ",;".contains(c)).next().unwrap_or_default();
    // The date may end a sentence.
    let Ok(birth) = birth.trim_end_matches('.').parse::<Date>() else {
        return Verdict::Reject(format!("The text after \"{marker}\" in the comments is not a date (yyyy-mm-dd)."));
    };
    match birth.years_until(today) {
        age if age < 0 => Verdict::Reject("The date of birth lies in the future.".to_owned()),
        age if age < minimum_age => {
            Verdict::Reject(format!("The customer is {age} years old; the minimum age is {minimum_age}."))
        }
        _ => Verdict::Accept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22T10:00:00Z
    const NOW: Timestamp = Timestamp { milliseconds: 1_795_341_600_000 };

    fn document(days_left: i64) -> Verdict {
        let midnight = NOW.milliseconds.div_euclid(DAY_MS) * DAY_MS;
        expiring(Some(Timestamp { milliseconds: midnight + days_left * DAY_MS }))
    }

    fn expiring(expiry_date: Option<Timestamp>) -> Verdict {
        let document = KycDocument {
            bank_id: "gh.29.uk".to_owned(),
            customer_id: "c".to_owned(),
            id: "d".to_owned(),
            customer_number: "1".to_owned(),
            type_: "passport".to_owned(),
            number: "123".to_owned(),
            issue_date: Timestamp { milliseconds: 0 },
            issue_place: "London".to_owned(),
            expiry_date,
        };
        screen_document(&document, NOW, 30)
    }

    fn check(satisfied: bool, comments: &str) -> Verdict {
        screen_check(satisfied, comments, Date::of(NOW), "date_of_birth=", 18)
    }

    #[test]
    fn a_document_is_valid_on_its_last_day_and_not_on_the_next() {
        assert_eq!(document(-1), Verdict::Reject("The document expired on 2026-11-21.".to_owned()));
        assert_eq!(document(0), Verdict::AcceptWithNote("The document expires on 2026-11-22.".to_owned()));
        assert_eq!(document(30), Verdict::AcceptWithNote("The document expires on 2026-12-22.".to_owned()));
        assert_eq!(document(31), Verdict::Accept);
        assert_eq!(expiring(None), Verdict::Accept);
    }

    #[test]
    fn a_customer_is_of_age_from_the_birthday_on() {
        let young = Verdict::Reject("The customer is 17 years old; the minimum age is 18.".to_owned());
        assert_eq!(check(true, "date_of_birth=2008-11-22"), Verdict::Accept);
        assert_eq!(check(true, "Seen. date_of_birth=2008-11-22."), Verdict::Accept);
        assert_eq!(check(true, "date_of_birth=2008-11-23, by passport"), young);
        assert_eq!(check(false, "date_of_birth=2008-11-23"), Verdict::Accept);
        assert_eq!(check(true, "no date of birth"), Verdict::Accept);
    }

    #[test]
    fn a_date_of_birth_must_be_a_date_in_the_past() {
        assert!(
            matches!(check(true, "date_of_birth=yesterday"), Verdict::Reject(reason) if reason.contains("not a date"))
        );
        assert!(
            matches!(check(true, "date_of_birth=2030-01-01"), Verdict::Reject(reason) if reason.contains("future"))
        );
    }
}
