// The sample shop without page loads: changes of the cart are sent and its part of the page is replaced.
document.documentElement.classList.add("js");
for (const select of document.querySelectorAll("select[data-submit]")) select.addEventListener("change", () => select.form.requestSubmit());

const tell = (root) => {
  const kept = root.querySelector("#wracam-cart");
  if (kept) document.dispatchEvent(new CustomEvent("wracam:cart", { detail: JSON.parse(kept.textContent) }));
};

const send = async (form, submitter) => {
  const body = new FormData(form);
  if (submitter?.name) body.set(submitter.name, submitter.value);
  const part = document.querySelector("#cart-part");
  part?.classList.add("is-busy");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "1" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const count = page.querySelector("[data-count]");
    if (count) document.querySelector("#cart-count").textContent = count.textContent;
    const fresh = page.querySelector("#cart-part");
    if (part && fresh) { const where = document.activeElement?.id; part.replaceWith(fresh); if (where) document.getElementById(where)?.focus(); tell(fresh); }
  } catch { form.submit(); }
  part?.classList.remove("is-busy");
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-cart], [data-add]")) return;
  event.preventDefault();
  const button = event.submitter;
  send(form, button).then(() => {
    if (!form.matches("[data-add]") || !button) return;
    const text = button.firstChild, words = text.textContent; text.textContent = "✓ "; setTimeout(() => { text.textContent = words; }, 1200);
  });
});
document.addEventListener("change", (event) => { if (event.target.matches("[data-cart] input, [data-cart] select") && event.target.type !== "text") event.target.form.requestSubmit(); });
document.addEventListener("change", (event) => { if (event.target.matches(".shop-line-units input")) event.target.form.requestSubmit(); });

const set = document.querySelector("[data-set]");
if (set) {
  const size = Number(set.dataset.set), status = set.querySelector("[data-set-status]"), button = set.querySelector("[data-set-button]");
  const look = () => {
    const chosen = set.querySelectorAll(":checked").length;
    for (const box of set.querySelectorAll("[type=checkbox]")) box.disabled = chosen >= size && !box.checked;
    status.textContent = `${chosen} / ${size}`; button.disabled = chosen !== size;
  };
  set.addEventListener("change", look); look();
}
