import type { Result } from './run-scenario.ts'

const ORDER = [
  'interfered',
  'reachable',
  'unreachable',
  'inconclusive',
  'unreachable or inconclusive',
  'not judged',
  'not-judged',
]
const place = (kind: string): number => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length)
const byOrder = (one: string, other: string): number => place(one) - place(other)

/** Verdicts expected (down) against verdicts got (across), over all services of all scenarios. */
export function formatMatrix(results: readonly Pick<Result, 'pairs'>[]): string {
  const pairs = results.flatMap((one) => one.pairs)
  const down = [...new Set(pairs.map(({ expected }) => expected))].toSorted(byOrder)
  const across = [...new Set(pairs.map(({ got }) => got))].toSorted(byOrder)
  const first = Math.max(8, ...down.map((one) => one.length))
  const cell = (expected: string, got: string): string => {
    const count = pairs.filter((one) => one.expected === expected && one.got === got).length
    return (count === 0 ? '·' : String(count)).padStart(Math.max(got.length, 4) + 2)
  }
  const head = `${'expected'.padEnd(first)}${across.map((one) => one.padStart(Math.max(one.length, 4) + 2)).join('')}`
  const rows = down.map((expected) => `${expected.padEnd(first)}${across.map((got) => cell(expected, got)).join('')}`)
  return [head, ...rows].join('\n')
}
