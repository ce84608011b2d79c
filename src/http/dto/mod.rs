//! Requests and answers of every route. They never leave the HTTP layer, and the OpenAPI document is made from them.

pub mod account;
pub mod attention;
pub mod basket;
pub mod compliance;
pub mod compliance_check;
pub mod event;
pub mod evidence;
pub mod grant;
pub mod health;
pub mod key;
pub mod mint;
pub mod mint_list;
pub mod operator;
pub mod page;
pub mod problem_page;
pub mod reading;
pub mod reserve;
pub mod retry;
pub mod scope;
pub mod service;
pub mod statement;
pub mod summary;
pub mod text;
pub mod token;
pub mod transaction;
pub mod whoami;
