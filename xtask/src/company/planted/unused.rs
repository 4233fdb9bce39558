//! What nobody uses any more.

use super::{DATA, DEV, MANAGEMENT, PLATFORM, Planter, SANDBOX, SECURITY};
use crate::{
    aws::{
        details::{Role, User},
        managed::aws,
        policy::{document, grant, service},
    },
    company::{
        SUSPENDED,
        roles::{cross_account, lambda},
    },
};

pub(super) fn plant(planter: &mut Planter<'_>) {
    users(planter);
    roles(planter);
}

fn users(planter: &mut Planter<'_>) {
    let unused = "access-key-unused";
    let place = planter.company.platform.place.clone();
    let user = User::new(&place, "depot-malmo").path(&place, "/machines/").key(640, Some(260));
    planter.user(PLATFORM, user, unused, "the depot closed in September; its key was last used then");
    let place = planter.company.data.place.clone();
    let user = User::new(&place, "henrike.voss").console(Some(310)).group("data-engineers");
    planter.user(
        DATA,
        user,
        "console-password-unused",
        "a person who moved to Identity Center and kept the password",
    );
    let place = planter.company.dev.place.clone();
    let user =
        User::new(&place, "robot-ios-farm").path(&place, "/machines/").key(480, None).group("test-robots");
    planter.user(DEV, user, unused, "a key that was never used since it was made");
}

fn roles(planter: &mut Planter<'_>) {
    let unused = "role-unused";
    let place = planter.company.platform.place.clone();
    let role = lambda(&place, "parcel-photo-resizer-lambda", grant("s3:*", "*")).used(&place, 213);
    planter.role(PLATFORM, role, unused, "replaced by another service last autumn");
    let role = lambda(&place, "peak-2024-surge-lambda", grant("sqs:*", "*")).never_used();
    planter.role(PLATFORM, role, unused, "for one Christmas; no use in all the time that AWS looks back");
    let role = Role::new(&place, "migration-runner", document([service("ec2.amazonaws.com")]))
        .attach(aws("AdministratorAccess"))
        .instance_profile(&place)
        .used(&place, 371);
    planter.role(PLATFORM, role, unused, "an administrator that moved the data centre");

    let place = planter.company.data.place.clone();
    let role =
        lambda(&place, "poc-vector-search-lambda", grant("es:*", "*")).created(&place, 260).never_used();
    planter.role(DATA, role, unused, "never used since it was created");

    let place = planter.company.dev.place.clone();
    let dev = [
        ("poc-drone-dispatch-lambda", 190, "a proof of concept that ended"),
        ("chaos-monkey-lambda", 155, "an experiment that was called off"),
        ("staging-restore-lambda", 300, "nobody restores staging this way any more"),
    ];
    for (name, days, what) in dev {
        let role = lambda(&place, name, grant(["ec2:*", "rds:*"], "*")).used(&place, days);
        planter.role(DEV, role, unused, what);
    }

    let place = planter.company.sandbox.place.clone();
    let role = lambda(&place, "try-workshop-2025", grant("dynamodb:*", "*")).used(&place, 240);
    planter.role(SANDBOX, role, unused, "a workshop of last year");

    let place = planter.company.security.place.clone();
    let role = lambda(&place, "pentest-2025-collector", grant("s3:GetObject", "*")).used(&place, 330);
    planter.role(SECURITY, role, unused, "the penetration test is over");

    let place = planter.company.management.place.clone();
    let role = cross_account(&place, "legacy-consolidation", &format!("arn:aws:iam::{SUSPENDED}:root"))
        .attach(aws("ReadOnlyAccess"))
        .never_used();
    planter.role(MANAGEMENT, role, unused, "for an acquired company whose account is closed");
}
