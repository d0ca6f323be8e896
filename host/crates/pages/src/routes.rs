//! The list of all pages: paths, and the handlers of GET and POST.

use std::pin::Pin;

use crate::response::PageResponse;
use crate::visit::Visit;
use crate::{administration, applications, explain, explorer, kyc, meetings, password, roles, sign, try_it};

type PageFuture<'a> = Pin<Box<dyn Future<Output = PageResponse> + Send + 'a>>;
pub(crate) type PageHandler = for<'a> fn(&'a Visit<'a>) -> PageFuture<'a>;

/// A page.
pub(crate) struct PageRoute {
    /// A path that ends in `/` matches all longer paths that begin with it.
    path: &'static str,
    pub(crate) get: Option<PageHandler>,
    pub(crate) post: Option<PageHandler>,
}

impl PageRoute {
    /// The value of the header `Allow`.
    pub(crate) fn methods(&self) -> &'static str {
        match (self.get, self.post) {
            (Some(_), Some(_)) => "GET, HEAD, POST",
            (Some(_), None) => "GET, HEAD",
            _ => "POST",
        }
    }
}

macro_rules! routes {
    ($($path:literal $(get $get:path)? $(, post $post:path)?;)*) => {
        &[$(PageRoute { path: $path, get: routes!(@ $($get)?), post: routes!(@ $($post)?) }),*]
    };
    (@) => { None };
    (@ $handler:path) => { Some(|visit| Box::pin($handler(visit))) };
}

static ROUTES: &[PageRoute] = routes! {
    "/" get explorer::show;
    "/try" , post try_it::call;
    "/explain" get explain::all;
    "/explain/" get explain::one;
    "/sign-in" get sign::sign_in_form, post sign::sign_in;
    "/sign-up" get sign::sign_up_form, post sign::sign_up;
    "/sign-out" , post sign::sign_out;
    "/password" get password::show, post password::change;
    "/applications" get applications::show, post applications::register;
    "/roles" get roles::show;
    "/roles/request" , post roles::request;
    "/administration" get administration::show;
    "/administration/requests" , post administration::decide;
    "/administration/grant" , post administration::grant;
    "/administration/revoke" , post administration::revoke;
    "/administration/unlock" , post administration::unlock;
    "/kyc" get kyc::show;
    "/kyc/find" , post kyc::find;
    "/kyc/document" , post kyc::add_document;
    "/kyc/check" , post kyc::add_check;
    "/kyc/media" , post kyc::add_media;
    "/kyc/status" , post kyc::add_status;
    "/meetings" get meetings::show, post meetings::create;
    "/meetings/join" , post meetings::join;
};

/// The page at that path.
pub(crate) fn find(path: &str) -> Option<&'static PageRoute> {
    let is_it = |route: &&PageRoute| match route.path.strip_suffix('/') {
        Some(stem) if !stem.is_empty() => path.strip_prefix(route.path).is_some_and(|rest| !rest.is_empty()),
        _ => path == route.path,
    };
    ROUTES.iter().find(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_page_and_no_page_hides_the_api() {
        let found = |path: &str| find(path).map(|route| (route.path, route.methods()));
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
