use super::*;
use crate::testing::condition_tests;

fn global(json: &str) -> Hold {
    bound_by_global_keys(&condition_tests(json))
}

#[test]
fn what_binds() {
    for binds in [
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
        r#"{"StringEquals":{"AWS:principalorgid":"${aws:ResourceOrgID}"}}"#,
        r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-abc/r-1/*"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::acme-logs"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-abc"},"Null":{"aws:PrincipalOrgID":"false"}}"#,
        r#"{"StringLike":{"aws:PrincipalAccount":"*"},"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
        r#"{"StringLike":{"aws:PrincipalTag/x":"*"},"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#,
        r#"{"StringLike":{"aws:userid":["AROAEXAMPLE:*","AIDAEXAMPLE"]}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws*:*::111122223333:role/x"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#,
        r#"{"ForAnyValue:StringEquals":{"AWS:VpceOrgID":"o-abc"}}"#,
        r#"{"StringEquals":{"aws:FederatedProvider":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"}}"#,
    ] {
        assert_eq!(global(binds), Hold::Binds, "{binds}");
    }
}

#[test]
fn what_does_not() {
    for open in [
        r#"{}"#,
        r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#,
        r#"{"StringLike":{"aws:PrincipalAccount":["111122223333","4*"]}}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"${aws:PrincipalOrgID}"}}"#,
        r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abc"}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
        r#"{"Null":{"aws:PrincipalOrgID":"false"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/team":"ops"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"*:role/Admin"}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::acme*"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","0.0.0.0/1"]}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"StringLike":{"aws:userid":"*:session"}}"#,
        r#"{"StringLike":{"aws:userid":"AROA*"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws*:iam::111122223333:role/x"}}"#,
        r#"{"StringEquals":{"aws:FederatedProvider":"accounts.google.com"}}"#,
    ] {
        assert_eq!(global(open), Hold::Open, "{open}");
    }
}

#[test]
fn whom_callers_must_be_of() {
    for (json, accounts) in [
        (r#"{"StringEquals":{"aws:PrincipalAccount":["1","2"]}}"#, Some(vec!["1", "2"])),
        (r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::3:role/*"}}"#, Some(vec!["3"])),
        (
            r#"{"StringEquals":{"aws:PrincipalAccount":["1","3"]},"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::3:role/*"}}"#,
            Some(vec!["3"]),
        ),
        (r#"{"StringLike":{"aws:PrincipalAccount":["1","2*"]}}"#, None),
        (r#"{"StringEqualsIfExists":{"aws:PrincipalAccount":"1"}}"#, None),
        (r#"{"StringNotEquals":{"aws:PrincipalAccount":"1"}}"#, None),
        (r#"{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#, None),
    ] {
        let tests = condition_tests(json);
        assert_eq!(caller_accounts(&tests).map(|a| a.into_iter().collect()), accounts, "{json}");
    }
    let tests =
        condition_tests(r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":["o-a/r-1/*","o-b/*"]}}"#);
    assert_eq!(caller_organizations(&tests), Some(BTreeSet::from(["o-a", "o-b"])));
    assert_eq!(caller_organizations(&condition_tests("{}")), None);
    for (json, single) in [
        (r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::3:role/x"}}"#, true),
        (r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::3:role/*"}}"#, false),
        (r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::3:root"}}"#, false),
        (r#"{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::3:role/x"}}"#, false),
    ] {
        assert_eq!(names_identities(&condition_tests(json)), single, "{json}");
    }
}

#[test]
fn assertions() {
    for (json, hold) in [
        (r#"{"StringEquals":{"SAML:iss":"https://idp.acme.example"}}"#, Hold::Binds),
        (r#"{"StringEquals":{"saml:doc":"111122223333/okta"}}"#, Hold::Binds),
        (r#"{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}"#, Hold::Open),
        (r#"{"StringEquals":{"SAML:sub_type":"persistent"}}"#, Hold::Open),
        (r#"{"StringLike":{"SAML:sub":"*"}}"#, Hold::Open),
    ] {
        assert_eq!(bound_by_assertion(&condition_tests(json)), hold, "{json}");
    }
}

#[test]
fn why_a_test_demands_nothing() {
    for (json, why) in [
        (r#"{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}"#, "must not be"),
        (r#"{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}}"#, "absent"),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, "does not compare"),
    ] {
        let tests = condition_tests(json);
        assert!(undemanding(&tests[0], &tests).is_some_and(|text| text.contains(why)), "{json}");
    }
}

#[test]
fn what_can_never_be_met() {
    for dead in [
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-*"}}"#,
        r#"{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin"}}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":[]}}"#,
    ] {
        assert_eq!(global(dead), Hold::Dead, "{dead}");
    }
}
