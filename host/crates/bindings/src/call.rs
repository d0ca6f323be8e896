//! A typed call of one export of the rules. The functions that make calls are generated from `wit/` ([`crate::calls`]).

use std::marker::PhantomData;

use crate::calls::EXPORTS;

/// An export of the world `onboarding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export(usize);

impl Export {
    pub(crate) const fn numbered(number: usize) -> Self {
        Self(number)
    }

    /// All exports, in the order of [`Export::index`].
    pub fn all() -> impl Iterator<Item = Self> {
        (0..EXPORTS.len()).map(Self)
    }

    /// The export's place among all exports.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0
    }

    /// The full name of its interface, such as `obp:onboarding/kyc@0.1.0`.
    #[must_use]
    pub fn interface(self) -> &'static str {
        EXPORTS.get(self.0).map_or("", |(interface, _)| interface)
    }

    /// Its name in that interface, such as `add-check`.
    #[must_use]
    pub fn function(self) -> &'static str {
        EXPORTS.get(self.0).map_or("", |(_, function)| function)
    }
}

/// A call of one export, with its arguments. `R` is the type of the answer.
#[derive(Debug)]
pub struct Call<A, R> {
    /// The export that is called.
    pub export: Export,
    /// Its arguments, as a tuple.
    pub arguments: A,
    reply: PhantomData<fn() -> R>,
}

impl<A, R> Call<A, R> {
    pub(crate) const fn new(export: Export, arguments: A) -> Self {
        Self { export, arguments, reply: PhantomData }
    }
}

impl<A: Clone, R> Clone for Call<A, R> {
    fn clone(&self) -> Self {
        Self::new(self.export, self.arguments.clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::calls;

    #[test]
    fn a_generated_call_names_its_export_and_holds_its_arguments() {
        let call = calls::banks::get("gh.29.uk");
        assert_eq!(call.export.interface(), "obp:onboarding/banks@0.1.0");
        assert_eq!((call.export.function(), call.arguments), ("get", ("gh.29.uk",)));
    }
}
