//! The conversations that are listed, kept true while they change: pages that continue each other without a hole, and rows
//! that are asked for one by one when something happened in them, wherever they stand.

use std::sync::Arc;

use leptos::task::spawn_local;

use super::place::{Filter, Place};
use crate::{
    api::conversations::list_conversations,
    domain::{
        conversation::{ConversationPage, ConversationSummary, parse_place},
        ids::ConversationId,
    },
    error::{ApiError, ApiResult},
    ui::{
        live::{CHANGED_MAX, Live, add, use_live},
        prelude::*,
        state::{
            data::{Data, load},
            guard::guarded,
            work::Work,
        },
    },
};

/// The most rows that are reloaded at once, when everything has to be.
const RELOADED: usize = 300;
/// With fewer rows than this, the next page is loaded without being asked for.
const SHORT: usize = 20;

/// How many rows may come up from below, or be new, beyond those that were loaded. Nobody looks at the last of a list that
/// grows all day, but each row costs memory and, a little, work for each event.
const GROWN: usize = 100;

/// What was loaded: for which filter, and after which moment from which on everything had to be loaded again.
type Of = (Filter, u32);

/// Rows in their order, and where they go on.
#[derive(Clone)]
pub(super) struct Rows {
    of: Of,
    pub(super) rows: Vec<Arc<ConversationSummary>>,
    /// How many of them somebody has asked for.
    loaded: usize,
    /// Where the rows go on that are not loaded.
    pub(super) next: Option<String>,
    pub(super) only_filtered: bool,
}

impl Rows {
    fn new(of: Of, page: &ConversationPage) -> Self {
        let rows: Vec<_> = page.rows.iter().cloned().map(Arc::new).collect();
        Self { of, loaded: rows.len(), rows, next: page.next.clone(), only_filtered: page.only_filtered }
    }

    /// Adds the page below. Rows that were overtaken meanwhile stay where they went.
    fn add(&mut self, page: ConversationPage) {
        for row in page.rows {
            if self.rows.iter().all(|r| r.id != row.id) {
                self.rows.push(Arc::new(row));
            }
        }
        self.loaded = self.rows.len();
        self.next = page.next;
    }

    /// Takes what became of some conversations: those that `page` does not hold have left the list. What belongs below
    /// all that is loaded comes with the page that it is in.
    fn renew(&mut self, asked: &[ConversationId], page: ConversationPage) {
        self.rows.retain(|row| !asked.contains(&row.id));
        let waiting = self.of.0.waiting;
        let bottom = self.next.as_deref().and_then(parse_place);
        for row in page.rows {
            let place = row.place(waiting);
            if bottom.is_none_or(|bottom| place >= bottom) {
                let at = self.rows.partition_point(|r| r.place(waiting) > place);
                self.rows.insert(at, Arc::new(row));
            }
        }
        self.only_filtered = page.only_filtered || !self.rows.is_empty();
        self.cut();
    }

    /// Drops the last rows where there are too many. They come again when they are asked for.
    fn cut(&mut self) {
        if self.rows.len() > self.loaded + GROWN {
            self.rows.truncate(self.loaded + GROWN);
            self.next = self.rows.last().map(|row| {
                let (at, id) = row.place(self.of.0.waiting);
                format!("{at}.{id}")
            });
        }
    }
}

/// The list and what keeps it going.
#[derive(Clone, Copy)]
pub(super) struct Listed {
    place: Place,
    live: Live,
    first: Data<(Filter, u32, ConversationPage)>,
    rows: RwSignal<Option<Rows>>,
    changed: StoredValue<Vec<ConversationId>>,
    asking: StoredValue<bool>,
    error: RwSignal<Option<ApiError>>,
    more: Work,
    renewed: RwSignal<u32>,
}

/// Loads `count` rows, or a page.
async fn read(filter: Filter, count: usize) -> ApiResult<ConversationPage> {
    let page = |before| guarded(list_conversations(filter, before, None));
    let mut all = page(None).await?;
    while all.rows.len() < count
        && let Some(next) = all.next.take()
    {
        let further = page(Some(next)).await?;
        let known: Vec<ConversationId> = all.rows.iter().map(|row| row.id).collect();
        all.rows.extend(further.rows.into_iter().filter(|row| !known.contains(&row.id)));
        all.next = further.next;
    }
    Ok(all)
}

