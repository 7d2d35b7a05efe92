// What every htmx request of the product has in common: the CSRF header, failures told as toasts, the focus and the
// announcement after a swap, polling that rests while nobody looks, and no form sent twice.
"use strict";
(() => {
  const resting = new Set();
  let lastAnnouncement = "";

  // Signing in again, in this window or another, makes a new token; the cookie has it, the page the old one.
  const csrfToken = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || document.querySelector('meta[name="csrf-token"]').content;
  window.portico = { ...window.portico, csrfToken };

  // Shows the translated toast with this template id; fills in the request id when it has a place for it.
  const toast = (name, requestId = "") => {
    const copy = document.getElementById(name).content.cloneNode(true);
    const place = copy.querySelector("[data-request-id]");
    if (place) place.textContent = requestId;
    document.getElementById("toasts").replaceChildren(copy);
  };

  // What the product refuses on purpose comes as a notice of its own (templates/errors/fragment.html).
  const noticeOf = (xhr) => {
    if (xhr.status < 400 || !xhr.responseText.includes("data-refusal")) return null;
    const page = document.createElement("template");
    page.innerHTML = xhr.responseText;
    return page.content.querySelector("[data-refusal]");
  };

  const announce = (text) => {
    if (!text || text === lastAnnouncement) return;
    lastAnnouncement = text;
    document.getElementById("announcer").textContent = text;
  };

  const within = (root, selector) => (root.matches(selector) ? root : root.querySelector(selector));

  const isSignInPage = (address) => {
    const signIn = document.body.dataset.signIn;
    return Boolean(signIn) && address && new URL(address, location.href).pathname === signIn;
  };

  // What asks on its own and can wait carries data-quiet: nobody is told that it failed.
  const isQuiet = (event) => event.detail.elt.hasAttribute("data-quiet");

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken();
    if (event.detail.formData.has("csrfmiddlewaretoken")) event.detail.formData.set("csrfmiddlewaretoken", csrfToken());
  });

  // A session that ended answers with the sign-in page: never put that into a fragment, what was typed stays.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const notice = noticeOf(xhr);
    if (notice) document.getElementById("toasts").replaceChildren(notice);
    else if (!isSignInPage(xhr.responseURL)) return;
    else if (!isQuiet(event)) toast("toast-signed-out");
    event.detail.shouldSwap = false;
  });

  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (noticeOf(xhr) || isQuiet(event)) return;
    if (xhr.status === 401) toast("toast-signed-out");
    else toast("toast-request-failed", xhr.getResponseHeader("X-Request-ID") || "");
  });
  document.addEventListener("htmx:sendError", (event) => isQuiet(event) || toast("toast-offline"));

  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt;
    const focus = within(target, "[data-focus]");
    if (focus) focus.focus();
    const spoken = within(target, "[data-announce]");
    if (spoken) announce(spoken.dataset.announce);
  });

  // Polling elements carry data-poll and listen to "resume".
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!document.hidden || !event.detail.elt.hasAttribute("data-poll")) return;
    event.preventDefault();
    resting.add(event.detail.elt);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    resting.forEach((element) => element.isConnected && window.htmx.trigger(element, "resume"));
    resting.clear();
  });

  // A button keeps its name and value in what is sent, so it is marked busy, not disabled.
  const mark = (form, busy) => {
    form.toggleAttribute("data-sending", busy);
    form.querySelectorAll("button:not([type=button])").forEach((button) => {
      if (busy) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    });
  };
  // A form that answers with a download carries data-repeatable.
  const isOurs = (form) => form.method === "post" && !form.hasAttribute("data-repeatable");

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!isOurs(form)) return;
    if (form.hasAttribute("data-sending")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = csrfToken();
    mark(form, true);
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.matches("form")) mark(event.detail.elt, false);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sending]").forEach((form) => mark(form, false));
  });

  const first = document.querySelector("main [data-focus]");
  if (first) first.focus();
})();
