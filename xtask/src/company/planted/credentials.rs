//! Keys and passwords.

use super::{DATA, DEV, PLATFORM, Planter, SANDBOX};
use crate::{
    aws::{
        account::ServerCertificate,
        clock::Stamp,
        credentials::AccessKey,
        details::{Place, User},
        managed::aws,
        policy::grant,
    },
    company,
};

pub(super) fn plant(planter: &mut Planter<'_>) {
    keys(planter);
    console(planter);
    old_forms(planter);
    root(planter);
}

fn machine(place: &Place, name: &str) -> User {
    User::new(place, name).path(place, "/machines/")
}

fn keys(planter: &mut Planter<'_>) {
    let old = "access-key-old";
    let two = "two-active-keys";
    let place = planter.company.platform.place.clone();
    let user = machine(&place, "ci-deployer-legacy-monolith").key(1260, Some(0)).group("ci-deployers");
    planter.user(PLATFORM, user, old, "one key, made three and a half years ago and used every day");
    let user = machine(&place, "edi-valmont-freight").key(410, Some(2)).group("edi-partners");
    planter.user(PLATFORM, user, old, "a partner's key from last year");
    let user = machine(&place, "fleet-telemetry-uplink").key(390, Some(0)).key(44, Some(0)).inline(
        "ingest",
        grant("kinesis:PutRecords", format!("arn:aws:kinesis:eu-west-1:{}:stream/fleet", place.account)),
    );
    planter.user(PLATFORM, user, two, "a rotation that was begun and never ended; both keys are in use");
    let user = machine(&place, "watchkeep-agent")
        .key(75, Some(1))
        .key(75, None)
        .attach(aws("CloudWatchReadOnlyAccess"));
    planter.user(PLATFORM, user, two, "made in pairs; the second was never used");
    let user = machine(&place, "smtp-marketing")
        .key(520, Some(400))
        .disabled()
        .key(60, Some(1))
        .group("mail-senders");
    planter.user(PLATFORM, user, "disabled-key-remains", "switched off at the last rotation, not deleted");

    let place = planter.company.data.place.clone();
    let user = machine(&place, "sqoop-import").key(890, Some(610)).disabled().group("analysts");
    planter.user(DATA, user, "disabled-key-remains", "the job moved to Glue; user and key stayed");
    let user = machine(&place, "tableau-extract").key(230, Some(0)).group("analysts");
    planter.user(DATA, user, old, "eight months old");

    let place = planter.company.dev.place.clone();
    let user = machine(&place, "jenkins").key(1390, Some(0)).attach(aws("AdministratorAccess"));
    planter.user(DEV, user, old, "the build server of the first day, an administrator since");
    let user = machine(&place, "terraform-local")
        .key(700, Some(12))
        .key(330, Some(5))
        .inline("escalate", grant(["iam:AttachUserPolicy", "iam:CreatePolicyVersion"], "*"));
    planter.user(DEV, user, two, "two old keys, shared by a team");

    let place = planter.company.sandbox.place.clone();
    let user = machine(&place, "hackathon-bot").key(612, None).attach(aws("AmazonS3FullAccess"));
    planter.user(
        SANDBOX,
        user,
        old,
        "the credential report is missing, so whether it is used cannot be told",
    );
}

fn console(planter: &mut Planter<'_>) {
    let both = "console-and-key";
    let place = planter.company.data.place.clone();
    let user = User::new(&place, "gregor.ilves").console(Some(2)).key(66, Some(2)).group("data-engineers");
    planter.user(DATA, user, both, "a person whose key runs the nightly export");
    let place = planter.company.dev.place.clone();
    let user = User::new(&place, "mobile-release")
        .console(Some(15))
        .without_mfa()
        .key(58, Some(1))
        .attach(aws("AmazonS3FullAccess"));
    planter.user(DEV, user, both, "a shared account of the mobile team, without MFA");
}

fn old_forms(planter: &mut Planter<'_>) {
    let place = planter.company.platform.place.clone();
    let user =
        machine(&place, "edi-as2-gateway").key(50, Some(0)).signing_certificate(960).group("edi-partners");
    planter.user(PLATFORM, user, "old forms of credentials", "an X.509 signing certificate beside the key");
    let certificate = ServerCertificate::new(&place, "depot-vpn-2023", 900, 825);
    planter.company.platform.federation.server_certificates.push(certificate);
    let what = "a server certificate in IAM, past its end";
    planter.note("old forms of credentials", company::PLATFORM, "server-certificate/depot-vpn-2023", what);
}

fn root(planter: &mut Planter<'_>) {
    let mut dice = planter.company.data.place.dice("root-key", "");
    planter.company.data.root.key = Some(AccessKey::new(1810, Some(320), &mut dice));
    planter.note("root-access-key", company::DATA, "root", "made in the account's first year, still active");
    let mut dice = planter.company.dev.place.dice("root-use", "");
    planter.company.dev.root.mfa = false;
    planter.company.dev.root.last_used = Some(Stamp::days_ago(47, &mut dice));
    planter.note("root-without-mfa", company::DEV, "root", "signed in last month");
}
