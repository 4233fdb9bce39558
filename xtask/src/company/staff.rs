//! IAM users: programs that cannot assume a role, people from before Identity Center, and the keys of the last
//! resort.

use super::Company;
use crate::aws::{
    account::ListedAccount,
    details::{Group, User},
    managed::aws,
    policy::{deny, document, grant},
};

/// Adds users and groups to every account.
pub(super) fn add(company: &mut Company) {
    management(&mut company.management);
    company.security.users.push(machine(&company.security, "siem-forwarder", 41));
    platform(&mut company.platform);
    data(&mut company.data);
    dev(&mut company.dev);
    sandbox(&mut company.sandbox);
}

/// A program's user below `/machines/`, with one young key in daily use.
fn machine(account: &ListedAccount, name: &str, key_age: u32) -> User {
    User::new(&account.place, name).path(&account.place, "/machines/").key(key_age, Some(0))
}

fn management(account: &mut ListedAccount) {
    let place = account.place.clone();
    account.groups.push(Group::new(&place, "break-glass").attach(aws("AdministratorAccess")));
    account.users.extend(["break-glass-1", "break-glass-2"].map(|name| {
        User::new(&place, name).console(Some(26)).group("break-glass").tag("purpose", "last resort")
    }));
}

fn platform(account: &mut ListedAccount) {
    let place = account.place.clone();
    let registry = account.policy(
        "push-images",
        grant(
            ["ecr:PutImage", "ecr:UploadLayerPart"],
            format!("arn:aws:ecr:eu-west-1:{}:repository/*", place.account),
        ),
    );
    let edi = account.policy(
        "edi-exchange",
        grant(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::brindlemoor-edi-exchange/*"),
    );
    account.groups.extend([
        Group::new(&place, "ci-deployers").attach(registry),
        Group::new(&place, "edi-partners").attach(edi),
        Group::new(&place, "mail-senders").inline("send", grant(["ses:SendEmail", "ses:SendRawEmail"], "*")),
    ]);
    let ci = ["ci-deployer-mainframe", "ci-deployer-scanner-firmware"];
    let edi = ["edi-harbourline", "edi-norrland-posten", "edi-customs-gateway", "edi-osterfeld-retail"];
    let mail = ["smtp-notifications", "smtp-invoices"];
    let depots = ["depot-aalborg", "depot-ghent", "depot-lyon", "depot-porto"];
    let mut users = Vec::new();
    users.extend(ci.map(|name| machine(account, name, 33).group("ci-deployers")));
    users.extend(edi.map(|name| machine(account, name, 62).group("edi-partners")));
    users.extend(mail.map(|name| machine(account, name, 55).group("mail-senders")));
    users.extend(depots.map(|name| {
        let own = grant("s3:PutObject", format!("arn:aws:s3:::brindlemoor-depot-scans/{name}/*"));
        machine(account, name, 70).inline("upload", own).bounded(place.policy("workload-boundary"))
    }));
    account.users.extend(users);
}

fn data(account: &mut ListedAccount) {
    let place = account.place.clone();
    account.groups.extend([
        Group::new(&place, "data-engineers").attach(place.policy("lake-read")),
        Group::new(&place, "analysts").attach(aws("AmazonS3ReadOnlyAccess")),
    ]);
    let machines =
        [("airflow-scheduler", 48), ("bi-gateway", 21), ("sftp-archive", 66), ("warehouse-export", 15)];
    let mut users: Vec<User> =
        machines.map(|(name, age)| machine(account, name, age).group("analysts")).into();
    let people = ["lea.moreau", "piotr.zelin", "anselm.kraus"];
    users.extend(people.map(|name| User::new(&place, name).console(Some(3)).group("data-engineers")));
    account.users.extend(users);
}

fn dev(account: &mut ListedAccount) {
    let place = account.place.clone();
    let self_service = document([deny("*").sid("OnlyWithMfa").on("*").when(
        "BoolIfExists",
        "aws:MultiFactorAuthPresent",
        "false",
    )]);
    account.groups.extend([
        Group::new(&place, "developers").attach(aws("PowerUserAccess")).inline("mfa", self_service),
        Group::new(&place, "test-robots").attach(aws("AmazonSQSFullAccess")),
    ]);
    let robots = ["robot-load", "robot-contract", "robot-browser", "robot-device-farm", "robot-locker-lab"];
    let mut users: Vec<User> =
        robots.map(|name| machine(account, name, 27).group("test-robots").tag("team", "platform")).into();
    let people = ["bente.holm", "rafael.ossa", "yusra.dahl"];
    users.extend(people.map(|name| User::new(&place, name).console(Some(1)).group("developers")));
    users.push(
        machine(account, "git-mirror", 80).ssh_key(80).service_credential("codecommit.amazonaws.com", 80),
    );
    account.users.extend(users);
}

fn sandbox(account: &mut ListedAccount) {
    let place = account.place.clone();
    account.groups.push(Group::new(&place, "explorers").attach(aws("PowerUserAccess")));
    account.users.extend(
        ["workshop-1", "workshop-2", "workshop-3", "workshop-4"]
            .map(|name| User::new(&place, name).console(None).without_mfa().group("explorers")),
    );
}
