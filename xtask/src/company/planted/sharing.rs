//! What others are let in to, and roles that serve more than they were made for.

use super::{Planter, trusts::HARBOURLINE};
use crate::{
    aws::policy::{allow, document},
    company::reused::{BORROWED, TRIED_OUT},
};

pub(super) fn plant(planter: &mut Planter<'_>) {
    let account = planter.company.platform.place.account.clone();
    let topic = format!("arn:aws:sns:eu-west-1:{account}:delivery-events");
    let anybody = allow(["sns:Publish", "sns:Subscribe"]).by("AWS", "*").sid("Webhooks").on(topic.as_str());
    planter.company.platform.resource(&topic, Some(document([anybody])));
    let what = "anybody may publish to it and subscribe to it; a webhook could not sign its requests";
    planter.note("public-resource", &account, &topic, what);

    let function = format!("arn:aws:lambda:eu-west-1:{account}:function:tariff-lookup-query");
    let partner = allow("lambda:InvokeFunction")
        .by("AWS", format!("arn:aws:iam::{HARBOURLINE}:root"))
        .sid("Harbourline")
        .on(function.as_str());
    planter.company.platform.resource(&function, Some(document([partner])));
    let what = "any principal of a warehouse partner's account may call it";
    planter.note("cross-account-resource", &account, &function, what);

    let what = "seven functions of other teams borrow it, since it may already send mail";
    planter.note("role-on-many-workloads", &account, &format!("role/{BORROWED}"), what);
    let data = planter.company.data.place.account.clone();
    let what = "was made to try models out, and runs in the production account";
    planter.note("pilot-role-in-production", &data, &format!("role/{TRIED_OUT}"), what);
}
