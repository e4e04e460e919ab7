import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { WITHOUT_POSTGRES, startPostgres } from './kit/stores/postgres.ts'

const fileOf = (name: string): string => readFileSync(new URL(`../deploy/${name}`, import.meta.url), 'utf8')

/** Throws where elements are not closed in order, or an attribute has no quotes. */
function refuseBroken(xml: string): void {
  const open: string[] = []
  const bare = xml.replace(/^<\?xml version="1\.0"\?>\n/, '').replaceAll(/<!--(?:(?!--)[\s\S])*-->/g, '')
  const rest = bare.replaceAll(
    /<(\/?)([A-Za-z_0-9]+)((?: [a-z_]+="[^"<&]*")*)(\/?)>/g,
    (_, end: string, name: string, _attributes, alone: string) => {
      if (end === '/') assert.equal(open.pop(), name)
      else if (alone === '') open.push(name)
      else assert.ok(open.length > 0)
      return ''
    },
  )
  assert.deepEqual(open, [])
  assert.doesNotMatch(rest, /[<>&]/)
}

describe('files of deploy/', () => {
  for (const name of ['server', 'keeper', 'users'])
    it(`clickhouse/${name}.xml is well-formed`, () => refuseBroken(fileOf(`clickhouse/${name}.xml`)))

  it('the check of well-formedness fails where an element is not closed', () => {
    const xml = fileOf('clickhouse/users.xml')
    assert.throws(() => refuseBroken(xml.replace('</profiles>', '')))
    assert.throws(() => refuseBroken(xml.replace('<readonly>', '<readonly & >')))
  })

  for (const name of ['primary', 'standby'])
    it(`postgresql/${name}.conf has settings that the server knows`, { skip: WITHOUT_POSTGRES }, async () => {
      const lines = fileOf(`postgresql/${name}.conf`).split('\n')
      const given = lines.flatMap((line) => {
        const [, setting, value] = /^([a-z_]+) = (?:'([^']*)'|\S+)$/.exec(line) ?? []
        return setting === undefined ? [] : [[setting, value ?? line.split(' = ')[1] ?? ''] as const]
      })
      assert.equal(given.length, lines.filter((line) => line !== '' && !line.startsWith('#')).length)
      // What is of the machines that the file is for is left out; a wrong name or value of the rest ends the start.
      const { listen_addresses: _a, ssl: _s, primary_conninfo: _p, ...settings } = Object.fromEntries(given)
      // Every commit would wait for the standby.
      delete settings['synchronous_standby_names']
      await using server = await startPostgres(settings)
      const { url } = await server.database()
      assert.equal(await server.ask(url, 'SHOW fsync'), 'on\n')
    })
})
