//! The operations of a function, listed once: to be described, and to be answered.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa::openapi::HttpMethod;
use utoipa_axum::PathItemExt;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};

/// What operations are put into. `OpenApiRouter` describes them, for `docs/openapi.json`; `Router` answers them, and puts no description
/// together, which would take longer than all the rest of a function's start.
pub trait Routes<S> {
    /// Without operations.
    fn new() -> Self;

    /// With those of one path.
    #[must_use]
    fn routes(
        self,
        operations: Operations<impl FnOnce() -> UtoipaMethodRouter<S>, impl FnOnce() -> Answers<S>>,
    ) -> Self;

    /// With all of another.
    #[must_use]
    fn merge(self, other: Self) -> Self;
}

/// A path, and what answers its methods.
pub type Answers<S> = (String, MethodRouter<S>);

/// The operations of one path, as [`crate::routes!`] lists them.
pub struct Operations<D, A> {
    /// Puts them together with their description.
    pub described: D,
    /// The same without.
    pub answered: A,
}

impl<D, A> Operations<D, A> {
    /// The same, with bodies of up to so many bytes.
    pub fn body_limit<S>(
        self,
        bytes: usize,
    ) -> Operations<impl FnOnce() -> UtoipaMethodRouter<S>, impl FnOnce() -> Answers<S>>
    where
        S: Clone + Send + Sync + 'static,
        D: FnOnce() -> UtoipaMethodRouter<S>,
        A: FnOnce() -> Answers<S>,
    {
        let Self { described, answered } = self;
        Operations {
            described: move || described().layer(DefaultBodyLimit::max(bytes)),
            answered: move || {
                let (path, answers) = answered();
                (path, answers.layer(DefaultBodyLimit::max(bytes)))
            },
        }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> for OpenApiRouter<S> {
    fn new() -> Self {
        Self::new()
    }

    fn routes(
        self,
        operations: Operations<impl FnOnce() -> UtoipaMethodRouter<S>, impl FnOnce() -> Answers<S>>,
    ) -> Self {
        let (path, _) = (operations.answered)();
        let described = (operations.described)();
        // Otherwise every path would be described, and the first alone answered.
        assert!(described.1.paths.keys().eq([&path]), "{path} is not the one path of its operations");
        self.routes(described)
    }

    fn merge(self, other: Self) -> Self {
        self.merge(other)
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> for Router<S> {
    fn new() -> Self {
        Self::new()
    }

    fn routes(
        self,
        operations: Operations<impl FnOnce() -> UtoipaMethodRouter<S>, impl FnOnce() -> Answers<S>>,
    ) -> Self {
        let (path, answers) = (operations.answered)();
        self.route(&path, answers)
    }

    fn merge(self, other: Self) -> Self {
        self.merge(other)
    }
}

/// Has a handler answer the methods that it is described with.
#[doc(hidden)]
pub fn answering<S, T, H>(answers: MethodRouter<S>, methods: &[HttpMethod], handler: H) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    T: 'static,
    H: Handler<T, S>,
{
    methods.iter().fold(answers, |answers, method| answers.on(method.to_method_filter(), handler.clone()))
}

/// Lists the operations of one path by their handlers, which `#[utoipa::path]` describes.
#[macro_export]
macro_rules! routes {
    ($($first:ident)::+ $(, $($next:ident)::+)* $(,)?) => {
        $crate::Operations {
            described: || $crate::__private::described!($($first)::+ $(, $($next)::+)*),
            answered: || {
                let answers = $crate::__private::MethodRouter::new();
                let answers = $crate::routes!(@answering answers, $($first)::+);
                $( let answers = $crate::routes!(@answering answers, $($next)::+); )*
                ($crate::routes!(@of path [] $($first)::+), answers)
            },
        }
    };
    (@answering $answers:ident, $($part:ident)::+) => {
        $crate::__private::answering($answers, &$crate::routes!(@of methods [] $($part)::+), $($part)::+)
    };
    (@of $what:ident [$($module:tt)*] $handler:ident) => {
        $crate::__private::paste! { <$($module)* [<__path_ $handler>] as $crate::__private::Path>::$what() }
    };
    (@of $what:ident [$($module:tt)*] $first:ident :: $($rest:tt)+) => {
        $crate::routes!(@of $what [$($module)* $first ::] $($rest)+)
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[utoipa::path(get, path = "/one")]
    async fn one() {}

    #[utoipa::path(post, path = "/other")]
    async fn other() {}

    #[test]
    #[should_panic(expected = "/one is not the one path of its operations")]
    fn operations_of_two_paths_are_not_listed_as_of_one() {
        let described = <OpenApiRouter<()> as Routes<()>>::routes(OpenApiRouter::new(), routes!(one, other));
        drop(described);
    }
}
