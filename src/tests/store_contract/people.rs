//! Users, sessions, tokens, the throttle, and contacts with their identities.

use super::{Bench, START};
use crate::{
    domain::{contact::IdentityKind, ids::ContactId, role::Role},
    server::{
        base::clock::mint_id,
        store::{
            StoreError,
            account::{self, UserRow},
            contact::{self, Identity, Profile},
            session, throttle,
            token::{self, NewToken, ValidToken},
        },
    },
    tests::{app::Database, on_both_databases},
};

on_both_databases!(
    an_address_belongs_to_one_user,
    the_installation_is_claimed_once,
    sessions_are_found_until_they_end,
    sessions_of_one_user_end_together,
    failures_are_counted_and_forgotten,
    tokens_are_found_until_they_end,
    a_contact_is_found_by_any_of_its_names,
    names_that_mean_two_people_stay_apart,
    what_is_known_of_a_contact_only_grows,
    the_same_name_elsewhere_is_somebody_else,
);

async fn an_address_belongs_to_one_user(database: Database) {
    let mut b = Bench::new(database).await;
    assert!(!account::has_users(&mut b.conn).await.unwrap());
    let id = b.user("ada@example.com").await;
    assert!(account::has_users(&mut b.conn).await.unwrap());
    let twice = UserRow { id: mint_id(), email: "ada@example.com".into(), name: "x".into(), password_hash: "x".into() };
    assert!(matches!(account::insert_user(&mut b.conn, &twice, START).await, Err(StoreError::Conflict(_))));
    let twice = account::insert_membership(&mut b.conn, b.ws, id, Role::Agent, START).await;
    assert!(matches!(twice, Err(StoreError::Conflict(_))));
    let nowhere = account::insert_membership(&mut b.conn, mint_id(), id, Role::Agent, START).await;
    assert!(matches!(nowhere, Err(StoreError::Conflict(_))));
    // Of several memberships the oldest comes first.
    let second = b.workspace("Second").await;
    account::insert_membership(&mut b.conn, second, id, Role::Agent, START + 1).await.unwrap();
    let members = account::list_memberships(&mut b.conn, id).await.unwrap();
    let places: Vec<_> = members.iter().map(|m| (m.workspace_id, m.role, m.workspace_name.as_str())).collect();
    assert_eq!(places, [(b.ws, Role::Owner, "Shop"), (second, Role::Agent, "Second")]);
    let member = account::find_member(&mut b.conn, second, id).await.unwrap().unwrap();
    assert_eq!((member.workspace_id, member.role), (second, Role::Agent));
    assert!(account::find_member(&mut b.conn, mint_id(), id).await.unwrap().is_none());
    assert!(account::set_password(&mut b.conn, id, "new").await.unwrap());
    assert!(!account::set_password(&mut b.conn, mint_id(), "new").await.unwrap());
    let found = account::find_user_by_email(&mut b.conn, "ada@example.com").await.unwrap().unwrap();
    assert_eq!((found.id, found.password_hash.as_str()), (id, "new"));
    assert!(account::find_user_by_email(&mut b.conn, "ADA@example.com").await.unwrap().is_none());
    assert_eq!(account::find_workspace_by_name(&mut b.conn, "Second").await.unwrap(), Some(second));
    assert_eq!(account::find_workspace_by_name(&mut b.conn, "second").await.unwrap(), None);
}

async fn the_installation_is_claimed_once(database: Database) {
    let mut b = Bench::new(database).await;
    let second = b.workspace("Second").await;
    assert!(account::claim_installation(&mut b.conn, b.ws, START).await.unwrap());
    assert!(!account::claim_installation(&mut b.conn, second, START).await.unwrap());
    account::delete_workspace(&mut b.conn, second).await.unwrap();
    assert_eq!(account::first_workspaces(&mut b.conn).await.unwrap(), [b.ws]);
}

async fn sessions_are_found_until_they_end(database: Database) {
    let mut b = Bench::new(database).await;
    let c = &mut b.conn;
    assert!(session::save(c, b"a", None, "{}", START + 10, (START, true)).await.unwrap());
    assert!(!session::save(c, b"a", None, "taken", START + 99, (START, true)).await.unwrap());
    let kept = session::find(c, b"a", START).await.unwrap().unwrap();
    assert_eq!((kept.data.as_str(), kept.expires_at), ("{}", START + 10));
    assert!(session::find(c, b"a", START + 9).await.unwrap().is_some());
    assert!(session::find(c, b"a", START + 10).await.unwrap().is_none());
    assert!(session::save(c, b"a", None, "new", START + 20, (START, false)).await.unwrap());
    let kept = session::find(c, b"a", START + 10).await.unwrap().unwrap();
    assert_eq!((kept.data.as_str(), kept.expires_at), ("new", START + 20));
    // One that has ended does not come back.
    assert!(!session::save(c, b"b", None, "{}", START + 30, (START, false)).await.unwrap());
    assert!(session::save(c, b"b", None, "{}", START + 30, (START, true)).await.unwrap());
    session::delete_expired(c, START + 20).await.unwrap();
    assert!(session::find(c, b"a", START).await.unwrap().is_none());
    assert!(session::find(c, b"b", START).await.unwrap().is_some());
    session::delete(c, b"b").await.unwrap();
    assert!(session::find(c, b"b", START).await.unwrap().is_none());
}

