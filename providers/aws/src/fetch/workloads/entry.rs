//! What a service's file makes of its answers.

use census_model::{GapReason, Text};
use census_provider_api::{DeclaredRead, Need};
use futures::{StreamExt, stream};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    client::{Call, Cause, Failure},
    documents::{Str, Tags, Workload},
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
    DeclaredRead { service, operation, permissions, need: Need::Workloads, why }
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
    fn invalid(&mut self, call: &Call, detail: &str, about: Vec<Text>) {
        let failure = Failure::client(GapReason::Invalid, format!("{}: {detail}", call.read.operation));
        self.problems.push(Problem { read: call.read, failure, about });
    }

    /// Notes that a call failed.
    pub(in crate::fetch) fn failed(&mut self, call: &Call, failure: Failure, about: Vec<Text>) {
        self.alive |= failure.cause == Cause::Api;
        self.problems.push(Problem { read: call.read, failure, about });
    }
}

impl Found {
    /// Adds what an item of a call's answer is. Without an ARN it is nothing that could be told apart.
    pub(super) fn add(&mut self, call: &Call, entry: Option<Entry>) {
        let Some(entry) = entry else {
            self.invalid(call, "an entry lacks what identifies it", Vec::new());
            return;
        };
        if entry.is_wrong {
            let detail = "an entry names as its role or instance profile what is none";
            self.invalid(call, detail, vec![entry.workload.arn.as_str().into()]);
        }
        self.entries.push(entry.workload);
    }
}

/// An entry in the making.
pub(super) struct Entry {
    workload: Workload<'static>,
    /// Whether a role or profile that it names is none.
    is_wrong: bool,
}

/// The longest name of a role or instance profile, in characters.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MAX_NAME: usize = 128;

/// An IAM role or instance profile as services write it: most by its ARN, some by its name.
enum Named {
    Arn(String),
    Name(String),
}

impl Named {
    fn parse(text: String, kind: &str) -> Option<Self> {
        let is_name_byte = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
        if text.starts_with("arn:") {
            let resource = text.splitn(6, ':').nth(5)?;
            return resource.starts_with(kind).then_some(Self::Arn(text));
        }
        let is_name = !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(is_name_byte);
        is_name.then_some(Self::Name(text))
    }
}

impl Entry {
    /// An entry of a type (the word of the documents) with an ARN.
    pub(super) fn new(kind: &'static str, arn: impl Into<String>) -> Self {
        Self { workload: Workload::new(kind, arn.into()), is_wrong: false }
    }

    /// The name.
    pub(super) fn name(mut self, name: Option<String>) -> Self {
        self.workload.name = name.map(Str::from);
        self
    }

    /// A role that it runs as, by ARN or name.
    pub(super) fn role(mut self, role: Option<String>) -> Self {
        match role.filter(|role| !role.is_empty()).map(|role| Named::parse(role, "role/")) {
            None => {}
            Some(None) => self.is_wrong = true,
            Some(Some(Named::Arn(arn))) => self.workload.role_arn.push(arn.into()),
            Some(Some(Named::Name(name))) => self.workload.role_name.push(name.into()),
        }
        self
    }

    /// The instance profile that it, or what it starts, has: by ARN or name.
    pub(super) fn profile(mut self, profile: Option<String>) -> Self {
        match profile.filter(|one| !one.is_empty()).map(|one| Named::parse(one, "instance-profile/")) {
            None => {}
            Some(None) => self.is_wrong = true,
            Some(Some(Named::Arn(arn))) => self.workload.instance_profile_arn.push(arn.into()),
            Some(Some(Named::Name(name))) => self.workload.instance_profile_name.push(name.into()),
        }
        self
    }

    /// The launch template that it starts instances from: its ARN, id or name.
    pub(super) fn launch_template(mut self, template: Option<String>) -> Self {
        self.workload.launch_template = template.map(Str::from);
        self
    }

    /// The ARN of its stream.
    pub(super) fn stream(mut self, stream: String) -> Self {
        self.workload.stream_arn = Some(stream.into());
        self
    }

    /// A role with which the service itself acts for it, before or beside it: the workload does not get its credentials.
    pub(super) fn execution_role(mut self, role: Option<String>) -> Self {
        if let Some(role) = role.filter(|role| !role.is_empty()) {
            self.workload.execution_role_arn.push(role.into());
        }
        self
    }

    /// The roles of a stack set: the one that assumes the other, and the name that the other has in every account.
    pub(super) fn administration(mut self, role: Option<String>, execution: Option<String>) -> Self {
        match role.filter(|role| !role.is_empty()).map(|role| Named::parse(role, "role/")) {
            None => {}
            Some(Some(Named::Arn(arn))) => self.workload.administration_role_arn = Some(arn.into()),
            Some(_) => self.is_wrong = true,
        }
        self.workload.execution_role_name = execution.map(Str::from);
        self
    }

    /// The ECS cluster that it lies in, by ARN or name.
    pub(super) fn cluster(mut self, cluster: Option<String>) -> Self {
        self.workload.cluster = cluster.map(Str::from);
        self
    }

    /// The id of the EC2 instance that it is.
    pub(super) fn instance(mut self, id: Option<String>) -> Self {
        self.workload.instance = id.map(Str::from);
        self
    }

    /// Its state, in the service's word.
    pub(super) fn state(mut self, state: Option<String>) -> Self {
        self.workload.state = state.map(Str::from);
        self
    }

    /// Its tags.
    pub(super) fn tags(mut self, tags: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut all = Tags::default();
        all.extend(tags.into_iter().map(|(key, value)| (key.into(), value.into())));
        self.workload.tags = all;
        self
    }
}
