//! The parts of a request that can carry a login.

/// The part of a request that carries a login or a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginSource {
    /// `DirectLogin: …`
    DirectLogin,
    /// `Authorization: DirectLogin …`
    Authorization,
    /// The body of directLogin: JSON, or a form.
    Body,
}

impl LoginSource {
    /// The name for a message: "header DirectLogin".
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DirectLogin => "header DirectLogin",
            Self::Authorization => "header Authorization",
            Self::Body => "body",
        }
    }
}
