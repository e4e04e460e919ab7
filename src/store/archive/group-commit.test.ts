import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GroupCommit } from './group-commit.ts'

const recover = async (): Promise<void> => assert.fail('nothing is broken')

describe('GroupCommit', () => {
  it('writes together what was submitted while an earlier group was being written', async () => {
    const groups: (readonly number[])[] = []
    const gate = Promise.withResolvers<void>()
    const commit = new GroupCommit<number>(
      async (group) => {
        groups.push(group)
        await gate.promise
      },
      { maxBytes: 1000, recover },
    )
    const first = commit.submit([1], 10)
    await Promise.resolve() // the first group is taken
    const rest = [commit.submit([2, 3], 10), commit.submit([4], 10), commit.submit([5], 10)]
    gate.resolve()
    await Promise.all([first, ...rest])
    assert.deepEqual(groups, [[1], [2, 3, 4, 5]])
  })

  it('keeps groups below their limit, and takes one that is above it by itself', async () => {
    const groups: (readonly number[])[] = []
    const commit = new GroupCommit<number>(async (group) => void groups.push(group), { maxBytes: 100, recover })
    await Promise.all([1, 2, 3, 4].map((one) => commit.submit([one], one === 3 ? 500 : 60)))
    assert.deepEqual(groups, [[1], [2], [3], [4]])
  })

  it('runs an exclusive act alone, also while submissions never cease', async () => {
    let writing = false
    let acted = false
    let more: Promise<void> = Promise.resolve()
    const commit: GroupCommit<string> = new GroupCommit<string>(
      async () => {
        writing = true
        if (!acted) more = commit.submit(['again'], 60)
        await Promise.resolve()
        writing = false
      },
      { maxBytes: 100, recover },
    )
    const first = commit.submit(['first'], 60)
    await commit.exclusive(async () => {
      assert.equal(writing, false)
      acted = true
    })
    await first
    await more
  })

  it('refuses everything after a write that failed until the files have recovered', async () => {
    let full = true
    const groups: (readonly number[])[] = []
    const check = async (): Promise<void> => {
      if (full) throw new Error('disk full')
    }
    const write = async (group: readonly number[]): Promise<void> => {
      await check()
      groups.push(group)
    }
    let recovered = 0
    const commit = new GroupCommit<number>(write, {
      maxBytes: 100,
      recover: async () => {
        await check()
        recovered++
      },
    })
    await assert.rejects(commit.submit([1], 1), /disk full/)
    await assert.rejects(commit.submit([2], 1), /disk full/)
    await assert.rejects(
      commit.exclusive(() => assert.fail('not run')),
      /disk full/,
    )
    assert.equal(commit.broken, true)
    full = false
    await commit.submit([3], 1)
    await commit.submit([4], 1)
    assert.deepEqual([commit.broken, recovered, groups], [false, 1, [[3], [4]]])
    await commit.idle()
  })
})
