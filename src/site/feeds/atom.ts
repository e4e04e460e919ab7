// Atom (RFC 4287). Nothing here knows what the entries are about.

export interface AtomEntry {
  readonly id: string
  readonly title: string
  /** RFC 3339. */
  readonly updated: string
  readonly summary: string
  /** Address of the page, and of its data. */
  readonly page: string
  readonly data: string
  readonly category: { readonly term: string; readonly label: string }
}

export interface AtomFeed {
  readonly id: string
  readonly lang: string
  readonly title: string
  readonly about: string
  readonly updated: string
  /** Public address that the links begin with; absent: they are relative to where the feed is read. */
  readonly base?: string
  readonly self: string
  readonly page: string
  readonly entries: readonly AtomEntry[]
}

/**
 * Text for an element or an attribute. What XML 1.0 does not allow in a document at all (control characters, halves of
 * surrogate pairs) is left out: one such character in a stored text would take the whole feed from every reader.
 */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- these are what must go
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

const element = (name: string, text: string, attributes = ''): string =>
  `<${name}${attributes}>${escapeXml(text)}</${name}>`
const link = (rel: string, type: string, href: string): string =>
  `<link rel="${rel}" type="${type}" href="${escapeXml(href)}"/>`

const renderEntry = (entry: AtomEntry): string =>
  [
    '<entry>',
    element('id', entry.id),
    element('title', entry.title, ' type="text"'),
    element('updated', entry.updated),
    link('alternate', 'text/html', entry.page),
    link('related', 'application/json', entry.data),
    `<category term="${escapeXml(entry.category.term)}" label="${escapeXml(entry.category.label)}"/>`,
    element('summary', entry.summary, ' type="text"'),
    '</entry>',
  ].join('\n')

/** The feed as a document in UTF-8. */
export const renderAtom = (feed: AtomFeed): string =>
  [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${escapeXml(feed.lang)}"${
      feed.base === undefined ? '' : ` xml:base="${escapeXml(feed.base)}"`
    }>`,
    element('id', feed.id),
    element('title', feed.title),
    element('subtitle', feed.about),
    element('updated', feed.updated),
    `<author>${element('name', 'Kuager')}</author>`,
    link('self', 'application/atom+xml', feed.self),
    link('alternate', 'text/html', feed.page),
    ...feed.entries.map(renderEntry),
    '</feed>',
    '',
  ].join('\n')
