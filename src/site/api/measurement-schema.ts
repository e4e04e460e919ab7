import { z } from 'zod'
import { CHANNELS } from '../../core/model/measured/measurement.ts'
import { LAYERS, MECHANISMS } from '../../core/model/measured/mechanism.ts'
import { STANDINGS } from '../../core/model/standing.ts'
import { FACTS, GROUND_ROLES, KINDS, LAYER_STATES, MISSING } from '../../core/model/measured/verdict.ts'
import { CELL_STATES } from '../../core/model/cell-state.ts'
import { count, day, measurementId, network, next, service, simulated, time } from './field.ts'

// Answers about measurements, as bodies.ts and store/warehouse/series-wire.ts write them.

const kind = z.enum(KINDS)
const layer = z.enum(LAYERS)
const name = z.string().describe('Name for people')

export const matrixSchema = z.strictObject({
  simulated,
  since: day,
  until: day,
  cells: z
    .array(
      z.strictObject({
        service,
        service_name: name,
        network,
        network_name: name.nullable(),
        state: z.enum(CELL_STATES),
        reachable: count,
        interfered: count,
        unreachable: count,
        inconclusive: count,
        not_judged: count,
        mechanism: z.string().nullable().describe('Commonest mechanism of the interfered ones'),
        devices: count.describe('Distinct devices; those unnamed left out'),
        latest_at_utc: time,
        simulated,
      }),
    )
    .describe('A pair of service and network that is not here has no data: that is not the same as "works"'),
})

const point = z.strictObject({
  id: measurementId,
  started_at_utc: time,
  kind,
  mechanism: z.string().nullable(),
  layer: z.string().nullable(),
  log10_lr: z.number(),
  test_name: z.string(),
  input: z.string().nullable(),
  channel: z.string(),
  probe: z.string().nullable().describe('Pseudonym of the device on this network, of one month'),
  simulated,
})

export const seriesSchema = z.strictObject({
  simulated,
  since: day,
  until: day,
  service,
  service_name: name,
  network,
  network_name: name.nullable(),
  devices: count,
  points: z.array(point),
  kept_apart: count.describe('Measurements from unknown senders: in nothing that is counted'),
  apart: z.array(z.strictObject({ ...point.shape, standing: z.enum(STANDINGS).nullable() })),
})

/** A measurement in a list over networks. */
export const listedPointSchema = z.strictObject({ ...point.shape, network, leaf_index: count })
export const measurementsSchema = z.strictObject({
  simulated,
  since: day,
  until: day,
  service,
  service_name: name,
  measurements: z.array(listedPointSchema),
  next,
})

const verdict = z.strictObject({
  kind,
  mechanism: z.enum(MECHANISMS).nullable(),
  layer: layer.nullable(),
  rule: z.string(),
  rules_version: z.string(),
  log10_lr: z.number(),
  layers: z.array(
    z.strictObject({
      layer,
      state: z.enum(LAYER_STATES),
      mechanism: z.enum(MECHANISMS).nullable(),
      rule: z.string(),
      log10_lr: z.number(),
      hop: count,
    }),
  ),
  endpoints: z.strictObject({ tested: count, failed: count }),
  grounds: z.array(
    z.strictObject({
      fact: z.enum(FACTS),
      role: z.enum(GROUND_ROLES),
      layer: layer.nullable(),
      source: z.string().nullable().describe('JSON pointer into the measurement'),
      values: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
  missing: z.array(z.enum(MISSING)),
})

export const measurementSchema = z.strictObject({
  simulated,
  id: measurementId,
  leaf_index: count,
  measurement_uid: z.string().nullable(),
  test_name: z.string(),
  test_version: z.string(),
  software_name: z.string(),
  software_version: z.string(),
  service,
  service_name: name,
  input: z.string().nullable(),
  probe_asn: network,
  probe_network_name: name.nullable(),
  probe_cc: z.string(),
  started_at_utc: time.describe('As claimed by the probe'),
  received_at_utc: time,
  channel: z.enum(CHANNELS),
  origin: z.string().nullable(),
  standing: z.enum(STANDINGS).nullable(),
  counted: z.boolean(),
  verdict,
  claim: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .describe('What the program of the probe concluded itself: compared, never trusted'),
})

export const networksSchema = z.strictObject({
  simulated,
  since: day,
  until: day,
  networks: z.array(
    z.strictObject({
      network,
      name: name.nullable(),
      services: count.describe('Services with a measurement'),
      measurements: count,
      devices: count.describe('Distinct devices behind its best measured service: at least so many'),
      latest_at_utc: time,
      simulated,
    }),
  ),
})

export const servicesSchema = z.strictObject({
  services: z.array(z.strictObject({ service, name, tier: z.enum(['A', 'B', 'C']) })),
})
