//! People or programs: the evidence, and what it adds up to.

use census_model::{GapId, Mechanism, Nature, NatureKind, PrincipalSet, Text, Trust};

use super::arn::last_part;

/// The most reasons that are listed.
const MAX_REASONS: usize = 8;

/// Issuers of which only programs have tokens: build systems and workloads. The host of the issuer is one of these or
/// ends in `.` and one of these.
const WORKLOAD_ISSUERS: [&str; 12] = [
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
    "agent.buildkite.com",
    "oidc.circleci.com",
    "api.bitbucket.org",
    "vstoken.dev.azure.com",
    "container.googleapis.com",
    "oidc.vercel.com",
    "app.spacelift.io",
    "api.pulumi.com",
    "oidc.fly.io",
];

/// Evidence about one identity.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    human: Vec<Text>,
    machine: Vec<Text>,
    neutral: Vec<Text>,
    /// Gaps because of which evidence for people may exist unseen.
    hidden_human: Vec<GapId>,
    /// Gaps because of which evidence for programs may exist unseen.
    hidden_machine: Vec<GapId>,
}

impl Evidence {
    pub(super) fn human(&mut self, reason: impl Into<Text>) {
        self.human.push(reason.into());
    }

    pub(super) fn machine(&mut self, reason: impl Into<Text>) {
        self.machine.push(reason.into());
    }

    /// A reason that speaks for neither.
    pub(super) fn neutral(&mut self, reason: impl Into<Text>) {
        self.neutral.push(reason.into());
    }

    /// Evidence for people could not be looked for.
    pub(super) fn hidden_human(&mut self, reason: impl Into<Text>, gap: GapId) {
        self.hidden_human.push(gap);
        self.neutral(reason);
    }

    /// Evidence for programs could not be looked for.
    pub(super) fn hidden_machine(&mut self, reason: impl Into<Text>, gap: GapId) {
        self.hidden_machine.push(gap);
        self.neutral(reason);
    }

    /// What the evidence adds up to. Where the other kind may exist unseen, one kind alone proves nothing.
    pub(super) fn nature(self) -> Nature {
        let kind = match (!self.human.is_empty(), !self.machine.is_empty()) {
            (true, true) => NatureKind::Mixed,
            (true, false) if self.hidden_machine.is_empty() => NatureKind::Human,
            (false, true) if self.hidden_human.is_empty() => NatureKind::Machine,
            _ => NatureKind::Unknown,
        };
        // Programs use it: then it is no person's own account, whatever else is hidden.
        let mut open = match (self.human.is_empty(), self.machine.is_empty()) {
            (true, true) => self.hidden_human,
            (false, true) => self.hidden_machine,
            (_, false) => Vec::new(),
        };
        open.sort_unstable();
        open.dedup();
        let mut reasons = self.human;
        reasons.extend(self.machine);
        reasons.extend(self.neutral);
        reasons.sort_unstable();
        reasons.dedup();
        let more = reasons.len().saturating_sub(MAX_REASONS);
        if more > 0 {
            reasons.truncate(MAX_REASONS);
            reasons.push(format!("and {more} more").into());
            reasons.sort_unstable();
        }
        Nature { kind, reasons, open }
    }

    /// What a trust says of who becomes the role.
    pub(super) fn trust(&mut self, trust: &Trust) {
        if trust.mechanism == Mechanism::Other {
            return;
        }
        match &trust.who {
            PrincipalSet::Service(service) => self.machine(format!("trusted by {service}")),
            PrincipalSet::External(issuer) if issuer.contains(":saml-provider/") => {
                self.human(format!("trusted by SAML provider {}", last_part(issuer)));
            }
            PrincipalSet::External(issuer) => {
                let host = issuer.split_once(":oidc-provider/").map_or(&**issuer, |(_, host)| host);
                let reason = format!("trusted by {host}");
                if is_workload_issuer(host) { self.machine(reason) } else { self.neutral(reason) }
            }
            PrincipalSet::Everyone | PrincipalSet::Authenticated => self.neutral("trusted by anyone"),
            PrincipalSet::Account(account) => self.neutral(format!("trusted by account {account}")),
            PrincipalSet::Identity(who) => self.neutral(format!("trusted by {who}")),
            PrincipalSet::Organization(who) => self.neutral(format!("trusted by organization {who}")),
            PrincipalSet::Deleted(who) => self.neutral(format!("trusted by deleted principal {who}")),
            PrincipalSet::Unrecognized(who) => {
                self.neutral(format!("trusted by unrecognized principal {who}"));
            }
        }
    }
}

