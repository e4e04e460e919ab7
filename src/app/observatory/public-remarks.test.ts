import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TestWitness } from '../../../test/kit/servers/witness.ts'
import { parsePolicy, withQuorum, type WitnessPolicy } from '../../core/evidence/witness/policy.ts'
import { InputError } from '../../core/model/errors.ts'
import { parseInstant } from '../../core/model/units.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { publicRemarks } from './public-remarks.ts'

const now = parseInstant('2026-03-05T12:00:00Z')
const one = `witness one ${new TestWitness('one.example', []).line}\n`
const policyOf = (text: string): WitnessPolicy => parsePolicy(Buffer.from(withQuorum(text)), sha256)
const securityUntil = (expires: string) => ({
  contacts: ['mailto:desk@observatory.example'],
  expires,
  languages: ['kk'],
})
const whole = { policy: policyOf(one), security: securityUntil('2026-12-01'), now }

describe('publicRemarks()', () => {
  it('says nothing of a server that lacks nothing: a policy with a witness demands its signature by itself', () =>
    assert.deepEqual(publicRemarks(whole), []))

  it('says what it means that no one outside cosigns, or that the policy demands none', () => {
    for (const policy of [undefined, policyOf('')]) {
      const remarks = publicRemarks({ ...whole, policy })
      assert.equal(remarks.length, 1)
      assert.match(remarks.join(), /^No one outside cosigns .* a second history could be shown to some readers/)
    }
    assert.match(
      publicRemarks({ ...whole, policy: policyOf(`${one}quorum none`) }).join(),
      /^The .* says "quorum none"/,
    )
  })

  it('says that security.txt is missing, has expired or will soon, and refuses one for longer than a year', () => {
    assert.match(publicRemarks({ ...whole, security: undefined }).join(), /^There is no security\.txt/)
    assert.match(publicRemarks({ ...whole, security: securityUntil('2026-03-05') }).join(), /expired on 2026-03-05/)
    assert.match(publicRemarks({ ...whole, security: securityUntil('2026-04-01') }).join(), /expires on 2026-04-01/)
    assert.deepEqual(publicRemarks({ ...whole, security: securityUntil('2027-03-05') }), [])
    assert.throws(() => publicRemarks({ ...whole, security: securityUntil('2027-03-08') }), InputError)
  })
})
