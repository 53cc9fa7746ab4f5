/* Finding an endpoint while typing; without it the whole page is there to read. */
const input = document.querySelector("[data-api-find]");
const none = document.querySelector("[data-api-none]");
const operations = [...document.querySelectorAll("[data-api-operation]")].map((element) => ({
  element,
  link: document.querySelector(`[data-api-link="${element.id}"]`),
  text: element.textContent.toLowerCase(),
}));

input?.addEventListener("input", () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { element, link, text } of operations) {
    const matches = words.every((word) => text.includes(word));
    element.hidden = link.hidden = !matches;
    shown += matches ? 1 : 0;
  }
  none.hidden = shown > 0;
});

document.getElementById(location.hash.slice(1))?.querySelector("details")?.setAttribute("open", "");