pub(super) fn list(place: Place) -> Listed {
    let live = use_live();
    let rows = RwSignal::new(None::<Rows>);
    let first = load(
        move || (place.filter.get(), live.everything()),
        move |(filter, version)| {
            let shown = rows.with_untracked(|r| r.as_ref().filter(|r| r.of.0 == filter).map_or(0, |r| r.rows.len()));
            async move { Ok((filter, version, read(filter, shown.min(RELOADED)).await?)) }
        },
    );
    let listed = Listed {
        place,
        live,
        first,
        rows,
        changed: StoredValue::new(Vec::new()),
        asking: StoredValue::new(false),
        error: RwSignal::new(None),
        more: Work::new(),
        renewed: RwSignal::new(0),
    };
    listed.follow();
    listed
}

impl Listed {
    fn follow(self) {
        effect(move || {
            self.first.with(|loaded| {
                if let Some(Ok((filter, version, page))) = loaded {
                    self.error.set(None);
                    self.renewed.update(|n| *n = n.wrapping_add(1));
                    self.rows.set(Some(Rows::new((*filter, *version), page)));
                }
            });
            self.ask();
        });
        effect(move || {
            self.note(self.live.take_changed());
            // When the line is back, or more was loaded, what changed meanwhile is asked for.
            let (_, _) = (self.live.is_lost(), self.more.busy().get());
            self.ask();
        });
        effect(move || {
            let listed = self.rows.with(|r| r.as_ref().map(|r| (r.of.0, r.rows.iter().map(|row| row.id).collect())));
            if let Some((filter, order)) = listed {
                self.place.list(filter, order);
            }
        });
    }

    /// What is shown: the rows as they were kept, and before that what was loaded with the page.
    pub(super) fn shown(self) -> Option<Rows> {
        let kept = self.rows.get();
        self.first.with(|loaded| match loaded? {
            Ok((filter, version, page)) => Some(
                kept.filter(|r| r.of == (*filter, *version)).unwrap_or_else(|| Rows::new((*filter, *version), page)),
            ),
            // What is known is not taken away because it cannot be loaded again.
            Err(_) => kept.filter(|r| r.of.0 == self.place.filter.get()),
        })
    }

    pub(super) fn error(self) -> Option<ApiError> {
        self.first.with(|loaded| loaded.and_then(|l| l.as_ref().err().cloned())).or_else(|| self.error.get())
    }

    pub(super) fn try_again(self) {
        self.error.set(None);
        self.first.refetch();
    }

    /// Grows whenever something has changed in what is listed, or may have.
    pub(super) fn renewed(self) -> u32 {
        self.renewed.get()
    }

    pub(super) const fn more(self) -> Work {
        self.more
    }

    pub(super) fn load_more(self) {
        let Some((of, Some(before))) = self.rows.with_untracked(|r| r.as_ref().map(|r| (r.of, r.next.clone()))) else {
            return;
        };
        self.more.run(list_conversations(of.0, Some(before), None), move |page| {
            self.rows.update(|rows| {
                if let Some(rows) = rows.as_mut().filter(|r| r.of == of) {
                    rows.add(page);
                }
            });
        });
    }

    /// Keeps in mind to ask about them, each once. Of too many the whole list is loaded instead.
    fn note(self, ids: Vec<ConversationId>) {
        let count = self.changed.try_update_value(|changed| {
            ids.into_iter().for_each(|id| add(changed, id));
            changed.len()
        });
        if count.is_some_and(|count| count > CHANGED_MAX) {
            self.changed.set_value(Vec::new());
            self.live.miss_everything();
        }
    }

    /// Asks what became of the conversations that changed: one question at a time, and none while rows are on their way that
    /// may be older than the change.
    fn ask(self) {
        let of = (self.place.filter.get_untracked(), self.live.everything_untracked());
        let is_settled = self.rows.with_untracked(|r| r.as_ref().is_some_and(|r| r.of == of));
        if !is_settled || self.asking.get_value() || self.more.busy().get_untracked() {
            return;
        }
        let asked = self.changed.try_update_value(std::mem::take).unwrap_or_default();
        if asked.is_empty() {
            return;
        }
        self.asking.set_value(true);
        spawn_local(async move {
            let answer = guarded(list_conversations(of.0, None, Some(asked.clone()))).await;
            // The page may be gone.
            if self.asking.try_set_value(false).is_some() {
                return;
            }
            self.error.set(answer.as_ref().err().cloned());
            match answer {
                Ok(page) => {
                    self.renew(of, &asked, page);
                    self.renewed.update(|n| *n = n.wrapping_add(1));
                }
                Err(_) => self.note(asked),
            }
        });
    }

