// What the page can do beyond being read: filter, sort, open and close all, theme, links.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const list = at("list"), body = list.tBodies[0];
  const rows = Array.from(body.rows).map((row) => ({
    row,
    section: at(row.cells[0].firstChild.hash.slice(1)),
    outcome: row.dataset.o,
    evidence: row.dataset.e,
    rules: row.dataset.r ? row.dataset.r.split(" ") : [],
    server: row.cells[3].textContent,
    text: null,
  }));
  const outcome = at("f-outcome"), evidence = at("f-evidence"), server = at("f-server"), rule = at("f-rule"), text = at("f-text");

  const option = (select, value, label) => {
    const item = document.createElement("option");
    item.value = value;
    item.textContent = label;
    select.append(item);
  };
  for (const name of new Set(rows.map((r) => r.server).sort())) option(server, name, name);
  for (const row of document.querySelectorAll("tr[id^=r]"))
    option(rule, row.id.slice(1), row.cells[0].textContent + ": " + row.querySelector("code").textContent);
  for (const item of Array.from(outcome.options))
    if (item.value && !rows.some((r) => r.outcome === item.value)) item.remove();
  for (const item of Array.from(evidence.options))
    if (item.value && !rows.some((r) => r.evidence === item.value)) item.remove();
  evidence.parentNode.hidden = evidence.options.length < 3; // all are alike

  const words = (r) => (r.text ??= (r.row.textContent + " " + r.section.textContent).toLowerCase());
  const filter = () => {
    const wanted = text.value.trim().toLowerCase();
    let shown = 0;
    for (const r of rows) {
      const fits = (!outcome.value || r.outcome === outcome.value) &&
        (!evidence.value || r.evidence === evidence.value) &&
        (!server.value || r.server === server.value) &&
        (!rule.value || r.rules.includes(rule.value)) && (!wanted || words(r).includes(wanted));
      r.row.hidden = r.section.hidden = !fits;
      shown += fits;
    }
    at("shown").textContent = shown === rows.length ? rows.length + " shown" : shown + " of " + rows.length + " shown";
  };
  const form = at("filter");
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  const only = (select, value) => {
    for (const field of [outcome, evidence, server, rule, text]) field.value = "";
    if (select) select.value = value;
    filter();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-outcome], a[data-evidence], a[data-rule]");
    if (!link) return;
    if (link.dataset.outcome) only(outcome, link.dataset.outcome);
    else if (link.dataset.evidence) only(evidence, link.dataset.evidence);
    else only(rule, link.dataset.rule);
  });

  const key = (row, column, kind) => {
    const value = row.cells[column].textContent;
    return kind === "n" ? Number(value.replaceAll(",", "")) : value;
  };
  Array.from(list.tHead.rows[0].cells).forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of list.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const order = Array.from(body.rows, (row) => [key(row, column, head.dataset.sort), row]);
      order.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (up ? 1 : -1));
      body.append(...order.map(([, row]) => row));
    });
  });

  const each = (fn) => rows.forEach((r) => fn(r.section));
  at("open").addEventListener("click", () => each((s) => { if (!s.hidden) s.open = true; }));
  at("close").addEventListener("click", () => each((s) => { s.open = false; }));
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = rows.map((r) => r.section).filter((s) => !s.open && !s.hidden);
    for (const section of closed) section.open = true;
  });
  addEventListener("afterprint", () => {
    for (const section of closed) section.open = false;
  });

  const dark = () => document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = at("theme");
  const name = () => { theme.textContent = dark() ? "Light" : "Dark"; };
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    name();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  name();

  // A link to a session or a finding opens it, whatever the filter says.
  const land = () => {
    const target = location.hash.length > 1 && at(location.hash.slice(1));
    if (!target) return;
    const section = target.closest("details.ses");
    if (section) {
      if (section.hidden) only(null);
      section.open = true;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", land);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.n");
    if (!link || !navigator.clipboard) return;
    navigator.clipboard.writeText(link.href).then(() => {
      link.parentNode.classList.add("copied");
      setTimeout(() => link.parentNode.classList.remove("copied"), 1500);
    }, () => {});
  });

  for (const id of ["filter", "tools", "theme"]) at(id).hidden = false;
  filter();
  land();
})();
