//! What a service's file makes of its answers.

use super::found::Found;
use crate::{
    client::Call,
    documents::{Str, Tags, Workload},
};

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
