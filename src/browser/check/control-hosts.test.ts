import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CrowdTry, RequestEnd } from '../../core/model/people/crowd-check.ts'
import { ControlHosts } from './control-hosts.ts'

const tried = (end: RequestEnd, took = 100): CrowdTry => ({
  document: end,
  document_ms: took,
  image: end,
  image_ms: took,
})
const GOOD = tried('answered')
const SLOW = tried('answered', 900)
const AWAY = tried('timed-out', 6000)

/** Hosts that answer as the test sets, a time each. */
function hostsOf(says: Readonly<Record<string, readonly CrowdTry[]>>) {
  const order: string[] = []
  const left = new Map(Object.entries(says).map(([host, tries]) => [host, [...tries]]))
  const pairs = [...left.keys()].map((host) => ({
    document: `https://${host}/reach`,
    image: `https://${host}/reach.png`,
  }))
  const hosts = new ControlHosts(pairs, ({ document }) => {
    const { host } = new URL(document)
    order.push(host)
    const one = left.get(host)?.shift()
    return one === undefined ? Promise.reject(new Error(`${host} was asked too often`)) : Promise.resolve(one)
  })
  const round = (): Promise<void> => hosts.round(() => Promise.resolve(void order.push('targets')))
  return { hosts, round, order, left }
}

describe('ControlHosts', () => {
  it('asks each before the targets, beside them once they are on their way, and after them; the longest time is kept', async () => {
    const { hosts, round, order } = hostsOf({ a: [GOOD, SLOW, GOOD], b: [GOOD, GOOD, SLOW] })
    await round()
    assert.deepEqual(order, ['a', 'b', 'targets', 'a', 'b', 'a', 'b'])
    assert.deepEqual(
      hosts.asked.map(({ host, tries }) => [host, tries.map((one) => [one.document, one.document_ms])]),
      [
        ['a', [['answered', 900]]],
        ['b', [['answered', 900]]],
      ],
    )
  })

  it('asks one that did not answer no more in that round, and again in the next', async () => {
    const { hosts, round, left } = hostsOf({ a: [AWAY, GOOD, GOOD, GOOD], b: [GOOD, GOOD, GOOD, AWAY] })
    await round()
    assert.deepEqual([left.get('a')?.length, left.get('b')?.length], [3, 1])
    await round()
    assert.deepEqual(
      hosts.asked.map(({ tries }) => tries.map(({ document }) => document)),
      [
        ['timed-out', 'answered'],
        ['answered', 'timed-out'],
      ],
    )
  })

  it('counts for neither what answered before at one host and after at another', async () => {
    const { hosts, round } = hostsOf({ a: [GOOD, GOOD, AWAY], b: [AWAY, GOOD, GOOD] })
    await round()
    assert.equal(hosts.haveAnswered, false)
    assert.ok(hosts.asked.every(({ tries }) => tries.length === 1 && tries[0]?.document === 'timed-out'))
  })

  it('takes no answer away that does not come beside the targets, but its time counts: the line is full', async () => {
    const { hosts, round } = hostsOf({ a: [GOOD, AWAY, GOOD] })
    await round()
    assert.deepEqual(hosts.asked[0]?.tries, [{ ...GOOD, document_ms: 6000 }])
  })

  it('keeps what came before the targets of a round that is stopped, and asks the targets where none is named', async () => {
    const { hosts } = hostsOf({ a: [GOOD, GOOD], b: [AWAY] })
    await assert.rejects(hosts.round(() => Promise.reject(new Error('stopped'))))
    assert.deepEqual(
      hosts.asked.map(({ tries }) => tries),
      [[GOOD], [AWAY]],
    )
    const none = hostsOf({})
    await none.round()
    assert.deepEqual(none.order, ['targets'])
    assert.equal(none.hosts.haveAnswered, false)
  })
})
