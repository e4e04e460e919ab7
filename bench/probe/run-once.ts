// One run of the probe in a place of the laboratory, as a process of its own; prints one line of JSON.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { argv } from 'node:process'
import { gzipSync } from 'node:zlib'
import { encodeMeasurement } from '../../src/ooni/encode/measurement.ts'
import { measureRun } from '../../src/probe/run.ts'
import type { RunSettings } from '../../src/probe/contract.ts'
import { loadControls, loadServices } from '../../src/sys/measured-lists.ts'
import { systemClock } from '../../src/sys/clock.ts'

/** What the benchmark asks of one run. */
export interface RunOrder {
  readonly scope: RunSettings['scope']
  readonly services: string
  readonly controls: string
  readonly roots: string
  readonly controlUrls: readonly string[]
  readonly collectorUrls: readonly string[]
  readonly tiers: readonly ('A' | 'B' | 'C')[]
  readonly interface: string
  /** Writes every document to standard error. */
  readonly documents?: boolean
}

/** What one run cost. */
export interface RunCost {
  readonly seconds: number
  readonly state: string
  readonly services: number
  readonly failedTargets: number
  /** IP packets on the line: bytes without the frame's header of 14 bytes. */
  readonly wireBytes: number
  /** Documents as they would be sent, each compressed by itself. */
  readonly documentBytes: number
  readonly maxRssMb: number
}

const counter = (device: string, name: string): number =>
  Number(readFileSync(`/sys/class/net/${device}/statistics/${name}`, 'utf8'))

/** Bytes of IP that have passed an interface. */
const passed = (device: string): number =>
  counter(device, 'rx_bytes') +
  counter(device, 'tx_bytes') -
  14 * (counter(device, 'rx_packets') + counter(device, 'tx_packets'))

const order = JSON.parse(argv[2] ?? '{}') as RunOrder // written by the benchmark beside this file
const before = passed(order.interface)
const result = await measureRun(
  {
    services: loadServices(order.services),
    controls: loadControls(order.controls),
    tiers: new Set(order.tiers),
    scope: order.scope,
    kind: 'manual',
    controlUrls: order.controlUrls,
    collectorUrls: order.collectorUrls,
    extraRoots: [readFileSync(order.roots, 'utf8')],
    transferBytes: 256 * 1024,
  },
  {
    clock: systemClock,
    signal: new AbortController().signal,
    random: (length) => randomBytes(length),
    onEvent: () => undefined,
  },
)
const wireBytes = passed(order.interface) - before
const identity = {
  softwareVersion: '0.1.0',
  platform: 'linux',
  architecture: 'x64',
  probe: '0'.repeat(16),
  key: 'A'.repeat(43),
}
const documents = result.services.map((run) =>
  encodeMeasurement(run, { ...identity, ownAddresses: result.ownAddresses }),
)
if (order.documents === true) process.stderr.write(documents.map((one) => `${one}\n`).join(''))
const cost: RunCost = {
  seconds: result.took / 1000,
  state: result.line.state,
  services: result.services.length,
  failedTargets: result.services.flatMap(({ endpoints }) =>
    endpoints.flatMap(({ tls }) =>
      tls.filter(({ role, outcome }) => role === 'target' && outcome.failure !== undefined),
    ),
  ).length,
  wireBytes,
  documentBytes: documents.reduce(
    (sum, one) => sum + gzipSync(JSON.stringify({ format: 'json', content: one })).length,
    0,
  ),
  maxRssMb: process.resourceUsage().maxRSS / 1024,
}
process.stdout.write(`${JSON.stringify(cost)}\n`)
