//! Tests of the budget.

use std::io::Write as _;

use super::*;

const MAX: usize = 16 << 20;
const SHARE: usize = MAX / SHARES;

fn written(share: &Arc<AnswerShare>, bytes: usize) -> Result<Bytes, usize> {
    let mut writer = AnswerWriter::new(share.nothing());
    for _ in 0..bytes / 256 {
        writer.write_all(&[b'x'; 256]).unwrap();
    }
    writer.finish()
}

#[test]
fn an_answer_gives_its_bytes_back_with_its_last_part() {
    let budget = AnswerBudget::new(MAX);
    let share = budget.share(1);
    let body = written(&share, 256 << 10).unwrap();
    assert_eq!(body.len(), 256 << 10);
    assert!(budget.used() >= body.len() && share.unread_bytes() == budget.used());
    let part = body.slice(100..200);
    drop(body);
    assert!(budget.used() >= 256 << 10, "a part of the body is still unread");
    drop(part);
    assert_eq!((budget.used(), share.unread_bytes()), (0, 0));
}

#[test]
fn the_last_quarter_is_kept_for_small_answers() {
    let budget = AnswerBudget::new(MAX);
    let mut held = Vec::new();
    while let Ok(body) = written(&budget.share(1), 1 << 20) {
        held.push(body);
    }
    assert!(budget.used() > MAX / 2 && budget.used() <= MAX - MAX / 4, "{}", budget.used());
    let small: Vec<_> = std::iter::from_fn(|| written(&budget.share(1), 32 << 10).ok()).collect();
    assert!(small.len() > 64, "{}", small.len());
    assert!(budget.used() <= MAX);
    // A refusal is sent even now, and counts.
    let refusal = budget.share(1).hold_always("busy");
    drop((held, small));
    assert_eq!(budget.used(), ANSWER_BYTES_MIN);
    drop(refusal);
    assert_eq!(budget.used(), 0);
}

#[test]
fn one_connection_gets_more_than_its_share_only_while_half_of_the_budget_is_free() {
    let budget = AnswerBudget::new(MAX);
    let greedy = budget.share(1);
    let held: Vec<_> = std::iter::from_fn(|| written(&greedy, SHARE / 2).ok()).collect();
    assert!(greedy.unread_bytes() > SHARE && budget.used() <= MAX / 2, "{}", budget.used());
    // Another connection still gets an answer, even one larger than its share.
    let other = budget.share(1);
    let body = written(&other, SHARE * 2).unwrap();
    // The control: without a second connection's share, the same answer is refused.
    assert!(written(&greedy, SHARE * 2).is_err());
    drop((held, body));
    assert_eq!(budget.used(), 0);
}

#[tokio::test]
async fn a_refused_answer_says_its_size_and_leaves_nothing_behind() {
    let budget = AnswerBudget::with_wait(1 << 20, Duration::ZERO);
    for _ in 0..3 {
        assert_eq!(written(&budget.share(1), 1 << 20).unwrap_err(), 1 << 20);
        assert_eq!(budget.share(1).hold(vec![0; 1 << 20]).await, None);
        assert_eq!(budget.used(), 0);
    }
}

#[tokio::test]
async fn an_answer_waits_until_others_are_read() {
    let budget = AnswerBudget::new(MAX);
    let mut held: Vec<_> = std::iter::from_fn(|| written(&budget.share(1), 1 << 20).ok()).collect();
    let bytes = MAX / 4;
    let waiting = tokio::spawn({
        let share = budget.share(1);
        async move { share.room(bytes).await.map(|permit| permit.bytes) }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    held.truncate(1);
    assert_eq!(waiting.await.unwrap(), Some(bytes));
}

#[tokio::test]
async fn an_answer_waits_no_longer_than_the_limit() {
    let budget = AnswerBudget::with_wait(MAX, Duration::ZERO);
    let held: Vec<_> = std::iter::from_fn(|| written(&budget.share(1), 1 << 20).ok()).collect();
    assert!(budget.share(1).room(MAX / 4).await.is_none());
    drop(held);
    assert!(budget.share(1).room(MAX / 4).await.is_some());
}

#[tokio::test]
async fn a_connection_that_reads_gets_its_turn_and_one_that_does_not_waits() {
    let budget = AnswerBudget::new(MAX);
    let share = budget.share(1);
    let bodies = [written(&share, SHARE).unwrap(), written(&share, SHARE / 2).unwrap()];
    let waiting = tokio::spawn({
        let share = Arc::clone(&share);
        async move { share.turn().await.is_some() }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    assert!(budget.share(1).turn().await.is_some(), "another connection does not wait");
    drop(bodies);
    assert!(waiting.await.unwrap());
}
