import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SpaceLevel } from '../../runtime/files/free-space.ts'
import { whileSpace, type PeopleDesks } from './space-for-people.ts'

const NOWHERE = { socket: undefined, forwardedFor: undefined }

describe('whileSpace()', () => {
  it('accepts what people say while the disk has more than its reserve, and asks them to come again else', async () => {
    let level: SpaceLevel = 'ample'
    let taken = 0
    const desks: PeopleDesks = {
      reports: {
        ticket: () => 't',
        partOf: () => 'p',
        take: async () => {
          taken++
          return { kind: 'taken' }
        },
      },
      crowd: {
        plan: async () => assert.fail('no plan is asked for'),
        take: async () => {
          taken++
          return { wait: 0 }
        },
      },
      savedChecks: {
        rate: { perSecond: 1, burst: 1, take: () => ({ left: 1, wait: 0 }) },
        takeOfAll: () => 0,
        log: async () => undefined,
      },
    }
    const { reports, crowd, savedChecks } = whileSpace(desks, { level: () => level })
    const report = { report: {}, ticket: undefined, worked: false } as never
    const told = async (): Promise<readonly unknown[]> => [
      (await reports.take(report, NOWHERE)).kind,
      (await crowd.take({} as never, NOWHERE)).wait,
      savedChecks.takeOfAll(),
    ]
    assert.deepEqual(await told(), ['taken', 0, 0])
    for (level of ['reserved', 'none'] as const) assert.deepEqual(await told(), ['later', 3600, 3600])
    assert.equal(taken, 2)
    assert.deepEqual([reports.ticket(), reports.partOf(NOWHERE)], ['t', 'p'])
  })
})
