import { LineChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, GridComponent, MarkAreaComponent, MarkLineComponent, SVGRenderer]);

/** Size of a plot in pixels of its own; pages scale it to the width they have. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/**
 * An Apache ECharts chart as SVG, without a document. Colors are custom properties of the page, so one drawing serves light and dark. What
 * only a pointer needs is left out.
 */
export function renderSvg(id: string, option: EChartsCoreOption, { width, height }: PlotSize): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: "inherit" }, ...option });
    return tidy(chart.renderToSVGString(), id);
  } finally {
    chart.dispose();
  }
}

/** Without hover styles, event attributes and the frame's size; with ids that begin with `id`, unique in a page. */
function tidy(svg: string, id: string): string {
  return svg
    .replaceAll(/<style\s*>[\s\S]*?<\/style>/g, "")
    .replaceAll(/ (?:pointer-events|ecmeta_[a-z_]+|class)="[^"]*"/g, "")
    .replaceAll(/zr\d+-/g, `${id}-`)
    .replace(
      /^<svg[^>]*?viewBox="([^"]*)"[^>]*>/,
      (_, box: string) =>
        `<svg viewBox="${box}" xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false">`,
    )
    .replaceAll(/\n+/g, "\n");
}
