// The sentence editor of conditions: <wracam-condition> around a hidden field with the condition as JSON.
// It draws the condition as rows of ordinary selects and inputs, writes every change back into the field
// (with an `input` event, for forms that watch), and asks the server to say it.

const make = (tag, properties = {}, children = []) => {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.dataset, dataset || {});
  element.append(...children);
  return element;
};
const GROUPS = ["all", "any", "none"];
const AGGREGATES = ["count", "sum", "highest", "lowest", "latest", "earliest"];
const kindOf = (node) => GROUPS.find((kind) => node && kind in node);
const PREVIEW_DELAY_MS = 300;

class ConditionEditor extends HTMLElement {
  connectedCallback() {
    if (this.tree) return;
    this.field = this.querySelector("[data-condition]");
    this.options = JSON.parse(this.querySelector('script[type="application/json"]').textContent);
    this.texts = this.options.texts;
    this.said = this.querySelector(".condition-sentence");
    this.problems = this.querySelector(".condition-problems");
    this.tree = this.asGroup(JSON.parse(this.field.value || "{}"));
    this.body = make("div", { className: "condition-body" });
    this.said.after(this.body);
    this.draw();
  }

  // The root is always a group, so that there is a place to add to.
  asGroup(condition) {
    if (kindOf(condition)) return condition;
    return { all: condition && Object.keys(condition).length ? [condition] : [] };
  }

  draw(focus) {
    this.body.replaceChildren(this.group(this.tree, "", this.options.attributes, this.options.collections, null));
    if (focus) this.querySelector(focus)?.focus();
  }

