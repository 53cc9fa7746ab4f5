/* Wracam widgets, version 1. One script, no dependencies, no cookies, nothing stored; see docs/widgets.md. */
(() => {
  "use strict";
  if (window.wracam) return;
  const script = document.currentScript;
  const base = script.dataset.api || new URL(script.src, location.href).origin;
  const key = script.dataset.key || "";
  const WAIT_MS = 120, TIMEOUT_MS = 8000;
  const TEXTS = {
    pl: { progress: "Jak blisko", used: "Naliczone", near: "W zasięgu", codes: "Kody", law: "Najniższa cena z 30 dni przed obniżką", points: "Za ten koszyk", gift: "Gratis", done: "Masz to!", price: "cena", load: "Liczymy…", save: "Oszczędzasz" },
    en: { progress: "How close", used: "Applied", near: "Within reach", codes: "Codes", law: "Lowest price of the 30 days before the reduction", points: "For this cart", gift: "A gift", done: "Yours!", price: "price", load: "Counting…", save: "You save" },
  };

  // The conversation with the server: one evaluation a cart, shared by all elements of the page.
  const known = new Map();
  let current = null, latest = 0, timer = 0;

  const ask = (cart, signal) => {
    const body = JSON.stringify(cart);
    if (known.has(body)) return known.get(body);
    const answer = fetch(`${base}/v1/carts/evaluate`, {
      method: "POST", body, signal, mode: "cors", credentials: "omit", cache: "no-store",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
    }).then(async (response) => {
      const said = await response.json();
      if (!response.ok) throw Object.assign(new Error(said.detail || response.status), { problem: said });
      return said;
    });
    known.set(body, answer);
    answer.catch(() => known.delete(body));
    if (known.size > 20) known.delete(known.keys().next().value);
    return answer;
  };

  const show = (answer) => {
    current = answer;
    document.dispatchEvent(new CustomEvent("wracam:answer", { detail: answer }));
  };

  const evaluate = (cart) => {
    const turn = ++latest;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!cart?.lines?.length) { show(null); return; }
      ask(cart, AbortSignal.timeout?.(TIMEOUT_MS)).then(
        (answer) => { if (turn === latest) show(answer); },
        (error) => { if (turn === latest) document.dispatchEvent(new CustomEvent("wracam:error", { detail: error })); },
      );
    }, WAIT_MS);
  };

  /* What a shop's page says: {cart} to be priced here, {answer} that its own server has already asked for, or null. */
  const take = (detail) => {
    if (detail?.answer) { latest++; clearTimeout(timer); show(detail.answer); return; }
    evaluate(detail?.cart || detail);
  };

  // Words and figures.
  const language = (element) => ((element.closest("[lang]") || document.documentElement).lang || "en").toLowerCase().startsWith("pl") ? "pl" : "en";
  const say = (words, at) => (typeof words === "string" ? words : words?.[at] || words?.en || "");
  const money = (minor, currency, at) => {
    const style = new Intl.NumberFormat(at, { style: "currency", currency });
    return style.format(minor / 10 ** style.resolvedOptions().maximumFractionDigits);
  };

  const make = (name, options = {}, ...children) => {
    const { part, ...rest } = options;
    const element = document.createElement(name);
    for (const [attribute, value] of Object.entries(rest)) element.setAttribute(attribute, value);
    if (part) { element.setAttribute("part", part); element.className = `${rest.class || ""} ${part}`.trim(); }
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  };

  // How it looks: constructed style sheets need no permission from the page's content policy.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; color: var(--wracam-ink, #23302a); font: inherit; line-height: 1.45; --a: var(--wracam-accent, #1f5c42); --w: var(--wracam-warm, #a3492b); --s: var(--wracam-ink-soft, #56635c); --t: var(--wracam-track, #e7ebe2); --l: var(--wracam-line, #dfe4da); --r: var(--wracam-radius, 12px); }
    :host([hidden]), :host(:state(empty)) { display: none; }
    * { box-sizing: border-box; margin: 0; padding: 0; }
    ul { list-style: none; display: grid; gap: .9em; }
    .bar { display: grid; gap: .4em; }
    .track { height: .6em; border-radius: 99px; background: var(--t); overflow: hidden; }
    .fill { height: 100%; width: 0; border-radius: inherit; background: var(--a); transition: width .5s cubic-bezier(.2,.8,.2,1); }
    .text { display: flex; flex-wrap: wrap; gap: .1em .5em; align-items: baseline; font-weight: 550; }
    .text .note { font-weight: 450; }
    .near { display: grid; gap: .1em; }
    .tick { flex: none; align-self: center; width: 1.25em; height: 1.25em; color: var(--a); }
    .box { display: grid; gap: 1.1em; }
    .group { display: grid; gap: .5em; }
    .title { font-size: .8em; font-weight: 650; letter-spacing: .02em; color: var(--s); }
    .rows { gap: .5em; }
    .row { display: flex; gap: 1em; justify-content: space-between; align-items: baseline; }
    .amount { flex: none; font-weight: 650; color: var(--w); font-variant-numeric: tabular-nums; white-space: nowrap; }
    .note, .law { font-size: .86em; color: var(--s); }
    .no { display: flex; gap: .5em; align-items: baseline; }
    .mark { flex: none; font-weight: 700; color: var(--w); }
    .code { font-weight: 650; overflow-wrap: anywhere; }
    .points { padding: .6em .9em; border-radius: var(--r); background: var(--t); font-weight: 600; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media (prefers-reduced-motion: reduce) { .fill { transition: none; } }
  `);

  const tick = () => {
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    icon.setAttribute("viewBox", "0 0 24 24"); icon.setAttribute("aria-hidden", "true"); icon.classList.add("tick"); icon.setAttribute("part", "tick");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of Object.entries({ d: "M4 12.5l5.500 5.500L20 7", fill: "none", stroke: "currentColor", "stroke-width": "3", "stroke-linecap": "round", "stroke-linejoin": "round" })) line.setAttribute(name, value);
    icon.append(line);
    return icon;
  };

  class Widget extends HTMLElement {
    constructor() {
      super();
      this.root = this.attachShadow({ mode: "open" });
      this.root.adoptedStyleSheets = [sheet];
      this.root.append(document.createElement("slot"));
      this.states = this.attachInternals?.().states;
    }

    connectedCallback() {
      this.listen = () => this.refresh(this.own ? this.answer : current);
      document.addEventListener("wracam:answer", this.listen);
      const cart = this.getAttribute("cart");
      if (cart) {
        this.own = true;
        ask(JSON.parse(cart)).then((answer) => { this.answer = answer; this.refresh(answer); }, () => this.refresh(null));
      } else if (current) this.refresh(current);
    }

    waiting(offer, at) { return [make("span", { part: "name" }, say(offer.title, at)), make("span", { class: "note" }, say(offer.sentence, at))]; }

    disconnectedCallback() { document.removeEventListener("wracam:answer", this.listen); }

    get chosen() { return (this.getAttribute("only") || "").split(/[\s,]+/).filter(Boolean); }

    offers(answer) {
      const { chosen } = this;
      return (answer?.offers || []).filter((offer) => !chosen.length || chosen.includes(offer.key));
    }

    refresh(answer) {
      const at = language(this);
      const parts = answer ? this.parts(answer, at, TEXTS[at]) : [];
      try { this.states?.[parts.length ? "delete" : "add"]("empty"); } catch { /* old browsers know no states */ }
      if (!this.paint(parts)) this.root.replaceChildren(...(parts.length ? parts : [document.createElement("slot")]));
    }

    paint() { return false; }
  }

  // Bars: how much of a condition that can be counted is there already.
  class Progress extends Widget {
    parts(answer, at, texts) {
      const most = Number(this.getAttribute("max") || 3);
      const rows = this.offers(answer).map((offer) => ({ offer, share: this.share(offer) })).filter(({ share }) => share !== null);
      const shown = rows.sort((a, b) => b.share - a.share).slice(0, most);
      return shown.length ? [make("ul", { part: "bars", "aria-label": texts.progress }, ...shown.map((row) => this.bar(row, texts, at)))] : [];
    }

    /* 0 to 1; null for what is no matter of more: one condition that cannot be counted is enough. */
    share(offer) {
      if (offer.outcome === "applied") return this.seen?.has(offer.key) || offer.shipping > 0 ? 1 : null;
      if (!["nearly", "not_eligible"].includes(offer.outcome) || !offer.requirements?.length) return null;
      const shares = offer.requirements.map((one) => (one.missing === null || !(Number(one.required) > 0) ? null : Number(one.measured) / Number(one.required)));
      return shares.includes(null) ? null : Math.max(0, Math.min(0.99, ...shares));
    }

    bar({ offer, share }, texts, at) {
      const isDone = offer.outcome === "applied";
      const percent = Math.floor(share * 100);
      const fill = make("div", { part: "fill" });
      fill.style.width = `${this.seen?.get(offer.key) ?? 0}%`;
      requestAnimationFrame(() => requestAnimationFrame(() => { fill.style.width = `${percent}%`; }));
      (this.seen ||= new Map()).set(offer.key, percent);
      const title = say(offer.title, at);
      const text = isDone ? [tick(), make("span", {}, title)] : this.waiting(offer, at);
      return make("li", { part: "bar", "data-key": offer.key, "data-done": String(isDone) },
        make("div", { part: "text" }, ...text),
        make("div", { part: "track", role: "progressbar", "aria-label": title, "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(percent), "aria-valuetext": isDone ? texts.done : say(offer.sentence, at) }, fill));
    }

    paint(parts) {
      if (!this.live) { this.live = make("p", { class: "hidden", role: "status" }); }
      this.root.replaceChildren(...(parts.length ? parts : [document.createElement("slot")]), this.live);
      const words = parts.length ? [...this.root.querySelectorAll(".text")].map((one) => one.textContent).join(". ") : "";
      if (this.live.textContent !== words) this.live.textContent = words;
      return true;
    }
  }

  // What applied, what is near, what became of codes, what the law wants said of reductions, and the points.
  class Offers extends Widget {
    parts(answer, at, texts) {
      const offers = this.offers(answer), { currency } = answer;
      const groups = [
        this.group(texts.used, offers.filter((one) => one.outcome === "applied").map((one) => this.applied(one, currency, at))),
        this.group(texts.near, offers.filter((one) => one.outcome === "nearly").map((one) => make("li", { part: "near" }, ...this.waiting(one, at)))),
        this.group(texts.codes, (answer.codes || []).map((one) => this.code(one, at))),
        this.group(texts.law, this.lowest(answer, at)),
      ].filter(Boolean);
      const earned = (answer.points || []).filter((one) => one.earned > 0).map((one) => make("p", { part: "points" }, `${texts.points}: ${this.counted(one.earned, at)}`));
      return groups.length || earned.length ? [make("div", { part: "box" }, ...groups, ...earned)] : [];
    }

    group(title, rows) {
      return rows.length ? make("section", { part: "group", "aria-label": title }, make("p", { part: "title", "aria-hidden": "true" }, title), make("ul", { class: "rows" }, ...rows)) : null;
    }

    applied(offer, currency, at) {
      const saved = offer.discount;
      const amount = saved > 0 ? make("span", { part: "amount" }, `−${money(saved, currency, at)}`) : null;
      return make("li", { part: "row", "data-key": offer.key }, make("span", {}, say(offer.title, at)), amount);
    }

    code(one, at) {
      const isGood = one.outcome === "applied";
      return make("li", { part: isGood ? "yes" : "no", class: "no", "data-outcome": one.outcome },
        isGood ? tick() : make("span", { part: "mark", "aria-hidden": "true" }, "!"),
        make("span", {}, make("span", { part: "code" }, one.code), " · ", say(one.sentence, at)));
    }

    lowest(answer, at) {
      const names = JSON.parse(this.getAttribute("names") || "{}");
      return (answer.lines || []).filter((one) => one.lowest_30_days !== null && one.lowest_30_days !== undefined).map((one) =>
        make("li", { part: "law", class: "row" }, make("span", {}, names[one.sku] || one.sku), make("span", {}, money(one.lowest_30_days, answer.currency, at))));
    }

    counted(points, at) {
      const number = new Intl.NumberFormat(at).format(points);
      const forms = at === "pl" ? { one: "punkt", few: "punkty", many: "punktów", other: "punktu" } : { one: "point", other: "points" };
      return `${number}\u00a0${forms[new Intl.PluralRules(at).select(points)]}`;
    }
  }

  customElements.define("wracam-progress", Progress);
  customElements.define("wracam-offers", Offers);
  window.wracam = Object.freeze({ version: "1", cart: take, get answer() { return current; } });
  document.addEventListener("wracam:cart", (event) => take(event.detail));
  const begin = () => { const kept = document.getElementById("wracam-cart"); if (kept) take(JSON.parse(kept.textContent)); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
