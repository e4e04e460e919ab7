import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { loadImpactTable, NETWORK_USERS, withNetworkUsers } from './impact-table.ts'

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

describe('withNetworkUsers()', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kuager-users-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  const table = loadImpactTable()
  const read = (text: string | undefined) => {
    if (text !== undefined) writeFileSync(join(folder, NETWORK_USERS), text)
    const problems: string[] = []
    const { networks } = withNetworkUsers(table, folder, (problem) => void problems.push(problem))
    return { real: networks.filter(({ simulated }) => !simulated), problems }
  }

  it('takes rows in any order of columns, and leaves the invented world alone', () => {
    assert.deepEqual(read(undefined), { real: table.networks.filter(({ simulated }) => !simulated), problems: [] })
    const { real, problems } = read('source,asn,as_of,users\n"Estimates, 2026",AS9198,2026-10,"4 100 000"\n')
    assert.deepEqual(problems, [])
    assert.deepEqual(real, [
      { asn: 9198, users: 4_100_000, source: 'Estimates, 2026', as_of: '2026-10', simulated: false },
    ])
    assert.equal(
      withNetworkUsers(table, folder, () => {}).networks.filter(({ simulated }) => simulated).length > 0,
      true,
    )
  })

  it('sets a bad row aside and names file, line and column; a bad file is not used, and ends nothing', () => {
    const { real, problems } = read('asn,users,source,as_of\nAS9198,-4,x,2026\n29355,9,y,2026\n29355,8,y,2026\n,,,\n')
    assert.deepEqual(
      real.map(({ asn, users }) => [asn, users]),
      [[29_355, 9]],
    )
    assert.match(problems[0] ?? '', /^network-users\.csv, line 2, column users: .*set aside$/)
    assert.match(problems[1] ?? '', /line 4: AS29355 a second time/)
    assert.equal(problems.length, 3)
    for (const text of ['asn,people\n1,2\n', 'asn,users,source,as_of\n"9198,4,x,2026\n', '']) {
      const bad = read(text)
      assert.deepEqual([bad.real.length, bad.problems.length], [0, 1], text)
      assert.match(bad.problems[0] ?? '', /^network-users\.csv: .*the file is not used$/)
    }
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
