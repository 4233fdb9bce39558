//! Listings from which more than one read takes: each is asked for once in a region.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OnceCell;

use crate::client::Failure;

/// What a listing gave: its items, with what is missing of them where a later page failed.
pub(super) type Listing<T> = Result<(Vec<T>, Option<Failure>), Failure>;

/// The listings of an account.
#[derive(Default)]
pub(super) struct Listings {
    /// Names of CodeBuild's projects.
    pub(super) projects: Shared<String>,
    /// Runtimes of Bedrock AgentCore.
    pub(super) runtimes: Shared<super::workloads::Runtime>,
    /// Lambda functions.
    pub(super) functions: Shared<super::workloads::Function>,
    /// ARNs of DynamoDB's streams; `None` where an entry has none.
    pub(super) streams: Shared<Option<String>>,
}

/// A listing by region.
pub(super) struct Shared<T>(Mutex<BTreeMap<String, Arc<OnceCell<Listing<T>>>>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Shared<T> {
    /// What the listing of a region gave; `list` makes it, unless it was made already.
    pub(super) async fn once(&self, region: &str, list: impl Future<Output = Listing<T>>) -> Listing<T> {
        let cell = {
            let mut regions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(regions.entry(region.to_owned()).or_default())
        };
        cell.get_or_init(|| list).await.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use census_model::GapReason;

    use super::*;

    #[tokio::test]
    async fn a_region_is_listed_once_also_where_that_fails() {
        let shared: Shared<u8> = Shared::default();
        let calls = AtomicUsize::new(0);
        let list = async |answer: Listing<u8>| {
            calls.fetch_add(1, Ordering::Relaxed);
            answer
        };
        let refused = || Err(Failure::client(GapReason::Denied, "no"));
        let both = futures::join!(
            shared.once("a", list(Ok((vec![1, 2], None)))),
            shared.once("a", list(Ok((vec![3], None)))),
        );
        assert_eq!(both, (Ok((vec![1, 2], None)), Ok((vec![1, 2], None))));
        assert_eq!(shared.once("b", list(refused())).await, refused());
        assert_eq!(shared.once("b", list(Ok((vec![4], None)))).await, refused());
        assert_eq!(calls.into_inner(), 2);
    }
}
