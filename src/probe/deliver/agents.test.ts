import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openAgents } from './agents.ts'

describe('openAgents()', () => {
  it('leaves one family time for a second packet before the other is tried: lines lose some, and round trips are long', async () => {
    for (const route of [{ kind: 'direct' }, { kind: 'http-proxy', url: 'http://127.0.0.1:1/' }] as const) {
      using agents = (await openAgents(route, [])) ?? assert.fail('there is no such route')
      for (const agent of [agents.http, agents.https]) {
        const options: unknown = Reflect.get(agent, 'options')
        assert.ok(typeof options === 'object' && options !== null)
        const waits: unknown = Reflect.get(options, 'autoSelectFamilyAttemptTimeout')
        assert.ok(typeof waits === 'number' && waits > 1_000, String(waits))
      }
    }
  })
})
