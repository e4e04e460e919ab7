import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { listFiles, readSource } from './sources.ts'

const FILES = listFiles('.').map((path) => `/${path}`)

/** Files of TypeScript that comments name and that no path of the checkout ends with. */
function missingFiles(path: string): readonly string[] {
  const comments = readSource(path).text.matchAll(/(?:^|\s)(?:\/\/|\/?\*+)\s.*$/gm)
  const named = [...comments].flatMap(([line]) => line.match(/[\w.-]+(?:\/[\w.-]+)*\.ts\b/g) ?? [])
  const missing = named.filter((name) => !FILES.some((file) => file.endsWith(`/${name.replace(/^(?:\.\.?\/)+/, '')}`)))
  return missing.map((name) => `${path}: ${name}`)
}

describe('the comments of src/', () => {
  it('name only files that exist', () => {
    const sources = listFiles('src').filter((path) => path.endsWith('.ts'))
    assert.deepEqual(sources.flatMap(missingFiles), [])
  })
})
