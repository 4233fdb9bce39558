//! What was registered, and then forgotten: people who left, reviews that nobody gave, ends that came.

use super::{DATA, Planter};
use crate::{
    aws::{
        details::Role,
        policy::{document, grant, saml, service},
    },
    company::{
        self,
        beside::{INVENTORY, RETIRED},
        registry::MAIN,
        reused::TRIED_OUT,
    },
};

pub(super) fn plant(planter: &mut Planter<'_>) {
    people(planter);
    reviews(planter);
    ends(planter);
    declared(planter);
    shared(planter);
    yearly(planter);
}

fn people(planter: &mut Planter<'_>) {
    let (data, dev) = (company::DATA, company::DEV);
    let what = "its owner left in March; the directory names a manager who may take it over";
    planter.note("owner-left", data, "user/machines/warehouse-export", what);
    let what = "the key of somebody's export works on, two months after they left";
    planter.note("disabled-owner-live-credential", data, "user/machines/warehouse-export", what);
    let what = "who ran it left in January";
    planter.note("steward-left", dev, "user/machines/git-mirror", what);
    let what = "its entry names a mailbox that neither the directory nor the catalogue knows";
    planter.note("owner-invalid", dev, "role/docs-github-deploy", what);
    let what = "one person, and nobody who stands in";
    planter.note("single-person-owner", company::PLATFORM, "role/parcel-events-router", what);
}

fn reviews(planter: &mut Planter<'_>) {
    let what = "what was attested in March was another role of that name";
    planter.note("business-attestation-overdue", company::DATA, "role/ledger-export", what);
    let what = "who alone operates it attested it, which does not count";
    planter.note(
        "business-attestation-overdue",
        company::PLATFORM,
        "user/machines/edi-customs-gateway",
        what,
    );
    let what = "nobody said for a year that it is still needed as it is";
    planter.note("technical-attestation-overdue", company::DATA, "role/ledger-export", what);
    let what = "the contract of a vendor whose review is overdue";
    planter.note("third-party-without-review", company::DATA, "role/harbourline-stock-feed", what);
}

fn ends(planter: &mut Planter<'_>) {
    let fired = "offboarding-trigger-fired";
    let platform = company::PLATFORM;
    planter.note(fired, platform, "role/watchkeep-monitoring", "the contract with the vendor ended in April");
    planter.note(fired, company::DEV, "user/machines/jenkins", "the project that it served ended in May");
    planter.note(fired, platform, "user/machines/depot-porto", "its owner decided in May that it goes");
    let what = "the inventory calls it retired, and its key works";
    planter.note(fired, INVENTORY, RETIRED, what);
    let what = "not used for longer than its entry allows";
    planter.note("idle-identity", company::DATA, "user/machines/sftp-archive", what);
    let what = "whether keys of this account are used could not be read";
    planter.note("usage-unknown", company::SANDBOX, "user/machines/hackathon-bot", what);
}

fn declared(planter: &mut Planter<'_>) {
    let data = company::DATA;
    let what = "registered as a pilot of low risk, and administers what it was tried out on";
    planter.note("registered-class-outgrown", data, &format!("role/{TRIED_OUT}"), what);
    let what = "follows a pattern that asks for an end of keys, and holds one";
    planter.note("pattern-violated", company::PLATFORM, "user/machines/ci-deployer-*", what);
    let what = "nobody wrote down what it is for";
    planter.note("registration-incomplete", MAIN, "arn:aws:iam::*:role/bastion-host", what);
    let what = "claims a whole account";
    let broad = format!("arn:aws:iam::{}:*", company::SANDBOX);
    planter.note("registry-entry-too-broad", MAIN, &broad, what);
}

/// A notebook's role that people enter through the company's sign-in.
fn shared(planter: &mut Planter<'_>) {
    let place = planter.company.data.place.clone();
    let provider = planter.company.data.federation.saml.iter().map(|provider| saml(&provider.arn));
    let trust: Vec<_> = std::iter::once(service("sagemaker.amazonaws.com")).chain(provider.take(1)).collect();
    let role = Role::new(&place, "model-studio-training", document(trust))
        .inline("read", grant("s3:GetObject", "arn:aws:s3:::brindlemoor-models/*"));
    let what = "a notebook runs as it, and people enter it through the company's sign-in";
    planter.role(DATA, role, "machine-identity-used-by-humans", what);
}

/// What rests for eleven months is not idle, if somebody says so.
fn yearly(planter: &mut Planter<'_>) {
    let place = planter.company.data.place.clone();
    let role = Role::new(&place, "year-end-closing-glue", document([service("glue.amazonaws.com")]))
        .inline("close", grant(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::brindlemoor-ledger/closing/*"))
        .used(&place, 148);
    let what = "used once a year, as its entry says, and so called neither idle nor unused";
    planter.role(DATA, role, "yearly job", what);
}
