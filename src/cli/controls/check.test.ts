import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { controlsSchema } from '../../core/model/tables/controls.ts'
import { loadControls } from '../../runtime/tables/measured-lists.ts'
import { openUdpResolver } from '../../../test/kit/net/udp-resolver.ts'
import { spokenWorld } from '../../../test/kit/probe/probe-folder.ts'
import { runCommand } from '../main.ts'

describe('kuager controls check', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-controls-'))
  after(() => rmSync(root, { recursive: true }))
  const { innocent, hosting } = loadControls()
  const providerOf = new Map(innocent.map(({ host, provider }) => [host, provider]))
  const addressOf = new Map(
    hosting.map(({ provider, blocks }) => [provider, blocks.find((one) => one.includes('.'))?.replace(/0\/\d+$/, '7')]),
  )

  /** Runs against a resolver at which some names are elsewhere. */
  async function check(elsewhere: ReadonlyMap<string, string | undefined>, ...more: readonly string[]) {
    await using resolver = await openUdpResolver(({ questions = [] }, reply) => {
      const { name = '', type } = questions[0] ?? {}
      const provider = providerOf.get(name)
      const own = provider === undefined ? '203.0.113.1' : addressOf.get(provider)
      const data = elsewhere.has(name) ? elsewhere.get(name) : own
      reply.send(type === 'A' && data !== undefined ? [{ type: 'A', name, ttl: 60, data }] : [])
    })
    const { world, said } = spokenWorld(root)
    const words = ['controls', 'check', '--resolver', `udp://${resolver.address}:${resolver.port}`, ...more]
    return { exit: await runCommand(words, world), said: said() }
  }

  it('is content with a list of which every name is where it was', async () => {
    const { exit, said } = await check(new Map())
    assert.equal(said, `Of ${innocent.length} names 0 leave the draw.\n`)
    assert.equal(exit, 0)
  })

  it('writes the list with the day on which a name left, and the list can be read', async () => {
    const out = join(root, 'controls.json')
    const moved = new Map([
      ['www.oculus.com', addressOf.get('fastly')],
      ['comments.app', undefined],
    ])
    const { exit, said } = await check(moved, '--out', out)
    assert.match(said, /moved +www\.oculus\.com {2}meta\n/)
    assert.match(said, /gone +comments\.app {2}telegram\n/)
    assert.equal(exit, 3)
    const list = controlsSchema.parse(JSON.parse(readFileSync(out, 'utf8')))
    assert.deepEqual(
      list.innocent.filter((one) => one.left_at !== undefined).map(({ host }) => host),
      ['www.oculus.com', 'comments.app'],
    )
    assert.equal(list.innocent.length, innocent.length)
  })

  it('proposes nothing from a connection on which most names do not resolve', async () => {
    const { exit, said } = await check(new Map(innocent.map(({ host }) => [host, undefined])))
    assert.match(said, /not resolve/)
    assert.equal(exit, 3)
  })
})
