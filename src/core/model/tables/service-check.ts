import { z } from 'zod'
import { portSchema } from '../port.ts'
import { CONFIDENCES, USES, type Service } from './service.ts'

/**
 * What a check found of one host. `no-name`: the name has no address. `closed`: no address takes a connection.
 * `silent`: a connection, and no handshake. `certificate`: a certificate that is not valid for the name. `moved`: the
 * page sends its readers to another registered domain.
 */
export const HOST_PROBLEMS = ['no-name', 'closed', 'silent', 'certificate', 'moved'] as const
export type HostProblem = (typeof HOST_PROBLEMS)[number]

/** One proposed correction of the list of services. */
const correctionSchema = z.strictObject({
  service: z.string().min(1).max(64),
  host: z.string().min(1).max(260),
  port: portSchema,
  /** `remove` what is dead, `change` what moved or needs a look. Never applied without a person. */
  action: z.enum(['remove', 'change']),
  use: z.enum(USES),
  /** What was found; `alive`: of a host of low confidence. */
  found: z.enum([...HOST_PROBLEMS, 'alive']),
  /** Host that a page leads to. */
  to: z.string().max(260).optional(),
  note: z.string().max(300),
  source: z.string().min(1).max(200),
  checked_at: z.iso.date(),
  confidence: z.enum(CONFIDENCES),
})
export type HostCorrection = z.infer<typeof correctionSchema>

/** What `kuager services check` writes; form: docs/formats/measured-lists.md. */
export const serviceCheckSchema = z.strictObject({
  checked_at: z.iso.date(),
  /** From where, in the words of the operator; never an address. */
  from: z.string().min(1).max(80),
  /** Newest day of a row of the list that was checked. */
  list_day: z.iso.date(),
  hosts: z.int().nonnegative(),
  alive: z.int().nonnegative(),
  /** Hosts that this machine could not check: a family that it does not have. */
  unchecked: z.int().nonnegative(),
  rows: z.array(correctionSchema).max(5000),
})
export type ServiceCheck = z.infer<typeof serviceCheckSchema>

/** Newest day on which a row of the list was read. */
export const listDay = (services: readonly Service[]): string =>
  services
    .flatMap(({ endpoints }) => endpoints.map(({ checked_at: day }) => day))
    .reduce((newest, day) => (day > newest ? day : newest), '1970-01-01')
