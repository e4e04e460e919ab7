import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { hideAddresses, openLog, scrub } from './log.ts'

function capture(): { readonly lines: string[]; readonly log: ReturnType<typeof openLog> } {
  const lines: string[] = []
  return { lines, log: openLog({ level: 'debug', destination: { write: (line) => lines.push(line) } }) }
}

describe('openLog()', () => {
  it('writes one line of JSON with level, time in UTC and message, and nothing about the machine', () => {
    const { lines, log } = capture()
    log.info({ count: 3 }, 'imported')
    assert.equal(lines.length, 1)
    const line: unknown = JSON.parse(lines[0] ?? '')
    assert.deepEqual(Object.keys(line ?? {}).sort(), ['count', 'level', 'msg', 'time'])
    assert.match(lines[0] ?? '', /"time":"\d{4}-\d\d-\d\dT[\d:.]+Z"/)
  })

  it('leaves out an address wherever it stands: field, nested value, message, error, cause', () => {
    const { lines, log } = capture()
    const cause = new Error('connect ECONNREFUSED 203.0.113.7:443')
    const error = new Error('Cannot fetch from [2001:db8::7]:443', { cause })
    log.error(
      { remoteAddress: 'unusual-form', request: { headers: { 'X-Forwarded-For': '198.51.100.9' } }, error },
      'from ::ffff:192.0.2.4',
    )
    const all = lines.join('')
    for (const part of ['203.0.113.7', '2001:db8', '198.51.100.9', '192.0.2.4', 'unusual-form'])
      assert.ok(!all.includes(part), `${part} was logged`)
    assert.match(all, /ECONNREFUSED/)
  })

  it('writes the same error once a minute, with how many lines were left out, and others at once', () => {
    const lines: string[] = []
    let now = 0
    const log = openLog({ level: 'warn', destination: { write: (line) => lines.push(line) }, now: () => now })
    const full = new Error('ENOSPC: no space left on device, write')
    for (let nth = 0; nth < 5000; nth++) log.error({ error: full }, 'a submission could not be archived')
    log.error({ error: full }, 'the log takes nothing in')
    log.error({ error: new Error('another') }, 'a submission could not be archived')
    assert.equal(lines.length, 3)
    now = 60_000
    log.error({ error: full }, 'a submission could not be archived')
    assert.match(lines[3] ?? '', /"repeated":4999/)
  })

  it('writes nothing below its level', () => {
    const lines: string[] = []
    const log = openLog({ level: 'warn', destination: { write: (line) => lines.push(line) } })
    log.info({}, 'quiet')
    assert.deepEqual(lines, [])
  })
})

describe('hideAddresses()', () => {
  it('leaves no IPv4 or IPv6 address in any surroundings', () => {
    const around = fc.constantFrom('', ' ', '"', '[', ']', '(', '/', ',', '=', 'http://', ' port ')
    fc.assert(
      // The unspecified address alone, two colons, belongs to no one.
      fc.property(
        around,
        fc.oneof(fc.ipV4(), fc.ipV6()).filter((address) => address !== '::'),
        around,
        (before, address, after) => {
          const hidden = hideAddresses(`${before}${address}${after}`)
          assert.ok(!hidden.includes(address), hidden)
        },
      ),
    )
  })

  it('keeps times, dates, version numbers with three parts and names', () => {
    for (const text of ['20:02:31', '2026-11-25T12:00:00Z', 'web_connectivity 0.5.28', 'std::move', 'AS9198'])
      assert.equal(hideAddresses(text), text)
  })
})

describe('scrub()', () => {
  it('ends on a value that holds itself', () => {
    const ring: Record<string, unknown> = {}
    ring['ring'] = ring
    assert.match(JSON.stringify(scrub(ring)), /too deep/)
  })

  it('names the size of bytes instead of writing them', () => {
    assert.deepEqual(scrub({ body: new Uint8Array(5) }), { body: '5 bytes' })
  })
})
