// Single keys, unless the person switched them off (profile): "?" lists them, "g" and a letter goes to a page, j and k
// move through the rows of a list, "/" opens the palette. Enter opens a row because its link has the focus. No key changes anything.
"use strict";
(() => {
  const NEXT_KEY_SECONDS = 1.2;
  let prefix = "";
  let timer = 0;
  if (document.documentElement.dataset.shortcuts !== "on") return;

  // The field of a dialog that was just closed keeps the focus until the next frame, but nobody types there any more.
  const isTyping = (target) => {
    const field = target instanceof Element ? target.closest("input, textarea, select, [contenteditable]") : null;
    return field !== null && field.checkVisibility();
  };
  const isBusy = (target) => document.querySelector("dialog[open]") !== null || isTyping(target);

  const rows = () => [...document.querySelectorAll("main .data tbody tr")].filter((row) => row.querySelector("a[href]"));
  const moveRow = (step) => {
    const all = rows();
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const row = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    if (row) row.querySelector("a.t[href], a[href]").focus();
  };

  const KEYS = {
    "?": () => document.getElementById("shortcuts").showModal(),
    "/": () => window.portico.openPalette(),
    j: () => moveRow(1),
    k: () => moveRow(-1),
  };

  const follow = (keys) => {
    const link = document.querySelector(`[data-keys="${keys}"]`);
    if (link) location.assign(link.href);
    return link !== null;
  };

  const remember = (key) => {
    prefix = key;
    clearTimeout(timer);
    timer = setTimeout(() => { prefix = ""; }, NEXT_KEY_SECONDS * 1000);
  };

  const press = (key) => {
    const before = prefix;
    prefix = "";
    if (before) return follow(`${before} ${key}`);
    if (key === "g") {
      remember(key);
      return true;
    }
    if (!KEYS[key]) return follow(key);
    KEYS[key]();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const isPlain = event.key.length === 1 && /^[a-z?/]$/.test(event.key);
    if (!isPlain || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.defaultPrevented || event.repeat && prefix || isBusy(event.target)) return;
    if (press(event.key)) event.preventDefault();
  });
})();
