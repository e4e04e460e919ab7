import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { operatorSchema, type Operator } from '../core/model/operator.ts'
import { millis, parseInstant } from '../core/model/units.ts'
import { OPERATOR_EXAMPLE } from '../runtime/tables/operator.ts'
import { PLAIN_FRAME, type Frame } from '../web/html/frame.ts'
import { addSecurityText } from './security-text.ts'

const example = operatorSchema.parse(JSON.parse(OPERATOR_EXAMPLE.replaceAll('…', 'x')))
const SECURITY = {
  contacts: ['mailto:desk@observatory.example', 'https://observatory.example/report'],
  expires: '2026-12-01',
  languages: ['kk', 'ru', 'en'],
  policy: 'https://code.example/kuager/SECURITY.md',
}
const operatorWith = (security: unknown): Operator => operatorSchema.parse({ ...example, security })

async function served(frame: Partial<Frame>, at = '2026-03-05T12:00:00Z'): Promise<readonly [number, string]> {
  const site = new Hono()
  const clock = { now: () => parseInstant(at), monotonic: () => millis(0) }
  addSecurityText(site, { frame: { ...PLAIN_FRAME, ...frame }, clock })
  const answer = await site.request('/.well-known/security.txt')
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; ?charset=utf-8$/i)
  return [answer.status, await answer.text()]
}

describe('/.well-known/security.txt', () => {
  it('has the fields of RFC 9116 as the operator set them, at every address of the site', async () => {
    const onion = `http://${'a'.repeat(56)}.onion`
    assert.deepEqual(await served({ operator: operatorWith(SECURITY), origin: 'https://kuager.example', onion }), [
      200,
      [
        'Contact: mailto:desk@observatory.example',
        'Contact: https://observatory.example/report',
        'Expires: 2026-12-01T00:00:00Z',
        'Preferred-Languages: kk, ru, en',
        'Canonical: https://kuager.example/.well-known/security.txt',
        `Canonical: ${onion}/.well-known/security.txt`,
        'Policy: https://code.example/kuager/SECURITY.md',
        '',
      ].join('\n'),
    ])
  })

  it('is not there where nothing is set, or where what is set has expired', async () => {
    assert.equal((await served({}))[0], 404)
    assert.equal((await served({ operator: example }))[0], 404)
    assert.equal((await served({ operator: operatorWith(SECURITY) }, '2026-12-01T00:00:00Z'))[0], 404)
    assert.equal((await served({ operator: operatorWith(SECURITY) }, '2026-11-30T23:59:59Z'))[0], 200)
  })

  it('takes no value that would begin a line of its own, leads elsewhere or is empty', () => {
    for (const wrong of [
      { contacts: [] },
      { contacts: ['desk@observatory.example'] },
      { contacts: ['javascript:alert(1)'] },
      { contacts: ['mailto:a@b.example\nContact: mailto:thief@c.example'] },
      { policy: 'http://code.example/' },
      { policy: 'https://code.example/\r\nx' },
      { languages: [] },
      { languages: ['kk\n'] },
      { expires: '2026-02-31' },
      { stranger: 1 },
    ])
      assert.throws(() => operatorWith({ ...SECURITY, ...wrong }), JSON.stringify(wrong))
  })
})
