//! What of the Explorer is asked for: tags, words, and the bank, account and customer that fill the paths. All of it is in the query, so
//! that it can be linked to and works without scripts.

use maud::{Markup, html};
use serde_json::Value;

use crate::client;
use crate::form::{encoded, link};
use crate::parts::{self, Field};
use crate::visit::Visit;
use api::routes::{Base, ROUTES, Route};

/// The seed page's.
const DEFAULT_TAGS: &[&str] = &["KYC", "Onboarding"];

/// What may be chosen: a value, and what it is called.
type Choices = Vec<(String, String)>;

pub(super) struct Selection {
    /// None for all.
    tags: Vec<String>,
    words: String,
    pub(super) bank_id: String,
    account_id: String,
    customer_id: String,
}

impl Selection {
    pub(super) fn of(visit: &Visit<'_>) -> Self {
        let query = &visit.query;
        let tags = match query.find("tags") {
            None => DEFAULT_TAGS.iter().map(|tag| (*tag).to_owned()).collect(),
            Some(tags) => tags.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect(),
        };
        let text = |name| query.text(name).to_owned();
        Self {
            tags,
            words: text("q"),
            bank_id: text("bank_id"),
            account_id: text("account_id"),
            customer_id: text("customer_id"),
        }
    }

    pub(super) fn words(&self) -> &str {
        &self.words
    }

    pub(super) fn shows(&self, route: &Route) -> bool {
        let doc = route.doc;
        let tagged = self.tags.is_empty() || self.tags.iter().any(|tag| doc.tags.contains(&tag.as_str()));
        let text = searched(route);
        tagged && self.words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }

    pub(super) fn headline(&self, count: usize) -> String {
        let words = if self.words.is_empty() { String::new() } else { format!(" and by text: {}", self.words) };
        let tags =
            if self.tags.is_empty() { String::new() } else { format!(" filtered by tag: {}", self.tags.join(", ")) };
        format!("All OBP APIs v3.1.0{tags}{words} ({count})")
    }

    /// The path of an operation, with what is chosen in the place of what it stands for.
    pub(super) fn url(&self, route: &Route) -> String {
        let base = if route.base == Base::Versioned { "/obp/v3.1.0" } else { "" };
        let chosen = [("BANK_ID", &self.bank_id), ("ACCOUNT_ID", &self.account_id), ("CUSTOMER_ID", &self.customer_id)];
        let segments = route.path.split('/').map(|segment| {
            let found = chosen.iter().find(|(name, value)| *name == segment && !value.is_empty());
            found.map_or_else(|| segment.to_owned(), |(_, value)| encoded(value))
        });
        format!("{base}{}", segments.collect::<Vec<_>>().join("/"))
    }

    /// The Explorer as it is now, at that operation.
    pub(super) fn address(&self, anchor: &str) -> String {
        format!("{}#{anchor}", self.link(&self.tags.join(",")))
    }

    /// The Explorer with these tags, and otherwise as it is.
    fn link(&self, tags: &str) -> String {
        let chosen = [
            ("q", self.words.as_str()),
            ("bank_id", &self.bank_id),
            ("account_id", &self.account_id),
            ("customer_id", &self.customer_id),
        ];
        let rest = link("/", &chosen);
        let separator = if rest.contains('?') { '&' } else { '?' };
        format!("{rest}{separator}tags={}", encoded(tags))
    }

    pub(super) async fn selectors(&self, visit: &Visit<'_>) -> Markup {
        let banks = parts::banks(visit).await;
        let (accounts, customers) = self.own(visit).await;
        let account = Field::text("account_id", "Account", &self.account_id).optional().with_choices(&accounts);
        let customer = Field::text("customer_id", "Customer", &self.customer_id).optional().with_choices(&customers);
        html! {
            form.row.selectors #selectors method="get" action="/" {
                input type="hidden" name="tags" value=(self.tags.join(","));
                (parts::bank_choice("select", &banks, &self.bank_id))
                (account.markup("select"))
                (customer.markup("select"))
                button type="submit" { "Fill in" }
            }
        }
    }

    /// The accounts and customers of who is signed in, at the bank that is chosen.
    async fn own(&self, visit: &Visit<'_>) -> (Choices, Choices) {
        if visit.user.is_none() {
            return Default::default();
        }
        let api = visit.api();
        let accounts = api.get(&client::path(&["my", "accounts"])).await.unwrap_or_default();
        let customers = api.get(&client::path(&["users", "current", "customers"])).await.unwrap_or_default();
        let named = |item: &Value, id: &str, name: &str| {
            let here = self.bank_id.is_empty() || client::text(item, "bank_id") == self.bank_id;
            here.then(|| (client::text(item, id).to_owned(), client::text(item, name).to_owned()))
        };
        let accounts = client::list(&accounts, "accounts").iter().filter_map(|item| named(item, "id", "label"));
        let customers = client::list(&customers, "customers").iter();
        (accounts.collect(), customers.filter_map(|item| named(item, "customer_id", "legal_name")).collect())
    }

    pub(super) fn tags(&self) -> Markup {
        let mut tags: Vec<(&str, usize)> = Vec::new();
        for tag in ROUTES.iter().flat_map(|route| route.doc.tags) {
            match tags.iter_mut().find(|(known, _)| known == tag) {
                Some((_, count)) => *count += 1,
                None => tags.push((tag, 1)),
            }
        }
        tags.sort_unstable();
        let seed = ROUTES.iter().filter(|route| DEFAULT_TAGS.iter().any(|tag| route.doc.tags.contains(tag))).count();
        let chip = |value: &str, label: &str, count: usize| {
            html! {
                li { a href=(self.link(value)) aria-current=[(self.tags.join(",") == value).then_some("true")] {
                    (label) " " span.count { (count) }
                } }
            }
        };
        html! {
            nav.tags aria-label="Tags" {
                ul {
                    (chip(&DEFAULT_TAGS.join(","), &DEFAULT_TAGS.join(", "), seed))
                    (chip("", "All", ROUTES.len()))
                    @for (tag, count) in tags { (chip(tag, tag, count)) }
                }
            }
        }
    }
}

/// What the text filter looks into.
pub(super) fn searched(route: &Route) -> String {
    let doc = route.doc;
    format!("{} {} {} {}", doc.summary, route.operation, route.path, doc.tags.join(" ")).to_lowercase()
}
