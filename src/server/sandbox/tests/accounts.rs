//! Workspaces apart from each other, and numbers that come and go.

use axum::http::StatusCode;

use super::{
    super::{Delays, SandboxError},
    World,
};
use crate::{domain::content::Content, server::base::clock::mint_id};

#[tokio::test]
async fn workspaces_do_not_see_each_other() {
    let world = World::connected(Delays::none()).await;
    let ada = world.first_customer().await;
    world.write(&ada, "private").await;
    let stranger = mint_id();
    let theirs = world.sandbox.provision(stranger, "Strangers").await.unwrap();

    let overview = world.sandbox.overview(stranger).await.unwrap();
    assert_eq!((overview.numbers.len(), overview.customers.len()), (1, 1));
    assert_eq!(overview.numbers[0].phone_number_id, theirs.phone_number_id);
    assert_ne!(overview.customers[0].phone, ada.phone);
    assert_eq!(world.sandbox.thread(stranger, ada.id).await.unwrap(), None);
    assert_eq!(world.sandbox.send_as_customer(stranger, ada.id, &Content::text("hi")).await.unwrap(), None);
    let added = world.sandbox.add_customer(stranger, &world.credentials.phone_number_id, "Eve", false).await;
    assert!(matches!(added, Err(SandboxError::UnknownNumber)));
    assert_eq!(world.thread(&ada).await.messages.len(), 1);
    assert_eq!(world.sandbox.overview(mint_id()).await.unwrap().numbers, []);
}

#[tokio::test]
async fn forgotten_number_takes_everything_along_and_never_returns() {
    let world = World::connected(Delays::none()).await;
    let ada = world.first_customer().await;
    world.write(&ada, "last words").await;
    world.sandbox.forget(&world.credentials.phone_number_id).await.unwrap();
    world.sandbox.forget(&world.credentials.phone_number_id).await.unwrap();
    world.settle().await;
    assert!(world.posted().is_empty());
    assert_eq!(world.sandbox.thread(world.workspace, ada.id).await.unwrap(), None);
    assert_eq!(world.graph("GET", "me", None).await.0, StatusCode::UNAUTHORIZED);

    let next = world.sandbox.provision(world.workspace, "Next").await.unwrap();
    assert_ne!(next.display_phone_number, world.credentials.display_phone_number);
    assert_ne!(world.first_customer().await.phone, ada.phone, "else the product would take them for Ada");
}

#[tokio::test]
async fn names_and_texts_have_limits() {
    let world = World::new(Delays::none()).await;
    let ada = world.first_customer().await;
    assert_eq!((ada.name.as_str(), ada.phone.as_deref()), ("Ada Example", Some("+1 555-020-0001")));
    for name in ["", "  ", &"x".repeat(101)] {
        let added = world.sandbox.add_customer(world.workspace, &world.credentials.phone_number_id, name, false).await;
        assert!(matches!(added, Err(SandboxError::InvalidName)));
    }
    for text in ["", " \n", &"x".repeat(4097)] {
        let sent = world.sandbox.send_as_customer(world.workspace, ada.id, &Content::text(text)).await;
        assert!(matches!(sent, Err(SandboxError::InvalidText)));
    }
    let shown = format!("{:?}", world.credentials);
    assert!(!shown.contains(&world.credentials.app_secret) && !shown.contains(&world.credentials.access_token));
}

#[cfg(unix)]
#[tokio::test]
async fn file_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(Delays::none()).await;
    for entry in std::fs::read_dir(world.dir.path()).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
