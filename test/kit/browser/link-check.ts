import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'

/** What a check of the links of a folder found. */
export interface LinkCheck {
  readonly pages: number
  readonly links: number
  /** `kk/index.html: ../x.css` for each link that leads to no file, to no anchor, or out of the folder by its root. */
  readonly dead: readonly string[]
}

const decode = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<')

/** Checks that every relative link of every page and style sheet in a folder leads to a file of it, with its anchor. */
export function checkLinks(folder: string): LinkCheck {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
  const known = new Set(files)
  const anchors = new Map<string, ReadonlySet<string>>()
  const anchorsOf = (file: string): ReadonlySet<string> => {
    let found = anchors.get(file)
    if (found === undefined) {
      const text = readFileSync(join(folder, file), 'utf8')
      found = new Set([...text.matchAll(/\sid="([^"]*)"/g)].map((match) => decode(match[1] ?? '')))
      anchors.set(file, found)
    }
    return found
  }
  const dead: string[] = []
  let links = 0
  const pages = files.filter((file) => /\.(?:html|css)$/.test(file))
  for (const page of pages) {
    const text = readFileSync(join(folder, page), 'utf8')
    const named = page.endsWith('.css')
      ? [...text.matchAll(/url\(['"]?([^'")]+)/g)]
      : [...text.matchAll(/\s(?:href|src|action)="([^"]*)"/g)]
    for (const [, value = ''] of named) {
      // A pattern that a style sheet names stands in the page itself.
      if (/^(?:https?|data|mailto):/.test(value) || (page.endsWith('.css') && value.startsWith('#'))) continue
      links++
      const [path = '', anchor = ''] = decode(value).split('#')
      const file = path === '' ? page : posix.join(posix.dirname(page), path)
      const there = !value.startsWith('/') && !path.includes('?') && known.has(file)
      const found = there && (anchor === '' || anchorsOf(file).has(decodeURIComponent(anchor)))
      if (!found) dead.push(`${page}: ${value}`)
    }
  }
  return { pages: pages.length, links, dead }
}
