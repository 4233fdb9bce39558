//! The organization: its tree and the policies that bound it.

use census_model::{
    Attachment, Effect, EstateBuilder, Gap, GapReason, Grant, Provider, Scope, ScopeId, ScopeKind,
    SharedText, Text, Via,
};
use census_privilege::aws::{policy::PolicyType, trust::is_account_id};
use census_provider_api::ReadError;

use super::{gaps::Noted, load::Loaded, policies::Texts};
use crate::documents::{Organization, OrganizationPolicy, OrganizationTarget, Str};

const POLICY: &str = "organizations:DescribePolicy";

/// The reads that fill the file.
const READS: [&str; 3] =
    ["organizations:DescribeOrganization", "organizations:ListRoots", "organizations:ListAccounts"];

/// Notes that the file is absent, unless the fetch said why. Any gap of Organizations explains it.
pub(super) fn absent(noted: &Noted, estate: &mut EstateBuilder) {
    if !noted.all().iter().any(|gap| gap.read.starts_with("organizations:")) {
        let detail = "the folder does not hold this document";
        let [read, ..] = READS;
        estate.gap(Gap::new(Provider::Aws, None, read, GapReason::NotProvided, detail, Vec::new()));
    }
}

/// Reads the file into the estate.
pub(super) fn read(loaded: &Loaded<'_>, noted: &Noted, estate: &mut EstateBuilder) -> Result<(), ReadError> {
    for organization in loaded.values::<Organization<'_>>()? {
        let Some(id) = organization.id.as_deref() else { continue };
        let top = ScopeId::new(format!("aws:organization/{id}"));
        estate.scope(scope(top.clone(), id, ScopeKind::Organization));
        let mut texts = Texts::default();
        for (target, node) in &organization.targets {
            let node =
                Node { loaded, noted, top: &top, organization: &organization, id: target, target: node };
            node.add(&mut texts, estate)?;
        }
        texts.finish(&top, POLICY, estate);
    }
    Ok(())
}

fn scope(id: ScopeId, native_id: &str, kind: ScopeKind) -> Scope {
    Scope {
        id,
        native_id: native_id.into(),
        provider: Provider::Aws,
        kind,
        name: None,
        parent: None,
        manages: None,
        tags: Default::default(),
        scanned: false,
    }
}

/// What a node's id says it is.
fn place(id: &str) -> Option<(ScopeKind, ScopeId)> {
    let (kind, name) = if id.starts_with("r-") {
        (ScopeKind::OrganizationRoot, "organization-root")
    } else if id.starts_with("ou-") {
        (ScopeKind::OrganizationalUnit, "organizational-unit")
    } else if is_account_id(id) {
        (ScopeKind::Account, "account")
    } else {
        return None;
    };
    Some((kind, ScopeId::new(format!("aws:{name}/{id}"))))
}

/// A node of the tree that is being read.
struct Node<'n, 'f> {
    loaded: &'n Loaded<'n>,
    noted: &'n Noted,
    top: &'n ScopeId,
    organization: &'f Organization<'f>,
    id: &'f Str<'f>,
    target: &'f OrganizationTarget<'f>,
}

impl<'f> Node<'_, 'f> {
    fn add(&self, texts: &mut Texts<'f>, estate: &mut EstateBuilder) -> Result<(), ReadError> {
        let wrong = |field: &str| {
            let problem = "is neither a root (`r-…`), nor a unit (`ou-…`), nor an account (twelve digits)";
            self.loaded.error(format!("targets.{}{field}", self.id.as_str()), problem)
        };
        let (kind, id) = place(self.id).ok_or_else(|| wrong(""))?;
        let parent = match self.target.parent.as_deref() {
            Some(parent) if self.organization.id.as_deref() == Some(parent) => self.top.clone(),
            Some(parent) => place(parent).ok_or_else(|| wrong(".parent"))?.1,
            None => self.top.clone(),
        };
        let management = self.organization.management_account.as_deref();
        estate.scope(Scope {
            manages: (management == Some(self.id.as_str())).then(|| self.top.clone()),
            name: self.target.name.as_deref().map(Text::from),
            parent: Some(parent),
            tags: self.target.tags.iter().map(|(k, v)| (k.as_str().into(), v.as_str().into())).collect(),
            ..scope(id.clone(), self.id, kind)
        });
        for policy in &self.target.policies {
            match self.organization.policies.get(policy) {
                Some(known) => self.grant(&id, policy, known, texts, estate),
                None => self.missing(&id, policy, estate),
            }
        }
        Ok(())
    }

    fn grant(
        &self,
        scope: &ScopeId,
        id: &Str<'_>,
        policy: &'f OrganizationPolicy<'f>,
        texts: &mut Texts<'f>,
        estate: &mut EstateBuilder,
    ) {
        let native_id: SharedText = id.as_str().into();
        let name: SharedText = policy.name.as_deref().unwrap_or(id).into();
        let (via, kind) = match policy.kind.as_str() {
            "SERVICE_CONTROL_POLICY" => {
                (Via::ServiceControlPolicy { native_id, name }, PolicyType::ServiceControl)
            }
            "RESOURCE_CONTROL_POLICY" => {
                (Via::ResourceControlPolicy { native_id, name }, PolicyType::ResourceControl)
            }
            // Tag policies, backup policies and the like bound no access.
            _ => return,
        };
        let text = policy.document.as_ref().map(|json| texts.policy(json, kind, scope.as_str(), estate));
        if text.is_none() {
            self.missing(scope, id, estate);
        }
        estate.grant(Grant {
            attached_to: Attachment::Scope(scope.clone()),
            via,
            policy: text,
            effect: Effect::Ceiling,
            scope: scope.clone(),
            activation: census_model::Activation::Standing,
            condition: None,
        });
    }

    /// A policy is attached, but its text is not there.
    fn missing(&self, scope: &ScopeId, policy: &str, estate: &mut EstateBuilder) {
        let about = |gap: &Gap| gap.affects.is_empty() || gap.affects.iter().any(|one| **one == *policy);
        if self.noted.all().iter().any(|gap| &*gap.read == POLICY && about(gap)) {
            return;
        }
        let detail = format!("the document does not hold the text of `{policy}`");
        let affects = vec![scope.as_str().into(), policy.into()];
        let top = Some(self.top.clone());
        estate.gap(Gap::new(Provider::Aws, top, POLICY, GapReason::NotProvided, detail, affects));
    }
}
