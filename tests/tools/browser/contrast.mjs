// contrast.mjs - text that is too faint to read: WCAG 2.1, success criterion 1.4.3 (AA).

// contrasts - of every visible text its ratio to what lies behind it, where that is below 4.5.
export const contrasts = async (page) => page.evaluate(() => {
  const parse = (colour) => {
    const part = colour.match(/[\d.]+/g).map(Number);
    return { rgb: part.slice(0, 3), alpha: part.length > 3 ? part[3] : 1 };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const badge = element.closest("svg a");
    if (badge && element.closest("a > text") && !element.closest(".b, .a"))
      return parse(getComputedStyle(badge.querySelector("rect")).fill).rgb;
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.alpha > 0) return colour.rgb;
    }
    return [255, 255, 255];
  };
  const seen = new Set();
  for (const section of Array.from(document.querySelectorAll("details")).slice(0, 20)) section.open = true;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, title, defs, .skip")) continue;
    const style = getComputedStyle(element);
    const front = parse(element.closest("svg") ? style.fill : style.color).rgb;
    const [high, low] = [luminance(front), luminance(behind(element))].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5)
      seen.add(`${element.localName}.${element.getAttribute("class") ?? ""} in ${element.parentElement.getAttribute("class") ?? element.parentElement.localName}: ${ratio.toFixed(2)}`);
  }
  return Array.from(seen);
});
