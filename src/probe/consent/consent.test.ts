import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { TIERS } from '../../core/model/tables/service.ts'
import { instant, parseInstant } from '../../core/model/units.ts'
import { CATALOGUE } from '../../core/text/catalogue.ts'
import { LANGS } from '../../core/text/lang.ts'
import { loadServices } from '../../runtime/tables/measured-lists.ts'
import { consentedTiers, CONSENT_PARAGRAPHS, CONSENT_VERSION, loadConsent, saveConsent } from './consent.ts'

/**
 * Digest of everything that a person reads before agreeing, by version. Where a text changed and says something else,
 * raise CONSENT_VERSION, so that everybody is asked again, and write the new digest; where only its spelling changed,
 * write the digest alone.
 */
const TEXTS = { 7: '0eccfabc0631c256' } satisfies Record<number, string>

/** Digest of the services of each tier, which the text lists, by version; where one is added, everybody is asked again. */
const SERVICES = { 7: '81434bd64d81b1d8' } satisfies Record<number, string>

describe('consent', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-consent-'))))
  after(() => rm(root, { recursive: true }))

  it('is to the words of this version, in all three languages', () => {
    const words = LANGS.flatMap((lang) => [
      ...CONSENT_PARAGRAPHS.map((key) => CATALOGUE[lang][`probe.consent.${key}`]),
      CATALOGUE[lang]['probe.consent.to'],
      CATALOGUE[lang]['probe.consent.to-control'],
      CATALOGUE[lang]['probe.consent.to-nobody'],
      ...TIERS.flatMap((tier) => [CATALOGUE[lang][`probe.tier.${tier}`], CATALOGUE[lang][`probe.ask.${tier}`]]),
    ])
    assert.equal(hash('sha256', JSON.stringify(words)).slice(0, 16), TEXTS[CONSENT_VERSION])
  })

  it('is to the services of this version, tier by tier', () => {
    const listed = loadServices().map(({ id, tier }) => `${tier} ${id}`)
    assert.equal(hash('sha256', listed.toSorted().join('\n')).slice(0, 16), SERVICES[CONSENT_VERSION])
  })

  it('is kept with its text version, its tiers and the minute, never the second', async () => {
    const at = parseInstant('2026-11-25 19:52:31')
    const consent = { version: CONSENT_VERSION, at, lang: 'kk', tiers: ['A', 'C'], by: 'answer' } as const
    await saveConsent(root, consent)
    const kept = await loadConsent(root)
    assert.deepEqual(kept, { ...consent, at: instant(parseInstant('2026-11-25 19:52:00')) })
    assert.deepEqual(consentedTiers(kept), ['A', 'C'])
  })

  it('to another text is none', () => {
    const at = parseInstant('2026-11-25')
    const consent = { version: CONSENT_VERSION - 1, at, lang: 'ru', tiers: ['A'], by: 'answer' } as const
    assert.deepEqual(consentedTiers(consent), [])
    assert.deepEqual(consentedTiers(undefined), [])
  })

  it('that cannot be read is none', async () => {
    for (const text of [
      '',
      '{',
      '{"version":1}',
      '{"version":1,"at_utc":"now","lang":"kk","tiers":["N"],"by":"answer"}',
    ]) {
      await writeFile(join(root, 'consent.json'), text)
      assert.equal(await loadConsent(root), undefined, text)
    }
  })
})
