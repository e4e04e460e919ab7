import { InputError } from '../../core/model/errors.ts'

/** Ending of what a folder is being given; no object is named so. */
export const HALF_STORED = '.unfinished'
const MOST_CHARACTERS = 512
/** Characters that every store, every file system and a signature take as they are, or encode alike. */
const PART = /^[A-Za-z0-9._~=@,+-]+$/

/** Throws InputError for a key that is no plain relative path (contract.ts). A prefix may also be empty or end with `/`. */
export function checkKey(key: string, what: 'key' | 'prefix' = 'key'): void {
  const parts = (what === 'prefix' ? key.replace(/\/$/, '') : key).split('/')
  const isEmpty = what === 'prefix' && key === ''
  const isPlain = parts.every((part) => PART.test(part) && part !== '.' && part !== '..')
  if (isEmpty || (isPlain && key.length <= MOST_CHARACTERS && !key.endsWith(HALF_STORED))) return
  throw new InputError(`Cannot use object ${what} ${JSON.stringify(key.slice(0, 80))}`, {
    code: 'object.key',
    path: what,
    expected: 'a relative path of letters, digits and ._~=@,+-',
  })
}

/** Keys in the order of their bytes: they are ASCII. */
export const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
