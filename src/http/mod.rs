//! The HTTP edge: routes, middleware, and the only place where an error becomes a status.
//!
//! [`mod@router`] puts [`routes`] and [`middleware`] together, and with them the OpenAPI document: a route is written once.
//! Handlers take what they need from [`app`]; requests and answers are the types of [`dto`].

pub mod accept;
pub mod app;
pub mod connection;
pub mod console;
pub mod csv;
pub mod dto;
pub mod explorer;
pub mod extract;
pub mod links;
mod metrics;
pub mod middleware;
pub mod openapi;
pub mod page_link;
pub mod problem;
pub mod problem_code;
mod request_body;
pub mod router;
pub mod routes;
pub mod serve;

pub use app::{App, AppParts, HttpSettings};
pub use explorer::Explorer;
pub use links::Links;
pub use router::{openapi_document, operator_router, router};
