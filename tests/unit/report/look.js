// What a person would see wrong with the page, as a list of sentences: text that is cut, covers other
// text or stands out too little, tables and drawings that are wider than the window.
(() => {
  const found = [];
  const say = (element, what) => found.push(`${what}: ${element.textContent.trim().slice(0, 60)}`);
  const visible = (element) => element.getClientRects().length > 0;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)].filter(visible);

  // Pixels in which two texts may touch: letters seldom fill the box of their line.
  const SLACK = 2;
  const overlap = (a, b) =>
    a.left + SLACK < b.right && b.left + SLACK < a.right &&
    a.top + SLACK < b.bottom && b.top + SLACK < a.bottom;

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push("the page can be moved sideways");
  for (const element of all("body *")) {
    if (element.closest("svg")) continue;
    const box = element.getBoundingClientRect();
    if (box.right > document.documentElement.clientWidth + 0.5) say(element, "beyond the right edge");
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth) say(element, "cut");
  }

  for (const drawing of all("svg.chart")) {
    const outer = drawing.getBoundingClientRect();
    const boxes = all("text", drawing).map((text) => [text, text.getBoundingClientRect()]);
    boxes.forEach(([text, box], number) => {
      if (box.left < outer.left - 1 || box.right > outer.right + 1) say(text, "text outside its drawing");
      for (const [other, its] of boxes.slice(number + 1))
        if (overlap(box, its)) say(text, `covers "${other.textContent.trim().slice(0, 40)}"`);
    });
    for (const bar of all("rect.bar", drawing)) {
      const label = bar.nextElementSibling;
      if (label?.tagName !== "text" || !/(bar|bad)text$/.test(label.getAttribute("class"))) continue;
      const inside = bar.getBoundingClientRect();
      const box = label.getBoundingClientRect();
      if (box.left < inside.left || box.right > inside.right) say(label, "wider than its bar");
    }
    const names = all(".name", drawing).map((text) => text.getBoundingClientRect().right);
    const plot = drawing.querySelector(".plot")?.getBoundingClientRect();
    if (drawing.classList.contains("wide") && plot && Math.max(...names) > plot.left)
      found.push("a name reaches into the drawing");
  }

  // Contrast, as WCAG 2 defines it; 4.5 is its level AA for text of ordinary size.
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) =>
    0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const contrast = (a, b) => {
    const [dark, light] = [luminance(parts(a)), luminance(parts(b))].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const opaque = (colour) => (parts(colour)[3] ?? 1) === 1;
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (opaque(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const paper = behind(document.body);
  const named = (name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };
  const grounds = { bartext: null, badtext: named("--bad"), gaptext: named("--plot") };
  for (const element of all("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || element.closest("title, desc, defs")) continue;
    const style = getComputedStyle(element);
    let ground = element.closest("svg") ? paper : behind(element);
    const kind = Object.keys(grounds).find((name) => element.classList.contains(name));
    if (kind) ground = grounds[kind];
    const looks = element.previousElementSibling?.tagName === "rect" ? getComputedStyle(element.previousElementSibling).fill : paper;
    ground ??= looks.startsWith("rgb") ? looks : named("--bad");
    const ink = element.closest("svg") ? style.fill : style.color;
    const ratio = contrast(ink, ground);
    if (ratio < 4.5) say(element, `contrast ${ratio.toFixed(1)} of ${ink} on ${ground}`);
  }
  // 3 is the level AA for what a drawing says without text: marks, and the edges of bars.
  for (const [selector, property, ground] of [
    [".dots", "stroke", named("--plot")], [".crosses", "stroke", named("--plot")],
    ["rect.bar", "stroke", paper], [".event", "stroke", paper], [".bullet i", "backgroundColor", paper],
  ])
    for (const element of all(selector)) {
      const ratio = contrast(getComputedStyle(element)[property], ground);
      if (ratio < 3) say(element, `contrast ${ratio.toFixed(1)} of ${selector}`);
    }
  return [...new Set(found)];
})();
