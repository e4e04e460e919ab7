import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { fillBundles } from '../../../test/kit/evening/evening.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { serveFolderAt } from '../../../test/kit/servers/served-folder.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'

const figuresSchema = z.object({
  named: z.number(),
  in_table: z.number(),
  not_named: z.number(),
  bracket_stated: z.array(z.string()).nullable(),
  bracket_computed: z.array(z.string().nullable()),
  readings_stated: z.number(),
  rows_inside: z.number(),
  probes_stated: z.number(),
  devices_inside: z.number(),
  probes_failed_stated: z.number(),
  devices_failed: z.number(),
})

describe('the notebook of one incident', { skip: hasProgram('python3') ? false : 'python3 is not installed' }, () => {
  let cwd: string
  let id: string
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-notebook-'))
    ;({ id } = await fillBundles(cwd))
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  it('computes the stated figures from the public files', async () => {
    await using served = await serveFolderAt(join(cwd, 'data'), cwd)
    for (const [file, path] of [
      ['incident.json', `api/v1/incident/${id}`],
      ['measurements.csv', `api/v1/incident/${id}/measurements.csv`],
    ] as const)
      writeFileSync(join(cwd, file), await (await fetch(new URL(path, served.url))).text())
    const notebook = join(PACKAGE_ROOT, 'docs/notebooks/incident.py')
    const out = execFileSync('python3', [notebook, 'incident.json', 'measurements.csv'], { cwd, encoding: 'utf8' })
    const found = figuresSchema.parse(JSON.parse(out))
    assert.ok(found.named > 0)
    assert.deepEqual([found.in_table, found.not_named], [found.named, 0])
    assert.deepEqual(found.bracket_computed, found.bracket_stated)
    assert.deepEqual(
      [found.rows_inside, found.devices_inside, found.devices_failed],
      [found.readings_stated, found.probes_stated, found.probes_failed_stated],
      out,
    )
  })
})
