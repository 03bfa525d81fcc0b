//! Looks after the keyboard focus. What holds it may go away: a row that was deleted, a pane that is hidden, a button that
//! gave way to another. The browser then leaves it nowhere; here it moves on to what stands in its place.

use std::cell::{Cell, RefCell};

use leptos::{
    prelude::{document, request_animation_frame, window},
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::{Element, HtmlElement},
};

/// What Tab stops at, and what of it takes letters: there the keys of the inbox would only be typed.
const STOPS: &str = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
const FIELDS: &str = "input, select, textarea";

/// What takes a person out of the page for a moment: the focus goes back to where it was before.
const ASIDE: &str = "dialog, .toasts";

/// Where the focus was: the element, and the way down to it, as each ancestor with the place of the next one in it.
#[derive(Clone)]
struct Spot {
    element: HtmlElement,
    way: Vec<(Element, u32)>,
}

thread_local! {
    /// Where it was last, and where it was last outside of dialogs.
    static LAST: RefCell<Option<Spot>> = const { RefCell::new(None) };
    static OUTSIDE: RefCell<Option<Spot>> = const { RefCell::new(None) };
    static PLANNED: Cell<bool> = const { Cell::new(false) };
}

impl Spot {
    fn of(element: HtmlElement) -> Self {
        let mut way = Vec::new();
        let mut child: Element = element.clone().into();
        while let Some(parent) = child.parent_element() {
            let mut place = 0;
            let mut before = child.previous_element_sibling();
            while let Some(sibling) = before {
                place += 1;
                before = sibling.previous_element_sibling();
            }
            way.push((parent.clone(), place));
            child = parent;
        }
        Self { element, way }
    }

    fn was_aside(&self) -> bool {
        self.element.matches(ASIDE).unwrap_or(false)
            || self.way.iter().any(|(ancestor, _)| ancestor.matches(ASIDE).unwrap_or(false))
    }

    /// Gives it the focus. Focus that was not in a field is not moved into one.
    fn offer(&self, element: &Element) -> bool {
        let is_field = |element: &Element| element.matches(FIELDS).unwrap_or(false);
        (!is_field(element) || is_field(&self.element)) && take(element)
    }

    fn offer_within(&self, root: &Element, from_end: bool) -> bool {
        let mut found = all(root, STOPS);
        if from_end {
            found.reverse();
        }
        found.iter().any(|element| self.offer(element))
    }

    /// Focuses what stands now where the element stood, or near it; `false` when there is nothing before the page as a whole.
    fn follow(&self) -> bool {
        // The innermost ancestor that is still there and shown.
        let Some(base) = self.way.iter().position(|(ancestor, _)| is_shown(ancestor)) else { return false };
        let Some((start, _)) = self.way.get(base) else { return false };
        let mut at = start.clone();
        let mut beyond = false;
        for (_, place) in self.way.iter().take(base + 1).rev() {
            let children = at.children();
            let Some(last) = children.length().checked_sub(1) else { break };
            beyond |= *place > last;
            let Some(child) = children.item((*place).min(last)) else { break };
            at = child;
        }
        // From there outwards, as far as the page's main part or the dialog reaches.
        loop {
            if at.matches("main, body, dialog").unwrap_or(true) {
                return false;
            }
            if self.offer(&at) || self.offer_within(&at, beyond) {
                return true;
            }
            let Some(parent) = at.parent_element() else { return false };
            at = parent;
        }
    }
}

fn is_shown(element: &Element) -> bool {
    let boxed = element.dyn_ref::<HtmlElement>().is_none_or(|e| e.offset_width() > 0 || e.offset_height() > 0);
    element.is_connected() && boxed
}

fn is_fine(element: &HtmlElement) -> bool {
    is_shown(element) && !element.matches(":disabled").unwrap_or(false)
}

/// What has the focus; none when nothing but the page has it.
fn active() -> Option<HtmlElement> {
    let active = document().active_element()?.dyn_into::<HtmlElement>().ok()?;
    (!active.matches("body, html").unwrap_or(false)).then_some(active)
}

/// Gives it the focus, if it can take it.
fn take(element: &Element) -> bool {
    let Some(element) = element.dyn_ref::<HtmlElement>() else { return false };
    // What has just been hidden has the focus still, until the browser notices.
    if !is_fine(element) {
        return false;
    }
    let _ = element.focus();
    document().active_element().is_some_and(|active| active.is_same_node(Some(element)))
}

/// Gives the focus to the first of those inside that can take it.
fn take_within(root: &Element, selector: &str) -> bool {
    all(root, selector).iter().any(take)
}

