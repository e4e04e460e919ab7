import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  HONEST,
  makeBundle,
  makerKeys,
  MadeLog,
  openFiles,
  seal,
  verifierTools,
  type MadeBundle,
} from '../../../../test/kit/proof/bundle-maker.ts'
import { edit, failed, found, textAt } from '../../../../test/kit/proof/forge.ts'
import { hasProgram } from '../../../../test/kit/net/lab-authority.ts'
import { stampBundle, type Stamping } from '../../../../test/kit/proof/stamp-bundle.ts'
import { TimeAuthority } from '../../../../test/kit/servers/time-authority.ts'
import { TestWitness } from '../../../../test/kit/servers/witness.ts'
import { InputError } from '../../model/errors.ts'
import { instant } from '../../model/units.ts'
import { sha256 } from '../../../runtime/ed25519.ts'
import { readTrustedRoots } from '../time-stamp/trusted-roots.ts'
import { formatVerifierKey } from '../log/signed-note.ts'
import type { CheckedBundle, CheckedStep } from './bundle-report.ts'
import { verifyBundle, type VerifyBundleTools } from './verify-bundle.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const KEY = formatVerifierKey(HONEST.log.key)

/** What the verification says of a bundle that was changed before it was sealed. */
async function sealed(
  change: (made: MadeBundle) => void,
  more: Partial<VerifyBundleTools> = {},
): Promise<CheckedBundle> {
  const made = makeBundle()
  change(made)
  seal(made)
  // The clock of the authority is that of this machine.
  return verifyBundle(openFiles(made.files), { ...verifierTools(), now: instant(Date.now()), ...more })
}
const stepOf = ({ steps }: CheckedBundle, name: string): CheckedStep =>
  steps.find(({ step }) => step === name) ?? assert.fail(name)

describe('time from outside', { skip: hasProgram('openssl') ? false : 'openssl: not installed' }, () => {
  let authority: TimeAuthority
  let stranger: TimeAuthority
  before(() => {
    authority = new TimeAuthority()
    stranger = new TimeAuthority()
  })
  after(() => {
    authority[Symbol.dispose]()
    stranger[Symbol.dispose]()
  })

  const stamp = (made: MadeBundle, stamping: Omit<Stamping, 'authority'>): void =>
    stampBundle(made, { authority, ...stamping })

  it('says by when the log held every measurement', async () => {
    const checked = await sealed((made) => stamp(made, { size: 6 }))
    assert.deepEqual(found(checked), [])
    const { facts, notes } = stepOf(checked, 'time')
    assert.deepEqual(
      facts.map(({ fact }) => fact),
      ['stamp', 'since'],
    )
    const since = facts.find((one) => one.fact === 'since')
    assert.ok(Math.abs(Number(since?.values.at) - Date.now()) < 600_000)
    assert.deepEqual(
      notes.map(({ note }) => note),
      ['no-root'],
    )
  })

  it('is never plainly good without a root that the reader trusts, and dates only by stamps under one', async () => {
    const rootsOf = (one: TimeAuthority): ReadonlySet<string> => new Set(readTrustedRoots(one.chainPem, sha256))
    const bare = stepOf(await sealed((made) => stamp(made, { size: 6 })), 'time')
    assert.equal(bare.outcome, 'not-checked')
    const good = stepOf(await sealed((made) => stamp(made, { size: 6 }), { trustedRoots: rootsOf(authority) }), 'time')
    assert.deepEqual([good.outcome, good.notes], ['ok', []])
    assert.ok(good.facts.some(({ fact }) => fact === 'since'))
    const other = await sealed((made) => stamp(made, { size: 6 }), { trustedRoots: rootsOf(stranger) })
    assert.deepEqual(found(other), [`time: root-untrusted ${[...rootsOf(authority)].join('')}`])
    assert.ok(!stepOf(other, 'time').facts.some(({ fact }) => fact === 'since'))
    assert.throws(() => readTrustedRoots('no root', sha256), InputError)
  })

  it('says so where no stamp covers all of them', async () => {
    const { notes } = stepOf(await sealed((made) => stamp(made, { size: 2 })), 'time')
    assert.deepEqual(
      notes.map(({ note }) => note),
      ['no-root', 'not-covered'],
    )
  })

  it('is not checked if the machine cannot, or if there is no stamp', async () => {
    const without = stepOf(await sealed((made) => stamp(made, { size: 6 }), { subtle: undefined } as never), 'time')
    assert.deepEqual([without.outcome, without.notes], ['not-checked', [{ note: 'no-tool' }]])
    const none = stepOf(await sealed(() => undefined), 'time')
    assert.deepEqual([none.outcome, none.notes], ['not-checked', [{ note: 'no-stamps' }]])
  })

  const FALSE: readonly (readonly [string, RegExp, (made: MadeBundle) => void])[] = [
    [
      'a stamp of other bytes',
      /^time: stamp-refused .*imprint$/,
      (made) => stamp(made, { size: 6, stamped: bytesOf('other') }),
    ],
    [
      'a stamp of an authority that is not the one named',
      /^time: stamp-refused .*: (chain|signer|root|signature)$/,
      (made) => stamp(made, { size: 6, by: stranger }),
    ],
    [
      'a stamp without its query',
      /^time: stamp-refused data\/log\/stamped\/6-tsa/,
      (made) => {
        stamp(made, { size: 6 })
        made.files.delete('data/log/stamped/6-tsa.tsq')
      },
    ],
    [
      'a stamped tree that the log does not go on from',
      /^time: not-consistent/,
      (made) => {
        const other = new MadeLog(HONEST.log)
        for (let n = 0; n < 6; n++) other.add('measurement', bytesOf(`other ${n}`))
        stamp(made, { size: 6, log: other })
      },
    ],
    [
      'a stamped tree that someone else signed',
      /^time: bad-signature/,
      (made) => {
        const other = new MadeLog(makerKeys('attacker').log)
        other.entries.push(...made.log.entries)
        stamp(made, { size: 6, log: other })
      },
    ],
    [
      'a reception after the stamp that covers it',
      /^time: received-after leaf 0$/,
      (made) => {
        stamp(made, { size: 6 })
        edit(made.files, 'data/measurements.jsonl', (text) => text.replace('2024-03-05T02:00', '2999-03-05T02:00'))
      },
    ],
  ]
  for (const [name, expected, change] of FALSE)
    it(`refuses ${name}`, async () => {
      const checked = await sealed(change)
      // What came after a stamp of today came after this bundle was made as well, which its description is held to.
      const others = failed(checked).filter((step) => name.includes('reception') && step === 'description')
      assert.deepEqual(failed(checked), [...others, 'time'])
      assert.ok(
        found(checked).some((line) => expected.test(line)),
        found(checked).join('\n'),
      )
    })
})

