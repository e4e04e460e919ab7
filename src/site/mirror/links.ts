import { relativeLink } from './file-place.ts'

/** Where an address of the site leads in a copy. */
export type Target =
  | { readonly kind: 'file'; readonly path: string }
  /** Not in the copy; the site has it. */
  | { readonly kind: 'away'; readonly href: string }
  /** Not in the copy, and the address of the site is not given. */
  | { readonly kind: 'gone' }

export interface LinkContext {
  /** File that holds the links. */
  readonly from: string
  readonly target: (address: URL) => Target
  /** Words next to a link that leads out of the copy, and next to one that leads nowhere. */
  readonly words: { readonly away: string; readonly gone: string }
}

/** A base that no link of the site names: an address that resolves to another host is not ours. */
const BASE = 'http://copy.invalid'
/** Attributes as our templates write them: always in double quotation marks, and with a path from the root. */
const ATTRIBUTE = /(\s(?:href|src|action)=")(\/(?!\/)[^"]*)"/g
const ANCHOR = /<a(\s[^>]*?)?\shref="(\/(?!\/)[^"]*)"([^>]*)>([^]*?)<\/a\s*>/g
const LINK = /<link\s[^>]*?href="(\/(?!\/)[^"]*)"[^>]*>/g

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const decode = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
const encode = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[letter] ?? '&quot;')

/** The address that an attribute names; undefined where it is none of the site. */
function addressOf(attribute: string): URL | undefined {
  const url = URL.parse(decode(attribute), BASE)
  return url === null || url.origin !== BASE ? undefined : url
}

/** Every address of the site that a page names, without its fragment. */
export function linksOf(html: string): readonly URL[] {
  const found = new Map<string, URL>()
  for (const [, , value] of html.matchAll(ATTRIBUTE)) {
    const url = addressOf(value ?? '')
    if (url === undefined) continue
    url.hash = ''
    found.set(url.href, url)
  }
  return [...found.values()]
}

/**
 * The page with every address of the site made a link to a file of the copy. What the copy has not leads to the site
 * itself, where that is known, and says so; else it is plain text that says so.
 */
export function rewriteLinks(html: string, context: LinkContext): string {
  const { from, target, words } = context
  // A page names the same address many times over, and it is read in three passes.
  const known = new Map<string, { readonly leads: Target; readonly hash: string }>()
  const leadsOf = (value: string): { readonly leads: Target; readonly hash: string } => {
    let found = known.get(value)
    if (found === undefined) {
      const url = addressOf(value)
      found = url === undefined ? { leads: { kind: 'gone' }, hash: '' } : { leads: target(url), hash: url.hash }
      known.set(value, found)
    }
    return found
  }
  return html
    .replaceAll(LINK, (tag, value: string) => (leadsOf(value).leads.kind === 'file' ? tag : ''))
    .replaceAll(ANCHOR, (tag, before: string | undefined, value: string, after: string, inside: string) => {
      const { leads } = leadsOf(value)
      const rest = `${before ?? ''}${after}`
      switch (leads.kind) {
        case 'file':
          return tag
        case 'away':
          return `<a href="${encode(leads.href)}"${withTitle(rest, words.away)} rel="noreferrer">${inside}</a>`
        case 'gone':
          return `<span${withTitle(rest, words.gone)}>${inside}</span>`
      }
    })
    .replaceAll(ATTRIBUTE, (whole, name: string, value: string) => {
      const { leads, hash } = leadsOf(value)
      return leads.kind === 'file' ? `${name}${encode(relativeLink(from, leads.path) + hash)}"` : whole
    })
}

/** Attributes of a link with a title instead of their own, and without what only a link has. */
const withTitle = (attributes: string, title: string): string =>
  `${attributes.replaceAll(/\s(?:title|rel|hreflang|download|target)="[^"]*"/g, '').trimEnd()} title="${encode(title)}"`

/** The style sheet next to its fonts: only the path of an address exists in a file system. */
export const rewriteStyle = (css: string): string =>
  css.replaceAll(
    /url\((['"]?)([^'")?#]+)\?[^'")]*\1\)/g,
    (_, mark: string, path: string) => `url(${mark}${path}${mark})`,
  )
