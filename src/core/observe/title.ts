/** Characters of a page in which its title is looked for. */
const REACH = 128 * 1024
const LONGEST = 500

/** White space folded, at most 500 characters; undefined where nothing is left. */
export function foldTitle(text: string): string | undefined {
  const folded = text.replace(/\s+/g, ' ').trim().slice(0, LONGEST)
  return folded === '' ? undefined : folded
}

/** Text of the first title element of a page, entities left as they stand, so that both sides compare alike. */
export function titleOf(page: string): string | undefined {
  const start = openTag(page)
  if (start === -1) return undefined
  const inner = page.indexOf('>', start)
  if (inner === -1) return undefined
  const end = page.indexOf('</', inner)
  return foldTitle(page.slice(inner + 1, end === -1 ? inner + 1 + 2 * LONGEST : Math.min(end, inner + 1 + 4 * LONGEST)))
}

function openTag(page: string): number {
  const lower = page.indexOf('<title')
  if (lower !== -1) return lower < REACH ? lower : -1
  const upper = page.indexOf('<TITLE')
  if (upper !== -1) return upper < REACH ? upper : -1
  return page.length < 4096 || page.includes('<Title') ? page.slice(0, REACH).search(/<title/i) : -1
}
