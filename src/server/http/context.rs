//! The context of plain routes.

use std::{ops::Deref, sync::Arc};

use super::streams::Streams;
use crate::server::{live::Live, pipeline::Pipeline, service::Services};

/// The HTTP layer, and the pipeline below it. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Parts>);

pub struct Parts {
    pipeline: Pipeline,
    pub live: Live,
    /// Open event streams.
    pub streams: Streams,
}

impl Deref for Web {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Deref for Parts {
    type Target = Pipeline;

    fn deref(&self) -> &Pipeline {
        &self.pipeline
    }
}

impl Web {
    #[must_use]
    pub fn new(pipeline: Pipeline) -> Self {
        let services: &Services = &pipeline;
        Self(Arc::new(Parts {
            live: Live::new(services.clone()),
            streams: Streams::new(pipeline.config.limits),
            pipeline,
        }))
    }
}
