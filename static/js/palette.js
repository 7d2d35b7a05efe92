// The palette: Ctrl/Cmd K, "/" or a click into the top bar's search opens it, the arrow keys choose, Enter opens.
// htmx fetches the options; what was opened last is kept in this browser, for each person apart.
"use strict";
(() => {
  const MOST_RECENT = 5;
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const found = document.getElementById("palette-found");
  const recent = document.getElementById("palette-recent");
  const pattern = document.getElementById("palette-option");
  const store = `portico.recent.${dialog.dataset.person}`;
  let shownFor = null;

  const options = () => [...dialog.querySelectorAll("[role=option][href]")].filter((option) => !option.closest("[hidden]"));
  const active = () => dialog.querySelector("[role=option][aria-selected=true]");

  const select = (option) => {
    const before = active();
    if (before) before.setAttribute("aria-selected", "false");
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const all = options();
    if (all.length) select(all[(all.indexOf(active()) + step + all.length) % all.length]);
  };

  // Only addresses of this portal are kept, and only they are offered again. Storage may be full or forbidden.
  const isOwn = (entry) => typeof entry.url === "string" && /^\/(?!\/)/.test(entry.url);
  const remembered = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(store));
      return Array.isArray(kept) ? kept.filter(isOwn) : [];
    } catch {
      return [];
    }
  };
  const remember = (option) => {
    const text = (selector) => (option.querySelector(selector) || { textContent: "" }).textContent;
    const entry = { url: option.getAttribute("href"), label: text("b"), note: text("small"), icon: option.querySelector("use").getAttribute("href") };
    if (!entry.label) return;
    const kept = [entry, ...remembered().filter((other) => other.url !== entry.url)].slice(0, MOST_RECENT);
    try {
      localStorage.setItem(store, JSON.stringify(kept));
    } catch {
      // Nothing depends on it.
    }
  };
  const optionOf = (entry, index) => {
    const option = pattern.content.firstElementChild.cloneNode(true);
    option.id = `palette-recent-${index}`;
    option.setAttribute("href", entry.url);
    option.querySelector("use").setAttribute("href", entry.icon);
    option.querySelector("b").textContent = entry.label;
    option.querySelector("small").textContent = entry.note;
    return option;
  };
  const showRecent = () => {
    const entries = input.value.trim() ? [] : remembered();
    recent.querySelectorAll("[role=option]").forEach((option) => option.remove());
    recent.append(...entries.map(optionOf));
    recent.hidden = entries.length === 0;
  };

  const open = (text = "") => {
    if (dialog.open) return;
    input.value = text;
    showRecent();
    dialog.showModal();
    input.focus();
    input.select();
    window.htmx.trigger(input, "palette");
  };
  window.portico = { ...window.portico, openPalette: open };

  found.addEventListener("htmx:afterSettle", () => {
    shownFor = input.value;
    select(options()[0]);
  });
  input.addEventListener("input", showRecent);

  const KEYS = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => active().click(),
  };
  input.addEventListener("keydown", (event) => {
    // While an input method composes, its keys are its own; results of another text are not what Enter means.
    const waits = event.key === "Enter" && (shownFor !== input.value || !active());
    if (event.isComposing || !KEYS[event.key] || waits) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  dialog.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option][href]");
    if (option) remember(option);
  });

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-search]")) open(event.target.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
  // Back from the page that was opened, the page is as it was left: with the palette over it.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && dialog.open) dialog.close();
  });
})();
