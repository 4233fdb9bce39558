//! From an operation and its parameters to an HTTP request.

use aws_smithy_runtime_api::{box_error::BoxError, client::orchestrator::HttpRequest};
use aws_smithy_types::body::SdkBody;
use census_provider_api::DeclaredRead;
use http::header::CONTENT_TYPE;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::service::{Protocol, Service};

/// An operation of a service: what is declared of it, and how it is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// What the guard, the published policy and gaps know of it.
    pub(crate) read: DeclaredRead,
    /// The service.
    pub(crate) service: &'static Service,
    /// Where a service has a path for each operation, which one.
    pub(crate) http: Http,
    /// Parameters (JSON) that ask for next to nothing, to find out whether the call is allowed.
    pub(crate) probe: &'static str,
}

/// Method and path of an operation. `{name}` in a path is a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Http {
    /// The operation is named in the request: `POST /`.
    Named,
    /// `GET`, the other parameters in the query.
    Get(&'static str),
    /// `GET`, the other parameters in the query; the body of the answer is this field as it stands, not an encoding of
    /// it. <https://smithy.io/2.0/spec/http-bindings.html#httppayload-trait>
    GetPayload {
        /// The path.
        path: &'static str,
        /// The field.
        field: &'static str,
    },
    /// `GET` about an account, which stands in a header and before the name of the host; the other parameters in the query.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html>
    GetOfAccount(&'static str),
    /// `POST`, the other parameters in the body.
    Post(&'static str),
    /// `POST`, the other parameters in the query.
    PostQuery(&'static str),
}

/// The parameter of [`Http::GetOfAccount`] that names the account.
const ACCOUNT: &str = "AccountId";

/// The account before the name of the host.
pub(super) fn account_of<'i>(call: &Call, input: &'i Input) -> Option<&'i str> {
    match call.http {
        Http::GetOfAccount(_) => input.get(ACCOUNT)?.as_str(),
        _ => None,
    }
}

/// Parameters by the names that they have on the wire.
pub(crate) type Input = Map<String, Value>;

/// What no URI or form has to escape: <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The request, without the endpoint.
///
/// # Errors
/// When a parameter of the path is missing, or the result is no HTTP request.
pub(super) fn request(call: &Call, mut input: Input) -> Result<HttpRequest, BoxError> {
    let operation = call.read.operation;
    let (method, path) = match call.http {
        Http::Named => ("POST", "/"),
        Http::Get(path) | Http::GetOfAccount(path) | Http::GetPayload { path, .. } => ("GET", path),
        Http::Post(path) | Http::PostQuery(path) => ("POST", path),
    };
    let mut uri = filled(path, &mut input)?;
    let mut builder = http::Request::builder().method(method);
    if let Some(account) = account_of(call, &input) {
        builder = builder.header("x-amz-account-id", account);
    }
    input.retain(|name, _| name != ACCOUNT || !matches!(call.http, Http::GetOfAccount(_)));
    let body = match (call.service.protocol, call.http) {
        (Protocol::Json { content_type, target }, _) => {
            builder = builder.header(CONTENT_TYPE, content_type);
            builder = builder.header("x-amz-target", format!("{target}.{operation}"));
            serde_json::to_string(&input)?
        }
        (Protocol::Query { version } | Protocol::Ec2Query { version }, _) => {
            builder = builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let lists = match call.service.protocol {
                Protocol::Query { .. } => ".member",
                _ => "",
            };
            let mut form =
                vec![("Action".to_owned(), operation.to_owned()), ("Version".to_owned(), version.to_owned())];
            input.iter().for_each(|(name, value)| flatten(name.clone(), value, lists, &mut form));
            encoded(&form)
        }
        (Protocol::RestJson, Http::Post(_)) => {
            builder = builder.header(CONTENT_TYPE, "application/json");
            serde_json::to_string(&input)?
        }
        (Protocol::RestJson | Protocol::RestXml, _) => {
            let mut query = Vec::new();
            input.iter().for_each(|(name, value)| flatten(name.clone(), value, "", &mut query));
            if !query.is_empty() {
                // A path may end in the name of what is asked for: `?policy`.
                uri.push(if uri.contains('?') { '&' } else { '?' });
                uri.push_str(&encoded(&query));
            }
            String::new()
        }
    };
    Ok(builder.uri(uri).body(SdkBody::from(body))?.try_into()?)
}

/// The path with its parameters, which are taken out of the input.
fn filled(path: &str, input: &mut Input) -> Result<String, BoxError> {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or("a parameter of the path does not end")?;
        let value = input.remove(name).ok_or("a parameter of the path is missing")?;
        // Without this, a name that is empty or dots would make another path.
        let value = value.as_str().filter(|text| !text.is_empty() && !matches!(*text, "." | ".."));
        filled.push_str(before);
        filled.extend(utf8_percent_encode(value.ok_or("a parameter of the path is no name")?, RESERVED));
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Parameters as pairs: a list is numbered from 1, a structure joins names by dots.
fn flatten(name: String, value: &Value, lists: &str, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => pairs.push((name, text.clone())),
        Value::Bool(_) | Value::Number(_) => pairs.push((name, value.to_string())),
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                flatten(format!("{name}{lists}.{}", position + 1), item, lists, pairs);
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                flatten(format!("{name}.{field}"), value, lists, pairs);
            }
        }
    }
}

