//! Lists and single objects in the form of OData.

use std::collections::HashSet;

use super::{Call, filter::Filter};
use crate::{
    http::{Answer, Reply},
    json::{Object, quote},
    page::{Style, join},
};

/// Directory objects come a hundred a page, and at most 999.
const STYLE: Style = Style { link: "@odata.nextLink", size: "$top", usual: 100, most: 999, port: "" };

/// Options that are not of paging.
const OPTIONS: [&str; 5] = ["$select", "$top", "$filter", "$skiptoken", "$count"];

impl Call<'_> {
    /// A list. `document` names its page size, `set` the entity set in `@odata.context`.
    pub(super) fn list(&self, document: &str, set: &str, items: Vec<&str>) -> Reply {
        self.check_options()?;
        let filter = self.filter()?;
        let items: Vec<&str> = match &filter {
            Some(filter) => items.into_iter().filter(|item| filter.holds(item)).collect(),
            None => items,
        };
        let select = self.select();
        let total = items.len();
        let page = self.context.paging(STYLE).page(self.request, document, items)?;
        let mut body = format!("{{\"@odata.context\":{}", quote(&self.context_url(set, select.as_ref())));
        if self.request.query.get("$count").is_some_and(|count| count == "true") {
            body.push_str(&format!(",\"@odata.count\":{total}"));
        }
        if let Some(next) = &page.next {
            body.push_str(&format!(",\"{}\":{}", STYLE.link, quote(next)));
        }
        body.push_str(",\"value\":[");
        match &select {
            None => join(&mut body, &page.items),
            Some(select) => {
                let items: Vec<String> = page.items.iter().map(|item| project(item, select)).collect();
                join(&mut body, &items);
            }
        }
        body.push_str("]}");
        Ok(Answer::json(200, body))
    }

    /// One object.
    pub(super) fn entity(&self, set: &str, item: &str) -> Reply {
        self.check_options()?;
        let select = self.select();
        let context = self.context_url(set, select.as_ref());
        let item = match &select {
            Some(select) => project(item, select),
            None => item.to_owned(),
        };
        let inner = item.trim_start().strip_prefix('{').unwrap_or_default();
        let comma = if inner.trim_start().starts_with('}') { "" } else { "," };
        Ok(Answer::json(
            200,
            format!("{{\"@odata.context\":{}{comma}{inner}", quote(&format!("{context}/$entity"))),
        ))
    }

    fn context_url(&self, set: &str, select: Option<&HashSet<String>>) -> String {
        let selected = match select {
            Some(_) => format!("({})", self.request.query.get("$select").unwrap_or_default()),
            None => String::new(),
        };
        format!("https://{}/{}/$metadata#{set}{selected}", self.request.host.name, self.version.name())
    }

    fn check_options(&self) -> Result<(), Box<Answer>> {
        let known = |name: &String| !name.starts_with('$') || OPTIONS.contains(&name.as_str());
        match self.request.query.names().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => Err(self.unsupported(&format!("The query option '{name}' is not supported."))),
        }
    }

    fn select(&self) -> Option<HashSet<String>> {
        let text = self.request.query.get("$select")?;
        Some(text.split(',').map(|name| name.trim().to_owned()).collect())
    }

    fn filter(&self) -> Result<Option<Filter>, Box<Answer>> {
        let Some(text) = self.request.query.get("$filter") else { return Ok(None) };
        Filter::parse(&text).map(Some).map_err(|why| self.unsupported(&why))
    }
}

/// The members that are selected, and the type where an item says it.
fn project(item: &str, select: &HashSet<String>) -> String {
    let Some(mut object) = Object::parse(item) else { return item.to_owned() };
    object.retain(|name| name == "@odata.type" || select.contains(name));
    object.to_json()
}
