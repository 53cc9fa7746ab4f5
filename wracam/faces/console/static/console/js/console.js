// Small behaviours on top of pages that work without them. One listener per kind of event, on the document.
"use strict";
document.documentElement.classList.remove("no-js");

const find = (selector, root = document) => root.querySelector(selector);
const every = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- menu on small screens -------------------------------------------------
function setMenu(open) {
  document.documentElement.classList.toggle("menu-open", open);
  find("[data-menu]")?.setAttribute("aria-expanded", String(open));
  (open ? find("#sidebar a") : find("[data-menu]"))?.focus();
}

// --- dialogs, palette -------------------------------------------------------
function openPalette() {
  const palette = find("#palette");
  if (!palette || palette.open) return;
  palette.showModal();
  const text = find("#palette-text");
  text.select();
  const query = new URLSearchParams({ q: text.value });
  htmx.ajax("GET", `${text.form.action}?${query}`, { target: "#palette-results" });
}

function movePalette(step) {
  const options = every("#palette-results a");
  if (!options.length) return;
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = options[(now + step + options.length) % options.length];
  options.forEach((option) => option.setAttribute("aria-selected", String(option === next)));
  find("#palette-text").setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  }
  if (event.key === "Escape" && document.documentElement.classList.contains("menu-open")) setMenu(false);
  if (event.target.id === "palette-text" && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    movePalette(event.key === "ArrowDown" ? 1 : -1);
  }
});

document.addEventListener("htmx:after:swap", () => {
  const first = find("#palette[open] #palette-results a");
  if (first && !find("#palette-results a[aria-selected='true']")) movePalette(1);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-palette-form]")) return;
  event.preventDefault();
  find("#palette-results a[aria-selected='true']")?.click();
});

// --- questions before something is done --------------------------------------
let confirmed = null;
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (!question || confirmed === event.target) { confirmed = null; return; }
  const dialog = find("#confirm");
  if (!dialog) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target, submitter } = event;
  find("#confirm-text").textContent = question;
  find("[data-confirm-yes]").classList.toggle("button-danger", submitter?.classList.contains("button-danger") ?? false);
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    confirmed = target;
    target.requestSubmit(submitter);
  }, { once: true });
}, true);

// --- clicks -------------------------------------------------------------------
document.addEventListener("click", async (event) => {
  const on = (selector) => event.target.closest(selector);
  if (on("[data-palette-open]")) { setMenuQuietly(false); openPalette(); }
  if (on("[data-menu]")) setMenu(!document.documentElement.classList.contains("menu-open"));
  if (on("[data-menu-close]")) setMenu(false);
  const opener = on("[data-dialog]");
  if (opener) find(`#${CSS.escape(opener.dataset.dialog)}`)?.showModal();
  if (on("[data-dialog-close]")) on("dialog")?.close();
  if (event.target.matches("dialog")) event.target.close();
  if (on("[data-toast-close]")) on("[data-toast]").remove();
  const copy = on("[data-copy]");
  if (copy) await copyText(copy);
  every("details.me[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

function setMenuQuietly(open) {
  document.documentElement.classList.toggle("menu-open", open);
}

async function copyText(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = find("[data-copy-label]", button);
  const before = label?.textContent;
  if (label) label.textContent = button.dataset.copied;
  announce(button.dataset.copied);
  setTimeout(() => { if (label) label.textContent = before; }, 2000);
}

function announce(text) {
  const live = find("#toasts");
  if (!live) return;
  const note = document.createElement("span");
  note.className = "hidden";
  note.textContent = text;
  live.append(note);
  setTimeout(() => note.remove(), 3000);
}

// --- choices that take effect at once -------------------------------------------
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  if (event.target.matches("[data-check-all]")) {
    every("tbody .table-check input", event.target.closest("table")).forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.closest(".table-check")) showBulk(event.target.closest(".index"));
});

function showBulk(index) {
  const bar = find("[data-bulk]", index);
  if (!bar) return;
  const chosen = every("tbody .table-check input:checked", index).length;
  bar.classList.toggle("bulk-on", chosen > 0);
  const count = find("[data-bulk-count]", bar);
  count.textContent = chosen ? `${chosen} ${count.dataset.one}` : "";
}

// --- forms with unsaved changes ---------------------------------------------------
const dirty = new Set();
function markDirty(form, isDirty) {
  if (!form?.matches("[data-guard]")) return;
  dirty[isDirty ? "add" : "delete"](form);
  const bar = form.id && find(`[data-save-bar="${CSS.escape(form.id)}"]`);
  if (bar) bar.hidden = !isDirty;
}
document.addEventListener("input", (event) => markDirty(event.target.form, true));
document.addEventListener("reset", (event) => markDirty(event.target, false));
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) markDirty(event.target, false); });
addEventListener("beforeunload", (event) => { if ([...dirty].some((form) => form.isConnected)) event.preventDefault(); });

// --- after loading ------------------------------------------------------------------
addEventListener("DOMContentLoaded", () => {
  find("[data-autofocus]")?.focus();
  every("[data-toast].toast-success, [data-toast].toast-info").forEach((toast) => setTimeout(() => toast.remove(), 6000));
});
