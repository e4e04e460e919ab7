import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CHECK, loggedCheck, TOOLS } from '../../../../test/kit/site/saved-checks.ts'
import { TestWitness } from '../../../../test/kit/servers/witness.ts'
import type { SavedCheck } from '../../model/people/saved-check.ts'
import { sha256 } from '../../../runtime/ed25519.ts'
import { parseCheckpoint } from '../log/checkpoint.ts'
import { makeSavedCheck, parseSavedCheck } from './saved-check.ts'
import { digestSavedCheck, formatSavedCheck } from './digest.ts'
import { verifySavedCheck, type SavedCheckReport, type SavedCheckTools } from './steps.ts'
import { parsePolicy } from '../witness/policy.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const bytesOf = (saved: SavedCheck): Uint8Array => encode(formatSavedCheck(saved))
const GOOD = loggedCheck()
const TRUSTING: SavedCheckTools = { ...TOOLS, trusted: [GOOD.key] }

/** Outcomes of the steps in one line, with what is wrong. */
const said = ({ steps }: SavedCheckReport): string =>
  steps.map(({ step, outcome, problem }) => `${step} ${problem?.problem ?? outcome}`).join(', ')

describe('a saved check', () => {
  it('is what was logged of it where nothing was changed', () => {
    const report = verifySavedCheck(bytesOf(GOOD.saved), TRUSTING)
    assert.equal(said(report), 'form ok, digest ok, leaf ok, inclusion ok, checkpoint ok')
    assert.ok(report.sound)
    assert.deepEqual(report.logged, { origin: 'log.example/log', size: 5, leafIndex: 2 })
    // CHECK is written in canonical order.
    const salted = Buffer.concat([Buffer.from(GOOD.saved.salt, 'hex'), encode(JSON.stringify(CHECK))])
    assert.equal(report.sha256, createHash('sha256').update(salted).digest('hex'))
  })

  it('comes back from its bytes as it was, with any readings', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 6 }).filter(isSafe)),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (check, salt) => {
          const saved = makeSavedCheck({ ...check }, salt)
          const again = parseSavedCheck(bytesOf(saved))
          assert.equal(formatSavedCheck(again), formatSavedCheck(saved))
          assert.equal(digestSavedCheck(again, TOOLS), digestSavedCheck(saved, TOOLS))
        },
      ),
    )
  })

  it('fails if any of its bytes is changed', () => {
    const whole = bytesOf(GOOD.saved)
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const other = Uint8Array.from(whole)
        other[at]! ^= flip // at is below the length
        const around = new TextDecoder().decode(other.slice(Math.max(0, at - 20), at + 20))
        assert.ok(!verifySavedCheck(other, TRUSTING).sound, `${at} of ${around}`)
      }),
      { numRuns: 600 },
    )
  })

  const { logged } = GOOD.saved
  assert.ok(logged?.proof !== undefined)
  const { proof } = logged
  const other = loggedCheck({ check: { answered: true } })
  const foreign = loggedCheck({ secret: 'another' })
  const elsewhere = loggedCheck({ at: 3 })
  const changed: readonly (readonly [string, SavedCheck, string])[] = [
    [
      'with another answer in it',
      { ...GOOD.saved, check: { ...CHECK, network: 64_501 } },
      'form ok, digest digest-differs, leaf ok, inclusion ok, checkpoint ok',
    ],
    [
      'with another salt',
      { ...GOOD.saved, salt: '0'.repeat(32) },
      'form ok, digest digest-differs, leaf ok, inclusion ok, checkpoint ok',
    ],
    [
      'with the proof of another check',
      { ...GOOD.saved, logged: other.saved.logged },
      'form ok, digest digest-differs, leaf ok, inclusion ok, checkpoint ok',
    ],
    [
      'with a leaf that digests something else',
      { ...GOOD.saved, logged: { ...logged, leaf: other.saved.logged?.leaf ?? '' } },
      'form ok, digest ok, leaf leaf-differs, inclusion not-in-log, checkpoint ok',
    ],
    [
      'with a leaf of another kind',
      { ...GOOD.saved, logged: { ...logged, leaf: logged.leaf.replace('saved-check', 'custody-event') } },
      'form ok, digest ok, leaf leaf-differs, inclusion not-in-log, checkpoint ok',
    ],
    [
      'with a leaf that is none',
      { ...GOOD.saved, logged: { ...logged, leaf: '{}' } },
      'form ok, digest ok, leaf leaf-differs, inclusion not-in-log, checkpoint ok',
    ],
    [
      'that names another entry than its proof',
      { ...GOOD.saved, logged: { ...logged, leaf_index: 3 } },
      'form ok, digest ok, leaf ok, inclusion not-in-log, checkpoint ok',
    ],
    [
      'with the proof of another place',
      { ...GOOD.saved, logged: { ...logged, proof: elsewhere.saved.logged?.proof } },
      'form ok, digest ok, leaf ok, inclusion not-in-log, checkpoint ok',
    ],
    [
      'with a proof that is none',
      { ...GOOD.saved, logged: { ...logged, proof: 'none' } },
      'form ok, digest ok, leaf ok, inclusion not-in-log, checkpoint not-checked',
    ],
    [
      'without its proof',
      { ...GOOD.saved, logged: { leaf_index: 2, entry: logged.entry, leaf: logged.leaf } },
      'form ok, digest ok, leaf ok, inclusion no-proof, checkpoint not-checked',
    ],
    [
      'signed by someone else in the name of the log',
      foreign.saved,
      'form ok, digest ok, leaf ok, inclusion ok, checkpoint unknown-key',
    ],
    [
      'whose checkpoint names another size',
      { ...GOOD.saved, logged: { ...logged, proof: proof.replace('\n5\n', '\n6\n') } },
      'form ok, digest ok, leaf ok, inclusion ok, checkpoint unknown-key',
    ],
    [
      'that was never logged',
      { format: GOOD.saved.format, check: CHECK, salt: GOOD.saved.salt },
      'form ok, digest not-checked, leaf not-logged, inclusion not-checked, checkpoint not-checked',
    ],
  ]
  for (const [name, saved, expected] of changed)
    it(`${name} fails, and the problem is named rightly`, () => {
      const report = verifySavedCheck(bytesOf(saved), TRUSTING)
      assert.equal(said(report), expected)
      assert.ok(!report.sound)
    })

  it('signed by a key that was not named is not said to be signed', () => {
    const report = verifySavedCheck(bytesOf(GOOD.saved), { ...TOOLS, trusted: [] })
    assert.equal(said(report), 'form ok, digest ok, leaf ok, inclusion ok, checkpoint not-checked')
    assert.deepEqual(report.steps.at(-1)?.notes, [{ note: 'no-trust', about: `log.example/log+${GOOD.key.id}` }])
  })

  it('of a simulated log says so', () => {
    const { saved, key } = loggedCheck({ origin: 'log.example/simulated/log' })
    const report = verifySavedCheck(bytesOf(saved), { ...TOOLS, trusted: [key] })
    assert.deepEqual(report.steps.at(-1)?.notes, [{ note: 'simulated' }])
  })

  it('is held to the policy that the reader names', () => {
    const witness = new TestWitness('witness.example/w', [GOOD.key])
    const policy = parsePolicy(encode(`witness w ${witness.line}\nquorum w\n`), sha256)
    const without = verifySavedCheck(bytesOf(GOOD.saved), { ...TRUSTING, policy })
    assert.match(said(without), /, witnesses quorum$/)
    const note = parseCheckpoint(encode(proof.slice(proof.indexOf('\n\n') + 2))).note.text
    const signed = { ...GOOD.saved, logged: { ...logged, proof: `${proof}${witness.cosign(note)}` } }
    const report = verifySavedCheck(bytesOf(signed), { ...TRUSTING, policy })
    assert.match(said(report), /, witnesses ok$/)
    assert.deepEqual(report.steps.at(-1)?.facts, [
      { fact: 'cosigned', values: { name: 'w', at: witness.seconds * 1000 } },
    ])
    const false_ = { ...GOOD.saved, logged: { ...logged, proof: `${proof}${witness.cosign(`${note}x\n`)}` } }
    assert.match(said(verifySavedCheck(bytesOf(false_), { ...TRUSTING, policy })), /, witnesses cosignature$/)
  })

  it('is refused in any other form, however large or deep', () => {
    const text = formatSavedCheck(GOOD.saved)
    for (const bytes of [
      encode(''),
      encode('null'),
      encode('[]'),
      encode('{"format":"kuager-saved-check-file/1"}'),
      encode(`${text}\n`),
      encode(` ${text}`),
      encode(`\ufeff${text}`),
      encode(text.replace('{"check"', '{"__proto__":{},"check"')),
      encode(text.replace('"check":{', '"check":{"network":1,')),
      encode(text.replace('check-file/1', 'check-file/2')),
      encode('['.repeat(500_000)),
      encode('{"a":'.repeat(100_000)),
      new Uint8Array(600_000),
      Uint8Array.from([0x7b, 0xff, 0x7d]),
    ]) {
      const report = verifySavedCheck(bytes, TRUSTING)
      const rest = 'digest not-checked, leaf not-checked, inclusion not-checked, checkpoint not-checked'
      assert.equal(said(report), `form form, ${rest}`)
      assert.ok(!report.sound)
    }
    const salt = new Uint8Array(16)
    let deep: unknown = 1
    for (let level = 0; level < 40; level++) deep = [deep]
    assert.throws(() => makeSavedCheck({ deep }, salt), { code: 'saved-check.invalid', path: 'check' })
    assert.throws(() => makeSavedCheck({ long: 'x'.repeat(131_072) }, salt), { code: 'saved-check.invalid' })
    assert.throws(() => makeSavedCheck({ when: Number.NaN }, salt), { code: 'canonical.number' })
    assert.throws(() => makeSavedCheck({}, new Uint8Array(15)), { path: 'salt' })
  })
})

/** Canonical JSON refuses integers beyond 2^53, and so does a check. */
function isSafe(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value)
  return typeof value !== 'object' || value === null || Object.values(value).every(isSafe)
}
