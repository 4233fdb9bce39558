use census_model::{Confidence, CredentialKind, CredentialStatus, IdentityKind, Provider, Severity};

use crate::{Docs, Draft, Findings, Rule, View};

pub(crate) static RULE: Rule = Rule {
    id: "root-without-mfa",
    version: 1,
    title: "A root user without a second factor",
    severity: Severity::Critical,
    finding_types: &["CRED-WEAK-AUTH"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "The credential report of an account was read, its root user can sign in or has a working key, and \
                the report shows no multi-factor device for it.",
        why: "Whoever learns the password, or controls the mailbox that resets it, owns the account.",
        remedy: "Sign in as root and register a hardware key or another device. In an organization, central root \
                 access can remove the root credentials of member accounts instead.",
        limits: "Without the credential report the second factor is not visible and nothing is reported. A root user \
                 without any credential is in order. Where AWS does not say whether root has a password, one is \
                 assumed and confidence is medium. The kind of device is not judged.",
    },
    check,
};

/// The reads that show whether there is a second factor.
const REPORT: &[&str] = &["iam:GetCredentialReport", "iam:GenerateCredentialReport"];

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for root in view.of_kind(IdentityKind::AwsRootUser) {
        let credentials = view.index.credentials(&root.id);
        let protected = credentials.iter().any(|c| c.kind == CredentialKind::MfaDevice);
        let names = [root.id.as_str(), &root.native_id, "<root_account>"];
        if protected || !view.unread(&root.scope, REPORT, &names).is_empty() {
            continue;
        }
        let usable: Vec<_> = credentials
            .iter()
            .filter(|c| matches!(c.status, CredentialStatus::Active | CredentialStatus::Unknown))
            .collect();
        if usable.is_empty() {
            continue;
        }
        let account = view.account(root).unwrap_or("unknown");
        let mut draft = Draft::new(format!("the root user of account {account} has no second factor"))
            .evidence("second factor", "none in the credential report")
            .remedy("sign in as root and register a second factor, best a hardware key");
        for credential in &usable {
            let status = credential.status.as_str();
            draft = draft.evidence("credential", format!("{}, {status}", credential.kind));
        }
        if usable.iter().all(|c| c.status == CredentialStatus::Unknown) {
            draft = draft.at_most(Confidence::Medium);
        }
        findings.identity(root, "", draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Gap, GapReason};

    use crate::testing::{Case, World};
    let password = |w: &mut World| {
        let root = w.root();
        w.credential(&root, CredentialKind::ConsolePassword, |_| ());
        root
    };
    let mut cases = vec![
        Case::fires("a password only", move |w| {
            password(w);
        })
        .confidence(Confidence::High),
        Case::fires("whether there is a password is not shown", |w| {
            let root = w.root();
            w.credential(&root, CredentialKind::ConsolePassword, |p| p.status = CredentialStatus::Unknown);
        })
        .confidence(Confidence::Medium),
        Case::fires("an unrelated gap", move |w| {
            password(w);
            w.gap("iam:ListAccessKeys", GapReason::Denied);
        }),
        Case::fires("the report contradicts itself about somebody else", move |w| {
            let root = password(w);
            let affects = vec!["aws:arn:aws:iam::111122223333:user/ann".into()];
            let gap =
                Gap::new(root.provider, Some(root.scope), REPORT[0], GapReason::Inconsistent, "", affects);
            w.estate.gap(gap);
        }),
        Case::silent("with a device", move |w| {
            let root = password(w);
            w.credential(&root, CredentialKind::MfaDevice, |_| ());
        }),
        Case::silent("no credential at all", |w| {
            w.root();
        }),
        Case::silent("a user without a device", |w| {
            let user = w.user("ann");
            w.credential(&user, CredentialKind::ConsolePassword, |_| ());
        }),
    ];
    for read in REPORT {
        for reason in [GapReason::Denied, GapReason::NotProvided] {
            cases.push(Case::silent(format!("{read} {reason}"), move |w| {
                password(w);
                w.gap(read, reason);
            }));
        }
    }
    cases
}
