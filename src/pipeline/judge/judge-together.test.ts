import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createMaker } from '../../../bench/import/made-measurements.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { digest, judgeBytes } from './judge-bytes.ts'
import { judgeTogether, openSteps, judgingPortions, type Tried } from './judge-together.ts'

const tools = { tables: loadTables(), certificates: openCertificates() }
const bytes = (text: string): Buffer => Buffer.from(text)

const MADE = [createMaker('small'), createMaker('large')].flatMap((make) => [0, 1, 2, 3].map(make))
/**
 * Whole measurements, wrapped ones, ones of a person's own address, ones that are cut, changed or no measurement, and
 * ones with repeated members and with numbers and texts that no program of ours writes.
 */
const VALUES = [
  ...MADE,
  ...MADE.map((text) => JSON.stringify({ format: 'json', content: text })),
  ...MADE.map((text) => text.replace('"probe_ip":"127.0.0.1"', '"probe_ip":"93.184.216.34"')),
  ...MADE.map((text) => text.slice(0, text.length / 2)),
  ...MADE.map((text) => text.replace('"test_keys":{', '"test_keys":null,"x":{')),
  ...[
    '1e400',
    '-0',
    '1.0',
    '1e-7',
    '123456789012345678901234567890',
    '"\\ud800"',
    '"\\u003c\\/"',
    `"${'x'.repeat(300_000)}"`,
  ]
    .map((found) => `"test_runtime":${found},"annotations":{"a":${found},"a":[${found}]},"__proto__":${found}`)
    .map((fields) => MADE[0]!.replace('{', `{${fields},"input":"twice",`)),
  `\ufeff${MADE[0]}`,
  '{}',
  '[]',
  '',
  '"',
  '[['.repeat(70),
  '{"test_name":5}',
].map(bytes)

const alone = (value: Buffer): Tried<unknown> => {
  try {
    return { value: judgeBytes(value, tools) }
  } catch (error) {
    return { error }
  }
}

describe('judgeTogether()', () => {
  it('gives of each value what it gives of it alone, in any company', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...VALUES), { maxLength: 20 }), (some) => {
        const step = openSteps(() => undefined)
        const together = judgeTogether(
          some.map((value) => ({ value })),
          { tools, step },
        )
        assert.deepEqual(together, some.map(alone))
      }),
      { numRuns: 60 },
    )
  })

  it('takes the digest of a value that the caller has, but not of a wrapper', () => {
    const [plain, wrapped] = [VALUES[0]!, VALUES[MADE.length]!] // there are as many of each as are made
    const ids = [digest('one'), digest('two')]
    const step = openSteps(() => undefined)
    const judged = judgeTogether([{ value: plain }, { value: wrapped }], { tools, step, ids })
    assert.deepEqual(
      judged.map((tried) => 'value' in tried && tried.value.kind === 'judged' && tried.value.id),
      [ids[0], digest(plain)],
    )
  })

  it('names each value that a step begins with, and none that failed before', () => {
    const seen: number[] = []
    const step = openSteps((place) => seen.push(place))
    judgeTogether([{ value: VALUES[0]! }, { value: bytes('{') }, { value: VALUES[1]! }], { tools, step })
    assert.deepEqual(seen, [0, 1, 2, 0, 2, 0, 2, 0, 2, 0, 2])
  })
})

describe('judgingPortions()', () => {
  it('divides all values in their order into portions of sixteen, and fewer where they are long', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200_000), { maxLength: 100 }), (lengths) => {
        let next = 0
        for (const [from, until] of judgingPortions(lengths)) {
          assert.equal(from, next)
          const portion = lengths.slice(from, until)
          assert.ok(portion.length > 0 && portion.length <= 16)
          assert.ok(portion.length === 1 || portion.reduce((sum, one) => sum + one, 0) <= 256 * 1024)
          next = until
        }
        assert.equal(next, lengths.length)
      }),
    )
  })
})
