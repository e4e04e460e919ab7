import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

// The one place that knows the drawing library and its document. Charts compose these marks and call `draw`.
export const { areaY, axisX, dot, gridX, lineY, rect, ruleX, ruleY, text } = Plot

/** What a drawing is called; a reader who does not see it hears both. */
export interface Naming {
  /** Makes the ids of title and description unique on the page. */
  readonly id: string
  readonly title: string
  readonly description: string
  /** Class in addition to `chart`: which of two renderings this is. */
  readonly shape: 'narrow' | 'broad'
}

/**
 * Draws and gives SVG as text without inline style, because the content policy forbids it: classes of the marks are
 * those of pages.css. The caller adds a table with the same data.
 */
export function draw(options: Plot.PlotOptions, naming: Naming): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const svg = Plot.plot({ ...options, document, className: 'chart' })
  const { width = 640, marginLeft = 0, marginRight = 0 } = options
  return finish(svg, naming, `${marginLeft} ${width - marginRight}`)
}

interface Element {
  remove(): void
  removeAttribute(name: string): void
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * Takes out what the content policy forbids and gives the drawing its name; `plot`: where its x axis begins and ends.
 */
function finish(
  svg: { querySelectorAll(selector: string): Iterable<Element>; outerHTML: string },
  naming: Naming,
  plot: string,
): string {
  for (const element of svg.querySelectorAll('style')) element.remove()
  for (const element of svg.querySelectorAll('*'))
    for (const name of ['style', 'aria-label', 'aria-hidden', 'font-variant', 'stroke-opacity'])
      element.removeAttribute(name)
  const names = `<title id="${naming.id}-t">${escapeText(naming.title)}</title><desc id="${naming.id}-d">${escapeText(naming.description)}</desc>`
  return svg.outerHTML.replace(/^<svg([^>]*)>/, (_, attributes: string) => {
    const viewBox = /viewBox="[^"]*"/.exec(attributes)?.[0] ?? ''
    return `<svg class="chart ${naming.shape}" ${viewBox} data-plot="${plot}" role="img" aria-labelledby="${naming.id}-t ${naming.id}-d">${names}`
  })
}
