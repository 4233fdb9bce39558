//! CodeBuild projects.
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html>

use serde::Deserialize;
use serde_json::json;

use super::{
    entry::Entry,
    found::{Found, declared},
};
use crate::{
    client::{Call, Fips, Http, JSON_1_1, Offered, Protocol, Service},
    fetch::{listings::Listing, regions::Place},
};

pub(in crate::fetch) static CODEBUILD: Service = Service {
    name: "codebuild",
    host: "codebuild",
    signing: "codebuild",
    id: "CodeBuild",
    protocol: Protocol::Json { content_type: JSON_1_1, target: "CodeBuild_20161006" },
    fips: Fips::Suffix(&[]),
    offered: Offered::NotIn(&["ap-east-2", "ca-west-1", "mx-central-1"]),
};

pub(in crate::fetch) const LIST_PROJECTS: Call = Call {
    read: declared("codebuild", "ListProjects", &["codebuild:ListProjects"], "the names of projects"),
    service: &CODEBUILD,
    http: Http::Named,
    probe: "{}",
};

pub(super) const BATCH_GET_PROJECTS: Call = Call {
    read: declared(
        "codebuild",
        "BatchGetProjects",
        &["codebuild:BatchGetProjects"],
        "the service roles of projects, 100 a call; environment variables are dropped unread",
    ),
    service: &CODEBUILD,
    http: Http::Named,
    probe: r#"{"names": ["census-permission-check-no-such-project"]}"#,
};

/// The most names in one call.
const BATCH: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Names {
    projects: Option<Vec<String>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Projects {
    projects: Option<Vec<Project>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Project {
    arn: Option<String>,
    name: Option<String>,
    service_role: Option<String>,
}

impl Place<'_> {
    /// The names of the projects here.
    pub(in crate::fetch) async fn projects(&self) -> Listing<String> {
        let split = |page: Names| (page.projects.unwrap_or_default(), page.next_token);
        let list = self.list(&LIST_PROJECTS, json!({}), "nextToken", split);
        self.listings.projects.once(self.region, list).await
    }
}

pub(super) async fn read(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    for names in found.listed(&LIST_PROJECTS, place.projects().await).chunks(BATCH) {
        let answer = place.ask(&BATCH_GET_PROJECTS, json!({"names": names})).await;
        let about = names.iter().map(|name| place.arn("codebuild", &format!("project/{name}")));
        let projects = found.answer(&BATCH_GET_PROJECTS, answer, about);
        for one in projects.and_then(|answer: Projects| answer.projects).unwrap_or_default() {
            let entry =
                one.arn.map(|arn| Entry::new("codebuild_project", arn).name(one.name).role(one.service_role));
            found.add(&BATCH_GET_PROJECTS, entry);
        }
    }
    found
}
