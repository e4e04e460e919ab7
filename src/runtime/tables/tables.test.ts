import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { parseFingerprints } from '../../core/model/tables/fingerprints.ts'
import { loadTables } from './tables.ts'

const HEAD =
  'name,scope,other_names,location_found,pattern_type,pattern,confidence_no_fp,expected_countries,source,exp_url,notes'

describe('parseFingerprints()', () => {
  it('reads cells with commas, quotation marks and line ends', () => {
    const text = `${HEAD}\na,nat,,body,contains,"It said ""no"", twice",5,"IT, IR",x,,"two\nlines"\nb,isp,,header.Location,prefix,http://b.example/,5,,x,,\n`
    const [first, second] = parseFingerprints(text, 'prints.csv')
    assert.deepEqual(first?.pattern, { kind: 'contains', text: 'It said "no", twice' })
    assert.deepEqual(first?.countries, ['IT', 'IR'])
    assert.deepEqual(second?.place, { kind: 'header', name: 'location' })
  })

  it('counts a scope it does not know as the weakest', () => {
    assert.equal(parseFingerprints(`${HEAD}\na,new,,dns,full,10.0.0.1,5,,x,,\n`, 'prints.csv')[0]?.scope, 'vbw')
  })

  it('names the line of what it cannot read', () => {
    const wrong = [
      'a,isp,,body,regexp,(,5,,x,,',
      'a,isp,,body,maybe,x,5,,x,,',
      'a,isp,,somewhere,full,x,5,,x,,',
      'a,isp,,body,full,,5,,x,,',
    ]
    for (const row of wrong)
      assert.throws(() => parseFingerprints(`${HEAD}\n${row}\n`, 'prints.csv'), /prints\.csv", line 2/, row)
    assert.throws(() => parseFingerprints('name,scope\n', 'prints.csv'), InputError)
  })
})

describe('loadTables()', () => {
  it('changes the rules version with every table', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kuager-tables-'))
    try {
      const file = join(folder, 'prints.csv')
      writeFileSync(file, `${HEAD}\na,nat,,dns,full,185.0.0.1,5,KZ,x,,\n`)
      const bare = loadTables()
      const more = loadTables({ fingerprintFiles: [file] })
      assert.notEqual(more.rulesVersion, bare.rulesVersion)
      assert.equal(more.fingerprints.length, 1)
      assert.equal(loadTables().rulesVersion, bare.rulesVersion)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('says which file is missing', () => {
    assert.throws(() => loadTables({ fingerprintFiles: ['/nowhere/prints.csv'] }), /prints\.csv/)
  })

  it('lets no host belong to two services', () => {
    const seen = new Map<string, string>()
    for (const service of loadTables().services)
      for (const { host } of service.endpoints) {
        assert.equal(seen.get(host) ?? service.id, service.id, host)
        seen.set(host, service.id)
      }
  })
})
