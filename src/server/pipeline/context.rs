//! The context of the pipeline stages.

use std::{ops::Deref, sync::Arc};

use super::{
    answer::Shares, bodies::BodyBudget, clock_jump::LatestMoment, deliver::RoundRobin, direct::DirectSends,
    faults::Faults, groups::Groups, node::Node,
};
use crate::{
    domain::ids::{ConversationId, IntegrationId},
    server::{
        base::limiter::{Limiter, PAIR_RATE, Rate},
        service::Services,
    },
};

/// The pipeline's layer, and the use cases below it. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline(Arc<Parts>);

pub struct Parts {
    services: Services,
    /// Batched writes of the message path.
    pub groups: Groups,
    pub direct: DirectSends,
    pub round_robin: RoundRobin,
    /// Turns in progress.
    pub shares: Shares,
    pub node: Node,
    pub latest_moment: LatestMoment,
    pub bodies: BodyBudget,
    /// How fast each number sends.
    pub number_rate: Limiter<IntegrationId>,
    /// How fast each customer is written to.
    pub pair_rate: Limiter<ConversationId>,
    pub faults: Faults,
}

impl Deref for Pipeline {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Deref for Parts {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}

impl Pipeline {
    #[must_use]
    pub fn new(services: Services, faults: Faults) -> Self {
        Self(Arc::new(Parts {
            groups: Groups::new(&services.writer),
            direct: DirectSends::default(),
            round_robin: RoundRobin::default(),
            shares: Shares::default(),
            node: Node::default(),
            latest_moment: LatestMoment::default(),
            bodies: BodyBudget::new(services.config.limits.bodies),
            number_rate: Limiter::new(Rate::per_second(services.config.rate_per_number)),
            pair_rate: Limiter::new(PAIR_RATE),
            faults,
            services,
        }))
    }
}
