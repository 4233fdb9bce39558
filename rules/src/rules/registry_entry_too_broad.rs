use census_model::Severity;

use crate::{Docs, Draft, EVERY_PROVIDER, Findings, Rule, View, entries::numbered};

pub(crate) static RULE: Rule = Rule {
    id: "registry-entry-too-broad",
    version: 1,
    title: "A registry entry so broad that it registers nothing",
    severity: Severity::Medium,
    finding_types: &["REG-BROAD"],
    providers: EVERY_PROVIDER,
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "The pattern of an entry matches identities of a whole account whatever they are called: `*`, \
                `arn:aws:iam::*:role/*`, `*e*`. What it says of an owner is weak evidence (band III), and it registers \
                nothing that it matches so.",
        why: "Whoever wrote it believes that everything is registered. An identity that is made tomorrow, by whomever, would \
              have an owner who never heard of it, and no review would ever ask about it.",
        remedy: "Name what the owner really answers for: a path (`role/payments/*`), the prefix of a naming convention, or \
                 each identity. `census owners --suggest` writes entries for what is not registered yet. If the owner \
                 answers for whatever lies in an account, write that into `owners.accounts`.",
        limits: "Whether a pattern is too broad is told from the identities of the accounts that were scanned. Entries that \
                 have expired or were retired are passed by.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (entry, distinguisher) in numbered(&view.ownership.broad, |entry| &entry.identity) {
        let draft = Draft::new(format!("registry entry `{}` is too broad to register anything", entry.identity))
            .evidence("entry", &*entry.location)
            .evidence("matches", format!("{} identities whatever they are called", entry.matches))
            .evidence("business owner", entry.business_owner.as_deref().unwrap_or("none"))
            .remedy("name what the owner answers for: a path, the prefix of a naming convention, or each identity")
            .command(["census", "owners", "--suggest", "registry-stub.yaml"]);
        findings.registry_entry(&entry.identity, &entry.location, &distinguisher, draft);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::BroadEntry;

    use crate::testing::Case;
    let broad = |line: u32| BroadEntry {
        identity: "arn:aws:iam::*:role/*".into(),
        location: format!("registry.yaml:{line}").into(),
        business_owner: Some("ann".into()),
        matches: 7,
    };
    vec![
        Case::fires("all roles", move |w| w.ownership.broad.push(broad(3)))
            .says("registry.yaml:3")
            .says("7 identities"),
        Case::fires("the same text twice", move |w| w.ownership.broad.extend([broad(3), broad(9)])).times(2),
        Case::silent("entries that name something", |w| {
            let role = w.role("deploy");
            w.registered(&role, |_| ());
            w.ownership.entries = 1;
        }),
    ]
}