fn encoded(pairs: &[(String, String)]) -> String {
    let encode = |text| utf8_percent_encode(text, RESERVED);
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use census_provider_api::Need;
    use serde_json::json;

    use super::*;
    use crate::client::service::{Fips, JSON_1_1, Offered};

    fn sent(protocol: Protocol, http: Http, input: &Value) -> Result<(String, String, String), BoxError> {
        let service: &'static Service = Box::leak(Box::new(Service {
            name: "x",
            host: "x",
            signing: "x",
            id: "X",
            protocol,
            fips: Fips::Suffix(&[]),
            offered: Offered::Everywhere,
        }));
        let read = DeclaredRead {
            service: "x",
            operation: "ListX",
            permissions: &[],
            need: Need::Scope,
            why: "",
            part: None,
        };
        let input = input.as_object().unwrap().clone();
        let request = request(&Call { read, service, http, probe: "{}" }, input)?;
        let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
        let header = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        Ok((format!("{} {}", request.method(), request.uri()), header, body))
    }

    #[test]
    fn each_protocol_puts_operation_and_parameters_in_its_place() {
        let input =
            json!({"Names": ["a b", "c"], "Filter": [{"Name": "n", "Value": ["v"]}], "Max": 10, "No": null});
        let json = Protocol::Json { content_type: JSON_1_1, target: "T_1" };
        let (line, header, _) = sent(json, Http::Named, &input).unwrap();
        assert_eq!((line.as_str(), header.as_str()), ("POST /", "T_1.ListX"));
        let (_, _, body) = sent(Protocol::Query { version: "1" }, Http::Named, &input).unwrap();
        assert_eq!(
            body,
            "Action=ListX&Version=1&Filter.member.1.Name=n&Filter.member.1.Value.member.1=v&Max=10\
             &Names.member.1=a%20b&Names.member.2=c"
        );
        let (_, _, body) = sent(Protocol::Ec2Query { version: "1" }, Http::Named, &input).unwrap();
        assert_eq!(
            body,
            "Action=ListX&Version=1&Filter.1.Name=n&Filter.1.Value.1=v&Max=10&Names.1=a%20b&Names.2=c"
        );
        for (http, line, body) in [
            (Http::Get("/x/{Id}/y"), "GET /x/a%2Fb%3F/y?Max=10&Token=%2B%3D", ""),
            (Http::Post("/x/{Id}"), "POST /x/a%2Fb%3F", r#"{"Max":10,"Token":"+="}"#),
            (Http::PostQuery("/x/{Id}/"), "POST /x/a%2Fb%3F/?Max=10&Token=%2B%3D", ""),
        ] {
            let input = json!({"Id": "a/b?", "Max": 10, "Token": "+="});
            let (found, _, sent) = sent(Protocol::RestJson, http, &input).unwrap();
            assert_eq!((found.as_str(), sent.as_str()), (line, body));
        }
    }

    #[test]
    fn a_hostile_name_cannot_change_the_path() {
        for name in ["", ".", ".."] {
            let input = json!({"Id": name});
            assert!(sent(Protocol::RestJson, Http::Get("/x/{Id}/y"), &input).is_err(), "{name}");
        }
        assert!(sent(Protocol::RestJson, Http::Get("/x/{Id}"), &json!({})).is_err());
        let input = json!({"Id": "../..\r\nHost: evil"});
        let (line, ..) = sent(Protocol::RestJson, Http::Get("/x/{Id}"), &input).unwrap();
        assert_eq!(line, "GET /x/..%2F..%0D%0AHost%3A%20evil");
    }
}
