//! The points of [`fault::POINTS`] at which the simulation and the real campaign let the gateway die: all of them but the
//! exceptions, each with its reason.

use cre_backend::base::fault;

/// A point that is left out, and why.
pub type Exception = (&'static str, &'static str);

/// What a simulated run cannot pass. The story of the killed gateway must die at each of them.
pub const NOT_SIMULATED: &[Exception] = &[
    ("spawn.after", "a simulated run is a function: it starts no process"),
    ("step.heard", "a simulated run prints no steps"),
];

/// What the campaign against the real program leaves out.
pub const NOT_IN_CAMPAIGN: &[Exception] = &[];

/// Every point but the exceptions.
#[must_use]
pub fn all_but(exceptions: &[Exception]) -> Vec<&'static str> {
    fault::POINTS.into_iter().filter(|point| exceptions.iter().all(|(name, _)| name != point)).collect()
}
