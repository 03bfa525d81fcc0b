//! Several nodes on one PostgreSQL, with the same load as one: what a message costs the machine's processors in all.

use std::{sync::Arc, time::Duration};

use sqlx::{Connection, PgConnection};

use crate::{
    load,
    sides::Bench,
    support::{Result, server::Running},
    table::{Row, Table, as_float, median, say},
    throughput::{PATIENCE, judge, wait_for_answers},
    traffic::Traffic,
    usage::Usage,
};

/// Messages per second: so few that even three nodes on a small machine are not late.
const RATE: f64 = 150.0;
/// How long nodes settle: who holds which share of the rates is looked at every few seconds.
const SETTLING: Duration = Duration::from_secs(7);
/// How many there are side by side.
const NODES: [usize; 2] = [1, 3];
/// The most that three may cost beside one.
const GOAL: f64 = 1.15;

/// In turn one node and three, as often as there are rounds.
pub(crate) async fn side_by_side(bench: &Bench<'_>, table: &mut Table) -> Result<()> {
    bench.double.take_time(Duration::ZERO, Duration::ZERO);
    let mut costs = NODES.map(|_| Vec::new());
    for _ in 0..bench.options.rounds {
        for (costs, nodes) in costs.iter_mut().zip(NODES) {
            costs.push(cost(bench, nodes).await?);
        }
    }
    let [one, three] = costs.each_ref().map(|costs| median(costs));
    table.add(Row::new("processor per message, one node and its PostgreSQL", format!("{one:.2} ms")));
    let row = Row::new("the same, three nodes", format!("{three:.2} ms, {:.2} of one's", three / one));
    table.add(row.goal("<= 1.15 of one's", three <= one * GOAL));
    Ok(())
}

/// Milliseconds of processor time per message: of all nodes and of the database.
async fn cost(bench: &Bench<'_>, count: usize) -> Result<f64> {
    bench.counts().forget();
    let place = bench.copy_template().await?;
    let mut nodes = Vec::new();
    for number in 0..count {
        // Each has a folder of its own, as on a machine of its own.
        let (name, folder) = (format!("node-{number}"), place.folder.join(number.to_string()));
        std::fs::create_dir_all(&folder)?;
        let settings = [("PARLANCE_NODE_NAME", name.as_str()), ("PARLANCE_DATA_DIR", &folder.display().to_string())];
        let mut node = Running::spawn(&bench.launch(&place, &settings))?;
        node.ready().await?;
        nodes.push(node);
    }
    tokio::time::sleep(SETTLING).await;
    let mut database = PgConnection::connect(&place.url).await?;
    let before = used(&mut database, &nodes).await?;
    let traffic = Arc::new(Traffic::new(&bench.world));
    let span = Duration::from_secs_f64(bench.options.seconds());
    let connections = bench.options.connections / count;
    let mut refused = std::collections::HashSet::new();
    let loads = nodes
        .iter()
        .map(|node| load::fixed_rate(&traffic, node.address, connections, RATE / as_float(count as u64), span));
    for outcome in futures::future::join_all(loads).await {
        refused.extend(outcome?.refused);
    }
    wait_for_answers(bench.counts(), traffic.count(), PATIENCE, Duration::MAX).await;
    let spent = used(&mut database, &nodes).await?.saturating_sub(before);
    if let Some(wrong) = judge(bench.counts(), &traffic, &refused) {
        return Err(format!("{count} nodes: {wrong}").into());
    }
    let each = spent.as_secs_f64() * 1000.0 / as_float(traffic.count());
    say(&format!("  {count} nodes: {each:.2} ms of processor per message"));
    database.close().await?;
    for node in nodes {
        node.kill().await?;
    }
    place.remove().await?;
    Ok(each)
}

/// What the nodes and all of PostgreSQL's processes have used so far.
async fn used(database: &mut PgConnection, nodes: &[Running]) -> Result<Duration> {
    let backends: Vec<i32> = sqlx::query_scalar("select pid from pg_stat_activity").fetch_all(database).await?;
    let backends = backends.into_iter().filter_map(|pid| u32::try_from(pid).ok());
    let mut used = Duration::ZERO;
    for node in nodes {
        let usage = Usage::of(node.pid)?;
        used += usage.user + usage.system;
    }
    // One that has just ended has its time no more.
    for usage in backends.filter_map(|pid| Usage::of(pid).ok()) {
        used += usage.user + usage.system;
    }
    Ok(used)
}