  changed(redraw = false, focus = "") {
    this.field.value = JSON.stringify(this.tree);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new CustomEvent("condition-change", { bubbles: true, detail: this.tree }));
    if (redraw) this.draw(focus);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.preview(), PREVIEW_DELAY_MS);
  }

  async preview() {
    const body = new FormData();
    body.set("condition", this.field.value);
    body.set("currency", this.dataset.currency);
    body.set("subjects", this.options.allowed.join(","));
    const token = document.querySelector('input[name="csrfmiddlewaretoken"]')?.value || this.cookie("csrftoken");
    try {
      const answer = await fetch(this.dataset.preview, { method: "POST", body, headers: { "X-CSRFToken": token } });
      if (answer.ok) this.show(await answer.json());
    } catch { /* no connection: the page's own form will tell */ }
  }

  cookie(name) {
    return document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.split("=")[1] || "";
  }

  show({ sentence, problems }) {
    if (!problems.length) this.said.textContent = sentence;
    this.problems.replaceChildren(...problems.map(({ message }) => make("li", { textContent: message })));
    for (const row of this.querySelectorAll(".condition-row")) {
      const own = row.dataset.path;
      row.toggleAttribute("data-bad", problems.some(({ path }) => path === own || path.startsWith(`${own}.`)));
    }
  }

  group(node, path, attributes, collections, remove) {
    const kind = kindOf(node);
    const rows = node[kind].map((member, index) => {
      const place = `${path ? `${path}.` : ""}${kind}[${index}]`;
      const drop = () => { node[kind].splice(index, 1); this.changed(true); this.said.focus?.(); };
      return make("li", {}, [kindOf(member)
        ? this.group(member, place, attributes, collections, drop)
        : this.row(member, place, attributes, collections, drop, (fresh) => { node[kind][index] = fresh; })]);
    });
    const choice = this.select(GROUPS.map((value) => ({ value, title: this.texts[value] })), kind, this.texts.group_label,
      (value) => { node[value] = node[kind]; delete node[kind]; this.changed(true, `[data-group="${path}"]`); });
    choice.dataset.group = path;
    const head = [make("span", { textContent: this.texts.group_before }), choice, make("span", { textContent: this.texts.group_after })];
    if (remove) head.push(this.removal(remove));
    const add = (fresh) => { node[kind].push(fresh); this.changed(true, `[data-path="${path ? `${path}.` : ""}${kind}[${node[kind].length - 1}]"] select`); };
    const foot = [this.button(this.texts.add, () => add(this.fresh(attributes[0])))];
    if (path.split(/all|any|none/).length < 6) foot.push(this.button(this.texts.add_group, () => add({ all: [this.fresh(attributes[0])] })));
    return make("fieldset", { className: "condition-group" }, [
      make("div", { className: "condition-head" }, head),
      make("ul", { className: "condition-rows" }, rows),
      make("div", { className: "condition-foot" }, foot),
    ]);
  }

  row(leaf, path, attributes, collections, remove, replace) {
    const row = make("div", { className: "condition-row", dataset: { path } });
    const again = (fresh) => { replace(fresh); this.changed(true, `[data-path="${path}"] select`); };
    row.append(this.subjectChoice(leaf, attributes, collections, again));
    if ("attribute" in leaf) this.comparison(row, leaf, attributes.find((item) => item.name === leaf.attribute));
    else this.collectionLeaf(row, leaf, path, collections);
    row.append(this.removal(remove));
    return row;
  }

  // What the row is about: an attribute, or a question about a collection ("count|customer.purchases").
  subjectChoice(leaf, attributes, collections, again) {
    const groups = [...new Set(attributes.map((item) => item.subject))].map((subject) => [
      this.options.subjects.find((item) => item.name === subject)?.title || "",
      attributes.filter((item) => item.subject === subject).map((item) => ({ value: item.name, title: item.title })),
    ]);
    for (const item of collections) groups.push([item.title, item.hows.map((how) => ({ value: `${how.name}|${item.name}`, title: how.title }))]);
    const { how, collection } = this.question(leaf);
    const current = "attribute" in leaf ? leaf.attribute : `${how}|${collection}`;
    return this.select(groups, current, this.texts.what, (value) => {
      const [asked, name] = value.split("|");
      const attribute = attributes.find((item) => item.name === value);
      again(attribute ? this.fresh(attribute) : this.freshQuestion(asked, collections.find((item) => item.name === name)));
    });
  }

  question(leaf) {
    if (leaf.lines) {
      const how = Object.keys(leaf.lines).find((key) => [...GROUPS, ...AGGREGATES].includes(key));
      return { how, collection: "lines", inner: leaf.lines };
    }
    const how = AGGREGATES.find((key) => key in leaf);
    return { how, collection: leaf[how], inner: leaf };
  }

  collectionLeaf(row, leaf, path, collections) {
    const { how, collection, inner } = this.question(leaf);
    const about = collections.find((item) => item.name === collection);
    if (!about) return;
    const lines = collection === "lines";
    if (GROUPS.includes(how)) { row.append(this.where(inner, how, `${path}.lines.${how}`, about)); return; }
    const fields = about.hows.find((item) => item.name === how)?.fields || [];
    const fieldKey = lines ? how : "of";
    if (fields.length) {
      row.append(this.select(fields.map((name) => ({ value: name, title: about.fields.find((item) => item.name === name).title })),
        inner[fieldKey], this.texts.field, (value) => { inner[fieldKey] = value; delete inner.value; Object.assign(inner, this.compared(this.fieldOf(about, value))); this.changed(true, `[data-path="${path}"] select`); }));
    }
    if (about.is_dated) row.append(...this.within(inner));
    this.comparison(row, inner, how === "count" ? { type: "number", choices: [] } : this.fieldOf(about, inner[fieldKey]));
    const key = lines && how === "count" ? "count" : "where";
    if (inner[key]) row.append(this.where(inner, key, lines ? `${path}.where` : `${path}.where`, about));
    else row.append(this.button(this.texts.narrow, () => { inner[key] = { all: [this.fresh(about.fields[0])] }; this.changed(true, `[data-path="${path}"] .condition-where select`); }));
  }

  within(inner) {
    const change = (text) => { if (text === "") delete inner.within_days; else inner.within_days = Number(text); this.changed(); };
    const input = this.input("number", inner.within_days ?? "", this.texts.within, change, { min: 0, placeholder: this.texts.ever });
    return [make("span", { textContent: this.texts.within_before }), input, make("span", { textContent: this.texts.within_after })];
  }

  fieldOf(about, name) {
    return about.fields.find((item) => item.name === name) || { type: "number", choices: [] };
  }

  where(holder, key, path, about) {
    holder[key] = this.asGroup(holder[key]);
    const drop = GROUPS.includes(key) ? null : () => { if (key === "count") holder[key] = null; else delete holder[key]; this.changed(true); };
    return make("div", { className: "condition-where" }, [make("span", { textContent: GROUPS.includes(key) ? this.texts.for_which : this.texts.where }), this.group(holder[key], path, about.fields, [], drop)]);
  }

  comparison(row, leaf, attribute) {
    if (!attribute) return;
    const names = this.options.types[attribute.type];
    const path = row.dataset.path;
    row.append(this.select(names.map((name) => ({ value: name, title: this.options.operators[name].title })), leaf.is, this.texts.operator, (name) => {
      const before = this.options.operators[leaf.is]?.shape;
      leaf.is = name;
      if (this.options.operators[name].shape !== before) { delete leaf.value; this.defaultValue(leaf, attribute); }
      this.changed(true, `[data-path="${path}"] [data-operator]`);
    }, { operator: "" }));
    row.append(...this.widgets(leaf, attribute, this.options.operators[leaf.is]?.shape));
    const isAmount = attribute.type === "money" && leaf.value !== undefined;
    if (isAmount) row.append(make("span", { className: "unit", textContent: this.sign(leaf.value?.currency || this.dataset.currency) }));
  }

  widgets(leaf, attribute, shape) {
    const set = (value) => { leaf.value = value; this.changed(); };
    const { texts } = this;
    if (shape === "one") return [this.scalar(attribute, leaf.value, texts.value, set)];
    if (shape === "many") return [this.many(attribute, leaf.value || [], set)];
    if (shape === "range") return [0, 1].map((end) => this.scalar(attribute, leaf.value?.[end], end ? texts.to : texts.from, (value) => { const pair = [...(leaf.value || [])]; pair[end] = value; set(pair); }));
    if (shape === "hours") return [0, 1].map((end) => this.input("time", leaf.value?.[end] || "", end ? texts.to : texts.from, (value) => { const pair = [...(leaf.value || [])]; pair[end] = value; set(pair); }));
    if (shape === "weekdays") return [this.checks(this.options.weekdays, leaf.value || [], set)];
    if (shape === "months") return [this.checks(this.options.months, leaf.value || [], set)];
    if (shape === "duration" || shape === "days") return this.duration(leaf, attribute, shape, set);
    return [];
  }

  duration(leaf, attribute, shape, set) {
    const [[unit, count]] = Object.entries(leaf.value || { days: 30 });
    const units = shape === "days" ? ["days"] : attribute.type === "date" ? ["days", "weeks", "months", "years"] : this.options.units.map((item) => item.value);
    const number = this.input("number", count, this.texts.value, (text) => set({ [choice.value]: Number(text) }), { min: 0 });
    const choice = this.select(this.options.units.filter((item) => units.includes(item.value)), unit, this.texts.unit, (name) => set({ [name]: Number(number.value) }));
    return [number, choice];
  }

  scalar(attribute, value, label, set) {
    if (attribute.type === "boolean") return this.select([{ value: "true", title: this.texts.yes }, { value: "false", title: this.texts.no }], String(value ?? true), label, (text) => set(text === "true"));
    if (attribute.choices.length) return this.select(attribute.choices, value, label, set);
    if (attribute.type === "date" || (attribute.type === "moment" && String(value || "").length <= 10)) return this.input("date", value || "", label, set);
    if (attribute.type === "money" && value && typeof value === "object") return this.input("text", value.amount, `${label} (${value.currency})`, (text) => set({ ...value, amount: this.number(text) }), { inputMode: "decimal" });
    if (attribute.type === "money" || attribute.type === "number") return this.input("text", this.local(value), label, (text) => set(this.number(text)), { inputMode: "decimal" });
    return this.input("text", value ?? "", label, set);
  }

  many(attribute, values, set) {
    if (attribute.choices.length && attribute.choices.length <= 12) return this.checks(attribute.choices, values, set);
    const parse = (text) => text.split(",").map((part) => part.trim()).filter(Boolean).map((part) => (attribute.type === "number" ? this.number(part) : part));
    const input = this.input("text", values.join(", "), `${this.texts.value} (${this.texts.list_hint})`, (text) => set(parse(text)), { placeholder: this.texts.list_hint });
    input.dataset.list = "";
    return input;
  }

  checks(choices, values, set) {
    const boxes = choices.map(({ value, title }) => {
      const box = make("input", { type: "checkbox", checked: values.includes(value) });
      box.addEventListener("change", () => set(choices.filter((_, index) => boxes[index].firstChild.checked).map((item) => item.value)));
      return make("label", {}, [box, title]);
    });
    return make("fieldset", { className: "condition-checks", ariaLabel: this.texts.value }, boxes);
  }

  // Numbers travel as exact decimal text; people may write a comma and spaces.
  number(text) { return text.replace(/\s/g, "").replace(",", "."); }
  local(value) { return this.options.language === "pl" ? String(value ?? "").replace(".", ",") : String(value ?? ""); }

  // What people call a currency: zł rather than PLN.
  sign(currency) {
    if (!currency) return "";
    const parts = new Intl.NumberFormat(this.options.language, { style: "currency", currency }).formatToParts(1);
    return parts.find((part) => part.type === "currency").value;
  }

  fresh(attribute) { return { attribute: attribute.name, ...this.compared(attribute) }; }

  compared(attribute) {
    const preferred = { number: "at_least", money: "at_least", moment: "within_last", date: "within_last", texts: "has_any" }[attribute.type] || "equals";
    const leaf = { is: preferred };
    this.defaultValue(leaf, attribute);
    return leaf;
  }

  defaultValue(leaf, attribute) {
    const shape = this.options.operators[leaf.is].shape;
    const one = attribute.type === "boolean" ? true : attribute.choices[0]?.value ?? (attribute.type === "number" || attribute.type === "money" ? "1" : "");
    const values = { one, many: attribute.choices.length ? [one] : [], range: attribute.type === "number" || attribute.type === "money" ? ["1", "10"] : ["", ""], duration: { days: 30 }, days: { days: 7 }, weekdays: ["saturday", "sunday"], months: [1], hours: ["18:00", "22:00"] };
    if (shape in values) leaf.value = values[shape];
  }

  freshQuestion(how, about) {
    const field = about.hows.find((item) => item.name === how)?.fields[0];
    const compared = how === "count" ? { is: "at_least", value: "1" } : field ? this.compared(this.fieldOf(about, field)) : {};
    if (about.name !== "lines") return { [how]: about.name, ...(field ? { of: field } : {}), ...compared };
    if (GROUPS.includes(how)) return { lines: { [how]: { all: [this.fresh(about.fields[0])] } } };
    return { lines: { [how]: field || null, ...compared } };
  }

  select(choices, current, label, change, dataset = {}) {
    const option = ({ value, title }) => make("option", { value, textContent: title, selected: String(value) === String(current) });
    const children = Array.isArray(choices[0]) ? choices.map(([title, items]) => make("optgroup", { label: title }, items.map(option))) : choices.map(option);
    const select = make("select", { ariaLabel: label, dataset }, children);
    select.addEventListener("change", () => change(select.value));
    return select;
  }

  input(type, value, label, change, more = {}) {
    const input = make("input", { type, value, ariaLabel: label, autocomplete: "off", ...more });
    input.addEventListener("input", () => change(input.value));
    return input;
  }

  button(text, click) {
    const button = make("button", { type: "button", className: "button button-small button-bare", textContent: `+ ${text}` });
    button.addEventListener("click", click);
    return button;
  }

  removal(remove) {
    const button = make("button", { type: "button", className: "condition-remove", textContent: "×", ariaLabel: this.texts.remove, title: this.texts.remove });
    button.addEventListener("click", remove);
    return button;
  }
}

if (!customElements.get("wracam-condition")) customElements.define("wracam-condition", ConditionEditor);
