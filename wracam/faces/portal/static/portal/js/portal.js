// Member pages work without this; it copies codes with one tap and hands the shop's token over.
"use strict";
document.documentElement.classList.remove("no-js");

function announce(text) {
  const live = document.querySelector("#announce");
  if (live) live.textContent = text;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  announce(button.dataset.copied);
  const label = button.querySelector("[data-copy-label]");
  const before = label?.textContent;
  if (label) label.textContent = button.dataset.copied;
  setTimeout(() => { if (label) label.textContent = before; }, 2000);
});

// `#token=…` never reaches a server log; it is posted once and removed from the address.
const tokenForm = document.querySelector("[data-token-form]");
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (tokenForm && token) {
  history.replaceState(null, "", location.pathname);
  tokenForm.elements.token.value = token;
  tokenForm.submit();
}
