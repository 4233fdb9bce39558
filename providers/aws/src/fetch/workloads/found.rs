//! What one service has in one region: what was listed, what was asked one by one, and what went wrong.

use census_model::{GapReason, Text};
use census_provider_api::{DeclaredRead, Need};
use futures::{StreamExt, stream};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    client::{Call, Cause, Failure},
    documents::Workload,
    fetch::{listings::Listing, regions::Place},
};

/// The most calls for single things of one kind in one region, without `--deep`. At the default
/// rate of requests they take a hundred seconds.
const MAX_SINGLE_CALLS: usize = 2_000;

/// Calls for single things at the same time, within one collection.
pub(in crate::fetch) const CONCURRENT_CALLS: usize = 4;

/// A read that is made for workloads.
pub(super) const fn declared(
    service: &'static str,
    operation: &'static str,
    permissions: &'static [&'static str],
    why: &'static str,
) -> DeclaredRead {
    DeclaredRead { service, operation, permissions, part: None, need: Need::Workloads, why }
}

/// What one service has in one region, and what could not be read of it.
pub(in crate::fetch) struct Found<E = Workload<'static>> {
    /// Entries of the document.
    pub(in crate::fetch) entries: Vec<E>,
    /// What went wrong.
    pub(in crate::fetch) problems: Vec<Problem>,
    /// Whether the service answered at all.
    pub(in crate::fetch) alive: bool,
}

impl<E> Default for Found<E> {
    fn default() -> Self {
        Self { entries: Vec::new(), problems: Vec::new(), alive: false }
    }
}

/// A read that failed.
pub(in crate::fetch) struct Problem {
    /// Which.
    pub(in crate::fetch) read: DeclaredRead,
    /// How.
    pub(in crate::fetch) failure: Failure,
    /// The ARNs of what it was about; empty: everything that the service has in the region.
    pub(in crate::fetch) about: Vec<Text>,
}

impl<E> Found<E> {
    /// The items of a listing; notes what is missing of it.
    pub(in crate::fetch) fn listed<T>(&mut self, call: &Call, listing: Listing<T>) -> Vec<T> {
        match listing {
            Ok((items, cut)) => {
                self.alive = true;
                if let Some(cut) = cut {
                    self.failed(call, cut, Vec::new());
                }
                items
            }
            Err(failure) => {
                self.failed(call, failure, Vec::new());
                Vec::new()
            }
        }
    }

    /// The items of a listing of what lies in something; what is missing of it is about that.
    pub(in crate::fetch) fn within<T>(&mut self, call: &Call, listing: Listing<T>, about: String) -> Vec<T> {
        match listing {
            Ok((items, cut)) => {
                if let Some(cut) = cut {
                    self.failed(call, cut, vec![about.into()]);
                }
                items
            }
            // It is gone in the meantime.
            Err(failure) if failure.is_absence() => Vec::new(),
            Err(failure) => {
                self.failed(call, failure, vec![about.into()]);
                Vec::new()
            }
        }
    }

    /// What identifies each item of a listing; notes those that lack it, and what is missing of the listing.
    pub(in crate::fetch) fn identified<T, I>(
        &mut self,
        call: &Call,
        listing: Listing<T>,
        identify: impl Fn(T) -> Option<I>,
    ) -> Vec<I> {
        let listed = self.listed(call, listing);
        let all = listed.len();
        let identified: Vec<I> = listed.into_iter().filter_map(identify).collect();
        if identified.len() < all {
            self.invalid(call, "an entry lacks what identifies it", Vec::new());
        }
        identified
    }

    /// The answer to one call about several things; notes its failure.
    pub(super) fn answer<T>(
        &mut self,
        call: &Call,
        answer: Result<T, Failure>,
        about: impl IntoIterator<Item = String>,
    ) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(failure) => {
                self.failed(call, failure, about.into_iter().map(Text::from).collect());
                None
            }
        }
    }

    /// How many of these single things are asked for; what lies beyond is named by a gap.
    pub(in crate::fetch) fn bounded<I>(
        &mut self,
        place: &Place<'_>,
        call: &Call,
        items: &[I],
        about: impl Fn(&I) -> String,
    ) -> usize {
        let bound = if place.deep { items.len() } else { MAX_SINGLE_CALLS };
        let beyond: Vec<Text> = items.iter().skip(bound).map(|item| about(item).into()).collect();
        if !beyond.is_empty() {
            let detail = format!(
                "{}: {} of {} were not asked for, since that is one call each; --deep asks for all",
                call.read.operation,
                beyond.len(),
                items.len()
            );
            self.failed(call, Failure::client(GapReason::NotRequested, detail), beyond);
        }
        bound
    }

    /// Asks for single things, one call each. There is no answer about what failed, nor about what lies beyond the
    /// bound. What is gone in the meantime is left out.
    pub(super) async fn each<I, T: DeserializeOwned>(
        &mut self,
        place: &Place<'_>,
        call: &Call,
        items: Vec<I>,
        about: impl Fn(&I) -> String,
        input: impl Fn(&I) -> Value,
    ) -> Vec<(I, Option<T>)> {
        let bound = self.bounded(place, call, &items, &about);
        let calls: Vec<_> = items.iter().take(bound).map(|item| place.ask(call, input(item))).collect();
        let mut answers =
            stream::iter(calls).buffered(CONCURRENT_CALLS).collect::<Vec<_>>().await.into_iter();
        let mut described = Vec::with_capacity(items.len());
        for item in items {
            match answers.next() {
                Some(Err(failure)) if failure.is_absence() => {}
                Some(answer) => {
                    let answer = self.answer(call, answer, [about(&item)]);
                    described.push((item, answer));
                }
                None => described.push((item, None)),
            }
        }
        described
    }

    /// Notes that something in a call's answer cannot be used.
    pub(super) fn invalid(&mut self, call: &Call, detail: &str, about: Vec<Text>) {
        let failure = Failure::client(GapReason::Invalid, format!("{}: {detail}", call.read.operation));
        self.problems.push(Problem { read: call.read, failure, about });
    }

    /// Notes that a call failed.
    pub(in crate::fetch) fn failed(&mut self, call: &Call, failure: Failure, about: Vec<Text>) {
        self.alive |= failure.cause == Cause::Api;
        self.problems.push(Problem { read: call.read, failure, about });
    }
}
