import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { ROOT } from './house/sources.ts'

const names = z.record(z.string(), z.string()).default({})
const entrySchema = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  hasInstallScript: z.boolean().default(false),
  dependencies: names,
  optionalDependencies: names,
  devDependencies: names,
})
const lock = z
  .object({ packages: z.record(z.string(), entrySchema) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')))
const manifest = entrySchema.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))

/**
 * chDB's library for platforms whose packages could not be fetched where the lock file was made. They are named
 * with their version, because `npm ci` refuses a lock file without them.
 * BUG: no digest: on these platforms npm takes the package as the registry gives it; docs/operating/running.md says how
 * an operator checks the registry's signature.
 */
const WITHOUT_DIGEST = [
  'node_modules/@chdb/lib-darwin-arm64',
  'node_modules/@chdb/lib-darwin-x64',
  'node_modules/@chdb/lib-linux-arm64-gnu',
]

/** Packages that would run a program when they are installed. All of them work without: their binaries are in packages. */
const WITH_SCRIPT = ['node_modules/chdb', 'node_modules/esbuild', 'node_modules/koffi']

describe('the lock file', () => {
  it('names the same dependencies as package.json', () => {
    const root = lock.packages['']
    assert.deepEqual(root?.dependencies, manifest.dependencies)
    assert.deepEqual(root?.optionalDependencies, manifest.optionalDependencies)
    assert.deepEqual(root?.devDependencies, manifest.devDependencies)
  })

  it('holds a digest for every package but those named here', () => {
    const bare = Object.entries(lock.packages)
      .filter(([path, entry]) => path !== '' && !(entry.integrity ?? '').startsWith('sha512-'))
      .map(([path]) => path)
    assert.deepEqual(bare.sort(), WITHOUT_DIGEST)
  })

  it('names each package with an install script, and an installation runs none of them', () => {
    const withScript = Object.entries(lock.packages).flatMap(([path, entry]) => (entry.hasInstallScript ? [path] : []))
    assert.deepEqual(withScript, WITH_SCRIPT)
    for (const path of [
      '.ci/run',
      'README.md',
      'CONTRIBUTING.md',
      'docs/operating/running.md',
      'src/site/guide/page/run-a-probe.ts',
    ]) {
      const said = readFileSync(join(ROOT, path), 'utf8').match(/^.*(?:'npm ci|^npm ci|`npm ci` once).*$/gm) ?? []
      for (const line of said) assert.match(line, /npm ci --ignore-scripts/, path)
    }
  })

  it('holds every package that another one wants, so that `npm ci` accepts it on every platform', () => {
    const found = Object.keys(lock.packages)
    const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
        .filter((name) => !found.some((at) => at === `node_modules/${name}` || at.endsWith(`/node_modules/${name}`)))
        .map((name) => `${path} wants ${name}`),
    )
    assert.deepEqual(missing, [])
  })

  it('brings Node.js at one exact version on every platform it brings it to', () => {
    const runtimes = Object.entries(manifest.optionalDependencies).filter(([name]) => /^node-\w+-\w+$/.test(name))
    assert.ok(runtimes.length > 0)
    assert.equal(new Set(runtimes.map(([, version]) => version)).size, 1)
    for (const [name, version] of runtimes) {
      assert.match(version, /^24\.\d+\.\d+$/)
      assert.equal(lock.packages[`node_modules/${name}`]?.version, version)
    }
  })
})
