//! Answers in AWS's own wire formats: XML for IAM and STS, JSON for Organizations.

use hyper::{Response, body::Bytes};
use serde_json::{Value, json};

/// An HTTP answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The answer as HTTP.
    pub(super) fn into_response(self) -> Response<Bytes> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(self.body.into()).expect("an answer of ours")
    }

    fn xml(status: u16, body: String) -> Self {
        Self { status, headers: vec![("content-type", "text/xml".to_owned())], body }
    }

    /// An answer in JSON.
    pub(crate) fn of(body: &Value) -> Self {
        Self::json(200, body)
    }

    fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/x-amz-json-1.1".to_owned())];
        Self { status, headers, body: body.to_string() }
    }

    /// An error of a service.
    fn error(service: &str, status: u16, code: &str, message: &str) -> Self {
        if service == "organizations" {
            return Self::json(status, &json!({ "__type": code, "Message": message }));
        }
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
        );
        Self::xml(status, body)
    }

    /// What a caller without the permission gets.
    pub(crate) fn denied(service: &str, operation: &str) -> Self {
        let message = format!(
            "User: arn:aws:iam::123456789012:user/scanner is not authorized to perform: {service}:{operation}"
        );
        match service {
            "organizations" => Self::error(service, 400, "AccessDeniedException", &message),
            _ => Self::error(service, 403, "AccessDenied", &message),
        }
    }

    /// What a caller that is too fast gets.
    pub(crate) fn throttled(service: &str, status: u16) -> Self {
        let code = if service == "organizations" { "TooManyRequestsException" } else { "Throttling" };
        let mut answer = Self::error(service, status, code, "Rate exceeded");
        if status == 429 {
            answer.headers.push(("retry-after", "1".to_owned()));
        }
        answer
    }

    /// A server that broke.
    pub(crate) fn broken(service: &str) -> Self {
        Self::error(service, 500, "InternalFailure", "An internal error occurred")
    }

    /// Something in between that is no part of AWS.
    pub(crate) fn html_error() -> Self {
        let body =
            "<!doctype html>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n";
        Self { status: 500, headers: vec![("content-type", "text/html".to_owned())], body: body.to_owned() }
    }

    /// An answer that leads elsewhere.
    pub(crate) fn redirect(to: &str) -> Self {
        Self { status: 302, headers: vec![("location", to.to_owned())], body: String::new() }
    }

    /// A finished credential report; `content` is base64.
    pub(crate) fn credential_report(content: &str, generated: &str) -> Self {
        Self::result(
            "GetCredentialReport",
            &format!(
                "<Content>{content}</Content><ReportFormat>text/csv</ReportFormat>\
                 <GeneratedTime>{generated}</GeneratedTime>"
            ),
        )
    }

    /// What AWS answers while it makes the credential report.
    pub(crate) fn report_in_progress() -> Self {
        Self::error("iam", 404, "ReportInProgress", "Report is in progress")
    }

    /// One service-specific credential of a user, with a member that no list answer should have: the password.
    pub(crate) fn service_specific_credentials(user: &str, id: &str, created: &str) -> Self {
        Self::result(
            "ListServiceSpecificCredentials",
            &format!(
                "<ServiceSpecificCredentials><member><UserName>{user}</UserName><Status>Active</Status>\
                 <ServiceUserName>{user}-at-123456789012</ServiceUserName><CreateDate>{created}</CreateDate>\
                 <ServiceSpecificCredentialId>{id}</ServiceSpecificCredentialId>\
                 <ServiceName>codecommit.amazonaws.com</ServiceName>\
                 <ServicePassword>CANARY-service-password</ServicePassword></member></ServiceSpecificCredentials>\
                 <IsTruncated>false</IsTruncated>"
            ),
        )
    }

    /// An empty list of credentials or certificates.
    pub(crate) fn empty_list(operation: &str) -> Self {
        let list = match operation {
            "ListServiceSpecificCredentials" => "ServiceSpecificCredentials",
            "ListSigningCertificates" => "Certificates",
            "ListSSHPublicKeys" => "SSHPublicKeys",
            "ListServerCertificates" => "ServerCertificateMetadataList",
            other => panic!("no empty answer is known for {other}"),
        };
        Self::result(operation, &format!("<{list}/><IsTruncated>false</IsTruncated>"))
    }

    /// The job that makes a report of last accessed services.
    pub(crate) fn usage_job() -> Self {
        let operation = "GenerateServiceLastAccessedDetails";
        Self::result(operation, "<JobId>2eb6c2b8-7b4c-3xmp-3c13-03b72c8cdfdc</JobId>")
    }

    /// A report of last accessed services in which nothing was used.
    pub(crate) fn usage_report(now: &str) -> Self {
        let fields = format!(
            "<JobStatus>COMPLETED</JobStatus><JobType>ACTION_LEVEL</JobType><JobCreationDate>{now}</JobCreationDate>\
             <JobCompletionDate>{now}</JobCompletionDate><ServicesLastAccessed><member><ServiceName>Amazon S3\
             </ServiceName><ServiceNamespace>s3</ServiceNamespace><TotalAuthenticatedEntities>0\
             </TotalAuthenticatedEntities></member></ServicesLastAccessed><IsTruncated>false</IsTruncated>"
        );
        Self::result("GetServiceLastAccessedDetails", &fields)
    }

    /// The regions that the account has.
    pub(crate) fn regions(names: &[&str]) -> Self {
        let items: String =
            names.iter().map(|name| format!("<item><regionName>{name}</regionName></item>")).collect();
        let list = format!("<regionInfo>{items}</regionInfo>");
        Self::xml(200, format!("<DescribeRegionsResponse>{list}</DescribeRegionsResponse>"))
    }

    /// A summary with these numbers.
    pub(crate) fn account_summary(numbers: &[(&str, usize)]) -> Self {
        let entries: String = numbers
            .iter()
            .map(|(key, value)| format!("<entry><key>{key}</key><value>{value}</value></entry>"))
            .collect();
        Self::result("GetAccountSummary", &format!("<SummaryMap>{entries}</SummaryMap>"))
    }

    fn result(operation: &str, inner: &str) -> Self {
        Self::xml(
            200,
            format!(
                "<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
                 <{operation}Result>{inner}</{operation}Result><ResponseMetadata>\
                 <RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></{operation}Response>"
            ),
        )
    }
}
