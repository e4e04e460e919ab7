/** Differences that are named; the others are counted with them. */
const MOST = 100

/**
 * Places in which two JSON values differ, as paths (`/cause/word`), at most 100. An absent member and one that is null differ.
 * Numbers are compared as they are: the same rules on the same bytes give the same bits.
 */
export function differencesOf(stated: unknown, derived: unknown, path = ''): readonly string[] {
  const found: string[] = []
  const compare = (a: unknown, b: unknown, at: string): void => {
    if (found.length >= MOST || Object.is(a, b)) return
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) found.push(`${at}/length`)
      else for (const [i, one] of a.entries()) compare(one, b[i], `${at}/${i}`)
    } else if (isObject(a) && isObject(b)) {
      for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
        if (Object.hasOwn(a, name) && Object.hasOwn(b, name)) compare(a[name], b[name], `${at}/${name}`)
        else found.push(`${at}/${name}`)
      }
    } else if (a !== b) found.push(at) // 0 and −0 are one number in JSON
  }
  compare(stated, derived, path)
  return found
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
