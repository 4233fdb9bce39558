//! An endpoint on this machine that answers for a made-up account, as fast as it is asked.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use anyhow::{Context, Result};
use serde_json::json;

/// The regions that every account has.
const REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

const ID: &str = "111122223333";

/// The most functions on a page, whatever is asked for.
const FUNCTIONS: usize = 50;

/// What the account has.
#[derive(Clone, Copy)]
pub(super) struct Account {
    pub(super) functions: usize,
    pub(super) instances: usize,
    pub(super) buckets: usize,
}

/// The endpoint; it ends with the process.
pub(super) struct Endpoint {
    url: String,
    calls: Arc<AtomicUsize>,
}

impl Endpoint {
    /// Listens on a free port.
    pub(super) fn start(account: Account) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("cannot listen on 127.0.0.1")?;
        let url = format!("http://{}", listener.local_addr()?);
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let calls = Arc::clone(&counted);
                // A connection that breaks is the caller's to notice.
                thread::spawn(move || drop(serve(&stream, account, &calls)));
            }
        });
        Ok(Self { url, calls })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// How many requests there were.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

fn serve(stream: &TcpStream, account: Account, calls: &AtomicUsize) -> Result<()> {
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    while let Some(request) = Request::read(&mut reader)? {
        calls.fetch_add(1, Ordering::Relaxed);
        let (status, body) = account.answer(&request);
        let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n", body.len());
        writer.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
    }
    Ok(())
}

/// What tells requests apart.
struct Request {
    /// Path and query.
    path: String,
    /// The operation, of services that name it in a header or the form.
    operation: String,
    form: String,
    region: String,
}

impl Request {
    /// The next one of a connection; `None` at its end.
    fn read(reader: &mut impl BufRead) -> Result<Option<Self>> {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let (mut length, mut operation, mut region) = (0, String::new(), String::new());
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let Some((name, value)) = header.trim_end().split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "x-amz-target" => operation = value.rsplit('.').next().unwrap_or_default().to_owned(),
                "authorization" => region = value.split('/').nth(2).unwrap_or_default().to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let form = String::from_utf8_lossy(&body).into_owned();
        if operation.is_empty() {
            let named = form.split('&').find_map(|field| field.strip_prefix("Action="));
            operation = named.unwrap_or_default().to_owned();
        }
        Ok(Some(Self { path, operation, form, region }))
    }

    /// The page that is asked for.
    fn page(&self) -> usize {
        let fields = self.path.split(['?', '&']);
        let marker = fields.filter_map(|field| field.strip_prefix("Marker=")).next();
        marker.and_then(|marker| marker.parse().ok()).unwrap_or_default()
    }
}

impl Account {
    fn answer(&self, request: &Request) -> (u16, String) {
        let region = REGIONS.iter().position(|region| *region == request.region).unwrap_or_default();
        match request.operation.as_str() {
            "DescribeOrganization" => {
                (400, json!({"__type": "AWSOrganizationsNotInUseException"}).to_string())
            }
            "DescribeRegions" => {
                let items = REGIONS.map(|name| format!("<item><regionName>{name}</regionName></item>"));
                let list = items.concat();
                (
                    200,
                    format!(
                        "<DescribeRegionsResponse><regionInfo>{list}</regionInfo></DescribeRegionsResponse>"
                    ),
                )
            }
            "DescribeInstances" => (200, self.instances(region, &request.region)),
            "" => self.by_path(request, region),
            _ if request.form.starts_with("Action=") => (200, query(&request.operation)),
            _ => (200, "{}".to_owned()),
        }
    }

    /// Of services with a path for each operation.
    fn by_path(&self, request: &Request, region: usize) -> (u16, String) {
        let path = request.path.as_str();
        if path.starts_with("/2015-03-31/functions?") || path == "/2015-03-31/functions" {
            (200, self.functions(request, region))
        } else if path.starts_with("/2015-03-31/functions/") {
            (404, json!({"__type": "ResourceNotFoundException"}).to_string())
        } else if path.starts_with("/?") {
            (200, self.buckets())
        } else if path.ends_with("?policy") {
            (404, "<Error><Code>NoSuchBucketPolicy</Code></Error>".to_owned())
        } else if path.contains("ublicAccessBlock") {
            (404, "<Error><Code>NoSuchPublicAccessBlockConfiguration</Code></Error>".to_owned())
        } else {
            (200, "{}".to_owned())
        }
    }

