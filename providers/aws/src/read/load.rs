//! From bytes to typed documents, with errors that name file, place and field.

use std::borrow::Cow;

use census_provider_api::{DocPath, DocumentStore, ReadError};
use serde::Deserialize;

/// The bytes of one document, from which everything that is parsed borrows.
pub(super) struct Loaded<'s> {
    /// Its path.
    pub(super) path: DocPath,
    bytes: Cow<'s, [u8]>,
}

impl<'s> Loaded<'s> {
    /// Loads a document that is in the store; `None` where it is not.
    pub(super) fn get(documents: &'s dyn DocumentStore, path: &DocPath) -> Result<Option<Self>, ReadError> {
        Ok(documents.get(path)?.map(|bytes| Self { path: path.clone(), bytes }))
    }

    /// The document as text, without a byte order mark.
    pub(super) fn text(&self) -> Result<&str, ReadError> {
        let bytes = match self.bytes.as_ref() {
            [0xff, 0xfe, ..] | [_, 0, ..] => return Err(self.utf16("UTF-16 (little endian)")),
            [0xfe, 0xff, ..] | [0, ..] => return Err(self.utf16("UTF-16 (big endian)")),
            [0xef, 0xbb, 0xbf, rest @ ..] => rest,
            bytes => bytes,
        };
        let text = std::str::from_utf8(bytes).map_err(|e| {
            self.error(format!("byte {}", e.valid_up_to()), "is not UTF-8; save the file as UTF-8")
        })?;
        if text.trim_start().is_empty() {
            return Err(self.error("line 1", "the file is empty; did the command that wrote it fail?"));
        }
        Ok(text)
    }

    fn utf16(&self, encoding: &str) -> ReadError {
        self.error(
            "byte 0",
            format!("the file is encoded as {encoding}, as PowerShell writes with `>`; convert it to UTF-8"),
        )
    }

    /// The JSON values in the document, one after another: several runs of the `aws` command may have been appended
    /// to one file.
    pub(super) fn values<'a, T: Deserialize<'a>>(&'a self) -> Result<Vec<T>, ReadError> {
        let text = self.text()?;
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<T>();
        let mut values = Vec::new();
        loop {
            let start = stream.byte_offset();
            match stream.next() {
                None => return Ok(values),
                Some(Ok(value)) => values.push(value),
                Some(Err(error)) => {
                    let rest = text.get(start..).unwrap_or_default();
                    return Err(self.json_error::<T>(rest, &error));
                }
            }
        }
    }

    /// Only now, when it is known that there is an error, is it worth following the path to it.
    fn json_error<'a, T: Deserialize<'a>>(&'a self, rest: &'a str, error: &serde_json::Error) -> ReadError {
        let position = format!("line {} column {}", error.line(), error.column());
        if !error.is_data() {
            return self.error(position, message(error));
        }
        let found =
            serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_str(rest)).err();
        let mut place = found.map(|e| e.path().to_string()).filter(|path| path != ".").unwrap_or_default();
        let problem = message(error);
        if let Some(field) = problem.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
            if !place.is_empty() {
                place.push('.');
            }
            place.push_str(field);
        }
        if place.is_empty() {
            return self.error(position, problem);
        }
        self.error(place, format!("{problem} ({position})"))
    }

    /// An error in this document.
    pub(super) fn error(&self, place: impl Into<String>, problem: impl Into<String>) -> ReadError {
        ReadError::Document { document: self.path.to_string(), place: place.into(), problem: problem.into() }
    }
}

