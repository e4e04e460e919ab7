import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GroupCommit } from './group-commit.ts'

describe('GroupCommit', () => {
  it('writes together what was submitted while an earlier group was being written', async () => {
    const groups: (readonly number[])[] = []
    const gate = Promise.withResolvers<void>()
    const commit = new GroupCommit<number>(async (group) => {
      groups.push(group)
      await gate.promise
    }, 1000)
    const first = commit.submit([1], 10)
    await Promise.resolve() // the first group is taken
    const rest = [commit.submit([2, 3], 10), commit.submit([4], 10), commit.submit([5], 10)]
    gate.resolve()
    await Promise.all([first, ...rest])
    assert.deepEqual(groups, [[1], [2, 3, 4, 5]])
  })

  it('keeps groups below their limit, and takes one that is above it by itself', async () => {
    const groups: (readonly number[])[] = []
    const commit = new GroupCommit<number>(async (group) => void groups.push(group), 100)
    await Promise.all([1, 2, 3, 4].map((one) => commit.submit([one], one === 3 ? 500 : 60)))
    assert.deepEqual(groups, [[1], [2], [3], [4]])
  })

  it('runs an exclusive act alone, also while submissions never cease', async () => {
    let writing = false
    let acted = false
    let more: Promise<void> = Promise.resolve()
    const commit: GroupCommit<string> = new GroupCommit<string>(async () => {
      writing = true
      if (!acted) more = commit.submit(['again'], 60)
      await Promise.resolve()
      writing = false
    }, 100)
    const first = commit.submit(['first'], 60)
    await commit.exclusive(async () => {
      assert.equal(writing, false)
      acted = true
    })
    await first
    await more
  })

  it('refuses everything after a write that failed', async () => {
    const commit = new GroupCommit<number>(() => Promise.reject(new Error('disk full')), 100)
    await assert.rejects(commit.submit([1], 1), /disk full/)
    await assert.rejects(commit.submit([2], 1), /disk full/)
    await assert.rejects(
      commit.exclusive(() => assert.fail('not run')),
      /disk full/,
    )
    assert.equal(commit.broken, true)
    await commit.idle()
  })
})
