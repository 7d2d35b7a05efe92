// A fold that somebody opened stays open when its part of the page arrives anew.
(() => {
  "use strict";
  let open = [];

  document.addEventListener("htmx:beforeSwap", () => {
    open = [...document.querySelectorAll("details[id][open]")].map((fold) => fold.id);
  });

  document.addEventListener("htmx:afterSwap", () => {
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  });
})();
