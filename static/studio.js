// The studio's own script: what pages do better with it, and do without it.
"use strict";

(() => {
  const root = document.documentElement;
  const kept = (() => { try { return localStorage.getItem("ell2a-theme"); } catch { return null; } })();
  // Before the body is drawn, so that a page never flashes in the other theme.
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;

  const dark = () => root.dataset.theme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);

  const FORMS = {
    clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
    minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    day: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
    "short-day": { day: "numeric", month: "short" },
  };

  /** Times stand in UTC on the page; here they are said in the reader's zone. */
  const localTimes = (within) => {
    for (const time of within.querySelectorAll("time[datetime]:not([data-local])")) {
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      time.title = `${time.dateTime} (UTC)`;
      time.textContent = moment.toLocaleString("en-GB", FORMS[time.dataset.show] || FORMS.clock);
      time.dataset.local = "";
    }
  };

  const countPicked = () => {
    const form = document.querySelector(".calls-main");
    const told = form && form.querySelector("[data-picked]");
    if (told) told.textContent = `${form.querySelectorAll("input[name=id]:checked").length} selected`;
  };

  const ready = () => {
    localTimes(document);
    const zone = document.querySelector("[data-zone]");
    if (zone) zone.textContent = `times in ${Intl.DateTimeFormat().resolvedOptions().timeZone || "your zone"}`;
    const theme = document.querySelector("[data-do=theme]");
    if (theme) {
      theme.hidden = false;
      theme.addEventListener("click", () => {
        root.dataset.theme = dark() ? "light" : "dark";
        try { localStorage.setItem("ell2a-theme", root.dataset.theme); } catch { /* kept for this page alone */ }
      });
    }
    countPicked();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();

  document.addEventListener("htmx:after:swap", () => { localTimes(document); countPicked(); });
  document.addEventListener("change", countPicked);
  document.addEventListener("reset", () => setTimeout(countPicked));

  // A run costs money: one click, one run.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-once]");
    if (!form) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    root.classList.add("is-running");
    const button = event.submitter;
    if (button) { button.setAttribute("aria-disabled", "true"); button.textContent = "Running…"; }
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // Keys: / to the filter, j and k through the list, n for new calls.
  const rows = () => [...document.querySelectorAll("a.list-q")];
  const KEYS = {
    "/": () => document.querySelector("#q, #find")?.focus(),
    j: () => step(1),
    k: () => step(-1),
    n: () => document.querySelector("a.fresh")?.click(),
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    all[Math.max(0, Math.min(all.length - 1, at + by))]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
})();