fn is_workload_issuer(issuer: &str) -> bool {
    let host = issuer.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let known = WORKLOAD_ISSUERS
        .iter()
        .any(|known| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    // An EKS cluster: https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
    let cluster = host.starts_with("oidc.eks.")
        && (host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn"));
    known || cluster
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workload_issuers_are_known_by_their_host() {
        for yes in [
            "token.actions.githubusercontent.com",
            "oidc.eks.eu-west-1.amazonaws.com/id/ABC",
            "acme.app.spacelift.io",
            "gitlab.com",
        ] {
            assert!(is_workload_issuer(yes), "{yes}");
        }
        for no in
            ["accounts.google.com", "evilgitlab.com", "example.com/gitlab.com", "", "oidc.eks.example.com"]
        {
            assert!(!is_workload_issuer(no), "{no}");
        }
    }

    #[test]
    fn one_kind_of_evidence_proves_nothing_while_the_other_is_hidden() {
        let nature = |set: &dyn Fn(&mut Evidence)| {
            let mut evidence = Evidence::default();
            set(&mut evidence);
            evidence.nature().kind
        };
        assert_eq!(nature(&|e| e.human("a")), NatureKind::Human);
        assert_eq!(nature(&|e| e.machine("a")), NatureKind::Machine);
        assert_eq!(nature(&|_| {}), NatureKind::Unknown);
        assert_eq!(
            nature(&|e| {
                e.machine("a");
                e.hidden_human("b", GapId::new("g"));
            }),
            NatureKind::Unknown
        );
        assert_eq!(
            nature(&|e| {
                e.human("a");
                e.hidden_machine("b", GapId::new("g"));
            }),
            NatureKind::Unknown
        );
        assert_eq!(
            nature(&|e| {
                e.machine("a");
                e.hidden_machine("b", GapId::new("g"));
            }),
            NatureKind::Machine
        );
        assert_eq!(
            nature(&|e| {
                e.machine("a");
                e.human("c");
                e.hidden_machine("b", GapId::new("g"));
                e.hidden_human("d", GapId::new("g"));
            }),
            NatureKind::Mixed
        );
    }

    #[test]
    fn whether_it_is_a_persons_own_is_open_only_while_nothing_speaks_for_programs() {
        let open = |set: &dyn Fn(&mut Evidence)| {
            let mut evidence = Evidence::default();
            set(&mut evidence);
            evidence.nature().open.len()
        };
        let gap = || GapId::new("g");
        assert_eq!(open(&|_| {}), 0);
        assert_eq!(open(&|e| e.hidden_machine("a", gap())), 0);
        assert_eq!(open(&|e| e.hidden_human("a", gap())), 1);
        assert_eq!(
            open(&|e| {
                e.human("a");
                e.hidden_machine("b", gap());
            }),
            1
        );
        assert_eq!(
            open(&|e| {
                e.machine("a");
                e.hidden_human("b", gap());
            }),
            0
        );
    }

    #[test]
    fn reasons_are_sorted_and_bounded() {
        let mut evidence = Evidence::default();
        for n in (0..50).rev() {
            evidence.neutral(format!("trusted by account {n:02}"));
        }
        let reasons = evidence.nature().reasons;
        assert_eq!(reasons.len(), MAX_REASONS + 1);
        assert!(reasons.is_sorted());
        assert_eq!(&*reasons[0], "and 42 more");
    }
}