async fn sessions_of_one_user_end_together(database: Database) {
    let mut b = Bench::new(database).await;
    let (ada, bob) = (b.user("ada@example.com").await, b.user("bob@example.com").await);
    for (key, user) in [(b"a", Some(ada)), (b"b", Some(bob)), (b"c", None)] {
        session::save(&mut b.conn, key, user, "{}", START + 10, (START, true)).await.unwrap();
    }
    // A session becomes a user's when they sign in.
    session::save(&mut b.conn, b"c", Some(ada), "{}", START + 10, (START, false)).await.unwrap();
    session::delete_of_user(&mut b.conn, ada).await.unwrap();
    let mut left = Vec::new();
    for key in [b"a", b"b", b"c"] {
        left.push(session::find(&mut b.conn, key, START).await.unwrap().is_some());
    }
    assert_eq!(left, [false, true, false]);
}

async fn failures_are_counted_and_forgotten(database: Database) {
    let mut b = Bench::new(database).await;
    let c = &mut b.conn;
    assert_eq!(throttle::find(c, b"k").await.unwrap(), None);
    for i in 1..=3 {
        assert_eq!(throttle::count(c, b"k", START + i, START - 100).await.unwrap(), i);
        assert_eq!(throttle::find(c, b"k").await.unwrap(), Some((i, START + i)));
    }
    throttle::count(c, b"k", START + 500, START + 400).await.unwrap();
    assert_eq!(throttle::find(c, b"k").await.unwrap(), Some((1, START + 500)));
    throttle::count(c, b"l", START, START).await.unwrap();
    throttle::forget(c, START + 1).await.unwrap();
    assert_eq!(throttle::find(c, b"l").await.unwrap(), None);
    assert!(throttle::find(c, b"k").await.unwrap().is_some());
    throttle::clear(c, b"k").await.unwrap();
    assert_eq!(throttle::find(c, b"k").await.unwrap(), None);
}

async fn tokens_are_found_until_they_end(database: Database) {
    let mut b = Bench::new(database).await;
    let (user, ws) = (b.user("ada@example.com").await, b.ws);
    let c = &mut b.conn;
    let new = |hash: &[u8], expires_at| NewToken {
        id: mint_id(),
        workspace_id: ws,
        user_id: user,
        name: "t".into(),
        last4: "0000".into(),
        token_hash: hash.to_vec(),
        scopes: "read".into(),
        expires_at,
    };
    let valid = |id, last_used_at| {
        Some(ValidToken { id, user_id: user, workspace_id: ws, last_used_at, scopes: "read".into() })
    };
    let (short, long) = (new(b"short", Some(START + 10)), new(b"long", None));
    token::insert(c, &short, START).await.unwrap();
    token::insert(c, &long, START + 1).await.unwrap();
    assert!(matches!(token::insert(c, &new(b"long", None), START).await, Err(StoreError::Conflict(_))));
    assert_eq!(token::find_valid(c, b"short", START + 9).await.unwrap(), valid(short.id, None));
    assert_eq!(token::find_valid(c, b"short", START + 10).await.unwrap(), None);
    assert_eq!(token::find_valid(c, b"other", START).await.unwrap(), None);
    token::touch(c, long.id, START + 5).await.unwrap();
    assert_eq!(token::find_valid(c, b"long", i64::MAX).await.unwrap(), valid(long.id, Some(START + 5)));
    let listed = token::list(c, ws, user, START).await.unwrap();
    assert_eq!(listed.iter().map(|t| t.id).collect::<Vec<_>>(), [long.id, short.id]);
    assert_eq!(token::list(c, ws, user, START + 10).await.unwrap().len(), 1);
    assert_eq!(token::list(c, mint_id(), user, START).await.unwrap().len(), 0);
    for (workspace, owner) in [(ws, mint_id()), (mint_id(), user)] {
        assert!(!token::revoke(c, workspace, owner, long.id, START).await.unwrap());
    }
    assert!(token::revoke(c, ws, user, long.id, START).await.unwrap());
    assert!(!token::revoke(c, ws, user, long.id, START).await.unwrap());
    assert_eq!(token::find_valid(c, b"long", START).await.unwrap(), None);
}

