//! From the bytes of an answer to what is kept of it, and to the error that it stands for.
//!
//! What is kept is what the type that is asked for has fields for. Everything else is passed over while it is read, so
//! that no environment variable or other text that nobody asked for is ever held.

use std::{error::Error, fmt};

use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::error::{ErrorMetadata, metadata::ProvideErrorMetadata};
use census_model::GapReason;
use quick_xml::{Reader, events::Event};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Failure,
    request::{Call, Http},
    service::Protocol,
};

/// An error that an API answered with.
#[derive(Debug)]
pub(crate) struct ApiError(ErrorMetadata);

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code().unwrap_or("an error without a code"))
    }
}

impl Error for ApiError {}

impl ProvideErrorMetadata for ApiError {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

/// What an answer holds of a type.
///
/// # Errors
/// When it is not of that type; says where, and nothing of what is there.
pub(super) fn decode<T: DeserializeOwned>(call: &Call, body: &[u8]) -> Result<T, Failure> {
    let operation = call.read.operation;
    let invalid = |place: &str| {
        let place = match place {
            "" | "." => String::new(),
            place => format!(" at `{}`", place.escape_debug()),
        };
        let detail = format!("{operation}: the answer could not be understood{place}");
        Failure::client(GapReason::Invalid, detail)
    };
    if let Http::GetPayload { field, .. } = call.http {
        let text = std::str::from_utf8(body).map_err(|_| invalid(""))?;
        let payload = serde_json::json!({ field: text });
        return serde_path_to_error::deserialize(payload).map_err(|error| invalid(&error.path().to_string()));
    }
    match call.service.protocol {
        Protocol::Json { .. } | Protocol::RestJson => {
            let mut json = serde_json::Deserializer::from_slice(body);
            let value = serde_path_to_error::deserialize(&mut json)
                .map_err(|error| invalid(&error.path().to_string()))?;
            json.end().map_err(|_| invalid(""))?;
            Ok(value)
        }
        Protocol::Query { .. } | Protocol::Ec2Query { .. } | Protocol::RestXml => {
            let text = std::str::from_utf8(body).map_err(|_| invalid(""))?;
            let result = format!("{operation}Result");
            let text = match call.service.protocol {
                Protocol::Query { .. } => element(text, &result).ok_or_else(|| invalid(&result))?,
                _ => text,
            };
            let mut xml = quick_xml::de::Deserializer::from_str(text);
            serde_path_to_error::deserialize(&mut xml).map_err(|error| invalid(&error.path().to_string()))
        }
    }
}

/// The first element of a name, with all that it holds.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut reader = Reader::from_str(text);
    loop {
        let before = usize::try_from(reader.buffer_position()).ok()?;
        match reader.read_event().ok()? {
            Event::Start(start) if start.name().as_ref() == name => {
                reader.read_to_end(start.name()).ok()?;
                let after = usize::try_from(reader.buffer_position()).ok()?;
                return text.get(before..after);
            }
            Event::Empty(start) if start.name().as_ref() == name => {
                let after = usize::try_from(reader.buffer_position()).ok()?;
                return text.get(before..after);
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The error of an answer with another status than 2xx. What cannot be understood is an error without a code.
pub(super) fn error(protocol: Protocol, headers: &Headers, body: &[u8]) -> ApiError {
    let (code, message) = match protocol {
        Protocol::Json { .. } | Protocol::RestJson => {
            let body: JsonError = serde_json::from_slice(body).unwrap_or_default();
            let code = headers.get("x-amzn-errortype").map(str::to_owned).or(body.kind).or(body.code);
            (code, body.message)
        }
        Protocol::Query { .. } | Protocol::Ec2Query { .. } | Protocol::RestXml => {
            let error = std::str::from_utf8(body).ok().and_then(|text| element(text, "Error"));
            let error: XmlError =
                error.and_then(|text| quick_xml::de::from_str(text).ok()).unwrap_or_default();
            (error.code, error.message)
        }
    };
    let mut metadata = ErrorMetadata::builder();
    if let Some(code) = code {
        metadata = metadata.code(bare(&code));
    }
    if let Some(message) = message {
        metadata = metadata.message(message);
    }
    ApiError(metadata.build())
}

/// The code without the namespace before it and the address behind it.
/// <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization>
fn bare(code: &str) -> &str {
    let code = code.split_once(':').map_or(code, |(code, _)| code);
    code.rsplit_once('#').map_or(code, |(_, code)| code).trim()
}

#[derive(Default, Deserialize)]
struct JsonError {
    #[serde(rename = "__type")]
    kind: Option<String>,
    code: Option<String>,
    #[serde(alias = "Message", alias = "errorMessage")]
    message: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct XmlError {
    code: Option<String>,
    message: Option<String>,
}

/// A list of an XML answer: `item` in the dialect of EC2, `Bucket` in the one that S3 gives, `member` elsewhere.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Items<T> {
    #[serde(default = "Vec::new", alias = "member", alias = "Bucket")]
    item: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { item: Vec::new() }
    }
}

impl<T> Items<T> {
    /// The items.
    pub(crate) fn into_vec(self) -> Vec<T> {
        self.item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Names {
        #[serde(rename = "Names", default)]
        names: Items<String>,
    }

    #[test]
    fn the_result_of_a_query_is_found_within_its_wrapping() {
        let text = "<R xmlns='x'><ListXResult><Names><member>a &amp; b</member><member>c</member></Names>\
                    </ListXResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></R>";
        let names: Names = quick_xml::de::from_str(element(text, "ListXResult").unwrap()).unwrap();
        assert_eq!(names.names.into_vec(), ["a & b", "c"]);
        let names: Names =
            quick_xml::de::from_str(element("<R><ListXResult/></R>", "ListXResult").unwrap()).unwrap();
        assert!(names.names.into_vec().is_empty());
        for broken in ["<R/>", "<R><ListXResult><Names>", "<R><ListXResultX/></R>", ""] {
            assert_eq!(element(broken, "ListXResult"), None, "{broken}");
        }
    }

    #[test]
    fn codes_are_found_in_every_dialect() {
        let json = Protocol::RestJson;
        let query = Protocol::Query { version: "1" };
        let none = Headers::new();
        let mut header = Headers::new();
        header.insert("x-amzn-errortype", "AccessDeniedException:http://internal.amazon.com/x/");
        for (protocol, headers, body, code, message) in [
            (json, &header, r#"{"message":"no"}"#, Some("AccessDeniedException"), Some("no")),
            (
                json,
                &none,
                r#"{"__type":"com.amazon#Throttling","Message":"slow"}"#,
                Some("Throttling"),
                Some("slow"),
            ),
            (json, &none, r#"{"code":"X"}"#, Some("X"), None),
            (json, &none, "<html>", None, None),
            (
                query,
                &none,
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>m</Message>\
                            </Error></ErrorResponse>",
                Some("AccessDenied"),
                Some("m"),
            ),
            (
                query,
                &none,
                "<?xml version='1.0'?><Response><Errors><Error><Code>UnauthorizedOperation</Code>\
                            <Message>m</Message></Error></Errors></Response>",
                Some("UnauthorizedOperation"),
                Some("m"),
            ),
            (query, &none, "<not xml", None, None),
        ] {
            let error = error(protocol, headers, body.as_bytes());
            assert_eq!((error.code(), error.message()), (code, message), "{body}");
        }
    }
}
