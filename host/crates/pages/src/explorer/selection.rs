//! The selection in the Explorer: tags, words, and the bank, account and customer in all paths. It is in the query of the URL,
//! so it can be linked and works without JavaScript.

use std::sync::LazyLock;

use api::field_tables;
use api::routes::{Base, ROUTES, Route};
use api::{AccountSummaries, ShownCustomers};
use maud::{Markup, html};

use crate::form::{encoded, link};
use crate::inputs::{self, Choice, InputField};
use crate::sent::SentForm;
use crate::visit::Visit;

/// The tags of the seed page.
const DEFAULT_TAGS: &[&str] = &["KYC", "Onboarding"];

pub(super) struct ExplorerSelection {
    /// All operations are shown if the list is empty.
    tags: Vec<String>,
    words: String,
    pub(super) bank_id: String,
    account_id: String,
    customer_id: String,
}

impl ExplorerSelection {
    pub(super) fn read(visit: &Visit<'_>) -> Self {
        let query = &visit.query;
        let tags = match query.find("tags") {
            None => DEFAULT_TAGS.iter().map(|tag| (*tag).to_owned()).collect(),
            Some(tags) => tags.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect(),
        };
        Self {
            tags,
            words: query.owned("q"),
            bank_id: query.owned("bank_id"),
            account_id: query.owned("account_id"),
            customer_id: query.owned("customer_id"),
        }
    }

    pub(super) fn words(&self) -> &str {
        &self.words
    }

    /// The operations with these tags. The filter searches the operations of all tags.
    pub(super) fn shown(&self) -> Vec<&'static Route> {
        let words = self.words.to_lowercase();
        let is_tagged =
            |route: &Route| self.tags.is_empty() || self.tags.iter().any(|tag| route.doc.tags.contains(&tag.as_str()));
        let is_shown = |route: &Route, text: &str| {
            if words.is_empty() { is_tagged(route) } else { words.split_whitespace().all(|word| text.contains(word)) }
        };
        SORTED.iter().filter(|(route, text)| is_shown(route, text)).map(|(route, _)| *route).collect()
    }

    pub(super) fn headline(&self, count: usize) -> String {
        let filter = match (self.words.is_empty(), self.tags.is_empty()) {
            (false, _) => format!(" filtered by text: {}", self.words),
            (true, false) => format!(" filtered by tag: {}", self.tags.join(", ")),
            (true, true) => String::new(),
        };
        format!("All OBP APIs v3.1.0{filter} ({count})")
    }

    /// The path of an operation, with the chosen ids in place of its parameters.
    pub(super) fn url(&self, route: &Route) -> String {
        let base = if route.base == Base::Versioned { "/obp/v3.1.0" } else { "" };
        let chosen = [("BANK_ID", &self.bank_id), ("ACCOUNT_ID", &self.account_id), ("CUSTOMER_ID", &self.customer_id)];
        let segments = route.path.split('/').map(|segment| {
            let found = chosen.iter().find(|(name, value)| *name == segment && !value.is_empty());
            found.map_or_else(|| segment.to_owned(), |(_, value)| encoded(value))
        });
        format!("{base}{}", segments.collect::<Vec<_>>().join("/"))
    }

    /// The URL of the Explorer with this selection, at that operation.
    pub(super) fn address(&self, anchor: &str) -> String {
        format!("{}#{anchor}", self.link(&self.words, &self.tags.join(",")))
    }

    /// The link to sign in and come back to that operation.
    pub(super) fn sign_in_link(&self, anchor: &str) -> String {
        link("/sign-in", &[("next", &self.address(anchor))])
    }

    /// The URL of the Explorer with these words and tags, and the chosen ids.
    fn link(&self, words: &str, tags: &str) -> String {
        let chosen = [
            ("q", words),
            ("bank_id", &self.bank_id),
            ("account_id", &self.account_id),
            ("customer_id", &self.customer_id),
        ];
        let rest = link("/", &chosen);
        let separator = if rest.contains('?') { '&' } else { '?' };
        format!("{rest}{separator}tags={}", encoded(tags))
    }

    pub(super) async fn selectors(&self, visit: &Visit<'_>) -> Markup {
        let banks = inputs::bank_choices(visit).await;
        let (accounts, customers) = self.own(visit).await;
        let account =
            InputField::text("account_id", "Account", &self.account_id).optional().with_suggestions(&accounts);
        let customer =
            InputField::text("customer_id", "Customer", &self.customer_id).optional().with_suggestions(&customers);
        html! {
            form.row.selectors #selectors method="get" action="/" {
                input type="hidden" name="tags" value=(self.tags.join(","));
                (inputs::bank_select("select", &banks, &self.bank_id, SentForm::default()))
                (account.markup("select"))
                (customer.markup("select"))
                button type="submit" { "Use in all paths" }
            }
        }
    }

    /// The user's own accounts and customers, at the chosen bank if there is one.
    async fn own(&self, visit: &Visit<'_>) -> (Vec<Choice>, Vec<Choice>) {
        if visit.user.is_none() {
            return Default::default();
        }
        let is_here = |bank_id: &str| self.bank_id.is_empty() || bank_id == self.bank_id;
        let accounts = visit.client().get(&["my", "accounts"]).await.map(|AccountSummaries { accounts }| accounts);
        let accounts = accounts.unwrap_or_default().into_iter().filter(|account| is_here(&account.bank_id));
        let customers = visit.client().get(&["users", "current", "customers"]).await;
        let customers = customers.map(|ShownCustomers { customers }| customers).unwrap_or_default().into_iter();
        let customers = customers.filter(|customer| is_here(&customer.bank_id));
        (
            accounts.map(|account| (account.id, account.label)).collect(),
            customers.map(|customer| (customer.customer_id, customer.details.legal_name)).collect(),
        )
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
        let is_chosen = |value: &str| self.words.is_empty() && self.tags.join(",") == value;
        let chip = |value: &str, label: &str, count: usize| {
            html! {
                li { a href=(self.link("", value)) aria-current=[is_chosen(value).then_some("true")] {
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

/// All operations with the texts that the filter searches, in the order of the seed page: by first tag, then by title.
static SORTED: LazyLock<Vec<(&Route, String)>> = LazyLock::new(|| {
    let mut routes: Vec<_> = ROUTES.iter().map(|route| (route, search_text(route))).collect();
    routes.sort_by_key(|(route, _)| (first_tag(route), route.doc.summary));
    routes
});

/// The text that the filter searches: all that the page shows of an operation, except its errors.
fn search_text(route: &Route) -> String {
    let doc = route.doc;
    let (operation, path, tags) = (doc.operation_id(route.operation), route.path_under("v3.1.0"), doc.tags.join(" "));
    let roles: Vec<_> = doc.roles().into_iter().map(|role| role.name()).collect();
    let fields =
        [field_tables::parameters(route), field_tables::request(route), field_tables::response(route)].concat();
    let fields: Vec<_> = fields.iter().map(|field| format!("{} {}", field.name, field.meaning)).collect();
    let texts =
        [doc.summary, doc.description, doc.special_instructions, route.method.as_str(), &operation, &path, &tags];
    [texts.join(" "), roles.join(" "), fields.join(" ")].join(" ").to_lowercase()
}

pub(super) fn first_tag(route: &Route) -> &'static str {
    route.doc.tags.first().copied().unwrap_or("Other")
}

/// The anchor of an operation, such as `OBPv2_0_0-addKycCheck`.
pub(super) fn anchor(route: &Route) -> String {
    route.doc.operation_id(route.operation).replace('.', "_")
}
