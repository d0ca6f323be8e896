//! The tasks of one HTTP/2 connection. They end with it: no client can read their answers any more.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::rt::Executor;
use tokio::task::JoinSet;

/// The executor of a connection. Its tasks are cancelled when its last clone is dropped.
#[derive(Clone, Debug, Default)]
pub(super) struct StreamTasks(Arc<Mutex<JoinSet<()>>>);

impl<F> Executor<F> for StreamTasks
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, task: F) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Forget the tasks that have ended: the set keeps them until it is asked.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async {
            task.await;
        });
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn the_tasks_of_a_connection_end_with_it() {
        let (alive, gone) = oneshot::channel::<()>();
        let connection = StreamTasks::default();
        let executor = connection.clone();
        executor.execute(async move {
            std::future::pending::<()>().await;
            drop(alive);
        });
        drop(executor);
        tokio::task::yield_now().await;
        drop(connection);
        assert!(gone.await.is_err(), "the task was dropped, and its sender with it");
    }

    #[tokio::test]
    async fn tasks_that_have_ended_are_forgotten() {
        let tasks = StreamTasks::default();
        for _ in 0..100 {
            let (done, ended) = oneshot::channel();
            tasks.execute(async move { done.send(()) });
            ended.await.unwrap();
            tokio::task::yield_now().await;
        }
        assert!(tasks.0.lock().unwrap().len() < 10);
    }
}
