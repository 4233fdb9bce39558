//! Collections, page by page, and single things.

use std::collections::HashSet;

use census_model::GapReason;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};
use url::Url;

use super::{
    Api,
    call::{Call, Shape, leads_on},
    failure::{Cause, Failure},
    keep::kept,
    send::{Outgoing, decode},
};

/// The most pages of one collection.
const MAX_PAGES: usize = 10_000;

/// A thing that an API listed, of which only the fields that its call keeps are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// What identifies it.
    pub(crate) id: Box<str>,
    /// It, as JSON.
    pub(crate) json: Box<str>,
}

impl Item {
    /// The fields that a type has.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.json).ok()
    }
}

/// What arrived of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The items, in the order of the API.
    pub(crate) items: Vec<Item>,
    /// Why there are not more, if there should be.
    pub(crate) cut: Option<Failure>,
}

/// A page. Graph and Azure name the link differently.
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(rename = "@odata.nextLink", alias = "nextLink")]
    next: Option<String>,
}

impl Api {
    /// Makes a declared call and follows its pages. A failure of the first page is the collection's; a later one
    /// leaves what had arrived.
    ///
    /// # Errors
    /// When nothing can be had.
    pub(crate) async fn list(&self, call: &Call, url: &Url) -> Result<Listed, Failure> {
        let operation = call.read.operation;
        tracing::debug!(service = call.read.service, operation, "call");
        let answer = self.page(call, url).await?;
        let mut listed = Listed::default();
        let next = add(call, answer.status, &answer.body, &mut listed)?;
        self.follow(call, url, next, &mut listed).await;
        Ok(listed)
    }

    /// Makes a declared call once and passes over what comes.
    ///
    /// # Errors
    /// When it fails.
    pub(crate) async fn probe(&self, call: &Call, url: &Url) -> Result<(), Failure> {
        self.page(call, url).await.map(drop)
    }

    /// Follows the pages after the first.
    pub(super) async fn follow(
        &self,
        call: &Call,
        first: &Url,
        mut next: Option<String>,
        listed: &mut Listed,
    ) {
        let mut seen = HashSet::new();
        let mut number = 1;
        while let Some(link) = next.filter(|link| !link.is_empty()) {
            number += 1;
            next = match self.step(call, first, &link, number, &mut seen, listed).await {
                Ok(next) => next,
                Err(failure) => {
                    listed.cut.get_or_insert(failure);
                    return;
                }
            };
        }
    }

    async fn step(
        &self,
        call: &Call,
        first: &Url,
        link: &str,
        number: usize,
        seen: &mut HashSet<String>,
        listed: &mut Listed,
    ) -> Result<Option<String>, Failure> {
        let operation = call.read.operation;
        let refused = |reason, what: &str| {
            Err(Failure::client(reason, format!("{operation}: after page {}, {what}", number - 1)))
        };
        let Some(url) = Url::parse(link).ok().filter(|url| leads_on(first, url)) else {
            return refused(
                GapReason::Invalid,
                "the link to the next page leads elsewhere, and was not followed",
            );
        };
        if !seen.insert(link.to_owned()) {
            return refused(GapReason::Truncated, "the API gave the link of an earlier page again");
        }
        if number > MAX_PAGES {
            return refused(GapReason::Truncated, "the API gave more pages than any collection can have");
        }
        let answer = self.page(call, &url).await.map_err(|failure| later(number, failure))?;
        add(call, answer.status, &answer.body, listed).map_err(|failure| later(number, failure))
    }

    async fn page(&self, call: &Call, url: &Url) -> Result<super::gate::Answer, Failure> {
        let outgoing = Outgoing { operation: call.read.operation, plane: call.plane, url, batch: None };
        self.send(&outgoing).await
    }
}

/// Adds what a body holds; gives the link to the next page.
///
/// # Errors
/// When it is not understood.
pub(super) fn add(
    call: &Call,
    status: u16,
    body: &[u8],
    listed: &mut Listed,
) -> Result<Option<String>, Failure> {
    let operation = call.read.operation;
    let (raw, next) = match call.shape {
        Shape::List => {
            let page: Page<'_> = decode(operation, status, body)?;
            (page.value, page.next)
        }
        Shape::One => (vec![decode::<&RawValue>(operation, status, body)?], None),
    };
    let mut odd = 0;
    for raw in raw {
        match item(call, raw) {
            Some(item) => listed.items.push(item),
            None => odd += 1,
        }
    }
    if odd > 0 {
        let detail = format!("{operation}: {odd} entries lack an id");
        listed.cut.get_or_insert(Failure::client(GapReason::Invalid, detail));
    }
    Ok(next)
}

fn item(call: &Call, raw: &RawValue) -> Option<Item> {
    let value: Value = serde_json::from_str(raw.get()).ok()?;
    let value = kept(value, call.keep);
    let id = ["id", "kid"].iter().find_map(|name| value.get(name)?.as_str()).filter(|id| !id.is_empty());
    // A single thing is known by what was asked for.
    let id = id.or((call.shape == Shape::One && value.is_object()).then_some(""))?;
    Some(Item { id: id.into(), json: value.to_string().into() })
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
