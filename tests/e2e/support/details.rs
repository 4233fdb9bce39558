//! Reshapes moto's answer to GetAccountAuthorizationDetails into what AWS itself sends: pages, percent-encoded policy
//! documents, names and ids of policies, the last use of roles.

const LISTS: [&str; 4] = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];
const DOCUMENTS: [&str; 3] = ["PolicyDocument", "AssumeRolePolicyDocument", "Document"];

/// How policy documents travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Documents {
    /// As moto sends them.
    Plain,
    /// Percent-encoded, as AWS sends them.
    Encoded,
}

/// How the list is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    /// In one piece.
    Whole,
    /// So many items a page.
    Pages(usize),
    /// The first page again and again, always with the same marker.
    Endless,
}

/// What is done to the answer.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) documents: Documents,
    pub(crate) paging: Paging,
    /// Last use of every role, RFC 3339.
    pub(crate) role_last_used: Option<String>,
}

impl Default for Shape {
    fn default() -> Self {
        Self { documents: Documents::Encoded, paging: Paging::Whole, role_last_used: None }
    }
}

/// The answer to a request that carried `marker`.
pub(crate) fn reshape(xml: &str, marker: Option<&str>, shape: &Shape) -> String {
    let mut xml = xml.to_owned();
    if let Some(at) = &shape.role_last_used {
        let used = format!(
            "<RoleLastUsed><LastUsedDate>{at}</LastUsedDate><Region>eu-west-1</Region></RoleLastUsed>"
        );
        xml = xml.replace("<RoleLastUsed/>", &used);
    }
    if shape.documents == Documents::Encoded {
        for tag in DOCUMENTS {
            // ministack encodes by itself.
            xml = map_text(&xml, tag, |text| {
                if text.contains('{') { encode(&unescape(text)) } else { text.to_owned() }
            });
        }
    }
    match shape.paging {
        Paging::Whole => xml,
        Paging::Pages(size) => {
            let from =
                marker.and_then(|m| m.strip_prefix("page-")).map_or(0, |m| m.parse().expect("our marker"));
            page(&xml, from, size, |next, total| (next < total).then(|| format!("page-{next}")))
        }
        Paging::Endless => page(&xml, 0, 2, |_, _| Some("page-again".to_owned())),
    }
}

/// AWS gives `PolicyName` and `PolicyId` of each managed policy, and of its own policies only those that are
/// attached; moto leaves the former out and sends all of the latter.
pub(crate) fn name_policies(xml: &str) -> String {
    let Some((before, inner, after)) = list(xml, "Policies") else { return xml.to_owned() };
    let unused = |member: &&str| {
        member.contains("<Arn>arn:aws:iam::aws:policy/")
            && member.contains("<AttachmentCount>0</AttachmentCount>")
    };
    let named: String = members(inner)
        .into_iter()
        .filter(|member| !unused(member))
        .map(|member| {
            if member.contains("<PolicyName>") {
                return member.to_owned();
            }
            let arn = between(member, "<Arn>", "</Arn>").expect("a policy has an ARN");
            let name = arn.rsplit('/').next().expect("an ARN ends with a name");
            let id: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let extra =
                format!("<PolicyName>{name}</PolicyName><PolicyId>ANPA{}</PolicyId>", id.to_uppercase());
            member.replacen("<member>", &format!("<member>{extra}"), 1)
        })
        .collect();
    format!("{before}{named}{after}")
}

fn page(xml: &str, from: usize, size: usize, next: impl Fn(usize, usize) -> Option<String>) -> String {
    let mut position = 0;
    let mut result = xml.to_owned();
    for tag in LISTS {
        let Some((before, inner, after)) = list(&result, tag) else { continue };
        let mut kept = String::new();
        for member in members(inner) {
            if (from..from + size).contains(&position) {
                kept.push_str(member);
            }
            position += 1;
        }
        result = format!("{before}{kept}{after}");
    }
    match next(from + size, position) {
        None => result,
        Some(marker) => result.replace(
            "<IsTruncated>false</IsTruncated>",
            &format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"),
        ),
    }
}

/// Splits around the content of `<tag>…</tag>`; `None` where the list is empty or absent.
fn list<'a>(xml: &'a str, tag: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let begin = xml.find(&format!("<{tag}>"))? + tag.len() + 2;
    let end = begin + xml[begin..].find(&format!("</{tag}>"))?;
    Some((&xml[..begin], &xml[begin..end], &xml[end..]))
}

/// The outermost `<member>` elements.
fn members(xml: &str) -> Vec<&str> {
    let (mut found, mut depth, mut begin, mut at) = (Vec::new(), 0, 0, 0);
    while let Some(offset) = xml[at..].find('<') {
        let tag = at + offset;
        at = tag + 1;
        if xml[tag..].starts_with("<member>") {
            if depth == 0 {
                begin = tag;
            }
            depth += 1;
        } else if xml[tag..].starts_with("</member>") {
            depth -= 1;
            if depth == 0 {
                found.push(&xml[begin..tag + "</member>".len()]);
            }
        }
    }
    found
}

fn map_text(xml: &str, tag: &str, change: impl Fn(&str) -> String) -> String {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut parts = xml.split(&open);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (text, rest) = part.split_once(&close).expect("an opened element is closed");
        result.push_str(&format!("{open}{}{close}{rest}", change(text)));
    }
    result
}

/// The text between two others.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(inner, _)| inner)
}

fn unescape(text: &str) -> String {
    [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[test]
fn pages_hold_every_item_once() {
    let xml = "<R><UserDetailList><member>a<member>x</member></member><member>b</member></UserDetailList>\
               <RoleDetailList><member>c</member></RoleDetailList><IsTruncated>false</IsTruncated></R>";
    let shape = |paging| Shape { paging, ..Shape::default() };
    let first = reshape(xml, None, &shape(Paging::Pages(2)));
    assert!(
        first.contains("a<member>x</member>") && first.contains("b") && !first.contains(">c<"),
        "{first}"
    );
    assert!(first.contains("<Marker>page-2</Marker>"), "{first}");
    let second = reshape(xml, Some("page-2"), &shape(Paging::Pages(2)));
    assert!(!second.contains("Marker") && second.contains(">c<") && !second.contains(">b<"), "{second}");
    assert_eq!(reshape(xml, None, &shape(Paging::Whole)), xml);
}
