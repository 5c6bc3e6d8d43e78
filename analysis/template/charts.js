"use strict";
const charts = [...document.querySelectorAll(".chart")];
for (const element of charts) {
  const spec = JSON.parse(element.querySelector("script").textContent);
  element.textContent = "";
  Plotly.newPlot(element, spec.data, spec.layout, spec.config).then(
    () => { element.dataset.drawn = "yes"; },
    (error) => { element.dataset.drawn = "no"; element.textContent = String(error); },
  );
}
// paper is narrower than the window: draw each chart anew at the width of an A4 page, and back again
addEventListener("beforeprint", () => charts.forEach((element) => Plotly.relayout(element, { width: 670 })));
addEventListener("afterprint", () => charts.forEach((element) => Plotly.relayout(element, { width: null, autosize: true })));
