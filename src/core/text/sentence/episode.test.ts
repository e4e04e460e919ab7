import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS, sampleCause, sampleIncident } from '../../../../test/kit/evening/incident-sample.ts'
import type { CauseFinding } from '../../model/incident/cause.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { instant, parseAsn } from '../../model/units.ts'
import { LANGS } from '../lang.ts'
import {
  edgeIds,
  entryEdges,
  entryHeadline,
  episodeNever,
  episodeParagraph,
  episodeQuotation,
  episodeSentence,
  jointText,
  mainConclusion,
  sureTexts,
  type NamedEntry,
} from './episode.ts'
import { verdictLine } from './incident-verdict.ts'

const CODE = 'K7M4-2Q9X'
const NAMES = ['Facebook', 'Instagram', 'Telegram', 'WhatsApp', 'YouTube', 'TikTok', 'Signal', 'X (Twitter)']

/** An episode of incidents that differ from the finished one of the sample; of services by turns on some networks. */
const entryWith = (changes: readonly Partial<Incident>[], { services = 2 } = {}): NamedEntry => ({
  episode: 'episode-sample',
  total: changes.length,
  incidents: changes.map((change, nth) => {
    const asn = parseAsn(64_496 + Math.floor(nth / services))
    const service = NAMES[nth % services] ?? ''
    return {
      incident: sampleIncident({ simulated: false, ...change, id: `incident-${nth}`, service, asn }),
      serviceName: service,
      networkName: `Network ${asn}`,
    }
  }),
})
const words = (text: string): number => text.split(/[\s\u00a0]+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
const caused = (word: CauseFinding['word'], support: CauseFinding['support']): Partial<Incident> => ({
  cause: sampleCause({ word, support }),
})
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('an episode in words', () => {
  it('names its services and what was seen of them; of the present only while all of them continue', () => {
    assert.equal(entryHeadline('en', entryWith([{}, {}])), 'Facebook, Instagram: did not open')
    assert.equal(
      entryHeadline('en', entryWith([{}, { state: 'partly-restricted' }])),
      'Facebook, Instagram: did not open or opened only in part',
    )
    const { running, end, revisedAt } = SAMPLE_KINDS.running
    const continues = { running, end, revisedAt }
    assert.equal(entryHeadline('en', entryWith([continues, continues])), 'Facebook, Instagram: do not open')
    assert.equal(entryHeadline('en', entryWith([continues, {}])), 'Facebook, Instagram: did not open')
    assert.equal(entryHeadline('ru', entryWith([{}, {}], { services: 1 })), 'Facebook: не открывался')
    const many = entryHeadline(
      'en',
      entryWith(
        NAMES.map(() => ({})),
        { services: 8 },
      ),
    )
    assert.equal(many, 'Facebook, Instagram, Signal, Telegram and 4 more: did not open')
  })

  it('has the heading of the incident where it has one', () => {
    assert.equal(entryHeadline('en', entryWith([{}])), 'Facebook did not open')
    assert.deepEqual(sureTexts('en', entryWith([{}])), [verdictLine('en', SAMPLE_KINDS.finished)])
  })

  it('has no figure of its own: the start of its earliest incident, the end of the one that ends last', () => {
    const { start, end } = SAMPLE_KINDS.finished
    const later = instant((end.median ?? 0) + 1_800_000)
    const entry = entryWith([{}, { end: { ...end, median: later } }])
    const edges = entryEdges('en', entry)
    assert.equal(edges.start.value, '20:02')
    assert.equal(edges.start.interval, '20:00–20:05'.replace('20:00', edges.start.interval?.slice(0, 5) ?? ''))
    assert.equal(edges.end.value, '22:34')
    assert.deepEqual(edgeIds(entry), { first: 'incident-0', last: 'incident-1' })
    assert.ok(start.median !== undefined)
  })

  it('gives each conclusion with the number of incidents that have it, weakest to strongest evidence', () => {
    const entry = entryWith([
      caused('blocking', 'strong'),
      caused('blocking', 'weak'),
      caused('blocking', 'moderate'),
      caused('not-determined', 'weak'),
    ])
    assert.deepEqual(sureTexts('en', entry), [
      'The signs fit blocking better than a technical fault (evidence: weak to strong, steps 1–4 of 6): 3 of 4 incidents',
      'The signs do not settle whether it was interference or a technical fault: 1 of 4 incidents',
    ])
    assert.deepEqual(
      mainConclusion('en', entry).incidents.map(({ cause }) => cause.support),
      ['weak', 'moderate', 'strong'],
    )
  })

  it('puts the more cautious conclusion first where as many incidents have each', () => {
    const entry = entryWith([caused('blocking', 'strong'), caused('not-determined', 'weak')])
    assert.match(sureTexts('en', entry)[0] ?? '', /^The signs do not settle/)
    assert.match(episodeSentence('en', entry, CODE), /the cause is not determined: 1 of 2 incidents/)
  })

  it('fits thirty words in each language, with any names, states and days', () => {
    const days = {
      end: { ...SAMPLE_KINDS.finished.end, median: instant((SAMPLE_KINDS.finished.end.median ?? 0) + 9e7) },
    }
    const states = [{ state: 'restricted' }, { state: 'partly-restricted' }] as const
    for (const services of [1, 2, 4, 8])
      for (const change of [{}, days])
        for (const many of [2, 16]) {
          const list = Array.from({ length: many }, (_, nth) => ({ ...change, ...states[nth % 2] }))
          for (const lang of LANGS) {
            const text = episodeSentence(lang, entryWith(list, { services }), CODE)
            assert.ok(words(text) <= 30, `${lang} ${services} ${many}: ${words(text)} ${text}`)
            assert.ok(text.includes(CODE) && text.includes('Facebook'), text)
            assert.equal(text.match(/[.!?](?=\s+\p{Lu})/gu), null, text)
          }
        }
  })

  it('says in the paragraph everything that the sentence says, in the past, and in the quotation that no one is named', () => {
    const { running, end, revisedAt } = SAMPLE_KINDS.running
    const entry = entryWith([
      { running, end, revisedAt },
      { running, end, revisedAt },
    ])
    const paragraph = plain(episodeParagraph('en', entry))
    assert.match(paragraph, /^Facebook, Instagram: did not open\. Networks: Network 64496 \(AS64496\)\./)
    assert.match(paragraph, /last failed measurement .* or later\. Incidents: 2\./)
    assert.match(
      paragraph,
      /that does not show one cause\. Source: Kuager, episode-sample, as of 5 March 2026, 22:50\.$/,
    )
    const whole = plain(episodeQuotation('en', entry))
    assert.ok(whole.startsWith(paragraph) && whole.includes(plain(jointText('en', entry))))
    assert.match(whole, /The measurements do not show whether anyone did it\.$/)
  })

  it('says first that it is simulated', () => {
    const entry = entryWith([{ simulated: true }, { simulated: true }])
    for (const lang of LANGS)
      for (const text of [
        episodeSentence(lang, entry, CODE),
        episodeParagraph(lang, entry),
        episodeQuotation(lang, entry),
      ])
        assert.match(text, /^(?:Simulated|Смоделировано|Модельденген)/)
  })

  it('says what is not to be written: no one, no one cause, no sum of certainty, no whole country', () => {
    const never = (changes: readonly Partial<Incident>[]): string => episodeNever('en', entryWith(changes)).join('\n')
    const blocked = never([{}, caused('not-determined', 'weak')])
    for (const part of [
      'who did it',
      'There was one cause',
      'Blocking is proven',
      'the cause is known',
      '2 incidents, so',
      'whole country',
    ])
      assert.ok(blocked.includes(part), part)
    assert.doesNotMatch(never([caused('not-determined', 'weak'), caused('not-determined', 'weak')]), /is proven/)
    assert.doesNotMatch(blocked, /still does not open/)
    const { running, end, revisedAt } = SAMPLE_KINDS.running
    assert.match(never([{}, { running, end, revisedAt }]), /still does not open/)
  })
})
