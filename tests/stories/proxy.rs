//! The gateway behind nginx, configured as docs/operations.md says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::json;
use test_support::{Answer, Choice, Nginx, Stack, client};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::access::{admin_key, client as new_client, new_key};

const PUBLIC_URL: &str = "https://bank.example/gateway";

/// A client on 127.0.0.`last`: another machine than the proxy's, as far as the gateway can tell.
fn stranger(last: u8) -> Client {
    let _ = client();
    let builder = Client::builder().local_address(std::net::IpAddr::from([127, 0, 0, last]));
    builder.timeout(test_support::PATIENCE * 2).build().expect("an HTTP client")
}

fn port(url: &str) -> u16 {
    url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
}

async fn answer(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.expect("an answer")).await
}

/// A gateway that is told about its proxy, and that proxy.
async fn behind_nginx(left_out: &[&str]) -> (Stack, Nginx) {
    let settings = [("PUBLIC_URL", PUBLIC_URL), ("TRUSTED_PROXIES", "127.0.0.1")];
    let stack = Stack::start_with(Choice::with(settings)).await;
    let nginx = Nginx::start(port(&stack.url), left_out).await;
    (stack, nginx)
}

#[tokio::test]
async fn proxy_passes_names_and_prefix_on() {
    let (stack, nginx) = behind_nginx(&[]).await;
    let through = |method: Method, path: &str| {
        stranger(2).request(method, format!("{}/gateway{path}", nginx.url)).header("host", "bank.example")
    };
    let card = answer(through(Method::GET, "/")).await;
    assert_eq!(card.status, 200, "{}", card.body);
    let document = answer(through(Method::GET, "/openapi.json")).await;
    assert_eq!(document.body["servers"][0]["url"], PUBLIC_URL);
    let direct = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    for (path, page) in [("/".to_owned(), "console/".to_owned()), {
        let hash = format!("0x{}", "1a".repeat(32));
        (format!("/tx/{hash}"), format!("console/tx/{hash}"))
    }] {
        let browser = direct.get(format!("{}/gateway{path}", nginx.url)).header("host", "bank.example");
        let sent = browser.header("accept", "text/html,*/*;q=0.8").send().await.expect("an answer");
        assert_eq!(sent.status(), 303, "{path}");
        assert_eq!(sent.headers()["location"], format!("{PUBLIC_URL}/{page}"));
    }
    // The pages are for everybody; what they would ask is not.
    let page = answer(through(Method::GET, "/console/mints")).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer(through(Method::GET, "/mints")).await.problem(), (401, "UNAUTHORIZED"));
    let unknown = stranger(2).get(format!("{}/gateway/", nginx.url)).header("host", "evil.example");
    let unknown = answer(unknown).await;
    assert_eq!(unknown.problem(), (421, "HOST_NOT_ALLOWED"));

    let page = json!({ "reason": "drill" });
    let pause = format!("/baskets/{}/pause", stack.anvil.basket.1);
    let foreign = through(Method::POST, &pause).header("origin", "https://evil.example").json(&page);
    let refused = answer(foreign).await;
    assert_eq!(refused.problem(), (403, "ORIGIN_NOT_ALLOWED"));
    let kind = refused.body["type"].as_str().and_then(|kind| kind.strip_prefix(PUBLIC_URL));
    let page = answer(through(Method::GET, kind.expect("the public address"))).await;
    assert_eq!(
        (&page.body["code"], &page.body["type"]),
        (&json!("ORIGIN_NOT_ALLOWED"), &refused.body["type"])
    );
}

#[tokio::test]
async fn proxy_asks_again_on_the_connection_that_it_has() {
    let stack = Stack::start_with(Choice::with([("PUBLIC_URL", PUBLIC_URL)])).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let nginx = Nginx::start(listener.local_addr().expect("an address").port(), &[]).await;
    let connections = AtomicUsize::new(0);
    let passing_on = async {
        let mut open = JoinSet::new();
        loop {
            let (mut from, _) = listener.accept().await.expect("a connection");
            connections.fetch_add(1, Ordering::Relaxed);
            let gateway = ("127.0.0.1", port(&stack.url));
            let mut to = TcpStream::connect(gateway).await.expect("the gateway");
            open.spawn(async move { copy_bidirectional(&mut from, &mut to).await });
        }
    };
    let asking = async {
        for _ in 0..5 {
            let card = client().get(format!("{}/gateway/", nginx.url)).header("host", "bank.example");
            assert_eq!(answer(card).await.status, 200);
        }
    };
    tokio::select! {
        () = passing_on => {}
        () = asking => {}
    }
    assert_eq!(connections.into_inner(), 1);
}

