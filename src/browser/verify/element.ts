const SVG = 'http://www.w3.org/2000/svg'

/** An element with attributes and content. Text is put in as text: what a bundle says is never read as markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...content)
  return made
}

/** One of the marks that every page of the site draws once (site/parts/mark.ts). */
export function markElement(name: 'open' | 'slow' | 'part' | 'shut' | 'fault' | 'unkn' | 'none'): SVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  for (const [attribute, value] of Object.entries({ class: 'm', 'aria-hidden': 'true', focusable: 'false' }))
    svg.setAttribute(attribute, value)
  const use = document.createElementNS(SVG, 'use')
  use.setAttribute('href', `#m-${name}`)
  svg.append(use)
  return svg
}

/** An untrusted text as it can be shown: control and direction characters become a mark, and it has an end. */
export function shown(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd').toWellFormed()
  return plain.length > MOST_SHOWN ? `${plain.slice(0, MOST_SHOWN)}\u2026` : plain
}
const MOST_SHOWN = 300
