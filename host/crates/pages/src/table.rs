//! The one list of pages: a path, and what answers its GET and its POST.

use std::pin::Pin;

use super::layout::Answer;
use super::visit::Visit;
use super::{administration, applications, explain, explorer, kyc, meetings, roles, sign, try_it};

type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;
pub(super) type Handler = for<'a> fn(&'a Visit<'a>) -> Answering<'a>;

/// A page.
pub(super) struct Row {
    /// One that ends in `/` stands for what begins with it.
    path: &'static str,
    pub(super) get: Option<Handler>,
    pub(super) post: Option<Handler>,
}

impl Row {
    /// As `Allow` has them.
    pub(super) fn methods(&self) -> &'static str {
        match (self.get, self.post) {
            (Some(_), Some(_)) => "GET, HEAD, POST",
            (Some(_), None) => "GET, HEAD",
            _ => "POST",
        }
    }
}

macro_rules! rows {
    ($($path:literal $(get $get:path)? $(, post $post:path)?;)*) => {
        &[$(Row { path: $path, get: rows!(@ $($get)?), post: rows!(@ $($post)?) }),*]
    };
    (@) => { None };
    (@ $handler:path) => { Some(|visit| Box::pin($handler(visit))) };
}

static ROWS: &[Row] = rows! {
    "/" get explorer::show;
    "/try" , post try_it::call;
    "/explain" get explain::all;
    "/explain/" get explain::one;
    "/sign-in" get sign::in_form, post sign::sign_in;
    "/sign-up" get sign::up_form, post sign::sign_up;
    "/sign-out" , post sign::sign_out;
    "/applications" get applications::show, post applications::register;
    "/roles" get roles::show;
    "/roles/request" , post roles::request;
    "/administration" get administration::show;
    "/administration/requests" , post administration::decide;
    "/administration/grant" , post administration::grant;
    "/administration/revoke" , post administration::revoke;
    "/kyc" get kyc::show;
    "/kyc/find" , post kyc::find;
    "/kyc/document" , post kyc::add_document;
    "/kyc/check" , post kyc::add_check;
    "/kyc/media" , post kyc::add_media;
    "/kyc/status" , post kyc::add_status;
    "/meetings" get meetings::show, post meetings::create;
};

/// The page at that path.
pub(super) fn find(path: &str) -> Option<&'static Row> {
    let is_it = |row: &&Row| match row.path.strip_suffix('/') {
        Some(stem) if !stem.is_empty() => path.strip_prefix(row.path).is_some_and(|rest| !rest.is_empty()),
        _ => path == row.path,
    };
    ROWS.iter().find(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_page_and_no_page_hides_the_api() {
        let found = |path: &str| find(path).map(|row| (row.path, row.methods()));
        for (path, expected) in [
            ("/", Some(("/", "GET, HEAD"))),
            ("/try", Some(("/try", "POST"))),
            ("/sign-in", Some(("/sign-in", "GET, HEAD, POST"))),
            ("/explain/OBP-30111", Some(("/explain/", "GET, HEAD"))),
            ("/explain/", None),
            ("/sign-in/", None),
            ("", None),
            ("//", None),
            ("/my/logins/direct", None),
        ] {
            assert_eq!(found(path), expected, "{path}");
        }
    }
}
