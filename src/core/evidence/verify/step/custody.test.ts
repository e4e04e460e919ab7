import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../../../runtime/ed25519.ts'
import { encodeReview, type ReviewActKind } from '../../../model/incident/review.ts'
import { parseAsn, parseInstant } from '../../../model/units.ts'
import { encodeCustodyEvent, signCustodyEvent, type CustodySigner } from '../../custody/custody-event.ts'
import { keyId } from '../../log/signed-note.ts'
import type { BundleParts } from '../bundle-parts.ts'
import type { BundleTools } from '../bundle-tools.ts'
import { checkCustody } from './custody.ts'
import { StepFindings } from './findings.ts'

const INCIDENT = 'youtube-as64500-20260305T1502Z'
const seed = sha256(Buffer.from('own'))
const publicKey = publicKeyOf(seed)
const SIGNER: CustodySigner = {
  key: { name: 'kuager-custody', id: keyId('kuager-custody', publicKey, sha256), publicKey },
  sign: (message) => signEd25519(seed, message),
}

const idOf = (nth: number): string => String(nth).padStart(32, '0')

interface Act {
  readonly kind: ReviewActKind
  readonly actor: string
  readonly of?: number
  readonly incident?: string
}

/** Notes of the step on a bundle of an incident with these acts, made a day after the last. */
function notesOn(...acts: readonly Act[]): readonly string[] {
  let prev: string | null = null
  const kept = new Map<string, Uint8Array>()
  for (const [nth, { kind, actor, of, incident = INCIDENT }] of acts.entries()) {
    const detail = encodeReview({
      ...{ incident, kind, actor, role: 'editor', revision: 1, lang: 'en', reason: '' },
      ...(of === undefined ? {} : { of: idOf(of) }),
    })
    const draft = { type: 'reviewed', evidence: { kind: 'incident', id: incident }, actor, reason: 'as said', detail } as const // prettier-ignore
    const at = parseInstant(`2026-03-06T0${nth}:00:00Z`)
    const bytes = encodeCustodyEvent(signCustodyEvent(draft, { id: idOf(nth), at, prev }, SIGNER))
    prev = Buffer.from(sha256(bytes)).toString('hex')
    kept.set(`data/custody/${nth}.json`, bytes)
  }
  const about = { kind: 'incident', incident: INCIDENT, revision: 1, service: 'youtube', asn: parseAsn(64500) }
  const parts = { index: { about, made_at_utc: '2026-03-07T00:00:00Z' }, measurements: [] } as never as BundleParts
  const find = new StepFindings()
  const tools = { digest: sha256, verify: verifyEd25519 } as never as BundleTools
  checkCustody(parts, { kept } as never, tools, find)
  const { notes, outcome } = find.checked('custody')
  assert.equal(outcome, 'ok')
  return notes.map(({ note, about: words }) => (words === undefined ? note : `${note} ${words}`))
}

describe('checkCustody()', () => {
  it('says how the incident of the bundle stood by acts of people, and fails for none of them', () => {
    const withdraw: Act = { kind: 'withdraw', actor: 'editor-1' }
    assert.deepEqual(notesOn(), ['no-custody'])
    assert.deepEqual(notesOn({ kind: 'note', actor: 'editor-1' }), ['people-none'])
    assert.deepEqual(notesOn({ kind: 'dispute', actor: 'editor-1' }), ['people-disputed editor: editor-1'])
    assert.deepEqual(notesOn(withdraw), ['people-none'])
    assert.deepEqual(notesOn(withdraw, { kind: 'confirm', actor: 'editor-1', of: 0 }), ['people-none'])
    assert.deepEqual(notesOn(withdraw, { kind: 'confirm', actor: 'editor-2', of: 0 }), [
      'people-withdrawn editor: editor-1',
    ])
  })

  it('says nothing of acts on another incident', () => {
    assert.deepEqual(notesOn({ kind: 'dispute', actor: 'editor-1', incident: 'another' }), [])
  })
})