/// What `serde_json` says, without its position and without any value of the document: one that stands in the wrong
/// field may be a secret.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(before, _)| before);
    for kind in ["invalid type: ", "invalid value: "] {
        if let Some((found, expected)) =
            text.strip_prefix(kind).and_then(|rest| rest.rsplit_once(", expected "))
        {
            let noun = found.split(['"', '`']).next().unwrap_or_default().trim_end();
            return format!("{kind}{noun}, expected {expected}");
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{AccessKey, AuthorizationDetails, Listed};

    fn loaded(bytes: &[u8]) -> Loaded<'_> {
        Loaded { path: DocPath::new("x.json").unwrap(), bytes: Cow::Borrowed(bytes) }
    }

    fn keys(text: &[u8]) -> Result<usize, String> {
        let loaded = loaded(text);
        let values = loaded.values::<Listed<AccessKey<'_>>>().map_err(|e| e.to_string())?;
        Ok(values.iter().map(|listed| listed.items.len()).sum())
    }

    fn details(text: &str) -> String {
        loaded(text.as_bytes()).values::<AuthorizationDetails<'_>>().unwrap_err().to_string()
    }

    #[test]
    fn lists_in_every_form_read() {
        let key = r#"{"UserName":"a","AccessKeyId":"AKIA1","Other":{"x":[1]}}"#;
        for (text, count) in [
            ("[]".to_owned(), 0),
            (format!("[{key},{key}]"), 2),
            (format!(r#"{{"AccessKeyMetadata":[{key}],"IsTruncated":false}}"#), 1),
            (format!("{{\"AccessKeyMetadata\":[{key}]}}\n{{\"AccessKeyMetadata\":[{key}]}}\n"), 2),
            (format!("\u{feff}[{key}]"), 1),
        ] {
            assert_eq!(keys(text.as_bytes()), Ok(count), "{text}");
        }
    }

    #[test]
    fn errors_name_file_place_and_field() {
        let error = keys(br#"[{"UserName":"a","AccessKeyId":"A"},{"UserName":"b"}]"#).unwrap_err();
        assert!(error.starts_with("`x.json`: [1].AccessKeyId: missing field `AccessKeyId`"), "{error}");
        let error = details(r#"{"UserDetailList":[{"UserName":"a","UserId":"I"}],"RoleDetailList":[]}"#);
        assert!(error.starts_with("`x.json`: UserDetailList[0].Arn: missing field `Arn`"), "{error}");
        let error = details(r#"{"Users":[]}"#);
        assert!(error.starts_with("`x.json`: UserDetailList: missing field"), "{error}");
        let error = details("{\n  \"UserDetailList\": [,]}");
        assert!(error.starts_with("`x.json`: line 2 column 22: expected value"), "{error}");
        let error = keys(br#"{"Other":[]}"#).unwrap_err();
        assert!(error.contains("missing field `AccessKeyMetadata`"), "{error}");
        let error = keys(b"[{").unwrap_err();
        assert!(error.contains("line 1 column 2: EOF"), "{error}");
    }

    #[test]
    fn errors_never_show_a_value() {
        for text in [
            r#"[{"UserName":"a","AccessKeyId":"A","CreateDate":"can, expected ary"}]"#,
            r#"{"AccessKeyMetadata":[],"IsTruncated":"canary"}"#,
            r#"["canary"]"#,
            r#""canary""#,
        ] {
            let error = keys(text.as_bytes()).unwrap_err();
            assert!(error.contains("expected") && !error.contains("ary"), "{error}");
        }
    }

    #[test]
    fn other_encodings_and_empty_files_are_named() {
        let utf16: Vec<u8> = "\u{feff}[]".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(keys(&utf16).unwrap_err().contains("UTF-16 (little endian)"));
        let utf16: Vec<u8> = "[]".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(keys(&utf16).unwrap_err().contains("UTF-16 (big endian)"));
        assert!(keys(b"[\"\xff\"]").unwrap_err().contains("byte 2: is not UTF-8"));
        assert!(keys(b" \n").unwrap_err().contains("empty"));
    }

    #[test]
    fn nesting_beyond_measure_is_an_error_or_ignored_never_a_crash() {
        let deep = "[".repeat(200_000);
        assert!(keys(deep.as_bytes()).is_err());
        let unknown = format!(r#"[{{"X":{deep}{}}}]"#, "]".repeat(200_000));
        assert!(keys(unknown.as_bytes()).unwrap_err().contains("missing field"));
    }
}
