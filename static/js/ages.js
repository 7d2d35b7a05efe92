// Browsers call what is seconds old “now” (现在); people say “just now” (刚刚), as the page's own words do.
// They also write 9分钟前 without the blank that stands between a number and a Chinese word everywhere else.
// Before <relative-time> is defined, which asks for its formats once.
"use strict";
(() => {
  const word = document.documentElement.dataset.justNow;
  if (!word) return;
  const Words = Intl.RelativeTimeFormat;
  Intl.RelativeTimeFormat = class extends Words {
    format(value, unit) {
      return value === 0 && unit.startsWith("second") ? word : super.format(value, unit).replace(/(\d)(?=[\u4e00-\u9fff])/g, "$1\u00a0");
    }
  };
})();