    fn functions(&self, request: &Request, region: usize) -> String {
        let (all, page) = (share(self.functions, region), request.page());
        let numbers = page * FUNCTIONS..all.min((page + 1) * FUNCTIONS);
        let functions: Vec<_> = numbers
            .map(|number| {
                json!({
                    "FunctionName": format!("function-{number}"),
                    "FunctionArn": format!("arn:aws:lambda:{}:{ID}:function:function-{number}", request.region),
                    "Role": format!("arn:aws:iam::{ID}:role/app"), "Runtime": "python3.13", "Handler": "f.x",
                    "Environment": {"Variables": {"STAGE": "live", "TABLE": "orders"}},
                })
            })
            .collect();
        let next = ((page + 1) * FUNCTIONS < all).then(|| (page + 1).to_string());
        json!({"Functions": functions, "NextMarker": next}).to_string()
    }

    fn instances(&self, region: usize, name: &str) -> String {
        let items: String = (0..share(self.instances, region))
            .map(|number| {
                format!(
                    "<item><instancesSet><item><instanceId>i-{region:04x}{number:08x}</instanceId>\
                     <instanceState><name>running</name></instanceState>\
                     <placement><availabilityZone>{name}a</availabilityZone></placement>\
                     <iamInstanceProfile><arn>arn:aws:iam::{ID}:instance-profile/web</arn></iamInstanceProfile>\
                     </item></instancesSet><ownerId>{ID}</ownerId></item>"
                )
            })
            .collect();
        let list = format!("<reservationSet>{items}</reservationSet>");
        format!("<DescribeInstancesResponse>{list}</DescribeInstancesResponse>")
    }

    fn buckets(&self) -> String {
        let buckets: String = (0..self.buckets)
            .map(|number| {
                let region = REGIONS.get(number % REGIONS.len()).unwrap_or(&"us-east-1");
                format!("<Bucket><Name>bucket-{number}</Name><BucketRegion>{region}</BucketRegion></Bucket>")
            })
            .collect();
        format!("<ListAllMyBucketsResult><Buckets>{buckets}</Buckets></ListAllMyBucketsResult>")
    }
}

/// A region's share of a number of things.
fn share(all: usize, region: usize) -> usize {
    all / REGIONS.len() + usize::from(region < all % REGIONS.len())
}

/// The answer of a service that is asked by a form.
fn query(operation: &str) -> String {
    let result = match operation {
        "GetCallerIdentity" => format!(
            "<Arn>arn:aws:iam::{ID}:user/census</Arn><UserId>AIDAEXAMPLE0000000001</UserId><Account>{ID}</Account>"
        ),
        "GetAccountAuthorizationDetails" => details(),
        "GenerateCredentialReport" => "<State>COMPLETE</State>".to_owned(),
        "GetCredentialReport" => format!(
            "<Content>{REPORT}</Content><ReportFormat>text/csv</ReportFormat>\
             <GeneratedTime>2026-11-26T00:00:00Z</GeneratedTime>"
        ),
        "GetAccountSummary" => {
            let entry = |key, value| format!("<entry><key>{key}</key><value>{value}</value></entry>");
            let entries = [
                entry("Users", 0),
                entry("Roles", 1),
                entry("AccountMFAEnabled", 1),
                entry("InstanceProfiles", 1),
            ];
            format!("<SummaryMap>{}</SummaryMap>", entries.concat())
        }
        _ => String::new(),
    };
    format!("<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>")
}

/// One role, which functions and instances run as.
fn details() -> String {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}}]});
    // IAM percent-encodes documents, their first brace too, by which readers tell.
    let encoded = |text: String, (mark, code): (char, &str)| text.replace(mark, code);
    let trust = [('{', "%7B"), ('}', "%7D"), ('"', "%22")].into_iter().fold(trust.to_string(), encoded);
    let role = |profiles: &str| {
        format!(
            "<member><Path>/</Path><RoleName>app</RoleName><RoleId>AROAEXAMPLE0000000001</RoleId>\
             <Arn>arn:aws:iam::{ID}:role/app</Arn><CreateDate>2025-01-01T00:00:00Z</CreateDate>\
             <AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument>\
             <InstanceProfileList>{profiles}</InstanceProfileList></member>"
        )
    };
    let profile = format!(
        "<member><Path>/</Path><InstanceProfileName>web</InstanceProfileName>\
         <InstanceProfileId>AIPAEXAMPLE0000000001</InstanceProfileId>\
         <Arn>arn:aws:iam::{ID}:instance-profile/web</Arn><CreateDate>2025-01-01T00:00:00Z</CreateDate>\
         <Roles>{}</Roles></member>",
        role("")
    );
    format!(
        "<IsTruncated>false</IsTruncated><UserDetailList/><GroupDetailList/>\
         <RoleDetailList>{}</RoleDetailList><Policies/>",
        role(&profile)
    )
}

/// The header of a credential report and the row of a root user without keys, in Base64, as the API sends it.
const REPORT: &str = include_str!("report.b64");
