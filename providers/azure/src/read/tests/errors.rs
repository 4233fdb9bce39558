//! What would make the estate wrong is an error of whoever filled the folder, and a gap of a fetch.

use super::*;

#[test]
fn documents_that_are_no_lists_are_errors() {
    for (text, expected) in [
        ("", "`graph/users.json`: line 1: the file is empty; did the command that wrote it fail?"),
        ("{\"value\":[", "`graph/users.json`: line 1 column 10: EOF while parsing a list"),
        ("{\"values\":[]}", "`graph/users.json`: line 1 column 13: missing field `value`"),
        (
            "{\"value\":\"canary\"}",
            "`graph/users.json`: line 1 column 17: invalid type: string, expected a sequence",
        ),
        (
            "\"canary\"",
            "`graph/users.json`: line 1 column 8: invalid type: string, expected a list, or an object with `value`",
        ),
        ("[]\n,", "`graph/users.json`: line 2 column 1: expected value"),
    ] {
        assert_eq!(Folder::complete().file("graph/users.json", text).error(), expected, "{text}");
    }
    let utf16: Vec<u8> = "\u{feff}[]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(Folder::complete().file("graph/users.json", utf16).error().contains("UTF-16 (little endian)"));
    assert!(
        Folder::complete().file("graph/users.json", b"[\"\xff\"]").error().contains("byte 2: is not UTF-8")
    );
}

#[test]
fn a_broken_document_of_a_fetch_is_a_gap() {
    let estate = Folder::complete().file("graph/users.json", "<html>").live(vec![]).read();
    assert_eq!(gaps(&estate), ["invalid User.Read.All"]);
}

#[test]
fn a_folder_tells_of_which_tenant_it_is() {
    assert!(Folder::default().error().starts_with("no document of provider `azure`"));
    let subscription = |tenant: Option<&str>| json!({"subscriptionId": SUBSCRIPTION, "tenantId": tenant});
    let folder = Folder::default().of(Collection::Subscriptions, &[subscription(Some(TENANT))]);
    assert_eq!(texts(&folder.read().targets), [format!("azure:tenant/{TENANT}")]);
    let error = Folder::default().of(Collection::Subscriptions, &[subscription(None)]).error();
    assert!(error.contains("no document tells the tenant; add `tenant.json`"), "{error}");
    let two =
        Folder::complete().of(Collection::Tenant, &[json!({"id": TENANT}), json!({"id": oid(1)})]).error();
    assert!(two.contains("holds several tenants"), "{two}");
    let path = |tenant: &str| format!("tenants/{tenant}/tenant.json");
    let error = Folder::default().file(&path(&oid(1)), json!([{"id": TENANT}]).to_string()).error();
    assert!(error.contains("lies in the folder of tenant"), "{error}");
    let error = Folder::default().file(&path("brindlemoor"), "[]").error();
    assert!(error.contains("brindlemoor: is not a tenant id"), "{error}");
    let error = Folder::complete().file(&path(TENANT), json!([{"id": TENANT}]).to_string()).error();
    assert!(error.contains("is also elsewhere in this folder"), "{error}");
    let estate =
        Folder::default().file(&format!("tenants/{}/graph/users.json", TENANT.to_uppercase()), "[]").read();
    assert!(estate.scopes.contains_key(format!("azure:tenant/{TENANT}").as_str()));
}

#[test]
fn tenants_that_left_nothing_are_there() {
    let estate = Folder::default().live(vec![]).read();
    assert_eq!(gaps(&estate), ["not-provided Organization.Read.All"]);
    assert!(estate.scopes[format!("azure:tenant/{TENANT}").as_str()].scanned);
}