describe('witnesses', () => {
  const witness = new TestWitness('witness.example/w1', [HONEST.log.key])
  const other = new TestWitness('witness.example/w2', [HONEST.log.key])
  const policy = (one: TestWitness): string => `log ${KEY}\nwitness w ${one.line}\nquorum w\n`
  const cosigned = ({ files }: MadeBundle, line = (text: string): string => witness.cosign(text)): void => {
    const checkpoint = textAt(files, 'data/log/checkpoint')
    const text = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1)
    files.set('data/log/checkpoint', bytesOf(checkpoint + line(text)))
    files.set('data/log/policy.txt', bytesOf(policy(witness)))
  }

  it('that the bundle asks for are counted, and it is said that the bundle asks', async () => {
    const checked = await sealed(cosigned)
    assert.deepEqual(found(checked), [])
    const { facts, notes } = stepOf(checked, 'witnesses')
    assert.deepEqual(facts, [{ fact: 'cosigned', values: { name: 'w', at: 1_772_700_000_000 } }])
    assert.deepEqual(notes, [{ note: 'own-policy' }])
  })

  it('that the reader asks for count before those of the bundle', async () => {
    const checked = await sealed(cosigned, { policy: bytesOf(policy(other)) })
    assert.deepEqual(found(checked), ['witnesses: quorum w'])
    const content = await sealed(cosigned, { policy: bytesOf(policy(witness)) })
    assert.deepEqual(stepOf(content, 'witnesses').notes, [])
  })

  it('that did not sign, or signed another tree, are named', async () => {
    const without = await sealed(({ files }) => void files.set('data/log/policy.txt', bytesOf(policy(witness))))
    assert.deepEqual(found(without), ['witnesses: quorum w'])
    const elsewhere = await sealed((made) => cosigned(made, () => witness.cosign('kuager.example/log\n9\nx\n')))
    assert.deepEqual(found(elsewhere), ['witnesses: bad-signature w'])
  })

  it('of a policy for another log are of no use', async () => {
    const foreign = formatVerifierKey(makerKeys('other').log.key)
    const checked = await sealed(
      ({ files }) => void files.set('data/log/policy.txt', bytesOf(`log ${foreign}\nquorum none\n`)),
    )
    assert.deepEqual(failed(checked), ['witnesses'])
  })
})