fn wa(value: &str) -> Identity {
    Identity { kind: IdentityKind::WaId, scope: String::new(), value: value.into() }
}

fn user(value: &str) -> Identity {
    Identity { kind: IdentityKind::UserId, scope: "102".into(), value: value.into() }
}

fn parent(value: &str) -> Identity {
    Identity { kind: IdentityKind::ParentUserId, scope: String::new(), value: value.into() }
}

async fn resolve(b: &mut Bench, identities: &[Identity]) -> ContactId {
    contact::resolve(&mut b.conn, b.ws, identities, &Profile::default(), mint_id(), START).await.unwrap().id
}

/// Whatever the order in which WhatsApp tells the names of a customer, it is one contact.
async fn a_contact_is_found_by_any_of_its_names(database: Database) {
    let mut b = Bench::new(database).await;
    let all = |n: usize| [user(&format!("US.{n}")), wa(&format!("49151{n}")), parent(&format!("US.P{n}"))];
    // Each way: what the first message told, then the second, then one of the names alone.
    let ways: [(&[usize], &[usize]); 9] = [
        (&[0], &[0, 1, 2]),
        (&[1], &[0, 1, 2]),
        (&[2], &[0, 1, 2]),
        (&[0, 1], &[1, 2]),
        (&[1, 2], &[0, 2]),
        (&[0, 2], &[0, 1]),
        (&[1, 0], &[2, 1]),
        (&[2, 1], &[1, 0]),
        (&[0, 1, 2], &[2, 1, 0]),
    ];
    for (n, (first, second)) in ways.into_iter().enumerate() {
        let names = all(n);
        let pick = |places: &[usize]| places.iter().map(|i| names[*i].clone()).collect::<Vec<_>>();
        let id = resolve(&mut b, &pick(first)).await;
        assert_eq!(resolve(&mut b, &pick(second)).await, id, "{first:?} {second:?}");
        for name in &names {
            assert_eq!(resolve(&mut b, std::slice::from_ref(name)).await, id, "{first:?} {second:?} {name:?}");
        }
        assert_eq!(contact::list_identities(&mut b.conn, b.ws, id).await.unwrap().len(), 3);
    }
    assert_eq!(b.count("select count(*) from contacts").await, 9);
}

/// A recycled phone number must not pull two people together.
async fn names_that_mean_two_people_stay_apart(database: Database) {
    let mut b = Bench::new(database).await;
    let ada = resolve(&mut b, &[user("US.1"), wa("491511")]).await;
    let bob = resolve(&mut b, &[user("US.2"), wa("491512")]).await;
    // The strongest name comes first and decides; the other keeps its meaning.
    assert_eq!(resolve(&mut b, &[user("US.2"), wa("491511")]).await, bob);
    assert_eq!(resolve(&mut b, &[wa("491511")]).await, ada);
    assert_eq!(resolve(&mut b, &[wa("491511"), user("US.2")]).await, ada);
    assert_eq!(b.count("select count(*) from contacts").await, 2);
}

async fn what_is_known_of_a_contact_only_grows(database: Database) {
    let mut b = Bench::new(database).await;
    let told = |name: Option<&str>, username: Option<&str>, phone: Option<&str>| Profile {
        name: name.map(str::to_owned),
        username: username.map(str::to_owned),
        phone: phone.map(str::to_owned),
    };
    let ws = b.ws;
    let mut id = ContactId::nil();
    for profile in [
        told(Some("Ada"), None, None),
        told(None, Some("ada"), None),
        told(None, None, Some("491511")),
        told(Some("Ada L."), None, None),
        Profile::default(),
    ] {
        id = contact::resolve(&mut b.conn, ws, &[user("US.1")], &profile, mint_id(), START).await.unwrap().id;
    }
    let found = contact::find(&mut b.conn, ws, id).await.unwrap().unwrap();
    let known = (found.name.as_deref(), found.username.as_deref(), found.phone.as_deref());
    assert_eq!(known, (Some("Ada L."), Some("ada"), Some("491511")));
    assert!(contact::find(&mut b.conn, mint_id(), id).await.unwrap().is_none());
}

async fn the_same_name_elsewhere_is_somebody_else(database: Database) {
    let mut b = Bench::new(database).await;
    let here = resolve(&mut b, &[wa("491511")]).await;
    // A BSUID is valid for its business account only.
    let one = resolve(&mut b, &[user("US.1")]).await;
    let other = Identity { scope: "103".into(), ..user("US.1") };
    assert_ne!(resolve(&mut b, &[other]).await, one);
    b.ws = b.workspace("Other").await;
    assert_ne!(resolve(&mut b, &[wa("491511")]).await, here);
    assert_ne!(resolve(&mut b, &[user("US.1")]).await, one);
    assert!(contact::list_identities(&mut b.conn, b.ws, here).await.unwrap().is_empty());
}
