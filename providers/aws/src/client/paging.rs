//! Pages of a collection, until the API says that there are no more, and never for ever.

use std::collections::HashSet;

use census_model::GapReason;

use super::failure::{Cause, Failure};

/// The most pages of one collection.
const MAX_PAGES: usize = 10_000;

/// One page.
pub(crate) struct Page<T> {
    /// What it holds.
    pub(crate) items: T,
    /// The marker of the next page, where there is one; an error where the page is usable and its end is not.
    pub(crate) next: Result<Option<String>, Failure>,
}

/// The pages that arrived.
pub(crate) struct Pages<T> {
    /// What they hold, page by page.
    pub(crate) pages: Vec<T>,
    /// Why there are not more, if there should be.
    pub(crate) cut: Option<Failure>,
}

impl<T> Pages<Vec<T>> {
    /// All items in one list.
    pub(crate) fn into_items(self) -> (Vec<T>, Option<Failure>) {
        (self.pages.into_iter().flatten().collect(), self.cut)
    }
}

/// The marker that an IAM answer carries.
///
/// # Errors
/// When the answer says that there is more and not where.
pub(crate) fn marker(truncated: bool, marker: Option<String>) -> Result<Option<String>, Failure> {
    match marker.filter(|marker| !marker.is_empty()) {
        _ if !truncated => Ok(None),
        Some(marker) => Ok(Some(marker)),
        None => Err(Failure::client(
            GapReason::Invalid,
            "the answer says that there is another page but not how to ask for it",
        )),
    }
}

/// Asks for page after page. A failure of the first one is the collection's; a later one leaves what had arrived.
///
/// # Errors
/// When the first page fails.
pub(crate) async fn pages<T, F>(mut ask: impl FnMut(Option<String>) -> F) -> Result<Pages<T>, Failure>
where
    F: Future<Output = Result<Page<T>, Failure>>,
{
    let first = ask(None).await?;
    let mut pages = vec![first.items];
    let mut next = first.next;
    let mut seen = HashSet::new();
    loop {
        let number = pages.len() + 1;
        let marker = match next {
            Ok(Some(marker)) => marker,
            Ok(None) => return Ok(Pages { pages, cut: None }),
            Err(failure) => return Ok(Pages { pages, cut: Some(later(number, failure)) }),
        };
        if !seen.insert(marker.clone()) {
            return Ok(cut(pages, "the API gave the marker of an earlier page again"));
        }
        if number > MAX_PAGES {
            return Ok(cut(pages, "the API gave more pages than any collection can have"));
        }
        match ask(Some(marker)).await {
            Ok(page) => {
                pages.push(page.items);
                next = page.next;
            }
            Err(failure) => return Ok(Pages { pages, cut: Some(later(number, failure)) }),
        }
    }
}

fn cut<T>(pages: Vec<T>, why: &str) -> Pages<T> {
    let detail = format!("{why}, after page {}", pages.len());
    Pages { pages, cut: Some(Failure::client(GapReason::Truncated, detail)) }
}

/// What a failure on a later page means: the collection is truncated, unless there is a more precise word for it.
fn later(number: usize, failure: Failure) -> Failure {
    if failure.cause == Cause::Deadline {
        return failure;
    }
    Failure {
        reason: GapReason::Truncated,
        detail: format!("page {number} is missing ({}): {}", failure.reason, failure.detail),
        ..failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(
        script: &[(&'static str, Result<Option<&'static str>, &'static str>)],
        marker: Option<String>,
    ) -> Result<Page<Vec<String>>, Failure> {
        let marker = marker.unwrap_or_default();
        match script.iter().find(|(at, _)| *at == marker) {
            Some((_, Ok(next))) => Ok(Page { items: vec![marker], next: Ok(next.map(str::to_owned)) }),
            Some((_, Err(detail))) => Err(Failure::client(GapReason::Denied, *detail)),
            None => panic!("asked for {marker}"),
        }
    }

    async fn run(
        script: &[(&'static str, Result<Option<&'static str>, &'static str>)],
    ) -> Result<(Vec<String>, Option<GapReason>), Failure> {
        pages(|marker| ask(script, marker)).await.map(|pages| {
            let (items, cut) = pages.into_items();
            (items, cut.map(|failure| failure.reason))
        })
    }

    #[tokio::test]
    async fn pages_are_joined_in_order() {
        let (items, cut) = run(&[("", Ok(Some("b"))), ("b", Ok(Some("c"))), ("c", Ok(None))]).await.unwrap();
        assert_eq!(items, ["", "b", "c"]);
        assert_eq!(cut, None);
    }

    #[tokio::test]
    async fn a_marker_that_comes_again_ends_the_collection_as_truncated() {
        let (items, cut) = run(&[("", Ok(Some("b"))), ("b", Ok(Some("b")))]).await.unwrap();
        assert_eq!(items, ["", "b"]);
        assert_eq!(cut, Some(GapReason::Truncated));
    }

    #[tokio::test]
    async fn a_later_failure_leaves_what_arrived_and_a_first_one_nothing() {
        let (items, cut) = run(&[("", Ok(Some("b"))), ("b", Err("no"))]).await.unwrap();
        assert_eq!(items, [""]);
        assert_eq!(cut, Some(GapReason::Truncated));
        assert_eq!(run(&[("", Err("no"))]).await.unwrap_err().reason, GapReason::Denied);
    }

    #[test]
    fn more_without_a_marker_is_invalid() {
        assert_eq!(marker(false, Some("x".into())), Ok(None));
        assert_eq!(marker(true, Some("x".into())), Ok(Some("x".into())));
        assert!(marker(true, Some(String::new())).is_err());
        assert!(marker(true, None).is_err());
    }
}
