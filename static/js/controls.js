// Small behaviour of the components: menus, drawer, dialogs, confirming by typing, notices, copy marks.
// Everything is delegated from the document, so it also works in fragments that arrive later.
"use strict";
(() => {
  const NOTICE_SECONDS = 6;
  const COPIED_SECONDS = 1.5;

  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  // Menus: <details data-menu>; one open at a time.
  const closeMenus = (except) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };

  // Drawer: a button with data-drawer="<id>".
  const drawerButton = () => document.querySelector("[data-drawer]");
  const setDrawer = (open) => {
    const button = drawerButton();
    if (!button) return;
    const drawer = document.getElementById(button.dataset.drawer);
    const wasOpen = drawer.classList.contains("open");
    drawer.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) drawer.querySelector("a").focus();
    else if (wasOpen) button.focus();
  };

  // Confirming by typing: <form data-confirm="word"> with an input named confirm.
  const checkWord = (form) => {
    const typed = form.elements.confirm.value.trim();
    form.querySelector("[type=submit]").disabled = typed !== form.dataset.confirm;
  };

  const openDialog = (id) => {
    const dialog = document.getElementById(id);
    const form = dialog.querySelector("form[data-confirm]");
    dialog.showModal();
    if (!form) return;
    form.elements.confirm.value = "";
    checkWord(form);
    form.elements.confirm.focus();
  };

  const dismissLater = (root) => {
    root.querySelectorAll("[data-passing]").forEach((notice) => {
      setTimeout(() => notice.matches(":hover, :focus-within") || notice.remove(), NOTICE_SECONDS * 1000);
    });
  };

  const CLICKS = {
    "[data-drawer]": (button) => setDrawer(button.getAttribute("aria-expanded") !== "true"),
    "[data-drawer-close]": () => setDrawer(false),
    "[data-dialog]": (button) => openDialog(button.dataset.dialog),
    "[data-dialog-close]": (button) => button.closest("dialog").close(),
    "[data-notice-close]": (button) => button.closest("[data-notice]").remove(),
    "[data-back]": () => history.back(),
    "[data-focus-link]": (link, event) => {
      const field = document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      field.focus();
    },
  };

  document.addEventListener("click", (event) => {
    closeMenus(closest(event, "details[data-menu]"));
    Object.entries(CLICKS).forEach(([selector, act]) => {
      const element = closest(event, selector);
      if (element) act(element, event);
    });
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details[data-menu][open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      setDrawer(false);
    }
  });

  // The drawer lies over the page: leaving it with the keyboard closes it.
  document.addEventListener("focusin", (event) => {
    const button = drawerButton();
    const drawer = button && document.getElementById(button.dataset.drawer);
    if (drawer && drawer.classList.contains("open") && !drawer.contains(event.target)) setDrawer(false);
  });

  document.addEventListener("input", (event) => {
    const form = closest(event, "form[data-confirm]");
    if (form) checkWord(form);
  });

  // The search of a picker: Enter searches and sends nothing, the arrow leads into the rows.
  document.addEventListener("keydown", (event) => {
    const search = closest(event, "[data-picker-search]");
    if (!search || event.isComposing || !["Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const rows = search.closest("[data-picker]");
    if (event.key === "ArrowDown") (rows.querySelector("input[type=radio]:checked") || rows.querySelector("input[type=radio]"))?.focus();
  });

  document.addEventListener("clipboard-copy", (event) => {
    const button = event.target;
    button.classList.add("copied");
    document.getElementById("announcer").textContent = button.dataset.copied || "";
    setTimeout(() => button.classList.remove("copied"), COPIED_SECONDS * 1000);
  });

  // On a phone the tabs are wider than the screen: the one that is open must be in sight, the page itself stays at its top.
  document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
    const tabs = tab.parentElement;
    const end = tab.offsetLeft - tabs.offsetLeft + tab.offsetWidth;
    if (end > tabs.clientWidth) tabs.scrollLeft = end - (tabs.clientWidth + tab.offsetWidth) / 2;
  });
  if (history.length > 1) document.querySelectorAll("[data-back]").forEach((button) => { button.hidden = false; });
  const toasts = document.getElementById("toasts");
  new MutationObserver(() => dismissLater(toasts)).observe(toasts, { childList: true });
  dismissLater(toasts);
})();
