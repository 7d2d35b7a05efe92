// Nothing typed into the exposure form is lost: what the debounced save has not sent yet goes out when the page is left,
// when another form of the page is sent (language, theme), and as soon as a session that ended is back. The address
// names the draft from the first letter on, so that reloading and sharing windows go on with it.
"use strict";
(() => {
  const form = document.getElementById("exposure-form");
  if (!form) return;
  let unsaved = document.querySelector("[data-unsaved]") !== null;
  let isSending = false;

  const state = () => document.getElementById("draft-state");
  // The right column asks the cluster by itself, with nothing to save.
  const isSave = ({ detail }) => detail.requestConfig?.verb === "post" && form.contains(detail.elt) && detail.elt.id !== "outcome";
  const content = () => {
    const fields = new FormData(form);
    fields.set("csrfmiddlewaretoken", window.portico.csrfToken());
    return fields;
  };

  const nameInAddress = () => {
    const address = new URL(location.href);
    if (address.searchParams.get("draft") === state().dataset.draft && address.searchParams.size === 1) return;
    address.search = new URLSearchParams({ draft: state().dataset.draft });
    history.replaceState(history.state, "", address);
    document.querySelectorAll("input[name=next]").forEach((field) => { field.value = address.pathname + address.search; });
  };

  const typed = (event) => {
    if (!event.target.name || ["side", "find"].includes(event.target.name)) return;
    unsaved = true;
    nameInAddress();
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);

  document.addEventListener("htmx:beforeSend", (event) => { if (isSave(event)) unsaved = false; });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr } = event.detail;
    const isSignedOut = xhr && xhr.responseURL && new URL(xhr.responseURL).pathname === document.body.dataset.signIn;
    if (isSave(event) && (!successful || isSignedOut)) unsaved = true;
  });
  // The server gives another id where the one of this page is not free any more.
  document.addEventListener("htmx:afterSettle", () => { if (state().hasAttribute("data-saved")) nameInAddress(); });

  // Text that was typed into a part while that part was on its way stays.
  const texts = () => [...form.querySelectorAll("#fields input[type=text]:not([hx-preserve])")];
  let before = new Map();
  document.addEventListener("htmx:beforeSend", () => { before = new Map(texts().map((field) => [field.name, field.value])); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "fields") return;
    const changed = texts().filter((field) => before.get(field.name) !== field.value).map((field) => [field.name, field.value]);
    if (!changed.length) return;
    document.addEventListener("htmx:afterSwap", () => {
      changed.forEach(([name, value]) => {
        const field = form.elements[name];
        if (!field) return;
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }, { once: true });
  });

  const flush = () => {
    if (!unsaved || isSending) return false;
    unsaved = false;
    return navigator.sendBeacon(form.dataset.save, content());
  };
  window.addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  window.addEventListener("focus", () => { if (unsaved) window.htmx.trigger("#noting", "save"); });
  if (unsaved) window.addEventListener("load", () => window.htmx.trigger("#noting", "save"));

  form.addEventListener("submit", () => { isSending = true; });
  // Language and theme lead back to this page, which has to find what was typed.
  window.addEventListener("submit", (event) => {
    if (event.target === form || event.target.method !== "post" || !unsaved) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    unsaved = false;
    const again = () => event.target.requestSubmit(event.submitter);
    fetch(form.dataset.save, { method: "POST", body: content() }).then(again, again);
  }, true);

  // Back from what was made of it: this page is over, its address says what became of it.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && isSending) location.reload();
  });
})();
