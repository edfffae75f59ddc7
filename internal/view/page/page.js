"use strict";
(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var text = data.strings, nothing = text[data.nothing], page = matchMedia("(max-width:720px)").matches ? 20 : 100;
  var byID = function (id) { return document.getElementById(id); };
  var body = document.querySelector("#ways tbody"), count = byID("count"), more = byID("more");

  // Everything that comes from files becomes text nodes, never markup.
  function make(name, className, words) {
    var e = document.createElement(name);
    if (className) e.className = className;
    if (words !== undefined) e.textContent = words;
    return e;
  }
  function personOf(w) { return data.people[w.p]; }
  function roleWords(w) { return (w.r || []).map(function (r) { return text[data.roles[r][0]]; }).join(" > ") || nothing; }
  function doorWords(w) {
    var names = (w.d || []).map(function (d) { return data.doors[d].name; });
    if (w.e) names.push(w.e.length + (w.e.length === 1 ? " other" : " others"));
    return names.join(", ") || nothing;
  }
  function filled(words, w) {
    var p = personOf(w);
    return words.split(data.marks[0]).join(text[p[0]]).split(data.marks[1]).join(text[p[1]]);
  }

  var hay = [];
  function haystack(i) {
    if (hay[i] === undefined) {
      var w = data.ways[i], p = personOf(w);
      hay[i] = [text[p[0]], text[p[1]], text[p[2]], text[w.a], roleWords(w), text[w.n], doorWords(w), text[w.o], text[w.g], text[w.w]].join("\n").toLowerCase();
    }
    return hay[i];
  }

  function options(id, values) {
    var list = byID(id);
    values.forEach(function (v) { var o = make("option", "", v[1]); o.value = v[0]; list.appendChild(o); });
  }
  function distinct(get) {
    var seen = new Map();
    data.ways.forEach(function (w) { get(w).forEach(function (v) { if (v && v !== nothing) seen.set(v, v); }); });
    return Array.from(seen.keys()).sort().map(function (v) { return [v, v]; });
  }
  options("f-account", distinct(function (w) { return [text[w.a]]; }));
  options("f-role", distinct(function (w) { return (w.r || []).map(function (r) { return text[data.roles[r][0]]; }); }));
  options("f-project", distinct(function (w) { return [text[w.n]]; }));
  options("f-osuser", distinct(function (w) { return [text[w.o]]; }));
  options("f-door", data.doors.map(function (d, i) { return [String(i), d.name + ": " + d.words]; }));

  function value(id) { return byID(id).value; }
  function matches(w, i) {
    if (w.t === 3 && !byID("f-none").checked) return false;
    if (byID("f-weak").checked && !w.x) return false;
    var v;
    if ((v = value("f-account")) && text[w.a] !== v) return false;
    if ((v = value("f-role")) && !(w.r || []).some(function (r) { return text[data.roles[r][0]] === v; })) return false;
    if ((v = value("f-project")) && text[w.n] !== v) return false;
    if ((v = value("f-osuser")) && text[w.o] !== v) return false;
    if ((v = value("f-door")) && (w.d || []).indexOf(Number(v)) < 0) return false;
    v = value("f-when");
    if (v === "now" && (w.t === 2 || w.t === 3)) return false;
    if (v === "end" && w.t !== 1 && w.t !== 2) return false;
    if (v === "later" && w.t !== 2) return false;
    return value("q").toLowerCase().split(/\s+/).every(function (word) { return haystack(i).indexOf(word) >= 0; });
  }

  var found = [], shown = 0;
  function search() {
    found = [];
    var people = new Set();
    data.ways.forEach(function (w, i) { if (matches(w, i)) { found.push(i); people.add(w.p); } });
    body.textContent = "";
    shown = 0;
    count.textContent = found.length === 0 ? "Nobody is found. Clear a filter, or search for less."
      : found.length + (found.length === 1 ? " way of " : " ways of ") + people.size + (people.size === 1 ? " person." : " people.") + " Choose a person to see the journey.";
    show(page);
  }
  function show(n) {
    var rows = document.createDocumentFragment(), until = Math.min(found.length, shown + n);
    for (; shown < until; shown++) rows.appendChild(row(found[shown]));
    body.appendChild(rows);
    more.hidden = shown >= found.length;
    more.textContent = "Show more (" + (found.length - shown) + " left)";
  }

  function cell(words, label, warn) {
    var td = make("td", warn ? "warn" : "", words);
    td.setAttribute("data-label", label);
    return td;
  }
  function row(i) {
    var w = data.ways[i], p = personOf(w), tr = make("tr", "way"), th = make("th"), who = make("button", "who", text[p[0]]);
    th.scope = "row";
    who.type = "button";
    who.setAttribute("aria-expanded", "false");
    th.appendChild(who);
    th.appendChild(make("small", "", " " + text[p[2]]));
    tr.appendChild(th);
    tr.appendChild(cell(text[w.a] || nothing, "Account"));
    tr.appendChild(cell(roleWords(w), "Role"));
    tr.appendChild(cell(text[w.n], "Nodes of project"));
    var doors = cell(doorWords(w), "Doors");
    if (w.i) { doors.appendChild(document.createTextNode(" ")); doors.appendChild(make("span", "tag", "only if")); }
    tr.appendChild(doors);
    tr.appendChild(cell(text[w.o], "OS user", (w.x & 1) && !w.i));
    tr.appendChild(cell(text[w.s], "Sign-in", w.x & 2));
    tr.appendChild(cell(text[w.w], "When"));
    tr.addEventListener("click", function (e) {
      if (e.target.closest("a") || String(getSelection())) return;
      toggle(tr, who, w);
    });
    return tr;
  }
  function toggle(tr, who, w) {
    var open = who.getAttribute("aria-expanded") === "true";
    who.setAttribute("aria-expanded", String(!open));
    if (open) { tr.nextSibling.remove(); return; }
    var below = make("tr", "open"), td = make("td");
    td.colSpan = 8;
    td.appendChild(details(w));
    below.appendChild(td);
    tr.after(below);
  }

  function details(w) {
    var div = make("div"), p = personOf(w);
    div.appendChild(make("p", "", text[p[0]] + ", " + text[p[3]] + ": "));
    div.firstChild.appendChild(make("code", "", text[p[1]]));
    div.appendChild(make("p", "", "Regions: " + text[w.g] + ". Sign-in: " + text[w.s] + ". When: " + text[w.w] + "."));
    if (w.e) {
      div.appendChild(make("p", "", "Somewhere the role may also use:"));
      var ul = make("ul");
      w.e.forEach(function (n) { ul.appendChild(make("li", "", text[n])); });
      div.appendChild(ul);
    }
    (w.i || []).forEach(function (n) { div.appendChild(make("p", "", "Only if " + data.notes[n] + ".")); });
    if (!w.j) {
      div.appendChild(make("p", "", w.t === 3 ? "Reaches no node and takes no role." : "There is no journey to show."));
      return div;
    }
    var place = make("div"), tabs = make("div", "tabs");
    tabs.setAttribute("role", "group");
    tabs.setAttribute("aria-label", "Door");
    function choose(n) {
      Array.from(tabs.children).forEach(function (b, at) { b.setAttribute("aria-pressed", String(at === n)); });
      place.textContent = "";
      place.appendChild(journey(w, data.journeys[w.j[n]]));
    }
    (w.d || []).forEach(function (d, n) {
      var b = make("button", "", data.doors[d].words);
      b.type = "button";
      b.addEventListener("click", function (e) { e.stopPropagation(); choose(n); });
      tabs.appendChild(b);
    });
    if (tabs.children.length) div.appendChild(tabs);
    div.appendChild(place);
    choose(0);
    return div;
  }
  function journey(w, steps) {
    var ol = make("ol", "journey");
    steps.forEach(function (n) {
      var s = data.steps[n], li = make("li"), outcome = filled(text[s.o], w);
      li.appendChild(make("span", "does", filled(text[s.d], w)));
      if (outcome) { li.appendChild(document.createTextNode(": ")); li.appendChild(make("b", outcome === "allowed" ? "allowed" : "denied", outcome)); }
      (s.c || []).forEach(function (c) { li.appendChild(call(w, c)); });
      if (s.n) li.appendChild(make("p", "small", filled(text[s.n], w)));
      ol.appendChild(li);
    });
    return ol;
  }
  function call(w, c) {
    var div = make("div", "says"), on = filled(text[c.r], w);
    div.appendChild(make("code", "", filled(text[c.a], w) + (on === "*" ? "" : " on " + on)));
    if (c.u) div.appendChild(make("div", "", "AWS decides this itself: " + filled(text[c.u], w)));
    (c.l || []).forEach(function (l) {
      div.appendChild(make("div", "", filled(text[l.s], w)));
      (l.t || []).forEach(function (t) {
        var st = make("div", "stmt");
        st.appendChild(make("b", "", filled(text[t[0]], w)));
        st.appendChild(make("small", "", " statement " + filled(text[t[2]], w) + " of " + filled(text[t[1]], w)));
        if (t.length > 3) {
          var ul = make("ul");
          t.slice(3).forEach(function (r) { ul.appendChild(make("li", "", filled(text[r], w))); });
          st.appendChild(ul);
        }
        div.appendChild(st);
      });
    });
    return div;
  }

  var form = byID("filters");
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  form.addEventListener("input", search);
  form.addEventListener("reset", function () { setTimeout(search, 0); });
  more.addEventListener("click", function () { show(page); });
  document.addEventListener("click", function (e) {
    var a = e.target.closest("[data-account],[data-door]");
    if (!a) return;
    form.reset();
    if (a.hasAttribute("data-account")) byID("f-account").value = a.getAttribute("data-account");
    else byID("f-door").value = String(data.doors.findIndex(function (d) { return d.name === a.getAttribute("data-door"); }));
    setTimeout(function () { search(); byID("q").focus({ preventScroll: true }); }, 0);
  });
  // What is printed is everything that the filters leave.
  window.addEventListener("beforeprint", function () { show(found.length); });
  search();
}());
