interface Block {
  readonly prelude: string
  /** Declarations, or blocks of a query. */
  readonly body: string
}

/** Top-level blocks of a style sheet without comments, as app/web/assets.ts leaves ours. */
function blocksOf(css: string): readonly Block[] {
  const blocks: Block[] = []
  let depth = 0
  let from = 0
  let open = 0
  for (let at = 0; at < css.length; at++) {
    const letter = css[at]
    if (letter === '{' && depth++ === 0) open = at
    else if (letter === '}' && --depth === 0) {
      blocks.push({ prelude: css.slice(from, open).trim(), body: css.slice(open + 1, at) })
      from = at + 1
    }
  }
  return blocks
}

/** Parts of a list of selectors; a comma within parentheses parts nothing. */
const selectorsOf = (prelude: string): readonly string[] => prelude.split(/,(?![^(]*\))/).map((one) => one.trim())

/** A space before a colon parts two selectors: `.a :focus` is not `.a:focus`. */
const squeezeSelector = (selector: string): string => selector.replaceAll(/\s+/g, ' ').replaceAll(/ ?, ?/g, ',')
const squeeze = (body: string): string =>
  body
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([:;{},]) ?/g, '$1')
    .replaceAll(/;$/g, '')
    .trim()

/**
 * The rules of a style sheet that a page can use, squeezed: for a page that carries its own style. What is in
 * parentheses is not read, so that a rule is rather kept than lost. Fonts are left to the caller.
 */
export function usedStyle(css: string, html: string): string {
  const classes = new Set([...html.matchAll(/\sclass="([^"]*)"/g)].flatMap((match) => (match[1] ?? '').split(/\s+/)))
  const ids = new Set([...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1] ?? ''))
  const names = new Set([...html.matchAll(/<([a-z][a-z0-9]*)/g)].map((match) => match[1] ?? ''))
  const isUsed = (selector: string): boolean => {
    const bare = selector
      .replaceAll(/\([^)]*\)/g, '')
      .replaceAll(/\[[^\]]*\]/g, '')
      .replaceAll(/::?[a-z-]+/g, '')
    return (
      [...bare.matchAll(/\.([\w-]+)/g)].every((match) => classes.has(match[1] ?? '')) &&
      [...bare.matchAll(/#([\w-]+)/g)].every((match) => ids.has(match[1] ?? '')) &&
      [...bare.matchAll(/(?:^|[\s>+~])([a-z][a-z0-9]*)/g)].every((match) => names.has(match[1] ?? ''))
    )
  }
  return blocksOf(css)
    .map(({ prelude, body }) => {
      if (prelude.startsWith('@font-face')) return ''
      if (/^@(?:media|supports)/.test(prelude)) {
        const inside = usedStyle(body, html)
        return inside === '' ? '' : `${squeeze(prelude)}{${inside}}`
      }
      const kept = prelude.startsWith('@') ? [prelude] : selectorsOf(prelude).filter(isUsed)
      return kept.length === 0 ? '' : `${kept.map(squeezeSelector).join(',')}{${squeeze(body)}}`
    })
    .join('')
}
