//! How operations travel: as Leptos' `Http<Json, Json>`.
//!
//! In the browser that would compile the whole call once for each operation. Here each has its own JSON only, and all
//! share one call.

use std::pin::Pin;

use leptos::server_fn::{
    Bytes, Http, Protocol,
    client::Client,
    codec::{FromReq, FromRes, IntoReq, IntoRes, Json},
    error::{FromServerFnError, ServerFnErrorErr},
    request::ClientReq,
    response::ClientRes,
    server::Server,
};
use serde::{Serialize, de::DeserializeOwned};

use super::reader::read;
use crate::error::{ApiError, ApiResult};

const JSON: &str = "application/json";

/// The protocol of every server function.
pub struct Wire;

impl<I, O, C, S> Protocol<I, O, C, S, ApiError> for Wire
where
    I: IntoReq<Json, C::Request, ApiError> + FromReq<Json, S::Request, ApiError> + Serialize + Send,
    O: IntoRes<Json, S::Response, ApiError> + FromRes<Json, C::Response, ApiError> + DeserializeOwned + Send,
    C: Client<ApiError>,
    S: Server<ApiError>,
{
    const METHOD: http::Method = <Http<Json, Json> as Protocol<I, O, C, S, ApiError>>::METHOD;

    fn run_server<F, Fut>(request: S::Request, operation: F) -> impl Future<Output = ApiResult<S::Response>> + Send
    where
        F: Fn(I) -> Fut + Send,
        Fut: Future<Output = ApiResult<O>> + Send,
    {
        // What an operation says of itself may come from where nobody knew who asks.
        let told = move |input: I| {
            let outcome = operation(input);
            async move { outcome.await.map_err(ApiError::retold) }
        };
        <Http<Json, Json> as Protocol<I, O, C, S, ApiError>>::run_server(request, told)
    }

    fn run_client(path: &str, input: I) -> impl Future<Output = ApiResult<O>> + Send {
        let call = call::<C>(path, serde_json::to_vec(&input));
        async move { read(&call.await?).map_err(|error| unreadable(&error)) }
    }
}

/// One call: sends the input and gives back the body of a good answer.
fn call<C: Client<ApiError>>(
    path: &str,
    input: Result<Vec<u8>, serde_json::Error>,
) -> Pin<Box<dyn Future<Output = ApiResult<Bytes>> + Send + '_>> {
    Box::pin(async move {
        let input = input.map_err(|error| unreadable(&error))?;
        let request = C::Request::try_new_post_bytes(path, JSON, JSON, input.into())?;
        let response = C::send(request).await?;
        let refused = response.status() >= 400;
        let body = response.try_into_bytes().await?;
        if refused { Err(read(&body).unwrap_or_else(|error| unreadable(&error))) } else { Ok(body) }
    })
}

/// Input or answer is not what both sides agreed on: page and server are not of one version.
fn unreadable(error: &dyn std::error::Error) -> ApiError {
    ApiError::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string()))
}
