//! What a route takes: the layer lets through exactly what the OpenAPI document says that it lets through.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::access::Caller;
use crate::domain::access::{Scope, Scopes};
use crate::http::extract::Asking;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// One of the ways to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Without anything.
    Public,
    /// With a key that has these scopes.
    Key(Scopes),
    /// With a token for one order.
    OrderToken,
}

/// What a route takes.
#[derive(Debug)]
pub struct Requirement {
    /// How a caller is let in; any of them will do.
    pub ways: Vec<Way>,
    /// Whether it has parameters in the query.
    pub takes_query: bool,
}

/// What every route takes, by method and path.
#[derive(Debug, Default)]
pub struct Requirements(HashMap<(Method, String), Requirement>);

impl Requirements {
    /// Adds a route.
    pub fn add(&mut self, method: Method, path: &str, requirement: Requirement) {
        self.0.insert((method, path.to_owned()), requirement);
    }

    fn of(&self, method: &Method, path: &str) -> Option<&Requirement> {
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.0.get(&(method, path.to_owned()))
    }
}

/// Lets a request through to its route, or says what is missing.
pub async fn authorize(
    State(requirements): State<Arc<Requirements>>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    // A method that the path does not have is answered by the router; everything it has is in the document.
    let Some(required) = requirements.of(request.method(), path.as_str()) else {
        return next.run(request).await;
    };
    if required.ways.contains(&Way::Public) {
        return next.run(request).await;
    }
    let is_let_in = Asking::of(request.extensions())
        .and_then(|Asking(caller)| check(&caller, &required.ways))
        .and_then(|()| check_query(request.uri().query(), required.takes_query));
    match is_let_in {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Refuses a parameter where there is none to give; a route that has some judges its query itself.
fn check_query(query: Option<&str>, takes_query: bool) -> Result<(), Problem> {
    match query.unwrap_or_default().split(['=', '&']).next() {
        Some(name) if !name.is_empty() && !takes_query => {
            Err(Problem::field(name, format!("{name} is no parameter here: this address takes none")))
        }
        _ => Ok(()),
    }
}

fn check(caller: &Caller, ways: &[Way]) -> Result<(), Problem> {
    if caller.order.is_some() {
        let message = "a token for one order asks for that, reads its mint, and nothing else";
        let is_let_in = ways.contains(&Way::OrderToken);
        return if is_let_in { Ok(()) } else { Err(Problem::new(ProblemCode::ScopeMissing, message)) };
    }
    let mut missing: Option<Scope> = None;
    for way in ways {
        let Way::Key(scopes) = way else { continue };
        match scopes.iter().find(|scope| !caller.may(*scope)) {
            None => return Ok(()),
            Some(scope) => missing = missing.or(Some(scope)),
        }
    }
    let message = match missing {
        Some(scope) => format!("the key does not have the scope {}", scope.word()),
        None => "this takes a token for one order".to_owned(),
    };
    Err(Problem::new(ProblemCode::ScopeMissing, message))
}
