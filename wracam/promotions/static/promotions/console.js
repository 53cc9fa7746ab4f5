// Shows what is wrong with a promotion at the control that says it, after loading and after every preview.
const paint = () => {
  const side = document.getElementById("promotion-side"), form = document.getElementById("promotion-form");
  if (!side || !form) return;
  for (const old of form.querySelectorAll(".control-error")) old.remove();
  for (const control of form.querySelectorAll("[aria-invalid]")) { control.removeAttribute("aria-invalid"); control.removeAttribute("aria-describedby"); }
  for (const [name, message] of Object.entries(JSON.parse(side.dataset.errors || "{}"))) {
    const control = document.getElementById(name);
    if (!control || !form.contains(control)) continue;
    const text = Object.assign(document.createElement("span"), { className: "control-error", id: `${name}-error`, textContent: message });
    for (let folded = control.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
    (control.closest("label") || control).after(text);
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", text.id);
  }
};
new MutationObserver((changes) => { if (changes.some((one) => [...one.addedNodes].some((node) => node.id === "promotion-side"))) paint(); }).observe(document.body, { childList: true, subtree: true });
paint();
