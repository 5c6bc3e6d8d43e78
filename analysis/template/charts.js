"use strict";
const charts = [...document.querySelectorAll(".chart")].map((element) => ({
  element,
  spec: JSON.parse(element.querySelector("script").textContent),
}));

function draw({ element, spec }, size) {
  Plotly.purge(element);
  element.textContent = "";
  return Plotly.newPlot(element, structuredClone(spec.data), { ...structuredClone(spec.layout), ...size }, spec.config).then(
    () => { element.dataset.drawn = "yes"; },
    (error) => { element.dataset.drawn = "no"; element.textContent = String(error); },
  );
}

charts.forEach((chart) => draw(chart, {}));

// an A4 page holds 670 by 930 pixels: each chart is drawn anew at that width, and a taller one is made smaller as a whole
const legend = document.querySelector("details.legend");
addEventListener("beforeprint", () => { if (legend) legend.open = true; });
addEventListener("afterprint", () => { if (legend) legend.open = false; });
addEventListener("beforeprint", () => charts.forEach((chart) => {
  const scale = Math.min(1, 930 / chart.spec.layout.height);
  chart.element.style.zoom = scale;
  draw(chart, { width: 670 / scale });
}));
addEventListener("afterprint", () => charts.forEach((chart) => {
  chart.element.style.zoom = 1;
  draw(chart, {});
}));
