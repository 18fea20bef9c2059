//! The smallest function with `lambda_http`, on the runtime that our functions have.

use lambda_http::tower::service_fn;
use lambda_http::{Body, Error, Request, Response};

fn main() -> Result<(), Error> {
    let hello = |_: Request| async { Ok::<_, Error>(Response::new(Body::from("{}"))) };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(lambda_http::run(service_fn(hello)))
}
