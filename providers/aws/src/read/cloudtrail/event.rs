//! One event of a log: the few fields that usage is made of, and what a call made. What else a record holds (parameters, answers, addresses)
//! is passed by as it is read and never kept.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use std::{borrow::Cow, fmt};

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::documents::Time;

/// A call that somebody made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    event_time: Time,
    pub(super) event_source: String,
    pub(super) event_name: String,
    #[serde(default)]
    pub(super) aws_region: Option<String>,
    #[serde(default)]
    error_code: Option<String>,
    /// `AwsApiCall`, `AwsServiceEvent`, `AwsConsoleSignIn`, …
    #[serde(default)]
    event_type: Option<String>,
    /// `Management`, `Data`, `NetworkActivity`, `Insight`.
    #[serde(default)]
    event_category: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    management_event: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    pub(super) read_only: Option<bool>,
    #[serde(default)]
    user_identity: Option<UserIdentity>,
    #[serde(default)]
    response_elements: Answer,
}

/// Of an answer the unique id of a user or role that the call made, and nothing else.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
#[derive(Debug, Default)]
struct Answer {
    made: Option<String>,
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}

/// Answers are objects or null; whatever else stands there is passed by.
struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let mut answer = Answer::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                // The thing made stands in the answer of its call, its id in that.
                "role" | "user" => answer.made = map.next_value::<Answer>()?.made.or(answer.made),
                "roleId" | "userId" => {
                    answer.made = map.next_value::<serde_json::Value>()?.as_str().map(str::to_owned);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(answer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Answer, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Answer::default())
    }

    fn visit_unit<E>(self) -> Result<Answer, E> {
        Ok(Answer::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Answer, E> {
        Ok(Answer::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Answer, E> {
        Ok(Answer::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Answer, E> {
        Ok(Answer::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Answer, E> {
        Ok(Answer::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Answer, E> {
        Ok(Answer::default())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity {
    #[serde(default)]
    arn: Option<String>,
    #[serde(default)]
    session_context: Option<SessionContext>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionContext {
    #[serde(default)]
    session_issuer: Option<SessionIssuer>,
}

#[derive(Debug, Default, Deserialize)]
struct SessionIssuer {
    #[serde(default)]
    arn: Option<String>,
}

/// Some exports write `true` as a text.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Bool(bool),
        Text(String),
    }
    let either = Option::<Either>::deserialize(deserializer)?;
    Ok(either.and_then(|either| match either {
        Either::Bool(value) => Some(value),
        Either::Text(text) => text.parse().ok(),
    }))
}

/// The cells of a row of an export.
#[derive(Debug, Default)]
pub(super) struct Row<'r> {
    pub(super) time: &'r str,
    pub(super) source: &'r str,
    pub(super) name: &'r str,
    pub(super) region: &'r str,
    pub(super) error: &'r str,
    pub(super) kind: &'r str,
    pub(super) category: &'r str,
    pub(super) read_only: &'r str,
    pub(super) arn: &'r str,
    pub(super) issuer: &'r str,
}

impl Event {
    /// An event from a row; `None` where its time is none.
    pub(super) fn of_row(row: &Row<'_>) -> Option<Self> {
        let some = |text: &str| (!text.is_empty() && text != "null").then(|| text.to_owned());
        // Athena and spreadsheets write a space between date and time, and no zone; CloudTrail's is UTC.
        let spaced = || format!("{}Z", row.time.trim_end_matches(" UTC").replacen(' ', "T", 1)).parse();
        let at: Timestamp = row.time.parse().or_else(|_| spaced()).ok()?;
        let issuer = SessionIssuer { arn: some(row.issuer) };
        Some(Self {
            event_time: Time(at),
            event_source: row.source.to_owned(),
            event_name: row.name.to_owned(),
            aws_region: some(row.region),
            error_code: some(row.error),
            event_type: some(row.kind),
            event_category: some(row.category),
            management_event: None,
            read_only: row.read_only.parse().ok(),
            user_identity: Some(UserIdentity {
                arn: some(row.arn),
                session_context: Some(SessionContext { session_issuer: Some(issuer) }),
            }),
            response_elements: Answer::default(),
        })
    }

    pub(super) fn at(&self) -> Timestamp {
        self.event_time.0
    }

    /// Whether it is a call of an API, and not what a service did by itself or a sign-in.
    pub(super) fn is_call(&self) -> bool {
        self.event_type.as_deref().is_none_or(|kind| matches!(kind, "AwsApiCall" | "AwsConsoleAction"))
    }

    /// What the call is about, where the record says it.
    pub(super) fn about(&self) -> Option<About> {
        match (self.event_category.as_deref(), self.management_event) {
            (Some("Management"), _) | (None, Some(true)) => Some(About::Management),
            (Some(_), _) | (None, Some(false)) => Some(About::Data),
            (None, None) => None,
        }
    }

    /// Whether it was turned away: a call that was not allowed is no use of a permission. Services spell that in many
    /// ways: `AccessDenied`, `AccessDeniedException`, `Client.UnauthorizedOperation`, `NotAuthorizedException`.
    pub(super) fn was_denied(&self) -> bool {
        let denials = ["accessdenied", "unauthorized", "notauthorized", "authfailure", "forbidden"];
        self.error_code.as_deref().is_some_and(|code| {
            let code = code.to_ascii_lowercase();
            denials.iter().any(|denial| code.contains(denial))
        })
    }

    /// What the call made, if it made a user or role: its unique id.
    pub(super) fn made(&self) -> Option<&str> {
        let creates = self.event_source == "iam.amazonaws.com"
            && matches!(self.event_name.as_str(), "CreateRole" | "CreateUser");
        self.response_elements.made.as_deref().filter(|_| creates && self.error_code.is_none())
    }

    /// The ARN of who called, and of the role that the session is of.
    pub(super) fn caller_arns(&self) -> Option<(&str, Option<&str>)> {
        let identity = self.user_identity.as_ref()?;
        let issuer = identity.session_context.as_ref().and_then(|context| context.session_issuer.as_ref());
        Some((identity.arn.as_deref()?, issuer.and_then(|issuer| issuer.arn.as_deref())))
    }

    /// Who called.
    pub(super) fn caller(&self) -> Option<Caller<'_>> {
        let identity = self.user_identity.as_ref()?;
        let issuer = identity.session_context.as_ref().and_then(|context| context.session_issuer.as_ref());
        let issuer = issuer.and_then(|issuer| issuer.arn.as_deref()).and_then(Caller::of_arn);
        issuer.or_else(|| identity.arn.as_deref().and_then(Caller::of_arn))
    }
}

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Resources as such. A trail holds all of these, or all reads or writes of them.
    Management,
    /// What is in a resource. A trail holds those of the resources that somebody chose.
    Data,
}

/// Somebody who can call, by account, kind and name: the names of users and roles are unique in an account, whatever
/// their path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Caller<'a> {
    pub(super) account: &'a str,
    pub(super) kind: CallerKind,
    pub(super) name: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum CallerKind {
    Root,
    User,
    Role,
}

impl<'a> Caller<'a> {
    /// The user, the role, or the role that a session is of.
    pub(super) fn of_arn(arn: &'a str) -> Option<Self> {
        let mut parts = arn.strip_prefix("arn:")?.splitn(5, ':');
        let (_, service, _) = (parts.next()?, parts.next()?, parts.next()?);
        let (account, resource) = (parts.next()?, parts.next()?);
        let last = |path: &'a str| path.rsplit('/').next();
        let (kind, name) = match (service, resource.split_once('/')) {
            ("iam", None) if resource == "root" => (CallerKind::Root, ""),
            ("iam", Some(("user", path))) => (CallerKind::User, last(path)?),
            ("iam", Some(("role", path))) => (CallerKind::Role, last(path)?),
            ("sts", Some(("assumed-role", rest))) => (CallerKind::Role, rest.split('/').next()?),
            _ => return None,
        };
        Some(Self { account, kind, name })
    }
}
