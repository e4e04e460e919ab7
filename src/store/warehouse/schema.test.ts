import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openChdb } from './chdb.ts'
import type { Engine } from './engine.ts'
import { loadQueries, loadStatements, ONE_MACHINE, replicatedWords } from './schema.ts'

describe('tables of a replicated database', () => {
  const words = replicatedWords('kuager')
  let folder: string
  let engine: Engine
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-schema-'))
    engine = await openChdb(folder, { memoryBytes: 2 ** 28, threads: 1 })
  })
  after(async () => {
    await engine[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  it('are those of one machine, each with a replicated engine, in words that the engine reads', async () => {
    const files = (await readdir(new URL('sql/', import.meta.url))).filter((file) => /^\d{4}-/.test(file)).sort()
    let made = 0
    for (const file of files) {
      const [plain, replicated] = [await loadStatements(file, ONE_MACHINE), await loadStatements(file, words)]
      for (const [nth, statement] of replicated.entries()) {
        assert.equal(statement.replaceAll(/(?<=^ENGINE = )Replicated/gm, ''), plain[nth])
        if (!statement.startsWith('CREATE TABLE')) continue
        made++
        assert.match(statement, /^ENGINE = Replicated(?:Replacing)?MergeTree/m)
        const tree = await engine.queryText(`EXPLAIN AST ${statement}`, {})
        assert.match(tree, /Function Replicated(?:Replacing)?MergeTree/)
      }
    }
    assert.equal(made, 4)
  })

  it('have their old files looked for on every replica', async () => {
    const { 'old-parts': one } = await loadQueries()
    const { 'old-parts': all } = await loadQueries(words)
    assert.match(one, /FROM system\.parts\b/)
    assert.match(all, /FROM clusterAllReplicas\('kuager', system\.parts\)/)
  })
})
