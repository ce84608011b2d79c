//! Baskets by name and by address: which one a request means, and what pages show of it.

mod catalogue;
mod registry;

pub use catalogue::{BasketCard, BasketCatalogue};
pub use registry::{BasketError, BasketRegistry, ListedBasket};
