//! Who stands at the end of a list that grows stays there: when something new comes, and when the list gets smaller because the
//! composer below it grows or a phone's keyboard opens. Who reads further up is not moved.

use leptos::html;

use crate::ui::{browser, prelude::*};

/// How far from the end still counts as the end, in pixels.
const NEAR: i32 = 80;

#[derive(Clone, Copy)]
pub(crate) struct AtEnd {
    list: NodeRef<html::Div>,
    there: StoredValue<bool>,
    /// How far it was scrolled when last looked at.
    top: StoredValue<i32>,
}

impl AtEnd {
    /// Follows the size of the list. The toasts are told how high the element below it is (`--foot`), where one is named.
    pub(crate) fn follow(list: NodeRef<html::Div>, foot: Option<&'static str>) -> Self {
        let at_end = Self { list, there: StoredValue::new(true), top: StoredValue::new(0) };
        effect(move || {
            let Some(element) = list.get() else { return };
            browser::watch_size(&element, move || {
                if let Some(foot) = foot {
                    browser::tell_height("--foot", foot);
                }
                if at_end.is_there() {
                    at_end.jump();
                }
            });
        });
        at_end
    }

    /// Whether the end is on the screen. (The page may be gone by the time somebody asks.)
    pub(crate) fn is_there(self) -> bool {
        self.there.try_get_value() == Some(true)
    }

    /// Goes there, once what is new is drawn.
    pub(crate) fn go(self) {
        self.there.try_set_value(true);
        request_animation_frame(move || self.jump());
    }

    fn jump(self) {
        if let Some(list) = self.list.try_get_untracked().flatten() {
            list.set_scroll_top(list.scroll_height());
            self.top.try_set_value(list.scroll_top());
        }
    }

    /// After scrolling: whether the end is on the screen. Only who goes up leaves it: when the list gets smaller the place stays.
    pub(crate) fn look(self) -> bool {
        let Some(list) = self.list.try_get_untracked().flatten() else { return false };
        let top = list.scroll_top();
        let near = list.scroll_height() - top - list.client_height() < NEAR;
        if near || top < self.top.get_value() {
            self.there.set_value(near);
        }
        self.top.set_value(top);
        near
    }
}
