//! What was used, asked for report by report.

use super::*;

/// A report of last accessed services.
fn last_accessed(status: &str, services: &str) -> Answer {
    let dates = "<JobCreationDate>2026-05-30T09:59:58Z</JobCreationDate>\
                 <JobCompletionDate>2026-05-30T10:00:00Z</JobCompletionDate>";
    ok(
        "GetServiceLastAccessedDetails",
        &format!(
            "<JobStatus>{status}</JobStatus><JobType>ACTION_LEVEL</JobType>{dates}\
             <ServicesLastAccessed>{services}</ServicesLastAccessed>"
        ),
    )
}

const S3: &str = "<member><ServiceName>Amazon S3</ServiceName><LastAuthenticated>2026-05-20T00:00:00Z</LastAuthenticated>\
                  <ServiceNamespace>s3</ServiceNamespace><LastAuthenticatedRegion>eu-west-1</LastAuthenticatedRegion>\
                  <TotalAuthenticatedEntities>1</TotalAuthenticatedEntities><TrackedActionsLastAccessed>\
                  <member><ActionName>CreateBucket</ActionName></member></TrackedActionsLastAccessed></member>";

fn deep(usage_identities: usize) -> AwsOptions {
    AwsOptions { deep: true, usage_identities, usage_report_wait_seconds: 1, ..AwsOptions::default() }
}

/// What a deep scan of users `a` and `b` answers, whose reports are ready at the second request.
fn usage(operation: &str, before: usize) -> Answer {
    match (operation, before) {
        ("GenerateServiceLastAccessedDetails", _) => {
            ok(operation, "<JobId>examplef-1305-c245-eba4-71fe298bcda7</JobId>")
        }
        ("GetServiceLastAccessedDetails", 0) => last_accessed("IN_PROGRESS", ""),
        ("GetServiceLastAccessedDetails", _) => {
            let unused = "<member><ServiceName>AWS KMS</ServiceName><ServiceNamespace>kms</ServiceNamespace>\
                          <TrackedActionsLastAccessed><member><ActionName>CreateKey</ActionName></member>\
                          </TrackedActionsLastAccessed></member>";
            last_accessed("COMPLETED", &format!("{S3}{unused}"))
        }
        ("ListSSHPublicKeys", _) => ok(operation, "<SSHPublicKeys/><IsTruncated>false</IsTruncated>"),
        _ => usual(operation),
    }
}

/// The gaps about last accessed services, by reason and how many they affect.
fn usage_gaps(batch: &Batch) -> Vec<(GapReason, usize)> {
    let of = batch.gaps.iter().filter(|gap| gap.read.contains("ServiceLastAccessedDetails"));
    of.map(|gap| (gap.reason, gap.affects.len())).collect()
}

#[tokio::test]
async fn a_deep_scan_asks_what_was_used_and_waits_for_the_answer() {
    let endpoint = Endpoint::new(usage).await;
    let batch = read_from(&endpoint, &deep(200)).await;
    assert_eq!((failures(&batch), usage_gaps(&batch)), (vec![], vec![]));
    assert_eq!(endpoint.calls("GenerateServiceLastAccessedDetails"), 2);
    assert_eq!(endpoint.calls("GetServiceLastAccessedDetails"), 3);
    let (text, complete) = file(&batch, AccountFile::ServiceLastAccessed).unwrap();
    assert!(complete && text.contains("user/a") && text.contains("user/b"), "{text}");
    assert!(
        text.contains("CreateBucket") && text.contains("\"kms\"") && !text.contains("CreateKey"),
        "{text}"
    );
    assert!(!text.contains("TotalAuthenticatedEntities"), "only what is needed is kept");
    let endpoint = Endpoint::new(usage).await;
    read_from(&endpoint, &AwsOptions::default()).await;
    assert_eq!(endpoint.calls("GenerateServiceLastAccessedDetails"), 0, "not without --deep");
}

#[tokio::test]
async fn those_beyond_the_limit_are_named() {
    let endpoint = Endpoint::new(usage).await;
    let batch = read_from(&endpoint, &deep(1)).await;
    assert_eq!(usage_gaps(&batch), [(GapReason::NotRequested, 1)]);
    assert_eq!(endpoint.calls("GenerateServiceLastAccessedDetails"), 1);
    let endpoint = Endpoint::new(usage).await;
    let batch = read_from(&endpoint, &deep(0)).await;
    assert_eq!(usage_gaps(&batch), [(GapReason::NotRequested, 2)]);
}

#[tokio::test]
async fn pages_of_services_are_joined() {
    let endpoint = Endpoint::new(|operation, before| match (operation, before) {
        ("GetServiceLastAccessedDetails", 0 | 2) => {
            let (status, body) = last_accessed("COMPLETED", S3);
            let more =
                "<IsTruncated>true</IsTruncated><Marker>m</Marker></GetServiceLastAccessedDetailsResult>";
            (status, body.replace("</GetServiceLastAccessedDetailsResult>", more))
        }
        ("GetServiceLastAccessedDetails", 3) => error(400, "ValidationError"),
        _ => usage(operation, before),
    })
    .await;
    let batch = read_from(&endpoint, &deep(200)).await;
    let (text, complete) = file(&batch, AccountFile::ServiceLastAccessed).unwrap();
    assert!(text.contains("kms") && text.contains("\"IsTruncated\":true") && !complete, "{text}");
    assert_eq!(usage_gaps(&batch), [(GapReason::Truncated, 1)]);
}

#[tokio::test]
async fn what_fails_is_a_gap_and_what_fails_for_all_is_asked_once() {
    let html = || (500, "<!DOCTYPE html><html></html>".to_owned());
    for (call, answer, gaps, asked) in [
        ("GenerateServiceLastAccessedDetails", error(403, "AccessDenied"), vec![(GapReason::Denied, 0)], 1),
        ("GetServiceLastAccessedDetails", error(403, "AccessDenied"), vec![(GapReason::Denied, 0)], 1),
        (
            "GenerateServiceLastAccessedDetails",
            error(400, "InvalidAction"),
            vec![(GapReason::NotProvided, 0)],
            1,
        ),
        (
            "GenerateServiceLastAccessedDetails",
            error(404, "NoSuchEntity"),
            vec![(GapReason::Inconsistent, 2)],
            2,
        ),
        ("GetServiceLastAccessedDetails", last_accessed("IN_PROGRESS", ""), vec![(GapReason::Failed, 2)], 2),
        ("GetServiceLastAccessedDetails", last_accessed("FAILED", ""), vec![(GapReason::Failed, 2)], 2),
        ("GetServiceLastAccessedDetails", html(), vec![(GapReason::Failed, 2)], 2),
    ] {
        let (operation, scripted) = (call, answer.clone());
        let endpoint = Endpoint::new(
            move |name, before| if name == operation { scripted.clone() } else { usage(name, before) },
        )
        .await;
        let batch = read_from(&endpoint, &deep(200)).await;
        assert_eq!(usage_gaps(&batch), gaps, "{call}: {answer:?}");
        assert_eq!(endpoint.calls("GenerateServiceLastAccessedDetails"), asked, "{call}: {answer:?}");
    }
}
