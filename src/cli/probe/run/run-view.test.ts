import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { World } from '../../../runtime/world.ts'
import { millis, parseAsn, parseCountryCode } from '../../../core/model/units.ts'
import type { LineReport } from '../../../core/model/measured/service-run.ts'
import { LANGS } from '../../../core/text/lang.ts'
import { localService } from '../../../../test/kit/probe/probe-world.ts'
import { testWorld } from '../../../../test/kit/servers/world.ts'
import { pictureOf, RunView } from './run-view.ts'
import { wrap } from '../../terminal/wrap.ts'

const services = ['YouTube', 'A service with a very long name indeed, too long', 'Тест'].map((name, index) => ({
  name,
  operations: 10,
  done: index * 5,
}))
const line: LineReport = {
  state: 'captive-portal',
  gateway: 'answers',
  resolver: 'answers',
  portal: 'found',
  portalHost: 'evil\u001b[2J\u202e.example',
  ipv4: true,
  ipv6: false,
  tunnel: 'none',
  changed: false,
  canaries: [],
}

function watched(terminal: boolean): { world: World; said: () => string } {
  let said = ''
  const world = { ...testWorld('.', (text) => (said += text)), terminal, size: () => ({ columns: 60, rows: 24 }) }
  return { world, said: () => said }
}

describe('the table of a run', () => {
  it('is never wider than the terminal, in any language', () => {
    for (const lang of LANGS)
      for (const columns of [24, 40, 80, 200])
        for (const text of pictureOf(services, { lang, columns, rows: 24 }))
          assert.ok([...text].length < columns, `${lang} ${columns}: ${text}`)
  })

  it('has fewer lines than the terminal has rows, and shows what is being measured first', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      name: `s${index}`,
      operations: 4,
      done: index === 37 ? 2 : 0,
    }))
    const lines = pictureOf(many, { lang: 'en', columns: 80, rows: 12 })
    assert.ok(lines.length < 12)
    assert.match(lines[1] ?? '', /^s37 +measuring/)
    assert.match(lines.at(-1) ?? '', /Services measured: 0 of 40/)
  })

  it('is redrawn in its own place and taken away at the end', () => {
    const { world, said } = watched(true)
    const view = new RunView(world, 'en', [localService('alpha', 443, ['tls'])])
    view.show({ kind: 'plan', services: [{ id: 'alpha', operations: 2 }] }, 0)
    view.show({ kind: 'operation', service: 'alpha', host: 'localhost', done: 2 }, 1000)
    view.end()
    assert.equal(said().split('\u001b[4A').length, 3)
    assert.ok(said().endsWith('\u001b[4A\u001b[J'))
    assert.equal(said().split('\u001b[4A\u001b[J').length, 2, 'a redraw does not erase first')
  })

  it('is not drawn without a terminal; the line is said there too', () => {
    const { world, said } = watched(false)
    const view = new RunView(world, 'en', [])
    const network = {
      asn: parseAsn(64500),
      country: parseCountryCode('KZ'),
      name: 'Test\u0007',
      from: 'collector',
    } as const
    view.show({ kind: 'network', network }, 0)
    view.show(
      { kind: 'line', report: { ...line, canaries: [{ moment: 'before', at: millis(1), tried: 5, passed: 5 }] } },
      0,
    )
    view.show({ kind: 'plan', services: [{ id: 'alpha', operations: 2 }] }, 0)
    view.end()
    assert.match(said(), /AS64500 Test/)
    assert.match(said(), /a sign-in page opens first/)
    assert.doesNotMatch(said(), /\u001b|\u202e|\u0007/)
  })
})

describe('wrap()', () => {
  it('loses no word, keeps short units with their numbers and dashes with the word before', () => {
    const text = 'Расход данных: короткое — до 150 КБ, полное — до 8 МБ в сутки'
    for (let width = 10; width < 60; width++) {
      const lines = wrap(text, width)
      assert.equal(lines.join(' ').replace(/\u00a0/g, ' '), text)
      for (const one of lines) assert.doesNotMatch(one, /^(—|КБ|МБ)/)
    }
  })
})
