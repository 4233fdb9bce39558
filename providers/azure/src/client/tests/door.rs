//! What may leave.

use super::*;

#[test]
fn only_declared_reads_of_the_clouds_own_hosts_leave() {
    use crate::client::admit::Admission;

    let own = identity_endpoint("http://127.0.0.1:41234/msi/token");
    let door = Door::new(Cloud::Public.endpoints(), vec![&THINGS, &KEYS], own);
    let admit = |method, url: &str, bearer: bool, body: &str| {
        let mut request = Request::new(Url::parse(url).unwrap(), method);
        if bearer {
            request.insert_header(AUTHORIZATION, "Bearer x");
        }
        request.set_body(body.to_owned());
        door.admit(&request)
    };
    let get = |url: &str| admit(Method::Get, url, true, "");
    for url in [
        "https://graph.microsoft.com/v1.0/things?$top=2",
        "https://graph.microsoft.com/v1.0/things/1/parts",
        "https://a.vault.azure.net/keys",
    ] {
        assert_eq!(get(url), Ok(Admission::Read), "{url}");
    }
    for url in [
        "http://graph.microsoft.com/v1.0/things",
        "https://graph.microsoft.com:8443/v1.0/things",
        "https://u@graph.microsoft.com/v1.0/things",
        "https://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com/keys",
        "https://a.vault.azure.net/secrets/x",
        "https://a.vault.azure.net/v1.0/things",
        "https://graph.microsoft.us/v1.0/things",
        "https://xvault.azure.net/keys",
        "https://a.vault.azure.net.example/keys",
        "https://127.0.0.1/keys",
        "https://login.microsoftonline.com/t/oauth2/v2.0/token",
        "http://169.254.169.254/metadata/identity/oauth2/token",
    ] {
        assert!(get(url).is_err(), "{url}");
    }
    let token = "https://login.microsoftonline.com/t/oauth2/v2.0/token";
    assert_eq!(admit(Method::Post, token, false, "grant_type=x"), Ok(Admission::Token));
    assert!(admit(Method::Post, token, true, "").is_err());
    for url in ["http://169.254.169.254/metadata/identity/oauth2/token", "http://127.0.0.1:41234/msi/token"] {
        assert_eq!(admit(Method::Get, url, false, ""), Ok(Admission::ManagedIdentity), "{url}");
    }
    for url in ["http://169.254.169.254/metadata/instance", "http://127.0.0.1:41235/msi/token"] {
        assert!(admit(Method::Get, url, false, "").is_err(), "{url}");
    }
    for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
        assert!(admit(method, "https://graph.microsoft.com/v1.0/things", true, "").is_err());
        assert!(admit(method, "https://a.vault.azure.net/keys", true, "").is_err());
    }
    let batch = |body: &str| admit(Method::Post, "https://graph.microsoft.com/v1.0/$batch", true, body);
    let good = r#"{"id":"0","method":"GET","url":"/things/1/parts?$top=2"}"#;
    assert_eq!(batch(&format!(r#"{{"requests":[{good},{good}]}}"#)), Ok(Admission::Batch(2)));
    for bad in [
        r#"{"id":"0","method":"DELETE","url":"/things"}"#,
        r#"{"id":"0","method":"GET","url":"/users"}"#,
        r#"{"id":"0","method":"GET","url":"/things","body":{}}"#,
        r#"{"id":"0","method":"GET","url":"/things","x":{}}"#,
        r#"{"id":"0","method":"GET","url":"/../users"}"#,
    ] {
        assert!(batch(&format!(r#"{{"requests":[{good},{bad}]}}"#)).is_err(), "{bad}");
    }
    assert!(batch("").is_err() && batch(r#"{"requests":[]}"#).is_err());
    assert!(batch(&format!(r#"{{"requests":[{}]}}"#, [good; 21].join(","))).is_err());
}

#[test]
fn tokens_of_a_machine_come_from_the_machine() {
    for far in ["http://10.0.0.1/x", "https://127.0.0.1/x", "http://example.org/x", "nothing"] {
        assert_eq!(identity_endpoint(far), None, "{far}");
    }
    for near in ["http://localhost:8081/msi/token", "http://169.254.131.2:8081/msi/token", "http://[::1]/x"] {
        assert!(identity_endpoint(near).is_some(), "{near}");
    }
}
