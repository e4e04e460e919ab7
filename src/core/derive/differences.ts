/** Differences that are named; the others are counted with them. */
const MOST = 100

/**
 * Places in which two JSON values differ, as paths (`/cause/word`), at most 100. An absent member and one that is null differ.
 * Whole numbers are compared as they are, others to nine digits: logarithms and powers are left to each engine (ECMA-262,
 * §21.3.2), and Firefox's differ from those of V8 in their last bits.
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
    } else if (a !== b && !isNearly(a, b)) found.push(at) // 0 and −0 are one number in JSON
  }
  compare(stated, derived, path)
  return found
}

/** Relative for large numbers, absolute below one: what is that near to nothing is nothing in a logarithm of a ratio. */
const NEAR = 1e-9
const isNearly = (a: unknown, b: unknown): boolean =>
  typeof a === 'number' &&
  typeof b === 'number' &&
  !(Number.isInteger(a) && Number.isInteger(b)) &&
  Math.abs(a - b) <= NEAR * Math.max(1, Math.abs(a), Math.abs(b))

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
