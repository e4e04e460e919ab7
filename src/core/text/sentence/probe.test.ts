import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serviceSchema, type Service } from '../../model/tables/service.ts'
import { LINE_STATES } from '../../model/measured/service-run.ts'
import { KINDS, type Verdict } from '../../model/measured/verdict.ts'
import { LANGS } from '../lang.ts'
import { ooniRunDescriptor } from '../ooni-run.ts'
import { lineSentence, serviceSentence } from './probe.ts'

const verdict = (changes: Partial<Verdict>): Verdict => ({
  kind: 'reachable',
  rule: 'tls.completed',
  rulesVersion: '1',
  log10Lr: 0,
  layers: [],
  endpoints: { tested: 3, failed: 0 },
  grounds: [],
  missing: [],
  ...changes,
})

const platform = (name: string): Pick<Service, 'name' | 'kind'> => ({ name, kind: 'platform' })

describe('what a probe says of a service', () => {
  it('is one sentence, with what shows it where something was found', () => {
    assert.equal(serviceSentence('en', platform('YouTube'), verdict({})), 'YouTube: opens on your connection.')
    assert.equal(
      serviceSentence('en', platform('YouTube'), verdict({ kind: 'interfered', mechanism: 'tls.timeout.sni' })),
      'YouTube: interfered with on your connection. What shows it: TLS: no answer, by name.',
    )
    const partial = verdict({ kind: 'interfered', mechanism: 'tcp.timeout.ip', endpoints: { tested: 5, failed: 2 } })
    assert.match(serviceSentence('kk', platform('Telegram'), partial), /Ашылмаған тораптар: 2 \(барлығы\s5\)\.$/)
    assert.match(serviceSentence('ru', platform('Telegram'), partial), /Не открылось узлов: 2 из 5\.$/)
  })

  it('has words for every verdict and every state of the line, in every language', () => {
    for (const lang of LANGS) {
      for (const kind of KINDS) assert.match(serviceSentence(lang, platform('X'), verdict({ kind })), /^X: .+\.$/)
      const said = LINE_STATES.map((state) => lineSentence(lang, { state, portalHost: 'login.example' }))
      assert.equal(new Set(said).size, LINE_STATES.length)
      assert.ok(said.some((one) => one.includes('login.example')))
    }
  })

  it('never says of a protocol that it opens: its first exchange alone is known', () => {
    for (const lang of LANGS) {
      const said = KINDS.map((kind) => serviceSentence(lang, { name: 'Tor', kind: 'protocol' }, verdict({ kind })))
      assert.equal(new Set(said).size, KINDS.length)
      for (const one of said) assert.doesNotMatch(one, /open|ашыл|откры/)
    }
  })

  it('cuts the host that a sign-in page names', () => {
    const said = lineSentence('en', { state: 'captive-portal', portalHost: 'x'.repeat(5000) })
    assert.ok(said.length < 150)
  })
})

describe('ooniRunDescriptor()', () => {
  const service = (id: string, tier: string, endpoints: readonly (readonly [host: string, use: string])[]): Service =>
    serviceSchema.parse({
      id,
      name: id,
      tests: [],
      tier,
      endpoints: endpoints.map(([host, use]) => ({
        host,
        use,
        checks: ['tls'],
        source: 's',
        checked_at: '2026-11-25',
      })),
    })
  const descriptor = ooniRunDescriptor([
    service('a', 'A', [
      ['www.a.example', 'page'],
      ['upload.a.example', 'upload'],
      ['*.a.example', 'page'],
    ]),
    service('b', 'B', [['www.b.example', 'page']]),
  ])

  it('holds the pages of tier A alone, and the messenger tests', () => {
    assert.deepEqual(descriptor.nettests[0]?.inputs, ['https://www.a.example/'])
    assert.deepEqual(
      descriptor.nettests.map(({ test_name: name }) => name),
      ['web_connectivity', 'telegram', 'whatsapp', 'facebook_messenger', 'signal'],
    )
  })

  it('has its name and description in three languages', () => {
    for (const texts of [descriptor.name_intl, descriptor.short_description_intl, descriptor.description_intl])
      assert.equal(new Set(LANGS.map((lang) => texts[lang])).size, 3)
  })
})