#[tokio::test]
async fn proxy_passes_mints_links_and_events_on() {
    let (stack, nginx) = behind_nginx(&[]).await;
    let admin = admin_key(&stack).await;
    let key = new_client(&stack, &admin, "acme", &["mint:write", "mint:read"]).await;
    let through = |method: Method, path: &str| {
        let request = stranger(2).request(method, format!("{}/gateway{path}", nginx.url));
        request.header("host", "bank.example").header("authorization", format!("Bearer {key}"))
    };
    let session = through(Method::POST, "/console/session").header("origin", "https://bank.example");
    let session = answer(session).await;
    let cookie = session.header("set-cookie");
    assert!(cookie.contains("; Path=/gateway/;") && cookie.contains("; Secure"), "{cookie}");

    let mut order = stack.body("5");
    order["bankReference"] = json!("through-nginx");
    let minted = answer(through(Method::POST, "/mint").json(&order)).await;
    assert_eq!(minted.status, 200, "{}", minted.body);
    let link = minted.body["etherscan"].as_str().and_then(|link| link.strip_prefix(PUBLIC_URL));
    let transaction = answer(through(Method::GET, link.expect("the public address"))).await;
    assert_eq!(
        (transaction.status.as_u16(), &transaction.body["receipt"]["transactionHash"]),
        (200, &minted.body["mintTx"]),
        "{}",
        transaction.body
    );
    let location = minted.header("location").strip_prefix(PUBLIC_URL).expect("the public address");
    let shown = answer(through(Method::GET, location)).await;
    assert_eq!((shown.status.as_u16(), &shown.body["mintId"]), (200, &minted.body["mintId"]));

    order["bankReference"] = json!("another");
    let another = answer(through(Method::POST, "/mint").header("prefer", "respond-async").json(&order)).await;
    assert_eq!(another.status, 202, "{}", another.body);
    let page = answer(through(Method::GET, "/mints?limit=1")).await;
    assert_eq!(page.body["mints"][0]["mintId"], another.body["mintId"]);
    let next = page.header("link").strip_prefix(&format!("<{PUBLIC_URL}")).expect("the public address");
    let next = next.strip_suffix(">; rel=\"next\"").expect("a link to the next page");
    let page = answer(through(Method::GET, next)).await;
    assert_eq!(page.body["mints"][0]["mintId"], minted.body["mintId"], "{next}");

    let mut events = through(Method::GET, &format!("{location}/events")).send().await.expect("a stream");
    let first = tokio::time::timeout(Duration::from_secs(10), events.chunk()).await;
    let first = first.expect("nginx keeps nothing back").expect("bytes").expect("an event");
    assert!(String::from_utf8_lossy(&first).contains("mint.accepted"), "{first:?}");
}

#[tokio::test]
async fn proxy_is_believed_about_addresses_and_nobody_else_is() {
    let (stack, nginx) = behind_nginx(&[]).await;
    let admin = admin_key(&stack).await;
    let limits = json!({ "name": "one machine", "scopes": ["mint:read"], "networks": ["127.0.0.2"] });
    let (key, _) = new_key(&stack, &admin, &limits).await;
    let ask = async |client: Client, url: &str, said: Option<&str>| {
        let request = client.get(format!("{url}/mints")).header("host", "bank.example");
        let request = request.header("authorization", format!("Bearer {key}"));
        let request = said
            .map_or(request.try_clone().expect("no body"), |said| request.header("x-forwarded-for", said));
        answer(request).await.status.as_u16()
    };
    let proxied = format!("{}/gateway", nginx.url);
    assert_eq!(ask(stranger(2), &proxied, None).await, 200, "the proxy says who asks");
    assert_eq!(
        ask(stranger(2), &proxied, Some("203.0.113.7")).await,
        200,
        "what a caller says counts for nothing"
    );
    assert_eq!(ask(stranger(3), &proxied, None).await, 401, "another machine");
    assert_eq!(
        ask(stranger(3), &proxied, Some("127.0.0.2")).await,
        401,
        "another machine that says it is that one"
    );
    assert_eq!(ask(stranger(3), &stack.url, Some("127.0.0.2")).await, 401, "past the proxy");
    assert_eq!(
        ask(stranger(2), &stack.url, Some("203.0.113.7")).await,
        200,
        "past the proxy, from the right machine"
    );
}

#[tokio::test]
async fn proxy_makes_nobody_a_caller_of_this_machine() {
    let (stack, nginx) = behind_nginx(&[]).await;
    // Not even a proxy that says nothing about itself.
    let quiet = Nginx::start(port(&stack.url), &["X-Forwarded"]).await;
    for url in [&nginx.url, &quiet.url] {
        for client in [client(), stranger(2)] {
            let order = client.post(format!("{url}/gateway/mint")).header("host", "bank.example");
            let refused = answer(order.json(&stack.body("1"))).await;
            assert_eq!(refused.problem(), (401, "UNAUTHORIZED"), "{}", refused.body);
        }
    }
}

#[tokio::test]
async fn proxy_that_the_gateway_was_not_told_about_gives_nobody_access() {
    let stack = Stack::start().await;
    let nginx = Nginx::start(port(&stack.url), &[]).await;
    let order = client().post(format!("{}/gateway/mint", nginx.url)).header("host", "localhost");
    let refused = answer(order.json(&stack.body("1"))).await;
    assert_eq!(refused.problem(), (401, "UNAUTHORIZED"), "{}", refused.body);
}

#[tokio::test]
async fn proxy_name_of_the_upstream_takes_a_setting() {
    let (mut stack, nginx) = behind_nginx(&["Host $host"]).await;
    let card = async || answer(client().get(format!("{}/gateway/", nginx.url))).await;
    assert_eq!(card().await.problem(), (421, "HOST_NOT_ALLOWED"));
    let gateway_port = port(&stack.url).to_string();
    stack.stop_gateway().await;
    stack.set("ALLOWED_HOSTS", "cre_backend");
    stack.set("PORT", &gateway_port);
    stack.run_gateway().await;
    assert_eq!(card().await.status, 200);
}
