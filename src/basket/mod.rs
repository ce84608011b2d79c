//! Baskets by name and by address: which one a request means.

mod registry;

pub use registry::{BasketError, BasketRegistry, ListedBasket};
