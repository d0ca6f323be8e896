//! The memory of one request's answer, from its records on.
//!
//! The rows that a request reads become its answer. They take their bytes from the budget while they are read, so that a request
//! whose answer has no room ends early: before its rules run, and before it has read many rows.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use storage::{RowsLimit, Snapshot, StoreError};

use crate::answer_budget::{AnswerPermit, SMALL_ANSWER_BYTES_MAX};
use crate::errors::ApiError;

/// The room of a request's answer.
pub(crate) struct AnswerRoom(Mutex<State>);

struct State {
    permit: AnswerPermit,
    /// The bytes of all rows so far.
    bytes: usize,
    is_refused: bool,
}

impl AnswerRoom {
    /// The room of a request that reads from that view. `permit` grows with the rows.
    pub(crate) fn of(permit: AnswerPermit, snapshot: Option<&mut Box<dyn Snapshot>>) -> Arc<Self> {
        let room = Arc::new(Self(Mutex::new(State { permit, bytes: 0, is_refused: false })));
        if let Some(snapshot) = snapshot {
            snapshot.limit_rows(Arc::clone(&room) as Arc<dyn RowsLimit>);
        }
        room
    }

    /// The error of a request whose rows found no room.
    pub(crate) fn refusal(&self) -> Option<ApiError> {
        let state = self.state();
        state.is_refused.then(|| ApiError::NoRoom { bytes: state.permit.large_bytes() })
    }

    /// The permit for the answer. Later rows take another one.
    pub(crate) fn take_permit(&self) -> AnswerPermit {
        let mut state = self.state();
        let nothing = state.permit.other();
        mem::replace(&mut state.permit, nothing)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RowsLimit for AnswerRoom {
    /// Small answers take their room when they are written. A large one takes all that it can need at once, so that it is
    /// refused before it is read.
    fn take(&self, bytes: usize) -> Result<(), StoreError> {
        let mut state = self.state();
        state.bytes += bytes;
        if state.bytes <= SMALL_ANSWER_BYTES_MAX {
            return Ok(());
        }
        let bytes = state.bytes.max(state.permit.large_bytes());
        if !state.permit.reserve(bytes) {
            state.is_refused = true;
            return Err(StoreError::Unavailable("the memory for answers is used up".to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer_budget::AnswerBudget;

    const ROW: usize = 8 << 10;

    /// Takes room for so many rows. Returns the number of rows that had room.
    fn taken(room: &AnswerRoom, rows: usize) -> usize {
        (0..rows).take_while(|_| room.take(ROW).is_ok()).count()
    }

    #[test]
    fn a_large_list_is_refused_before_it_is_read_and_a_small_one_is_not() {
        let budget = AnswerBudget::new(64 << 20);
        let held: Vec<_> = std::iter::from_fn(|| {
            let room = AnswerRoom::of(budget.share(1).nothing(), None);
            (taken(&room, 512) == 512).then_some(room)
        })
        .collect();
        assert!(!held.is_empty());
        let large = AnswerRoom::of(budget.share(1).nothing(), None);
        assert_eq!(taken(&large, 512), SMALL_ANSWER_BYTES_MAX / ROW);
        let Some(ApiError::NoRoom { bytes }) = large.refusal() else { panic!("it was not refused") };
        let small = AnswerRoom::of(budget.share(1).nothing(), None);
        assert_eq!(taken(&small, 8), 8);
        assert!(small.refusal().is_none());
        // When others have been read, the list has the room that it asks for.
        drop(held);
        let mut room = budget.share(1).nothing();
        assert!(room.reserve(bytes));
        let retried = AnswerRoom::of(room, None);
        assert_eq!(taken(&retried, 512), 512);
    }
}
