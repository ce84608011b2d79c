//! Addresses of the gateway's own pages, as its callers reach them.

use std::net::SocketAddr;

use crate::base::public_url::PublicUrl;

/// Makes links to this gateway.
#[derive(Clone, Debug)]
pub struct Links {
    public: Option<String>,
    own: SocketAddr,
}

impl Links {
    /// Links that begin with the public address; without one, with `localhost` and the port of `own`, on which the
    /// gateway listens.
    #[must_use]
    pub fn new(public: Option<&PublicUrl>, own: SocketAddr) -> Self {
        Self { public: public.map(PublicUrl::base), own }
    }

    /// The public address, without a slash at the end.
    #[must_use]
    pub fn public(&self) -> Option<&str> {
        self.public.as_deref()
    }

    /// The whole address of a path.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        match &self.public {
            Some(public) => format!("{public}{path}"),
            None => format!("http://localhost:{}{path}", self.own.port()),
        }
    }

    /// A path for the `Location` header: whole where the gateway knows its public address, because a proxy may have
    /// taken a prefix away; else relative to whatever the caller used.
    #[must_use]
    pub fn location(&self, path: &str) -> String {
        if self.public.is_some() { self.absolute(path) } else { path.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_have_the_public_prefix() {
        let own = "127.0.0.1:3001".parse().unwrap();
        let public = PublicUrl::parse("https://bank.example/gateway/").unwrap();
        let links = Links::new(Some(&public), own);
        assert_eq!(links.absolute("/tx/0x1"), "https://bank.example/gateway/tx/0x1");
        assert_eq!(links.location("/mints/1"), "https://bank.example/gateway/mints/1");
        let local = Links::new(None, own);
        assert_eq!(local.absolute("/tx/0x1"), "http://localhost:3001/tx/0x1");
        assert_eq!(local.location("/mints/1"), "/mints/1");
    }
}
