//! The files beside the authorization details. Each list is written as a plain array; the object in which the `aws`
//! command wraps it is read as well.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{Str, Tag, Time, authorization::nullable};

/// An item of a list file.
pub trait Item {
    /// The key under which the `aws` command prints the list.
    const KEY: &'static str;
}

/// A list file: `[…]`, or `{"<key>": […]}` as the `aws` command prints it, or `{"<key>": {…}}` for one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether the object says that pages are missing.
    pub is_truncated: bool,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), is_truncated: false }
    }
}

impl<'de, T: Item + Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);
        impl<'de, T: Item + Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Listed<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list, or an object with `{}`", T::KEY)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Listed<T>, A::Error> {
                let mut listed = Listed::default();
                while let Some(item) = seq.next_element()? {
                    listed.items.push(item);
                }
                Ok(listed)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Listed<T>, A::Error> {
                let mut found = None;
                let mut is_truncated = false;
                while let Some(key) = map.next_key::<Str<'de>>()? {
                    match key.as_str() {
                        key if key == T::KEY => found = Some(map.next_value::<Many<T>>()?.0),
                        "IsTruncated" => is_truncated = map.next_value()?,
                        _ => drop(map.next_value::<de::IgnoredAny>()?),
                    }
                }
                let items = found.ok_or_else(|| de::Error::missing_field(T::KEY))?;
                Ok(Listed { items, is_truncated })
            }
        }
        deserializer.deserialize_any(Visitor(PhantomData))
    }
}

/// One item or a list of them.
struct Many<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Many<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or an object")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Many(items))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Many<T>, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(|one| Many(vec![one]))
            }
        }
        deserializer.deserialize_any(Visitor(PhantomData))
    }
}

/// `account-summary.json`: `{"SummaryMap": {…}}` as `GetAccountSummary` returns it, or the bare map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountSummary {
    /// Counts and quotas by name.
    pub summary_map: BTreeMap<String, i64>,
}

impl<'de> Deserialize<'de> for AccountSummary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Either {
            #[serde(rename = "SummaryMap")]
            wrapped: Option<BTreeMap<String, i64>>,
            #[serde(flatten)]
            bare: BTreeMap<String, serde_json::Value>,
        }
        let either = Either::deserialize(deserializer)?;
        let bare =
            || either.bare.into_iter().filter_map(|(key, value)| Some((key, value.as_i64()?))).collect();
        Ok(Self { summary_map: either.wrapped.unwrap_or_else(bare) })
    }
}

/// `credential-report.json`: what `aws iam get-credential-report` prints.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialReportFile<'a> {
    /// The report in Base64.
    #[serde(borrow)]
    pub content: Str<'a>,
    /// When AWS made the report.
    #[serde(default)]
    pub generated_time: Option<Time>,
}

/// An access key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKey<'a> {
    /// Whose.
    #[serde(borrow)]
    pub user_name: Str<'a>,
    /// `AKIA…`.
    pub access_key_id: Str<'a>,
    /// `Active`, `Inactive` or `Expired`.
    #[serde(default)]
    pub status: Option<Str<'a>>,
    /// When it was created.
    #[serde(default)]
    pub create_date: Option<Time>,
}

impl Item for AccessKey<'_> {
    const KEY: &'static str = "AccessKeyMetadata";
}

/// A user that has a console password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoginProfile<'a> {
    /// Whose.
    #[serde(borrow)]
    pub user_name: Str<'a>,
    /// When the password was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<Time>,
}

impl Item for LoginProfile<'_> {
    const KEY: &'static str = "LoginProfile";
}

/// A registered OpenID Connect issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OidcProvider<'a> {
    /// ARN; ends with the issuer's host and path.
    #[serde(borrow)]
    pub arn: Str<'a>,
    /// The issuer without scheme; the end of the ARN where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Str<'a>>,
    /// Accepted audiences. Absent: the provider's details were not read.
    #[serde(rename = "ClientIDList", default, skip_serializing_if = "Option::is_none")]
    pub client_id_list: Option<Vec<Str<'a>>>,
    /// When it was registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<Time>,
    /// Tags.
    #[serde(default, deserialize_with = "nullable")]
    pub tags: Vec<Tag<'a>>,
}

impl Item for OidcProvider<'_> {
    const KEY: &'static str = "OpenIDConnectProviderList";
}

/// An X.509 signing certificate of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SigningCertificate<'a> {
    /// Whose.
    #[serde(borrow)]
    pub user_name: Str<'a>,
    /// Id.
    pub certificate_id: Str<'a>,
    /// `Active` or `Inactive`.
    #[serde(default)]
    pub status: Option<Str<'a>>,
    /// When it was uploaded.
    #[serde(default)]
    pub upload_date: Option<Time>,
}

impl Item for SigningCertificate<'_> {
    const KEY: &'static str = "Certificates";
}

/// An SSH public key of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SshPublicKey<'a> {
    /// Whose.
    #[serde(borrow)]
    pub user_name: Str<'a>,
    /// Id.
    #[serde(rename = "SSHPublicKeyId")]
    pub ssh_public_key_id: Str<'a>,
    /// `Active` or `Inactive`.
    #[serde(default)]
    pub status: Option<Str<'a>>,
    /// When it was uploaded.
    #[serde(default)]
    pub upload_date: Option<Time>,
}

impl Item for SshPublicKey<'_> {
    const KEY: &'static str = "SSHPublicKeys";
}

/// A service-specific credential of a user, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceSpecificCredential<'a> {
    /// Whose.
    #[serde(borrow)]
    pub user_name: Str<'a>,
    /// Id: `ACCA…`.
    pub service_specific_credential_id: Str<'a>,
    /// The service: `codecommit.amazonaws.com`.
    #[serde(default)]
    pub service_name: Option<Str<'a>>,
    /// `Active`, `Inactive` or `Expired`.
    #[serde(default)]
    pub status: Option<Str<'a>>,
    /// When it was created.
    #[serde(default)]
    pub create_date: Option<Time>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<Time>,
}

impl Item for ServiceSpecificCredential<'_> {
    const KEY: &'static str = "ServiceSpecificCredentials";
}

/// A TLS certificate kept in IAM, without its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServerCertificate<'a> {
    /// Name.
    #[serde(borrow)]
    pub server_certificate_name: Str<'a>,
    /// Id: `ASCA…`.
    pub server_certificate_id: Str<'a>,
    /// ARN.
    pub arn: Str<'a>,
    /// When it was uploaded.
    #[serde(default)]
    pub upload_date: Option<Time>,
    /// When it ends.
    #[serde(default)]
    pub expiration: Option<Time>,
}

impl Item for ServerCertificate<'_> {
    const KEY: &'static str = "ServerCertificateMetadataList";
}
