import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { loadImpactTable } from './impact-table.ts'

describe('loadImpactTable()', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kuager-impact-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('names file and path of what it cannot read', () => {
    const file = join(folder, 'figures.json')
    writeFileSync(file, '{"internet_users": [{"value": -1}]}')
    assert.throws(() => loadImpactTable(file), { name: 'InputError', message: /"figures\.json", \/internet_users\/0/ })
    writeFileSync(file, '{')
    assert.throws(() => loadImpactTable(file), { name: 'InputError', message: /"figures\.json"/ })
  })
})

describe('the bundled figures', () => {
  const table = loadImpactTable()

  it('give a figure of users to documentation networks in the simulated world, and to no other there', () => {
    for (const { asn, simulated } of table.networks) assert.equal(simulated, asn >= 64496 && asn <= 64511)
    for (const { source, simulated } of [...table.networks, ...table.services, ...table.internet_users])
      assert.equal(/invented/.test(source), simulated)
  })

  it('leave no more people on networks, nor on a service, than there are', () => {
    for (const simulated of [true, false]) {
      const all = table.internet_users.find((row) => row.simulated === simulated)?.value ?? 0
      const own = table.networks.filter((row) => row.simulated === simulated)
      assert.ok(own.reduce((sum, { users }) => sum + users, 0) <= all)
      for (const { users } of table.services.filter((row) => row.simulated === simulated)) assert.ok(users <= all)
    }
  })

  it('say of an assumption that it is one', () => {
    for (const { kind, source, simulated } of table.hours)
      if (kind === 'flat' && !simulated) assert.match(source, /^assumption/)
    assert.match(table.spreads.source, /^assumption/)
  })
})
