use census_model::{Provider, Severity};

use crate::{
    Docs, Findings, Rule, View,
    powers::reads::{Matter, Reading, report},
};

pub(crate) static RULE: Rule = Rule {
    id: "broad-data-read",
    version: 1,
    title: "An identity that can read every bucket, table or database",
    severity: Severity::Medium,
    finding_types: &["PRIV-WILDCARD"],
    providers: &[Provider::Aws, Provider::Azure],
    // Those are about users' own policies and full administration.
    except_controls: &[("CIS-AWS", "7.0:2.13"), ("CIS-AWS", "7.0:2.14")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity that is no administrator may read the objects of all buckets or the items of all tables, \
                or copy all databases or disks; in Azure, read blobs, files, messages or entries, or the keys to them, or copy \
                disks and databases, in a whole resource group or more. Severity is low where only a condition that is open at run time \
                allows it, or where resource groups of Azure are all.",
        why: "A program needs the data of its own application. Whoever steals one that reads everything takes the \
              data of all of them, and with them often the backups and the logs.",
        remedy: "Name the buckets and tables in `Resource`. Where a program must read many, as a backup does, keep it \
                 in an account of its own, or let it in by a tag. In Azure assign the role at \
                 the storage account or container of the application.",
        limits: "Many buckets, named one by one, are not called all. Whether a bucket or key policy keeps the \
                 identity out of some of the data is not shown in the title. What the data is worth is not judged. \
                 A resource group of Azure may hold one account only. Administrators are left to admin-identity.",
    },
    check,
};

const READING: Reading = Reading {
    matter: Matter::Data,
    what: "data",
    remedy: "name the buckets, tables and databases of its own application, or assign the role at what is its own",
    certain: Severity::Medium,
    conditional: Severity::Low,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    report(&READING, view, findings);
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Confidence, Decision, Level, Proof};

    use crate::testing::{Case, World, proof};
    let reads = |level: Level, proof: Proof| {
        move |w: &mut World| {
            let role = w.role("app");
            w.reach(&role, level).because(proof.clone());
        }
    };
    vec![
        Case::fires("objects", reads(Level::Sensitive, proof("s3:GetObject")))
            .severity(Severity::Medium)
            .confidence(Confidence::High),
        Case::fires("items", reads(Level::Sensitive, proof("dynamodb:Scan"))).says("dynamodb:Scan"),
        Case::fires("beside a path", reads(Level::Escalates, proof("rds:CreateDBSnapshot"))),
        Case::fires(
            "only under a condition",
            reads(Level::Sensitive, Proof { decision: Decision::Conditional, ..proof("s3:GetObject") }),
        )
        .severity(Severity::Low),
        Case::fires("one way for certain and another under a condition", |w| {
            let role = w.role("app");
            let open = Proof { decision: Decision::Conditional, ..proof("s3:GetObject") };
            w.reach(&role, Level::Sensitive).because(open).because(proof("dynamodb:Scan"));
        })
        .severity(Severity::Medium),
        Case::fires("blobs in Azure", |w| {
            let app = w.app("billing");
            let action = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
            w.reach(&app, Level::Sensitive).because(Proof { resource: "/subscriptions/s".into(), ..proof(action) });
        }),
        Case::silent("what Azure changes", |w| {
            let app = w.app("billing");
            w.reach(&app, Level::Sensitive).because(proof("Microsoft.Web/sites/write"));
        }),
        Case::silent("secrets", reads(Level::Sensitive, proof("secretsmanager:GetSecretValue"))),
        Case::silent("an administrator", reads(Level::Admin, proof("s3:GetObject"))),
        Case::silent("limited", reads(Level::Limited, proof("s3:GetObject"))),
        Case::silent(
            "one bucket",
            reads(
                Level::Sensitive,
                Proof { resource: "arn:aws:s3:::app/*".into(), ..proof("s3:GetObject") },
            ),
        ),
    ]
}
