// Shows an answer that comes in parts as they arrive, each the whole so far; who asks for one carries data-parts.
"use strict";
(() => {
  const END = "<!--part-->";
  const asksForParts = (element) => element.hasAttribute("data-parts");

  document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr, target } }) => {
    if (!asksForParts(elt)) return;
    xhr.addEventListener("progress", () => {
      const parts = xhr.responseText.split(END);
      if (xhr.status === 200 && parts.length > 1) target.innerHTML = parts[parts.length - 2];
    });
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (asksForParts(detail.requestConfig.elt)) detail.serverResponse = detail.serverResponse.split(END).pop();
  });
})();
