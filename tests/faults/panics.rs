//! A panic while a request is handled: the client gets the envelope of a failure, the panic is logged and counted, and the server
//! goes on.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::BodyExt;
use hyper::body::{Bytes, Frame};
use hyper::service::{Service as _, service_fn};
use hyper::{Request, Response};
use obp_host::api::Service;
use obp_host::api::routes::{Handler, ROUTES, Route};
use obp_host::app::{api_settings, server_limits};
use obp_host::server;
use reqwest::Client;
use tokio::net::TcpListener;

use crate::support::{TestApp, log, unknown_error};

const PERMITS: usize = 2;
const PANICS: u64 = 10;

/// A body that panics when it is read.
struct Bomb;

impl hyper::body::Body for Bomb {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("a bomb in the body")
    }
}

async fn app() -> TestApp {
    log::keep();
    TestApp::with(&[("OBP_HOST_LIMITS__REQUESTS_IN_FLIGHT_MAX", &PERMITS.to_string())]).await
}

/// The lines about this panic in the request with that id. Other servers of this process may have the same ids.
fn panics(id: &str, message: &str) -> Vec<String> {
    log::lines_with(id).into_iter().filter(|line| line.contains(&format!("a panic: {message}"))).collect()
}

/// The API of that server, with this handler for the operation `root`.
fn with_handler(app: &TestApp, handler: Handler) -> Service {
    let root = ROUTES.iter().find(|route| route.operation == "root").unwrap();
    let routes: &[Route] = Box::leak(Box::new([Route { handler, ..root.clone() }]));
    Service::with_routes(Arc::clone(&app.app.onboarding), api_settings(&app.app.config), routes).unwrap()
}

/// Serves at a free port. Returns the URL of the API.
async fn serve(app: &TestApp, service: impl server::Serves + Sync) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/obp/v3.1.0", listener.local_addr().unwrap());
    tokio::spawn(server::serve(listener, None, service, server_limits(&app.app.config), std::future::pending()));
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_of_a_handler_is_a_500_with_its_id_in_the_log_and_the_server_goes_on() {
    let app = app().await;
    let handlers: [Handler; 2] =
        [|_| panic!("before the first await"), |_| Box::pin(async { panic!("between {} awaits", 2) })];
    for (handler, message) in handlers.into_iter().zip(["before the first await", "between 2 awaits"]) {
        let service = with_handler(&app, handler);
        let url = serve(&app, service.clone()).await;
        let client = Client::new();
        // More panics than permits, on one connection.
        for _ in 0..PANICS {
            let response = client.get(format!("{url}/root")).send().await.unwrap();
            let id = response.headers()["correlation-id"].to_str().unwrap().to_owned();
            let status = response.status().as_u16();
            assert_eq!((status, response.text().await.unwrap()), unknown_error(500));
            let lines = panics(&id, message);
            assert!(lines.len() == 1, "{lines:?}");
            assert!(lines[0].contains("GET /obp/v3.1.0/root"), "{lines:?}");
        }
        assert_eq!((service.panics(), service.requests_in_flight()), (PANICS, 0));
        assert_eq!(client.get(format!("{url}/banks")).send().await.unwrap().status(), 200);
    }
}

/// The control: without the containment the client gets no answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_that_is_not_contained_costs_the_answer() {
    let app = app().await;
    let service = service_fn(|_| async {
        if PANICS > 0 {
            panic!("not contained");
        }
        Ok::<_, Infallible>(Response::default())
    });
    let url = serve(&app, service).await;
    assert!(Client::new().get(url).send().await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_of_a_page_or_in_a_body_is_a_500_too() {
    let app = app().await;
    let pages = app.app.pages();
    for (number, (path, content_type)) in
        [("/sign-in", "application/x-www-form-urlencoded"), ("/obp/v3.1.0/users", "application/json")]
            .into_iter()
            .enumerate()
    {
        let request = Request::post(path).header("content-type", content_type).header("host", "localhost");
        let request = request.header("sec-fetch-site", "same-origin").body(Bomb).unwrap();
        let response = pages.call(request).await.unwrap();
        let id = response.headers()["correlation-id"].to_str().unwrap().to_owned();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!((status, String::from_utf8(body.to_vec()).unwrap()), unknown_error(500), "{path}");
        let lines: Vec<_> = panics(&id, "a bomb in the body").into_iter().filter(|line| line.contains(path)).collect();
        assert!(lines.len() == 1, "{lines:?}");
        assert_eq!(app.app.api.panics(), number as u64 + 1, "{path}");
    }
}
