use census_model::{Provider, Severity};

use crate::{
    Docs, Findings, Rule, View,
    powers::reads::{Matter, Reading, report},
};

pub(crate) static RULE: Rule = Rule {
    id: "broad-secret-read",
    version: 1,
    title: "An identity that can read every secret",
    severity: Severity::High,
    finding_types: &["PRIV-WILDCARD"],
    providers: &[Provider::Aws, Provider::Azure],
    // Those are about users' own policies and full administration.
    except_controls: &[("CIS-AWS", "7.0:2.13"), ("CIS-AWS", "7.0:2.14")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity that is no administrator may read all secrets of Secrets Manager or all parameters of \
                Systems Manager, or decrypt with all KMS keys; in Azure, read or use what key vaults hold in a whole resource \
                group or more, or read the keys and settings of all that runs there. Severity is medium where only a condition that is open at run time \
                allows it, or where resource groups of Azure are all.",
        why: "Secrets are the keys to other systems: databases, vendors, other clouds. A program needs those of its \
              own application, and whoever steals it gets everybody's.",
        remedy: "Name the secrets in `Resource`, by a path or a tag for each application, and the keys by their ARN. In \
                 Azure assign the role at the vault of the application.",
        limits: "Many secrets, named one by one, are not called all. Policies of the secrets and keys themselves may \
                 give more or less, and lower the confidence where they were not read. `kms:Decrypt` reads nothing \
                 without the data. Many vaults of \
                 Azure that are named one by one are not called all either, and a resource group may hold one vault only. \
                 Administrators are left to admin-identity.",
    },
    check,
};

const READING: Reading = Reading {
    matter: Matter::Secrets,
    what: "secrets",
    remedy: "name the secrets, parameters and keys of its own application, or assign the role at its own vault",
    certain: Severity::High,
    conditional: Severity::Medium,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    report(&READING, view, findings);
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Bound, Confidence, Decision, Level, Proof};

    use crate::testing::{Case, World, proof};
    let reads = |level: Level, proof: Proof| {
        move |w: &mut World| {
            let role = w.role("app");
            w.reach(&role, level).because(proof.clone());
        }
    };
    vec![
        Case::fires("secrets", reads(Level::Sensitive, proof("secretsmanager:GetSecretValue")))
            .severity(Severity::High)
            .confidence(Confidence::High)
            .says("secretsmanager:GetSecretValue on `*`"),
        Case::fires("parameters", reads(Level::Sensitive, proof("ssm:GetParameter"))),
        Case::fires("beside a path", reads(Level::Escalates, proof("kms:Decrypt"))),
        Case::fires("secrets and keys are one finding", |w| {
            let role = w.role("app");
            let because = w.reach(&role, Level::Sensitive).because(proof("kms:Decrypt"));
            because.because(proof("secretsmanager:GetSecretValue"));
        })
        .says("kms:Decrypt")
        .says("secretsmanager:GetSecretValue"),
        Case::fires(
            "only under a condition",
            reads(
                Level::Sensitive,
                Proof { decision: Decision::Conditional, ..proof("secretsmanager:GetSecretValue") },
            ),
        )
        .severity(Severity::Medium),
        Case::fires("a limit was not read", |w| {
            let role = w.role("app");
            let reach = w.reach(&role, Level::Sensitive).because(proof("kms:Decrypt"));
            reach.bound(Bound::Upper, "organizations:ListPolicies");
        })
        .confidence(Confidence::Low),
        Case::fires("secrets of vaults in Azure", |w| {
            let app = w.app("billing");
            let proof = proof("Microsoft.KeyVault/vaults/secrets/getSecret/action");
            w.reach(&app, Level::Sensitive).because(Proof { resource: "/subscriptions/s".into(), ..proof });
        })
        .severity(Severity::High),
        Case::fires("secrets of vaults in a resource group of Azure", |w| {
            let app = w.app("billing");
            let proof = proof("Microsoft.KeyVault/vaults/secrets/getSecret/action");
            let resource = "/subscriptions/s/resourceGroups/apps".into();
            w.reach(&app, Level::Sensitive).because(Proof { resource, ..proof });
        })
        .severity(Severity::Medium),
        Case::silent("what could let itself read in Azure", |w| {
            let app = w.app("billing");
            w.reach(&app, Level::Sensitive).because(proof("Microsoft.KeyVault/vaults/accessPolicies/write"));
        }),
        Case::silent("data in Azure", |w| {
            let app = w.app("billing");
            w.reach(&app, Level::Sensitive).because(proof("Microsoft.Storage/storageAccounts/listkeys/action"));
        }),
        Case::silent("an administrator", reads(Level::Admin, proof("secretsmanager:GetSecretValue"))),
        Case::silent("limited", reads(Level::Limited, proof("secretsmanager:GetSecretValue"))),
        Case::silent("nothing is known", reads(Level::Unknown, proof("secretsmanager:GetSecretValue"))),
        Case::silent("data", reads(Level::Sensitive, proof("s3:GetObject"))),
        Case::silent(
            "one secret",
            reads(
                Level::Sensitive,
                Proof {
                    resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-x".into(),
                    ..proof("secretsmanager:GetSecretValue")
                },
            ),
        ),
    ]
}