/// All elements inside that fit.
fn all(root: &JsValue, selector: &str) -> Vec<Element> {
    let query = js_sys::Reflect::get(root, &JsValue::from_str("querySelectorAll"));
    let Ok(query) = query.and_then(|query| query.dyn_into::<js_sys::Function>()) else { return Vec::new() };
    let Ok(found) = query.call1(root, &JsValue::from_str(selector)) else { return Vec::new() };
    js_sys::Array::from(&found).iter().filter_map(|element| element.dyn_into().ok()).collect()
}

/// Begins a dialog on its first field, else on the first thing to press that does no harm, else on its title.
pub(crate) fn begin_dialog(dialog: &HtmlElement) {
    if let Some(chosen) = active().filter(|a| a.closest(".dialog__body").is_ok_and(|body| body.is_some()))
        && dialog.contains(Some(&chosen))
        && is_fine(&chosen)
    {
        return;
    }
    let _ = take_within(dialog, "[autofocus]")
        || take_within(dialog, ".dialog__body :is(input:not([type=hidden]), select, textarea)")
        || take_within(dialog, ".dialog__actions > .button:not(.button--danger)")
        || take_within(dialog, ".dialog__title");
}

/// Gives the focus to the first element that the selector finds, if nothing that is shown has it.
pub(crate) fn refocus(selector: &str) {
    if !active().is_some_and(|element| is_fine(&element)) {
        super::focus(selector);
    }
}

fn remember(element: HtmlElement) {
    let spot = Spot::of(element);
    if !spot.was_aside() {
        OUTSIDE.set(Some(spot.clone()));
    }
    LAST.set(Some(spot));
}

/// Looks whether the focus is somewhere, and brings it back when what held it has gone.
fn look() {
    PLANNED.set(false);
    match active() {
        Some(element) if is_fine(&element) => return remember(element),
        // A press outside of everything focuses nothing.
        None if LAST.with_borrow(|last| last.as_ref().is_none_or(|l| is_fine(&l.element))) => return,
        _ => {}
    }
    if let Some(lost) = LAST.take() {
        restore(&lost);
    }
}

fn restore(lost: &Spot) {
    if let Some(dialog) = all(&document(), "dialog[open]").pop() {
        let inside = lost.way.iter().any(|(ancestor, _)| ancestor.is_same_node(Some(&dialog)));
        if let Ok(dialog) = dialog.dyn_into::<HtmlElement>()
            && !(inside && lost.follow())
        {
            begin_dialog(&dialog);
        }
        return;
    }
    // The same thing, rebuilt.
    let id = lost.element.id();
    if !id.is_empty() && document().get_element_by_id(&id).is_some_and(|element| take(&element)) {
        return;
    }
    let before = if lost.was_aside() { OUTSIDE.take() } else { None };
    let spot = before.as_ref().unwrap_or(lost);
    if is_fine(&spot.element) && take(&spot.element) || spot.follow() {
        return;
    }
    super::focus("#main");
}

fn plan() {
    // Until all that changes at once has changed, and is drawn.
    if !PLANNED.replace(true) {
        request_animation_frame(look);
    }
}

/// Begins to look after the focus, for as long as the page lives.
pub(crate) fn keep_focus() {
    let focused = Closure::<dyn Fn()>::new(|| {
        if let Some(element) = active() {
            remember(element);
        }
    });
    let pressed = Closure::<dyn Fn()>::new(|| drop(LAST.take()));
    let listen = |name: &str, what: &JsValue| {
        let _ = document().add_event_listener_with_callback_and_bool(name, what.unchecked_ref(), true);
    };
    listen("focusin", focused.as_ref());
    listen("pointerdown", pressed.as_ref());
    focused.forget();
    pressed.forget();
    let changed = Closure::<dyn Fn()>::new(plan);
    // It may have been given before the page was alive.
    if let Some(element) = active() {
        remember(element);
    }
    // Where it is missing, the focus is as lost as it was.
    let _ = observe(changed.as_ref());
    changed.forget();
}

/// Calls `what` when elements come, go, or change what decides whether they can be focused.
fn observe(what: &JsValue) -> Result<(), JsValue> {
    let name = |name: &str| JsValue::from_str(name);
    let class: js_sys::Function = js_sys::Reflect::get(&window(), &name("MutationObserver"))?.dyn_into()?;
    let observer = js_sys::Reflect::construct(&class, &js_sys::Array::of1(what))?;
    let options = js_sys::Object::new();
    for flag in ["childList", "subtree"] {
        js_sys::Reflect::set(&options, &name(flag), &JsValue::TRUE)?;
    }
    let watched: js_sys::Array = ["disabled", "hidden", "data-pane"].iter().map(|a| name(a)).collect();
    js_sys::Reflect::set(&options, &name("attributeFilter"), &watched)?;
    let observe: js_sys::Function = js_sys::Reflect::get(&observer, &name("observe"))?.dyn_into()?;
    observe.call2(&observer, &document().body().into(), &options)?;
    Ok(())
}
