// The sections of the exposure form fold to one line once they are answered: at once after a choice by pointer, and when
// the focus moves on by keyboard, because arrow keys pass through choices that are not meant. "Change" opens one again.
// Without scripts all sections stand open (exposure_form.css asks for `scripting`).
"use strict";
(() => {
  const MOVING_KEYS = /^(Tab|Arrow)/;
  const ROOM = 12;
  const CHOSEN_ONCE = new Set(["where", "what"]);
  const form = document.getElementById("exposure-form");
  if (!form) return;
  const held = new Set();
  let byKeyboard = false;

  const sectionOf = (element) => (element instanceof Element ? element.closest("[data-section]") : null);
  const named = (key) => form.querySelector(`[data-section="${key}"]`);

  const fold = (section, folded) => {
    section.toggleAttribute("data-folded", folded);
    section.querySelector("[data-unfold]")?.setAttribute("aria-expanded", String(!folded));
  };

  // What has the focus must not move when something above it folds.
  const foldAbove = (section, focused) => {
    const before = focused.getBoundingClientRect().top;
    fold(section, true);
    window.scrollBy(0, focused.getBoundingClientRect().top - before);
  };

  const settle = () => {
    form.querySelectorAll("[data-foldable]").forEach((section) => fold(section, !held.has(section.dataset.section)));
  };

  document.addEventListener("pointerdown", () => { byKeyboard = false; }, true);
  document.addEventListener("keydown", (event) => { if (MOVING_KEYS.test(event.key)) byKeyboard = true; }, true);

  form.addEventListener("input", (event) => {
    const section = sectionOf(event.target);
    if (!section || event.target.matches("[data-filter]")) return;
    const { section: key } = section.dataset;
    if (CHOSEN_ONCE.has(key) && !byKeyboard) held.delete(key);
    else held.add(key);
  });

  form.addEventListener("focusin", (event) => {
    const present = sectionOf(event.target);
    if (!byKeyboard || !present) return;
    CHOSEN_ONCE.forEach((key) => {
      const section = named(key);
      if (!section || section === present || !held.delete(key)) return;
      if (section.hasAttribute("data-foldable")) foldAbove(section, event.target);
    });
  });

  // On a phone the sentence and the button lie over the lower edge; they never cover the field one is in.
  const uncover = (field) => {
    const bar = form.querySelector(".send-bar");
    if (!sectionOf(field) || getComputedStyle(bar).position !== "sticky") return;
    const covered = field.getBoundingClientRect().bottom + ROOM - bar.getBoundingClientRect().top;
    if (covered > 0 && covered < window.innerHeight / 2) window.scrollBy(0, covered);
  };
  form.addEventListener("focusin", (event) => uncover(event.target));

  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-unfold]") : null;
    if (!button) return;
    const section = sectionOf(button);
    held.add(section.dataset.section);
    fold(section, false);
    const first = section.querySelector(".sec-body :is(input:checked,select,textarea,input:not([type=hidden]):not([type=search]):not([type=radio]))");
    if (first && first.checkVisibility()) first.focus();
  });

  // A choice that was made with the keyboard keeps its section open. The part arrives folded, where nothing can have
  // the focus, so the focus is given back once it is open.
  let focused = "";
  document.addEventListener("htmx:beforeSwap", () => {
    const present = sectionOf(document.activeElement);
    focused = present ? document.activeElement.id : "";
    if (present && byKeyboard) held.add(present.dataset.section);
  });
  document.addEventListener("htmx:afterSwap", () => {
    settle();
    const field = focused && document.activeElement === document.body && document.getElementById(focused);
    if (field) field.focus({ preventScroll: true });
    uncover(document.activeElement);
  });

  // What was wrong with a field is no longer said once it is changed; the summary keeps it until it is sent again.
  form.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.classList.contains("is-invalid")) return;
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
    const note = document.getElementById(`${field.id}_error`);
    if (note) note.hidden = true;
  });

  // A long list is searched by what stands in its rows, also by what was typed before this script was there.
  const narrow = (field) => {
    const list = field.closest("[data-filtered]");
    const wanted = field.value.trim().toLowerCase();
    const isWanted = (row) => (row.dataset.row || row.textContent).toLowerCase().includes(wanted);
    const rows = [...list.querySelectorAll("label")];
    rows.forEach((row) => { row.hidden = !isWanted(row); });
    list.querySelector("[data-none]").hidden = rows.some(isWanted);
  };
  form.querySelectorAll("[data-filter]").forEach(narrow);
  form.addEventListener("input", (event) => { if (event.target.matches("[data-filter]")) narrow(event.target); });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-filter]")) event.preventDefault();
  });
})();
