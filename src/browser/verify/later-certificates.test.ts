import assert from 'node:assert/strict'
import { webcrypto, X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { describe, it } from 'node:test'
import * as kit from '../../../test/kit/net/certificates.ts'
import { SAMPLES } from '../../../test/kit/measured/samples.ts'
import { SCENARIOS } from '../../../test/scenarios/every-scenario.ts'
import { createCertificateShelf } from '../../../lab/history/certificates.ts'
import { judgePublic } from '../../core/derive/judge-public.ts'
import type { LaterCertificates } from '../../core/derive/rederive.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant, parseInstant, type Instant } from '../../core/model/units.ts'
import type { Certificates } from '../../core/x509/certificates.ts'
import { parseJson } from '../../core/ooni/json.ts'
import { publicForm } from '../../core/ooni/publish/public-form.ts'
import { digest } from '../../pipeline/judge/judge-bytes.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { laterCertificates } from './later-certificates.ts'

const tables = loadTables()

/** An answer after which nothing is pending. */
async function settled<T>(certificates: LaterCertificates, ask: () => T): Promise<T> {
  for (;;) {
    const answer = ask()
    if (certificates.pending === 0) return answer
    await certificates.settle()
  }
}

/** The certificates of a server, with the roots that its answers rested on so far. */
function recorded(pinned?: readonly string[]): { readonly server: Certificates; readonly roots: Set<string> } {
  const roots = new Set<string>()
  return { server: openCertificates(pinned, (pem) => roots.add(pem)), roots }
}

/** Judges the public form by both decoders; gives whether the browser's was sure. */
async function agree(original: Uint8Array): Promise<boolean> {
  let bytes: Uint8Array
  try {
    bytes = Buffer.from(publicForm(parseJson(original)))
  } catch (error) {
    if (error instanceof InputError) return true
    throw error
  }
  const { server, roots } = recorded()
  const judged = judgePublic(bytes, { tables, certificates: server, digest })
  const browser = laterCertificates([...roots], webcrypto.subtle)
  const again = await settled(browser, () => judgePublic(bytes, { tables, certificates: browser, digest }))
  if (browser.unsure > 0) return false
  assert.deepEqual(again, judged)
  return true
}

describe('laterCertificates()', () => {
  const labRoot = createCertificateShelf(7)
    .chain('www.youtube.com', 'genuine', Date.UTC(2025, 0, 1))
    .at(-1)
  const pinned = [kit.pemOf(kit.ROOT), kit.pemOf(labRoot ?? '')]
  const during = parseInstant('2025-02-01')
  const chains: readonly (readonly [readonly string[], Instant])[] = [
    [[kit.LEAF, kit.INTERMEDIATE], during],
    [[kit.LEAF, kit.ROOT, kit.INTERMEDIATE], during],
    [[kit.LEAF, kit.INTERMEDIATE], parseInstant('2025-06-01')],
    [[kit.LEAF], during],
    [[kit.FORGED_LEAF, kit.FORGED_INTERMEDIATE], during],
    [[kit.FORGED_LEAF, kit.INTERMEDIATE], during],
    [[kit.LEAF_OF_NO_AUTHORITY, kit.NO_AUTHORITY], during],
    [[kit.ROOT], during],
    ...(['genuine', 'expired', 'state', 'portal'] as const).map(
      (kind) => [createCertificateShelf(7).chain('www.youtube.com', kind, during), during] as const,
    ),
    [[], during],
    [['garbage'], during],
    [[kit.LEAF, 'garbage', kit.INTERMEDIATE], during],
  ]

  it('says of every chain what the server says, from the roots that the server asked for alone', async () => {
    for (const [chain, at] of chains) {
      const { server, roots } = recorded(pinned)
      const said = server.chainState(chain, at)
      const browser = laterCertificates([...roots], webcrypto.subtle)
      assert.equal(await settled(browser, () => browser.chainState(chain, at)), said)
      assert.equal(browser.unsure, 0)
    }
  })

  it('describes every certificate as the server does, or is not sure', () => {
    const server = openCertificates()
    const browser = laterCertificates([], webcrypto.subtle)
    const shelf = createCertificateShelf(7)
    const kinds = ['genuine', 'expired', 'state', 'portal'] as const
    const all = [
      ...[kit.LEAF, kit.INTERMEDIATE, kit.ROOT, kit.FORGED_LEAF, kit.NO_AUTHORITY],
      ...kinds.flatMap((kind) => shelf.chain('www.youtube.com', kind, Date.UTC(2025, 0, 1))),
      ...rootCertificates.map((pem) => new X509Certificate(pem).raw.toString('base64')),
    ]
    let sure = 0
    for (const one of all) {
      const before = browser.unsure
      const facts = browser.describe(one)
      if (browser.unsure > before) continue
      sure++
      assert.deepEqual(facts, server.describe(one))
    }
    assert.ok(sure > all.length * 0.8, `${sure} of ${all.length}`)
  })

  it('is not sure of a signature without WebCrypto', async () => {
    const browser = laterCertificates(pinned, undefined)
    const state = await settled(browser, () => browser.chainState([kit.LEAF, kit.INTERMEDIATE], instant(during)))
    assert.notEqual(state, 'trusted')
    assert.ok(browser.unsure > 0)
  })

  it('leads to the verdicts and observations of the server for every scenario', async () => {
    for (const { measurement } of SCENARIOS) assert.ok(await agree(Buffer.from(JSON.stringify(measurement))))
  })

  it('leads to the verdicts and observations of the server for every sample, or is not sure of a few', async () => {
    const unsure: string[] = []
    for (const { name, bytes } of SAMPLES) if (!(await agree(bytes))) unsure.push(name)
    assert.ok(unsure.length <= SAMPLES.length * 0.05, `${unsure.length} of ${SAMPLES.length}: ${unsure.join(' ')}`)
  })
})
