//! Policies of lines, compiled; lines of one run mostly share theirs.

use std::{collections::HashMap, rc::Rc};

use serde_json::value::RawValue;

use super::line::Line;
use crate::aws::{
    grants::KeyGrant,
    layers::Policies,
    policy::{Policy, PolicyType},
};

/// How many compiled policies are kept.
const KEPT: usize = 4096;

/// How many bytes of text the kept policies may have together: they hold several times as much memory.
const KEPT_BYTES: usize = 8 << 20;

/// Compiled policies by their texts.
#[derive(Default)]
pub(super) struct Library {
    compiled: HashMap<(PolicyType, Box<str>), Result<Rc<Policy>, String>>,
    /// The bytes of text in `compiled`.
    bytes: usize,
}

type Compiled = Result<Vec<Rc<Policy>>, String>;

impl Library {
    /// The policies of a line.
    pub(super) fn policies(&mut self, line: &Line<'_>) -> Result<Owned, String> {
        // No policy at all is no boundary and no endpoint; a level of an organization without any allows nothing.
        let some = |list: Vec<Rc<Policy>>| Some(list).filter(|list| !list.is_empty());
        let trust = line.action.to_ascii_lowercase().starts_with("sts:");
        let resource = if trust { PolicyType::Trust } else { PolicyType::Resource };
        Ok(Owned {
            identity: self.list(
                "identity_policies",
                PolicyType::Identity,
                line.identity_policies.as_deref().unwrap_or_default(),
            )?,
            boundary: some(self.list(
                "boundaries",
                PolicyType::Boundary,
                line.boundaries.as_deref().unwrap_or_default(),
            )?),
            session: some(self.single("session_policy", PolicyType::Session, line.session_policy)?),
            resource: self.single("resource_policy", resource, line.resource_policy)?,
            service_control: self.levels(
                "scps",
                PolicyType::ServiceControl,
                line.scps.as_deref().unwrap_or_default(),
            )?,
            resource_control: self.levels(
                "rcps",
                PolicyType::ResourceControl,
                line.rcps.as_deref().unwrap_or_default(),
            )?,
            endpoint: some(self.list(
                "endpoint_policies",
                PolicyType::Endpoint,
                line.endpoint_policies.as_deref().unwrap_or_default(),
            )?),
            key_grants: line
                .kms_grants
                .iter()
                .flatten()
                .enumerate()
                .map(|(at, grant)| {
                    KeyGrant::try_from(grant.clone()).map_err(|e| format!("kms_grants[{at}]: {e}"))
                })
                .collect::<Result<_, _>>()?,
        })
    }

    fn levels(
        &mut self,
        name: &str,
        kind: PolicyType,
        levels: &[Vec<&RawValue>],
    ) -> Result<Vec<Vec<Rc<Policy>>>, String> {
        levels
            .iter()
            .enumerate()
            .map(|(at, level)| self.list(&format!("{name}[{at}]"), kind, level))
            .collect()
    }

    fn list(&mut self, name: &str, kind: PolicyType, list: &[&RawValue]) -> Compiled {
        list.iter().enumerate().map(|(at, text)| self.compile(&format!("{name}[{at}]"), kind, text)).collect()
    }

    fn single(&mut self, name: &str, kind: PolicyType, text: Option<&RawValue>) -> Compiled {
        text.iter().map(|text| self.compile(name, kind, text)).collect()
    }

    fn compile(&mut self, name: &str, kind: PolicyType, text: &RawValue) -> Result<Rc<Policy>, String> {
        if self.compiled.len() >= KEPT || self.bytes >= KEPT_BYTES {
            self.compiled.clear();
            self.bytes = 0;
        }
        let compiled = self.compiled.entry((kind, text.get().into())).or_insert_with(|| {
            self.bytes += text.get().len();
            // A string holds the text, as the APIs of AWS give it.
            let string = serde_json::from_str::<String>(text.get()).ok();
            let text = string.as_deref().unwrap_or(text.get());
            Policy::parse(text, kind).map(Rc::new).map_err(|error| error.to_string())
        });
        compiled.clone().map_err(|error| format!("{name}: {error}"))
    }
}

/// The policies of one line.
pub(super) struct Owned {
    identity: Vec<Rc<Policy>>,
    boundary: Option<Vec<Rc<Policy>>>,
    session: Option<Vec<Rc<Policy>>>,
    resource: Vec<Rc<Policy>>,
    service_control: Vec<Vec<Rc<Policy>>>,
    resource_control: Vec<Vec<Rc<Policy>>>,
    endpoint: Option<Vec<Rc<Policy>>>,
    key_grants: Vec<KeyGrant>,
}

impl Owned {
    /// As the engine takes them.
    pub(super) fn borrowed(&self) -> Policies<'_> {
        fn list(list: &[Rc<Policy>]) -> Vec<&Policy> {
            list.iter().map(Rc::as_ref).collect()
        }
        Policies {
            identity: list(&self.identity),
            boundary: self.boundary.as_deref().map(list),
            session: self.session.as_deref().map(list),
            resource: list(&self.resource),
            resource_is_one_of_several: false,
            service_control: self.service_control.iter().map(|level| list(level)).collect(),
            resource_control: self.resource_control.iter().map(|level| list(level)).collect(),
            endpoint: self.endpoint.as_deref().map(list),
            key_grants: self.key_grants.iter().collect(),
        }
    }
}
