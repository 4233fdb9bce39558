//! The proxy itself, proven with the client that AWS publishes: what it sends is what AWS sends.

use serde_json::{Value, json};

use crate::support::{
    details::{Documents, Paging, Shape},
    populate::{populate, python},
    proxy::{Fault, Memory, Proxy, Rule},
    report::list,
    servers::Server,
    world::{World, text},
};

/// Lists with boto3, following its own paginators.
const CLIENT: &str = "
import boto3, json, sys
from botocore.config import Config
from botocore.exceptions import ClientError
iam = boto3.client('iam', endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id=sys.argv[2],
                   aws_secret_access_key=sys.argv[3], config=Config(retries={'max_attempts': 0}))
try:
    pages = list(iam.get_paginator('get_account_authorization_details').paginate())
    roles = [role for page in pages for role in page['RoleDetailList']]
    print(json.dumps({
        'pages': len(pages),
        'users': [user['UserName'] for page in pages for user in page['UserDetailList']],
        'roles': [role['RoleName'] for role in roles],
        'trusts': [role['AssumeRolePolicyDocument']['Statement'][0]['Effect'] for role in roles],
        'policies': [policy['PolicyName'] for page in pages for policy in page['Policies']],
    }))
except ClientError as error:
    print(json.dumps({'error': error.response['Error']['Code']}))
";

fn list_with_boto(proxy: &Proxy, key: &str, secret: &str) -> Value {
    let arguments = ["-c", CLIENT, &proxy.url(), key, secret].map(str::to_owned);
    serde_json::from_slice(&python(&arguments, b"")).expect("JSON")
}

fn names(put: &Value, field: &str) -> Vec<Value> {
    let mut names: Vec<Value> = list(put, field).iter().map(|item| item["name"].clone()).collect();
    names.sort_by_key(Value::to_string);
    names
}

#[test]
fn boto_reads_pages_and_encoded_documents() {
    let world = World::company();
    for (paging, pages) in [(Paging::Whole, 1..2), (Paging::Pages(3), 4..10)] {
        world.proxy.shape(Shape { documents: Documents::Encoded, paging, ..Shape::default() });
        let mut read = list_with_boto(&world.proxy, "test", "test");
        let count = read["pages"].as_u64().unwrap_or_else(|| panic!("{read}"));
        assert!(pages.contains(&count), "{paging:?}: {count}");
        for field in ["users", "roles", "policies"] {
            read[field].as_array_mut().expect("names").sort_by_key(Value::to_string);
            let put = names(&world.put, field);
            // Managed policies of AWS that are attached are listed too.
            assert!(put.iter().all(|name| list(&read, field).contains(name)), "{field}: {read}");
            assert!(field == "policies" || list(&read, field).len() == put.len(), "{field}: {read}");
        }
        assert!(list(&read, "trusts").iter().all(|effect| effect == "Allow"), "{read}");
    }
}

#[test]
fn boto_understands_the_errors() {
    let world = World::company();
    let operation = "iam:GetAccountAuthorizationDetails";
    for (fault, code) in [
        (Fault::Denied, "AccessDenied"),
        (Fault::Throttled(400), "Throttling"),
        (Fault::Broken, "InternalFailure"),
    ] {
        world.proxy.faults(vec![Rule::new(operation, fault)]);
        assert_eq!(list_with_boto(&world.proxy, "test", "test"), json!({ "error": code }));
    }
}

#[test]
fn signatures_survive_the_proxy() {
    let server = Server::ministack();
    let action = "iam:GetAccountAuthorizationDetails";
    let statement = json!({ "Effect": "Allow", "Action": action, "Resource": "*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let put = populate(&server, "granted", &json!({ "policy": policy }));
    let (key, secret) = (text(&put["scanner"], "id"), text(&put["scanner"], "secret"));
    let proxy = Proxy::before(server.port(), Memory::None);
    assert!(list_with_boto(&proxy, &key, &secret)["users"].is_array());
    assert!(list_with_boto(&proxy, &key, "wrong")["error"].is_string(), "a wrong signature is accepted");
}
