//! Resources whose own policies let in more than they should.

use super::{DATA, PLATFORM, Planter, trusts::HARBOURLINE};
use crate::{
    aws::policy::{allow, document},
    company::{
        DEV,
        resources::{LAKE, key, key_arn, queue_arn, secret_arn},
    },
};

pub(super) fn plant(planter: &mut Planter<'_>) {
    lake(planter);
    keys_and_secrets(planter);
    queue(planter);
}

fn lake(planter: &mut Planter<'_>) {
    let development = allow(["s3:GetObject", "s3:ListBucket"])
        .by("AWS", format!("arn:aws:iam::{DEV}:root"))
        .sid("Development")
        .on([LAKE.to_owned(), format!("{LAKE}/*")]);
    let partner = allow("s3:GetObject")
        .by("AWS", format!("arn:aws:iam::{HARBOURLINE}:role/parcel-sync"))
        .sid("Harbourline")
        .on(format!("{LAKE}/parcels/*"));
    planter.resource(
        DATA,
        LAKE,
        document([development, partner]),
        &[
            "the whole development account may read production data; `ci-load-test-runner` there can",
            "a warehouse partner's role is let in; only the RCP `data-perimeter` keeps it out",
        ],
    );
}

fn keys_and_secrets(planter: &mut Planter<'_>) {
    let place = planter.company.data.place.clone();
    let docs = allow(["kms:Decrypt", "kms:DescribeKey"])
        .by("AWS", place.arn("role/dbt-gitlab-docs"))
        .sid("Docs")
        .on("*");
    let direct = "names `dbt-gitlab-docs` itself, whose own policies say nothing of keys";
    planter.resource(DATA, &key_arn(&place, "warehouse"), key(&place, [docs]), &[direct]);

    let place = planter.company.platform.place.clone();
    let terraform = format!("arn:aws:iam::{DEV}:role/terraform-dev-apply");
    let read = |actions: &str| allow(actions).by("AWS", terraform.as_str()).sid("Copy").on("*");
    let key_of = "lets development's `terraform-dev-apply` decrypt production secrets";
    planter.resource(PLATFORM, &key_arn(&place, "secrets"), key(&place, [read("kms:Decrypt")]), &[key_of]);
    let secret = secret_arn(&place, "invoice-engine/database");
    let copy = "lets development's `terraform-dev-apply` read a production password";
    planter.resource(PLATFORM, &secret, document([read("secretsmanager:GetSecretValue")]), &[copy]);
}

fn queue(planter: &mut Planter<'_>) {
    let place = planter.company.platform.place.clone();
    let queue = queue_arn(&place, "depot-scanner-events");
    let anybody = allow("sqs:SendMessage").by("Service", "sns.amazonaws.com").on(queue.as_str());
    planter.resource(PLATFORM, &queue, document([anybody]), &["SNS may send, for a topic of any account"]);
}
