//! The users, roles, groups and policies of a synthetic estate, each from its number.

use super::{
    account::{CustomerPolicy, oidc_arn},
    details::{Attached, Group, Place, Role, User},
    dice::Dice,
    managed,
    policy::{Document, Statement, allow, aws, document, grant, service, web_identity},
    synthetic::account_id,
};

/// The issuer that some roles trust.
pub(super) const GITHUB: &str = "token.actions.githubusercontent.com";

/// The role of each account that escalation aims at.
const ADMIN: &str = "admin-000000";

/// How many of a hundred principals can become administrators.
const ESCALATING: u32 = 5;

/// How many of a hundred principals have an inline policy of their own.
const DISTINCT: u32 = 30;

const WORDS: [&str; 16] = [
    "orders", "search", "billing", "ledger", "catalog", "stock", "reports", "events", "images", "mail",
    "audit", "pricing", "profile", "session", "export", "import",
];

/// What programs work with.
struct Store {
    service: &'static str,
    actions: [&'static str; 5],
    /// Region and account as they stand in its ARNs, where `{}` is the account.
    place: &'static str,
    /// Before and behind the name of one resource.
    around: (&'static str, &'static str),
}

const STORES: [Store; 8] = [
    store(
        "s3",
        ["GetObject", "PutObject", "DeleteObject", "GetObjectTagging", "AbortMultipartUpload"],
        ":",
        ("", "/*"),
    ),
    store(
        "dynamodb",
        ["GetItem", "PutItem", "Query", "UpdateItem", "BatchGetItem"],
        REGIONAL,
        ("table/", ""),
    ),
    store(
        "sqs",
        ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl"],
        REGIONAL,
        ("", ""),
    ),
    store(
        "sns",
        ["Publish", "Subscribe", "GetTopicAttributes", "ListSubscriptionsByTopic", "Unsubscribe"],
        REGIONAL,
        ("", ""),
    ),
    store(
        "kinesis",
        ["PutRecord", "PutRecords", "GetRecords", "GetShardIterator", "DescribeStream"],
        REGIONAL,
        ("stream/", ""),
    ),
    store(
        "secretsmanager",
        ["GetSecretValue", "DescribeSecret", "PutSecretValue", "ListSecretVersionIds", "TagResource"],
        REGIONAL,
        ("secret:", "-*"),
    ),
    store(
        "kms",
        ["Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey", "ReEncryptFrom"],
        REGIONAL,
        ("key/", ""),
    ),
    store(
        "logs",
        ["PutLogEvents", "CreateLogStream", "DescribeLogStreams", "GetLogEvents", "FilterLogEvents"],
        REGIONAL,
        ("log-group:", ":*"),
    ),
];

const REGIONAL: &str = "eu-west-1:{}";

const fn store(
    service: &'static str,
    actions: [&'static str; 5],
    place: &'static str,
    around: (&'static str, &'static str),
) -> Store {
    Store { service, actions, place, around }
}

/// What the principals of an account share.
pub(super) struct Shared {
    /// Customer managed policies.
    pub(super) policies: u32,
    /// Groups.
    pub(super) groups: u32,
    /// Accounts of the estate.
    pub(super) accounts: u32,
}

/// A customer managed policy.
pub(super) fn policy(place: &Place, number: u32) -> CustomerPolicy {
    let name = policy_name(number);
    let mut dice = place.dice("policy-text", &name);
    let statements: Vec<Statement> = (0..dice.between(1, 4)).map(|_| statement(place, &mut dice)).collect();
    CustomerPolicy::new(place, &name, document(statements))
}

/// A group with one policy.
pub(super) fn group(place: &Place, number: u32) -> Group {
    let policy =
        managed::aws(if number.is_multiple_of(2) { "ReadOnlyAccess" } else { "AmazonS3ReadOnlyAccess" });
    Group::new(place, &group_name(number)).attach(policy)
}

/// A user: seven in ten hold a key, one in ten a password.
pub(super) fn user(place: &Place, number: u32, shared: &Shared) -> User {
    let mut dice = place.dice("mix", &format!("user/{number}"));
    let name = format!("svc-{}-{number:06}", dice.pick(&WORDS));
    let mut user = User::new(place, &name).group(&group_name(dice.below(shared.groups)));
    if dice.percent(70) {
        user = user.key(dice.between(1, 400), dice.percent(85).then(|| dice.below(120)));
    }
    if dice.percent(6) {
        user = user.key(dice.between(1, 60), Some(0));
    }
    if dice.percent(10) {
        user = user.console(Some(dice.below(200)));
    }
    if dice.percent(60) {
        user = user.tag("owner", &format!("{}@company.example", dice.pick(&WORDS)));
    }
    for (key, value) in labels(&mut dice) {
        user = user.tag(key, &value);
    }
    for policy in attached(place, &mut dice, shared) {
        user = user.attach(policy);
    }
    if dice.percent(DISTINCT) {
        user = user.inline("own", own(place, &name, &mut dice));
    }
    if dice.percent(ESCALATING) { user.inline("more", escalation(place, &mut dice)) } else { user }
}

/// A user who may assume every role.
pub(super) fn trusted_user(place: &Place, number: u32) -> User {
    User::new(place, &format!("user-{number:06}")).inline("more", grant("sts:AssumeRole", "*"))
}

/// A role that trusts the account and may assume every role.
pub(super) fn trusting_role(place: &Place, number: u32) -> Role {
    let trust = document([aws(place.arn("root"))]);
    Role::new(place, &format!("role-{number:06}"), trust).inline("more", grant("sts:AssumeRole", "*"))
}

/// A role: of functions, machines, containers, other accounts and workflows.
pub(super) fn role(place: &Place, number: u32, shared: &Shared) -> Role {
    if number == 0 {
        let trust = document([aws(place.arn("root")), service("lambda.amazonaws.com")]);
        return Role::new(place, ADMIN, trust).attach(managed::aws("AdministratorAccess"));
    }
    let mut dice = place.dice("mix", &format!("role/{number}"));
    let word = dice.pick(&WORDS);
    let kind = dice.below(100);
    let name = format!("{}-{word}-{number:06}", kind_name(kind));
    let mut role = Role::new(place, &name, trust(place, kind, word, shared, &mut dice));
    if (40..60).contains(&kind) {
        role = role.instance_profile(place);
    }
    if dice.percent(12) {
        role = if dice.percent(50) { role.never_used() } else { role.used(place, dice.between(91, 395)) };
    }
    if dice.percent(60) {
        role = role.tag("owner", &format!("{word}@company.example")).tag("service", word);
    }
    for (key, value) in labels(&mut dice) {
        role = role.tag(key, &value);
    }
    for policy in attached(place, &mut dice, shared) {
        role = role.attach(policy);
    }
    if dice.percent(DISTINCT) {
        role = role.inline("own", own(place, &name, &mut dice));
    }
    if dice.percent(ESCALATING) { role.inline("more", escalation(place, &mut dice)) } else { role }
}

fn kind_name(kind: u32) -> &'static str {
    match kind {
        0..40 => "lambda",
        40..60 => "host",
        60..75 => "task",
        75..88 => "cross",
        _ => "deploy",
    }
}

fn trust(place: &Place, kind: u32, word: &str, shared: &Shared, dice: &mut Dice) -> Document {
    document([match kind {
        0..40 => service("lambda.amazonaws.com"),
        40..60 => service("ec2.amazonaws.com"),
        60..75 => service("ecs-tasks.amazonaws.com").when(
            "StringEquals",
            "aws:SourceAccount",
            place.account.as_str(),
        ),
        75..88 => aws(format!("arn:aws:iam::{}:root", account_id(dice.below(shared.accounts)))),
        _ => web_identity(&oidc_arn(place, GITHUB))
            .when("StringEquals", &format!("{GITHUB}:aud"), "sts.amazonaws.com")
            .when("StringLike", &format!("{GITHUB}:sub"), format!("repo:company/{word}:*")),
    }])
}

/// Tags that name no owner.
fn labels(dice: &mut Dice) -> [(&'static str, String); 3] {
    [
        ("environment", dice.pick(&["production", "staging", "development"]).to_owned()),
        ("cost-centre", dice.between(1000, 1999).to_string()),
        ("repository", format!("company/{}", dice.pick(&WORDS))),
    ]
}

/// None, one or two of the policies that the account shares, now and then one of AWS's.
fn attached(place: &Place, dice: &mut Dice, shared: &Shared) -> Vec<Attached> {
    let mut numbers: Vec<u32> = (0..dice.below(3)).map(|_| dice.below(shared.policies)).collect();
    numbers.dedup();
    let mut attached: Vec<Attached> = numbers.into_iter().map(|n| place.policy(&policy_name(n))).collect();
    if dice.percent(40) {
        attached.push(managed::aws(dice.pick(&[
            "AWSLambdaBasicExecutionRole",
            "AmazonSSMManagedInstanceCore",
            "AmazonS3ReadOnlyAccess",
            "CloudWatchAgentServerPolicy",
        ])));
    }
    attached
}

/// A policy that nobody else has.
fn own(place: &Place, name: &str, dice: &mut Dice) -> Document {
    let resources = [format!("arn:aws:s3:::company-{name}"), format!("arn:aws:s3:::company-{name}/*")];
    let mut statements = vec![allow(["s3:GetObject", "s3:ListBucket"]).on(resources)];
    statements.extend((0..dice.between(1, 4)).map(|_| statement(place, dice)));
    document(statements)
}

fn statement(place: &Place, dice: &mut Dice) -> Statement {
    let Some(store) = dice.one_of(&STORES) else { return allow(["s3:ListAllMyBuckets"]).on("*") };
    let service = store.service;
    let mut actions: Vec<String> =
        (0..dice.between(2, 6)).map(|_| format!("{service}:{}", dice.pick(&store.actions))).collect();
    actions.sort_unstable();
    actions.dedup();
    let region_and_account = store.place.replace("{}", &place.account);
    let (before, behind) = store.around;
    let name = format!("{}-{}", dice.pick(&WORDS), dice.hex(8));
    allow(actions.as_slice()).on(format!("arn:aws:{service}:{region_and_account}:{before}{name}{behind}"))
}

/// One of the short ways to more.
fn escalation(place: &Place, dice: &mut Dice) -> Document {
    match dice.below(5) {
        0 => grant(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "*"),
        1 => grant("iam:CreatePolicyVersion", place.arn("policy/*")),
        2 => grant(["iam:AttachUserPolicy", "iam:AttachRolePolicy"], "*"),
        3 => grant("iam:UpdateAssumeRolePolicy", place.arn(&format!("role/{ADMIN}"))),
        _ => grant("sts:AssumeRole", place.arn(&format!("role/{ADMIN}"))),
    }
}

fn policy_name(number: u32) -> String {
    format!("shared-{number:04}")
}

fn group_name(number: u32) -> String {
    format!("group-{number:03}")
}
