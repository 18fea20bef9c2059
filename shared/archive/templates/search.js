
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const form = at("search"), query = at("query"), status = at("status"), found = at("found"), more = at("more");
  const says = form.dataset, shards = Number(says.shards), step = 50;
  const address = /^(about|memories|files|conversations|reminders|contacts)\/\d{5}\.html#[a-z]+-[0-9a-zA-Z-]+$/;
  let arrived = null, run = null;
  window.archiveFound = (items) => { arrived = items; };

  const load = (number) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    arrived = null;
    script.charset = "utf-8";
    script.src = "search/" + String(number).padStart(5, "0") + ".js";
    script.onload = () => { script.remove(); if (arrived) resolve(arrived); else reject(new Error(script.src)); };
    script.onerror = () => { script.remove(); reject(new Error(script.src)); };
    document.head.append(script);
  });

  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const shortened = (text, words) => {
    const lower = text.toLowerCase();
    const places = words.map((word) => lower.indexOf(word)).filter((place) => place >= 0);
    const from = Math.max(0, Math.min(...(places.length ? places : [0])) - 60);
    return (from > 0 ? "…" : "") + text.slice(from, from + 240) + (from + 240 < text.length ? "…" : "");
  };

  const marked = (text, words) => {
    const piece = document.createDocumentFragment(), lower = text.toLowerCase();
    let from = 0;
    while (from < text.length) {
      let next = -1, length = 0;
      for (const word of words) {
        const place = lower.indexOf(word, from);
        if (place >= 0 && (next < 0 || place < next)) { next = place; length = word.length; }
      }
      if (next < 0) break;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(next, next + length);
      piece.append(text.slice(from, next), mark);
      from = next + length;
    }
    piece.append(text.slice(from));
    return piece;
  };

  const show = ([href, title, when, text], words) => {
    if (!address.test(href)) return;
    const item = document.createElement("li"), link = document.createElement("a"), says = document.createElement("p");
    link.href = href;
    link.dir = says.dir = "auto";
    link.append(marked(title, words));
    says.append(marked(shortened(text, words), words));
    item.append(link, " ", document.createTextNode(when), says);
    found.append(item);
  };

  const go = async (mine) => {
    more.hidden = true;
    let shown = 0, failed = false;
    while (run === mine && shown < step) {
      if (mine.waiting.length) {
        show(mine.waiting.shift(), mine.words);
        mine.count += 1;
        shown += 1;
      } else if (mine.next <= shards) {
        status.textContent = says.searching;
        try {
          const items = await load(mine.next);
          if (run !== mine) return;
          mine.waiting = items.filter((item) => {
            const text = folded(item[1] + " " + item[3]);
            return mine.folded.every((word) => text.includes(word));
          });
        } catch { failed = true; }
        mine.next += 1;
      } else break;
    }
    if (run !== mine) return;
    more.hidden = !mine.waiting.length && mine.next > shards;
    const result = mine.count || !more.hidden ? says.results.replace("{}", mine.count + (more.hidden ? "" : "+")) : says.none;
    status.textContent = failed ? result + " " + says.failed : result;
  };

  let busy = Promise.resolve();
  const begin = (mine) => { busy = busy.then(() => run === mine ? go(mine) : undefined); };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    found.replaceChildren();
    const words = query.value.trim().split(/\s+/).filter(Boolean);
    if (!words.length) { run = null; status.textContent = ""; more.hidden = true; return; }
    run = { words: words.map((word) => word.toLowerCase()), folded: words.map(folded), next: 1, waiting: [], count: 0 };
    begin(run);
  });
  more.addEventListener("click", () => begin(run));
})();
