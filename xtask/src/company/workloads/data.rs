//! The data team's roles.

use crate::{
    aws::{
        account::{ListedAccount, OidcProvider},
        details::Role,
        managed::aws as aws_managed,
        policy::{document, grant},
    },
    company::{
        catalogue::DATASETS,
        roles::{GITLAB, bound_service, issuer, lambda},
    },
};

pub(super) fn add(account: &mut ListedAccount) {
    let place = account.place.clone();
    let lake = account.policy(
        "lake-read",
        grant(
            ["s3:GetObject", "s3:ListBucket"],
            ["arn:aws:s3:::brindlemoor-lake", "arn:aws:s3:::brindlemoor-lake/*"],
        ),
    );
    for dataset in DATASETS {
        let write =
            grant(["s3:PutObject", "s3:DeleteObject"], format!("arn:aws:s3:::brindlemoor-lake/{dataset}/*"));
        let glue = document([bound_service(&place, "glue.amazonaws.com", "glue")]);
        account.roles.push(
            Role::new(&place, &format!("etl-{dataset}-glue"), glue)
                .attach(aws_managed("AWSGlueServiceRole"))
                .attach(lake.clone())
                .inline("write", write),
        );
        let start =
            grant("glue:StartJobRun", format!("arn:aws:glue:eu-west-1:{}:job/etl-{dataset}", place.account));
        let states = document([bound_service(&place, "states.amazonaws.com", "states")]);
        account
            .roles
            .push(Role::new(&place, &format!("etl-{dataset}-workflow"), states).inline("start", start));
    }
    for name in ["freshness", "schema-drift", "cost", "lineage"] {
        let role =
            lambda(&place, &format!("lake-{name}-lambda"), grant("glue:GetTables", "*")).attach(lake.clone());
        account.roles.push(role);
    }
    let gitlab = |claim: &str, value: &str| {
        document([issuer(&place, GITLAB, "https://gitlab.com").when(
            "StringEquals",
            &format!("{GITLAB}:{claim}"),
            value,
        )])
    };
    let redshift = document([bound_service(&place, "redshift.amazonaws.com", "redshift")]);
    let notebooks = document([bound_service(&place, "sagemaker.amazonaws.com", "sagemaker")]);
    let models = ["eta", "volume", "fraud"];
    account.roles.extend(models.map(|model| {
        Role::new(&place, &format!("model-{model}-training"), notebooks.clone()).attach(lake.clone())
    }));
    account.roles.extend([
        Role::new(&place, "warehouse-loader", redshift).attach(lake.clone()),
        Role::new(
            &place,
            "dbt-gitlab-run",
            gitlab("sub", "project_path:brindlemoor/data/dbt:ref_type:branch:ref:main"),
        )
        .attach(lake.clone()),
        Role::new(&place, "dbt-gitlab-docs", gitlab("namespace_id", "70114502")).attach(lake),
    ]);
    account.federation.oidc.push(OidcProvider::new(&place, GITLAB, "https://gitlab.com"));
}
