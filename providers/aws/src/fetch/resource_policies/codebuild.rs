//! CodeBuild projects.
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_GetResourcePolicy.html>

#[cfg(test)]
pub(super) use super::ask::Described;
use super::ask::{Asked, Policies, Question, declared};
pub(super) use crate::fetch::workloads::CODEBUILD;
use crate::{
    client::{Call, Http},
    fetch::regions::Place,
};

pub(super) const GET_RESOURCE_POLICY: Call = Call {
    read: declared(
        "codebuild",
        "GetResourcePolicy",
        &["codebuild:GetResourcePolicy"],
        "the policy of each project",
    ),
    service: &CODEBUILD,
    http: Http::Named,
    probe: r#"{"resourceArn": "arn:aws:codebuild:us-east-1:000000000000:project/census-permission-check-no-such-project"}"#,
};

/// A listing that failed is the workloads' gap; what it leaves open here is a gap of the policies.
pub(super) async fn read(place: &Place<'_>) -> Policies {
    let identify =
        |name: String| Some(Asked::by_arn("resourceArn", place.arn("codebuild", &format!("project/{name}"))));
    Policies::one_by_one(
        place,
        &GET_RESOURCE_POLICY,
        place.projects().await,
        identify,
        &Question::of(&GET_RESOURCE_POLICY),
    )
    .await
}
