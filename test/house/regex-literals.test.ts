// Every regular expression written in a folder that reads text from outside takes steps in proportion to the text.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lineAt, listFiles, readSource } from './sources.ts'
import { regexSteps } from '../kit/crash/regex-steps.ts'

const FOLDERS = [
  'core/model',
  'core/ooni',
  'core/observe',
  'core/judge',
  'core/derive',
  'pipeline',
  'site',
  'core/text',
  'reports',
  'web',
  'documents',
  'letter',
  'control',
  'net',
]

interface Written {
  readonly place: string
  readonly pattern: RegExp
}

/** The literals of a file: their contents are blanked in `code`, the strokes and the flags are not. */
function literalsOf(path: string): readonly Written[] {
  const { text, code } = readSource(path)
  return [...code.matchAll(/\/( +)\/([dgimsuvy]*)(?![\w/])/g)].map(({ index, 1: blanks = '', 2: flags = '' }) => ({
    place: `${path}:${lineAt(text, index)}`,
    pattern: new RegExp(text.slice(index + 1, index + 1 + blanks.length), flags),
  }))
}

/** Read only what is short, by what is said. */
const SHORT_TEXTS: Readonly<Record<string, string>> = {
  'src/core/text/number.ts': 'the digits of a number: 22 at most',
}

const LITERALS = FOLDERS.flatMap((folder) => listFiles(`src/${folder}`))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && SHORT_TEXTS[path] === undefined)
  .flatMap(literalsOf)

const USUAL = [
  'a',
  'A',
  '0',
  ' ',
  '.',
  '-',
  ':',
  '/',
  '\\',
  '<',
  '"',
  '&',
  '\n',
  '\0',
  'a.',
  'a-',
  '0.',
  'a:',
  'a ',
  ' a',
  '0a',
]
const SHORT = 400

/** What a pattern is written with is what it is slow for. */
function unitsOf({ source }: RegExp): readonly string[] {
  const words = source.match(/[a-z0-9<>/:=@%&#;,_-]{2,}/gi) ?? []
  return [...new Set([...USUAL, ...words, ...[...source].filter((char) => !/[\w\\()[\]{}|?*+^$]/.test(char))])]
}

function growthOf(
  pattern: RegExp,
  before: string,
  unit: string,
  behind: string,
): readonly [once: number, twice: number] {
  const steps = (length: number): number =>
    regexSteps(pattern, before + unit.repeat(Math.ceil(length / unit.length)) + behind, 0, 2_000_000)
  return [steps(SHORT), steps(2 * SHORT)]
}

describe('regular expressions', () => {
  it(`of ${FOLDERS.join(', ')} take at most twice the steps for twice the text`, () => {
    assert.ok(LITERALS.length > 300, `${LITERALS.length} literals`)
    const slow = LITERALS.flatMap(({ place, pattern }) => {
      const units = unitsOf(pattern)
      const begins = ['', ...(pattern.source.match(/^\W{0,2}[a-z0-9<:/]+/i)?.slice(0, 1) ?? [])]
      for (const before of begins)
        for (const unit of units)
          for (const behind of ['', '\u0001']) {
            const [once, twice] = growthOf(pattern, before, unit, behind)
            if (twice > 2.2 * once + 5000)
              return [`${place} ${String(pattern)} ${JSON.stringify(unit)}: ${once}, ${twice}`]
          }
      return []
    })
    assert.equal(slow.length, 0, `Patterns whose steps grow faster than the text:\n  ${slow.join('\n  ')}`)
  })
})
