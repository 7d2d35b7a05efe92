// Whatever changed on the page may have been news to somebody: the bell looks again soon after a swap, once for many.
"use strict";
(() => {
  const LOOK_AFTER_SECONDS = 3;
  let timer = 0;

  const look = () => {
    timer = 0;
    const count = document.getElementById("bell-count");
    if (count) window.htmx.trigger(count, "notices");
  };

  document.addEventListener("htmx:afterSettle", (event) => {
    const changed = event.detail.elt;
    if (timer || changed.id === "bell-count" || changed.closest(".bell")) return;
    timer = setTimeout(look, LOOK_AFTER_SECONDS * 1000);
  });
  // Back on a page that the browser kept: what it counted may be old.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) look();
  });
})();
