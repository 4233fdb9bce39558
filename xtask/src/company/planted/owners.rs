//! Who owns what: nobody, two, or somebody who says so only by a tag.

use super::{DATA, MANAGEMENT, PLATFORM, Planter};
use crate::{
    aws::{
        details::{Role, User},
        managed::aws as aws_managed,
        policy::grant,
    },
    company::{
        self,
        beside::{GHOSTS, INVENTORY},
        registry::{FINANCE, MAIN},
        roles::{bound_service, lambda},
    },
};

pub(super) fn plant(planter: &mut Planter<'_>) {
    unowned(planter);
    contradictions(planter);
    entries(planter);
    let sandbox = company::SANDBOX;
    let what = "listed among the gaps: whether keys and passwords of this account are used is unknown";
    planter.note("missing document", sandbox, "credential-report.csv", what);
}

fn unowned(planter: &mut Planter<'_>) {
    let unowned = "unowned-identity";
    let place = planter.company.management.place.clone();
    let user = User::new(&place, "billing-portal-sync").key(77, Some(0)).attach(aws_managed("Billing"));
    planter.user(MANAGEMENT, user, unowned, "a key of the management account in some finance tool");
    let place = planter.company.platform.place.clone();
    let role = lambda(&place, "tmp-fix-labels-lambda", grant(["s3:*", "dynamodb:*"], "*"));
    planter.role(PLATFORM, role, unowned, "a temporary fix that stayed");
    planter.note(unowned, company::DATA, "role/lake-*-lambda", "the one family that the data team forgot");
    let both = [company::PLATFORM, company::DEV];
    for account in both {
        planter.note(unowned, account, "role/address-validator-*", "no entry, no owner tag");
        planter.note(unowned, account, "role/delivery-proof-*", "no entry, no owner tag");
        let what = "only an `owner` tag says whose they are";
        for name in ["role/claims-*", "role/locker-network-*", "role/tariff-lookup-*"] {
            planter.note("owner-inferred-only", account, name, what);
        }
    }
}

fn contradictions(planter: &mut Planter<'_>) {
    let conflict = "owner-conflict";
    let what = "the main registry and finance's name different owners";
    planter.note(conflict, company::PLATFORM, "role/invoice-engine-render-lambda", what);
    let place = planter.company.platform.place.clone();
    let role = lambda(&place, "sms-gateway-bridge-lambda", grant("sns:Publish", "*"))
        .tag("owner", "jonas.achterberg@brindlemoor.example")
        .tag("business-owner", "petra.lindqvist@brindlemoor.example");
    planter.role(
        PLATFORM,
        role,
        "owner-inferred-only",
        "no entry, and two owner tags that contradict each other",
    );
}

fn entries(planter: &mut Planter<'_>) {
    let ghost = "registry-ghost";
    planter.note(ghost, MAIN, "role/fax-gateway-lambda", "deleted two years ago");
    planter.note(ghost, MAIN, "user/machines/broker-bluebird", "a broker whose contract ended");
    planter.note(ghost, MAIN, "role/old-portal-*", "a pattern that matches nothing any more");
    planter.note(ghost, FINANCE, "role/factoring-feed-glue", "a bank that was left");
    let what = "an inventory that nobody tidies knows nine identities that are gone";
    planter.note(ghost, INVENTORY, GHOSTS[0], what);
    let what = "its entry counted until 2026-03-31";
    planter.note("registry entry expired", company::PLATFORM, "role/depot-cutoff-schedule", what);
    let place = planter.company.data.place.clone();
    let trust = crate::aws::policy::document([bound_service(&place, "states.amazonaws.com", "states")]);
    let role = Role::new(&place, "ledger-export", trust)
        .created(&place, 20)
        .inline("export", grant(["s3:PutObject", "kms:Encrypt"], "arn:aws:s3:::brindlemoor-ledger/*"));
    let what = "deleted and created anew in May: what its owner attested in 2025 was another role";
    planter.role(DATA, role, "re-created identity", what);
}
