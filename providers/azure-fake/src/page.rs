//! Pages of a list.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    http::{Answer, Reply, Request},
    json::quote,
    settings::{Endless, Fault, Settings},
};

/// How an API pages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// The member that links to the next page.
    pub(crate) link: &'static str,
    /// The query's name for the size that a client wants.
    pub(crate) size: &'static str,
    /// Items of a page unless the client or the settings say otherwise.
    pub(crate) usual: usize,
    /// The most that a client may ask for.
    pub(crate) most: usize,
    /// What stands between host and path in a link.
    pub(crate) port: &'static str,
}

/// What befalls the links of one answer.
pub(crate) struct Paging<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) fault: Option<&'a Fault>,
    pub(crate) style: Style,
}

/// One page's items as JSON, and the link to the next.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl Paging<'_> {
    /// The page of `items` that the request asks for. `document` is the name in [`Settings::page_sizes`].
    pub(crate) fn page<T>(
        &self,
        request: &Request,
        document: &str,
        items: Vec<T>,
    ) -> Result<Page<T>, Box<Answer>> {
        let size = self.size(request, document)?;
        let start = match request.query.get("$skiptoken") {
            Some(token) => read_token(&token)
                .ok_or_else(|| Box::new(Answer::error(400, "BadRequest", "Skip token is invalid.")))?,
            None => 0,
        };
        let total = items.len();
        let endless = matches!(self.fault, Some(Fault::EndlessNextLink { .. }));
        let from = if endless { 0 } else { start };
        let items: Vec<T> = items.into_iter().skip(from).take(size).collect();
        let more = from.saturating_add(items.len()) < total;
        let next = self.next(request, start, items.len(), more);
        Ok(Page { items, next })
    }

    fn size(&self, request: &Request, document: &str) -> Result<usize, Box<Answer>> {
        let set = self.settings.page_sizes.get(document).copied().or(self.settings.page_size);
        let usual = set.unwrap_or(self.style.usual).max(1);
        let Some(asked) = request.query.get(self.style.size) else { return Ok(usual) };
        match asked.parse::<usize>() {
            Ok(asked) if (1..=self.style.most).contains(&asked) => {
                Ok(set.map_or(asked, |set| asked.min(set)))
            }
            _ => {
                let message = format!(
                    "Invalid page size specified: '{asked}'. Must be between 1 and {} inclusive.",
                    self.style.most
                );
                Err(Box::new(Answer::error(400, "Request_BadRequest", &message)))
            }
        }
    }

    fn next(&self, request: &Request, start: usize, count: usize, more: bool) -> Option<String> {
        let link = |offset: usize| {
            let query = request.query.with("$skiptoken", &token(offset));
            format!("https://{}{}{}?{query}", request.host.name, self.style.port, request.path)
        };
        match self.fault {
            Some(Fault::ForeignNextLink { link }) => Some(link.clone()),
            Some(Fault::EndlessNextLink { next: Endless::Same }) => Some(link(start)),
            Some(Fault::EndlessNextLink { next: Endless::New }) => Some(link(start.saturating_add(1))),
            _ => more.then(|| link(start.saturating_add(count))),
        }
    }

    /// A list in the form of ARM and Key Vault.
    pub(crate) fn list<T: AsRef<str>>(&self, request: &Request, document: &str, items: Vec<T>) -> Reply {
        let page = self.page(request, document, items)?;
        let mut body = String::from(r#"{"value":["#);
        join(&mut body, &page.items);
        body.push(']');
        if let Some(next) = page.next {
            body.push_str(&format!(r#","{}":{}"#, self.style.link, quote(&next)));
        }
        body.push('}');
        Ok(Answer::json(200, body))
    }
}

/// Writes items with commas between.
pub(crate) fn join<T: AsRef<str>>(body: &mut String, items: &[T]) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            body.push(',');
        }
        body.push_str(item.as_ref());
    }
}

fn token(offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("offset:{offset}"))
}

fn read_token(token: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("offset:")?.parse().ok()
}
