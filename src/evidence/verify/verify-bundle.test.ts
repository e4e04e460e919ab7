import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeBundle, openFiles, verifierTools, type Files } from '../../../test/kit/bundle-maker.ts'
import type { CheckedBundle } from './bundle-report.ts'
import { verifyBundle } from './verify-bundle.ts'

const checked = (files: Files, tools = verifierTools()): Promise<CheckedBundle> => verifyBundle(openFiles(files), tools)
const failures = ({ steps }: CheckedBundle): readonly string[] =>
  steps.flatMap(({ step, problems }) => problems.map(({ problem, about = '' }) => `${step}: ${problem} ${about}`))

describe('a sound bundle', () => {
  it('fails no step', async () => {
    assert.deepEqual(failures(await checked(makeBundle().files)), [])
  })
})
