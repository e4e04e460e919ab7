import type { WorkFor, WorkDesk } from '../../../src/web/work/contract.ts'

export const SOLVED = 'c29sdmVk'
export const SPENT = 'c3BlbnQ='
export const EXPIRED = 'ZXhwaXJlZA=='

/** A price for tests of routes: what `SOLVED` stands for is done, for one purpose alone. */
export const countedWork = (only: WorkFor): WorkDesk => ({
  challenge: (purpose) => Promise.resolve({ purpose }),
  verify: (solution, purpose) => {
    if (solution === SPENT) return Promise.resolve('spent')
    if (solution === EXPIRED) return Promise.resolve('expired')
    return Promise.resolve(solution === SOLVED && purpose === only ? 'done' : 'wrong')
  },
})
