import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseAsn } from '../../model/units.ts'
import { FACTS, GROUND_ROLES, KINDS, MISSING, type Ground, type Verdict } from '../../model/measured/verdict.ts'
import { failureWords } from '../failure.ts'
import { LANGS } from '../lang.ts'
import {
  GROUND_VALUES,
  groundSentence,
  layerSentence,
  missingSentence,
  verdictSentence,
  type Subject,
} from './verdict.ts'

const silence: Ground = {
  fact: 'tls.silent',
  role: 'decisive',
  layer: 'tls',
  source: '/test_keys/tls_handshakes/0',
  values: { name: 'www.youtube.com', address: '192.0.2.10', seconds: 10 },
}
const pair: Ground = {
  fact: 'tls.innocent-passed',
  role: 'control',
  layer: 'tls',
  values: { name: 'example.org', address: '192.0.2.10', seconds: 0.3 },
}
const verdict: Verdict = {
  kind: 'interfered',
  layer: 'tls',
  mechanism: 'tls.timeout.sni',
  rule: 'tls.silence',
  rulesVersion: 'test',
  log10Lr: 1.6,
  layers: [
    { layer: 'tls', state: 'interfered', mechanism: 'tls.timeout.sni', rule: 'tls.silence', log10Lr: 1.6, hop: 0 },
  ],
  endpoints: { tested: 1, failed: 1 },
  grounds: [silence, pair],
  missing: [],
}
const subject: Subject = {
  serviceName: 'YouTube',
  asn: parseAsn(9198),
  networkName: 'Kazakhtelecom',
  verdict,
  simulated: false,
}

describe('verdictSentence()', () => {
  it('says what, where, the verdict, the decisive ground and its control', () => {
    assert.equal(
      verdictSentence('en', subject),
      'YouTube, AS9198 Kazakhtelecom: interfered; the TLS handshake gets no answer after the name www.youtube.com is sent; the same address answered another name 0.3 s earlier',
    )
    assert.equal(
      verdictSentence('ru', subject),
      'YouTube, AS9198 Kazakhtelecom: обнаружено вмешательство; рукопожатие TLS остаётся без ответа после отправки имени www.youtube.com; тот же адрес ответил на другое имя на 0,3 с раньше',
    )
    assert.equal(
      verdictSentence('kk', subject),
      'YouTube, AS9198 Kazakhtelecom: кедергі бар; TLS байланысын орнату кезінде www.youtube.com атауы жіберілгеннен кейін жауап келмейді; сол мекенжай басқа атауға 0,3 с бұрын жауап берді',
    )
  })

  it('says that a pair passed later when its seconds are negative', () => {
    const later = { ...verdict, grounds: [silence, { ...pair, values: { ...pair.values, seconds: -1.5 } }] }
    assert.match(verdictSentence('en', { ...subject, verdict: later }), /answered another name 1\.5 s later$/)
  })

  it('gives the reason of an inconclusive verdict and what was missing', () => {
    const inconclusive: Verdict = {
      ...verdict,
      kind: 'inconclusive',
      grounds: [{ ...silence, role: 'context' }],
      missing: ['control.tls', 'pair'],
    }
    assert.equal(
      verdictSentence('en', { ...subject, verdict: inconclusive }),
      'YouTube, AS9198 Kazakhtelecom: inconclusive; the TLS handshake gets no answer after the name www.youtube.com is sent; missing: a TLS control, another name sent to the same address',
    )
  })

  it('begins with the word "simulated" for a simulated measurement, in every language', () => {
    const words = { kk: /^Модельденген/u, ru: /^Смоделировано/u, en: /^Simulated/u }
    for (const lang of LANGS) assert.match(verdictSentence(lang, { ...subject, simulated: true }), words[lang])
  })

  it('says so when the network is not known', () => {
    assert.match(verdictSentence('en', { ...subject, asn: parseAsn(0) }), /^YouTube, network not known: interfered/)
  })

  it('stands for any verdict a judge can give, with any value missing or hostile', () => {
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.constantFrom('{x', '<b>', "'{name}'", '2026-01-01', 'timed_out'),
    )
    const grounds = fc.record({
      fact: fc.constantFrom(...FACTS),
      role: fc.constantFrom(...GROUND_ROLES),
      values: fc.dictionary(fc.constantFrom(...GROUND_VALUES), value),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...LANGS),
        fc.constantFrom(...KINDS),
        fc.array(grounds, { maxLength: 4 }),
        fc.subarray([...MISSING]),
        (lang, kind, list, missing) => {
          const sentence = verdictSentence(lang, { ...subject, verdict: { ...verdict, kind, grounds: list, missing } })
          assert.match(sentence, /^YouTube, AS9198 Kazakhtelecom: /)
          for (const ground of list) assert.ok(groundSentence(lang, ground).length > 2)
        },
      ),
    )
  })
})

describe('groundSentence()', () => {
  it('adds the values that its clause leaves out, so that nothing of a ground is hidden', () => {
    assert.equal(
      groundSentence('en', silence),
      'The TLS handshake gets no answer after the name www.youtube.com is sent (Address: 192.0.2.10; Seconds: 10).',
    )
  })

  it('puts a failure word into plain words, and a date into the language', () => {
    const failed: Ground = {
      fact: 'dns.failed',
      role: 'decisive',
      values: { name: 'a.example', failure: 'dns_nxdomain_error' },
    }
    assert.equal(groundSentence('kk', failed), 'DNS a.example атауына мекенжай бермеді: мұндай атау жоқ (NXDOMAIN).')
    const clock: Ground = { fact: 'line.clock', role: 'decisive', values: { date: '2001-02-03' } }
    assert.equal(groundSentence('ru', clock), 'Часы устройства идут неверно: 3\u00a0февраля 2001\u00a0г.')
  })

  it('says "not recorded" for a value that is missing or empty', () => {
    for (const values of [{}, { name: '' }])
      assert.equal(
        groundSentence('en', { fact: 'tls.completed', role: 'decisive', values }),
        'The TLS handshake with the name (not recorded) was completed.',
      )
  })

  it('counts endpoints with the plural of the language', () => {
    const some = (tested: number): Ground => ({
      fact: 'endpoints.failed',
      role: 'decisive',
      values: { tested, failed: 1, part: 'datacenter' },
    })
    assert.equal(groundSentence('ru', some(1)), 'Отказали узлы: 1 из 1 (дата-центры).')
    assert.equal(groundSentence('ru', some(5)), 'Отказали узлы: 1 из 5 (дата-центры).')
    assert.equal(groundSentence('en', some(2)), 'Of 2 endpoints tested 1 failed: data centres.')
  })
})

describe('layerSentence()', () => {
  it('names layer, state and mechanism', () => {
    assert.equal(layerSentence('en', verdict.layers[0]!), 'TLS: interfered (TLS: no answer, by name)') // made above with one
  })
})

describe('missingSentence()', () => {
  it('is empty when nothing was missing', () => {
    assert.equal(missingSentence('kk', []), '')
    assert.equal(missingSentence('kk', ['control']), 'Жетіспейді: бақылау өлшемі.')
  })
})

describe('failureWords()', () => {
  it('shows an unknown failure word as it is', () => {
    assert.equal(failureWords('ru', 'timed_out'), 'нет ответа вовремя')
    assert.equal(failureWords('en', 'strange_word'), 'an unrecognised failure (strange_word)')
  })
})
