// Resolves the theme "system" before the first paint; the server sets all other themes in the page itself.
"use strict";
(() => {
  const root = document.documentElement;
  if (root.dataset.theme !== "system") return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const contrast = window.matchMedia("(prefers-contrast: more)");
  const apply = () => {
    root.dataset.bsTheme = dark.matches ? "dark" : contrast.matches ? "contrast" : "light";
  };
  dark.addEventListener("change", apply);
  contrast.addEventListener("change", apply);
  apply();
})();
