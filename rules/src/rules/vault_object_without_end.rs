use census_model::{Confidence, Evidence, Provider, Rotation, Severity, VaultObject, VaultObjectKind};

use crate::{
    Docs, Draft, Findings, Rule, View,
    docs::date,
    policies::Shown,
    unread::{ROTATION, Unread},
};

pub(crate) static RULE: Rule = Rule {
    id: "vault-object-without-end",
    version: 1,
    title: "A key or secret in a vault without an end",
    severity: Severity::Medium,
    finding_types: &["KV-OBJECT-NO-EXPIRY"],
    providers: &[Provider::Azure],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "A key or secret of a key vault has no end. Severity is low where it is disabled. One finding an object.",
        why: "Nothing asks anybody to renew it, so the same value is in use for years, and every copy that was ever made of \
              it works.",
        remedy: "Set an end, with an alert before it that somebody gets. Let the vault renew keys by itself. A policy of Azure \
                 Policy can demand an end of all that is new.",
        limits: "Keys that the vault renews by itself and what stands behind a certificate, whose end it shares, are not meant. \
                 Where it was not read whether a key is renewed, confidence is medium. Only the newest version is looked \
                 at. The end does not stop the value from working elsewhere. What is in a deleted vault is not reported.",
    },
    check,
};

const OBJECTS: &str = "GET {vault}/keys, {vault}/secrets, {vault}/certificates";

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let unread = Unread::of(view, &[ROTATION]);
    for vault in view.estate().vaults.iter().filter(|vault| vault.deleted.is_none()) {
        for object in view.index.vault_objects(&vault.id).iter().filter(|object| is_meant(object)) {
            let title = format!(
                "{} `{}` in vault `{}` has no end",
                object.kind,
                Shown(&object.name),
                Shown(&vault.name)
            );
            let made = object.created.map_or_else(|| "at an unknown time".to_owned(), date);
            let mut draft = Draft::new(title)
                .facts([Evidence::new("ends", "never").from_source(OBJECTS)])
                .evidence("object", &*object.native_id)
                .evidence("newest version made", made)
                .remedy("set an end, and have somebody told before it; let the vault renew keys by itself");
            if !object.enabled {
                draft = draft.severity(Severity::Low).evidence("state", "disabled");
            }
            if object.kind == VaultObjectKind::Key && object.rotation.is_none() {
                let names = [object.id.as_str(), &object.native_id, &vault.native_id];
                draft = draft
                    .at_most(Confidence::Medium)
                    .evidence("not certain because", "it was not read whether the vault renews the key")
                    .doubts(Confidence::Medium, unread.named(view, &vault.scope, names));
            }
            findings.vault(vault, &object.native_id, set_end(draft, object));
        }
    }
}

fn is_meant(object: &VaultObject) -> bool {
    let renewed = matches!(object.rotation, Some(Rotation::Automatic(_)));
    let kind = matches!(object.kind, VaultObjectKind::Key | VaultObjectKind::Secret);
    object.expires.is_none() && kind && !object.of_certificate && !renewed
}

/// Adds the command that sets an end; the day is the person's to choose.
fn set_end(draft: Draft, object: &VaultObject) -> Draft {
    let kind = object.kind.as_str();
    let id = &*object.native_id;
    draft.command(["az", "keyvault", kind, "set-attributes", "--id", id, "--expires", "YYYY-MM-DDT00:00:00Z"])
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::GapReason;

    use crate::testing::{Case, World};
    let object = |kind: VaultObjectKind, change: fn(&mut VaultObject)| {
        move |w: &mut World| {
            let vault = w.vault("payments", |_| ());
            w.vault_object(&vault, kind, "main", |object| {
                object.expires = None;
                change(object);
            });
        }
    };
    vec![
        Case::fires("a secret", object(VaultObjectKind::Secret, |_| ()))
            .severity(Severity::Medium)
            .confidence(Confidence::High)
            .says("set-attributes"),
        Case::fires("a disabled secret", object(VaultObjectKind::Secret, |one| one.enabled = false))
            .severity(Severity::Low),
        Case::fires(
            "a key that nobody renews",
            object(VaultObjectKind::Key, |one| one.rotation = Some(Rotation::Manual)),
        )
        .confidence(Confidence::High),
        Case::fires("a key of which that was not asked", |w| {
            let vault = w.vault("payments", |_| ());
            w.vault_object(&vault, VaultObjectKind::Key, "main", |object| object.expires = None);
            w.azure_gap(ROTATION[0], GapReason::NotRequested, &[]);
        })
        .confidence(Confidence::Medium)
        .says("not-requested"),
        Case::fires("two secrets", |w| {
            let vault = w.vault("payments", |_| ());
            for name in ["one", "two"] {
                w.vault_object(&vault, VaultObjectKind::Secret, name, |object| object.expires = None);
            }
        })
        .times(2),
        Case::silent(
            "a key that the vault renews",
            object(VaultObjectKind::Key, |one| one.rotation = Some(Rotation::Automatic("P90D".into()))),
        ),
        Case::silent(
            "what stands behind a certificate",
            object(VaultObjectKind::Secret, |one| one.of_certificate = true),
        ),
        Case::silent("a certificate", object(VaultObjectKind::Certificate, |_| ())),
        Case::silent(
            "an end",
            object(VaultObjectKind::Secret, |one| one.expires = crate::testing::days_ago(-5000)),
        ),
    ]
}