    fn renew(self, of: Of, asked: &[ConversationId], page: ConversationPage) {
        let mut is_short = false;
        self.rows.update(|rows| {
            if let Some(rows) = rows.as_mut().filter(|r| r.of == of) {
                rows.renew(asked, page);
                is_short = rows.next.is_some() && rows.rows.len() < SHORT;
            }
        });
        if is_short {
            self.load_more();
        }
        self.ask();
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Rows;
    use crate::{
        domain::{
            channel::Channel,
            conversation::{Answering, ConversationPage, ConversationStatus, ConversationSummary, Mode},
            ids::ConversationId,
            message::{Author, MessageState},
        },
        ui::pages::inbox::place::Filter,
    };

    fn row((id, at): (u128, i64)) -> ConversationSummary {
        ConversationSummary {
            id: ConversationId::from_u128(id),
            channel: Channel::Web,
            name: String::new(),
            mode: Mode::Bot,
            status: ConversationStatus::Open,
            unread: 0,
            preview: String::new(),
            preview_author: Author::Contact,
            preview_mine: false,
            preview_name: None,
            answering: Answering::Bot,
            answering_name: None,
            preview_state: MessageState::Received,
            last_message_at: at,
            waiting_since: None,
            assignee: None,
            labels: Vec::new(),
        }
    }

    fn page(rows: &[(u128, i64)], goes_on: bool) -> ConversationPage {
        let rows: Vec<_> = rows.iter().copied().map(row).collect();
        let next = rows.last().filter(|_| goes_on).map(|r| format!("{}.{}", r.last_message_at, r.id));
        ConversationPage { rows, next, only_filtered: false }
    }

    fn loaded(first: &[(u128, i64)], goes_on: bool) -> Rows {
        Rows::new((Filter::default(), 0), &page(first, goes_on))
    }

    fn ids(rows: &Rows) -> Vec<u128> {
        rows.rows.iter().map(|r| Uuid::from(r.id).as_u128()).collect()
    }

    #[test]
    fn a_row_goes_where_it_belongs() {
        let asked = |ids: &[u128]| ids.iter().copied().map(ConversationId::from_u128).collect::<Vec<_>>();
        let mut rows = loaded(&[(1, 90), (2, 80), (3, 70)], true);
        rows.renew(&asked(&[3]), page(&[(3, 95)], false));
        assert_eq!(ids(&rows), [3, 1, 2], "it overtakes the others");
        rows.renew(&asked(&[1, 4]), page(&[(4, 99), (1, 90)], false));
        assert_eq!(ids(&rows), [4, 3, 1, 2], "one is new, one keeps its place");
        rows.renew(&asked(&[3]), page(&[], false));
        assert_eq!(ids(&rows), [4, 1, 2], "what the filter does not let through any more is gone");
        rows.renew(&asked(&[9]), page(&[(9, 60)], false));
        assert_eq!(ids(&rows), [4, 1, 2], "below what is loaded there would be a hole above it");
        rows.add(page(&[(9, 60), (4, 50), (8, 40)], false));
        assert_eq!(ids(&rows), [4, 1, 2, 9, 8], "the page brings it; what was overtaken stays where it went");
        rows.renew(&asked(&[7]), page(&[(7, 10)], false));
        assert_eq!(ids(&rows), [4, 1, 2, 9, 8, 7], "nothing is below when all is loaded");
    }

    #[test]
    fn a_list_does_not_grow_all_day() {
        let mut rows = loaded(&[(1, 90), (2, 80), (3, 70)], false);
        let news = 1000..1000 + i64::try_from(super::GROWN).unwrap();
        for at in news.clone() {
            let id = u128::try_from(at).unwrap();
            rows.renew(&[ConversationId::from_u128(id)], page(&[(id, at)], false));
        }
        assert_eq!((rows.rows.len(), rows.next.as_deref()), (super::GROWN + 3, None), "all that there is");
        rows.renew(&[ConversationId::from_u128(9)], page(&[(9, 9999)], false));
        assert_eq!(rows.rows.len(), super::GROWN + 3);
        assert_eq!(
            rows.next,
            Some(format!("80.{}", ConversationId::from_u128(2))),
            "the list goes on below what is left of it"
        );
        rows.add(page(&[(3, 70)], false));
        rows.renew(&[ConversationId::from_u128(10)], page(&[(10, 99_999)], false));
        assert_eq!(rows.rows.len(), super::GROWN + 5, "what was asked for stays");
    }

    #[test]
    fn the_last_row_of_a_page_stays_when_it_changes() {
        let mut rows = loaded(&[(1, 90), (2, 80)], true);
        rows.renew(&[ConversationId::from_u128(2)], page(&[(2, 80)], false));
        assert_eq!(ids(&rows), [1, 2]);
    }
}
